package gui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/test"

	"waybill/assets"
	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// store is the real S3 server that the tests of this package share: there can be one in a process.
var store *sandbox.Sandbox

// source is this package's folder: the store changes the working directory.
var source string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gui")
	if err != nil {
		panic(err)
	}
	if source, err = os.Getwd(); err != nil {
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

// startTestApp gives the test an app of Fyne's test driver, with Waybill's texts in it.
func startTestApp(t *testing.T) fyne.App {
	t.Helper()
	a := test.NewTempApp(t)
	if err := lang.AddTranslationsFS(assets.Translations, "translations"); err != nil {
		t.Fatal(err)
	}
	return a
}

// rig is a window on Fyne's test driver over a real desk and a real store.
type rig struct {
	*ui
	t     *testing.T
	queue chan func() // what would run on the main goroutine
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

// withProfiles makes AWS files with two profiles that lead to the shared store.
func withProfiles(t *testing.T) {
	t.Helper()
	keys := "\naws_access_key_id = " + store.Keys().AccessKeyID + "\naws_secret_access_key = " + store.Keys().SecretAccessKey + "\n"
	end := "endpoint_url = " + store.Endpoint() + "\n"
	isolate(t, "[default]\n"+end+"[profile work]\n"+end, "[default]"+keys+"[work]"+keys)
}

// open opens a window over a desk whose home is dir, "" for one of its own.
func open(t *testing.T, dir string, o Options) *rig {
	t.Helper()
	return openOver(t, desk.Options{Home: dir}, o)
}

// openOver opens a window over a desk that is opened with more than a home.
func openOver(t *testing.T, with desk.Options, o Options) *rig {
	t.Helper()
	if with.Home == "" {
		with.Home = filepath.Join(t.TempDir(), "home")
	}
	d, err := desk.Open(context.Background(), with)
	if err != nil {
		t.Fatal(err)
	}
	a := startTestApp(t)
	r := &rig{t: t, queue: make(chan func(), 4096)}
	r.ui = newUI(context.Background(), a, d, o)
	r.do = func(f func()) { r.queue <- f }
	r.window.Resize(fyne.NewSize(960, 640))
	r.begin(o)
	t.Cleanup(func() {
		r.cancel(nil)
		ended := make(chan struct{})
		go func() { r.busy.Wait(); close(ended) }()
		for {
			select {
			case <-r.queue:
			case <-ended:
				r.window.Close()
				if err := d.Close(); err != nil {
					t.Error(err)
				}
				return
			}
		}
	})
	return r
}

// until runs what comes to the main goroutine until something is so.
func (r *rig) until(what string, so func() bool) {
	r.t.Helper()
	limit := time.After(60 * time.Second)
	for !so() {
		select {
		case f := <-r.queue:
			f()
		case <-limit:
			r.t.Fatalf("never: %s", what)
		}
	}
}

// file makes a file to send.
func (r *rig) file(name, text string) string {
	path := filepath.Join(r.t.TempDir(), name)
	write(r.t, path, text)
	return path
}

// asksOnClash has the window ask what to do about a name that is taken.
func (r *rig) asksOnClash() {
	r.t.Helper()
	s := r.desk.Settings()
	s.OnClash = desk.ClashAsk
	if err := r.desk.SaveSettings(s); err != nil {
		r.t.Fatal(err)
	}
}

// ready waits until the store has answered what was asked of it.
func (r *rig) ready() {
	r.t.Helper()
	r.until("the destination is known", func() bool { return r.send.dest.known || r.send.dest.refused != nil })
}

// over waits until all that was dropped is over, and its drops have ended.
func (r *rig) over(files int) {
	r.t.Helper()
	r.until("all is over", func() bool {
		n := r.send.totals()
		if n.files != files || n.open > 0 {
			return false
		}
		for _, g := range r.send.groups {
			if !g.done {
				return false
			}
		}
		return true
	})
}

// content is what a row of the Send place shows.
func (r *rig) content(at int) rowContent {
	c, _ := r.send.content1(at)
	return c
}

// type types into a field, over what is in it, and leaves it with Enter.
func (r *rig) fill(c *combo, text string) {
	r.window.Canvas().Focus(c)
	c.TypedShortcut(&fyne.ShortcutSelectAll{})
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	for _, letter := range text {
		c.TypedRune(letter)
	}
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}
