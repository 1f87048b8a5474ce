package gui

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// inLinks opens a window on the shared store with files in a folder of their own, and the Links place in sight.
func inLinks(t *testing.T, folder string, names ...string) *rig {
	t.Helper()
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, folder)
	for _, name := range names {
		r.sent(name, "this is "+name)
	}
	r.ui.open(r.links)
	r.links.filter = allLinks
	r.links.sift()
	r.until("the ledger is read", func() bool { return !r.links.loading && len(r.links.shown) == len(names) })
	return r
}

// entry is the one of this name, as the place has it.
func (r *rig) entry(name string) desk.Entry {
	r.t.Helper()
	for _, e := range r.links.entries {
		if e.Name == name {
			return e
		}
	}
	r.t.Fatalf("no entry %q", name)
	return desk.Entry{}
}

// line is what the row of this name shows and does.
func (r *rig) line(name string) (rowContent, rowActions) {
	r.t.Helper()
	at := r.links.index(r.entry(name).ID)
	if at < 0 {
		r.t.Fatalf("%q is not shown", name)
	}
	return r.links.row(at)
}

// chips are the words on the chips of the filter.
func (r *rig) chips() string {
	var words []string
	for _, f := range linkFilters() {
		words = append(words, r.links.filters[f].text)
	}
	return strings.Join(words, ", ")
}

// says is what a notice says, "" while it is not there.
func (r *rig) says(name string) string {
	var words []string
	if line := r.notices.lines[name]; line != nil {
		eachObject(line, func(o fyne.CanvasObject) {
			if l, ok := o.(*widget.Label); ok {
				words = append(words, l.Text)
			}
		})
	}
	return strings.Join(words, " ")
}

// press presses a button of a notice.
func (r *rig) press(name, text string) {
	r.t.Helper()
	var found *button
	if line := r.notices.lines[name]; line != nil {
		eachObject(line, func(o fyne.CanvasObject) {
			if b, ok := o.(*button); ok && b.text == text {
				found = b
			}
		})
	}
	if found == nil {
		r.t.Fatalf("no button %q in the notice %q, which says %q", text, name, r.says(name))
	}
	found.Tapped(nil)
}

// eachObject calls f for an object and for all that is in it.
func eachObject(o fyne.CanvasObject, f func(fyne.CanvasObject)) {
	f(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, inner := range o.Objects {
			eachObject(inner, f)
		}
	case fyne.Widget:
		for _, inner := range test.WidgetRenderer(o).Objects() {
			eachObject(inner, f)
		}
	}
}

// key does what a shortcut does.
func (r *rig) key(id string) {
	r.t.Helper()
	at := slices.IndexFunc(r.keys, func(k shortcut) bool { return k.id == id })
	if at < 0 {
		r.t.Fatalf("no key %q", id)
	}
	r.keys[at].do()
}

// status is what a store answers to a link.
func status(t *testing.T, link string) int {
	t.Helper()
	resp, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// revoke deletes an entry's object, as the command line would.
func (r *rig) revoke(e desk.Entry) {
	r.t.Helper()
	ctx := context.Background()
	asked, err := r.desk.Revocable(ctx, e.ID)
	if err == nil {
		_, err = r.desk.Revoke(ctx, asked, desk.RevokeDelete)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) clipboard() string { return r.app.Clipboard().Content() }

// linkTo signs an entry's link, as a person who copies it.
func (r *rig) linkTo(name string) string {
	r.t.Helper()
	l, err := r.desk.CopyLink(context.Background(), r.entry(name).ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return l.URL
}

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

// choose takes an item of the menu that is open, by the words on it and on those that lead to it.
func (r *rig) choose(labels ...string) {
	r.t.Helper()
	items := r.closeMenu()
	for n, label := range labels {
		at := slices.IndexFunc(items, func(i *fyne.MenuItem) bool { return i.Label == label })
		if at < 0 {
			r.t.Fatalf("no item %q", label)
		}
		if n == len(labels)-1 {
			items[at].Action()
			return
		}
		items = items[at].ChildMenu.Items
	}
}

// closeMenu closes the menu that is open, and gives what was to be chosen from.
func (r *rig) closeMenu() (items []*fyne.MenuItem) {
	r.t.Helper()
	top := r.window.Canvas().Overlays().Top()
	if top == nil {
		r.t.Fatal("no menu is open")
	}
	eachObject(top, func(o fyne.CanvasObject) {
		m, ok := o.(*widget.PopUpMenu)
		if !ok || items != nil {
			return
		}
		for _, item := range m.Items { // of a type that Fyne keeps to itself
			if field := reflect.Indirect(reflect.ValueOf(item)).FieldByName("Item"); field.IsValid() {
				items = append(items, field.Interface().(*fyne.MenuItem))
			}
		}
	})
	r.window.Canvas().Overlays().Remove(top)
	return items
}

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

func TestRenewing(t *testing.T) {
	r := inLinks(t, "renew", "1.txt", "2.txt", "3.txt")
	p, start := r.links, time.Now()
	over := start.Add(90 * time.Minute)
	r.now = func() time.Time { return over }
	p.tick()
	c, act := r.line("1.txt")
	if c.main != "Renew" || c.chipTone != neutral {
		t.Fatalf("an ended one offers %q", c.main)
	}
	r.now = time.Now // the store's time: what ended an hour too early here is renewed from now on
	before := r.entry("1.txt")
	time.Sleep(time.Until(before.Signed.Truncate(time.Second).Add(time.Second))) // another second, another signature
	act.main()
	r.until("it is renewed", func() bool {
		return strings.HasPrefix(r.says("renew"), "The new link to 1.txt is copied. The link works until ")
	})
	if got := fetch(t, r.clipboard()); got != "this is 1.txt" {
		t.Errorf("%q", got)
	}
	if !strings.Contains(r.says("renew"), "An old link is not prolonged") {
		t.Errorf("%q", r.says("renew"))
	}
	r.until("the row knows", func() bool { e := r.entry("1.txt"); return e.Ends.After(before.Ends) && e.Asked == time.Hour })

	// Two at once for a week, from the menu of the bar: nothing is copied until somebody wants it.
	r.app.Clipboard().SetContent("mine")
	p.pick(p.index(r.entry("2.txt").ID))
	p.pick(p.index(r.entry("3.txt").ID))
	p.bar.menu()
	r.choose("Renew for", "7 days")
	r.until("they are renewed", func() bool { return strings.HasPrefix(r.says("renew"), "2 links are renewed.") })
	if r.clipboard() != "mine" {
		t.Error("the clipboard was taken")
	}
	r.press("renew", "Copy the new links")
	if links := strings.Split(r.clipboard(), "\n"); len(links) != 2 || fetch(t, links[0]) != "this is 3.txt" || fetch(t, links[1]) != "this is 2.txt" {
		t.Errorf("%d links", len(links))
	}
	r.until("the rows know", func() bool {
		return r.entry("2.txt").Asked == 7*24*time.Hour && r.entry("3.txt").Asked == 7*24*time.Hour
	})
	if c, _ := r.line("2.txt"); c.chip != "6 days" && c.chip != "7 days" {
		t.Errorf("%q", c.chip)
	}

	// A page and one of its files: both come back, and the page's link works.
	p.bundle([]desk.Entry{r.entry("1.txt"), r.entry("3.txt")}, "Both")
	r.until("the page is there", func() bool { return len(p.shown) == 4 })
	p.renew([]desk.Entry{r.entry("1.txt"), r.entry("Both")}, 4*time.Hour)
	r.until("they are renewed", func() bool { return strings.HasPrefix(r.says("renew"), "2 links are renewed.") })
	r.press("renew", "Copy the new links")
	links := strings.Split(r.clipboard(), "\n")
	if len(links) != 2 || fetch(t, links[0]) != "this is 1.txt" || !strings.Contains(fetch(t, links[1]), "3.txt") {
		t.Errorf("%d links", len(links))
	}

	// What cannot be renewed says why.
	r.revoke(r.entry("2.txt"))
	p.renew([]desk.Entry{r.entry("2.txt")}, 0)
	r.until("it says why not", func() bool { return r.says("renew") != "" && !strings.Contains(r.says("renew"), "renewed.") })
}

// TestRenewedLinksMayEndEarlier: the session that signs now ends before the time is over, and the notice says so.
func TestRenewedLinksMayEndEarlier(t *testing.T) {
	r := inLinks(t, "early", "1.txt")
	ends := time.Now().Add(20 * time.Minute).UTC().Format(time.RFC3339)
	isolate(t, "[default]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\""+store.Keys().AccessKeyID+
		"\",\"SecretAccessKey\":\""+store.Keys().SecretAccessKey+"\",\"Expiration\":\""+ends+"\"}'\nendpoint_url = "+store.Endpoint()+"\n", "")
	e := r.entry("1.txt")
	home := r.desk.Home()
	r.cancel(nil)
	again := open(t, home, Options{}) // a desk remembers whom it has opened a store for
	again.ui.open(again.links)
	again.until("it is listed", func() bool { return len(again.links.shown) == 1 })
	again.links.renew([]desk.Entry{e}, 24*time.Hour)
	again.until("it is renewed", func() bool { return strings.HasPrefix(again.says("renew"), "The new link to 1.txt is copied.") })
	if got := again.says("renew"); !strings.Contains(got, `when the session of the profile "default" ends, not after 24h`) {
		t.Errorf("%q", got)
	}
	again.until("the row says so", func() bool {
		c, _ := again.line("1.txt")
		return strings.HasSuffix(c.chipTip, "with the session that signed it")
	})
}

func TestRenewAllThatEndToday(t *testing.T) {
	r := inLinks(t, "today", "today.txt", "later.txt")
	p, ctx := r.links, context.Background()
	year, month, day := time.Now().Date()
	left := time.Until(time.Date(year, month, day+1, 0, 0, 0, 0, time.Local))
	for name, lasts := range map[string]time.Duration{"today.txt": max(left/2, time.Second), "later.txt": 7 * 24 * time.Hour} {
		if tr := r.desk.Renew(ctx, r.entry(name).ID, lasts, desk.VerifyNone); tr.Trouble != nil {
			t.Fatal(tr.Trouble)
		}
	}
	p.reload()
	r.until("both are known", func() bool {
		return r.entry("later.txt").Asked == 7*24*time.Hour && r.entry("today.txt").Asked != time.Hour
	})
	before, later := r.entry("today.txt"), r.entry("later.txt")
	r.key("renewToday")
	r.until("it is renewed", func() bool { return strings.HasPrefix(r.says("renew"), "The new link to today.txt is copied.") })
	r.until("the row knows", func() bool { return r.entry("today.txt").Signed.After(before.Signed) })
	if !r.entry("later.txt").Signed.Equal(later.Signed) {
		t.Error("the other one was renewed too")
	}
	r.revoke(before)
	r.key("renewToday")
	r.until("there is none any more", func() bool { return r.says("renew") == "No live link ends today." })
}

func TestRevokingAsksOnce(t *testing.T) {
	r := inLinks(t, "revoke", "delete me.txt", "rename me.txt", "keep me.txt")
	p := r.links
	link := r.linkTo("keep me.txt")
	p.rows.list.at = p.index(r.entry("keep me.txt").ID)
	p.rows.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.HasPrefix(got, "Delete sandbox/revoke/keep me.txt? That cannot be undone. Rename sandbox/revoke/keep me.txt?") ||
		!strings.Contains(got, "that can be undone") || !strings.HasSuffix(got, whatLinksCannot()) {
		t.Errorf("it asks %q", got)
	}
	if b, ok := r.window.Canvas().Focused().(*button); !ok || b.text != "Keep it" {
		t.Error("the safe answer does not have the keyboard")
	} else {
		b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	}
	if r.says(revokeQuestion) != "" || status(t, link) != http.StatusOK {
		t.Error("Escape does not keep it")
	}

	link = r.linkTo("delete me.txt")
	p.askRevoke([]desk.Entry{r.entry("delete me.txt")})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	r.press(revokeQuestion, "Delete it")
	r.until("it is deleted", func() bool {
		return strings.HasPrefix(r.says(revokeNotice), "delete me.txt is deleted, and its link leads nowhere.")
	})
	if !strings.HasSuffix(r.says(revokeNotice), "It cannot be brought back.") || status(t, link) != http.StatusNotFound {
		t.Errorf("%q, HTTP %d", r.says(revokeNotice), status(t, link))
	}
	r.until("the row says so", func() bool { c, _ := r.line("delete me.txt"); return c.chip == "Revoked" && c.main == "" })

	link = r.linkTo("rename me.txt")
	p.askRevoke([]desk.Entry{r.entry("rename me.txt")})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	r.press(revokeQuestion, "Rename it")
	r.until("it is renamed", func() bool { return strings.HasPrefix(r.says(revokeNotice), "rename me.txt is renamed") })
	if code := status(t, link); code != http.StatusNotFound {
		t.Errorf("HTTP %d", code)
	}
	r.until("the row offers to bring it back", func() bool { c, _ := r.line("rename me.txt"); return c.main == "Bring back" })
	r.press(revokeNotice, "Undo")
	r.until("it is back", func() bool { return strings.HasPrefix(r.says(revokeNotice), "rename me.txt is back") })
	if got := fetch(t, link); got != "this is rename me.txt" {
		t.Errorf("%q", got)
	}
}

func TestRevokingSeveral(t *testing.T) {
	r := inLinks(t, "revoke-many", "1.txt", "2.txt", "3.txt", "4.txt", "5.txt")
	p := r.links
	links := []string{r.linkTo("1.txt"), r.linkTo("5.txt")}
	p.selectAll()
	r.key("revoke")
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.HasPrefix(got, "Delete or rename the objects of 5 links? 5.txt, 4.txt, 3.txt and 2 more. Renaming can be undone; deleting cannot.") {
		t.Errorf("it asks %q", got)
	}
	r.press(revokeQuestion, "Rename them")
	r.until("they are renamed", func() bool { return strings.HasPrefix(r.says(revokeNotice), "5 links lead nowhere now.") })
	for _, link := range links {
		if code := status(t, link); code != http.StatusNotFound {
			t.Errorf("HTTP %d", code)
		}
	}
	r.press(revokeNotice, "Undo")
	r.until("they are back", func() bool { return strings.HasPrefix(r.says(revokeNotice), "5 links lead to their files again.") })
	for _, link := range links {
		if code := status(t, link); code != http.StatusOK {
			t.Errorf("HTTP %d", code)
		}
	}
}

// TestRevokingAPage: the files on it go with it, also those that were selected beside it, and come back with it.
func TestRevokingAPage(t *testing.T) {
	r := inLinks(t, "revoke-page", "1.txt", "2.txt", "3.txt")
	p := r.links
	p.bundle([]desk.Entry{r.entry("1.txt"), r.entry("2.txt")}, "For Anna")
	r.until("the page is there", func() bool { return len(p.shown) == 4 })
	links := []string{r.linkTo("For Anna"), r.linkTo("1.txt"), r.linkTo("2.txt"), r.linkTo("3.txt")}
	answers := func() (all []int) {
		for _, link := range links {
			all = append(all, status(t, link))
		}
		return all
	}
	p.askRevoke([]desk.Entry{r.entry("1.txt"), r.entry("For Anna"), r.entry("3.txt")})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.Contains(got, "1.txt, For Anna, 3.txt. 1 file on their pages goes with them. Renaming") {
		t.Errorf("it asks %q", got)
	}
	r.press(revokeQuestion, "Rename them")
	r.until("they are renamed", func() bool { return strings.HasPrefix(r.says(revokeNotice), "3 links lead nowhere now.") })
	if got := answers(); !slices.Equal(got, []int{404, 404, 404, 404}) {
		t.Errorf("HTTP %d", got)
	}
	r.press(revokeNotice, "Undo")
	r.until("they are back", func() bool { return strings.HasPrefix(r.says(revokeNotice), "3 links lead to their files again.") })
	if got := answers(); !slices.Equal(got, []int{200, 200, 200, 200}) {
		t.Errorf("HTTP %d", got)
	}
	if page := fetch(t, links[0]); !strings.Contains(page, "1.txt") || !strings.Contains(page, "2.txt") {
		t.Error("not both are on the page again")
	}
	// The page alone.
	p.reload()
	r.until("the rows know", func() bool { return r.entry("For Anna").Revoked.IsZero() && r.entry("2.txt").Revoked.IsZero() })
	p.askRevoke([]desk.Entry{r.entry("For Anna")})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.Contains(got, "and the 2 files on its page?") {
		t.Errorf("it asks %q", got)
	}
	r.press(revokeQuestion, "Rename it")
	r.until("it is renamed", func() bool { return strings.HasPrefix(r.says(revokeNotice), "For Anna is renamed") })
	if got := answers(); !slices.Equal(got, []int{404, 404, 404, 200}) {
		t.Errorf("HTTP %d", got)
	}
	r.until("the row offers to bring it back", func() bool { c, _ := r.line("For Anna"); return c.main == "Bring back" })
	_, act := r.line("For Anna")
	act.main()
	r.until("it is back", func() bool { return strings.HasPrefix(r.says(revokeNotice), "For Anna is back") })
	if got := answers(); !slices.Equal(got, []int{200, 200, 200, 200}) {
		t.Errorf("HTTP %d", got)
	}
}

// TestRevokingSaysWhatHasHappenedMeanwhile: what somebody has replaced, what is gone, and what no deleting reaches.
func TestRevokingSaysWhatHasHappenedMeanwhile(t *testing.T) {
	r := inLinks(t, "meanwhile", "1.txt", "2.txt", "3.txt")
	p := r.links
	settings := r.desk.Settings()
	settings.OnClash = desk.ClashReplace
	if err := r.desk.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	// Somebody else replaces one and takes another one away.
	ctx := context.Background()
	other, err := desk.Open(ctx, desk.Options{Home: filepath.Join(t.TempDir(), "home")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	to := r.entry("1.txt").Destination
	var sent desk.Transfer
	for _, name := range []string{"2.txt", "1.txt"} {
		for sent = range other.Send(ctx, to, desk.SendOptions{OnClash: desk.ClashReplace}, []string{r.file(name, "another")}).Events() {
			continue
		}
		if sent.State != desk.Sent {
			t.Fatal(sent.Trouble)
		}
		if name == "2.txt" {
			asked, err := other.Revocable(ctx, sent.ID)
			if err == nil {
				_, err = other.Revoke(ctx, asked, desk.RevokeDelete)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	p.selectAll()
	r.key("revoke")
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.Contains(got, "Somebody has replaced 1 of the objects since. 1 of the objects is gone already.") {
		t.Errorf("it asks %q", got)
	}
	// What is replaced once more between the question and its answer was not asked about.
	for sent = range other.Send(ctx, to, desk.SendOptions{OnClash: desk.ClashReplace}, []string{r.file("1.txt", "yet another")}).Events() {
		continue
	}
	r.press(revokeQuestion, "Delete them")
	r.until("two are revoked", func() bool { return strings.HasPrefix(r.says(revokeNotice), "2 links lead nowhere now.") })
	if got := r.says(revokeNotice); !strings.Contains(got, "1.txt has changed in the bucket since you were asked") {
		t.Errorf("%q", got)
	}
	if got := fetch(t, sent.Link.URL); got != "yet another" {
		t.Errorf("%q", got)
	}
	_, help := p.askOfMany([]desk.Revocation{{Replaced: 2, CloudFront: true}, {Gone: true}, {Gone: true}})
	if !strings.Contains(help, "Somebody has replaced 2 of the objects since. 2 of the objects are gone already.") ||
		!strings.HasSuffix(help, "CloudFront may hand out copies for a while: an invalidation ends that.") {
		t.Errorf("it asks %q", help)
	}
}

func TestForgettingLeavesTheObject(t *testing.T) {
	r := inLinks(t, "forget", "1.txt", "2.txt")
	p := r.links
	link := r.linkTo("1.txt")
	p.askForget([]desk.Entry{r.entry("1.txt")})
	if got := r.says(forgetQuestion); !strings.HasPrefix(got, "Forget 1.txt?") {
		t.Fatalf("it asks %q", got)
	}
	r.press(forgetQuestion, "Keep")
	p.askForget([]desk.Entry{r.entry("1.txt")})
	r.press(forgetQuestion, "Forget")
	r.until("it is forgotten", func() bool { return len(p.shown) == 1 && p.shown[0].Name == "2.txt" })
	if fetch(t, link) != "this is 1.txt" {
		t.Error("the object is gone")
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

// opened is an app that remembers what was opened and what it said, instead of doing it.
type openedApp struct {
	fyne.App
	urls  chan *url.URL
	notes chan *fyne.Notification
}

func (a *openedApp) OpenURL(u *url.URL) error              { a.urls <- u; return nil }
func (a *openedApp) SendNotification(n *fyne.Notification) { a.notes <- n }

// watched puts such an app between the window and Fyne's.
func (r *rig) watched() *openedApp {
	a := &openedApp{App: r.ui.app, urls: make(chan *url.URL, 8), notes: make(chan *fyne.Notification, 64)}
	r.ui.app = a
	return a
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

func TestReminders(t *testing.T) {
	r := inLinks(t, "remind", "one.txt", "two.txt", "three.txt")
	p, a, ctx := r.links, r.watched(), context.Background()
	for name, lasts := range map[string]time.Duration{"one.txt": 3 * time.Hour, "two.txt": 20 * time.Minute, "three.txt": 7 * 24 * time.Hour} {
		if tr := r.desk.Renew(ctx, r.entry(name).ID, lasts, desk.VerifyNone); tr.Trouble != nil {
			t.Fatal(tr.Trouble)
		}
	}
	p.reload()
	r.until("all are known", func() bool {
		return r.entry("three.txt").Asked == 7*24*time.Hour && r.entry("one.txt").Asked == 3*time.Hour
	})
	now := time.Now()
	r.now = func() time.Time { return now }
	heard := func() (n *fyne.Notification) {
		select {
		case n = <-a.notes:
		case <-time.After(300 * time.Millisecond):
		}
		return n
	}
	at := func(after time.Duration) *fyne.Notification {
		now = r.entry("one.txt").Signed.Add(after)
		p.tick()
		return heard()
	}
	if n := at(2*time.Hour + 30*time.Minute); n != nil {
		t.Errorf("nobody asked for %q", n.Title)
	}
	s := r.desk.Settings()
	s.Remind = 30 * time.Minute
	if err := r.desk.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	if n := at(time.Hour); n != nil {
		t.Errorf("too early: %q", n.Title) // and two.txt never lasted for half an hour
	}
	n := at(2*time.Hour + 31*time.Minute)
	if n == nil || n.Title != "The link to one.txt ends soon" || !strings.HasSuffix(n.Content, ", in 28 min") && !strings.HasSuffix(n.Content, ", in 29 min") {
		t.Fatalf("%+v", n)
	}
	if strings.Contains(n.Title+n.Content, "http") {
		t.Error("it has an address in it")
	}
	if n := at(2*time.Hour + 40*time.Minute); n != nil {
		t.Errorf("once more: %q", n.Title)
	}
	if given := r.remindedBefore(); !given[remindedKey(r.entry("one.txt"))] || len(given) != 1 {
		t.Errorf("the next start knows of %v", given)
	}
	// A renewed link has another end, and two at once are one reminder.
	r.now = time.Now
	for _, name := range []string{"one.txt", "three.txt"} {
		if tr := r.desk.Renew(ctx, r.entry(name).ID, 5*time.Hour, desk.VerifyNone); tr.Trouble != nil {
			t.Fatal(tr.Trouble)
		}
	}
	p.reload()
	r.until("both are known", func() bool {
		return r.entry("three.txt").Asked == 5*time.Hour && r.entry("one.txt").Asked == 5*time.Hour
	})
	r.now = func() time.Time { return now }
	if n := at(4*time.Hour + 45*time.Minute); n == nil || !strings.Contains(n.Title, "and 1 more end soon") {
		t.Errorf("%+v", n)
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
