package gui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"waybill/internal/desk"
)

func TestSelectingByMouseAndKeys(t *testing.T) {
	r := inLinks(t, "select", "1.txt", "2.txt", "3.txt", "4.txt", "5.txt")
	p, l := r.links, r.links.rows.list
	held := fyne.KeyModifier(0)
	r.held = func() fyne.KeyModifier { return held }
	selected := func() string {
		s := ""
		for i := range p.shown {
			if p.selected[p.shown[i].ID] {
				s += fmt.Sprint(i)
			}
		}
		return s
	}
	want := func(what, lines string) {
		t.Helper()
		if got := selected(); got != lines {
			t.Errorf("%s: lines %q are selected, want %q", what, got, lines)
		}
		count := ""
		if lines != "" {
			count = fmt.Sprintf("%d selected", len(lines))
		}
		if p.bar.all.Hidden == (lines != "") || p.chips.Hidden != (lines != "") || lines != "" && p.bar.count.text != count {
			t.Errorf("%s: bar %v, chips %v, %q", what, !p.bar.all.Hidden, !p.chips.Hidden, p.bar.count.text)
		}
		for i := range p.shown {
			if c, _ := p.row(i); c.picked != strings.Contains(lines, fmt.Sprint(i)) {
				t.Errorf("%s: line %d is shown as selected %v", what, i, c.picked)
			}
		}
	}
	key := func(k fyne.KeyName) { l.TypedKey(&fyne.KeyEvent{Name: k}) }
	want("nothing", "")
	_, act := p.row(1)
	act.pick()
	want("a tile", "1")
	held = fyne.KeyModifierShift
	_, act = p.row(3)
	act.pick()
	want("a tile with Shift", "123")
	_, act = p.row(0)
	act.pick()
	want("another tile with Shift", "01")
	held = fyne.KeyModifierShortcutDefault
	p.tapped(4)
	want("a row with Ctrl", "014")
	held = 0
	p.tapped(4)
	want("a row while others are selected", "01")
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	want("Escape", "")

	r.window.Canvas().Focus(l)
	l.Highlight(1)
	key(fyne.KeySpace)
	want("Space", "1")
	held = fyne.KeyModifierShift
	key(fyne.KeyDown)
	key(fyne.KeyDown)
	want("Down with Shift", "123")
	key(fyne.KeyUp)
	want("Up with Shift", "12")
	key(fyne.KeyEnd)
	want("End with Shift", "1234")
	held = 0
	key(fyne.KeyEscape)
	want("Escape in the list", "")
	r.key("selectAll")
	want("Ctrl+A", "01234")
	p.search.SetText("2")
	if len(p.selected) != 1 {
		t.Errorf("what is out of sight is still selected: %v", p.selected)
	}
	p.search.SetText("")
	p.bar.close.Tapped(nil)
	want("the cross", "")
	p.tapped(2)
	if p.opened != p.shown[2].ID {
		t.Error("a row does not open")
	}
	if c, _ := p.row(2); !strings.HasPrefix(c.open, "s3://sandbox/select/3.txt\nEnds ") || !strings.Contains(c.open, "Signed ") ||
		!strings.Contains(c.open, "for 1 hour · checked") || !strings.Contains(c.open, "text/plain") {
		t.Errorf("it says %q", c.open)
	}
	r.key("escape")
	if p.opened != "" {
		t.Error("Escape does not close it")
	}
}

func TestCopyingSeveral(t *testing.T) {
	r := inLinks(t, "several", "1.txt", "2.txt", "3.txt")
	p := r.links
	p.selectAll()
	r.ui.copyMarked()
	r.until("they are copied", func() bool { return strings.Count(r.clipboard(), "\n") == 2 })
	for i, link := range strings.Split(r.clipboard(), "\n") {
		if got, want := fetch(t, link), "this is "+p.shown[i].Name; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for i := range p.shown {
		if c, _ := p.row(i); c.chip != "Link copied" {
			t.Errorf("%q", c.chip)
		}
	}
	// One of them is no more: the others are copied, and that one is said to be missing.
	r.revoke(r.entry("2.txt"))
	p.copyLinks(p.chosen(), desk.FormatMarkdown)
	r.until("the others are copied", func() bool { return strings.HasPrefix(r.clipboard(), "[3.txt](<http") })
	if got := r.says("copy"); strings.Count(r.clipboard(), "\n") != 1 || !strings.HasPrefix(got, "2 of 3 links are copied.") {
		t.Errorf("%q", got)
	}
	p.copyLinks([]desk.Entry{r.entry("1.txt")}, desk.FormatURL)
	r.until("the notice goes", func() bool { return r.says("copy") == "" })
}

func TestEveryFormIsInTheMenu(t *testing.T) {
	r := inLinks(t, "forms", "it's “one”.txt")
	p := r.links
	name := "it's “one”.txt"
	for label, starts := range map[string]string{
		"Markdown": "[it's “one”.txt](<http", "HTML": `<a href="http`, "Plain link": "http", "curl command": "curl ", "wget command": "wget ",
		"PowerShell command": "& { ", "S3 address": "s3://sandbox/forms/" + name,
	} {
		p.menu(r.entry(name), p.more)
		r.app.Clipboard().SetContent("")
		r.choose("Copy as", label)
		r.until(label+" is copied", func() bool { return r.clipboard() != "" })
		if !strings.HasPrefix(r.clipboard(), starts) {
			t.Errorf("%s: %q", label, r.clipboard())
		}
	}
}

// TestMenusShowTheirKeys: what has a shortcut says so, and no two shortcuts are the same.
func TestMenusShowTheirKeys(t *testing.T) {
	r := inLinks(t, "keys", "1.txt")
	p := r.links
	seen := map[string]string{}
	for _, k := range r.keys {
		if other := seen[keyName(k)]; other != "" {
			t.Errorf("%s and %s are both %s", other, k.id, keyName(k))
		}
		seen[keyName(k)] = k.id
	}
	shown := map[string]bool{}
	var note func(items []*fyne.MenuItem)
	note = func(items []*fyne.MenuItem) {
		for _, i := range items {
			if s, ok := i.Shortcut.(fyne.KeyboardShortcut); ok {
				for _, k := range r.keys {
					if k.key == s.Key() && k.mod == s.Mod() {
						shown[k.id] = true
					}
				}
			}
			if i.ChildMenu != nil {
				note(i.ChildMenu.Items)
			}
		}
	}
	p.menu(p.shown[0], p.more)
	note(r.closeMenu())
	p.placeMenu()
	note(r.closeMenu())
	for _, b := range p.bar.buttons {
		if b.tip == "" {
			t.Errorf("%q has no key in its tooltip", b.text)
		}
	}
	for _, id := range []string{"copy", "qr", "browser", "mail", "renew", "revoke", "note", "details", "forget", "selectAll", "renewToday", "export"} {
		if !shown[id] {
			t.Errorf("the menus do not show the key of %q", id)
		}
	}
}

func TestBundlingSelected(t *testing.T) {
	r := inLinks(t, "bundle", "1.txt", "2 & <b>.txt", "3.txt")
	p := r.links
	p.pick(p.index(r.entry("1.txt").ID))
	p.pick(p.index(r.entry("2 & <b>.txt").ID))
	r.key("bundle")
	if p.asked.what.text != "One page for 2 files" || !p.bar.all.Hidden {
		t.Fatalf("it asks %q", p.asked.what.text)
	}
	test.Type(p.asked.field, "For Anna")
	p.asked.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.until("the page is there", func() bool {
		return strings.HasPrefix(r.says("bundle"), "The link to the page “For Anna” is copied.")
	})
	page := fetch(t, r.clipboard())
	if !strings.Contains(page, "1.txt") || !strings.Contains(page, "2 &amp; &lt;b&gt;.txt") || strings.Contains(page, "3.txt") {
		t.Error("the page lists something else")
	}
	r.until("it has a row", func() bool { return len(p.shown) == 4 })
	c, _ := r.line("For Anna")
	if c.kind != "" || c.icon != iconPage || !strings.HasPrefix(c.text, "One page for 2 files · sandbox/bundle/") {
		t.Errorf("its row is %+v", c)
	}
	if len(p.selected) != 0 {
		t.Error("the files are still selected")
	}
	// A link for so long needs a distribution, and nothing is made without one.
	r.send.dest.expires = 30 * 24 * time.Hour
	p.bundle([]desk.Entry{r.entry("1.txt"), r.entry("3.txt")}, "For long")
	r.until("it says why not", func() bool {
		return strings.Contains(r.says("bundle"), "S3 accepts no signature older than seven days")
	})
	r.send.dest.expires = time.Hour
	// Pages alone make no page, and the window says so.
	p.bundle([]desk.Entry{r.entry("For Anna")}, "")
	r.until("it says why not", func() bool {
		return r.says("bundle") != "" && !strings.Contains(r.says("bundle"), "For Anna") && !strings.Contains(r.says("bundle"), "Writing")
	})
}
