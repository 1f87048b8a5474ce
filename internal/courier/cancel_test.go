package courier_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/courier"
)

// wrapAnswer stands between courier and store; after is called when the store has done what it was asked and
// before anybody knows, and may change the answer.
func wrapAnswer(t *testing.T, after func(r *http.Request, answer *httptest.ResponseRecorder)) string {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		proxy.ServeHTTP(answer, r)
		after(r, answer)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = answer.Body.WriteTo(w)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestCancelIsSettled: a cancel that comes while the store answers to one of the steps of a multipart upload
// leaves all or nothing: no upload that nobody finishes, and no object that nobody was told of.
func TestCancelIsSettled(t *testing.T) {
	const parts = 3
	for name, c := range map[string]struct {
		at   func(r *http.Request, sent int64) bool
		sent bool
	}{
		"start": {func(r *http.Request, _ int64) bool {
			return r.Method == http.MethodPost && r.URL.Query().Has("uploads")
		}, false},
		"last part": {func(r *http.Request, sent int64) bool { return r.Method == http.MethodPut && sent == parts }, false},
		"complete": {func(r *http.Request, _ int64) bool {
			return r.Method == http.MethodPost && r.URL.Query().Has("uploadId")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var sent, reached atomic.Int64
			r := newRig(t, wrapAnswer(t, func(r *http.Request, _ *httptest.ResponseRecorder) {
				if r.URL.Query().Has("partNumber") {
					sent.Add(1)
				}
				if c.at(r, sent.Load()) {
					reached.Add(1)
					cancel()
					<-time.After(100 * time.Millisecond) // a store that thinks; the cancel is long since known
				}
			}), courier.Options{PartSize: courier.MinPart})
			path, content := file(t, parts*courier.MinPart)
			u := r.upload(path)
			start := time.Now()
			_, err := r.Send(ctx, u)
			switch {
			case c.sent && err != nil:
				t.Errorf("the store has it: %v", err)
			case c.sent:
				r.holds(u.Key, content)
			case !errors.Is(err, context.Canceled):
				t.Errorf("%v, want Canceled", err)
			default:
				r.absent(u.Key)
			}
			if took := time.Since(start); took > 10*time.Second || reached.Load() != 1 {
				t.Errorf("took %v, cancelled %d times", took, reached.Load())
			}
			r.tidy()
		})
	}
}

// TestPauseWhileCompleting: when the answer is lost in a pause, what the Send after it is refused for is its own
// doing. Stores say so in two ways; the sandbox itself just says yes again.
func TestPauseWhileCompleting(t *testing.T) {
	for code, status := range map[string]int{"PreconditionFailed": http.StatusPreconditionFailed, "NoSuchUpload": http.StatusNotFound} {
		t.Run(code, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			var completed atomic.Int64
			r := newRig(t, wrapAnswer(t, func(r *http.Request, answer *httptest.ResponseRecorder) {
				if r.Method != http.MethodPost || !r.URL.Query().Has("uploadId") {
					return
				}
				if completed.Add(1) == 1 {
					cancel(courier.ErrPaused)
					panic(http.ErrAbortHandler)
				}
				*answer = *httptest.NewRecorder()
				refuse(answer, status, code, "Somebody was here before.")
			}), courier.Options{PartSize: courier.MinPart})
			path, content := file(t, 2*courier.MinPart+1)
			u := r.upload(path)
			if _, err := r.Send(ctx, u); !errors.Is(err, courier.ErrPaused) {
				t.Fatalf("%v, want ErrPaused", err)
			}
			if receipt, err := r.Send(context.Background(), u); err != nil || receipt.Size != int64(len(content)) || completed.Load() != 2 {
				t.Errorf("%+v, %v, asked %d times", receipt, err, completed.Load())
			}
			r.holds(u.Key, content)
			r.tidy()
		})
	}
}

// TestStoreThatWentAway: what a store has got is not sent again when it is back, nor is it left there when nobody
// goes on.
func TestStoreThatWentAway(t *testing.T) {
	const parts = 8
	for _, goOn := range []bool{true, false} {
		var sent atomic.Int64
		var away atomic.Bool
		r := newRig(t, wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut && sent.Add(1) == parts/2 {
				away.Store(true)
			}
			if away.Load() {
				panic(http.ErrAbortHandler)
			}
			return false
		}), courier.Options{PartSize: courier.MinPart, Concurrency: 1, Patience: time.Millisecond})
		path, content := file(t, parts*courier.MinPart)
		u := r.upload(path)
		var moved atomic.Int64
		u.Moved = func(n int64) { moved.Add(n) }
		if _, err := r.Send(context.Background(), u); !courier.Unreachable(err) {
			t.Fatalf("%v, want what is Unreachable", err)
		}
		const has = parts/2 - 1
		if moved.Load() != has*courier.MinPart {
			t.Errorf("%d bytes moved, want %d parts", moved.Load(), has)
		}
		away.Store(false)
		sent.Store(parts) // no second time
		if !goOn {
			r.Abort(context.Background(), u)
			r.absent(u.Key)
			r.tidy()
			continue
		}
		if _, err := r.Send(context.Background(), u); err != nil {
			t.Fatal(err)
		}
		if again := sent.Load() - parts; again != parts-has {
			t.Errorf("%d parts of %d were sent after %d", again, parts, has)
		}
		if moved.Load() != int64(len(content)) {
			t.Errorf("progress ended at %d of %d", moved.Load(), len(content))
		}
		r.holds(u.Key, content)
		r.tidy()
	}
}

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

// through stands before another wrapper; before may answer in its place.
func through(t *testing.T, endpoint string, before func(w http.ResponseWriter, r *http.Request) (answered bool)) string {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !before(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestCancelOfWhatArrived: when the store has taken a file and its answer does not come, a cancel or a pause finds out
// that the file is sent: else it would be there without anybody knowing, or be sent again under another name.
func TestCancelOfWhatArrived(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{"cancel": context.Canceled, "pause": courier.ErrPaused} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancelCause(context.Background())
			defer stop(nil)
			over := make(chan struct{})
			r := newRig(t, wrapAnswer(t, func(r *http.Request, _ *httptest.ResponseRecorder) {
				if isPut(r) {
					stop(cause)
					<-over
					panic(http.ErrAbortHandler)
				}
			}), courier.Options{})
			t.Cleanup(func() { close(over) })
			path, content := file(t, small)
			u := r.upload(path)
			if receipt, err := r.Send(ctx, u); err != nil || receipt.Size != small {
				t.Errorf("the store has it: %+v, %v", receipt, err)
			}
			direct(t).holds(u.Key, content)
		})
	}
}
