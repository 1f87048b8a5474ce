package gui

import (
	"strings"
	"testing"
	"time"

	"waybill/internal/testaws"
	"waybill/internal/teststore"
)

// signedOut opens a window with a profile of SSO that leads to a real store, and nobody signed in.
func signedOut(t *testing.T) (*rig, *testaws.AWS, *openedApp) {
	t.Helper()
	m := teststore.StartMinIO(t, false)
	a := atAWS(t, "[default]\nendpoint_url = "+m.Endpoint+"\n"+ssoConfig, "")
	grantsOf(a, m)
	r := open(t, "", Options{})
	app := r.watched()
	r.ready()
	r.fill(r.send.dest.bucket, teststore.Bucket)
	return r, a, app
}

// TestSignInByTheBrowser: from the line below the fields, in the system's browser, which comes back; a transfer that was
// dropped before goes on by itself.
func TestSignInByTheBrowser(t *testing.T) {
	r, _, app := signedOut(t)
	d := r.send.dest
	if !strings.Contains(d.line.label.Text, "Nobody is signed in") || strings.Contains(d.help.label.Text, "waybill login") ||
		d.buttons.signIn.Hidden || d.buttons.signIn.text != "Sign in" || !d.buttons.longer.Hidden {
		t.Fatalf("%q, %q, %+v", d.line.label.Text, d.help.label.Text, d.buttons)
	}
	r.send.drop([]string{r.file("a.txt", "hello")})
	r.until("it waits", func() bool { return len(r.send.shown) == 1 && r.send.shown[0].Waiting != nil })
	row := r.content(0)
	if row.chip != "Waiting" || row.main != "Sign in" || !strings.Contains(row.text, "Nobody is signed in") || !strings.Contains(row.chipTip, "Sign in here") {
		t.Errorf("%+v", row)
	}
	if r.send.speed.text != "Waiting for somebody to sign in" {
		t.Errorf("the foot says %q", r.send.speed.text)
	}
	d.buttons.signIn.Tapped(nil)
	_, act := r.send.content1(0)
	act.main() // the same sign-in, not another one
	r.until("the browser was opened", func() bool { return len(app.urls) > 0 && r.says(signInNotice) != "" })
	said := r.says(signInNotice)
	if !strings.Contains(said, "Sign in with default") || !strings.Contains(said, "Your browser opens a page") || !strings.HasSuffix(r.signing.left.text, "min left") {
		t.Errorf("it says %q", said)
	}
	address := <-app.urls
	if address.Hostname() != "127.0.0.1" || address.RawQuery != "" {
		t.Errorf("the browser's command line has %s", address)
	}
	follows(t, address.String())
	r.over(1)
	if !r.send.shown[0].Good(time.Now()) {
		t.Errorf("%+v", r.content(0))
	}
	r.until("the outcome is said", func() bool { return strings.Contains(r.says(signInNotice), "Signed in with default.") })
	r.until("the line follows", func() bool {
		return strings.HasPrefix(d.line.label.Text, "Links work until") && d.buttons.all.Hidden
	})
	if len(app.urls) != 0 {
		t.Error("the browser was opened twice")
	}
}

// TestSignInByACode: the code can be copied, the page is opened by a button, time and cancel are there.
func TestSignInByACode(t *testing.T) {
	r, a, app := signedOut(t)
	a.Set(func() { a.Pending = -1 }) // nobody confirms yet
	r.key("signIn")
	r.until("the browser was opened", func() bool { return len(app.urls) > 0 && strings.Contains(r.says(signInNotice), "come back") })
	<-app.urls
	r.press(signInNotice, "Use a code instead")
	r.until("the code is shown", func() bool { return strings.Contains(r.says(signInNotice), testaws.DeviceCode) })
	if len(app.urls) != 0 {
		t.Error("the browser was opened unasked")
	}
	if said := r.says(signInNotice); !strings.Contains(said, "here or on another device") || !strings.HasSuffix(r.signing.left.text, "min left") {
		t.Errorf("it says %q", said)
	}
	r.press(signInNotice, "Copy the code")
	if r.clipboard() != testaws.DeviceCode {
		t.Errorf("%q is on the clipboard", r.clipboard())
	}
	r.press(signInNotice, "Copy the address")
	if !strings.HasPrefix(r.clipboard(), a.URL+"/device") {
		t.Errorf("%q is on the clipboard", r.clipboard())
	}
	r.press(signInNotice, "Open the page")
	if door := <-app.urls; door.Hostname() != "127.0.0.1" || strings.Contains(door.String(), testaws.DeviceCode) {
		t.Errorf("opened %s", door)
	}
	// Escape gives up, and everything is as it was.
	r.key("escape")
	r.until("it was given up", func() bool { return strings.Contains(r.says(signInNotice), "Nobody has signed in with default") })
	if r.signing != nil || !strings.Contains(r.send.dest.line.label.Text, "Nobody is signed in") {
		t.Errorf("%+v, %q", r.signing, r.send.dest.line.label.Text)
	}
	// Once more, and it is confirmed.
	r.send.dest.buttons.signIn.Tapped(nil)
	r.until("the browser was opened", func() bool { return len(app.urls) > 0 && strings.Contains(r.says(signInNotice), "come back") })
	r.press(signInNotice, "Use a code instead")
	r.until("the code is shown", func() bool { return strings.Contains(r.says(signInNotice), testaws.DeviceCode) })
	a.Set(func() { a.Pending = 0 })
	r.until("the outcome is said", func() bool { return strings.Contains(r.says(signInNotice), "Signed in with default.") })
}

// TestSignInThatComesToNothing is said in words, with a way to try again.
func TestSignInThatComesToNothing(t *testing.T) {
	for answer, words := range map[string]string{"expired": "Nobody signed in in time.", "denied": "Signing in was refused in the browser."} {
		r, a, app := signedOut(t)
		a.Set(func() { a.Answer, a.NoBrowserFlow = answer, true }) // a service that knows codes only: the page opens all the same
		r.key("signIn")
		r.until("the outcome is said", func() bool { return strings.Contains(r.says(signInNotice), words) })
		if address := <-app.urls; address.Hostname() != "127.0.0.1" {
			t.Errorf("opened %s", address)
		}
		a.Set(func() { a.Answer = "" })
		r.press(signInNotice, "Try again")
		r.until("it works", func() bool { return strings.Contains(r.says(signInNotice), "Signed in with default.") })
	}
}

// TestSignInWhileATransferWaits: the session ends in the middle of a multipart upload. The row says so and signs in; then
// the upload goes on, and nothing that has arrived is sent again.
func TestSignInWhileATransferWaits(t *testing.T) {
	const parts, partsOfFirst = 4, 2
	m := teststore.StartMinIO(t, false)
	s := shorten(t, m, partsOfFirst)
	a := atAWS(t, "[default]\nendpoint_url = "+s.URL+"\n"+ssoConfig, "")
	grantsOf(a, m)
	granting, sessions := a.Grant, 0
	a.SignedInElsewhere(t, "corp", "first", time.Now().Add(time.Hour))
	r := open(t, "", Options{})
	app := r.watched()
	h := r.listens()
	r.ready()
	r.fill(r.send.dest.bucket, teststore.Bucket)
	r.until("the destination is known", func() bool { return r.send.dest.known })
	a.Set(func() {
		clear(a.Tokens) // what was granted so far holds until the store says otherwise; the SSO session is over
		a.Grant = func(who string, length time.Duration) testaws.Keys { sessions++; return granting(who, length) }
	})
	big := strings.Repeat("0123456789abcdef", parts*(16<<20)/16)
	r.send.drop([]string{r.file("big.bin", big)})
	r.until("it waits", func() bool { return len(r.send.shown) == 1 && r.send.shown[0].Waiting != nil })
	if row := r.content(0); row.main != "Sign in" || !row.bar || !strings.Contains(row.text, "Nobody is signed in") {
		t.Errorf("%+v", row)
	}
	if len(h.said) != 1 || h.said[0].title != "Waiting for somebody to sign in" {
		t.Errorf("the desktop heard %+v", h.said)
	}
	_, act := r.send.content1(0)
	act.main()
	r.until("the browser was opened", func() bool { return len(app.urls) > 0 })
	follows(t, (<-app.urls).String())
	r.over(1)
	sent := r.send.shown[0]
	if !sent.Good(time.Now()) || fetch(t, sent.Link.URL) != big {
		t.Fatalf("%+v", r.content(0))
	}
	s.Lock()
	defer s.Unlock()
	all := 0
	for _, n := range s.accepted {
		all += n
	}
	if s.created != 1 || s.accepted[s.first] != partsOfFirst || all != parts || len(s.accepted) < 2 || sessions == 0 {
		t.Errorf("%v parts in %d uploads, %d sessions", s.accepted, s.created, sessions)
	}
}

// TestSignInElsewhereIsNoticed at once, without a click: the line, the waiting row, the list and the notices follow.
func TestSignInElsewhereIsNoticed(t *testing.T) {
	r, a, app := signedOut(t)
	r.send.drop([]string{r.file("a.txt", "hello")})
	r.until("it waits", func() bool { return len(r.send.shown) == 1 && r.send.shown[0].Waiting != nil })
	r.ui.open(r.settings)
	line := r.settings.profiles.lines[0]
	if line.chip.text != "Signed out" || line.signIn.Hidden {
		t.Errorf("the list says %q", line.chip.text)
	}
	r.notices.trouble("copy", r.send.dest.refused, bad)
	a.SignedInElsewhere(t, "corp", "second", time.Now().Add(time.Hour))
	r.over(1)
	if !r.send.shown[0].Good(time.Now()) {
		t.Errorf("%+v", r.content(0))
	}
	r.until("the line follows", func() bool { return strings.HasPrefix(r.send.dest.line.label.Text, "Links work until") })
	r.until("the list follows", func() bool { return r.settings.profiles.lines[0].chip.text == "Signed in" })
	r.until("the notice goes", func() bool { return r.notices.lines["copy"] == nil })
	if o := r.send.dest.profile.options[0]; o.note != "SSO" || len(app.urls) > 0 {
		t.Errorf("the field offers %+v; %d pages opened", o, len(app.urls))
	}
}

// TestSignInWhereALinkIsCopied: what was wanted is done once somebody has signed in.
func TestSignInWhereALinkIsCopied(t *testing.T) {
	r, a, _ := signedOut(t)
	a.SignedInElsewhere(t, "corp", "first", time.Now().Add(time.Hour))
	r.until("somebody is signed in", func() bool { return r.send.dest.known })
	r.send.drop([]string{r.file("a.txt", "hello")})
	r.over(1)
	home := r.desk.Home()
	a.Set(func() { clear(a.Tokens) })
	a.SignedInElsewhere(t, "corp", "ended", time.Now().Add(-time.Minute))
	again := open(t, home, Options{}) // another window, whose credentials are not those of before
	app := again.watched()
	again.ready()
	again.ui.open(again.links)
	again.until("the ledger is read", func() bool { return len(again.links.shown) == 1 })
	_, act := again.links.row(0)
	act.main()
	again.until("it is refused", func() bool { return strings.Contains(again.says("copy"), "Nobody is signed in") })
	again.press("copy", "Sign in")
	again.until("the browser was opened", func() bool { return len(app.urls) > 0 })
	follows(t, (<-app.urls).String())
	again.until("the link is copied", func() bool { return strings.Contains(again.clipboard(), "X-Amz-Signature") })
	if got := fetch(t, again.clipboard()); got != "hello" || again.notices.lines["copy"] != nil {
		t.Errorf("%q; %q", got, again.says("copy"))
	}
}
