//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/sandbox"
)

// Kinds of requests.
const (
	create   = "create"
	part     = "part"
	complete = "complete"
	abort    = "abort"
	put      = "put"
	look     = "look" // at an object, before it is sent
	other    = "other"
)

func kind(r *http.Request) string {
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		return create
	case r.Method == http.MethodPost && q.Has("uploadId"):
		return complete
	case r.Method == http.MethodPut && q.Has("partNumber"):
		return part
	case r.Method == http.MethodDelete && q.Has("uploadId"):
		return abort
	case r.Method == http.MethodPut:
		return put
	case r.Method == http.MethodHead:
		return look
	}
	return other
}

// road stands between a command and a store. It counts what passes, can hold it up, and can be closed.
type road struct {
	t       *testing.T
	store   string // where it leads
	address string
	server  *http.Server

	mu     sync.Mutex
	begun  map[string]int // requests that came, by kind
	done   map[string]int // and those to which the store said yes
	stored map[int]int    // how often the store said yes to a part
	// hold is called with a request's kind before it passes, and again, after, with the store's answer at hand. No
	// answer reaches the command while it runs; false loses the answer.
	hold func(kind string, after bool) bool
}

func newRoad(t *testing.T, store string) *road {
	t.Helper()
	r := &road{t: t, store: store, address: "127.0.0.1:0"}
	r.forget()
	r.open()
	t.Cleanup(r.close)
	return r
}

func (r *road) endpoint() string { return "http://" + r.address }

// forget starts the counting anew, with nothing held up.
func (r *road) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun, r.done, r.stored, r.hold = map[string]int{}, map[string]int{}, map[int]int{}, nil
}

// holdUp sets the hold.
func (r *road) holdUp(hold func(kind string, after bool) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hold = hold
}

// came and went count requests of a kind, and those that the store said yes to.
func (r *road) came(kind string) int { r.mu.Lock(); defer r.mu.Unlock(); return r.begun[kind] }
func (r *road) went(kind string) int { r.mu.Lock(); defer r.mu.Unlock(); return r.done[kind] }

// parts gives the numbers of the parts that the store took, and how often it took any.
func (r *road) parts() (numbers []int, times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.stored {
		times += n
	}
	return slices.Sorted(maps.Keys(r.stored)), times
}

// open lets requests pass, at the address that the road has had before.
func (r *road) open() {
	r.t.Helper()
	var c net.ListenConfig
	var l net.Listener
	var err error
	for range 100 { // the port may take a moment to be free
		if l, err = c.Listen(context.Background(), "tcp", r.address); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.address = l.Addr().String()
	r.server = &http.Server{Handler: r.handler(), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = r.server.Serve(l) }()
}

// close ends every connection, and nobody answers any more.
func (r *road) close() { _ = r.server.Close() }

func (r *road) handler() http.Handler {
	target, err := url.Parse(r.store)
	if err != nil {
		r.t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host // it is signed
		},
		ModifyResponse: func(answer *http.Response) error {
			k := kind(answer.Request)
			if answer.StatusCode < 300 {
				r.mu.Lock()
				r.done[k]++
				if k == part {
					n, _ := strconv.Atoi(answer.Request.URL.Query().Get("partNumber"))
					r.stored[n]++
				}
				r.mu.Unlock()
			}
			if hold := r.holding(); hold != nil && !hold(k, true) {
				return errors.New("the answer is lost")
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		k := kind(in)
		r.mu.Lock()
		r.begun[k]++
		r.mu.Unlock()
		if hold := r.holding(); hold != nil {
			hold(k, false)
		}
		if k == create || k == complete { // what is on the wire arrives, whether somebody waits for the answer or not
			// A context that never ends would make the proxy ask the connection instead.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(in.Context()), time.Minute)
			defer cancel()
			in = in.WithContext(ctx)
		}
		proxy.ServeHTTP(w, in)
	})
}

func (r *road) holding() func(string, bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hold
}

// target is a store that commands are sent to over a road.
type target struct {
	*road
	bucket, key, secret string
	client              *s3.Client
}

// atRoad is a computer whose default profile leads over a road to the shared store.
func atRoad(t *testing.T) (*rig, *target) {
	t.Helper()
	to := &target{newRoad(t, store.Endpoint()), sandbox.Bucket, store.Keys().AccessKeyID, store.Keys().SecretAccessKey, nil}
	to.client = s3.New(s3.Options{
		Region: sandbox.Region, BaseEndpoint: aws.String(store.Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(to.key, to.secret, ""),
	})
	r := to.computer(t)
	return r, to
}

// computer is one whose default profile leads over the road.
func (to *target) computer(t *testing.T) *rig {
	t.Helper()
	return at(t, to.endpoint(), to.key, to.secret, "")
}

// holds lists what is below a prefix: the objects with their sizes, and the uploads that nobody has finished.
func (to *target) holds(prefix string) (objects map[string]int64, unfinished []string) {
	to.t.Helper()
	ctx := context.Background()
	objects = map[string]int64{}
	pages := s3.NewListObjectsV2Paginator(to.client, &s3.ListObjectsV2Input{Bucket: &to.bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			to.t.Fatal(err)
		}
		for _, o := range page.Contents {
			objects[aws.ToString(o.Key)] = aws.ToInt64(o.Size)
		}
	}
	uploads, err := to.client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &to.bucket, Prefix: &prefix})
	if err != nil {
		to.t.Fatal(err)
	}
	for _, u := range uploads.Uploads {
		unfinished = append(unfinished, aws.ToString(u.Key))
	}
	return objects, unfinished
}

// has asks the store itself which parts it has of the unfinished uploads of a key. MinIO lists none by less than a
// whole key.
func (to *target) has(key string) (parts []int) {
	to.t.Helper()
	ctx := context.Background()
	uploads, err := to.client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &to.bucket, Prefix: &key})
	if err != nil {
		to.t.Fatal(err)
	}
	for _, u := range uploads.Uploads {
		page, err := to.client.ListParts(ctx, &s3.ListPartsInput{Bucket: &to.bucket, Key: u.Key, UploadId: u.UploadId})
		if err != nil {
			to.t.Fatal(err)
		}
		for _, p := range page.Parts {
			parts = append(parts, int(aws.ToInt32(p.PartNumber)))
		}
	}
	return parts
}

// holdsOnly wants exactly these objects below a prefix, and no unfinished upload.
func (to *target) holdsOnly(prefix string, keys ...string) {
	to.t.Helper()
	objects, unfinished := to.holds(prefix)
	slices.Sort(keys)
	if got := slices.Sorted(maps.Keys(objects)); !slices.Equal(got, keys) {
		to.t.Errorf("the bucket has %q, want %q", got, keys)
	}
	for _, key := range keys { // for MinIO, which lists none by less than a whole key
		_, more := to.holds(key)
		unfinished = append(unfinished, more...)
	}
	if len(unfinished) > 0 {
		to.t.Errorf("unfinished in the bucket: %q", unfinished)
	}
}

// putObject puts something into the bucket, as somebody else would.
func (to *target) putObject(key, text string) {
	to.t.Helper()
	if _, err := to.client.PutObject(context.Background(), &s3.PutObjectInput{Bucket: &to.bucket, Key: &key, Body: bytes.NewReader([]byte(text))}); err != nil {
		to.t.Fatal(err)
	}
}

// upload starts a multipart upload, as somebody else would.
func (to *target) upload(key string) (id string) {
	to.t.Helper()
	made, err := to.client.CreateMultipartUpload(context.Background(), &s3.CreateMultipartUploadInput{Bucket: &to.bucket, Key: &key})
	if err != nil {
		to.t.Fatal(err)
	}
	return aws.ToString(made.UploadId)
}

// empty removes what is below a prefix.
func (to *target) empty(prefix string) {
	to.t.Helper()
	objects, _ := to.holds(prefix)
	for key := range objects {
		if _, err := to.client.DeleteObject(context.Background(), &s3.DeleteObjectInput{Bucket: &to.bucket, Key: &key}); err != nil {
			to.t.Error(err)
		}
	}
}

// same wants that a link leads to the very bytes of a file.
func (r *rig) same(link, path string) {
	r.t.Helper()
	f, err := os.Open(path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		r.t.Fatalf("the link to %s answers %s", path, resp.Status)
	}
	a, b := make([]byte, 1<<20), make([]byte, 1<<20)
	for at := int64(0); ; {
		n, errA := io.ReadFull(f, a)
		m, errB := io.ReadFull(resp.Body, b)
		if !bytes.Equal(a[:n], b[:m]) {
			r.t.Fatalf("%s differs from what its link leads to, after %d bytes", path, at)
		}
		if at += int64(n); errA != nil || errB != nil {
			return // both at their end: the lengths were equal
		}
	}
}

// random makes a file of so many bytes that nobody could guess.
func (r *rig) random(name string, size int64) string {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	randomFile(r.t, path, size)
	return path
}

func randomFile(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var seed [32]byte
	copy(seed[:], strconv.FormatUint(rand.Uint64(), 36))
	_, err = io.CopyN(f, rand.NewChaCha8(seed), size)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// seeded gives a test its randomness, which WAYBILL_TEST_SEED repeats.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("WAYBILL_TEST_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("WAYBILL_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
