//go:build unix

package cli_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/sandbox"
)

// noList stands before the shared store for keys that may not list; the second removal of an object is held, since a check first
// deletes what is not there, or the first where nothing but a new store's object is deleted.
func noList(t *testing.T, held int64) (endpoint string, arrived chan struct{}) {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	arrived = make(chan struct{}, 1)
	done := make(chan struct{})
	var removals atomic.Int64
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); r.Method == http.MethodGet && (q.Has("list-type") || q.Has("uploads") || r.URL.Path == "/") {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
			return
		}
		if r.Method == http.MethodDelete && !r.URL.Query().Has("uploadId") && removals.Add(1) == held {
			arrived <- struct{}{}
			select {
			case <-done:
			case <-r.Context().Done():
				return
			}
		}
		on.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { close(done); server.Close() })
	return server.URL, arrived
}

// recorded are the keys of what checks of a home have written down.
func (r *rig) recorded() (keys []string) {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.home, "checks", "*"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, file := range files {
		var record struct{ Key string }
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &record)
		}
		if err != nil {
			r.t.Fatal(err)
		}
		keys = append(keys, record.Key)
	}
	return keys
}

// passes lets two hours pass for an object, and for what is written down of it.
func (r *rig) passes(key string) {
	r.t.Helper()
	ago := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(filepath.Join(storeFolder, "data", sandbox.Bucket, filepath.FromSlash(key)), ago, ago); err != nil {
		r.t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(r.home, "checks", "*"+strings.TrimPrefix(filepath.Base(key), ".")+"*"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			r.t.Fatal(err)
		}
		var record map[string]any
		if err := json.Unmarshal(text, &record); err != nil {
			r.t.Fatal(err)
		}
		record["at"] = ago
		if text, err = json.Marshal(record); err != nil {
			r.t.Fatal(err)
		}
		r.write(file, string(text))
	}
}

// killedBy waits until a command's removal is held, and kills it.
func (w *waybill) killedBy(arrived chan struct{}) {
	w.r.t.Helper()
	select {
	case <-arrived:
	case <-time.After(inTime):
		w.r.t.Fatalf("%q does not come so far:\n%s%s", w.args, w.out.String(), w.err.String())
	}
	w.kill()
}

// TestKilledConfigure leaves the tiny object by which a new store was tried. The next check of the bucket removes it once it is
// old, and nothing that only looks like one.
func TestKilledConfigure(t *testing.T) {
	r := newRig(t, "", "")
	t.Setenv("AWS_ACCESS_KEY_ID", store.Keys().AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", store.Keys().SecretAccessKey)
	endpoint, arrived := noList(t, 1)
	configure := []string{"configure", "--preset", "minio", "--profile", "new", "--endpoint-url", endpoint, "--region", sandbox.Region,
		"--bucket", sandbox.Bucket, "--allow-put", "--replace"}
	r.start(configure...).killedBy(arrived)
	left := r.recorded()
	if there, _ := found(t, "waybill-check-"); len(left) != 1 || !slices.Contains(there, left[0]) {
		t.Fatalf("%q are there, %q written down", there, left)
	}
	for _, entry := range []string{"checks", filepath.Join("checks", left[0]+".json")} {
		if info, err := os.Stat(filepath.Join(r.home, entry)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", entry, info, err)
		}
	}
	// Somebody else's, by its name as good as ours.
	others := []string{"waybill-check-" + strings.Repeat("a", 26), "waybill-check-notes"}
	for _, key := range others {
		r.run("send", "--endpoint-url", endpoint, "--bucket", sandbox.Bucket, r.write(key, "x")).is(0)
		r.passes(key)
	}
	r.run(configure...).is(0) // another check may be running, so what is young stays
	if got := r.recorded(); !slices.Equal(got, left) {
		t.Errorf("what is young was removed: %q", got)
	}
	r.passes(left[0])
	r.run(configure...).is(0)
	there, _ := found(t, "waybill-check-")
	if slices.Contains(there, left[0]) || len(r.recorded()) != 0 {
		t.Errorf("it is still there: %q, %q", there, r.recorded())
	}
	for _, key := range others {
		if !slices.Contains(there, key) {
			t.Errorf("%s is gone", key)
		}
	}
}

// TestKilledCheckThatMayNotList: what it leaves cannot be found by listing either, and goes with the next check of the bucket.
func TestKilledCheckThatMayNotList(t *testing.T) {
	endpoint, arrived := noList(t, 2)
	r := at(t, endpoint, store.Keys().AccessKeyID, store.Keys().SecretAccessKey, "")
	r.start("check", "--yes", "s3://sandbox/unlisted").killedBy(arrived)
	left := r.recorded()
	if there, _ := found(t, "unlisted/"); len(left) != 1 || !slices.Equal(there, left) {
		t.Fatalf("%q are there, %q written down", there, left)
	}
	r.passes(left[0])
	got := r.run("check", "--json", "--yes", "s3://sandbox/elsewhere")
	if there, _ := found(t, "unlisted/"); len(there) != 0 || len(r.recorded()) != 0 || !strings.Contains(got.out, "removed\":1") {
		t.Errorf("%q are there, %q written down; it says\n%s", there, r.recorded(), got.out)
	}
}
