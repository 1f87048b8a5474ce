package gui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"waybill/internal/desk"
)

// sent sends one file into a folder of its own and waits until the Links place has it.
func (r *rig) sent(name, text string) {
	r.t.Helper()
	before := len(r.links.entries)
	r.send.drop([]string{r.file(name, text)})
	r.over(before + 1)
	r.until("the Links place has it", func() bool { return len(r.links.entries) == before+1 })
}

func TestLinksCountDownAndEnd(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "count/down")
	r.sent("report.txt", "hello")
	r.ui.open(r.links)
	start := time.Now()
	for _, c := range []struct {
		after time.Duration
		chip  string
		tone  tone
	}{
		{30 * time.Second, "59 min", good}, {50 * time.Minute, "9 min", warning},
		{59*time.Minute + 30*time.Second, "30 s", warning}, {61 * time.Minute, "Ended ", neutral},
	} {
		r.now = func() time.Time { return start.Add(c.after) }
		r.links.tick()
		if c.after > time.Hour {
			if len(r.links.shown) != 0 || r.side.links.badge != "" {
				t.Errorf("it has ended and is among the live ones, %q", r.side.links.badge)
			}
			r.links.filter = endedLinks
			r.links.sift()
		}
		row, _ := r.links.row(0)
		// The link was signed up to a second before or after start.
		if c.chip != row.chip && !(c.chip == "30 s" && (row.chip == "29 s" || row.chip == "31 s")) && !strings.HasPrefix(row.chip, "Ended ") || row.chipTone != c.tone {
			t.Errorf("after %v: %q in tone %d, want %q in %d", c.after, row.chip, row.chipTone, c.chip, c.tone)
		}
		if !strings.HasPrefix(row.text, "sandbox/count/down/ · sent ") || !strings.HasSuffix(row.text, "default") {
			t.Errorf("%q", row.text)
		}
		if zone, _ := start.Zone(); !strings.HasSuffix(row.chipTip, "\u00a0"+zone+", as was asked for") || !strings.HasPrefix(row.chipTip, "End") {
			t.Errorf("the chip says %q", row.chipTip)
		}
	}
	// An ended one can be sent again. What is there is the very file, so it gets a new link, and no second copy.
	r.links.sendAgain(r.links.shown[0])
	r.over(2)
	if key := r.send.shown[0].Key; key != "count/down/report.txt" || r.send.shown[0].State != desk.Sent {
		t.Errorf("it went to %q", key)
	}
}

func TestCopyFromTheLedger(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "copy")
	r.sent("it's “quoted”.txt", "hello")
	r.app.Clipboard().SetContent("")
	r.ui.open(r.links)
	_, act := r.links.row(0)
	act.main()
	r.until("it is copied", func() bool { return r.app.Clipboard().Content() != "" })
	if got := fetch(t, r.app.Clipboard().Content()); got != "hello" {
		t.Errorf("%q", got)
	}
	if row, _ := r.links.row(0); row.chip != "Link copied" {
		t.Errorf("%q", row.chip)
	}
	r.until("it goes back to its countdown", func() bool { row, _ := r.links.row(0); return strings.HasSuffix(row.chip, " min") })
}

func TestSearchAndFilters(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "search/Äpfel")
	r.sent("one.txt", "1")
	r.sent("two.txt", "2")
	r.fill(r.send.dest.bucket, "nowhere-at-all")
	r.sent("three.txt", "3")
	r.ui.open(r.links)
	names := func() string {
		var all []string
		for _, e := range r.links.shown {
			all = append(all, e.Name)
		}
		return strings.Join(all, " ")
	}
	for _, c := range []struct {
		filter linkFilter
		search string
		want   string
	}{
		{liveLinks, "", "two.txt one.txt"}, {failedLinks, "", "three.txt"}, {endedLinks, "", ""},
		{allLinks, "", "three.txt two.txt one.txt"}, {allLinks, "äpfel", "three.txt two.txt one.txt"},
		{allLinks, " ONE ", "one.txt"}, {liveLinks, "nowhere", ""}, {allLinks, "nowhere", "three.txt"},
	} {
		r.links.filters[c.filter].onTap()
		r.links.search.SetText(c.search)
		if got := names(); got != c.want {
			t.Errorf("filter %d, search %q: %q, want %q", c.filter, c.search, got, c.want)
		}
		if r.links.empty.all.Visible() == (c.want != "") || r.links.empty.title.text == "" {
			t.Errorf("filter %d, search %q: the empty place is shown %v", c.filter, c.search, r.links.empty.all.Visible())
		}
	}
	r.links.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if r.links.search.Text != "" {
		t.Error("Escape leaves the search")
	}
}

func TestKeysReachEverything(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	press := func(id string) {
		t.Helper()
		for _, k := range r.keys {
			if k.id != id {
				continue
			}
			short := fyne.Shortcut(&desktop.CustomShortcut{KeyName: k.key, Modifier: k.mod})
			switch id {
			case "paste":
				short = &fyne.ShortcutPaste{Clipboard: r.app.Clipboard()}
			case "copy":
				short = &fyne.ShortcutCopy{Clipboard: r.app.Clipboard()}
			}
			if on, ok := r.window.Canvas().Focused().(fyne.Shortcutable); ok {
				on.TypedShortcut(short)
			} else {
				k.do() // the test driver's canvas knows no shortcuts; e2e presses them on the real one
			}
			return
		}
		t.Fatalf("no key %q", id)
	}
	typed := func(k fyne.KeyName) {
		if on := r.window.Canvas().Focused(); on != nil {
			on.TypedKey(&fyne.KeyEvent{Name: k})
		} else {
			r.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: k})
		}
	}
	// From one field to the next by keys alone, each in its turn.
	for id, field := range map[string]*combo{
		"profile": r.send.dest.profile, "bucket": r.send.dest.bucket, "prefix": r.send.dest.prefix, "lasts": r.send.dest.lasts,
	} {
		press(id)
		if r.window.Canvas().Focused() != fyne.Focusable(field) || !field.list.open {
			t.Errorf("%s does not lead to its field", id)
		}
		typed(fyne.KeyEscape)
	}
	press("bucket")
	typed(fyne.KeyDown)
	typed(fyne.KeyReturn)
	r.until("the bucket is taken", func() bool { return r.send.dest.at.Bucket == "sandbox" })
	r.app.Clipboard().SetContent(r.file("by keys.txt", "keys"))
	press("paste") // with the field still focused
	r.over(1)
	press("rows")
	if r.window.Canvas().Focused() != fyne.Focusable(r.send.rows.list) {
		t.Fatal("the rows do not have the keyboard")
	}
	r.app.Clipboard().SetContent("")
	typed(fyne.KeyReturn)
	if got := fetch(t, r.app.Clipboard().Content()); got != "keys" {
		t.Errorf("%q", got)
	}
	press("links")
	if !r.links.all.Visible() || r.send.all.Visible() {
		t.Error("the Links place is not open")
	}
	press("search")
	if r.window.Canvas().Focused() != fyne.Focusable(r.links.search) {
		t.Error("the search does not have the keyboard")
	}
	typed(fyne.KeyF1)
	if !r.settings.all.Visible() {
		t.Error("F1 does not show the keys")
	}
	press("send")
	press("copyAll")
	if r.app.Clipboard().Content() == "" {
		t.Error("nothing is copied")
	}
	press("clear")
	if r.send.totals().files != 0 {
		t.Error("what is done is still there")
	}
}

func TestSettingsHoldAtOnce(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	chips := map[string]*filterChip{}
	collect(r.settings.scroll.Content, chips)
	for _, label := range []string{"Dark", "Skip", "All", "Sees it in the browser"} {
		if chips[label] == nil {
			t.Fatalf("no choice %q in %v", label, chips)
		}
		chips[label].Tapped(nil)
		if !chips[label].on {
			t.Errorf("%q is not marked", label)
		}
	}
	s := r.desk.Settings()
	if s.Appearance != desk.AppearanceDark || s.OnClash != desk.ClashSkip || s.Verify != desk.VerifyAll || !s.Inline {
		t.Errorf("%+v", s)
	}
	if r.look.appearance != desk.AppearanceDark {
		t.Error("the window is not dark")
	}
	if !strings.Contains(r.send.hint.text, "not sent") {
		t.Errorf("the hint says %q", r.send.hint.text)
	}
}

// collect finds the chips in a page.
func collect(o fyne.CanvasObject, into map[string]*filterChip) {
	switch o := o.(type) {
	case *filterChip:
		into[o.text] = o
	case *fyne.Container:
		for _, inner := range o.Objects {
			collect(inner, into)
		}
	}
}

func TestClosingAsksWhileSending(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	closed := false
	r.window.SetOnClosed(func() { closed = true })
	r.send.drop([]string{r.file("big.bin", strings.Repeat("0123456789abcdef", 4<<20))})
	r.until("it is under way", func() bool { return r.send.totals().open == 1 })
	r.closeWindow()
	if closed || r.notices.lines["close"] == nil {
		t.Fatal("the window does not ask")
	}
	r.over(1)
	if r.notices.lines["close"] != nil {
		t.Error("the question stays although nothing is open")
	}
}

func TestLongNamesAreShortenedInTheMiddle(t *testing.T) {
	startTestApp(t)
	c := newClipped(sizeBody, colorText, true)
	c.keepEnd = true
	for _, name := range []string{
		strings.Repeat("very long ", 25) + "name.tar.gz", strings.Repeat("日本語", 60) + ".png",
		strings.Repeat("👩‍👩‍👧‍👦", 50) + ".txt", strings.Repeat("é", 300) + ".pdf",
	} {
		c.text = name
		short := c.shorten(200)
		if c.width(short) > 200 || !strings.Contains(short, "…") || short[len(short)-4:] != name[len(name)-4:] {
			t.Errorf("%q is %v wide", short, c.width(short))
		}
		if strings.HasSuffix(strings.Split(short, "…")[0], "\u200d") {
			t.Errorf("%q cuts a character in two", short)
		}
	}
}
