package courier_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/courier"
	"waybill/internal/sandbox"
	"waybill/signer"
)

// What a request is, as the wrappers tell them apart.
func isPart(r *http.Request) bool {
	return r.Method == http.MethodPut && r.URL.Query().Has("partNumber")
}

func isPut(r *http.Request) bool {
	return r.Method == http.MethodPut && !r.URL.Query().Has("partNumber")
}

func isCreate(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Has("uploads")
}

func isComplete(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Has("uploadId")
}

func isList(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Query().Has("uploadId")
}

func isHead(r *http.Request) bool { return r.Method == http.MethodHead }

// left counts the multipart uploads of one key that nobody has finished: tests that run side by side share the bucket.
func (r *rig) left(key string) (n int) {
	r.t.Helper()
	out, err := r.signer.Client().ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{
		Bucket: aws.String(sandbox.Bucket), Prefix: aws.String(key),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return len(out.Uploads)
}

// clean checks that nothing of a key is left but, maybe, the object.
func (r *rig) clean(key string) {
	r.t.Helper()
	if n := r.left(key); n > 0 {
		r.t.Errorf("%d unfinished uploads of %s are left", n, key)
	}
}

// direct is a rig without whatever makes trouble, to see what has come of it.
func direct(t *testing.T) *rig { return newRig(t, store.Endpoint(), courier.Options{}) }

const small, large = 1000, courier.MinPart + 1

// within keeps a test that would hang from doing so.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// cutAnswer makes an answer end before its announced end.
func cutAnswer(answer *httptest.ResponseRecorder) {
	answer.Header().Set("Content-Length", "5000")
	answer.Body.Truncate(answer.Body.Len() / 2)
}

// TestEveryStepMeetsEveryFault once: each request of an upload is refused, answered with nonsense, cut off in the
// answer or lost, before or after the store has done it, and the file arrives all the same, counted right.
func TestEveryStepMeetsEveryFault(t *testing.T) {
	t.Parallel()
	steps := map[string]struct {
		size int
		is   func(*http.Request) bool
	}{
		"put": {small, isPut}, "create": {large, isCreate}, "part": {large, isPart}, "complete": {large, isComplete}, "head": {large, isHead},
	}
	lose := func() { panic(http.ErrAbortHandler) }
	before := map[string]func(w http.ResponseWriter){
		"500":            func(w http.ResponseWriter) { refuse(w, 500, "InternalError", "We encountered an internal error.") },
		"503":            func(w http.ResponseWriter) { refuse(w, 503, "SlowDown", "Please reduce your request rate.") },
		"429":            func(w http.ResponseWriter) { refuse(w, 429, "", "") },
		"RequestTimeout": func(w http.ResponseWriter) { refuse(w, 400, "RequestTimeout", "Not read from.") },
		"garbage in 502": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "<Error><Co\x00de>\xff")
		},
		"reset": func(http.ResponseWriter) { lose() },
	}
	after := map[string]func(answer *httptest.ResponseRecorder){
		"truncated answer": cutAnswer,
		"lost answer":      func(*httptest.ResponseRecorder) { lose() },
		"garbage in 200": func(answer *httptest.ResponseRecorder) {
			answer.Body = bytes.NewBufferString("<Complete\x00\xff")
			answer.Header().Del("Content-Length")
		},
	}
	for step, s := range steps {
		run := func(fault, endpoint string, met *atomic.Bool) {
			r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
			path, content := file(t, s.size)
			u := r.upload(path)
			var moved atomic.Int64
			u.Moved = func(n int64) { moved.Add(n) }
			receipt, err := r.Send(within(t, time.Minute), u)
			if err != nil || !met.Load() {
				t.Errorf("%s, %s: %v (met: %v)", step, fault, err, met.Load())
				return
			}
			if moved.Load() != int64(s.size) || receipt.Size != int64(s.size) {
				t.Errorf("%s, %s: %d of %d bytes are counted, %+v", step, fault, moved.Load(), s.size, receipt)
			}
			d := direct(t)
			d.holds(u.Key, content)
			// Of an upload that was started without anybody having heard of its name, the caller is told.
			if left := d.left(u.Key); left > 0 && (!u.Doubtful() || step != "create" || left > 1) {
				t.Errorf("%s, %s: %d unfinished uploads are left", step, fault, left)
			}
		}
		for fault, do := range before {
			var met atomic.Bool
			run(fault, wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
				if !s.is(r) || !met.CompareAndSwap(false, true) {
					return false
				}
				_, _ = io.Copy(io.Discard, r.Body)
				do(w)
				return true
			}), &met)
		}
		for fault, do := range after {
			if step == "head" || step == "put" && fault == "garbage in 200" {
				continue // they have no body to speak of
			}
			var met atomic.Bool
			run(fault, wrapAnswer(t, func(r *http.Request, answer *httptest.ResponseRecorder) {
				if s.is(r) && met.CompareAndSwap(false, true) {
					do(answer)
				}
			}), &met)
		}
	}
}

// TestRefusalsThatStay are not tried again, and nothing is left of them.
func TestRefusalsThatStay(t *testing.T) {
	t.Parallel()
	for name, is := range map[string]func(*http.Request) bool{"put": isPut, "create": isCreate, "part": isPart, "complete": isComplete} {
		for code, status := range map[string]int{"AccessDenied": 403, "EntityTooLarge": 400, "NoSuchBucket": 404} {
			var asked atomic.Int64
			endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
				if !is(r) {
					return false
				}
				_, _ = io.Copy(io.Discard, r.Body)
				asked.Add(1)
				return refuse(w, status, code, "No.")
			})
			r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart, Concurrency: 1})
			size := large
			if name == "put" {
				size = small
			}
			path, _ := file(t, size)
			u := r.upload(path)
			var moved atomic.Int64
			u.Moved = func(n int64) { moved.Add(n) }
			_, err := r.Send(within(t, time.Minute), u)
			var refusal *courier.StoreError
			if !errors.As(err, &refusal) || refusal.Code != code || asked.Load() != 1 {
				t.Errorf("%s: %v, asked %d times, want %s once", name, err, asked.Load(), code)
			}
			d := direct(t)
			d.absent(u.Key)
			d.clean(u.Key)
		}
	}
}

// TestSlowDownHalvesTheGate: after a store's complaint, half as many requests are under way.
func TestSlowDownHalvesTheGate(t *testing.T) {
	t.Parallel()
	const places = 8
	var mu sync.Mutex
	inside, before, after := 0, 0, 0
	var complained time.Time
	endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !isPut(r) {
			return false
		}
		mu.Lock()
		inside++
		complain := complained.IsZero() && inside == places
		switch {
		case complain:
			complained = time.Now()
			before = inside
		case !complained.IsZero() && time.Since(complained) > 300*time.Millisecond: // those of before have left
			after = max(after, inside)
		}
		mu.Unlock()
		<-time.After(100 * time.Millisecond) // a store that thinks
		mu.Lock()
		inside--
		mu.Unlock()
		if complain {
			return refuse(w, 503, "SlowDown", "Please reduce your request rate.")
		}
		return false
	})
	r := newRig(t, endpoint, courier.Options{Concurrency: places})
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() {
			path, _ := file(t, small)
			if _, err := r.Send(context.Background(), r.upload(path)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if before != places || after != places/2 {
		t.Errorf("%d requests at once before and %d after, want %d and half of it", before, after, places)
	}
}

// TestCredentialsEndHalfway: the store refuses the credentials in the middle; new ones are asked for once, and the
// parts that were sent under the old ones stay sent.
func TestCredentialsEndHalfway(t *testing.T) {
	dir := t.TempDir()
	asked := filepath.Join(dir, "asked")
	keys := store.Keys()
	for name, text := range map[string]string{
		"process": fmt.Sprintf("#!/bin/sh\necho x >>%s\ndate -u -d '+1 hour' '+{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"Expiration\":\"%%Y-%%m-%%dT%%H:%%M:%%SZ\"}'\n",
			asked, keys.AccessKeyID, keys.SecretAccessKey),
		"config": "[default]\ncredential_process = " + filepath.Join(dir, "process") + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "none"))
	times := func() int {
		text, err := os.ReadFile(asked) // #nosec G304 -- the test's own
		if err != nil {
			return 0
		}
		return strings.Count(string(text), "x")
	}
	var parts, before, refused atomic.Int64
	endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !isPart(r) {
			return false
		}
		if n := parts.Add(1); n > 4 && times() == int(before.Load()) {
			refused.Add(1)
			_, _ = io.Copy(io.Discard, r.Body)
			return refuse(w, 403, "ExpiredToken", "The provided token has expired.")
		}
		return false
	})
	s, err := signer.Open(context.Background(), signer.Options{Region: sandbox.Region, Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Session(context.Background()); err != nil {
		t.Fatal(err)
	}
	c := courier.New(s, courier.Options{PartSize: courier.MinPart})
	t.Cleanup(c.Close)
	r := &rig{c, t, s}
	path, content := file(t, 10*courier.MinPart)
	u := r.upload(path)
	// A link of an hour wants more than an hour's credentials have left, so the first signature asks once more.
	if _, err := s.Get(context.Background(), signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: time.Hour}, signer.GetOptions{}); err != nil {
		t.Fatal(err)
	}
	before.Store(int64(times()))
	if _, err := r.Send(within(t, time.Minute), u); err != nil {
		t.Fatal(err)
	}
	if refused.Load() == 0 || times() != int(before.Load())+1 || parts.Load() != 10+refused.Load() {
		t.Errorf("%d refused of %d parts, credentials asked for %d times after %d", refused.Load(), parts.Load(), times(), before.Load())
	}
	r.holds(u.Key, content)
	r.clean(u.Key)
}

// TestNoRedirectIsFollowed, whatever it answers to: the other place would get a signed URL.
func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	var followed atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	t.Cleanup(elsewhere.Close)
	for name, is := range map[string]func(*http.Request) bool{"put": isPut, "create": isCreate, "part": isPart, "complete": isComplete, "head": isHead} {
		for _, status := range []int{301, 307} {
			endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
				if !is(r) {
					return false
				}
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Location", elsewhere.URL+r.URL.RequestURI())
				return refuse(w, status, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.")
			})
			r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
			size := large
			if name == "put" {
				size = small
			}
			path, _ := file(t, size)
			u := r.upload(path)
			_, err := r.Send(within(t, time.Minute), u)
			var refusal *courier.StoreError
			if name != "head" && (!errors.As(err, &refusal) || refusal.Status != status) {
				t.Errorf("%s: %v, want the redirect as an error", name, err)
			}
			direct(t).clean(u.Key)
		}
	}
	if followed.Load() > 0 {
		t.Errorf("%d signed requests were sent elsewhere", followed.Load())
	}
}

// TestWrongChecksums: a store that says another sum than was sent is not believed once, and not for ever.
func TestWrongChecksums(t *testing.T) {
	t.Parallel()
	const sum = "X-Amz-Checksum-Crc64nvme"
	for name, c := range map[string]struct {
		size  int
		is    func(*http.Request) bool
		wrong int64 // how many answers
		ok    bool
	}{
		"put once": {small, isPut, 1, true}, "put for ever": {small, isPut, 1 << 30, false},
		"part once": {large, isPart, 1, true}, "part for ever": {large, isPart, 1 << 30, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said atomic.Int64
			r := newRig(t, wrapAnswer(t, func(r *http.Request, answer *httptest.ResponseRecorder) {
				if c.is(r) && answer.Code == 200 && said.Add(1) <= c.wrong {
					answer.Header().Set(sum, "AAAAAAAAAAA=")
				}
			}), courier.Options{PartSize: courier.MinPart})
			path, content := file(t, c.size)
			u := r.upload(path)
			var moved atomic.Int64
			u.Moved = func(n int64) { moved.Add(n) }
			_, err := r.Send(within(t, time.Minute), u)
			d := direct(t)
			d.clean(u.Key)
			if c.ok {
				if err != nil || moved.Load() != int64(c.size) {
					t.Errorf("%v, %d of %d bytes counted", err, moved.Load(), c.size)
				}
				d.holds(u.Key, content)
				return
			}
			if !errors.Is(err, courier.ErrProof) {
				t.Errorf("%v, want ErrProof", err)
			}
			d.absent(u.Key) // what cannot be proven is not left as good
		})
	}
}

// TestUploadThatIsGone in the middle is begun anew. A part that was on its way when it went may bring it back to life:
// nothing of it is left then either.
func TestUploadThatIsGone(t *testing.T) {
	t.Parallel()
	for name, is := range map[string]func(*http.Request) bool{"part": isPart, "part, and it lives": isPart, "complete": isComplete} {
		var n, created atomic.Int64
		d := direct(t)
		r := newRig(t, wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
			if isCreate(r) {
				created.Add(1)
			}
			if is(r) && n.Add(1) == 1 { // a lifecycle rule, or somebody who tidies up
				if strings.HasSuffix(name, "lives") {
					_, _ = io.Copy(io.Discard, r.Body)
					return refuse(w, http.StatusNotFound, "NoSuchUpload", "It is gone, it seems.")
				}
				id, key := r.URL.Query().Get("uploadId"), strings.TrimPrefix(r.URL.Path, "/"+sandbox.Bucket+"/")
				if err := d.AbortID(context.Background(), sandbox.Bucket, key, id); err != nil {
					t.Error(err)
				}
			}
			return false
		}), courier.Options{PartSize: courier.MinPart, Concurrency: 2})
		path, content := file(t, large)
		u := r.upload(path)
		var moved atomic.Int64
		u.Moved = func(n int64) { moved.Add(n) }
		if _, err := r.Send(within(t, time.Minute), u); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if created.Load() != 2 || moved.Load() != large {
			t.Errorf("%s: %d uploads, %d bytes counted", name, created.Load(), moved.Load())
		}
		d.holds(u.Key, content)
		d.clean(u.Key)
	}
}

// TestBadDigestOnce: bytes that were bent on the way are sent once more.
func TestBadDigestOnce(t *testing.T) {
	t.Parallel()
	for _, size := range []int{small, 1 << 20, large} {
		var bent atomic.Bool
		r := newRig(t, wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut && bent.CompareAndSwap(false, true) {
				r.Body = struct {
					io.Reader
					io.Closer
				}{&flipper{r: r.Body}, r.Body}
			}
			return false
		}), courier.Options{PartSize: courier.MinPart})
		path, content := file(t, size)
		u := r.upload(path)
		var moved atomic.Int64
		u.Moved = func(n int64) { moved.Add(n) }
		if _, err := r.Send(within(t, time.Minute), u); err != nil || moved.Load() != int64(size) {
			t.Errorf("%d bytes: %v, %d counted", size, err, moved.Load())
			continue
		}
		d := direct(t)
		d.holds(u.Key, content)
		d.clean(u.Key)
	}
}
