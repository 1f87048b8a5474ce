package courier_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/courier"
)

// TestWrongWhole: parts that were put together to something else are sent once more, and removed in the end.
func TestWrongWhole(t *testing.T) {
	t.Parallel()
	for _, wrong := range []int64{1, 1 << 30} {
		var said atomic.Int64
		r := newRig(t, wrapAnswer(t, func(r *http.Request, answer *httptest.ResponseRecorder) {
			if isComplete(r) && answer.Code == 200 && said.Add(1) <= wrong {
				text := answer.Body.String()
				before, sum, open := strings.Cut(text, "<ChecksumCRC64NVME>")
				_, after, closed := strings.Cut(sum, "</ChecksumCRC64NVME>")
				if !open || !closed {
					t.Errorf("no sum in %s", text)
					return
				}
				answer.Body = bytes.NewBufferString(before + "<ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>" + after)
				answer.Header().Del("Content-Length")
			}
		}), courier.Options{PartSize: courier.MinPart})
		path, content := file(t, large)
		u := r.upload(path)
		var moved atomic.Int64
		u.Moved = func(n int64) { moved.Add(n) }
		_, err := r.Send(within(t, time.Minute), u)
		d := direct(t)
		d.clean(u.Key)
		if wrong == 1 {
			if err != nil || moved.Load() != large {
				t.Errorf("%v, %d bytes counted", err, moved.Load())
			}
			d.holds(u.Key, content)
			continue
		}
		if !errors.Is(err, courier.ErrProof) {
			t.Errorf("%v, want ErrProof", err)
		}
		d.absent(u.Key)
	}
}

// TestCompleteThatIsRefused: for a part that the store does not find, the parts are listed and only what is missing
// goes again; for a conflict, S3 wants a new upload rather than a new try.
func TestCompleteThatIsRefused(t *testing.T) {
	t.Parallel()
	for code, c := range map[string]struct {
		status           int
		parts, creations int64
	}{
		"InvalidPart":                {400, 2, 1},
		"InvalidPartOrder":           {400, 2, 1},
		"ConditionalRequestConflict": {409, 4, 2},
	} {
		var parts, creations, completes, lists atomic.Int64
		r := newRig(t, wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case isPart(r):
				parts.Add(1)
			case isCreate(r):
				creations.Add(1)
			case isList(r):
				lists.Add(1)
			case isComplete(r) && completes.Add(1) == 1:
				_, _ = io.Copy(io.Discard, r.Body)
				return refuse(w, c.status, code, "No.")
			}
			return false
		}), courier.Options{PartSize: courier.MinPart})
		path, content := file(t, large)
		u := r.upload(path)
		var moved atomic.Int64
		u.Moved = func(n int64) { moved.Add(n) }
		if _, err := r.Send(within(t, time.Minute), u); err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		if parts.Load() != c.parts || creations.Load() != c.creations || moved.Load() != large || completes.Load() != 2 {
			t.Errorf("%s: %d parts in %d uploads, %d completes, %d bytes counted", code, parts.Load(), creations.Load(), completes.Load(), moved.Load())
		}
		d := direct(t)
		d.holds(u.Key, content)
		d.clean(u.Key)
	}
}

// TestCompleteIsRecognised: the store has done it and its answer is lost, or does not come; whatever it says to the
// next try, the object is this upload's own.
func TestCompleteIsRecognised(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func(w http.ResponseWriter) bool{
		"NoSuchUpload": func(w http.ResponseWriter) bool {
			return refuse(w, 404, "NoSuchUpload", "The upload may have been completed.")
		},
		"PreconditionFailed": func(w http.ResponseWriter) bool { return refuse(w, 412, "PreconditionFailed", "It exists.") },
		"nothing special":    func(http.ResponseWriter) bool { return false },
	} {
		for _, hangs := range []bool{false, true} {
			var completes atomic.Int64
			over := make(chan struct{})
			inner := wrapAnswer(t, func(r *http.Request, _ *httptest.ResponseRecorder) {
				if isComplete(r) && completes.Add(1) == 1 {
					if hangs {
						<-over // a firewall has forgotten the connection
					}
					panic(http.ErrAbortHandler)
				}
			})
			r := newRig(t, through(t, inner, func(w http.ResponseWriter, r *http.Request) bool {
				return isComplete(r) && completes.Load() > 0 && then(w)
			}), courier.Options{PartSize: courier.MinPart, Complete: 300 * time.Millisecond})
			path, content := file(t, large)
			u := r.upload(path)
			var moved atomic.Int64
			u.Moved = func(n int64) { moved.Add(n) }
			receipt, err := r.Send(within(t, time.Minute), u)
			close(over)
			if err != nil || receipt.Size != large || moved.Load() != large || !strings.HasPrefix(receipt.Checksum, "crc64nvme:") {
				t.Errorf("%s, hangs %v: %+v, %v, %d bytes counted", name, hangs, receipt, err, moved.Load())
			}
			d := direct(t)
			d.holds(u.Key, content)
			d.clean(u.Key)
		}
	}
}
