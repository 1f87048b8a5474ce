package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.uber.org/goleak"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// store is the real S3 server that the tests of this package share: there can be one in a process.
var store *sandbox.Sandbox

// TestMain also plays other processes, see guest_test.go.
func TestMain(m *testing.M) {
	if role := os.Getenv("DESK_TEST_ROLE"); role != "" {
		if err := play(role, os.Getenv("DESK_TEST_HOME")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		panic(err)
	}
	if store, err = sandbox.Start(context.Background(), dir); err != nil {
		panic(err)
	}
	before := goleak.IgnoreCurrent() // the store's
	code := m.Run()
	for _, err := range []error{leaks(before), desk.Witnessed()} {
		if err != nil && code == 0 {
			fmt.Println(err)
			code = 1
		}
	}
	_ = store.Close()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// leaks finds goroutines that a test has left behind. The store's own workers come and go with its connections, and the
// SDK's clients keep theirs for a while.
func leaks(before goleak.Option) error {
	http.DefaultClient.CloseIdleConnections()
	return goleak.Find(before,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).workerFunc"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
	)
}

// isolate gives a test AWS files of its own and nothing else.
func isolate(t *testing.T, config, credentials string) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"config": config, "credentials": credentials} {
		if text != "" {
			write(t, filepath.Join(dir, name), text)
		}
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sandboxProfile is a profile that leads to the shared store.
func sandboxProfile() (config, credentials string) {
	return "[default]\nendpoint_url = " + store.Endpoint() + "\n",
		"[default]\naws_access_key_id = " + store.Keys().AccessKeyID + "\naws_secret_access_key = " + store.Keys().SecretAccessKey + "\n"
}

// newDesk opens a desk with a home of its own, and files of its own that lead to the shared store.
func newDesk(t *testing.T, o desk.Options) *desk.Desk {
	t.Helper()
	atStore(t)
	if o.Home == "" {
		o.Home = filepath.Join(t.TempDir(), "home")
	}
	d, err := desk.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func atStore(t *testing.T) {
	t.Helper()
	config, credentials := sandboxProfile()
	isolate(t, config, credentials)
}

// dest is a destination in the shared store with a prefix of the test's own.
func dest(t *testing.T) desk.Destination {
	return desk.Destination{Bucket: sandbox.Bucket, Prefix: strings.ReplaceAll(t.Name(), "#", "-") + "-" + rand.Text()[:6]}
}

// send runs a drop and gives the last snapshot of each transfer, in the order in which they were found.
func send(t *testing.T, d *desk.Desk, to desk.Destination, o desk.SendOptions, paths ...string) []desk.Transfer {
	t.Helper()
	return collect(t, d.Send(context.Background(), to, o, paths))
}

func collect(t *testing.T, drop *desk.Drop) []desk.Transfer {
	t.Helper()
	var order []string
	last := map[string]desk.Transfer{}
	for e := range drop.Events() {
		before, known := last[e.ID]
		switch {
		case !known && e.State != desk.Queued:
			t.Errorf("the first news of %s is %s", e.Name, e.State)
		case !known:
			order = append(order, e.ID)
		case before.State.Over():
			t.Errorf("%s went from %s to %s", e.Name, before.State, e.State)
		}
		if e.Done > e.Size {
			t.Errorf("%s: %d of %d bytes", e.Name, e.Done, e.Size)
		}
		last[e.ID] = e
	}
	list := make([]desk.Transfer, len(order))
	for i, id := range order {
		list[i] = last[id]
		if !list[i].State.Over() {
			t.Errorf("%s ended as %s", list[i].Name, list[i].State)
		}
	}
	return list
}

// one wants exactly one transfer.
func one(t *testing.T, list []desk.Transfer) desk.Transfer {
	t.Helper()
	if len(list) != 1 {
		t.Fatalf("%d transfers, want one", len(list))
	}
	return list[0]
}

// download follows a link as anybody would.
func download(t *testing.T, url string) (body []byte, header http.Header, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return body, resp.Header, resp.StatusCode
}

// client asks the shared store without the desk.
func client() *s3.Client {
	return s3.New(s3.Options{
		Region: sandbox.Region, BaseEndpoint: aws.String(store.Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(store.Keys().AccessKeyID, store.Keys().SecretAccessKey, ""),
	})
}

// put puts something into the bucket, as somebody else would.
func put(t *testing.T, key, text string) {
	t.Helper()
	if _, err := client().PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(sandbox.Bucket), Key: aws.String(key), Body: strings.NewReader(text),
	}); err != nil {
		t.Error(err)
	}
}

func get(t *testing.T, key string) string {
	t.Helper()
	out, err := client().GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String(key)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Body.Close() }()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// inBucket lists what is below a prefix: objects, and multipart uploads that nobody has finished.
func inBucket(t *testing.T, prefix string) (keys, unfinished []string) {
	t.Helper()
	objects, err := client().ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String(sandbox.Bucket), Prefix: aws.String(prefix)})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects.Contents {
		keys = append(keys, aws.ToString(o.Key))
	}
	uploads, err := client().ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{Bucket: aws.String(sandbox.Bucket), Prefix: aws.String(prefix)})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range uploads.Uploads {
		unfinished = append(unfinished, aws.ToString(u.Key))
	}
	return keys, unfinished
}

// proxy stands between the desk and the shared store, and sees each request first.
func proxy(t *testing.T, before func(*http.Request)) (endpoint string) {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before(r)
		on.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// tampering stands between the desk and the shared store; do answers, or has the store answer by pass.
func tampering(t *testing.T, do func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter))) (endpoint string) {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		do(w, r, func(w http.ResponseWriter) { on.ServeHTTP(w, r) })
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// listAll gives the sizes of all objects below a prefix.
func listAll(t *testing.T, prefix string) map[string]int64 {
	t.Helper()
	sizes := map[string]int64{}
	pages := s3.NewListObjectsV2Paginator(client(), &s3.ListObjectsV2Input{Bucket: aws.String(sandbox.Bucket), Prefix: aws.String(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			sizes[aws.ToString(o.Key)] = aws.ToInt64(o.Size)
		}
	}
	return sizes
}
