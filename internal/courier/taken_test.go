package courier_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/courier"
	"waybill/internal/sandbox"
)

// TestTakenBetweenLookAndWrite: somebody else's object appears when everything has been looked at. It is not
// overwritten, and not taken for this upload's own.
func TestTakenBetweenLookAndWrite(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size int
		is   func(*http.Request) bool
	}{"put": {small, isPut}, "complete": {large, isComplete}} {
		for _, lost := range []bool{false, true} { // the answer to a first try was lost as well
			d := direct(t)
			other, theirs := file(t, c.size)
			var n atomic.Int64
			r := newRig(t, wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
				if !c.is(r) {
					return false
				}
				if n.Add(1) == 1 {
					v := d.upload(other)
					v.Key = strings.TrimPrefix(r.URL.Path, "/"+sandbox.Bucket+"/")
					if _, err := d.Send(context.Background(), v); err != nil {
						t.Error(err)
					}
					if lost {
						panic(http.ErrAbortHandler)
					}
				}
				return false
			}), courier.Options{PartSize: courier.MinPart})
			path, _ := file(t, c.size)
			u := r.upload(path)
			if _, err := r.Send(within(t, time.Minute), u); !errors.Is(err, courier.ErrTaken) {
				t.Errorf("%s: %v, want ErrTaken", name, err)
			}
			d.holds(u.Key, theirs)
			d.clean(u.Key)
		}
	}
}

// TestTwoCouriersOneKey: of two that send to the same key at once, one is told that it is taken.
func TestTwoCouriersOneKey(t *testing.T) {
	t.Parallel()
	for _, size := range []int{small, 300 << 10, large} {
		var paths [2]string
		var contents [2][]byte
		for i := range paths {
			paths[i], contents[i] = file(t, size)
		}
		var errs [2]error
		var group sync.WaitGroup
		for i := range paths {
			group.Go(func() {
				r := newRig(t, store.Endpoint(), courier.Options{PartSize: courier.MinPart})
				u := r.upload(paths[i])
				u.Key = filepath.Base(paths[0])
				_, errs[i] = r.Send(within(t, time.Minute), u)
			})
		}
		group.Wait()
		winner := 0
		if errs[0] != nil {
			winner = 1
		}
		if errs[winner] != nil || !errors.Is(errs[1-winner], courier.ErrTaken) {
			t.Errorf("%d bytes: %v and %v, want one ErrTaken", size, errs[0], errs[1])
			continue
		}
		d := direct(t)
		d.holds(filepath.Base(paths[0]), contents[winner])
		d.clean(filepath.Base(paths[0]))
	}
}

// TestOverwriteRefused: a store that calls a key taken, to an upload that says that it may be overwritten.
func TestOverwriteRefused(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"put": small, "parts": large} {
		writes := 0
		r := newRig(t, wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
			if !isPut(r) && !isComplete(r) {
				return false
			}
			writes++
			_, _ = io.Copy(io.Discard, r.Body)
			return refuse(w, http.StatusPreconditionFailed, "PreconditionFailed", "It exists.")
		}), courier.Options{PartSize: courier.MinPart})
		path, content := file(t, size)
		u := r.upload(path)
		u.Overwrite = true
		if _, err := r.Send(within(t, time.Minute), u); !errors.Is(err, courier.ErrOverwrite) || errors.Is(err, courier.ErrTaken) {
			t.Errorf("%s: %v, want ErrOverwrite", name, err)
		}
		if _, err := r.Stream(within(t, time.Minute), u, bytes.NewReader(content), int64(size)); !errors.Is(err, courier.ErrOverwrite) {
			t.Errorf("%s as a stream: %v, want ErrOverwrite", name, err)
		}
		if writes != 2 {
			t.Errorf("%s: %d writes, want one of each", name, writes)
		}
		direct(t).clean(u.Key)
	}
}

// TestAlwaysAConflict: a store that always has another write to the key under way (409) is left alone after some tries,
// and its words are kept.
func TestAlwaysAConflict(t *testing.T) {
	t.Parallel()
	completes := 0
	r := newRig(t, wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !isComplete(r) {
			return false
		}
		completes++
		return refuse(w, http.StatusConflict, "ConditionalRequestConflict", "Try again.")
	}), courier.Options{PartSize: courier.MinPart})
	path, content := file(t, large)
	u := r.upload(path)
	var refused *courier.StoreError
	if _, err := r.Send(within(t, time.Minute), u); !errors.As(err, &refused) || refused.Code != "ConditionalRequestConflict" || completes > 8 {
		t.Errorf("%v after %d tries", err, completes)
	}
	if _, err := r.Stream(within(t, time.Minute), u, bytes.NewReader(content), large); !errors.As(err, &refused) || completes > 9 {
		t.Errorf("as a stream: %v after %d tries", err, completes)
	}
	direct(t).clean(u.Key)
}
