package gui

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
)

// TestNamesFollowATemplate: previewed before the drop, remembered by destination, and used.
func TestNamesFollowATemplate(t *testing.T) {
	withProfiles(t)
	home := filepath.Join(t.TempDir(), "home")
	r := open(t, home, Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "named")
	n := r.send.dest.names
	if n.entry.text != "Names" || n.card.Visible() {
		t.Errorf("%q, opened %v", n.entry.text, n.card.Visible())
	}
	n.entry.onTap()
	if r.window.Canvas().Focused() != fyne.Focusable(n.field) || n.field.Text != "{name}" {
		t.Fatalf("%q is in the field, which has the keyboard: %v", n.field.Text, r.window.Canvas().Focused() == fyne.Focusable(n.field))
	}
	today := time.Now().Format(time.DateOnly)
	n.field.SetText("")
	typeInto(n.field, "{date}/{stem}-x{ext}")
	if got, want := n.preview.label.Text, "report.pdf becomes sandbox/named/"+today+"/report-x.pdf"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	n.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if n.card.Visible() || n.entry.text != "Names by template" {
		t.Errorf("%q, opened %v", n.entry.text, n.card.Visible())
	}
	if got := r.send.zone.text.text; !strings.Contains(got, "sandbox/named/"+today+"/report-x.pdf") {
		t.Errorf("the drop zone says %q", got)
	}
	r.send.drop([]string{r.file("a b.txt", "named")})
	r.over(1)
	if got, want := r.send.shown[0].Key, "named/"+today+"/a b-x.txt"; got != want {
		t.Errorf("it went to %q, not %q", got, want)
	}
	if got := fetch(t, r.app.Clipboard().Content()); got != "named" {
		t.Errorf("%q", got)
	}
	// Elsewhere names are as they are.
	r.fill(r.send.dest.prefix, "plain")
	if n.entry.text != "Names" {
		t.Errorf("elsewhere: %q", n.entry.text)
	}
	r.send.drop([]string{r.file("a b.txt", "plain")})
	r.over(2)
	if got := r.send.shown[0].Key; got != "plain/a b.txt" {
		t.Errorf("it went to %q", got)
	}
	r.fill(r.send.dest.prefix, "named")
	if n.entry.text != "Names by template" || n.of().Template != "{date}/{stem}-x{ext}" {
		t.Errorf("back there: %q, %+v", n.entry.text, n.of())
	}
	// A file that is sent again from the ledger goes where it went.
	r.until("the Links place has both", func() bool { return len(r.links.entries) == 2 })
	e := r.links.entries[1]
	r.send.sendTo(e.Destination, e)
	r.over(3)
	if got := r.send.shown[0].Key; got != "named/"+today+"/a b-x.txt" {
		t.Errorf("again it went to %q", got)
	}

	// And the next start knows it.
	next := open(t, home, Options{})
	next.ready()
	next.fill(next.send.dest.bucket, "sandbox")
	next.fill(next.send.dest.prefix, "named")
	if got := next.send.options().Template; got != "{date}/{stem}-x{ext}" {
		t.Errorf("the next start has %q", got)
	}
}

func TestUnguessablePart(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "hidden")
	n := r.send.dest.names
	n.entry.onTap()
	n.hidden.Tapped(nil)
	if !strings.Contains(n.hidden.AccessibilityLabel(), ": on") || !n.of().Unguessable {
		t.Errorf("%q, %+v", n.hidden.AccessibilityLabel(), n.of())
	}
	n.close()
	if n.entry.text != "Names nobody can guess" {
		t.Errorf("%q", n.entry.text)
	}
	r.send.drop([]string{r.file("a.txt", "a"), r.file("b.txt", "b")})
	r.over(2)
	keys := map[string]bool{}
	for _, row := range r.send.shown {
		if !regexp.MustCompile(`^hidden/[a-z2-7]{26}/[ab]\.txt$`).MatchString(row.Key) {
			t.Errorf("%q can be guessed", row.Key)
		}
		keys[strings.Split(row.Key, "/")[1]] = true
	}
	if len(keys) != 2 {
		t.Error("who knows one knows the other")
	}
}

// TestWrongTemplateIsSaidAtOnce: and nothing is sent under a name that nobody meant.
func TestWrongTemplateIsSaidAtOnce(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "wrong")
	n := r.send.dest.names
	n.open()
	for text, code := range map[string]string{
		"{datum}/{name}": "TemplateWord", "{name": "TemplateBraces", "/{name}": "TemplateSlash", "../{name}": "TemplateDots", "a/{ext}": "TemplateEmpty",
	} {
		n.field.SetText(text)
		if n.trouble == nil || n.trouble.Code != code || n.preview.label.Text != n.trouble.What.String() || n.help.label.Text != n.trouble.Help.String() {
			t.Errorf("%q: %v, and it says %q", text, n.trouble, n.preview.label.Text)
		}
	}
	r.send.drop([]string{r.file("a.txt", "a")})
	if r.send.totals().files != 0 || len(r.send.waiting) != 1 {
		t.Fatal("it was sent all the same")
	}
	// What comes to make sense while it is typed is not taken before it is meant.
	n.field.SetText("{date}")
	if len(r.send.waiting) != 1 {
		t.Error("half a template was taken")
	}
	n.field.SetText("x-{name}")
	n.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.over(1)
	if got := r.send.shown[0].Key; got != "wrong/x-a.txt" {
		t.Errorf("it went to %q", got)
	}
	// Escape gives up what was typed.
	n.open()
	n.field.SetText("{nonsense")
	n.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if n.trouble != nil || n.card.Visible() || n.of().Template != "x-{name}" || !r.send.dest.ready() {
		t.Errorf("%v, %+v", n.trouble, n.of())
	}
}

// TestOneLinkForADrop: the page's link lands on the clipboard, above the rows of its files.
func TestOneLinkForADrop(t *testing.T) {
	withProfiles(t)
	home := filepath.Join(t.TempDir(), "home")
	r := open(t, home, Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "together")
	for _, k := range r.keys {
		if k.id == "together" {
			k.do()
		}
	}
	if !r.desk.Settings().Bundle || !r.send.dest.bundle.on {
		t.Fatal("it is not remembered")
	}
	gone := filepath.Join(t.TempDir(), "gone.txt")
	r.send.drop([]string{r.file("a.txt", "a"), r.file("b.txt", "b"), gone})
	r.over(3)
	paged := func() bool { p := r.send.groups[0].page; return p != nil && p.State.Over() && p.copied }
	r.until("the page is made", paged)
	row := r.content(0)
	if row.icon != iconPage || row.chip != "Link copied" || row.mainKind != primary || !strings.HasPrefix(row.text, "One page for 2 files · ends ") {
		t.Errorf("%+v", row)
	}
	first := r.app.Clipboard().Content()
	page := fetch(t, first)
	if !strings.Contains(page, "a.txt") || !strings.Contains(page, "b.txt") || strings.Contains(first, "\n") {
		t.Errorf("the page has %d bytes", len(page))
	}
	for i := 1; i <= 2; i++ {
		if row := r.content(i); row.chip != "Sent" {
			t.Errorf("row %d says %q", i, row.chip)
		}
	}
	if n := r.send.totals(); n.files != 3 || n.links != 2 || !strings.Contains(r.send.strip.summary.text, "1 file was not sent") {
		t.Errorf("%+v, %q", n, r.send.strip.summary.text)
	}
	// What failed and is sent now comes onto the page as well.
	write(t, gone, "back")
	_, act := r.send.content1(3)
	act.main()
	r.until("the page has three", func() bool {
		return len(r.send.groups[0].paged) == 3 && paged() && r.app.Clipboard().Content() != first
	})
	if page := fetch(t, r.app.Clipboard().Content()); !strings.Contains(page, "gone.txt") {
		t.Error("it is not on the page")
	}
	if len(r.send.shown) != 4 {
		t.Errorf("%d rows", len(r.send.shown))
	}
	// All links of it are the page's one.
	page = r.app.Clipboard().Content()
	r.app.Clipboard().SetContent("")
	r.send.copyAll()
	if got := r.app.Clipboard().Content(); got != page {
		t.Errorf("all links are %d bytes", len(got))
	}
	// One file alone needs no page.
	r.send.clear()
	r.send.drop([]string{r.file("alone.txt", "alone")})
	r.over(1)
	if got := fetch(t, r.app.Clipboard().Content()); got != "alone" || len(r.send.shown) != 1 {
		t.Errorf("%q, %d rows", got, len(r.send.shown))
	}
	r.send.clear()
	if len(r.send.shown) != 0 || !r.send.zone.all.Visible() {
		t.Errorf("%d rows are left", len(r.send.shown))
	}
	if next := open(t, home, Options{}); !next.send.dest.bundle.on {
		t.Error("the next start has forgotten it")
	}
}

// TestOneLinkForADropThatGoesOn: the next start makes the page, with what this one has sent, whatever is set there.
func TestOneLinkForADropThatGoesOn(t *testing.T) {
	withProfiles(t)
	home := filepath.Join(t.TempDir(), "home")
	big, later := filepath.Join(t.TempDir(), "big.bin"), filepath.Join(t.TempDir(), "later.txt")
	write(t, big, strings.Repeat("0123456789abcdef", 4<<20)) // 64 MiB
	r := open(t, home, Options{})
	r.ready()
	r.send.dest.takeBundle(true)
	r.desk.SetLimitRate(16 << 20)
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "page goes on")
	r.send.drop([]string{r.file("small.txt", "small"), big})
	r.until("one is sent and one under way", func() bool { n := r.send.totals(); return n.links == 1 && n.open == 1 })
	r.cancel(desk.ErrLeave)
	r.busy.Wait()
	if err := r.desk.Close(); err != nil {
		t.Fatal(err)
	}

	next := open(t, home, Options{})
	next.until("it is offered", func() bool { return next.notices.lines["interrupted"] != nil })
	next.send.dest.takeBundle(false)
	list, err := next.desk.Interrupted(context.Background())
	if len(list) != 1 || err != nil {
		t.Fatalf("%v, %v", list, err)
	}
	next.send.goOn(list[0])
	next.over(1)
	next.until("the row knows what is on it", func() bool {
		row := next.content(0)
		return row.chip == "Link copied" && strings.HasPrefix(row.text, "One page for 2 files · ")
	})
	if page := fetch(t, next.app.Clipboard().Content()); !strings.Contains(page, "small.txt") || !strings.Contains(page, "big.bin") {
		t.Error("not both are on the page")
	}
	// What joins it leaves nothing out that has no row here.
	write(t, later, "later")
	g := next.send.groups[0]
	failed := &transfer{home: g, carrier: g, Transfer: desk.Transfer{
		ID: "failed", Path: later, Name: "later.txt", State: desk.Failed, Trouble: desk.Explain(os.ErrNotExist),
		Destination: g.all[0].Destination, Key: g.all[0].Destination.Prefix + "later.txt",
	}}
	g.all, g.rows = append(g.all, failed), append(g.rows, failed)
	next.send.list()
	next.send.again(failed)
	next.until("the page has three", func() bool {
		row := next.content(0)
		return row.chip == "Link copied" && strings.HasPrefix(row.text, "One page for 3 files · ")
	})
	if page := fetch(t, next.app.Clipboard().Content()); !strings.Contains(page, "small.txt") || !strings.Contains(page, "later.txt") {
		t.Error("not all are on the page")
	}
}

// TestOneLinkForWhatWasSent: also after the drop.
func TestOneLinkForWhatWasSent(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "afterwards")
	r.send.drop([]string{r.file("a.txt", "a")})
	r.over(1)
	if r.send.bundleText.Visible() {
		t.Error("a page of one file is offered")
	}
	r.send.drop([]string{r.file("b.txt", "b")})
	r.over(2)
	if !r.send.bundleText.Visible() {
		t.Fatal("it is not offered")
	}
	r.send.bundleText.onTap()
	r.until("the page is made", func() bool { return r.send.shown[0].Kind == desk.KindBundle && r.send.shown[0].copied })
	if page := fetch(t, r.app.Clipboard().Content()); !strings.Contains(page, "a.txt") || !strings.Contains(page, "b.txt") {
		t.Error("not both are on the page")
	}
	if got := r.send.shown[0].Key; !strings.HasPrefix(got, "afterwards/") {
		t.Errorf("the page is at %q", got)
	}
	r.send.remove(r.send.shown[0])
	if len(r.send.shown) != 2 {
		t.Errorf("%d rows", len(r.send.shown))
	}
}

// TestPageThatCannotBeMade: nobody is left with nothing.
func TestPageThatCannotBeMade(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "nopage")
	r.send.drop([]string{r.file("a.txt", "a"), r.file("b.txt", "b")})
	r.over(2)
	r.app.Clipboard().SetContent("")
	g := r.send.groups[0]
	g.paged = []string{"nobody", "neither"} // what is in no ledger is on no page
	r.send.writePage(g)
	r.until("it is given up", func() bool { return g.page.State.Over() })
	row := r.content(0)
	if row.chip != "Not made" || row.main != "Retry" || row.text == "" || row.help == "" {
		t.Errorf("%+v", row)
	}
	if got := strings.Split(r.app.Clipboard().Content(), "\n"); len(got) != 2 {
		t.Errorf("%d links are on the clipboard", len(got))
	}
	// The page is made on another try, and anew when it has ended.
	g.paged = g.sent()
	_, act := r.send.content1(0)
	act.main()
	r.until("it is made", func() bool { return g.page.copied })
	made := g.page.Key
	ends := g.page.Link.Ends
	r.now = func() time.Time { return ends }
	if row := r.content(0); row.chip != "Ended" || row.main != "Make it anew" {
		t.Errorf("%+v", row)
	}
	_, act = r.send.content1(0)
	r.now = time.Now
	act.main()
	r.until("it is made anew", func() bool { return g.page.copied })
	if page := fetch(t, r.app.Clipboard().Content()); !strings.Contains(page, "b.txt") || g.page.Key != made {
		t.Errorf("the page is at %q, not at %q", g.page.Key, made)
	}
}

// TestPageOfADropThatCannotBeMade: the row says why, and the files' links are on the clipboard.
func TestPageOfADropThatCannotBeMade(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.send.dest.takeBundle(true)
	var files []desk.Transfer
	for _, name := range []string{"a.txt", "b.txt"} {
		ends := time.Now().Add(time.Hour)
		files = append(files, desk.Transfer{ID: name, Name: name, State: desk.Sent, Link: &desk.Link{URL: "https://" + name, Ends: ends}})
	}
	g := &group{way: wayOf(r.send.dest.at, r.send.options()), drop: r.desk.Send(context.Background(), desk.Destination{}, desk.SendOptions{}, nil)}
	r.send.groups = []*group{g}
	page := desk.Transfer{ID: "page", Kind: desk.KindBundle, State: desk.Queued}
	r.send.take(g, append(files, page))
	if row := r.content(0); row.chip != "One moment" || row.name != "One page for 2 files" || len(r.send.toBundle()) != 0 {
		t.Errorf("%+v", row)
	}
	page.State, page.Trouble = desk.Failed, desk.Explain(os.ErrPermission)
	r.send.take(g, []desk.Transfer{page})
	r.send.ended(g)
	row := r.content(0)
	if row.chip != "Not made" || row.main != "Retry" || row.text != told(page.Trouble.What) || len(r.send.shown) != 3 {
		t.Errorf("%+v, %d rows", row, len(r.send.shown))
	}
	if got := r.app.Clipboard().Content(); got != "https://a.txt\nhttps://b.txt" {
		t.Errorf("%q is on the clipboard", got)
	}
	if r.content(1).chip != "Link copied" {
		t.Errorf("%+v", r.content(1))
	}
}

// TestLongerThanAWeek: offered where a distribution answers, explained where none does.
func TestLongerThanAWeek(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	d := r.send.dest
	r.fill(d.bucket, "sandbox")
	if len(d.lasts.options) != len(offered()) || !d.week.Hidden {
		t.Errorf("%d lengths of time are offered", len(d.lasts.options))
	}
	r.fill(d.lasts, "30d")
	if d.trouble == nil || d.trouble.Code != "NoDistribution" || d.week.Hidden || d.line.label.Text != d.trouble.What.String() {
		t.Fatalf("%v, and the line says %q", d.trouble, d.line.label.Text)
	}
	d.takeWeek()
	r.ready()
	if s := r.desk.Settings(); s.Expires != 7*24*time.Hour || s.Remind != 24*time.Hour || d.lasts.Text != "7 days" || d.trouble != nil || !d.week.Hidden {
		t.Errorf("%v, %v, %q, %v", s.Expires, s.Remind, d.lasts.Text, d.trouble)
	}

	r.distribute("sandbox")
	if len(d.lasts.options) != len(offered())+2 {
		t.Errorf("with a distribution %d lengths of time are offered", len(d.lasts.options))
	}
	for text, want := range map[string]time.Duration{"30 days": 30 * 24 * time.Hour, "1 year": 365 * 24 * time.Hour, "45d": 45 * 24 * time.Hour} {
		r.fill(d.lasts, text)
		r.ready()
		if d.trouble != nil || d.expires != want || !strings.Contains(d.line.label.Text, "d111111abcdef8.cloudfront.net answers them") {
			t.Errorf("%q: %v, %v, and the line says %q", text, d.expires, d.trouble, d.line.label.Text)
		}
	}
	r.fill(d.lasts, "20000d")
	if d.trouble == nil || d.trouble.Code != "ExpiresTooLong" {
		t.Errorf("20000d: %v", d.trouble)
	}
	// Another bucket has none: what was chosen is looked at again.
	r.fill(d.lasts, "30 days")
	r.fill(d.bucket, "elsewhere")
	if d.trouble == nil || d.trouble.Code != "NoDistribution" || d.ready() {
		t.Errorf("elsewhere: %v", d.trouble)
	}
}

// TestWhatALinkCannotDoIsSaid: beside the length of time, and in the settings.
func TestWhatALinkCannotDoIsSaid(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	h := hintIn(r.send.dest.all)
	if h == nil || h.AccessibilityLabel() != whatLinksCannot() {
		t.Fatal("there is no hint at the fields")
	}
	h.Tapped(nil)
	if h.box == nil || !h.box.Visible() {
		t.Error("it does not open")
	}
	h.Tapped(nil)
	if h.box != nil {
		t.Error("it does not close")
	}
	h.MouseIn(nil)
	r.until("it opens by itself", func() bool { return h.box != nil })
	h.MouseOut()
	if h.box != nil {
		t.Error("it stays")
	}
}

func hintIn(o fyne.CanvasObject) *hint {
	switch o := o.(type) {
	case *hint:
		return o
	case *fyne.Container:
		for _, inner := range o.Objects {
			if h := hintIn(inner); h != nil {
				return h
			}
		}
	}
	return nil
}
