package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// updateSettings says whether Waybill looks for a newer version, when it did last, and looks when asked to.
type updateSettings struct {
	u      *ui
	all    *fyne.Container
	look   *button
	last   *prose
	yes    *filterChip
	no     *filterChip
	failed *desk.Trouble // why the last look of this window came to nothing

	looking bool
}

func (u *ui) newUpdateSettings() *updateSettings {
	s := &updateSettings{u: u, last: u.prose("", colorMuted)}
	s.yes = newFilterChip(u, func() { u.allowUpdates(true) })
	s.no = newFilterChip(u, func() { u.allowUpdates(false) })
	s.look = u.button(secondary, lang.L("Look now"), u.lookNow)
	s.all = container.New(stack{gap: gap},
		container.New(stack{gap: 6}, newWhole(lang.L("Look for a newer version"), sizeSmall, colorMuted, false),
			container.New(inset{}, container.New(line{gap: 8}, s.yes, s.no))),
		u.prose(whatLookingIs(), colorText).all,
		s.last.all, container.New(line{}, s.look))
	s.show()
	return s
}

// show follows what was chosen and what was found.
func (s *updateSettings) show() {
	known := s.u.desk.Settings().Updates
	s.yes.set(lang.L("Once a day"), known.Look == desk.LookYes)
	s.no.set(lang.L("Never"), known.Look != desk.LookYes)
	switch {
	case s.looking:
		s.last.set(lang.L("Looking…"), colorMuted)
	case s.failed != nil:
		s.last.set(told(s.failed.What)+" "+told(s.failed.Help), colorWarn)
	case known.Looked.IsZero():
		s.last.set(lang.L("Nobody has looked yet."), colorMuted)
	default:
		s.last.set(lang.L("Last look: {{.When}}.", args{"When": s.u.words.zoned(known.Looked, s.u.now())}), colorMuted)
	}
}
