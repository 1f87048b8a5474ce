package gui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// content1 is what a line of the list shows.
func (s *sendPlace) content1(at int) (rowContent, rowActions) { return s.row(s.shown[at]) }

// row says in a row how a transfer stands, and offers what can be done with it.
func (s *sendPlace) row(t *transfer) (rowContent, rowActions) {
	if t.Kind == desk.KindBundle {
		return s.pageRow(t)
	}
	c := rowContent{kind: kindOf(t.Name), name: t.Name}
	cancel := func(fyne.CanvasObject) { t.carrier.drop.Cancel(t.ID) }
	w := s.u.words
	progress := func() {
		c.bar, c.barTone = true, colorAccent
		if t.Size > 0 {
			c.part = float64(t.Done) / float64(t.Size)
		}
		c.text = lang.L("{{.Done}} of {{.Size}}", args{"Done": w.size(t.Done), "Size": w.size(t.Size)})
		c.side, c.sideTip = iconClose, lang.L("Cancel")
	}
	switch t.State {
	case desk.Queued:
		c.text, c.chip = w.size(t.Size), lang.L("Next")
		c.side, c.sideTip = iconClose, lang.L("Cancel")
		return c, rowActions{side: cancel}
	case desk.Sending:
		if s.asks[t.ID] != nil {
			return s.question(t, c)
		}
		progress()
		if t.Waiting != nil {
			c.text, c.texts, c.barTone = told(t.Waiting.What), colorWarn, colorMuted
			c.chip, c.chipTone, c.chipTip = lang.L("Waiting"), warning, helpIn(t.Waiting)
			if at := t.Waiting.SignIn; at != nil {
				c.main = signInWord(t.Waiting)
				return c, rowActions{side: cancel, main: func() { s.u.signIn(*at, nil) }}
			}
			return c, rowActions{side: cancel}
		}
		c.note = strings.Join(nonEmpty(w.speed(t.Speed), w.left(t.Left)), " · ")
		c.main = lang.L("Pause")
		return c, rowActions{side: cancel, main: func() { t.carrier.drop.Pause(t.ID) }}
	case desk.Paused:
		progress()
		c.barTone = colorMuted
		c.chip, c.main = lang.L("Paused"), lang.L("Resume")
		return c, rowActions{side: cancel, main: func() { t.carrier.drop.Resume(t.ID) }}
	case desk.Verifying:
		progress()
		c.part, c.text, c.side = 1, lang.L("Sent; trying the link"), iconNone
		return c, rowActions{}
	case desk.Sent:
		return s.sentRow(t, c)
	case desk.Skipped:
		c.text, c.chip = lang.L("The name is taken, so it was not sent"), lang.L("Skipped")
		if t.Trouble != nil {
			c.text, c.help = told(t.Trouble.What), told(t.Trouble.Help)
			c.side, c.sideTip = iconClose, lang.L("Remove from the list")
			return c, rowActions{side: func(fyne.CanvasObject) { s.remove(t) }}
		}
	case desk.Cancelled:
		c.text, c.chip, c.main = lang.L("Nothing of it was kept"), lang.L("Cancelled"), lang.L("Send again")
	case desk.Failed:
		return s.failedRow(t, c)
	}
	c.side, c.sideTip = iconClose, lang.L("Remove from the list")
	return c, rowActions{main: func() { s.again(t) }, side: func(fyne.CanvasObject) { s.remove(t) }}
}

// question asks what to do about a taken name.
func (s *sendPlace) question(t *transfer, c rowContent) (rowContent, rowActions) {
	c.text, c.texts = lang.L("{{.Key}} is there already", args{"Key": t.Key}), colorWarn
	c.more = []string{lang.L("Keep both"), lang.L("Replace"), lang.L("Skip")}
	answer := func(a desk.Clash) func() {
		return func() {
			if reply := s.asks[t.ID]; reply != nil {
				delete(s.asks, t.ID)
				reply <- a
				s.show()
			}
		}
	}
	c.side, c.sideTip = iconClose, lang.L("Cancel")
	return c, rowActions{side: func(fyne.CanvasObject) { t.carrier.drop.Cancel(t.ID) }, more: []func(){answer(desk.ClashKeepBoth), answer(desk.ClashReplace), answer(desk.ClashSkip)}}
}

// sentRow is the row of a file that has turned into its link.
func (s *sendPlace) sentRow(t *transfer, c rowContent) (rowContent, rowActions) {
	w := s.u.words
	parts := []string{w.size(t.Size)}
	if t.Link != nil {
		parts = append(parts, w.end(t.Link.Ends, t.Link.Because, s.u.now()))
		parts = append(parts, nonEmpty(near(t.Link.Reach))...)
		if t.Link.Verified {
			parts = append(parts, lang.L("checked"))
		}
	}
	if name := lastSegment(t.Key); name != lastSegment(t.Name) {
		parts = append([]string{lang.L("as {{.Name}}", args{"Name": name})}, parts...)
	}
	c.text = strings.Join(parts, " · ")
	c.side, c.sideTip = iconMore, lang.L("More")
	act := rowActions{side: func(at fyne.CanvasObject) { s.menu(t, at) }, main: func() { s.copyLinks([]*transfer{t}) }}
	switch {
	case t.ended(s.u.now()):
		c.chip, c.main, act.main = lang.L("Ended"), lang.L("Send again"), func() { s.again(t) }
	case t.Trouble != nil:
		c.text, c.texts, c.help = told(t.Trouble.What), colorWarn, told(t.Trouble.Help)
		switch {
		case t.Link == nil:
			c.chip, c.chipTone, act.main = lang.L("No link"), bad, nil
		case t.Refused():
			c.chip, c.chipTone, act.main = lang.L("Link refused"), bad, nil
		default:
			c.chip, c.chipTone, c.main = lang.L("Link not checked"), warning, lang.L("Copy")
		}
		if t.opened {
			c.open = details(t.Trouble)
		}
	case t.copied:
		c.chip, c.chipTone, c.main = lang.L("Link copied"), good, lang.L("Copy")
		if len(t.home.all) == 1 {
			c.mainKind = primary
		}
	default:
		c.chip, c.chipTone, c.main = lang.L("Sent"), good, lang.L("Copy")
	}
	return c, act
}

// failedRow says what went wrong and what to do; opened, it shows the technical detail.
func (s *sendPlace) failedRow(t *transfer, c rowContent) (rowContent, rowActions) {
	c.text, c.help, c.texts = told(t.Trouble.What), helpIn(t.Trouble), colorError
	c.chip, c.chipTone, c.main = lang.L("Not sent"), bad, lang.L("Retry")
	c.side, c.sideTip = iconMore, lang.L("More")
	if t.opened {
		c.open = details(t.Trouble)
	}
	if at := t.Trouble.SignIn; at != nil {
		c.main = signInWord(t.Trouble)
		return c, rowActions{main: func() { s.u.signIn(*at, func() { s.againAfter(*at) }) }, side: func(at fyne.CanvasObject) { s.menu(t, at) }}
	}
	act := rowActions{main: func() { s.again(t) }, side: func(at fyne.CanvasObject) { s.menu(t, at) }}
	if t.Trouble.Denied() {
		c.more, act.more = []string{lang.L("Check")}, []func(){func() { s.u.checking.open(t.Destination, s) }}
	}
	return c, act
}

// details is the whole of a trouble: what happened, what to do, and what a helper would ask for.
func details(t *desk.Trouble) string {
	lines := nonEmpty(told(t.What), told(t.Help))
	if t.Detail != "" {
		lines = append(lines, t.Code+": "+t.Detail)
	}
	return strings.Join(lines, "\n")
}

// menu offers what else can be done with a row that is over.
func (s *sendPlace) menu(t *transfer, at fyne.CanvasObject) {
	u := s.u
	var items []*fyne.MenuItem
	add := func(label string, do func()) *fyne.MenuItem {
		item := fyne.NewMenuItem(label, do)
		items = append(items, item)
		return item
	}
	if t.Link != nil && !t.ended(u.now()) {
		named := []desk.NamedLink{{Name: t.Name, URL: t.Link.URL}}
		label := lang.L("Copy the link")
		if t.Trouble != nil {
			label = lang.L("Copy the link all the same")
		}
		add(label, func() { s.copyLinks([]*transfer{t}) }).Shortcut = u.menuKey("copy")
		u.formatItems(add, func(f desk.Format) { u.copy(desk.CopyText(f, named)) })
		add(lang.L("Open in the browser"), func() { u.browse(t.Link.URL) })
		items = append(items, fyne.NewMenuItemSeparator())
	}
	if t.Refused() {
		add(lang.L("Check the destination"), func() { u.checking.open(t.Destination, s) })
	}
	if t.Trouble != nil {
		label := lang.L("Show the details")
		if t.opened {
			label = lang.L("Hide the details")
		}
		add(label, func() { t.opened = !t.opened; s.heights() })
		add(lang.L("Copy the details"), func() { u.copy(details(t.Trouble)) })
		add(lang.L("Copy report"), func() { u.reportOn(t.Trouble) })
	}
	if t.Path != "" {
		add(lang.L("Show in its folder"), func() { u.reveal(t.Path) })
	}
	add(lang.L("Remove from the list"), func() { s.remove(t) })
	u.popUp(items, at)
}

// formatItems adds the menu items for copying in other forms.
func (u *ui) formatItems(add func(string, func()) *fyne.MenuItem, copyAs func(desk.Format)) {
	for _, f := range []struct {
		label  string
		format desk.Format
	}{
		{lang.L("Copy as Markdown"), desk.FormatMarkdown},
		{lang.L("Copy as HTML"), desk.FormatHTML},
		{lang.L("Copy as a curl command"), desk.FormatCurl},
		{lang.L("Copy as a wget command"), desk.FormatWget},
		{lang.L("Copy as a PowerShell command"), desk.FormatPowerShell},
	} {
		add(f.label, func() { copyAs(f.format) })
	}
}

// popUp shows a menu below a button, or above it where there is no room.
func (u *ui) popUp(items []*fyne.MenuItem, at fyne.CanvasObject) {
	u.float.hideTip()
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), u.window.Canvas())
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(at)
	size := menu.MinSize()
	pos.X += at.Size().Width - size.Width
	if _, isRow := at.(*row); isRow {
		pos.X -= rowInset
		pos.Y += rowHeight - 8
	} else {
		pos.Y += at.Size().Height + 4
	}
	menu.ShowAtPosition(fyne.NewPos(max(pos.X, 4), pos.Y))
	u.window.Canvas().Focus(menu)
}

// nonEmpty drops what is empty.
func nonEmpty(texts ...string) []string {
	var kept []string
	for _, t := range texts {
		if t != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

func durationOf(seconds float64) time.Duration {
	const most = 30 * 24 * 3600
	return time.Duration(min(seconds, most) * float64(time.Second))
}
