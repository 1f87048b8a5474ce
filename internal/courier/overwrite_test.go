package courier_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"waybill/internal/courier"
)

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
