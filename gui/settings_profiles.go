package gui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// profileList lists the profiles of the AWS files: what kind each is, whose account it leads to, until when its session
// lasts, and why one cannot work.
type profileList struct {
	u    *ui
	all  *fyne.Container
	none *prose
	list *fyne.Container
	more *button

	profiles []desk.Profile // without the sandbox
	lines    []*profileLine // of those that are listed
	whole    bool           // all of them are
}

// profilesListed is how many are listed until somebody wants to see all.
const profilesListed = 8

func (u *ui) newProfileList() *profileList {
	l := &profileList{u: u, none: u.prose("", colorMuted), list: container.New(stack{gap: gap})}
	l.more = u.button(secondary, "", l.showAll)
	l.all = container.New(stack{gap: gap},
		u.prose(lang.L("Waybill reads the profiles of the AWS files as the AWS CLI does, and notices at once when somebody signs in elsewhere."), colorText).all,
		l.none.all, l.list, container.New(line{}, l.more))
	return l
}

// take lists these.
func (l *profileList) take(all []desk.Profile) {
	var mine []desk.Profile
	for _, p := range all {
		if !p.Sandbox {
			mine = append(mine, p)
		}
	}
	if l.lines != nil && slices.EqualFunc(mine, l.profiles, sameProfile) {
		return
	}
	l.profiles = mine
	l.show()
}

// sameProfile reports whether two readings of a profile look the same.
func sameProfile(a, b desk.Profile) bool {
	if (a.Problem == nil) != (b.Problem == nil) || a.Problem != nil && a.Problem.Error() != b.Problem.Error() {
		return false
	}
	a.Problem, b.Problem = nil, nil
	return a == b
}

func (l *profileList) showAll() {
	l.whole = true
	l.show()
}

// show builds the list anew.
func (l *profileList) show() {
	listed := l.profiles
	if !l.whole && len(listed) > profilesListed+1 { // a button for one more would take its room
		listed = listed[:profilesListed]
	}
	l.none.set(lang.L("There is none. “aws configure” writes one."), colorMuted)
	l.none.all.Hide()
	if len(listed) == 0 {
		l.none.all.Show()
	}
	l.more.set(secondary, lang.L("Show all {{.Count}}", args{"Count": l.u.words.count(len(l.profiles))}), iconNone, "", l.showAll)
	l.more.Hidden = len(listed) == len(l.profiles)
	l.list.Objects, l.lines = nil, make([]*profileLine, 0, len(listed))
	for _, p := range listed {
		one := l.u.profileLine(p)
		l.lines = append(l.lines, one)
		l.list.Objects = append(l.list.Objects, one.all)
	}
	l.tick()
	l.list.Hidden = len(listed) == 0
	l.all.Refresh()
	if l.u.settings != nil {
		l.u.settings.scroll.Refresh()
	}
}

// tick lets the ends of sessions come nearer.
func (l *profileList) tick() {
	now := l.u.now()
	for _, one := range l.lines {
		one.show(now)
	}
}

// profileLine is one of the list.
type profileLine struct {
	u      *ui
	p      desk.Profile
	all    *fyne.Container
	about  *clipped
	chip   *chip
	signIn *button
}

func (u *ui) profileLine(p desk.Profile) *profileLine {
	l := &profileLine{u: u, p: p, about: newClipped(sizeSmall, colorMuted, false), chip: newChip()}
	name := newClipped(sizeBody, colorText, true)
	name.text = profileOption(p).text()
	l.signIn = u.button(secondary, lang.L("Sign in"), func() { u.signIn(desk.Store{Profile: p.Name}, nil) })
	if p.MFA && p.Base != signer.KindSSO {
		l.signIn.set(secondary, lang.L("Enter the code"), iconNone, "", l.signIn.onTap)
	}
	words := container.New(stack{}, name, l.about)
	l.all = container.New(line{gap: 8, stretch: words}, words, l.chip, l.signIn)
	if t := p.Trouble(); t != nil {
		wrong := container.New(stack{gap: 2}, u.prose(told(t.What), colorError).all)
		if t.Help.ID != "" {
			wrong.Add(u.prose(told(t.Help), colorMuted).all)
		}
		l.all = container.New(stack{gap: 2}, l.all, wrong)
	}
	return l
}

// show says how the profile stands.
func (l *profileLine) show(now time.Time) {
	p, w := l.p, l.u.words
	kind, until, chip, tone, needs := kindInFull(p.Kind), "", "", neutral, false
	switch {
	case p.Problem != nil:
		kind, chip, tone = kindName(p.Kind), lang.L("Cannot work"), bad
	case p.SignedOut, !p.Renews && !p.Ends.IsZero() && !p.Ends.After(now):
		chip, tone, needs = lang.L("Signed out"), warning, true
		if !p.Ends.IsZero() {
			chip, until = lang.L("Session ended"), lang.L("ended {{.When}}", args{"When": w.moment(p.Ends, now)})
		}
	case p.Renews && !p.Ends.IsZero():
		chip, tone, until = lang.L("Signed in"), good, lang.L("renewed by itself")
	case !p.Ends.IsZero():
		chip, tone = lang.L("Signed in"), good
		until = lang.L("ends {{.When}}, in {{.Left}}", args{"When": w.moment(p.Ends, now), "Left": w.countdown(p.Ends.Sub(now))})
	case p.MFA:
		chip, needs = lang.L("Asks for a code"), true
	}
	l.about.set(strings.Join(nonEmpty(kind, until, p.Account, lastSegment(p.Role), p.Endpoint), " · "), colorMuted)
	l.about.Hidden = l.about.text == ""
	l.chip.set(chip, tone)
	l.chip.Hidden = chip == ""
	l.signIn.Hidden = !needs || !p.CanSignIn()
}

// kindInFull is kindName with words for the kinds that need none in a field.
func kindInFull(k signer.Kind) string {
	switch k {
	case signer.KindStatic:
		return lang.L("keys")
	case signer.KindEnvironment:
		return lang.L("keys in the environment")
	case signer.KindUnknown:
		return lang.L("no credentials")
	}
	return kindName(k)
}
