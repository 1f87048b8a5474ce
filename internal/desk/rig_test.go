package desk_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// store is the real S3 server that the tests of this package share: there can be one in a process.
var store *sandbox.Sandbox

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		panic(err)
	}
	if store, err = sandbox.Start(context.Background(), dir); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = store.Close()
	_ = os.RemoveAll(dir)
	os.Exit(code)
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
