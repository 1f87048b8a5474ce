package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"waybill/internal/bucket"
	"waybill/signer"
)

// A store that cannot do what the header of an upload asks for may refuse, and many leave it out without a word. So of a
// drop with settings, one object is looked at after it was sent: a request or two for all its files.

// heeding looks at one of a drop's objects.
type heeding struct {
	once sync.Once
	over sync.WaitGroup

	ignored []*Trouble // guarded by the drop's mu
}

// heedTime is how long a drop waits for that look at its end.
const heedTime = 10 * time.Second

// heeded has an object looked at, if it is the drop's first.
func (p *Drop) heeded(key string) {
	if p.given.IsZero() {
		return
	}
	p.heeding.once.Do(func() {
		p.heeding.over.Go(func() {
			ctx, cancel := context.WithTimeout(p.ctx, heedTime)
			defer cancel()
			for _, code := range ignored(ctx, p.signer, p.dest.Bucket, key, p.given) {
				t := trouble(code, args{"Class": p.given.StorageClass, "Bucket": p.dest.Bucket}, nil)
				p.notice(t)
				p.mu.Lock()
				p.heeding.ignored = append(p.heeding.ignored, t)
				p.mu.Unlock()
			}
		})
	})
}

// Ignored are the notices of what the store has left out of the drop's settings. It waits for the look at the first file
// that was sent, some seconds at most; before any was, there are none.
func (p *Drop) Ignored() []*Trouble {
	p.heeding.over.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.heeding.ignored
}

// ignored gives the rows of the table about settings that an object does not have. What cannot be looked at is none.
func ignored(ctx context.Context, s *signer.Signer, bucketName, key string, asked UploadSettings) (codes []string) {
	has, err := bucket.Kept(ctx, s.Client(), bucketName, key, len(asked.Tags) > 0)
	if errors.Is(err, bucket.ErrTags) {
		has.Tags = nil // the store has said no word of them
	} else if err != nil {
		return nil
	}
	if asked.SSE != "" && has.SSE != asked.SSE {
		codes = append(codes, "IgnoredSSE")
	}
	if asked.StorageClass != "" && asked.StorageClass != "STANDARD" && has.StorageClass != asked.StorageClass {
		codes = append(codes, "IgnoredStorageClass")
	}
	if len(asked.Tags) > 0 && !errors.Is(err, bucket.ErrTags) && !maps.Equal(has.Tags, asked.Tags) {
		codes = append(codes, "IgnoredTags")
	}
	if asked.CacheControl != "" && has.CacheControl != asked.CacheControl || asked.Disposition != "" && has.Disposition != asked.Disposition ||
		!hasNames(has.Metadata, asked.Metadata) {
		codes = append(codes, "IgnoredHeaders")
	}
	return codes
}

// hasNames reports whether metadata has all the names that were asked for. Their case and their encoding are the store's.
func hasNames(has, asked map[string]string) bool {
	names := slices.Collect(maps.Keys(has))
	for name := range asked {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			return false
		}
	}
	return true
}
