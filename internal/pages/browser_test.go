package pages_test

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"waybill/internal/pages"
)

// chromium starts the browser that the tests of this package share.
var chromium = sync.OnceValues(func() (context.Context, error) {
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		return nil, fmt.Errorf("these tests open the pages in Chromium: packaging/deps.sh test installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's own sandbox refuses root
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		stop()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	closeChromium = func() {
		_ = chromedp.Cancel(ctx)
		stop()
	}
	return ctx, nil
})

var closeChromium = func() {}

// reader is who opens a page.
type reader struct {
	languages     string // as Accept-Language has them; "en-US" when empty
	zone          string // "Europe/Berlin"; "UTC" when empty
	dark          bool
	print         bool
	width, height int64 // 960 by 720 when zero
	noScript      bool
}

// tab is a reader's tab, with all that goes on in it.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	requests   []string
	complaints []string
	downloads  map[string]*download
	dir        string
}

// download is a file on its way to the reader.
type download struct {
	url, name string
	state     browser.DownloadProgressState
}

// visit opens a page as a reader does. When the test ends, nothing may have gone wrong in the tab.
func visit(t *testing.T, link string, r reader) *tab {
	t.Helper()
	shared, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(shared, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, downloads: map[string]*download{}, dir: t.TempDir()}
	b.do(chromedp.Steps()) // opens the tab
	ctx, stop := context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(stop)
	b.ctx = ctx
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.ListenBrowser(ctx, b.hearDownloads); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(err)
	yes := true
	_, err = chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: b.dir, EventsEnabled: &yes,
		BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
	})
	must(err)
	if r.languages == "" {
		r.languages = "en-US"
	}
	agent := b.text(`navigator.userAgent`)
	_, err = chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: r.languages})
	must(err)
	if r.zone == "" {
		r.zone = "UTC"
	}
	_, err = chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: r.zone})
	must(err)
	if r.width == 0 {
		r.width, r.height = 960, 720
	}
	_, err = chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: r.width, Height: r.height, DeviceScaleFactor: 1, Mobile: r.width < 500,
	})
	must(err)
	scheme, media := "light", ""
	if r.dark {
		scheme = "dark"
	}
	if r.print {
		media = "print"
	}
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	must(err)
	if r.noScript {
		_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		must(err)
	}
	_, err = chromedp.Call(ctx, page.BringToFront, cdp.Empty{}) // a tab behind another paints nothing, and cannot be clicked
	must(err)
	b.do(chromedp.Navigate(link))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, c := range b.complaints {
			t.Errorf("the page complained: %s", c)
		}
	})
	return b
}

// reduceMotion is what the reader's system says of motion, from now on.
func (b *tab) reduceMotion() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// hear writes down what goes on in the tab.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *page.EventJavascriptDialogOpening:
		b.complaints = append(b.complaints, "a dialog: "+e.Message)
		go func() {
			_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *cdplog.EventEntryAdded:
		b.complaints = append(b.complaints, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, "an exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, "the console was used")
	}
}

func (b *tab) hearDownloads(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *browser.EventDownloadWillBegin:
		b.downloads[e.GUID] = &download{url: e.URL, name: e.SuggestedFilename}
	case *browser.EventDownloadProgress:
		if d := b.downloads[e.GUID]; d != nil {
			d.state = e.State
		}
	}
}

// forgive takes a complaint back that the test was about; it must be there.
func (b *tab) forgive(part string) {
	b.t.Helper()
	b.until("the complaint about "+part, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for i, c := range b.complaints {
			if strings.Contains(c, part) {
				b.complaints = append(b.complaints[:i], b.complaints[i+1:]...)
				return true
			}
		}
		return false
	})
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// click clicks what a CSS selector finds, as a mouse does.
func (b *tab) click(selector string) { b.t.Helper(); b.do(chromedp.Click(chromedp.CSS(selector))) }

// eval evaluates an expression in the tab.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return got
}

func (b *tab) text(expression string) string { b.t.Helper(); return eval[string](b, expression) }
func (b *tab) is(expression string) bool     { b.t.Helper(); return eval[bool](b, "!!("+expression+")") }
func (b *tab) count(selector string) int {
	b.t.Helper()
	return eval[int](b, fmt.Sprintf("document.querySelectorAll(%q).length", selector))
}

// says is what a reader sees on the page, with plain spaces.
func (b *tab) says() string {
	b.t.Helper()
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(b.text(`document.body.innerText`))
}

// until waits for a condition.
func (b *tab) until(what string, done func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.giveUp(what)
		}
	}
}

// giveUp ends a test with what is known.
func (b *tab) giveUp(what string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, d := range b.downloads {
		b.t.Logf("download %s of %q: %s", id, d.name, d.state)
	}
	b.t.Fatalf("waited in vain for %s, after requests for %.300q", what, b.requests)
}

// get clicks what a selector finds, and gives the file that is downloaded by it.
func (b *tab) get(selector string) (content []byte, name string) {
	b.t.Helper()
	b.mu.Lock()
	before := len(b.downloads)
	b.mu.Unlock()
	if before > 0 && before%9 == 0 {
		b.do(chromedp.Sleep(1100 * time.Millisecond)) // Chromium drops the 11th download of a second, which no hand makes
	}
	b.click(selector)
	var guid string
	b.until("a download by "+selector, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for id, d := range b.downloads {
			if d.state == browser.DownloadProgressStateCanceled {
				b.t.Fatalf("the download by %s was given up", selector)
			}
			if d.state == browser.DownloadProgressStateCompleted && len(b.downloads) > before {
				if _, err := os.Stat(filepath.Join(b.dir, id)); err == nil {
					guid, name = id, d.name
					return true
				}
			}
		}
		return false
	})
	path := filepath.Join(b.dir, guid)
	content, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		b.t.Fatal(err)
	}
	return content, name
}

// onlyWent checks that the tab asked for nothing but what begins with one of these.
func (b *tab) onlyWent(to ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) == 0 {
		b.t.Error("no request was seen, not even the page's")
	}
	for _, r := range b.requests {
		if strings.HasPrefix(r, "data:") {
			continue
		}
		known := false
		for _, prefix := range to {
			known = known || strings.HasPrefix(r, prefix)
		}
		if !known {
			b.t.Errorf("the page went to %s", r)
		}
	}
}

// picture writes what the tab looks like, for people, to the folder that WAYBILL_PAGES_PICTURES names.
func (b *tab) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("WAYBILL_PAGES_PICTURES")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pages-"+name+".png"), shot, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// site is a store and a page's host: each its own origin, as in life.
type site struct {
	page, store *httptest.Server
	files       map[string][]byte

	mu    sync.Mutex
	html  []byte
	asked []string // of the page's host
}

// newSite has the content of files under their names, offered as downloads.
func newSite(t *testing.T, files map[string][]byte) *site {
	t.Helper()
	s := &site{files: files}
	s.store = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, ok := s.files[r.URL.Query().Get("name")]
		if !ok || r.URL.Query().Get("X-Amz-Signature") == "" {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code></Error>"))
			return
		}
		if r.Referer() != "" {
			t.Errorf("the store was told where its reader came from: %s", r.Referer())
		}
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": filepath.Base(r.URL.Query().Get("name"))}))
		_, _ = w.Write(content)
	}))
	t.Cleanup(s.store.Close)
	s.page = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked = append(s.asked, r.URL.Path)
		w.Header().Set("Content-Type", "text/html") // the page itself says that it is UTF-8
		_, _ = w.Write(s.html)
	}))
	t.Cleanup(s.page.Close)
	return s
}

// bundle serves the page of many files.
func (s *site) bundle(t *testing.T, b pages.Bundle) (link string) {
	t.Helper()
	var out bytes.Buffer
	if err := pages.WriteBundle(&out, b); err != nil {
		t.Fatal(err)
	}
	return s.serve(out.Bytes())
}

// lead serves the page of one link.
func (s *site) lead(t *testing.T, l pages.Lead) (link string) {
	t.Helper()
	var out bytes.Buffer
	if err := pages.WriteLead(&out, l); err != nil {
		t.Fatal(err)
	}
	return s.serve(out.Bytes())
}

func (s *site) serve(html []byte) (link string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.html = html
	return s.page.URL + "/page.html"
}
