package gui

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
	"waybill/internal/teststore"
)

// put sends files into a folder of the shared store's bucket, without the window.
func (r *rig) put(folder string, names ...string) {
	r.t.Helper()
	dir := r.t.TempDir()
	paths := make([]string, 0, len(names))
	for _, n := range names {
		write(r.t, filepath.Join(dir, n), n)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		paths = append(paths, filepath.Join(dir, e.Name()))
	}
	to := desk.Destination{Store: desk.Store{Profile: "default"}, Bucket: "sandbox", Prefix: folder}
	d := r.desk.Send(r.t.Context(), to, desk.SendOptions{Verify: desk.VerifyNone, OnClash: desk.ClashReplace}, paths)
	for t := range d.Events() {
		if t.State == desk.Failed {
			r.t.Fatal(t.Trouble)
		}
	}
}

// browses opens the list of a folder, once it is there.
func (r *rig) browses(folder string) *browsePlace {
	r.t.Helper()
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, folder)
	r.openBrowse()
	r.listed()
	return r.browser
}

// listed waits until the store has answered what the list was asked for last.
func (r *rig) listed() {
	r.t.Helper()
	r.until("the folder is listed", func() bool { return !r.browser.loading && r.browser.soon == nil })
}

// names are what the list shows, folders with a slash.
func (p *browsePlace) names() string {
	names := make([]string, 0, len(p.lines))
	for _, l := range p.lines {
		name := p.name(l)
		if l.Folder {
			name += "/"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// typeInto types letters as a person does.
func typeInto(on fyne.Focusable, text string) {
	for _, letter := range text {
		on.TypedRune(letter)
	}
}

// links waits until the links are made that are being made.
func (r *rig) linked() {
	r.t.Helper()
	r.until("the links are made", func() bool { return r.browser.links.making == 0 })
}

func TestBrowseLinksToWhatIsThere(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.put("browse/", "a.txt", "b.pdf", "deeper/c.txt", "deeper/still/d.txt")
	p := r.browses("browse")
	if got := p.names(); got != "deeper/ a.txt b.pdf" {
		t.Fatalf("%q", got)
	}
	if !p.visible() || r.links.all.Visible() || !r.side.links.on || r.side.send.on {
		t.Error("it is not shown as a part of the Links place")
	}
	folder, _ := p.row(0)
	file, act := p.row(1)
	if folder.icon != iconFolder || folder.main != "Open" || folder.pick != "" {
		t.Errorf("the folder: %+v", folder)
	}
	if file.kind != "TXT" || !strings.HasPrefix(file.text, "5\u00a0B · today ") || file.main != "Copy" {
		t.Errorf("the file: %+v", file)
	}
	act.main()
	r.linked()
	if got := fetch(t, r.app.Clipboard().Content()); got != "a.txt" {
		t.Errorf("%q is behind the link", got)
	}
	if row, _ := p.row(1); row.chip != "Link copied" {
		t.Errorf("%+v", row)
	}
	if !strings.HasPrefix(p.foot.text.text, "1 link copied · ends ") || p.foot.chip.text != "Copied" {
		t.Errorf("the foot says %q, %q", p.foot.chip.text, p.foot.text.text)
	}
	// It is a link like others: the ledger has it.
	p.leave()
	r.until("the Links place has it", func() bool {
		return slices.ContainsFunc(r.links.entries, func(e desk.Entry) bool { return e.Key == "browse/a.txt" && e.Path == "" })
	})
	r.copy("something else")
	r.openBrowse()
	r.listed()
	if row, _ := p.row(1); row.chip != "" || p.foot.chip.text != "" {
		t.Errorf("something else is on the clipboard, and the row says %+v", row)
	}
}

// TestBrowseByKeysAlone: arrows, Enter, Backspace, Space, Shift, and Escape are enough.
func TestBrowseByKeysAlone(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	held := fyne.KeyModifier(0)
	r.held = func() fyne.KeyModifier { return held }
	r.put("keys/", "1.txt", "2.txt", "3.txt", "4.txt", "deeper/c.txt", "deeper/still/d.txt")
	p := r.browses("keys")
	press := func(keys ...fyne.KeyName) {
		t.Helper()
		for _, k := range keys {
			on := r.window.Canvas().Focused()
			if on == nil {
				t.Fatalf("nothing has the keyboard for %s", k)
			}
			on.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	if r.window.Canvas().Focused() != fyne.Focusable(p.rows.list) {
		t.Fatal("the rows do not have the keyboard")
	}
	press(fyne.KeyReturn)
	r.listed()
	if p.folder != "keys/deeper/" || p.names() != "still/ c.txt" {
		t.Fatalf("%q: %q", p.folder, p.names())
	}
	press(fyne.KeyBackspace)
	r.listed()
	if p.folder != "keys/" || p.rows.list.at != 0 {
		t.Fatalf("%q, line %d", p.folder, p.rows.list.at)
	}
	press(fyne.KeyDown, fyne.KeySpace)
	held = fyne.KeyModifierShift
	press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp)
	held = 0
	selected := func() string {
		var keys []string
		for _, l := range p.chosen() {
			keys = append(keys, p.name(l))
		}
		return strings.Join(keys, " ")
	}
	if got := selected(); got != "1.txt 2.txt 3.txt" {
		t.Errorf("selected are %q", got)
	}
	press(fyne.KeyUp, fyne.KeySpace)
	if got := selected(); got != "1.txt 3.txt" {
		t.Errorf("after one was let go: %q", got)
	}
	for _, k := range r.keys {
		if k.id == "selectAll" {
			k.do()
		}
	}
	if got := selected(); got != "1.txt 2.txt 3.txt 4.txt" {
		t.Errorf("all are %q", got)
	}
	for _, k := range r.keys {
		if k.id == "copy" {
			k.do()
		}
	}
	r.linked()
	lines := strings.Split(r.app.Clipboard().Content(), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d links", len(lines))
	}
	for i, line := range lines {
		if got, want := fetch(t, line), fmt.Sprintf("%d.txt", i+1); got != want {
			t.Errorf("line %d leads to %q", i, got)
		}
	}
	press(fyne.KeyEscape)
	if len(p.picked) != 0 || !p.visible() {
		t.Error("the first Escape does not let go of what is selected")
	}
	press(fyne.KeyEscape)
	if p.visible() || !r.links.all.Visible() {
		t.Error("the second Escape does not lead back")
	}
}

// TestBrowsePagesFollowTheScrolling: a thousand at a time, and the next ones before the end comes into sight.
func TestBrowsePagesFollowTheScrolling(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	names := make([]string, 2100)
	for i := range names {
		names[i] = fmt.Sprintf("%05d.txt", i)
	}
	r.put("many/", names...)
	p := r.browses("many")
	r.window.Canvas().Capture() // rows are there once they were drawn
	if len(p.lines) != 1000 || p.next == "" || p.length() != 1001 {
		t.Fatalf("%d lines at first", len(p.lines))
	}
	if p.loading {
		t.Error("the second page is asked for while the first rows are in sight")
	}
	if more, _ := p.row(1000); more.name != "More follows" {
		t.Errorf("the last row: %+v", more)
	}
	r.listed() // row 1000 has asked for them
	for at := 1500; p.next != ""; at += 400 {
		p.rows.list.Highlight(min(at, p.length()-1))
		r.window.Canvas().Capture()
		r.until("the next page is there", func() bool { return !p.loading })
		if at > 4000 {
			t.Fatalf("%d lines, and no more come", len(p.lines))
		}
	}
	if len(p.lines) != 2100 || p.length() != 2100 || p.name(p.lines[2099]) != "02099.txt" {
		t.Errorf("%d lines, the last is %+v", len(p.lines), p.lines[len(p.lines)-1])
	}
	if n := len(p.rows.list.shown); n > 60 {
		t.Errorf("%d rows exist for %d lines", n, len(p.lines))
	}
}

// TestBrowseSearch: what begins with the text, under the folder; one question for a word, and no late answer.
func TestBrowseSearch(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.put("search/", "Report 1.pdf", "Report 2.pdf", "report.txt", "other.txt", "Reports/old.pdf")
	p := r.browses("search")
	before := p.asked
	r.window.Canvas().Focus(p.search)
	typeInto(p.search, "Rep")
	if p.asked != before {
		t.Error("each letter asks the store")
	}
	r.listed()
	if got := p.names(); got != "Reports/ Report 1.pdf Report 2.pdf" {
		t.Errorf("%q", got)
	}
	typeInto(p.search, "zz")
	r.listed()
	if !p.empty.all.Visible() || p.empty.title.text != "Nothing here begins with “Repzz”" {
		t.Errorf("%q", p.empty.title.text)
	}
	// An answer that comes after the next question is nobody's.
	p.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	p.load()
	late := p.asked
	p.search.SetText("other")
	p.load()
	if late == p.asked {
		t.Fatal("nothing was asked")
	}
	r.listed()
	for range 20 { // whatever is still on its way
		select {
		case f := <-r.queue:
			f()
		case <-time.After(20 * time.Millisecond):
		}
	}
	if got := p.names(); got != "other.txt" {
		t.Errorf("%q", got)
	}
	p.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if r.window.Canvas().Focused() != fyne.Focusable(p.rows.list) {
		t.Error("Down does not lead to what was found")
	}
}

// TestBrowseTypedKey: a link needs no list, only a key.
func TestBrowseTypedKey(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.put("typed/", "a b.txt", "in/c.txt")
	p := r.browses("")
	enter := func(text string) {
		r.window.Canvas().Focus(p.search)
		p.search.SetText(text)
		p.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	enter("s3://sandbox/typed/a b.txt")
	r.linked()
	if got := fetch(t, r.app.Clipboard().Content()); got != "a b.txt" {
		t.Errorf("%q", got)
	}
	// The address of a folder leads there.
	enter("s3://sandbox/typed/in/")
	r.listed()
	if p.folder != "typed/in/" || p.names() != "c.txt" || p.search.Text != "" {
		t.Errorf("%q: %q, and %q is in the field", p.folder, p.names(), p.search.Text)
	}
	// What is not there is said, with what to do.
	enter("s3://sandbox/typed/nothing.txt")
	r.linked()
	if r.notices.lines["browse"] == nil {
		t.Error("nothing is said of what is not there")
	}
	enter("s3://")
	if r.notices.lines["browse"] == nil {
		t.Error("nothing is said of half an address")
	}
}

// TestBrowseWhereNothingMayBeListed: the refusal of a real store is read in the place, and a typed key works all the
// same.
func TestBrowseWhereNothingMayBeListed(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	as := func(key, secret, token string) {
		isolate(t, "[default]\nendpoint_url = "+m.Endpoint+"\n",
			"[default]\naws_access_key_id = "+key+"\naws_secret_access_key = "+secret+"\n"+token)
	}
	as(m.Key, m.Secret, "")
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, teststore.Bucket)
	r.fill(r.send.dest.prefix, "denied")
	r.send.drop([]string{r.file("a.txt", "a")})
	r.over(1)

	key, secret, token, _ := m.Session(time.Hour, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::*"]}]}`)
	as(key, secret, "aws_session_token = "+token+"\n")
	r.openBrowse()
	r.listed()
	p := r.browser
	if p.trouble == nil || p.trouble.Code != "AccessDenied" || !p.empty.all.Visible() ||
		!strings.Contains(p.empty.text.label.Text, "s3:ListBucket is missing") ||
		!strings.Contains(p.empty.help.label.Text, "type the whole name") || p.empty.first.text != "Try again" {
		t.Fatalf("%v: %q / %q", p.trouble, p.empty.text.label.Text, p.empty.help.label.Text)
	}
	r.window.Canvas().Focus(p.search)
	typeInto(p.search, "a.txt")
	r.listed()
	if p.empty.typed.text != "Copy a link to denied/a.txt" || !p.empty.typed.Visible() {
		t.Errorf("%q is offered", p.empty.typed.text)
	}
	p.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.linked()
	if got := fetch(t, r.app.Clipboard().Content()); got != "a" {
		t.Errorf("%q", got)
	}
	// A key that begins with a slash is a whole one.
	r.app.Clipboard().SetContent("")
	p.search.SetText("/denied/a.txt")
	r.listed()
	p.empty.typed.onTap()
	r.linked()
	if got := fetch(t, r.app.Clipboard().Content()); got != "a" {
		t.Errorf("%q", got)
	}
}

func TestBrowseExplainsWhatIsEmpty(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	p := r.browses(fmt.Sprint("nobody/was/here", time.Now().UnixNano()))
	if !p.empty.all.Visible() || p.empty.title.text != "Nothing in this folder" || p.empty.first.text != "Up one folder" {
		t.Errorf("%q, %q", p.empty.title.text, p.empty.first.text)
	}
	r.fill(p.where, "no-such-bucket-here")
	r.listed()
	if p.trouble == nil || p.trouble.Code != "NoSuchBucket" || p.empty.text.label.Text != p.trouble.What.String() {
		t.Errorf("%v: %q", p.trouble, p.empty.text.label.Text)
	}
	r.fill(p.where, "s3://sandbox/browse-elsewhere/")
	r.listed()
	if p.bucket != "sandbox" || p.folder != "browse-elsewhere/" || p.where.Text != "sandbox" {
		t.Errorf("%q, %q, and the field has %q", p.bucket, p.folder, p.where.Text)
	}
}

// TestBrowseOneLinkForAll: what is selected becomes one page, in the folder, and its link is copied.
func TestBrowseOneLinkForAll(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	folder := fmt.Sprint("page", time.Now().UnixNano())
	r.put(folder+"/", "a.txt", "b.txt", "c.txt")
	p := r.browses(folder)
	p.pick(0)
	if p.foot.bundle.Visible() {
		t.Error("a page of one file is offered")
	}
	p.pick(2)
	if !p.foot.bundle.Visible() || !strings.HasPrefix(p.foot.text.text, "2 selected · 10\u00a0B · links last ") {
		t.Errorf("the foot says %q", p.foot.text.text)
	}
	p.links.bundle()
	r.until("the page is made", func() bool { return p.links.making == 0 && p.links.said != "" })
	page := fetch(t, r.app.Clipboard().Content())
	if !strings.Contains(page, "a.txt") || !strings.Contains(page, "c.txt") || strings.Contains(page, "b.txt") {
		t.Errorf("the page has %d bytes, and not what was selected", len(page))
	}
	if !strings.HasPrefix(p.foot.text.text, "One page for 2 files · ends ") {
		t.Errorf("the foot says %q", p.foot.text.text)
	}
	link, err := url.Parse(r.app.Clipboard().Content())
	if err != nil || link.Path != "/sandbox/"+folder+"/"+folder+".html" {
		t.Errorf("the page is at %q, %v", link.Path, err)
	}
}

// TestBrowseManyLinksCanBeStopped: what takes long says how far it is, and can be given up.
func TestBrowseManyLinksCanBeStopped(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	names := make([]string, 400)
	for i := range names {
		names[i] = fmt.Sprintf("%03d.txt", i)
	}
	r.put("stop/", names...)
	p := r.browses("stop")
	r.app.Clipboard().SetContent("what was there before")
	p.pickAll()
	p.links.copyChosen()
	r.until("some are made", func() bool { return p.links.done > 0 || p.links.making == 0 })
	if p.links.making == 0 {
		t.Fatal("all of them were made before anything was said")
	}
	if !strings.HasPrefix(p.foot.text.text, "Making ") || !p.foot.cancel.Visible() || p.foot.copy.Visible() {
		t.Errorf("the foot says %q", p.foot.text.text)
	}
	p.foot.cancel.onTap()
	r.busy.Wait()
	for len(r.queue) > 0 {
		(<-r.queue)()
	}
	if got := r.app.Clipboard().Content(); got != "what was there before" || p.links.making != 0 {
		t.Errorf("%d bytes are on the clipboard", len(got))
	}
}

func TestCrumbsLeadWhereTheySay(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	led := ""
	c := r.newCrumbs(func(folder string) { led = folder })
	const deep = "one/two/three/four/five/six/"
	c.set("bucket", deep)
	for _, width := range []float32{1200, 300, 180, 60} {
		c.all.Resize(fyne.NewSize(width, 20))
		c.Layout(nil, c.all.Size())
		end, shown := float32(0), 0
		for i, b := range c.above {
			if !b.Visible() {
				continue
			}
			shown++
			if b.Position().X < end-0.01 {
				t.Errorf("at %v, %q overlaps what is before it", width, b.text)
			}
			end = b.Position().X + b.Size().Width
			b.onTap()
			if want := strings.Join(strings.SplitAfter(deep, "/")[:i], ""); led != want {
				t.Errorf("%q leads to %q", b.text, led)
			}
		}
		if width == 1200 && (shown != 6 || c.dots.Visible()) || width < 1200 && !c.dots.Visible() {
			t.Errorf("at %v, %d are in sight, and the dots are %v", width, shown, c.dots.Visible())
		}
		if c.dots.Visible() {
			c.dots.onTap()
			if !strings.HasPrefix(deep, led) || led == deep {
				t.Errorf("the dots lead to %q", led)
			}
		}
	}
	c.set("bucket", "")
	if len(c.above) != 0 || c.last.text != "bucket" {
		t.Errorf("%d, %q", len(c.above), c.last.text)
	}
}
