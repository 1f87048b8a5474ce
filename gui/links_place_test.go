package gui

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"waybill/internal/desk"
)

func TestFiltersHaveCounts(t *testing.T) {
	r := inLinks(t, "filters", "live.txt", "soon.txt", "gone.txt", "last.txt")
	p, ctx := r.links, context.Background()
	for name, lasts := range map[string]time.Duration{"soon.txt": 10 * time.Minute, "last.txt": time.Minute} {
		if tr := r.desk.Renew(ctx, r.entry(name).ID, lasts, desk.VerifyNone); tr.Trouble != nil {
			t.Fatal(tr.Trouble)
		}
	}
	r.revoke(r.entry("gone.txt"))
	r.fill(r.send.dest.bucket, "nowhere-at-all")
	r.sent("failed.txt", "x")
	p.load()
	r.until("all is known", func() bool { return r.chips() == "Live 3, Ending soon 2, Ended 1, Not sent 1, All 5" })
	now := time.Now().Add(2 * time.Minute)
	r.now = func() time.Time { return now }
	p.tick()
	if got := r.chips(); got != "Live 2, Ending soon 1, Ended 2, Not sent 1, All 5" {
		t.Errorf("after one has ended: %s", got)
	}
	for f, want := range map[linkFilter]string{liveLinks: "live.txt soon.txt", soonLinks: "soon.txt", endedLinks: "gone.txt last.txt", failedLinks: "failed.txt"} {
		p.filters[f].onTap()
		var names []string
		for _, e := range p.shown {
			names = append(names, e.Name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != want {
			t.Errorf("filter %d shows %q, want %q", f, got, want)
		}
	}
	p.filters[allLinks].onTap()
	for name, want := range map[string]struct {
		chip, main string
		tone       tone
	}{
		"live.txt": {"57 min", "Copy", good}, "soon.txt": {"7 min", "Copy", warning}, "last.txt": {"Ended ", "Renew", neutral},
		"gone.txt": {"Revoked", "", neutral}, "failed.txt": {"Not sent", "Send again", bad},
	} {
		c, _ := r.line(name)
		if !strings.HasPrefix(c.chip, want.chip) || c.main != want.main || c.chipTone != want.tone {
			t.Errorf("%s: %q, %q in tone %d", name, c.chip, c.main, c.chipTone)
		}
	}
}

func TestSearchFindsNotesAndProfiles(t *testing.T) {
	r := inLinks(t, "notes", "one.txt", "two.txt")
	p := r.links
	p.rows.list.at = p.index(r.entry("one.txt").ID)
	r.key("note")
	if !p.asked.open() || p.asked.all.Hidden || !p.chips.Hidden || r.window.Canvas().Focused() != fyne.Focusable(p.asked.field) {
		t.Fatal("no note is asked for")
	}
	test.Type(p.asked.field, "for Anna, 2. Entwurf")
	p.asked.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.until("the note is in its row", func() bool { c, _ := r.line("one.txt"); return c.help == "“for Anna, 2. Entwurf”" })
	if p.asked.open() || p.chips.Hidden {
		t.Error("the chips are not back")
	}
	for text, want := range map[string]int{"ENTWURF": 1, "default": 2, "work": 0, "two": 1, "sandbox/notes/": 2} {
		p.search.SetText(text)
		if len(p.shown) != want {
			t.Errorf("%q finds %d, want %d", text, len(p.shown), want)
		}
	}
	p.search.SetText("nothing like it")
	p.empty.button.Tapped(nil)
	if len(p.shown) != 2 {
		t.Error("the search is not cleared")
	}
	// Escape leaves a note as it was; no words take it away.
	p.askNote(r.entry("one.txt"))
	test.Type(p.asked.field, "something else")
	p.asked.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	p.askNote(r.entry("one.txt"))
	if p.asked.field.Text != "for Anna, 2. Entwurf" {
		t.Errorf("the note is %q", p.asked.field.Text)
	}
	p.asked.field.SetText(" ")
	p.asked.done.Tapped(nil)
	r.until("the note is gone", func() bool { return r.entry("one.txt").Note == "" })
}

func TestOrderIsRemembered(t *testing.T) {
	r := inLinks(t, "order", "b.txt", "C.txt", "a longer one.txt")
	p := r.links
	if tr := r.desk.Renew(context.Background(), r.entry("C.txt").ID, 10*time.Minute, desk.VerifyNone); tr.Trouble != nil {
		t.Fatal(tr.Trouble)
	}
	r.until("it is known", func() bool { p.load(); return r.entry("C.txt").Asked == 10*time.Minute })
	first := func() string { return p.shown[0].Name }
	for _, c := range []struct{ choose, first, tip string }{
		{"by name", "a longer one.txt", "Order: by name"}, {"newest first", "a longer one.txt", "Order: newest first"},
		{"largest first", "a longer one.txt", "Order: largest first"}, {"what ends next first", "C.txt", "Order: what ends next first"},
	} {
		p.sortMenu()
		r.choose(c.choose)
		r.ui.open(r.send)
		r.ui.open(p)
		if first() != c.first || p.sorting.tip != c.tip {
			t.Errorf("%s: %q is first, the tip says %q", c.choose, first(), p.sorting.tip)
		}
	}
}

func TestMailAndBrowser(t *testing.T) {
	r := inLinks(t, "mail", "plan & more.txt")
	p, a := r.links, r.watched()
	p.rows.list.at = 0
	r.key("browser")
	var opened *url.URL
	r.until("the browser opens", func() bool {
		select {
		case opened = <-a.urls:
			return true
		default:
			return false
		}
	})
	if strings.Contains(opened.String(), "Signature") || fetch(t, opened.String()) != "this is plan & more.txt" {
		t.Error("the browser opens something else, or by an address that others can read and use")
	}
	r.key("mail")
	r.until("the mail program opens", func() bool {
		select {
		case opened = <-a.urls:
			return true
		default:
			return false
		}
	})
	fields, err := url.ParseQuery(strings.ReplaceAll(opened.RawQuery, "+", "%2B"))
	lines := strings.Split(fields.Get("body"), "\r\n")
	if err != nil || opened.Scheme != "mailto" || fields.Get("subject") != "plan & more.txt" || len(lines) != 4 ||
		!strings.HasPrefix(lines[2], "The link works until ") || fetch(t, lines[1]) != "this is plan & more.txt" {
		t.Errorf("%v: subject %q, %d lines", err, fields.Get("subject"), len(lines))
	}
}

// TestNarrowWindows: what finds no room goes into shorter words and into menus, and nothing overlaps.
func TestNarrowWindows(t *testing.T) {
	r := inLinks(t, "narrow", "1.txt", "2.txt")
	p := r.links
	for _, width := range []float32{1400, 960, 720, 560} {
		r.window.Resize(fyne.NewSize(width, 480))
		p.showBand()
		right := p.sorting.Position().X
		for _, f := range linkFilters() {
			if c := p.filters[f]; c.Position().X+c.Size().Width > right || c.Size().Width < c.MinSize().Width {
				t.Errorf("%v wide: %q has no room", width, c.shown())
			}
		}
		p.selectAll()
		inMenu := map[string]bool{}
		p.bar.menu()
		for _, item := range r.closeMenu() {
			inMenu[item.Label] = true
		}
		for _, b := range p.bar.buttons {
			if b.Visible() == inMenu[b.text] {
				t.Errorf("%v wide: %q is a button %v, in the menu %v", width, b.text, b.Visible(), inMenu[b.text])
			}
			if b.Visible() && b.Position().X+b.Size().Width > p.bar.more.Position().X {
				t.Errorf("%v wide: %q has no room", width, b.text)
			}
		}
		if p.bar.more.Position().X+p.bar.more.Size().Width > p.bar.close.Position().X {
			t.Errorf("%v wide: the cross has no room", width)
		}
		p.selectNone()
	}
	if text := p.search.PlaceHolder; text != "Search" {
		t.Errorf("in the narrow field stands %q", text)
	}
	p.search.SetText("1")
	p.pick(0)
	p.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.search.Text != "" || len(p.selected) != 1 {
		t.Error("Escape does not empty the search, and only that")
	}
	p.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(p.selected) != 0 {
		t.Error("Escape in an empty search does not end the selection")
	}
}

// TestLongJobsSayHowFarTheyAre: what is over soon says nothing, what takes longer says how far it is, and can be stopped.
func TestLongJobsSayHowFarTheyAre(t *testing.T) {
	r := inLinks(t, "progress", "1.txt")
	quick := r.progress("job", "Renewing", 3)
	quick.end()
	slow := r.progress("job", "Renewing", 12000)
	r.until("it says so", func() bool { return r.says("job") == "Renewing: 0 of 12,000" })
	slow.last = time.Time{}
	slow.tell(7000)
	r.until("it says how far", func() bool { return r.says("job") == "Renewing: 7,000 of 12,000" })
	r.press("job", "Stop")
	if slow.ctx.Err() == nil {
		t.Error("it does not stop")
	}
	slow.end()
	if r.says("job") != "" || quick.said != nil {
		t.Error("the notice stays")
	}
}
