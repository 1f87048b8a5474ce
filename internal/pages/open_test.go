package pages_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"waybill/internal/pages"
)

// hostile are names that would do harm on a page that does not escape them.
func hostile() []string {
	return []string{
		"plain.txt",
		"<script>alert(1);window.harmed=1</script>.txt",
		`"><img src=x onerror="alert(2);window.harmed=1">.png`,
		`' onmouseover='alert(3)' x='.txt`,
		"javascript:alert(4).txt",
		"</title></style></pre><script src=//127.0.0.1:9/x.js></script>.txt",
		"<svg onload=alert(5)>.svg",
		"<link rel=stylesheet href=//127.0.0.1:9/x.css>.css",
		"<meta http-equiv=refresh content='0;url=//127.0.0.1:9/'>.htm",
		"<iframe src=//127.0.0.1:9/></iframe>",
		"</template><form action=//127.0.0.1:9/><input>",
		"invoice\u202Efdp.exe",
		"two\nlines.txt",
		"photos/Ärger & Söhne – 日本語.jpg",
		"$(touch x) `touch y`.txt",
		"it's \"quoted\".txt",
		"-rf",
		"percent%20+plus#hash?.txt",
		strings.Repeat("long", 256),
	}
}

// filled is a bundle of these names, each with content of its own.
func filled(t *testing.T, names []string) (*site, pages.Bundle) {
	t.Helper()
	files := map[string][]byte{}
	for i, name := range names {
		files[name] = append(fmt.Appendf(nil, "%d: %s\r\n", i, name), 0, 0xfe, 0xff)
	}
	s := newSite(t, files)
	b := pages.Bundle{Ends: time.Now().Add(3*time.Hour + 11*time.Minute + 30*time.Second), Made: time.Now()}
	for _, name := range names {
		link := s.store.URL + "/key?name=" + url.QueryEscape(name) + "&X-Amz-Signature=5c0ffee&copy=1&lt=2"
		b.Files = append(b.Files, pages.File{Name: name, Size: int64(len(files[name])), ContentType: "text/plain", URL: link, Text: name})
	}
	return s, b
}

// row selects the download of the n-th file, counted from 0.
func row(n int) string { return fmt.Sprintf(".files li:nth-child(%d) a.button", n+1) }

func TestEveryLinkDownloads(t *testing.T) {
	names := hostile()
	s, b := filled(t, names)
	for name, r := range map[string]reader{"with a script": {}, "without a script": {noScript: true}, "on a phone": {width: 375, height: 667}} {
		t.Run(name, func(t *testing.T) {
			tab := visit(t, s.bundle(t, b), r)
			if n := tab.count(".files li"); n != len(names) {
				t.Fatalf("%d rows for %d files", n, len(names))
			}
			for i, name := range names {
				if content, _ := tab.get(row(i)); !bytes.Equal(content, s.files[name]) {
					t.Errorf("%q came as %q", name, content)
				}
			}
			if here := tab.text(`location.href`); here != s.page.URL+"/page.html" {
				t.Errorf("the page has gone to %s", here)
			}
			tab.onlyWent(s.page.URL+"/page.html", s.store.URL+"/key?")
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range s.asked {
		if path != "/page.html" {
			t.Errorf("the page's host was asked for %s", path)
		}
	}
}

func TestHostileNamesDoNoHarm(t *testing.T) {
	names := hostile()
	s, b := filled(t, names)
	b.Title = names[1] + names[2]
	tab := visit(t, s.bundle(t, b), reader{})
	// Everything is opened, passed over and focused.
	eval[bool](tab, `document.querySelectorAll("details").forEach(d => d.open = true),
		document.querySelectorAll("*").forEach(e => { e.dispatchEvent(new MouseEvent("mouseover", {bubbles: true})); if (e.focus) e.focus(); }), true`)
	tab.do(chromedp.Sleep(200 * time.Millisecond)) // what would happen later; a dialog or a request fails the test
	if tab.is(`window.harmed`) {
		t.Error("a name ran as a script")
	}
	if n := eval[int](tab, `document.scripts.length`); n != 1 {
		t.Errorf("%d scripts", n)
	}
	for _, name := range []string{"img", "iframe", "form", "input", "svg[onload]", "link[rel=stylesheet]", "meta[http-equiv=refresh]"} {
		if n := tab.count(name); n != 0 {
			t.Errorf("%d %s elements came of names", n, name)
		}
	}
	for i, name := range names {
		want := strings.NewReplacer("\u202E", "[U+202E]", "\n", "[U+000A]").Replace(name)
		if got := tab.text(fmt.Sprintf(`document.querySelectorAll(".name")[%d].textContent`, i)); got != want {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
	tab.onlyWent(s.page.URL + "/page.html")

	lead := visit(t, s.lead(t, pages.Lead{Name: names[2], Size: 1, URL: b.Files[2].URL, Ends: b.Ends}), reader{})
	if lead.is(`window.harmed`) || lead.count("img") != 0 {
		t.Error("a name did harm on the page of one link")
	}
	lead.onlyWent(s.page.URL + "/page.html")
}

// TestTheTabIsWatched makes sure that what the other tests look for would be seen: a page without a policy does all
// that a page of this package must not.
func TestTheTabIsWatched(t *testing.T) {
	s, _ := filled(t, []string{"a.txt"})
	tab := visit(t, s.serve([]byte(`<!doctype html><meta charset="utf-8"><p class="name"><img src="`+s.store.URL+`/x.png" onerror="window.harmed=1"></p>
		<script>console.log(1); setTimeout(() => { throw new Error("thrown"); }); setTimeout(() => alert("dialog"), 50)</script>`)), reader{})
	for _, complaint := range []string{"403", "the console", "an exception", "a dialog"} {
		tab.forgive(complaint)
	}
	tab.until("the harm", func() bool { return tab.is(`window.harmed`) })
	tab.mu.Lock()
	defer tab.mu.Unlock()
	if !slices.Contains(tab.requests, s.store.URL+"/x.png") || !slices.Contains(tab.requests, s.page.URL+"/favicon.ico") {
		t.Errorf("the requests that were seen are %q", tab.requests)
	}
}

// TestThePolicyHolds does by force what a name could only do by a mistake of this package.
func TestThePolicyHolds(t *testing.T) {
	s, b := filled(t, []string{"a.txt"})
	for name, link := range map[string]string{"bundle": s.bundle(t, b), "lead": s.lead(t, pages.Lead{Name: "a.txt", URL: b.Files[0].URL, Ends: b.Ends})} {
		tab := visit(t, link, reader{})
		eval[bool](tab, `(() => { const e = document.createElement("script"); e.textContent = "window.harmed = 1"; document.body.append(e); return true; })()`)
		tab.forgive("script-src")
		eval[bool](tab, `(() => { const e = document.createElement("img"); e.src = "`+s.store.URL+`/x.png"; document.body.append(e); return true; })()`)
		tab.forgive("img-src")
		eval[bool](tab, `(() => { const e = document.createElement("iframe"); e.src = "`+s.store.URL+`/x"; document.body.append(e); return true; })()`)
		tab.forgive("default-src")
		eval[bool](tab, `(() => { const e = document.createElement("b"); e.setAttribute("style", "color: red"); document.body.append(e); return getComputedStyle(e).color; })() !== "rgb(255, 0, 0)"`)
		tab.forgive("style-src")
		if !tab.is(`fetch("` + s.store.URL + `/x").then(() => false, () => true)`) {
			t.Errorf("%s: it could fetch something", name)
		}
		tab.forgive("default-src")
		if tab.is(`window.harmed`) {
			t.Errorf("%s: a foreign script ran", name)
		}
		tab.mu.Lock()
		tab.complaints = slices.DeleteFunc(tab.complaints, func(c string) bool { return strings.Contains(c, "Content Security Policy") })
		tab.mu.Unlock()
	}
}

func TestWithoutScript(t *testing.T) {
	s, b := filled(t, []string{"report.pdf", "photos/a.jpg"})
	b.Ends, b.Title = time.Date(2126, 11, 25, 14, 5, 0, 0, time.UTC), "For the offsite"
	tab := visit(t, s.bundle(t, b), reader{noScript: true, languages: "de-DE,de"})
	if tab.is(`document.documentElement.classList.contains("js")`) {
		t.Fatal("a script ran")
	}
	said := tab.says()
	for _, want := range []string{
		"For the offsite", "2 files", "These links work until Monday 25 November 2126, 14:05 UTC.", "report.pdf", "photos/a.jpg", "document", "picture", "Download",
		"All at once", "macOS and Linux (curl)", "Windows (PowerShell)",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	for _, not := range []string{"Diese", "left", "ended", "Copy", "undefined"} {
		if strings.Contains(said, not) {
			t.Errorf("it says %q:\n%s", not, said)
		}
	}
	tab.click(".all details:first-of-type summary")
	tab.until("the script for curl", func() bool { return strings.Contains(tab.says(), "waybill_get './waybill-") })
	tab.picture("no-script")

	lead := visit(t, s.lead(t, pages.Lead{Name: "report.pdf", Size: 3, URL: b.Files[0].URL, Ends: b.Ends}), reader{noScript: true})
	if content, name := lead.get("a.button"); !bytes.Equal(content, s.files["report.pdf"]) || name != "report.pdf" {
		t.Errorf("%q came as %q", name, content)
	}
}

func TestLanguagesAndZones(t *testing.T) {
	s, b := filled(t, []string{"a.txt"})
	b.Files[0].Size = 2_350_000
	b.Ends = time.Date(2126, 7, 5, 14, 5, 0, 0, time.UTC)
	link := s.bundle(t, b)
	for _, test := range []struct {
		languages, zone, lang, title string
		want, not                    []string
	}{
		{"de-DE,de,en", "Europe/Berlin", "de", "1 Datei",
			[]string{"1 Datei", "2,4 MB", "Diese Links gelten bis Freitag, 5. Juli 2126 um 16:05 MESZ.", "noch", "Tage", "Herunterladen", "Alle auf einmal", "Text"},
			[]string{"These", "Download", "left", "files"}},
		{"de-AT", "America/New_York", "de", "1 Datei", []string{"10:05", "GMT-4"}, []string{"These"}},
		{"en-US,de", "America/New_York", "en", "1 file", []string{"1 file", "2.4 MB", "Friday, July 5, 2126 at 10:05 AM EDT.", "left", "days", "Download"}, []string{"Diese", "noch"}},
		{"en-GB", "Asia/Kolkata", "en", "1 file", []string{"5 July 2126 at 19:35 GMT+5:30"}, nil},
		{"fr-FR,fr", "Europe/Paris", "en", "1 file", []string{"5 July 2126 at 16:05 CEST", "Download"}, []string{"Diese", "juillet"}},
		{"fr-FR,de,en", "UTC", "de", "1 Datei", []string{"Diese Links gelten bis", "14:05 UTC"}, []string{"These"}},
	} {
		tab := visit(t, link, reader{languages: test.languages, zone: test.zone})
		said := tab.says()
		for _, want := range test.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s in %s: it does not say %q:\n%s", test.languages, test.zone, want, said)
			}
		}
		for _, not := range test.not {
			if strings.Contains(said, not) {
				t.Errorf("%s in %s: it says %q:\n%s", test.languages, test.zone, not, said)
			}
		}
		if lang := tab.text(`document.documentElement.lang`); lang != test.lang {
			t.Errorf("%s: the page is in %q", test.languages, lang)
		}
		if title := tab.text(`document.title`); title != test.title {
			t.Errorf("%s: the title is %q", test.languages, title)
		}
		if iso := tab.text(`document.querySelector(".until time").getAttribute("datetime")`); iso != "2126-07-05T14:05:00Z" {
			t.Errorf("the machine's time is %q", iso)
		}
	}
}

// countdown is what the chip says.
func (b *tab) countdown() string {
	b.t.Helper()
	return strings.ReplaceAll(b.text(`document.querySelector(".left").innerText`), "\u00a0", " ")
}

func TestCountdown(t *testing.T) {
	s, b := filled(t, []string{"a.txt"})
	for _, test := range []struct {
		left     time.Duration
		language string
		want     string
		soon     bool
	}{
		{73*time.Hour + 30*time.Minute, "en", "3 days 1 h left", false},
		{73*time.Hour + 30*time.Minute, "de", "noch 3 Tage 1 Std.", false},
		{25*time.Hour + 30*time.Minute, "de", "noch 1 Tag 1 Std.", false},
		{3*time.Hour + 11*time.Minute + 30*time.Second, "en", "3 h 11 min left", false},
		{12*time.Minute + 30*time.Second, "de", "noch 12 Min.", true},
		{119 * time.Second, "en", "1 min left", true},
	} {
		b.Ends = time.Now().Add(test.left)
		tab := visit(t, s.bundle(t, b), reader{languages: test.language})
		if got := tab.countdown(); got != test.want {
			t.Errorf("%v before the end it says %q, want %q", test.left, got, test.want)
		}
		if soon := tab.is(`document.documentElement.classList.contains("soon")`); soon != test.soon {
			t.Errorf("%v before the end, soon is %v", test.left, soon)
		}
		if tab.is(`document.querySelector(".left").closest("[aria-live], [role=status], [role=timer], [role=alert]")`) {
			t.Error("each tick would be read out")
		}
	}
	// Seconds, and only in the last minute.
	b.Ends = time.Now().Add(40 * time.Second)
	tab := visit(t, s.bundle(t, b), reader{})
	first := tab.countdown()
	if !strings.HasSuffix(first, " s left") {
		t.Errorf("in the last minute it says %q", first)
	}
	tab.until("the next second", func() bool { return tab.countdown() != first })
	// A clock that stands before the page was made has nothing to count.
	b.Made, b.Ends = time.Now().Add(24*time.Hour), time.Now().Add(25*time.Hour)
	tab = visit(t, s.bundle(t, b), reader{})
	if tab.is(`document.querySelector(".left").checkVisibility({visibilityProperty: true})`) {
		t.Errorf("with a wrong clock it says %q", tab.countdown())
	}
	// No end that is known, no countdown.
	b.Ends = time.Time{}
	tab = visit(t, s.bundle(t, b), reader{})
	if tab.count(".left") != 0 || !strings.Contains(tab.says(), "When these links end is not known") {
		t.Errorf("without an end it says:\n%s", tab.says())
	}
}

// inert checks that an ended page says so and leads nowhere, however it is clicked.
func inert(t *testing.T, tab *tab, s *site, words string) {
	t.Helper()
	said := tab.says()
	if !strings.Contains(said, words) || strings.Contains(said, " left") {
		t.Errorf("after the end it says:\n%s", said)
	}
	if got := tab.text(`document.querySelector("[role=status]").innerText`); !strings.Contains(got, words) {
		t.Errorf("the words are not where they are read out: %q", got)
	}
	if n := tab.count("a[href]"); n != 0 {
		t.Errorf("%d links still lead somewhere", n)
	}
	if all, off := tab.count("a.button"), tab.count("a.button[aria-disabled=true][role=link]"); all == 0 || all != off {
		t.Errorf("%d of %d links are disabled", off, all)
	}
	if tab.is(`document.querySelector(".all") && document.querySelector(".all").checkVisibility()`) {
		t.Error("the scripts are still offered")
	}
	for _, button := range []input.MouseButton{input.MouseButtonLeft, input.MouseButtonMiddle} {
		point := eval[[]float64](tab, `(() => { const r = document.querySelector("a.button").getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
		tab.do(chromedp.MouseClickXY(point[0], point[1], chromedp.ButtonType(button)))
	}
	tab.do(chromedp.Sleep(200 * time.Millisecond)) // a request that must not come
	tab.mu.Lock()
	defer tab.mu.Unlock()
	for _, r := range tab.requests {
		if strings.HasPrefix(r, s.store.URL) {
			t.Errorf("the store was asked: %s", r)
		}
	}
}

func TestTheEndComesWhileThePageIsOpen(t *testing.T) {
	for name, r := range map[string]reader{
		"ended": {}, "ended-phone": {width: 390, height: 844, zone: "Europe/Berlin"}, "ended-german": {width: 320, height: 568, zone: "Europe/Berlin", languages: "de", dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, b := filled(t, []string{"a.txt", "b.txt"})
			b.Ends = time.Now().Add(6 * time.Second).Truncate(time.Second)
			tab := visit(t, s.bundle(t, b), r)
			where := func() string {
				return tab.text(`[".end", ".files", ".files li:last-child a"].map(s => { const r = document.querySelector(s).getBoundingClientRect(); return s + " " + Math.round(r.top) + " " + Math.round(r.height); }).join()`)
			}
			if tab.count("a[href]") != 2 {
				t.Fatal("the links have ended already")
			}
			if live := tab.text(`document.querySelector("[aria-live=polite]").textContent`); live != "" {
				t.Errorf("before the end, %q would be read out", live)
			}
			before := where()
			tab.until("the end", func() bool { return tab.is(`document.documentElement.classList.contains("ended")`) })
			if late := time.Since(b.Ends); late > 5*time.Second {
				t.Errorf("it ended %v late", late)
			}
			if after := where(); after != before {
				t.Errorf("at the end things jumped from\n%s to\n%s", before, after)
			}
			words := "These links have ended. Ask the sender to renew them."
			if r.languages == "de" {
				words = "Diese Links sind abgelaufen. Wer sie geschickt hat, kann sie erneuern."
			}
			inert(t, tab, s, words)
			tab.picture(name)
		})
	}
}

// TestTheEndCameWhileAsleep stops the page's timers, as a sleeping computer does.
func TestTheEndCameWhileAsleep(t *testing.T) {
	s, b := filled(t, []string{"a.txt"})
	tab := visit(t, s.bundle(t, b), reader{})
	eval[bool](tab, `(() => { const end = `+fmt.Sprint(b.Ends.UnixMilli())+`; Date.now = () => end + 1000; return true; })()`)
	if tab.count("a[href]") != 1 {
		t.Fatal("the page looked at the clock by itself")
	}
	if !tab.is(`!document.querySelector("a.button").dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}))`) {
		t.Error("a click after the end went through")
	}
	inert(t, tab, s, "These links have ended.")
}

func TestThePageIsOpenedAfterItsEnd(t *testing.T) {
	s, b := filled(t, []string{"a.txt", "b.txt"})
	b.Ends = time.Now().Add(-time.Hour)
	inert(t, visit(t, s.bundle(t, b), reader{}), s, "These links have ended. Ask the sender to renew them.")
	german := visit(t, s.bundle(t, b), reader{languages: "de"})
	inert(t, german, s, "Diese Links sind abgelaufen. Wer sie geschickt hat, kann sie erneuern.")
	if said := german.countdown(); said != "Abgelaufen" {
		t.Errorf("the chip says %q", said)
	}

	// from disk, as it was mailed
	var out bytes.Buffer
	if err := pages.WriteLead(&out, pages.Lead{Name: "a.txt", Size: 1, URL: b.Files[0].URL, Ends: b.Ends}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.txt.html")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := visit(t, "file://"+path, reader{dark: true})
	inert(t, tab, s, "This link has ended. Ask the sender to renew it.")
	tab.picture("lead-ended-dark")
}

func TestLead(t *testing.T) {
	s, b := filled(t, []string{"Quarterly report – final.pdf"})
	var out bytes.Buffer
	lead := pages.Lead{Name: b.Files[0].Name, Size: 2_350_000, URL: b.Files[0].URL, Ends: b.Ends}
	if err := pages.WriteLead(&out, lead); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lead.html")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := visit(t, "file://"+path, reader{})
	said := tab.says()
	for _, want := range []string{"Quarterly report – final.pdf", "2.4 MB · document", "This link works until", "3 h 11 min left", "Download"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	tab.do(chromedp.Sleep(300 * time.Millisecond)) // it goes nowhere by itself
	tab.onlyWent("file://" + path)
	if content, name := tab.get("a.button"); !bytes.Equal(content, s.files[lead.Name]) || name != lead.Name {
		t.Errorf("%q came as %q", name, content)
	}
	tab.onlyWent("file://"+path, s.store.URL+"/key?")
}

func TestCopy(t *testing.T) {
	s, b := filled(t, hostile())
	tab := visit(t, s.bundle(t, b), reader{})
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(tab.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			BrowserContextID: chromedp.FromContext(tab.ctx).BrowserContextID,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, id := range []string{"sh", "ps"} {
		want := tab.text(`document.getElementById("` + id + `").textContent`)
		tab.click(fmt.Sprintf(".all details:nth-of-type(%d) summary", i+1))
		tab.click(`button[data-copy="` + id + `"]`)
		tab.until("the word that it is copied", func() bool { return tab.is(`document.querySelector('button[data-copy="` + id + `"].copied')`) })
		if got := tab.text(`navigator.clipboard.readText()`); got != want || !strings.Contains(got, "waybill-") {
			t.Errorf("the clipboard holds %q", got)
		}
	}
	// Where there is no such clipboard, it is copied the old way.
	eval[bool](tab, `Object.defineProperty(navigator, "clipboard", {value: undefined}), true`)
	tab.until("the button to come back", func() bool { return tab.count(".copied") == 0 })
	tab.click(`button[data-copy="sh"]`)
	tab.until("the old way", func() bool { return tab.is(`document.querySelector('button[data-copy="sh"].copied')`) })
	if got := tab.text(`getSelection().toString()`); !strings.Contains(got, "waybill_get './waybill-") {
		t.Errorf("what is marked is %q", got)
	}
}

// TestThePagesScriptIsTheScript runs what a reader would copy from the page.
func TestThePagesScriptIsTheScript(t *testing.T) {
	names := hostile()
	s, b := filled(t, names)
	tab := visit(t, s.bundle(t, b), reader{})
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", tab.text(`document.getElementById("sh").textContent`))
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := map[string]int{}
	for _, content := range s.files {
		want[string(content)]++
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if want[string(content)]--; want[string(content)] < 0 {
			t.Errorf("%s holds %q", path, content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for content, n := range want {
		if n > 0 {
			t.Errorf("%q was not saved", content)
		}
	}
}

func TestKeyboard(t *testing.T) {
	s, b := filled(t, []string{"a.txt", "b.txt"})
	b.Files[0].Text = ""
	tab := visit(t, s.bundle(t, b), reader{})
	focused := func() string {
		return tab.text(`(() => { const e = document.activeElement, s = getComputedStyle(e); return [e.tagName, e.innerText.trim().split("\n")[0], s.outlineStyle, s.outlineWidth].join("|"); })()`)
	}
	var order []string
	for range 5 {
		tab.do(chromedp.KeyEvent(kb.Tab))
		order = append(order, strings.ReplaceAll(focused(), "\u00a0", " "))
	}
	want := []string{"A|Download", "A|Download", "SUMMARY|First lines", "SUMMARY|macOS and Linux (curl)", "SUMMARY|Windows (PowerShell)"}
	for i, w := range want {
		if !strings.HasPrefix(order[i], w) || !strings.HasSuffix(order[i], "|solid|2px") {
			t.Errorf("step %d is at %q, want %q with a ring", i, order[i], w)
		}
	}
	eval[bool](tab, `document.querySelector(".files a").focus(), true`)
	tab.do(chromedp.KeyEvent(kb.Enter))
	tab.until("the download by a key", func() bool {
		tab.mu.Lock()
		defer tab.mu.Unlock()
		for _, d := range tab.downloads {
			if d.state == browser.DownloadProgressStateCompleted {
				return true
			}
		}
		return false
	})
}

// TestHeard reads the page as a screen reader does.
func TestHeard(t *testing.T) {
	s, b := filled(t, []string{"photos/a.jpg", "b.txt"})
	tab := visit(t, s.bundle(t, b), reader{})
	tree, err := chromedp.Call(tab.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		t.Fatal(err)
	}
	var heard []string
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		name := ""
		if n.Name != nil {
			name = strings.Trim(string(n.Name.Value), `"`)
		}
		heard = append(heard, strings.Trim(string(n.Role.Value), `"`)+" "+name)
	}
	for _, h := range heard {
		if strings.Contains(h, "ended") {
			t.Errorf("before the end somebody hears %q", h)
		}
	}
	for _, want := range []string{
		"banner ", "main ", "contentinfo ", "heading 2 files", "heading Files", "heading All at once", "list ", "status ",
		"link Download photos/a.jpg", "link Download b.txt", "region All at once",
	} {
		if !slices.Contains(heard, want) {
			t.Errorf("nobody hears %q in\n%s", want, strings.Join(heard, "\n"))
		}
	}
	items := 0
	for _, h := range heard {
		if strings.HasPrefix(h, "listitem") {
			items++
		}
		if strings.Contains(h, "Herunterladen") || strings.HasPrefix(h, "image ") {
			t.Errorf("somebody hears %q", h)
		}
	}
	if items != 2 {
		t.Errorf("%d items are heard", items)
	}
}
