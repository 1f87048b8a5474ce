package pages_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"waybill/internal/pages"
)

// photo is something like one.
func photo(t *testing.T, w, h int, seed float64) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			hill := 0.55 + 0.12*math.Sin(fx*6+seed) + 0.05*math.Sin(fx*17+seed*3)
			c := color.RGBA{uint8(90 + 120*fy + 20*seed), uint8(140 + 60*fy), uint8(230 - 60*fy), 255}
			if math.Hypot(fx-0.7, (fy-0.25)*float64(h)/float64(w)) < 0.07 {
				c = color.RGBA{255, 240, 200, 255}
			}
			if fy > hill {
				c = color.RGBA{uint8(40 + 30*seed), uint8(110 - 60*(fy-hill)), uint8(80 - 20*seed), 255}
			}
			p.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, p, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sample is a bundle as people send one.
func sample(t *testing.T) (*site, pages.Bundle) {
	t.Helper()
	names := []string{
		"Quarterly report – final.pdf", "Launch film, director’s cut.mp4", "données-été-2026.zip", "customers.csv",
		"photos/offsite/IMG_2041.jpg", "photos/offsite/IMG_2042.jpg", "photos/offsite/IMG_2043 (portrait).jpg", "日本語_v3 (コピー).png", "תוכנית עבודה.docx", "Angebot Müller & Söhne.docx",
		"notes/README", "invoice\u202Efdp.exe",
		"a-very-long-name-" + strings.Repeat("of-a-file-that-somebody-made-", 6) + "with-a-tool.tar.gz",
	}
	s, b := filled(t, names)
	b.Title = "Photos and papers from the offsite"
	for i, size := range []int64{2_400_000, 4_800_000_000, 512_000_000, 18_300, 3_100_000, 2_900_000, 4_200_000, 18_000_000, 84_000, 120_000, 1200, 650_000, 77_000_000} {
		b.Files[i].Size, b.Files[i].Text, b.Files[i].ContentType = size, "", ""
	}
	for i, size := range []image.Point{{1600, 1200}, {1600, 900}, {900, 1600}, {24, 24}} {
		path := filepath.Join(t.TempDir(), "photo.jpg")
		if err := os.WriteFile(path, photo(t, size.X, size.Y, float64(i)), 0o600); err != nil {
			t.Fatal(err)
		}
		b.Files[4+i].Picture, _ = pages.Preview(path, "image/jpeg")
	}
	b.Files[3].Text = "id;name;city\n1;Müller;Köln\n2;Søren;Århus\n3;O’Neill;Cork\n4;Łukasz;Łódź\n5;王;上海 …"
	b.Files[10].Text = "# Notes\n\nWhat we agreed on, and who does it."
	return s, b
}

// contrasts finds the texts that are too faint by WCAG 2 AA (4.5 to 1; 3 to 1 for large ones).
const contrasts = `(() => {
	const parse = c => c.match(/[\d.]+/g).map(Number);
	const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const faint = [];
	let seen = 0;
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const e = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || !e.checkVisibility({visibilityProperty: true}) || e.closest("[aria-disabled], .heard, script, style")) continue;
		let behind = e;
		while (behind && (parse(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
		const style = getComputedStyle(e);
		const a = light(parse(style.color)), b = light(parse(getComputedStyle(behind || document.documentElement).backgroundColor));
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700;
		seen++;
		if (ratio < (large ? 3 : 4.5)) faint.push(ratio.toFixed(2) + " " + walker.currentNode.data.trim().slice(0, 40));
	}
	return seen < 10 ? ["only " + seen + " texts"] : faint;
})()`

// looks are the ways in which people see a page.
func looks() map[string]reader {
	return map[string]reader{
		"light":       {zone: "Europe/Berlin"},
		"dark":        {zone: "Europe/Berlin", dark: true},
		"phone":       {zone: "Europe/Berlin", width: 375, height: 667},
		"phone-dark":  {zone: "Europe/Berlin", width: 360, height: 740, dark: true, languages: "de"},
		"narrow":      {width: 320, height: 568, languages: "de"},
		"german":      {zone: "Europe/Berlin", languages: "de"},
		"wide":        {width: 1600, height: 900},
		"print":       {print: true, width: 794, height: 1123, zone: "Europe/Berlin"},
		"print-dark":  {print: true, dark: true, width: 794, height: 1123},
		"no-script-1": {noScript: true, dark: true},
	}
}

func TestLooks(t *testing.T) {
	s, b := sample(t)
	bundle := s.bundle(t, b)
	for name, r := range looks() {
		t.Run(name, func(t *testing.T) {
			tab := visit(t, bundle, r)
			checkLook(t, tab, r)
			tab.picture(name)
			if r.print {
				return
			}
			eval[bool](tab, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
			checkLook(t, tab, r)
			tab.picture(name + "-open")
		})
	}
	lead := s.lead(t, pages.Lead{Name: b.Files[0].Name, Size: b.Files[0].Size, URL: b.Files[0].URL, Ends: time.Now().Add(12*time.Minute + 30*time.Second)})
	for name, r := range looks() {
		t.Run("lead "+name, func(t *testing.T) {
			tab := visit(t, lead, r)
			checkLook(t, tab, r)
			tab.picture("lead-" + name)
		})
	}
}

// checkLook checks what a machine can see: nothing is faint, cut off or hidden behind the edge.
func checkLook(t *testing.T, tab *tab, r reader) {
	t.Helper()
	for _, faint := range eval[[]string](tab, contrasts) {
		t.Errorf("too faint: %s", faint)
	}
	if over := eval[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("the page is %d pixels too wide", over)
	}
	for _, small := range eval[[]string](tab, `[...document.querySelectorAll("a.button, button")].filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect())
		.filter(r => r.width < 24 || r.height < 36 || innerWidth < 500 && r.height < 36).map(r => r.width + " by " + r.height)`) {
		t.Errorf("a button is %s", small)
	}
	said := tab.says()
	if strings.Contains(said, "X-Amz") && !tab.is(`document.querySelector(".all details[open]")`) {
		t.Error("a link is written out")
	}
	if r.print {
		for _, not := range []string{"X-Amz", "Download", "http", "left", "All at once"} {
			if strings.Contains(said, not) {
				t.Errorf("on paper it says %q:\n%s", not, said)
			}
		}
		if color := tab.text(`getComputedStyle(document.body).color + getComputedStyle(document.body).backgroundColor`); color != "rgb(0, 0, 0)rgb(255, 255, 255)" {
			t.Errorf("on paper, colors are %s", color)
		}
	}
}

func TestReducedMotion(t *testing.T) {
	s, b := filled(t, []string{"a.txt"})
	tab := visit(t, s.bundle(t, b), reader{})
	if got := tab.text(`getComputedStyle(document.querySelector("a.button")).transitionProperty`); got == "none" {
		t.Error("there is no motion to reduce")
	}
	tab.reduceMotion()
	if got := tab.text(`getComputedStyle(document.querySelector("a.button")).transitionProperty`); got != "none" {
		t.Errorf("who wants no motion sees %s move", got)
	}
}

// TestOnPaper prints the page for real.
func TestOnPaper(t *testing.T) {
	s, b := sample(t)
	tab := visit(t, s.bundle(t, b), reader{})
	pdf, err := chromedp.Run(tab.ctx, chromedp.PrintToPDF())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatal("there is nothing on paper")
	}
	// A link that can be clicked in a PDF is written out in it, whatever is seen.
	if bytes.Contains(pdf, []byte("/URI")) || bytes.Contains(pdf, []byte("X-Amz")) {
		t.Error("a link is in the PDF")
	}
}

// TestManyFiles opens a page of two thousand files.
func TestManyFiles(t *testing.T) {
	s, b := sample(t)
	for len(b.Files) < 2000 {
		b.Files = append(b.Files, b.Files[len(b.Files)%13])
	}
	link := s.bundle(t, b)
	start := time.Now()
	tab := visit(t, link, reader{})
	t.Logf("%d bytes of page were open in %v", len(s.html), time.Since(start))
	if n := tab.count(".files li"); n != 2000 {
		t.Errorf("%d rows", n)
	}
	if !strings.Contains(tab.says(), "2,000 files") {
		t.Error("it does not say how many there are")
	}
}
