package courier_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"waybill/internal/courier"
)

// TestCancelTooLate: what is on its way whole will be in the store, so its answer is waited for, and the file
// counts as sent.
func TestCancelTooLate(t *testing.T) {
	for _, size := range []int{0, 1000} {
		ctx, cancel := context.WithCancel(context.Background())
		endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut {
				whole, err := io.ReadAll(r.Body)
				if err != nil {
					return false
				}
				r.Body = io.NopCloser(bytes.NewReader(whole))
				cancel()
				<-time.After(100 * time.Millisecond) // a store that thinks; the cancel is long since known
			}
			return false
		})
		r := newRig(t, endpoint, courier.Options{})
		path, content := file(t, size)
		u := r.upload(path)
		if _, err := r.Send(ctx, u); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		r.holds(u.Key, content)
	}
}

// TestCancelDoesNotWaitForEver for an answer, nor at all for what the store can no longer get whole.
func TestCancelDoesNotWaitForEver(t *testing.T) {
	for name, c := range map[string]struct {
		read bool
		most time.Duration
	}{"sent whole": {true, 10 * time.Second}, "sent in part": {false, 1500 * time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			release := make(chan struct{})
			endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPut {
					return false
				}
				if c.read {
					_, _ = io.Copy(io.Discard, r.Body)
				} else {
					_, _ = io.CopyN(io.Discard, r.Body, 1<<20)
				}
				cancel()
				<-release
				panic(http.ErrAbortHandler)
			})
			t.Cleanup(func() { close(release) })
			r := newRig(t, endpoint, courier.Options{PartSize: 32 << 20})
			path, _ := file(t, 24<<20) // more than the buffers between here and there hold
			u := r.upload(path)
			start := time.Now()
			if _, err := r.Send(ctx, u); !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want Canceled", err)
			}
			if took := time.Since(start); took > c.most {
				t.Errorf("cancelled after %v", took)
			}
			r.absent(u.Key)
		})
	}
}
