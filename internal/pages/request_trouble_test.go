package pages_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"waybill/internal/pages"
)

// facts is what the n-th row says below its name, counted from 0.
func (b *tab) facts(n int) string {
	b.t.Helper()
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(b.text(fmt.Sprintf(`document.querySelectorAll("#rows > li")[%d].querySelector(".facts").innerText`, n)))
}

// reload loads the page anew, past its question.
func (b *tab) reload(asks bool) {
	b.t.Helper()
	b.do(chromedp.Reload())
	if asks {
		b.forgive("a dialog")
	}
}

// TestGoesOnAfterAReload sends 200 MB, loads the page anew in the middle, and chooses the file again.
func TestGoesOnAfterAReload(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	const size = 200_000_000
	path, content := file(t, t.TempDir(), "trip.mov", size)
	r := asking("reload-" + unguessed())
	r.Files = 1
	r.Slots = []pages.Slot{s.parts("in/film", "video/quicktime", 100)}
	link := s.serve(r)
	open := make(chan struct{})
	way.troubled(func(r *http.Request) trouble {
		if n, _ := strconv.Atoi(r.URL.Query().Get("partNumber")); n > 14 {
			return waitsFor(open)
		}
		return nil
	})
	tab := visit(t, link, reader{})
	tab.choosing(func() { tab.click("#choose") }, path) // a click: without one, Chromium asks nobody who leaves
	tab.waitFor("14 parts", 30*time.Second, func() bool { return way.count(sentPart) == 14 })
	tab.reload(true)
	tab.until("the word on what is there", func() bool {
		return strings.Contains(tab.says(), "117 MB of 200 MB are there. Choose the file again to go on.")
	})
	if states := tab.states(); states != "unfinished" {
		t.Errorf("the row is %s", states)
	}
	tab.picture("request-unfinished")
	close(open)
	way.clear()

	// Another file of this name is not taken for it.
	other, _ := file(t, t.TempDir(), "trip.mov", 1000)
	tab.choosing(func() { tab.click(".acts .act") }, other)
	tab.until("the word on another file", func() bool {
		return strings.Contains(tab.says(), "This is another file. To go on, choose trip.mov with 200 MB.")
	})

	before := way.count(anyPart)
	tab.choosing(func() { tab.click(".acts .act") }, path)
	tab.untilStates("sent")
	if sent := way.count(anyPart) - before; sent != 24-14 {
		t.Errorf("%d parts were sent after the reload, want %d", sent, 24-14)
	}
	s.arrived(tab, "in/", map[string][]byte{"trip.mov": content})
	sum := tab.receipt().Files[0].Checksum
	tab.reload(false)
	tab.untilStates("sent")
	if got := tab.receipt(); len(got.Files) != 1 || got.Files[0].Checksum != sum {
		t.Errorf("after another reload the receipt is %+v", got)
	}
}

// TestPartsOfAnotherFileAreNotKept changes the file, but not its name and size, between two tries.
func TestPartsOfAnotherFileAreNotKept(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	path, _ := file(t, t.TempDir(), "a.bin", 40<<20)
	r := asking("other-" + unguessed())
	r.Slots = []pages.Slot{s.parts("in/a", "text/plain", 100)}
	open := make(chan struct{})
	way.troubled(func(r *http.Request) trouble {
		if r.URL.Query().Get("partNumber") == "5" {
			return waitsFor(open)
		}
		return nil
	})
	tab := visit(t, s.serve(r), reader{})
	tab.drop(path)
	tab.waitFor("four parts", 20*time.Second, func() bool { return way.count(sentPart) == 4 })
	tab.click(".acts .act")
	tab.untilStates("cancelled")
	close(open)
	way.clear()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[20<<20]++ // in the third part
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	before := way.count(anyPart)
	tab.drop(path)
	tab.untilStates("sent")
	if sent := way.count(anyPart) - before; sent != 2 {
		t.Errorf("%d parts were sent again, want the changed one and the missing one", sent)
	}
	s.arrived(tab, "in/", map[string][]byte{"a.bin": content})
}

// TestCancel stops an upload of each kind on its way, and tries again.
func TestCancel(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	dir := t.TempDir()
	big, bigContent := file(t, dir, "big.bin", 25<<20)
	small, smallContent := file(t, dir, "small.bin", 3<<20)
	form, formContent := file(t, dir, "form.txt", 3<<20)
	r := asking("cancel-" + unguessed())
	r.Slots = []pages.Slot{s.parts("in/1", "text/plain", 50), s.put("in/2", "text/plain")}
	r.Slots[1].Accept = []string{".bin"}
	r.Posts = []pages.Post{s.post("in/3/", "", 5<<20)}
	r.Posts[0].Accept = []string{".txt"}
	link := s.serve(r)
	way.troubled(func(r *http.Request) trouble {
		if r.Method != http.MethodGet && r.URL.Query().Get("partNumber") != "1" {
			return slowly(200_000)
		}
		return nil
	})
	tab := visit(t, link, reader{})
	tab.drop(big, small, form)
	tab.untilStates("sending sending sending")
	tab.until("speed and time", func() bool {
		return strings.Contains(tab.facts(0), " kB/s · ") || strings.Contains(tab.facts(0), " MB/s · ")
	})
	if got := tab.facts(0); !strings.Contains(got, " of 26 MB · ") || !strings.HasSuffix(got, " left") {
		t.Errorf("the row says %q", got)
	}
	if tab.count(`[role=progressbar][aria-labelledby][aria-valuenow]`) != 3 {
		t.Error("the progress is not heard")
	}
	tab.waitFor("the first part", 20*time.Second, func() bool { return way.count(sentPart) == 1 })
	tab.picture("request-sending")
	for range 3 {
		tab.click(`[data-state=sending] .acts .act`)
	}
	tab.untilStates("cancelled cancelled cancelled")
	tab.picture("request-cancelled")
	if focus := tab.text(`document.activeElement.innerText.split("\n")[0].trim()`); !strings.HasPrefix(focus, "Try again") {
		t.Errorf("the focus went to %q", focus)
	}
	way.clear()
	for range 3 {
		tab.click(`[data-state=cancelled] .acts .act`)
	}
	tab.untilStates("sent sent sent")
	if n := way.count(func(p passed) bool { return sentPart(p) && p.part == "1" }); n != 1 {
		t.Errorf("the first part was sent %d times", n)
	}
	s.arrived(tab, "in/", map[string][]byte{"big.bin": bigContent, "small.bin": smallContent, "form.txt": formContent})
}

// offline has the browser lose its network, and get it back.
func (b *tab) offline(off bool) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{URLPattern: "", Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
	})
	if err == nil {
		_, err = chromedp.Call(b.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// TestOfflineAndBack loses the network in the middle, by the browser's own means.
func TestOfflineAndBack(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	dir := t.TempDir()
	big, bigContent := file(t, dir, "big.bin", 48<<20)
	form, formContent := file(t, dir, "form.txt", 5<<20)
	r := asking("offline-" + unguessed())
	r.Slots = []pages.Slot{s.parts("in/1", "text/plain", 50)}
	r.Posts = []pages.Post{s.post("in/2/", "", 50<<20)}
	r.Posts[0].Accept = []string{".txt"}
	link := s.serve(r)
	way.troubled(func(r *http.Request) trouble {
		if n, _ := strconv.Atoi(r.URL.Query().Get("partNumber")); n > 3 || isPost(r) {
			return waitsFor(nil) // until the network is gone
		}
		return nil
	})
	tab := visit(t, link, reader{})
	tab.drop(big, form)
	tab.waitFor("three parts, and what follows", 20*time.Second, func() bool {
		return way.count(sentPart) == 3 && way.came(isForm) == 1 && way.came(anyPart) == 6
	})
	tab.offline(true)
	way.server.CloseClientConnections() // Chromium lets what is under way go on, or hang
	tab.untilStates("offline offline")
	if got := tab.facts(0); !strings.Contains(got, " of 50 MB · waiting for the network") {
		t.Errorf("the row says %q", got)
	}
	tab.picture("request-offline")
	way.clear()
	tab.offline(false)
	tab.untilStates("sent sent")
	s.arrived(tab, "in/", map[string][]byte{"big.bin": bigContent, "form.txt": formContent})
	for part := range 6 {
		if n := way.count(func(p passed) bool { return sentPart(p) && p.part == strconv.Itoa(part+1) }); n != 1 {
			t.Errorf("part %d was taken %d times", part+1, n)
		}
	}
	tab.forgiveAll("ERR_INTERNET_DISCONNECTED")
	tab.forgiveAll("ERR_CONNECTION_RESET")
	tab.forgiveAll("ERR_EMPTY_RESPONSE")
	tab.forgiveAll("status of 405") // whether the store can be reached, is asked by a HEAD of its root
}

// TestWhatPasses has the store be busy, lose its answers and break off: the files arrive all the same, once each.
func TestWhatPasses(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	dir := t.TempDir()
	big, bigContent := file(t, dir, "big.bin", 1<<20) // in parts, though it is small: it has no other place
	small, smallContent := file(t, dir, "small.put", 1<<20)
	form, formContent := file(t, dir, "form.txt", 1<<20)
	busy := says(http.StatusServiceUnavailable, "application/xml", errorXML("SlowDown", "Please reduce your request rate."))
	for name, harm := range map[string]trouble{
		"busy": busy, "breaks": breaks, "loses": loses,
		"an error inside a 200": says(http.StatusOK, "application/xml", errorXML("InternalError", "We encountered an internal error. Please try again.")),
	} {
		t.Run(name, func(t *testing.T) {
			prefix := unguessed() + "/"
			r := asking("passes-" + unguessed())
			r.Slots = []pages.Slot{s.parts(prefix+"1", "text/plain", 50), s.put(prefix+"2", "text/plain")}
			r.Slots[0].Accept, r.Slots[1].Accept = []string{".bin"}, []string{".put"}
			r.Posts = []pages.Post{s.post(prefix+"3/", "", 5<<20)}
			r.Posts[0].Accept = []string{".txt"}
			way.clear()
			link := s.serve(r)
			way.troubled(first(1, isPost, harm))
			way.troubled(first(1, isPart, harm))
			way.troubled(first(1, isComplete, harm))
			way.troubled(first(1, isPut, harm))
			tab := visit(t, link, reader{})
			tab.drop(big, small, form)
			tab.untilStates("sent sent sent")
			s.arrived(tab, prefix, map[string][]byte{"big.bin": bigContent, "small.put": smallContent, "form.txt": formContent})
			tab.forgiveAll("Failed to load resource")
		})
	}
}

// TestFailuresInWords has the store and the network say what they can say; each is two sentences, and a button.
func TestFailuresInWords(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	path, _ := file(t, t.TempDir(), "a.txt", 1000)
	xml := func(status int, code, message string) trouble {
		return says(status, "application/xml", errorXML(code, message))
	}
	r := asking("words-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 5<<20)}
	link := s.serve(r)
	tab := visit(t, link, reader{})
	tab.drop(path)
	tab.untilStates("sent")
	n := 1
	for _, test := range []struct {
		harm        trouble
		says, not   string
		technically string
	}{
		{xml(403, "AccessDenied", "Request has expired"), "The time to send files is over. Ask Alice Meyer for a new page.", "", "AccessDenied · HTTP 403 · Request has expired"},
		{xml(403, "AccessDenied", "Invalid according to Policy: Policy expired."), "The time to send files is over.", "", ""},
		{xml(403, "AccessDenied", "Request is not yet valid"), "The clock of the store", "", ""},
		{xml(403, "AccessDenied", "Access Denied by http://secret.example/?X-Amz-Signature=1"), "The store does not let this page send files, or does not any more.", "secret", "Access Denied by …"},
		{xml(403, "AccessDenied", "Invalid according to Policy: Policy Condition failed"), "it is not what was asked for. Check its kind and size.", "", ""},
		{xml(400, "ExpiredToken", "The provided token has expired."), "The time to send files is over.", "", ""},
		{xml(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."), "The file is too large", "", ""},
		{xml(403, "SignatureDoesNotMatch", "…"), "This page was changed or damaged on its way", "", ""},
		{xml(403, "RequestTimeTooSkewed", "…"), "The clock of the store and that of the computer on which this page was made differ too much.", "", ""},
		{xml(404, "NoSuchBucket", "…"), "The place that the files were to go to is not there any more. Tell Alice Meyer.", "", ""},
		{xml(507, "XMinioStorageFull", "…"), "The store is full.", "", ""},
		{xml(400, "KeyTooLongError", "…"), "The store cannot keep a file of this name. Give the file a shorter or plainer name", "", ""},
		{xml(501, "NotImplemented", "…"), "The store cannot take files in this way.", "", ""},
		{xml(418, "Teapot", "short and stout"), "The store did not take the file. Try again.", "", "Teapot · HTTP 418 · short and stout"},
		{says(200, "text/html; charset=utf-8", "<!DOCTYPE html><title>Hotel</title>"), "Not the store has answered but something in between, such as the sign-in page of a network.", "", ""},
		{says(511, "text/html", "<html>sign in</html>"), "", "", ""}, // passes by itself
		{says(403, "text/html", "<html>blocked</html>"), "Not the store has answered but something in between", "", ""},
	} {
		name := fmt.Sprintf("f%d.txt", n)
		path, _ := file(t, t.TempDir(), name, 1000)
		way.troubled(first(1, isPost, test.harm))
		tab.drop(path)
		row := func(what string) string {
			return tab.text(fmt.Sprintf(`(() => { const r = [...document.querySelectorAll("#rows > li")].find(r => r.querySelector(".name").innerText === %q); return r ? %s : ""; })()`, name, what))
		}
		if test.says == "" {
			tab.until(name+" to be sent", func() bool { return row("r.dataset.state") == "sent" })
			n++
			continue
		}
		tab.until(name+" to fail", func() bool { return row("r.dataset.state") == "failed" })
		said := row(`r.querySelector(".why").innerText`)
		if !strings.Contains(said, test.says) || test.not != "" && strings.Contains(row("r.textContent"), test.not) {
			t.Errorf("%s: it says %q, want %q", name, said, test.says)
		}
		if detail := row(`r.querySelector("code") ? r.querySelector("code").textContent : ""`); !strings.Contains(detail, test.technically) {
			t.Errorf("%s: folded is %q, want %q", name, detail, test.technically)
		}
		n++
	}
	tab.forgiveAll("Failed to load resource")
}

// TestTwoPeopleWithOnePage send to the same places at once: nothing is overwritten or mixed.
func TestTwoPeopleWithOnePage(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	one, two := t.TempDir(), t.TempDir()
	want := map[string]bool{}
	var paths [2][]string
	for i, dir := range []string{one, two} {
		for _, f := range []struct {
			name string
			size int
		}{{"a.txt", 1000}, {"big.bin", 17 << 20}} {
			path, content := file(t, dir, f.name, f.size)
			paths[i] = append(paths[i], path)
			want[string(content)] = true
		}
	}
	r := asking("two-" + unguessed())
	r.Files = 4
	for i := range 2 {
		r.Slots = append(r.Slots, s.put(fmt.Sprintf("in/%d", i), "text/plain"), s.parts(fmt.Sprintf("in/p%d", i), "text/plain", 9))
	}
	link := s.serve(r)
	// Both pages take the same places first, and the first person's big file waits in the middle.
	notRandom := `Math.random = () => 0.5`
	open := make(chan struct{})
	way.troubled(func(r *http.Request) trouble {
		if r.URL.Query().Get("partNumber") == "3" && strings.Contains(r.URL.Path, "p0") {
			return waitsFor(open)
		}
		return nil
	})
	first := visitWith(t, link, reader{}, notRandom)
	first.drop(paths[0]...)
	first.untilStates("sent sending")
	first.waitFor("two parts", 20*time.Second, func() bool { return way.count(sentPart) == 2 })
	second := visitWith(t, link, reader{}, notRandom)
	second.drop(paths[1]...)
	second.untilStates("sent sent")
	close(open)
	_, err := chromedp.Call(first.ctx, page.BringToFront, struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	first.untilStates("sent sent")
	for key, got := range s.has("in/") {
		if !strings.HasSuffix(key, ".note") && !want[string(got)] {
			t.Errorf("%s holds %d bytes that nobody sent", key, len(got))
		}
		delete(want, string(got))
	}
	if len(want) > 0 {
		t.Errorf("%d files did not arrive", len(want))
	}
	second.forgiveAll("412")

	// All places are taken: a third person is told so.
	third := visit(t, link, reader{})
	extra, _ := file(t, t.TempDir(), "c.txt", 10)
	third.drop(extra)
	third.untilStates("failed")
	if said := third.says(); !strings.Contains(said, "The place for this file is not open any more") && !strings.Contains(said, "Somebody else has sent a file to this place meanwhile, and none is left.") {
		t.Errorf("it says\n%s", said)
	}
	third.forgiveAll("Failed to load resource")
}

// visitWith is visit with a script that runs before the page's.
func visitWith(t *testing.T, link string, r reader, script string) *tab {
	t.Helper()
	tab := visit(t, "about:blank", r)
	if _, err := chromedp.Call(tab.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		t.Fatal(err)
	}
	tab.do(chromedp.Navigate(link))
	return tab
}

// TestWithoutMemoryAndWorkers: a browser that gives neither takes nothing but the going on after a reload.
func TestWithoutMemoryAndWorkers(t *testing.T) {
	s := inSandbox(t)
	dir := t.TempDir()
	big, bigContent := file(t, dir, "big.mov", 1<<20)
	small, smallContent := file(t, dir, "small.bin", 1000)
	for name, script := range map[string]string{
		"no memory":  `Object.defineProperty(window, "localStorage", {get() { throw new DOMException("", "SecurityError"); }})`,
		"full":       `Storage.prototype.setItem = () => { throw new DOMException("", "QuotaExceededError"); }`,
		"rubbish":    `localStorage.setItem("waybill.request.bare", '{"parts":7}')`,
		"no workers": `window.Worker = class { constructor() { throw new Error("no workers"); } }`,
	} {
		t.Run(name, func(t *testing.T) {
			prefix := unguessed() + "/"
			r := asking("bare")
			r.Slots = []pages.Slot{s.parts(prefix+"1", "text/plain", 50), s.put(prefix+"2", "text/plain")}
			r.Slots[0].Accept, r.Slots[1].Accept = []string{".mov"}, []string{".bin"}
			tab := visitWith(t, s.serve(r), reader{}, script)
			tab.drop(big, small)
			tab.untilStates("sent sent")
			s.arrived(tab, prefix, map[string][]byte{"big.mov": bigContent, "small.bin": smallContent})
		})
	}
}

// TestTheFileChanges while it is sent: a failure in words, and nothing that is neither the one nor the other.
func TestTheFileChanges(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	for _, kind := range []string{"form", "put", "parts"} {
		t.Run(kind, func(t *testing.T) {
			path, content := file(t, t.TempDir(), "a.bin", 20<<20)
			prefix := unguessed() + "/"
			r := asking("changes-" + unguessed())
			switch kind {
			case "form":
				r.Posts = []pages.Post{s.post(prefix, "", 50<<20)}
			case "put":
				r.Slots = []pages.Slot{s.put(prefix+"put", "text/plain")}
			case "parts":
				r.Slots = []pages.Slot{s.parts(prefix+"parts", "text/plain", 9)}
			}
			way.clear()
			link := s.serve(r)
			way.troubled(func(r *http.Request) trouble {
				if r.Method == http.MethodPost && r.URL.Query().Get("uploadId") != "" || r.Method == http.MethodGet {
					return nil
				}
				return slowly(10_000_000)
			})
			tab := visit(t, link, reader{})
			tab.drop(path)
			tab.untilStates("sending")
			content[len(content)-1]++ // what is sent last
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			tab.untilStates("failed")
			if said := tab.says(); !strings.Contains(said, "The file was changed, moved or locked while it was read. Choose it again when it is complete.") {
				t.Errorf("it says\n%s", said)
			}
			way.clear()
			tab.choosing(func() { tab.click(".acts .act") }, path)
			tab.untilStates("sent")
			found := false
			for _, got := range s.has(prefix) {
				found = found || bytes.Equal(got, content)
			}
			if !found {
				t.Error("the file as it is now did not arrive")
			}
			tab.forgiveAll("Failed to load resource")
		})
	}
}

// TestRequestOverHTTPS uses both forms of the page over https.
func TestRequestOverHTTPS(t *testing.T) {
	s := inSandboxTLS(t)
	dir := t.TempDir()
	big, bigContent := file(t, dir, "big.bin", 17<<20)
	small, smallContent := file(t, dir, "small.bin", 1000)
	s.allow("GET", "PUT", "POST")
	for name, open := range map[string]func(pages.Request) string{"bucket": s.serve, "file": s.mail} {
		prefix := unguessed() + "/"
		r := asking("https-" + unguessed())
		r.Slots = []pages.Slot{s.parts(prefix+"1", "text/plain", 50)}
		r.Posts = []pages.Post{s.post(prefix+"2/", "", 5<<20)}
		tab := visit(t, "about:blank", reader{})
		if _, err := chromedp.Call(tab.ctx, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true}); err != nil {
			t.Fatal(err)
		}
		tab.do(chromedp.Navigate(open(r)))
		tab.drop(big, small)
		tab.untilStates("sent sent")
		if !strings.HasPrefix(s.endpoint, "https:") {
			t.Error(name, s.endpoint)
		}
		s.arrived(tab, prefix, map[string][]byte{"big.bin": bigContent, "small.bin": smallContent})
	}
}
