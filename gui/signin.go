package gui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
	"waybill/signer"
)

// signInNotice is the line in which somebody signs in, and which says what came of it.
const signInNotice = "sign-in"

// signingIn is a sign-in that is under way: one at a time.
type signingIn struct {
	u      *ui
	store  desk.Store
	byCode bool
	stop   context.CancelFunc
	given  bool              // up by the person
	step   signer.SignInStep // what is to be done in a browser; its zero value as long as nobody knows
	then   []func()          // what waits for it

	left *clipped // what says how much time there is; nil while nothing is shown
}

// signInButton is the button beside a trouble that is over once somebody has signed in.
func (u *ui) signInButton(t *desk.Trouble, then func()) *button {
	store := *t.SignIn
	b := u.button(secondary, signInWord(t), func() { u.signIn(store, then) })
	b.tip = u.tipFor("signIn")
	return b
}

// signInWord is what such a button says.
func signInWord(t *desk.Trouble) string {
	if t.Code == codeWanted || t.Code == codeRefused {
		return lang.L("Enter the code")
	}
	return lang.L("Sign in")
}

// The desk's codes of what only the code of an MFA device helps with.
const (
	codeWanted  = "MFA"
	codeRefused = "MFAWrong"
)

// helpIn says what to do about a trouble. Where a button beside it signs in, no command line has to.
func helpIn(t *desk.Trouble) string {
	switch {
	case t.SignIn != nil && t.Code == codeWanted:
		return lang.L("Enter the six digits that it shows; what was begun goes on by itself.")
	case t.SignIn != nil && t.Code != codeRefused:
		return lang.L("Sign in here or with the AWS CLI; what was begun goes on by itself.")
	}
	return told(t.Help)
}

// signIn signs in with a store's profile, and then does what waits for that. Where somebody signs in with it already, this
// waits for the same.
func (u *ui) signIn(s desk.Store, then func()) {
	if g := u.signing; g != nil {
		if g.store == s {
			g.await(then)
			return
		}
		g.stop()
	}
	u.beginSignIn(s, false, then)
}

func (u *ui) beginSignIn(s desk.Store, byCode bool, then ...func()) {
	g := &signingIn{u: u, store: s, byCode: byCode}
	for _, f := range then {
		g.await(f)
	}
	ctx, cancel := context.WithCancel(u.ctx)
	g.stop = cancel
	u.signing = g
	how := desk.SignInPrompt{DeviceCode: byCode, Show: func(step signer.SignInStep) {
		u.do(func() {
			if u.signing == g {
				g.step = step
				g.show()
			}
		})
	}}
	if !byCode {
		how.Open = func(_ context.Context, address string) error { return u.openByDoorway(address) }
	}
	u.notices.hide(signInNotice)
	time.AfterFunc(saidAfter, func() {
		u.do(func() {
			if u.signing == g && g.left == nil {
				g.show()
			}
		})
	})
	ask(u, func(context.Context) (desk.Signed, error) { return u.desk.SignIn(ctx, s, how) }, func(who desk.Signed, err error) {
		cancel()
		if u.signing == g { // else another one has begun, which has the line now
			u.signing = nil
			g.ended(who, err)
		}
	})
}

// signsInNow reports whether a line shows how to sign in with this store: a button for that would be one too many.
func (u *ui) signsInNow(s desk.Store) bool {
	return u.signing != nil && u.signing.left != nil && u.signing.store == s
}

func (g *signingIn) await(f func()) {
	if f != nil {
		g.then = append(g.then, f)
	}
}

// profileOf is the profile that signs for a store.
func (u *ui) profileOf(s desk.Store) string {
	if s.Profile == "" {
		return signer.DefaultProfile()
	}
	return s.Profile
}

// whoSigns is that profile as a person reads it.
func (u *ui) whoSigns(s desk.Store) string {
	if name := u.profileOf(s); name != signer.EnvironmentProfile {
		return name
	}
	return lang.L("Environment")
}

// cancel gives up; everything is as it was then.
func (g *signingIn) cancel() {
	g.given = true
	g.stop()
}

// useCode begins anew, with a code for a browser anywhere.
func (g *signingIn) useCode() {
	g.stop()
	g.u.beginSignIn(g.store, true, g.then...)
}

// show says what is to be done. Where that is to enter the code of an MFA device, that has a line of its own.
func (g *signingIn) show() {
	u := g.u
	if g.step.URL == "" && u.codes.shown != nil {
		u.notices.hide(signInNotice)
		g.left = nil
		return
	}
	title := u.prose(lang.L("Sign in with {{.Profile}}", args{"Profile": u.whoSigns(g.store)}), colorAccent)
	title.label.TextStyle.Bold = true
	cancel := u.button(secondary, lang.L("Cancel"), g.cancel)
	g.left = newWhole("", sizeSmall, colorMuted, false)
	all := container.New(stack{gap: 4}, container.New(line{gap: gap, stretch: title.all}, title.all, g.left))
	buttons := container.New(&flow{gap: 8})
	add := func(kind buttonKind, text string, do func()) *button {
		b := u.button(kind, text, do)
		buttons.Add(b)
		return b
	}
	var first *button
	switch {
	case g.step.URL == "":
		all.Add(u.prose(lang.L("Finding out where…"), colorText).all)
		first = cancel
	case g.step.Code != "":
		what := lang.L("Open the page in a browser, here or on another device, and confirm this code there:")
		if g.step.Opened {
			what = lang.L("Your browser opens a page: confirm this code there.")
		}
		all.Add(u.prose(what, colorText).all)
		all.Add(selectableCode(u, g.step.Code))
		first = add(primary, lang.L("Open the page"), g.openAgain)
		add(secondary, lang.L("Copy the code"), func() { u.copy(g.step.Code) })
		add(secondary, lang.L("Copy the address"), func() { u.copy(g.step.URL) })
	default:
		all.Add(u.prose(lang.L("Your browser opens a page: sign in there, and come back."), colorText).all)
		first = add(secondary, lang.L("Open it again"), g.openAgain)
		add(secondary, lang.L("Use a code instead"), g.useCode)
	}
	buttons.Add(cancel)
	all.Add(buttons)
	u.notices.put(signInNotice, accent, all)
	g.tick()
	u.send.dest.sayButtons()
	u.asking.say()
	if !u.typing() {
		u.window.Canvas().Focus(first)
	}
}

// selectableCode shows a code to be compared, large enough for a glance from another device.
func selectableCode(u *ui, code string) fyne.CanvasObject {
	label := widget.NewLabel(code)
	label.Selectable = true
	label.SizeName = sizeTitle
	label.TextStyle = fyne.TextStyle{Bold: true, Monospace: true}
	return container.NewThemeOverride(label, flatLook{u.look})
}

func (g *signingIn) openAgain() {
	if g.u.openByDoorway(g.step.URL) != nil {
		g.u.browserFailed()
	}
}

// tick says how much time there is.
func (g *signingIn) tick() {
	if g.left == nil {
		return
	}
	text := ""
	if left := g.step.Until.Sub(g.u.now()); !g.step.Until.IsZero() && left > 0 {
		text = lang.L("{{.Time}} left", args{"Time": g.u.words.countdown(left)})
	}
	if g.left.text != text {
		g.left.set(text, colorMuted)
		g.u.notices.box.Refresh()
	}
}

// ended says what came of it, and lets go on what has waited.
func (g *signingIn) ended(who desk.Signed, err error) {
	u, n := g.u, g.u.notices
	n.hide(signInNotice)
	u.codes.show()
	u.send.dest.sayButtons()
	u.asking.say()
	switch {
	case err == nil:
		said := notice{tone: good, text: lang.L("Signed in with {{.Profile}}.", args{"Profile": u.whoSigns(g.store)})}
		if !who.Ends.IsZero() {
			said.help = lang.L("The session lasts until {{.When}}.", args{"When": u.words.zoned(who.Ends, u.now())})
		}
		n.show(signInNotice, said)
		n.signedIn(g.store.Profile)
		for _, f := range g.then {
			f()
		}
	case g.given, errors.Is(err, context.Canceled):
		n.show(signInNotice, notice{tone: neutral, text: lang.L("Nobody has signed in with {{.Profile}}; everything is as it was.", args{"Profile": u.whoSigns(g.store)})})
	default:
		t := desk.Explain(err)
		n.show(signInNotice, notice{tone: bad, text: told(t.What), help: helpIn(t), actions: []*button{
			u.button(secondary, lang.L("Try again"), func() { u.beginSignIn(g.store, g.byCode, g.then...) })}})
	}
}

// signedIn takes away what was said of a session that somebody has signed in to since.
func (n *notices) signedIn(profile string) {
	for name, store := range n.signIns {
		if store.Profile == profile {
			n.hide(name)
		}
	}
}

// openByDoorway leads the browser to a page that is for this person only, from any goroutine.
func (u *ui) openByDoorway(address string) error {
	door, err := u.desk.Doorway(u.ctx, address)
	if err != nil {
		return err
	}
	return u.app.OpenURL(door)
}

// browserFailed says so. Why is not for the screen: it has the address.
func (u *ui) browserFailed() {
	u.notices.show("browser", notice{tone: warning, text: lang.L("The browser could not be opened."),
		help: lang.L("Copy the address, and paste it into a browser.")})
}

// typing reports whether a person may be typing: what comes up must not take the keyboard away then.
func (u *ui) typing() bool {
	switch f := u.window.Canvas().Focused().(type) {
	case *combo:
		return f.Text != f.committed.text()
	case interface{ SelectedText() string }:
		return f != u.codes.field
	}
	return false
}

// dropSignIn takes back what is asked about signing in, and reports whether there was anything.
func (u *ui) dropSignIn() bool {
	switch {
	case u.codes.shown != nil:
		u.codes.decline()
	case u.signing != nil && u.signing.left != nil:
		u.signing.cancel()
	default:
		return false
	}
	return true
}

// signInHere signs in with the profile of the place that is open.
func (u *ui) signInHere() {
	if s := u.storeHere(); !s.Sandbox {
		u.signIn(s, nil)
	}
}

// storeHere is the store of what a person looks at.
func (u *ui) storeHere() desk.Store {
	switch {
	case u.links.all.Visible():
		if list := u.links.chosen(); len(list) > 0 {
			return list[0].Destination.Store
		}
	case u.requests.all.Visible():
		if list := u.requests.chosen(); len(list) > 0 {
			return list[0].Destination.Store
		}
	case u.arrivals.all.Visible():
		return u.arrivals.request.Destination.Store
	case u.asking.all.Visible():
		return u.asking.to.at.Store
	}
	return u.send.dest.at.Store
}
