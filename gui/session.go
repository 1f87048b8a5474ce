package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// sessionNotice is the line about a longer session that could not be had.
const sessionNotice = "session"

// sessionButtons stand beside a line that says how far a session reaches: signing in, and asking for a longer one.
type sessionButtons struct {
	u      *ui
	all    *fyne.Container
	signIn *button
	longer *button

	asking bool   // for a longer session
	ask    func() // what that button does
}

// newSessionButtons makes the buttons; ask asks for a longer session of what they are about.
func (u *ui) newSessionButtons(ask func()) *sessionButtons {
	b := &sessionButtons{u: u, ask: ask, signIn: u.button(secondary, "", nil), longer: u.button(secondary, "", nil)}
	b.all = container.New(line{gap: 8}, b.signIn, b.longer)
	b.show(nil, desk.Outlook{})
	return b
}

// show offers what helps with a profile that does not sign, or whose links end early.
func (b *sessionButtons) show(refused *desk.Trouble, o desk.Outlook) {
	b.signIn.Hidden = refused == nil || refused.SignIn == nil || b.u.signsInNow(*refused.SignIn)
	b.longer.Hidden = refused != nil || !o.Stretch
	if !b.signIn.Hidden {
		store := *refused.SignIn
		b.signIn.set(secondary, signInWord(refused), iconNone, b.u.tipFor("signIn"), func() { b.u.signIn(store, nil) })
	}
	switch {
	case b.longer.Hidden:
	case b.asking:
		b.longer.set(secondary, lang.L("Asking…"), iconNone, "", nil)
	default:
		b.longer.set(secondary, lang.L("Longer session"), iconNone, b.u.tipFor("longer"), b.ask)
	}
	b.all.Hidden = b.signIn.Hidden && b.longer.Hidden
}

// stretch asks for a longer session of a store's role. What cannot be had is said in a line; then gets what links made now
// would be, or why it is not known.
func (b *sessionButtons) stretch(s desk.Store, expires time.Duration, then func(desk.Outlook, error)) {
	if b.asking {
		return
	}
	b.asking = true
	ask(b.u, func(ctx context.Context) (desk.Outlook, error) { return b.u.desk.Stretch(ctx, s, expires) }, func(o desk.Outlook, err error) {
		b.asking = false
		b.u.codes.show()
		b.u.notices.trouble(sessionNotice, desk.Explain(err), bad)
		then(o, err)
	})
}

// stretchHere asks for a longer session where a line offers it.
func (u *ui) stretchHere() {
	b := u.send.dest.buttons
	if u.asking.all.Visible() {
		b = u.asking.buttons
	}
	if !b.longer.Hidden && !b.asking {
		b.ask()
	}
}

// helpEarly says what to do about links that end early, where a button beside it asks for a longer session.
func helpEarly(o desk.Outlook) string {
	if other, _ := o.Warning.Help.Args["Longer"].(string); o.Stretch && other == "" {
		return lang.L("Ask for a longer session of the role, choose another profile, or ask for a shorter time.")
	}
	return told(o.Warning.Help)
}
