package courier_test

import (
	"bytes"
	"context"
	cryptorand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.uber.org/goleak"

	"waybill/internal/courier"
	"waybill/internal/sandbox"
	"waybill/signer"
)

// store is the real S3 server that the tests of this package share: there can be one in a process.
var store *sandbox.Sandbox

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "courier")
	if err != nil {
		panic(err)
	}
	if store, err = sandbox.Start(context.Background(), dir); err != nil {
		panic(err)
	}
	before := goleak.IgnoreCurrent() // the store's
	code := m.Run()
	if err := leaks(before); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	_ = store.Close()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// leaks finds goroutines that a test has left behind. The store's own workers come and go with its connections, and
// the SDK's clients keep theirs for a while.
func leaks(before goleak.Option) error {
	http.DefaultClient.CloseIdleConnections()
	return goleak.Find(before,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).workerFunc"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"), // it forgets its links
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).write"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
	)
}

// rig is a courier to the store, possibly through a wrapper that makes trouble.
type rig struct {
	*courier.Courier
	t      *testing.T
	signer *signer.Signer
}

func newRig(t *testing.T, endpoint string, o courier.Options) *rig {
	t.Helper()
	keys := store.Keys()
	s, err := signer.Open(context.Background(), signer.Options{
		Region: sandbox.Region, Endpoint: endpoint,
		Keys: &signer.Keys{AccessKeyID: keys.AccessKeyID, SecretAccessKey: keys.SecretAccessKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := courier.New(s, o)
	t.Cleanup(c.Close)
	return &rig{c, t, s}
}

// wrap stands between courier and store; before may answer in the store's place.
func wrap(t *testing.T, before func(w http.ResponseWriter, r *http.Request) (answered bool)) string {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !before(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func refuse(w http.ResponseWriter, status int, code, message string) bool {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>"+message+"</Message></Error>")
	return true
}

// file makes a file of random bytes.
func file(t *testing.T, size int) (path string, content []byte) {
	t.Helper()
	content = make([]byte, size)
	if _, err := cryptorand.Read(content); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), cryptorand.Text())
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, content
}

func (r *rig) upload(path string) *courier.Upload {
	return &courier.Upload{Path: path, Bucket: sandbox.Bucket, Key: filepath.Base(path), ContentType: "application/x-test"}
}

// holds checks that the store has exactly the content under the key, asked by the SDK, not by the courier.
func (r *rig) holds(key string, content []byte) {
	r.t.Helper()
	out, err := r.signer.Client().GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String(key)})
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = out.Body.Close() }()
	got, err := io.ReadAll(out.Body)
	if err != nil || !bytes.Equal(got, content) {
		r.t.Fatalf("%d bytes arrived of %d, or others (%v)", len(got), len(content), err)
	}
	if aws.ToString(out.ContentType) != "application/x-test" {
		r.t.Errorf("content type %q", aws.ToString(out.ContentType))
	}
}

func (r *rig) absent(key string) {
	r.t.Helper()
	if r.Exists(context.Background(), sandbox.Bucket, key) {
		r.t.Errorf("%s is in the bucket", key)
	}
}

// tidy checks that no multipart upload is left unfinished.
func (r *rig) tidy() {
	r.t.Helper()
	out, err := r.signer.Client().ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{Bucket: aws.String(sandbox.Bucket)})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, u := range out.Uploads {
		r.t.Errorf("an unfinished upload of %s is left", aws.ToString(u.Key))
	}
}

func TestFilesOfEverySizeArrive(t *testing.T) {
	r := newRig(t, store.Endpoint(), courier.Options{PartSize: courier.MinPart})
	for _, size := range []int{0, 1, 65_536, courier.MinPart, courier.MinPart + 1, 3*courier.MinPart - 1, 23 << 20} {
		path, content := file(t, size)
		u := r.upload(path)
		var moved atomic.Int64
		u.Moved = func(n int64) { moved.Add(n) }
		receipt, err := r.Send(context.Background(), u)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		r.holds(u.Key, content)
		if receipt.Size != int64(size) || moved.Load() != int64(size) || receipt.ETag == "" || !strings.HasPrefix(receipt.Checksum, "crc64nvme:") {
			t.Errorf("%d bytes: %+v, %d moved", size, receipt, moved.Load())
		}
	}
	r.tidy()
}

func TestTakenKeyIsNotOverwritten(t *testing.T) {
	r := newRig(t, store.Endpoint(), courier.Options{PartSize: courier.MinPart})
	for _, size := range []int{100, 2*courier.MinPart + 5} {
		first, content := file(t, size)
		u := r.upload(first)
		if _, err := r.Send(context.Background(), u); err != nil {
			t.Fatal(err)
		}
		second, other := file(t, size)
		v := r.upload(second)
		v.Key = u.Key
		if _, err := r.Send(context.Background(), v); !errors.Is(err, courier.ErrTaken) {
			t.Fatalf("%v, want ErrTaken", err)
		}
		r.holds(u.Key, content)
		v.Overwrite = true
		if _, err := r.Send(context.Background(), v); err != nil {
			t.Fatal(err)
		}
		r.holds(u.Key, other)
	}
	r.tidy()
}

func TestTransientFailuresAreRetried(t *testing.T) {
	var failures atomic.Int64
	endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		if failures.Add(1)%3 == 0 { // every third request fails, in turn in four ways
			switch failures.Load() / 3 % 4 {
			case 0:
				return refuse(w, http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
			case 1:
				return refuse(w, http.StatusInternalServerError, "InternalError", "We encountered an internal error.")
			case 2:
				return refuse(w, http.StatusBadRequest, "RequestTimeout", "Your socket connection was not read from.")
			default:
				panic(http.ErrAbortHandler) // the connection breaks
			}
		}
		return false
	})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	path, content := file(t, 6*courier.MinPart+1)
	u := r.upload(path)
	var moved atomic.Int64
	u.Moved = func(n int64) { moved.Add(n) }
	if _, err := r.Send(context.Background(), u); err != nil {
		t.Fatal(err)
	}
	if failures.Load() < 6 {
		t.Errorf("only %d requests came through the wrapper", failures.Load())
	}
	if moved.Load() != int64(len(content)) {
		t.Errorf("progress ended at %d of %d", moved.Load(), len(content))
	}
	newRig(t, store.Endpoint(), courier.Options{}).holds(u.Key, content)
	r.tidy()
}

// TestLostAnswer takes the store's answer away after it has done its work: the retry finds the key taken, by
// itself.
func TestLostAnswer(t *testing.T) {
	for _, size := range []int{1000, 2*courier.MinPart + 1} {
		var lost atomic.Bool
		target, err := url.Parse(store.Endpoint())
		if err != nil {
			t.Fatal(err)
		}
		proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			last := r.Method == http.MethodPut && !r.URL.Query().Has("partNumber") || r.Method == http.MethodPost && r.URL.Query().Has("uploadId")
			if last && lost.CompareAndSwap(false, true) {
				proxy.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
			proxy.ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		r := newRig(t, server.URL, courier.Options{PartSize: courier.MinPart})
		path, content := file(t, size)
		u := r.upload(path)
		if _, err := r.Send(context.Background(), u); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if !lost.Load() {
			t.Fatal("no answer was lost")
		}
		r.holds(u.Key, content)
		r.tidy()
	}
}

func TestWrongBytesAreRefusedByTheStore(t *testing.T) {
	var parts atomic.Int64
	endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut && parts.Add(1) > 0 {
			r.Body = struct {
				io.Reader
				io.Closer
			}{&flipper{r: r.Body}, r.Body}
		}
		return false
	})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	for _, size := range []int{1000, 2*courier.MinPart + 1} {
		path, _ := file(t, size)
		u := r.upload(path)
		_, err := r.Send(context.Background(), u)
		var refusal *courier.StoreError
		if !errors.As(err, &refusal) || refusal.Code != "BadDigest" {
			t.Fatalf("%v, want BadDigest", err)
		}
		r.absent(u.Key)
	}
	r.tidy()
}

// flipper changes one bit on the way.
type flipper struct {
	r    io.Reader
	done bool
}

func (f *flipper) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if n > 0 && !f.done {
		p[0] ^= 1
		f.done = true
	}
	return n, err
}

func TestChangedFileFails(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"grown":     func(p string) error { return appendTo(p, "more") },
		"truncated": func(p string) error { return os.Truncate(p, 1000) },
		"replaced": func(p string) error {
			other := p + ".other"
			return errors.Join(os.WriteFile(other, make([]byte, 3*courier.MinPart), 0o600), os.Rename(other, p))
		},
		"deleted": os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := file(t, 3*courier.MinPart)
			var once sync.Once
			endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
				if r.URL.Query().Get("partNumber") == "1" {
					once.Do(func() {
						if err := change(path); err != nil {
							t.Error(err)
						}
					})
				}
				return false
			})
			r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
			u := r.upload(path)
			if _, err := r.Send(context.Background(), u); !errors.Is(err, courier.ErrChanged) {
				t.Fatalf("%v, want ErrChanged", err)
			}
			r.absent(u.Key)
			r.tidy()
		})
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func TestCancelLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("partNumber") == "3" {
			cancel()
		}
		return false
	})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	path, _ := file(t, 6*courier.MinPart)
	u := r.upload(path)
	if _, err := r.Send(ctx, u); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want Canceled", err)
	}
	r.absent(u.Key)
	r.tidy()
}

func TestPauseKeepsWhatTheStoreHas(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	var parts atomic.Int64
	answered := make(chan struct{}, 12)
	endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if !r.URL.Query().Has("partNumber") {
			return false
		}
		n := parts.Add(1)
		if n <= 8 || ctx.Err() != nil {
			context.AfterFunc(r.Context(), func() { answered <- struct{}{} })
			return false
		}
		if n == 9 {
			for range 8 { // one that is cut off may arrive when all is over, and would be left
				<-answered
			}
			cancel(courier.ErrPaused)
		}
		<-ctx.Done()
		panic(http.ErrAbortHandler)
	})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	path, content := file(t, 12*courier.MinPart)
	u := r.upload(path)
	var moved atomic.Int64
	u.Moved = func(n int64) { moved.Add(n) }
	if _, err := r.Send(ctx, u); !errors.Is(err, courier.ErrPaused) {
		t.Fatalf("%v, want ErrPaused", err)
	}
	if moved.Load() != 8*courier.MinPart {
		t.Errorf("paused at %d of %d bytes, want 8 of 12 parts", moved.Load(), len(content))
	}
	before := parts.Load()
	if _, err := r.Send(context.Background(), u); err != nil {
		t.Fatal(err)
	}
	if again := parts.Load() - before; again != 4 {
		t.Errorf("%d parts were sent again, want 4", again)
	}
	if moved.Load() != int64(len(content)) {
		t.Errorf("progress ended at %d of %d", moved.Load(), len(content))
	}
	r.holds(u.Key, content)
	r.tidy()
}

func TestFileChangedInAPauseStartsNoMixture(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("partNumber") == "5" {
			cancel(courier.ErrPaused)
		}
		return false
	})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	path, _ := file(t, 8*courier.MinPart)
	u := r.upload(path)
	if _, err := r.Send(ctx, u); !errors.Is(err, courier.ErrPaused) {
		t.Fatalf("%v, want ErrPaused", err)
	}
	if err := appendTo(path, "more"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Send(context.Background(), u); !errors.Is(err, courier.ErrChanged) {
		t.Fatalf("%v, want ErrChanged", err)
	}
	r.tidy()
}

// TestStoreWithoutCRC64NVME climbs down to Content-MD5.
func TestStoreWithoutCRC64NVME(t *testing.T) {
	endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		for name := range r.Header {
			if strings.HasPrefix(name, "X-Amz-Checksum") && name != "X-Amz-Checksum-Mode" {
				return refuse(w, http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented.")
			}
		}
		return false
	})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	for size, proof := range map[int]string{1000: "etag:", 2*courier.MinPart + 1: "etag:"} {
		path, content := file(t, size)
		u := r.upload(path)
		receipt, err := r.Send(context.Background(), u)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(receipt.Checksum, proof) {
			t.Errorf("proof %s, want %s…", receipt.Checksum, proof)
		}
		r.holds(u.Key, content)
	}
	r.tidy()
}

func TestErrorInsideASuccess(t *testing.T) {
	var failed atomic.Bool
	endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") && failed.CompareAndSwap(false, true) {
			_, _ = io.Copy(io.Discard, r.Body)
			return refuse(w, http.StatusOK, "InternalError", "We encountered an internal error. Please try again.")
		}
		return false
	})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	path, content := file(t, 2*courier.MinPart)
	u := r.upload(path)
	if _, err := r.Send(context.Background(), u); err != nil {
		t.Fatal(err)
	}
	r.holds(u.Key, content)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var followed atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	t.Cleanup(elsewhere.Close)
	endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		return true
	})
	r := newRig(t, endpoint, courier.Options{})
	path, _ := file(t, 1000)
	_, err := r.Send(context.Background(), r.upload(path))
	var refusal *courier.StoreError
	if !errors.As(err, &refusal) || refusal.Status != http.StatusTemporaryRedirect {
		t.Errorf("%v, want the redirect as an error", err)
	}
	if followed.Load() {
		t.Error("a signed request was sent elsewhere")
	}
}

func TestErrorsShowNoKeys(t *testing.T) {
	r := newRig(t, "http://127.0.0.1:1", courier.Options{})
	path, _ := file(t, 1000)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := r.Send(ctx, r.upload(path))
	if err == nil || strings.Contains(err.Error(), "X-Amz-") || strings.Contains(err.Error(), store.Keys().AccessKeyID) {
		t.Errorf("%v", err)
	}
	endpoint := wrap(t, func(w http.ResponseWriter, req *http.Request) bool {
		return refuse(w, 403, "ExpiredToken", "The token has expired: X-Amz-Security-Token=SECRET&amp;X-Amz-Signature=abc")
	})
	_, err = newRig(t, endpoint, courier.Options{}).Send(context.Background(), r.upload(path))
	if err == nil || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "abc") {
		t.Errorf("%v", err)
	}
}

func TestWhatIsNoFile(t *testing.T) {
	r := newRig(t, store.Endpoint(), courier.Options{})
	for _, path := range []string{"/dev/zero", t.TempDir()} {
		if _, err := r.Send(context.Background(), r.upload(path)); !errors.Is(err, courier.ErrNotRegular) {
			t.Errorf("%s: %v, want ErrNotRegular", path, err)
		}
	}
	if _, err := r.Send(context.Background(), r.upload(filepath.Join(t.TempDir(), "gone"))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want ErrNotExist", err)
	}
}

func TestProbe(t *testing.T) {
	r := newRig(t, store.Endpoint(), courier.Options{})
	for _, size := range []int{0, 1, 5000} {
		path, _ := file(t, size)
		u := r.upload(path)
		u.Overwrite = true
		if _, err := r.Send(context.Background(), u); err != nil {
			t.Fatal(err)
		}
		link, err := r.signer.Get(context.Background(), signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: time.Minute}, signer.GetOptions{Filename: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Probe(context.Background(), link); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		link.URL = strings.Replace(link.URL, "X-Amz-Expires=60", "X-Amz-Expires=61", 1)
		if err := r.Probe(context.Background(), link); err == nil {
			t.Error("a tampered link is shown as good")
		}
	}
}
