package gui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// outsideStore is another name for the shared store.
func outsideStore(t *testing.T) string {
	t.Helper()
	outside := strings.Replace(store.Endpoint(), "127.0.0.1", "localhost", 1)
	if outside == store.Endpoint() {
		t.Fatalf("the store is at %s", outside)
	}
	return outside
}

// TestUploadSettingsOfADestination: chosen on their page, remembered for the folder and those in it, and what is sent there
// gets them; its links lead to the link endpoint, and say from where they work.
func TestUploadSettingsOfADestination(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, sandbox.Bucket)
	r.fill(r.send.dest.prefix, "here")
	d := r.send.dest
	if d.upload.text != "Upload settings" || !d.upload.Visible() {
		t.Errorf("%q, in sight: %v", d.upload.text, d.upload.Visible())
	}
	r.until("how far links reach is said", func() bool { return strings.Contains(d.line.label.Text, "on this computer only") })
	r.key("upload")
	p := r.here
	if !p.all.Visible() || r.window.Canvas().Focused() != fyne.Focusable(p.endpoint) || !strings.Contains(p.title.text, sandbox.Bucket+"/here/") {
		t.Fatalf("in sight: %v, %q", p.all.Visible(), p.title.text)
	}
	r.until("where links lead is said", func() bool { return strings.Contains(p.reach.label.Text, "which is this computer") })

	// What is wrong is said as it is typed, and not remembered.
	for _, c := range []struct {
		field *plainField
		text  string
		says  string
	}{
		{p.endpoint, "files.example.com", "not an http or https address"},
		{p.endpoint, "http://files.example.com", "unencrypted"},
		{p.tags, "a=what?", "has a character"},
		{p.metadata, "no value", "none that a header can have"},
		{p.cache, "naïve", "cannot have"},
	} {
		typeInto(c.field, c.text)
		if !p.wrong.all.Visible() || !strings.Contains(p.wrong.label.Text, c.says) || !p.help.all.Visible() {
			t.Errorf("%q: %q", c.text, p.wrong.label.Text)
		}
		p.save.onTap()
		if !p.all.Visible() || len(r.desk.Settings().Uploads)+len(r.desk.Settings().LinkEndpoints) > 0 {
			t.Errorf("%q is remembered", c.text)
		}
		c.field.SetText("")
	}
	p.endpoint.SetText("http://files.example.com")
	p.http.Tapped(nil)
	if p.wrong.all.Visible() {
		t.Errorf("allowed: %q", p.wrong.label.Text)
	}
	p.http.Tapped(nil)
	p.class.SetText("DEEP_ARCHIVE")
	p.class.commit()
	p.endpoint.SetText("")
	if !p.expect.all.Visible() || !strings.Contains(p.expect.label.Text, "links will not work") {
		t.Errorf("of an archive it says %q", p.expect.label.Text)
	}
	p.class.SetText("")
	p.class.commit()
	if p.expect.all.Visible() {
		t.Error("it still warns")
	}

	typeInto(p.endpoint, outsideStore(t))
	typeInto(p.tags, "project=atlas")
	typeInto(p.metadata, "draft=yes")
	typeInto(p.cache, "no-store")
	p.cache.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.until("it is remembered", func() bool { return r.send.all.Visible() })
	if d.upload.text != "Own upload settings" {
		t.Errorf("%q", d.upload.text)
	}
	s := r.desk.Settings()
	if u, _ := s.UploadOf(d.at); u.CacheControl != "no-store" || u.Tags["project"] != "atlas" || u.Metadata["draft"] != "yes" {
		t.Errorf("%+v", u)
	}
	if e := s.LinkEndpointOf(d.at.Store, sandbox.Bucket); e.URL != outsideStore(t) {
		t.Errorf("%+v", e)
	}

	r.fill(d.prefix, "here/below")
	r.send.drop([]string{r.file("a.txt", "sent with settings")})
	r.over(1)
	if row := r.send.shown[0]; row.Link == nil || !row.Link.Verified || !strings.HasPrefix(row.Link.URL, outsideStore(t)+"/") {
		t.Fatalf("%+v, %v", row.Link, row.Trouble)
	}
	if got := r.content(0).text; !strings.Contains(got, "on this computer only") {
		t.Errorf("the row says %q", got)
	}
	if got := fetch(t, r.clipboard()); got != "sent with settings" {
		t.Errorf("%q", got)
	}
	r.until("the Links place has it", func() bool { return len(r.links.entries) == 1 })
	if c, _ := r.line("a.txt"); !strings.Contains(c.text, "on this computer only") {
		t.Errorf("the Links place says %q", c.text)
	}
	if about := r.links.about(r.entry("a.txt")); !strings.Contains(about, "Signed for "+outsideStore(t)) {
		t.Errorf("%q", about)
	}
	if copied, err := r.desk.CopyLink(t.Context(), r.entry("a.txt").ID); err != nil || !strings.HasPrefix(copied.URL, outsideStore(t)) {
		t.Errorf("copied: %v", err)
	}

	// The folder below shows whose they are, and may have its own.
	r.key("upload")
	if p.cache.Text != "no-store" || !strings.Contains(p.from.label.Text, "were chosen for "+sandbox.Bucket+"/here/") || p.endpoint.Text != outsideStore(t) {
		t.Errorf("%q, %q, %q", p.cache.Text, p.from.label.Text, p.endpoint.Text)
	}
	p.endpoint.SetText("")
	for _, f := range []*plainField{p.tags, p.metadata, p.cache} {
		f.SetText("")
	}
	p.save.onTap()
	r.until("it is remembered", func() bool { return r.send.all.Visible() })
	if u, _ := r.desk.Settings().UploadOf(d.at); !u.IsZero() || d.upload.text != "Upload settings" {
		t.Errorf("%+v, %q", u, d.upload.text)
	}
	above := d.at
	above.Prefix = "here/"
	if u, _ := r.desk.Settings().UploadOf(above); u.CacheControl != "no-store" {
		t.Errorf("above: %+v", u)
	}

	// Escape gives up.
	r.key("upload")
	typeInto(p.cache, "max-age=1")
	p.cache.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if u, _ := r.desk.Settings().UploadOf(d.at); !r.send.all.Visible() || !u.IsZero() {
		t.Errorf("%v, %+v", r.send.all.Visible(), u)
	}
}

// TestNotificationSaysHowFarLinksReach: whoever is not looking at the window knows whom the link is good for.
func TestNotificationSaysHowFarLinksReach(t *testing.T) {
	r := open(t, "", Options{})
	link := func(reach desk.Reach) *transfer {
		return &transfer{Transfer: desk.Transfer{Link: &desk.Link{Ends: time.Now().Add(time.Hour), Reach: reach}}}
	}
	for _, c := range []struct {
		links []*transfer
		says  string
	}{
		{[]*transfer{link(desk.ReachComputer)}, " This link works only on this computer."},
		{[]*transfer{link(desk.ReachNetwork), link(desk.ReachAnywhere)}, " These links work only in this network."},
		{[]*transfer{link(desk.ReachNetwork), link(desk.ReachComputer)}, " These links work only on this computer."},
	} {
		if got := r.send.whatIsCopied(c.links); !strings.HasSuffix(got, c.says) {
			t.Errorf("%q", got)
		}
	}
	if got := r.send.whatIsCopied([]*transfer{link(desk.ReachAnywhere)}); strings.Contains(got, "only") {
		t.Errorf("%q", got)
	}
}

// TestChoicesHaveRoom: the sentence below the destination has the window's width, and what may be chosen for a drop stands
// below it, side by side; in a window too narrow for that, it goes on in the next line.
func TestChoicesHaveRoom(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, sandbox.Bucket)
	r.fill(r.send.dest.prefix, "a/folder/with a longer name")
	d := r.send.dest
	if err := r.desk.SetUpload(t.Context(), d.at, desk.UploadSettings{CacheControl: "no-store"}); err != nil {
		t.Fatal(err)
	}
	d.say() // "Own upload settings" is longer
	for _, width := range []float32{960, 720, 560} {
		r.window.Resize(fyne.NewSize(width, 480))
		r.relayout()
		if d.line.all.Size().Width < d.choices.Size().Width {
			t.Errorf("%v wide: the sentence has %v of %v", width, d.line.all.Size().Width, d.choices.Size().Width)
		}
		one := true
		for i, o := range d.choices.Objects {
			end := o.Position().Add(o.Size())
			if end.X > d.choices.Size().Width || end.Y > d.choices.Size().Height || o.Size().Width < o.MinSize().Width {
				t.Errorf("%v wide: number %d has no room: it ends at %v in %v", width, i, end, d.choices.Size())
			}
			one = one && o.Position().Y < d.choices.Objects[0].Size().Height
		}
		if one != (width >= 720) {
			t.Errorf("%v wide: all in one line: %v", width, one)
		}
	}
}
