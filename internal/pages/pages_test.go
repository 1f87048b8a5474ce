package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// presigned is a link as S3 signs it, with all that could go wrong with one.
const presigned = "https://team-share.s3.eu-central-1.amazonaws.com/alice/Angebot%20M%C3%BCller%20%26%20S%C3%B6hne%20%28final%29.docx" +
	"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20261125%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20261125T140509Z" +
	"&X-Amz-Expires=604800&X-Amz-Security-Token=IQoJb3JpZ2luX2VjE%2B%2F%3D%3D&X-Amz-SignedHeaders=host&response-content-disposition=attachment%3B%20filename%3D%22a.docx%22%3B%20filename%2A%3DUTF-8%27%27a.docx" +
	"&x-id=GetObject&X-Amz-Signature=5c0ffee&copy=1&lt;=2&amp;=3'()*!~[]"

// element is what a page holds, found by its name and attributes.
type element struct {
	*html.Node
}

func (e element) attr(name string) (string, bool) {
	for _, a := range e.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// text is what an element says; listening also what is kept from the eye.
func (e element) text() string {
	var s strings.Builder
	for n := range e.Descendants() {
		if n.Type == html.TextNode {
			s.WriteString(n.Data)
		}
	}
	return s.String()
}

// parse reads a page and gives its elements in order, those of a template too.
func parse(t testing.TB, page []byte) []element {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var all []element
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, element{n})
		}
	}
	return all
}

// named picks elements of a name, and with a class if one is given.
func named(all []element, name, class string) []element {
	var some []element
	for _, e := range all {
		classes, _ := e.attr("class")
		if e.Data == name && (class == "" || slices.Contains(strings.Fields(classes), class)) {
			some = append(some, e)
		}
	}
	return some
}

func writeBundle(t testing.TB, b Bundle) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := WriteBundle(&page, b); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

func writeLead(t testing.TB, l Lead) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := WriteLead(&page, l); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

// nothingElse checks what holds for every page: the policy names what is there, and there is nothing that it would
// have to forbid.
func nothingElse(t testing.TB, page []byte) {
	t.Helper()
	all := parse(t, page)
	var policy string
	for _, m := range named(all, "meta", "") {
		if v, _ := m.attr("http-equiv"); v == "Content-Security-Policy" {
			policy, _ = m.attr("content")
		}
	}
	hashOf := func(name string) string {
		found := named(all, name, "")
		if len(found) != 1 {
			t.Fatalf("there are %d %s elements", len(found), name)
		}
		sum := sha256.Sum256([]byte(found[0].text()))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	want := "default-src 'none'; img-src data:; style-src " + hashOf("style") + "; script-src " + hashOf("script") +
		"; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("the policy is\n%s, want\n%s", policy, want)
	}
	for _, e := range all {
		for _, a := range e.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "action", a.Key == "formaction", a.Key == "srcset":
				t.Errorf("%s has %s=%q", e.Data, a.Key, a.Val)
			case a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/"):
				t.Errorf("%s loads %q", e.Data, a.Val)
			case a.Key == "href" && e.Data != "a" && !strings.HasPrefix(a.Val, "data:image/"):
				t.Errorf("%s leads to %q", e.Data, a.Val)
			}
		}
		switch e.Data {
		case "base", "iframe", "frame", "object", "embed", "form", "audio", "video", "math", "foreignobject", "portal":
			t.Errorf("there is a %s", e.Data)
		case "meta":
			if v, _ := e.attr("http-equiv"); strings.EqualFold(v, "refresh") {
				t.Error("the page goes elsewhere by itself")
			}
		}
	}
	if bytes.Contains(page, []byte("ZgotmplZ")) {
		t.Error("html/template refused a value")
	}
}

func TestHeads(t *testing.T) {
	ends := time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC)
	for name, page := range map[string][]byte{
		"bundle": writeBundle(t, Bundle{Ends: ends, Made: ends, Files: []File{{Name: "a", URL: presigned}}}),
		"empty":  writeBundle(t, Bundle{}),
		"lead":   writeLead(t, Lead{Name: "a", URL: presigned, Ends: ends}),
		"no end": writeLead(t, Lead{Name: "a", URL: presigned}),
	} {
		nothingElse(t, page)
		all := parse(t, page)
		for _, want := range [][2]string{{"referrer", "no-referrer"}, {"robots", "noindex"}, {"viewport", "width=device-width, initial-scale=1"}} {
			if !slices.ContainsFunc(all, func(e element) bool {
				name, _ := e.attr("name")
				content, _ := e.attr("content")
				return e.Data == "meta" && name == want[0] && content == want[1]
			}) {
				t.Errorf("%s: no meta %q", name, want)
			}
		}
		if at := bytes.Index(page, []byte(`<meta charset="utf-8">`)); at < 0 || at > 1000 {
			t.Errorf("%s: the charset stands at byte %d", name, at)
		}
		if at, style := bytes.Index(page, []byte("Content-Security-Policy")), bytes.Index(page, []byte("<style")); at > style {
			t.Errorf("%s: the policy stands after what it rules", name)
		}
		for _, a := range named(all, "a", "") {
			if rel, _ := a.attr("rel"); rel != "noreferrer" {
				t.Errorf("%s: a link has rel=%q", name, rel)
			}
		}
	}
}

// TestBothLanguages checks that every text stands there in English and then in German, and that none is missing.
func TestBothLanguages(t *testing.T) {
	ends := time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC)
	for _, page := range [][]byte{
		writeBundle(t, Bundle{Ends: ends, Made: ends, Files: []File{{Name: "a", URL: presigned, Text: "x"}}}),
		writeBundle(t, Bundle{}),
		writeLead(t, Lead{Name: "a", URL: presigned, Ends: ends}),
		writeLead(t, Lead{Name: "a", URL: presigned, Size: -1}),
	} {
		texts := named(parse(t, page), "span", "t")
		for i, e := range texts {
			lang, _ := e.attr("lang")
			if want := []string{"en", "de"}[i%2]; lang != want {
				t.Fatalf("text %d, %q, is in %q, want %q", i, e.text(), lang, want)
			}
			if e.text() == "" {
				t.Errorf("text %d says nothing", i)
			}
			if i%2 == 1 && (e.PrevSibling == nil || e.PrevSibling != texts[i-1].Node || e.text() == texts[i-1].text()) {
				t.Errorf("%q does not stand beside its English", e.text())
			}
		}
		if len(texts) < 8 || len(texts)%2 != 0 {
			t.Errorf("there are %d texts", len(texts))
		}
	}
}

func TestLinksArriveAsTheyAre(t *testing.T) {
	bundle := parse(t, writeBundle(t, Bundle{Files: []File{{Name: "a", URL: presigned}, {Name: "b", URL: "http://127.0.0.1:9000/b?x=1&y=2"}}}))
	links := named(bundle, "a", "")
	if len(links) != 2 {
		t.Fatalf("%d links", len(links))
	}
	for i, want := range []string{presigned, "http://127.0.0.1:9000/b?x=1&y=2"} {
		if got, _ := links[i].attr("href"); got != want {
			t.Errorf("link %d is\n%s, want\n%s", i, got, want)
		}
		if _, ok := links[i].attr("download"); !ok {
			t.Errorf("link %d is no download", i)
		}
	}
	lead := named(parse(t, writeLead(t, Lead{Name: "a", URL: presigned})), "a", "")
	if len(lead) != 1 {
		t.Fatalf("%d links on the page of one link", len(lead))
	}
	if got, _ := lead[0].attr("href"); got != presigned {
		t.Errorf("the link is\n%s, want\n%s", got, presigned)
	}
}

func TestWhatIsNoLink(t *testing.T) {
	for _, link := range []string{
		"", "a.txt", "/a?X-Amz-Signature=secret", "//host/a", "javascript:alert(1)", "JaVaScRiPt://host/%0aalert(1)", "data:text/html,<script>alert(1)</script>",
		"file:///etc/passwd", "ftp://host/a", "https:", "https:///a", "https:opaque", " https://host/secret", "https://host/secret\n", "java\nscript:alert(1)",
		"https://host/\"onclick=alert(1)", "https://host/secret<b>", "https://host/ü", "https://host/a b", "https://host/%zz", "https://host/\x00", "vbscript:x",
		"https://host/a\\b", "https://host/`x`", "https://host/{x}", "https://[::1/secret",
	} {
		var page bytes.Buffer
		err := WriteBundle(&page, Bundle{Files: []File{{Name: "ok", URL: presigned}, {Name: "bad\u202E", URL: link}}})
		if !errors.Is(err, ErrNotALink) || page.Len() > 0 {
			t.Errorf("bundle with %q: %v, and %d bytes", link, err, page.Len())
		} else if !strings.Contains(err.Error(), "bad") || strings.Contains(err.Error(), "secret") {
			t.Errorf("the error of %q is %q", link, err)
		}
		page.Reset()
		if err := WriteLead(&page, Lead{Name: "bad", URL: link}); !errors.Is(err, ErrNotALink) || page.Len() > 0 || strings.Contains(err.Error(), "secret") {
			t.Errorf("lead to %q: %v, and %d bytes", link, err, page.Len())
		}
	}
}

func TestHostileNames(t *testing.T) {
	names := append(hostile(), "javascript:alert(1)", "</title><script>alert(1)</script>", "</style><b>", "</pre></code><b>", "{{.Script}}",
		"'-alert(1)-'", "<!--", "]]>", "&#x202e;", "\u2066\u2069", strings.Repeat("<b>", 341), strings.Repeat("W", 1024), "<bdi>", "</bdi><h1>", "<template>")
	b := Bundle{Title: "<script>alert('title')</script>\u202E", Ends: time.Now(), Made: time.Now()}
	for _, name := range names {
		b.Files = append(b.Files, File{Name: name, Size: 1, ContentType: name, URL: presigned, Text: name, Picture: []byte(name)})
	}
	page := writeBundle(t, b)
	nothingElse(t, page)
	all := parse(t, page)
	if h1 := named(all, "h1", ""); len(h1) != 1 || h1[0].text() != "<script>alert('title')</script>[U+202E]" {
		t.Errorf("the heading is %q", h1[0].text())
	}
	shownNames := named(all, "p", "name")
	if len(shownNames) != len(names) {
		t.Fatalf("%d of %d names are shown", len(shownNames), len(names))
	}
	for i, name := range names {
		if got := shownNames[i].text(); got != Visible(name) {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
	if got := named(all, "script", ""); len(got) != 1 {
		t.Errorf("%d scripts", len(got))
	}
	if got := named(all, "img", ""); len(got) != 0 {
		t.Errorf("%d pictures of what is none", len(got))
	}
	if bytes.ContainsAny(page, "\u202E\u2066\u2069\x1b") {
		t.Error("a character that turns the text is on the page")
	}
	for _, name := range names {
		lead := writeLead(t, Lead{Name: name, Size: 1, URL: presigned})
		nothingElse(t, lead)
		if got := named(parse(t, lead), "h1", "name"); len(got) != 1 || got[0].text() != Visible(name) {
			t.Errorf("%q leads under another name", name)
		}
	}
}

func TestPicturesAreEmbedded(t *testing.T) {
	jpeg, png := asJPEG(t, halves(160, 120)), asPNG(t, halves(20, 20))
	page := writeBundle(t, Bundle{Files: []File{
		{Name: "a.jpg", URL: presigned, Picture: jpeg},
		{Name: "b.png", URL: presigned, Picture: png},
		{Name: "c.svg", URL: presigned, Picture: []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
		{Name: "d.gif", URL: presigned, Picture: []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")},
	}})
	nothingElse(t, page)
	got := named(parse(t, page), "img", "")
	if len(got) != 2 {
		t.Fatalf("%d pictures, want 2", len(got))
	}
	for i, want := range []string{
		"data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg),
		"data:image/png;base64," + base64.StdEncoding.EncodeToString(png),
	} {
		if src, _ := got[i].attr("src"); src != want {
			t.Errorf("picture %d is not what it was", i)
		}
		if alt, ok := got[i].attr("alt"); !ok || alt != "" {
			t.Errorf("picture %d is called %q, but its name stands beside it", i, alt)
		}
		class, _ := got[i].attr("class")
		if small := strings.Contains(class, "small"); small != (i == 1) {
			t.Errorf("picture %d has the class %q", i, class)
		}
	}
}

func TestWhatThePageSays(t *testing.T) {
	ends := time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC)
	b := Bundle{Ends: ends, Made: ends.Add(-time.Hour), Files: []File{
		{Name: "photos/a.jpg", Size: 2_350_000, URL: presigned}, {Name: "b.zip", Size: 650_000, URL: presigned},
	}}
	page := string(writeBundle(t, b))
	for _, want := range []string{
		"2 files", "2 Dateien", "3.0\u00a0MB", "3,0\u00a0MB", "2.4\u00a0MB", "picture", "Archiv", `<span class="dir">photos/</span><wbr>a.jpg`,
		`<time datetime="2026-11-25T14:05:00Z">Wednesday 25 November 2026, 14:05 UTC</time>`, `data-end="2026-11-25T14:05:00Z"`, `data-made="2026-11-25T13:05:00Z"`,
		"These links have ended. Ask the sender to renew them.", "waybill_get &#39;./waybill-2026-11-25-130500/photos/a.jpg&#39;",
		"Get-WaybillFile &#39;waybill-2026-11-25-130500/b.zip&#39;", `<title data-en="2 files" data-de="2 Dateien">2 files</title>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	b.Title, b.Ends, b.Made = "Photos from the offsite", time.Time{}, time.Time{}
	page = string(writeBundle(t, b))
	for _, want := range []string{"<bdi>Photos from the offsite</bdi>", "2 files", "When these links end is not known", "./waybill-files/b.zip"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page without an end does not say %q", want)
		}
	}
	for _, not := range []string{"have ended", `data-end="`, "0001-01-01"} {
		if strings.Contains(page, not) {
			t.Errorf("the page without an end says %q", not)
		}
	}
	lead := string(writeLead(t, Lead{Name: "a.pdf", Size: 18_000_000, URL: presigned, Ends: ends}))
	for _, want := range []string{"18\u00a0MB · document", "Download", "This link has ended. Ask the sender to renew it.", `data-end="2026-11-25T14:05:00Z"`} {
		if !strings.Contains(lead, want) {
			t.Errorf("the page of one link does not say %q", want)
		}
	}
	if len(lead) > 24<<10 {
		t.Errorf("the page of one link has %d bytes, too many for a mail", len(lead))
	}
	if lead := string(writeLead(t, Lead{Name: "Photos", Size: -1, URL: presigned})); !strings.Contains(lead, "Open") || strings.Contains(lead, "Download") {
		t.Error("a link to no file is to be opened, not downloaded")
	}
}

// broken cannot be written to.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteErrors(t *testing.T) {
	if err := WriteBundle(broken{}, Bundle{}); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("the bundle was written: %v", err)
	}
	if err := WriteLead(broken{}, Lead{URL: presigned}); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("the lead was written: %v", err)
	}
}

// FuzzBundle gives the pages any name, and looks whether anything but the name comes of it.
func FuzzBundle(f *testing.F) {
	for _, name := range append(hostile(), "</title>", "<svg onload=alert(1)>", "<!--", "\x00", "\r\n", "</template>", "{{template}}") {
		f.Add(name, "title", "text", "q")
		f.Add("name", name, name, "X-Amz-Signature=a&b=c'd(e)")
	}
	most, mostOfLead := map[string]int{}, map[string]int{}
	for _, name := range []string{"a", "a.b", "a/b", "a/b.c"} {
		for _, heading := range []string{"", "t"} {
			for _, text := range []string{"", "x"} {
				grow(most, shape(parse(f, writeBundle(f, Bundle{Title: heading, Files: []File{{Name: name, URL: presigned, Text: text}}}))))
			}
		}
		grow(mostOfLead, shape(parse(f, writeLead(f, Lead{Name: name, URL: presigned}))))
	}
	f.Fuzz(func(t *testing.T, name, heading, text, query string) {
		link := "https://host/key?" + query
		var page bytes.Buffer
		err := WriteBundle(&page, Bundle{Title: heading, Files: []File{{Name: name, URL: link, Text: text, ContentType: text}}})
		if err != nil {
			if !errors.Is(err, ErrNotALink) {
				t.Fatal(err)
			}
			return
		}
		nothingElse(t, page.Bytes())
		all := parse(t, page.Bytes())
		if got, _ := named(all, "a", "")[0].attr("href"); got != link {
			t.Errorf("the link %q became %q", link, got)
		}
		if got := named(all, "p", "name"); len(got) != 1 || got[0].text() != Visible(name) {
			t.Errorf("the name %q is not shown as %q", name, Visible(name))
		}
		for element, n := range shape(all) {
			if n > most[element] {
				t.Errorf("%d %s elements came of %q, %q, %q", n, element, name, heading, text)
			}
		}
		page.Reset()
		if err := WriteLead(&page, Lead{Name: name, URL: link}); err != nil {
			t.Fatal(err)
		}
		nothingElse(t, page.Bytes())
		for element, n := range shape(parse(t, page.Bytes())) {
			if n > mostOfLead[element] {
				t.Errorf("%d %s elements of the page of one link came of %q", n, element, name)
			}
		}
	})
}

// grow takes over the counts that are larger.
func grow(most, counts map[string]int) {
	for element, n := range counts {
		most[element] = max(most[element], n)
	}
}

// shape counts the elements of a page by name.
func shape(all []element) map[string]int {
	counts := map[string]int{}
	for _, e := range all {
		counts[e.Data]++
	}
	return counts
}
