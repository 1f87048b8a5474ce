package gui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"waybill/internal/teststore"
	"waybill/signer"
)

// wantsCode opens a window with a role that wants the code of an MFA device, and leads to a real store.
func wantsCode(t *testing.T) (*rig, func(code string)) {
	t.Helper()
	m := teststore.StartMinIO(t, false)
	a := atAWS(t, "[default]\nendpoint_url = "+m.Endpoint+"\n"+mfaConfig, baseKeys)
	grantsOf(a, m)
	a.Set(func() { a.Code, a.Longest = "123456", 12*time.Hour })
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, teststore.Bucket)
	return r, func(code string) { a.Set(func() { a.Code = code }) }
}

// TestCodeIsAskedForWhenFilesGo, and not before: a wrong one is asked for again, and the right one sends the file.
func TestCodeIsAskedForWhenFilesGo(t *testing.T) {
	r, _ := wantsCode(t)
	d := r.send.dest
	if len(r.codes.queue) != 0 || r.notices.lines[codeNotice] != nil {
		t.Fatal("a look has asked for a code")
	}
	if !strings.Contains(d.line.label.Text, "signs with a code") || d.buttons.signIn.Hidden || d.buttons.signIn.text != "Enter the code" {
		t.Errorf("%q, %+v", d.line.label.Text, d.buttons.signIn)
	}
	h := r.listens()
	r.send.drop([]string{r.file("a.txt", "hello"), r.file("b.txt", "there"), r.file("c.txt", "all")})
	r.asked()
	said := r.says(codeNotice)
	if !strings.Contains(said, "MFA device anna") || !strings.Contains(said, "arn:aws:iam::111122223333:mfa/anna") || !strings.Contains(said, "profile default") {
		t.Errorf("it asks %q", said)
	}
	if len(r.codes.queue) != 1 || len(h.said) != 1 {
		t.Errorf("%d questions, told %+v", len(r.codes.queue), h.said)
	}
	r.enters("12345")
	if r.codes.about.label.Text != "A code is six digits." || len(r.codes.queue) != 1 {
		t.Errorf("%q, %d questions", r.codes.about.label.Text, len(r.codes.queue))
	}
	r.enters("000000")
	if r.codes.about.label.Text != "Checking the code…" || r.window.Canvas().Focused() != nil {
		t.Errorf("%q; the keyboard is at %T", r.codes.about.label.Text, r.window.Canvas().Focused())
	}
	r.until("it is asked for again", func() bool { return len(r.codes.queue) > 0 })
	if !strings.Contains(r.codes.about.label.Text, "not accepted") || r.codes.field.Text != "" {
		t.Errorf("%q, %q in the field", r.codes.about.label.Text, r.codes.field.Text)
	}
	r.enters("123 456")
	r.over(3)
	for i, row := range r.send.shown {
		if !row.Good(time.Now()) {
			t.Errorf("%+v", r.content(i))
		}
	}
	r.until("the line is gone", func() bool { return r.notices.lines[codeNotice] == nil })
	if r.window.Canvas().Focused() != nil {
		t.Errorf("the keyboard is at %T", r.window.Canvas().Focused())
	}
	r.until("the destination is known", func() bool { return d.known && d.buttons.all.Hidden })
}

// TestCodeIsDeclined: what waits says why, nothing hangs, and it goes on when the code is given after all.
func TestCodeIsDeclined(t *testing.T) {
	r, _ := wantsCode(t)
	r.send.drop([]string{r.file("a.txt", "hello"), r.file("b.txt", "there")})
	r.asked()
	r.codes.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	r.until("both wait", func() bool { return r.send.totals().signIns == 2 })
	if row := r.content(1); row.main != "Enter the code" || !strings.Contains(row.text, "asks for a code of the MFA device") || r.notices.lines[codeNotice] != nil {
		t.Errorf("%+v", row)
	}
	_, act := r.send.content1(1)
	act.main()
	r.asked()
	r.enters("123456")
	r.over(2)
	if !r.send.shown[0].Good(time.Now()) || !r.send.shown[1].Good(time.Now()) {
		t.Errorf("%+v, %+v", r.content(0), r.content(1))
	}
	r.until("the outcome is said", func() bool { return strings.Contains(r.says(signInNotice), "Signed in with default.") })
}

// TestDeclinedSignInSaysSo where it was not a transfer that asked.
func TestDeclinedSignInSaysSo(t *testing.T) {
	r, _ := wantsCode(t)
	r.send.dest.buttons.signIn.Tapped(nil)
	r.asked()
	r.key("escape")
	r.until("it is said", func() bool { return strings.Contains(r.says(signInNotice), "got none") })
	r.press(signInNotice, "Try again")
	r.asked()
	r.enters("123456")
	r.until("the outcome is said", func() bool { return strings.Contains(r.says(signInNotice), "Signed in with default.") })
}

// TestQuestionsComeOneAfterTheOther, however many ask at once; a no is for all that ask the same, and one that is not
// wanted any more goes away.
func TestQuestionsComeOneAfterTheOther(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	type answer struct {
		code string
		err  error
	}
	ask := func(ctx context.Context, profile string) chan answer {
		given := make(chan answer, 1)
		before := len(r.codes.queue)
		go func() {
			code, err := r.codes.ask(ctx, signer.CodeQuestion{Profile: profile, Serial: "arn:aws:iam::1:mfa/" + profile})
			given <- answer{code, err}
		}()
		r.until("it is asked", func() bool { return len(r.codes.queue) == before+1 })
		return given
	}
	gone, cancel := context.WithCancel(t.Context())
	one, two, three, four := ask(t.Context(), "a"), ask(t.Context(), "b"), ask(gone, "c"), ask(t.Context(), "b")
	if said := r.says(codeNotice); !strings.Contains(said, "device a") {
		t.Errorf("first %q", said)
	}
	r.enters("111111")
	if got := <-one; got.code != "111111" || got.err != nil {
		t.Errorf("%+v", got)
	}
	if said := r.says(codeNotice); !strings.Contains(said, "device b") || r.codes.field.Text != "" {
		t.Errorf("then %q", said)
	}
	r.codes.cancel.Tapped(nil)
	for _, c := range []chan answer{two, four} {
		if got := <-c; !errors.Is(got.err, errDeclined) {
			t.Errorf("%+v", got)
		}
	}
	if said := r.says(codeNotice); !strings.Contains(said, "device c") {
		t.Errorf("then %q", said)
	}
	cancel()
	r.until("the question goes", func() bool { return r.notices.lines[codeNotice] == nil })
	if got := <-three; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%+v", got)
	}
}

// TestLongerSession: where links would end with the session of a role that may allow more, a button asks for it.
func TestLongerSession(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	a := atAWS(t, "[default]\nendpoint_url = "+m.Endpoint+"\nduration_seconds = 3600\n"+mfaConfig, baseKeys)
	grantsOf(a, m)
	a.Set(func() { a.Code, a.Longest = "123456", 4*time.Hour })
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, teststore.Bucket)
	d := r.send.dest
	r.fill(d.lasts, "4 hours")
	d.buttons.signIn.Tapped(nil)
	r.asked()
	r.enters("123456")
	r.until("links end early", func() bool { return d.known && d.outlook.Warning != nil })
	if !strings.Contains(d.line.label.Text, "when the session of default ends, not for 4 hours") || strings.Contains(d.help.label.Text, "--longer") || d.buttons.longer.Hidden {
		t.Fatalf("%q, %q", d.line.label.Text, d.help.label.Text)
	}
	r.key("longer")
	if d.buttons.longer.text != "Asking…" {
		t.Errorf("the button says %q", d.buttons.longer.text)
	}
	r.asked()
	r.codes.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	r.until("it is said", func() bool { return strings.Contains(r.says(sessionNotice), "got none") })
	if d.buttons.longer.text != "Longer session" || d.buttons.longer.Hidden {
		t.Errorf("the button says %q", d.buttons.longer.text)
	}
	r.key("longer")
	r.asked()
	r.enters("123456")
	r.until("the line follows", func() bool {
		return d.outlook.Warning == nil && strings.HasPrefix(d.line.label.Text, "Links work until")
	})
	if d.buttons.longer.Visible() || d.buttons.all.Visible() || r.notices.lines[sessionNotice] != nil {
		t.Error("the button or the notice is still there")
	}
	// More than the role allows: it says so, and offers it no more.
	r.fill(d.lasts, "1 day")
	r.until("links end early", func() bool { return d.known && d.outlook.Warning != nil })
	if !strings.Contains(d.help.label.Text, "The role allows no longer session") || d.buttons.longer.Visible() {
		t.Errorf("%q", d.help.label.Text)
	}
}
