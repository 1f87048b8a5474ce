package pages_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"waybill/internal/pages"
)

// axeFolder is where make puts axe-core. It is found before a sandbox changes the working directory.
var axeFolder, _ = filepath.Abs(filepath.Join("..", "..", "build", "tools"))

// axe is the script of axe-core.
var axe = sync.OnceValues(func() (string, error) {
	found, err := filepath.Glob(filepath.Join(axeFolder, "axe-core-*", "axe.min.js"))
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("these tests need axe-core: make test fetches it into %s", axeFolder)
	}
	script, err := os.ReadFile(found[len(found)-1])
	return string(script), err
})

// accessible has axe-core look at the page as it is.
func (b *tab) accessible(state string) {
	b.t.Helper()
	script, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	found := b.text(`(async () => {
		if (!window.axe) {` + script + `}
		// A color that is on its way to another is none yet.
		await Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})));
		const r = await axe.run(document, {resultTypes: ["violations"]});
		return JSON.stringify({passes: r.passes.length, violations: r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html.slice(0, 200) + " " + n.failureSummary).join("; "))});
	})()`)
	var result struct {
		Passes     int
		Violations []string
	}
	if err := json.Unmarshal([]byte(found), &result); err != nil || result.Passes < 10 {
		b.t.Errorf("%s: axe-core looked at %d things (%v)", state, result.Passes, err)
	}
	for _, v := range result.Violations {
		b.t.Errorf("%s: %s", state, v)
	}
}

// requestLooks are the ways in which people see the page that takes files.
func requestLooks() map[string]reader {
	return map[string]reader{
		"light-960x720":         {zone: "Europe/Berlin"},
		"dark-960x720":          {zone: "Europe/Berlin", dark: true},
		"german-960x720":        {zone: "Europe/Berlin", languages: "de"},
		"phone-360x740":         {zone: "Europe/Berlin", width: 360, height: 740},
		"phone-dark-de-360x740": {zone: "Europe/Berlin", width: 360, height: 740, dark: true, languages: "de"},
	}
}

// TestRequestLooks takes the page through its states, as a person sees them, and as axe-core does.
func TestRequestLooks(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	dir := t.TempDir()
	paths := map[string]string{}
	for name, size := range map[string]int{
		"Launch film, director’s cut.mov": 42_000_000, "Quarterly report – final.pdf": 2_400_000, "customers.csv": 18_300, "setup.exe": 650_000,
		"IMG_2041.jpg": 3_100_000, "תוכנית עבודה.docx": 84_000, "invoice\u202Efdp.pdf": 5000,
		"a-very-long-name-" + strings.Repeat("of-a-file-that-somebody-made-", 6) + "with-a-tool.pdf": 77_000,
	} {
		paths[name], _ = file(t, dir, name, size)
	}
	for name, r := range requestLooks() {
		t.Run(name, func(t *testing.T) {
			ask := asking("look-" + unguessed())
			ask.Files, ask.MaxSize, ask.Kinds = 12, 2_000_000_000, []string{".pdf", ".csv", ".docx", "image/*", "video/*"}
			ask.Message = "Please send what you have of the offsite: photos, the film, and the report.\nThe film may be large; it can go on after a break."
			ask.Posts = []pages.Post{s.post("in/"+unguessed()+"/", "", 1<<30)}
			ask.Slots = []pages.Slot{s.parts(unguessed(), "video/quicktime", 20), s.parts(unguessed(), "video/quicktime", 20)}
			// A film of yesterday that is not all there.
			yesterday := fmt.Sprintf(`localStorage.setItem("waybill.request.%s", JSON.stringify({parts: {%q: {path: "Interview with the founders.mov", size: 84000000, modified: 1, part: 8388608}}, done: [], used: []}))`,
				ask.ID, ask.Slots[1].Key)
			way.clear()
			link := s.serve(ask)
			tab := visit(t, link, r)
			look := func(state string) {
				t.Helper()
				tab.do(chromedp.Sleep(300 * time.Millisecond)) // a row is drawn four times a second
				checkRequestLook(t, tab, r)
				tab.accessible(state)
				tab.picture("request-" + state + "-" + name)
			}
			look("empty")

			if _, err := chromedp.Call(tab.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: "if (!localStorage.length) " + yesterday}); err != nil {
				t.Fatal(err)
			}
			tab.do(chromedp.Reload())
			tab.untilStates("unfinished")
			open, fails := make(chan struct{}), first(1, isPost, says(http.StatusForbidden, "application/xml", errorXML("AccessDenied", "Invalid according to Policy: Policy Condition failed")))
			posts := 0
			way.troubled(func(r *http.Request) trouble {
				switch {
				case isPost(r) && posts == 0:
					posts++
					return fails(r)
				case isPost(r) && posts > 3, isPart(r) && r.URL.Query().Get("partNumber") != "1":
					return waitsFor(open)
				case isPost(r):
					posts++
				}
				return nil
			})
			tab.drop(paths["invoice\u202Efdp.pdf"], paths["setup.exe"])
			tab.untilStates("unfinished failed refused")
			tab.drop(paths["Quarterly report – final.pdf"], paths["customers.csv"], paths["תוכנית עבודה.docx"])
			tab.untilStates("unfinished failed refused sent sent sent")
			long := ""
			for name := range paths {
				if strings.HasPrefix(name, "a-very") {
					long = paths[name]
				}
			}
			tab.drop(paths["Launch film, director’s cut.mov"], paths["IMG_2041.jpg"], long, paths["customers.csv"])
			tab.untilStates("unfinished failed refused sent sent sent sending sending sending")
			tab.waitFor("the first part", 20*time.Second, func() bool { return strings.Contains(tab.facts(6), "MB") && !strings.HasPrefix(tab.facts(6), "0 B") })
			eval[bool](tab, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
			look("busy")
			close(open)
			tab.untilStates("unfinished failed refused sent sent sent sent sent sent")
			look("sent")
			tab.forgiveAll("status of 403")
			tab.forgiveAll("status of 404")
		})
	}
	for name, r := range requestLooks() {
		t.Run("ended "+name, func(t *testing.T) {
			ask := asking("ended-" + unguessed())
			ask.Posts = []pages.Post{s.post("ended/", "", 1<<30)}
			ask.Ends = time.Now().Add(-time.Hour)
			tab := visit(t, s.serve(ask), r)
			checkRequestLook(t, tab, r)
			tab.accessible("ended")
			tab.picture("request-ended-" + name)
		})
	}
	t.Run("on paper", func(t *testing.T) {
		ask := asking("paper-" + unguessed())
		ask.Posts = []pages.Post{s.post("paper/", "", 1<<30)}
		tab := visit(t, s.serve(ask), reader{print: true, width: 794, height: 1123, dark: true})
		eval[bool](tab, `document.getElementById("drop").style.setProperty("display", "grid", "important"), true`) // a place to drop on
		tab.drop(paths["customers.csv"], paths["Quarterly report – final.pdf"])
		tab.untilStates("sent sent")
		eval[bool](tab, `document.getElementById("drop").style.removeProperty("display"), true`)
		said := tab.says()
		for _, want := range []string{"customers.csv", "18 kB", "crc64nvme:", "Sent"} {
			if !strings.Contains(said, want) {
				t.Errorf("on paper there is no %q:\n%s", want, said)
			}
		}
		for _, not := range []string{"Drop", "Choose", "Save the receipt", "Print", "left"} {
			if strings.Contains(said, not) {
				t.Errorf("on paper it says %q:\n%s", not, said)
			}
		}
		tab.picture("request-paper-794x1123")
	})
}

// checkRequestLook checks what a machine can see.
func checkRequestLook(t *testing.T, tab *tab, r reader) {
	t.Helper()
	for _, faint := range eval[[]string](tab, contrasts) {
		t.Errorf("too faint: %s", faint)
	}
	if over := eval[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("the page is %d pixels too wide", over)
	}
	least := 36
	if r.width == 360 {
		least = 44 // for a thumb
	}
	for _, small := range eval[[]string](tab, fmt.Sprintf(`[...document.querySelectorAll("a.button, button")].filter(e => e.checkVisibility()).map(e => [e.innerText, e.getBoundingClientRect()])
		.filter(([, r]) => r.width < 44 || r.height < %d).map(([text, r]) => text + " is " + r.width + " by " + r.height)`, least)) {
		t.Errorf("a button is small: %s", small)
	}
	for _, cut := range eval[[]string](tab, `[...document.querySelectorAll("#rows .chip, #rows .button")].filter(e => e.checkVisibility()).filter(e => { const r = e.getBoundingClientRect();
		return [[r.left + 2, r.top + r.height / 2], [r.right - 2, r.top + r.height / 2]].some(([x, y]) => { const at = document.elementFromPoint(x, y); return at && !e.contains(at) || e.scrollWidth > e.clientWidth + 1; }); }).map(e => e.innerText)`) {
		t.Errorf("%q is covered or cut", cut)
	}
	if said := tab.says(); strings.Contains(said, "X-Amz") || strings.Contains(said, "http:") {
		t.Error("a URL is written out")
	}
}

// TestRequestIsHeard reads the page as a screen reader does.
func TestRequestIsHeard(t *testing.T) {
	s := inSandbox(t)
	r := asking("heard-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 1<<20)}
	tab := visit(t, s.serve(r), reader{})
	path, _ := file(t, t.TempDir(), "a.txt", 1000)
	tab.drop(path)
	tab.untilStates("sent")
	tab.until("the word that it is sent", func() bool {
		return strings.Contains(tab.text(`document.querySelector("#heard[role=status][aria-live=polite]").textContent`), "a.txt is sent.")
	})
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
		heard = append(heard, strings.Trim(string(n.Role.Value), `"`)+" "+strings.ReplaceAll(name, `\u00a0`, " "))
	}
	for _, want := range []string{
		"heading Alice Meyer asks for files", "region Drop files here", "heading Drop files here", "button Choose files", "button Choose a folder",
		"region Files", "list ", "region 1 file is sent, 1.0 kB.", "button Save the receipt", "button JSON", "button Print",
	} {
		if !slices.Contains(heard, want) {
			t.Errorf("nobody hears %q in\n%s", want, strings.Join(heard, "\n"))
		}
	}
	for _, h := range heard {
		if strings.Contains(h, "wählen") {
			t.Errorf("somebody hears %q", h)
		}
	}
}

// TestRequestWithoutScript says that it needs one.
func TestRequestWithoutScript(t *testing.T) {
	s := inSandbox(t)
	r := asking("bare-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 1<<20)}
	tab := visit(t, s.serve(r), reader{noScript: true, languages: "de"})
	said := tab.says()
	if !strings.Contains(said, "This page needs JavaScript to send files.") || !strings.Contains(said, "Alice Meyer asks for files") || strings.Contains(said, "Drop files here") {
		t.Errorf("it says\n%s", said)
	}
	tab.picture("request-no-script-960x720")
	with := visit(t, s.serve(r), reader{languages: "de"})
	said = with.says()
	for _, want := range []string{"Alice Meyer bittet um Dateien", "Für Ben", "Dateien können gesendet werden bis", "noch 3 Std. ", "Dateien hier ablegen", "Dateien wählen", "Jede Art, beliebig viele"} {
		if !strings.Contains(said, want) {
			t.Errorf("in German it does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "JavaScript") || strings.Contains(said, "asks for") {
		t.Errorf("in German it says\n%s", said)
	}
}

// TestThePolicyOfRequests does by force what nobody shall be able to do.
func TestThePolicyOfRequests(t *testing.T) {
	s := inSandbox(t)
	elsewhere := newRoad(t, s.endpoint)
	r := asking("policy-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 1<<20)}
	tab := visit(t, s.serve(r), reader{})
	eval[bool](tab, `(() => { const e = document.createElement("script"); e.textContent = "window.harmed = 1"; document.body.append(e); return true; })()`)
	eval[bool](tab, `(() => { const e = document.createElement("img"); e.src = "`+elsewhere.server.URL+`/x.png"; document.body.append(e); return true; })()`)
	eval[bool](tab, `(() => { const e = document.createElement("iframe"); e.src = "`+elsewhere.server.URL+`/x"; document.body.append(e); return true; })()`)
	if !tab.is(`fetch("` + elsewhere.server.URL + `/x").then(() => false, () => true)`) {
		t.Error("it could send something elsewhere")
	}
	if tab.is(`window.harmed`) || elsewhere.came(func(passed) bool { return true }) != 0 {
		t.Error("the policy did not hold")
	}
	tab.forgive("script-src")
	tab.forgive("img-src")
	tab.forgive("default-src")
	tab.forgive("connect-src")
	tab.forgiveAll("Content Security Policy")
}
