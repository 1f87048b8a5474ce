//go:build unix

package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

// stuckAfter is a road to the store on which a download gets so many bytes of an object and then no more.
func stuckAfter(t *testing.T, n int64) string {
	t.Helper()
	to, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // the signature is for the road's own name
	}}
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.Method == http.MethodGet && r.ContentLength > n {
			r.Body = &stuck{r.Body, n, over}
		}
		return nil
	}
	road := httptest.NewServer(proxy)
	t.Cleanup(road.Close)
	t.Cleanup(func() { close(over) })
	return road.URL
}

type stuck struct {
	io.ReadCloser
	left int64
	over <-chan struct{}
}

func (s *stuck) Read(p []byte) (int, error) {
	if s.left == 0 {
		<-s.over
		return 0, io.ErrUnexpectedEOF
	}
	n, err := s.ReadCloser.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	return n, err
}

// partsIn are what downloads have left, or are writing, in a folder.
func partsIn(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, ".waybill-*.part"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestKilledDownload leaves the part of a file; the next download removes it, and no earlier: not while somebody writes it,
// and not when it is another home's.
func TestKilledDownload(t *testing.T) {
	r := atStore(t)
	line := r.run("request", "--json", "--files", "1", "--cors", "no", "s3://"+sandbox.Bucket+"/"+folder()).is(cli.OK).line()
	id, key := line["id"].(string), line["uploads"].([]any)[0].(map[string]any)["key"].(string)
	r.shell(commandFor(t, line, "sh", key), r.write("big.bin", strings.Repeat("x", 4<<20)))
	dir := filepath.Join(t.TempDir(), "inbox")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	theirs := r.write(filepath.Join(dir, ".waybill-0123456789ab-00000000-0000-4000-8000-000000000000-abcdefgh.part"), "another home's")

	slow := atStore(t) // with its own files, and the same home
	t.Setenv("WAYBILL_HOME", r.home)
	t.Setenv("AWS_ENDPOINT_URL_S3", stuckAfter(t, 1<<20))
	killed := slow.child(t.Context(), []string{"requests", "--download", dir, id})
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "a part of the file", func() bool { return len(partsIn(t, dir)) == 2 })
	ours := partsIn(t, dir)
	if ours[0] == theirs {
		ours = ours[1:]
	}
	// Requests remember the address of their store, so the other one needs none of its own.
	if err := os.Unsetenv("AWS_ENDPOINT_URL_S3"); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "big.bin")
	r.run("requests", "--download", dir, id).is(cli.OK)
	if _, err := os.Stat(ours[0]); err != nil {
		t.Errorf("what another process writes was taken away: %v", err)
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	r.run("requests", "--download", dir, id).is(cli.OK)
	if left := partsIn(t, dir); len(left) != 1 || left[0] != theirs {
		t.Errorf("%q are left", left)
	}
	if text, err := os.ReadFile(other); err != nil || len(text) != 4<<20 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}
