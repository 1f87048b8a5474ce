package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// checkPlace looks whether a destination has what Waybill needs, step by step. It belongs to the Send place, which it leads
// back to.
type checkPlace struct {
	u   *ui
	all *fyne.Container

	title  *clipped
	about  *clipped // which destination, by which profile
	again  *button  // checks once more, or cancels
	sum    *clipped // the outcome, above all else
	sumBox *fyne.Container
	can    *prose // what works
	cannot *prose // what does not, and what that needs
	left   *prose // what could not be removed
	ask    *fyne.Container
	asked  *prose
	yes    *button
	no     *button
	card   *fyne.Container
	list   *fyne.Container
	scroll *container.Scroll
	lines  map[string]*checkStepLine
	policy *button
	report *button

	dest    desk.Destination
	check   *desk.Check // nil before the first
	running bool
	stop    context.CancelFunc
	reply   chan bool // for the question that is asked; nil while there is none
	from    place     // to go back to
}

func (u *ui) newCheckPlace() *checkPlace {
	p := &checkPlace{u: u, lines: map[string]*checkStepLine{}, stop: func() {}}
	back := u.iconButton(iconBack, lang.L("Back")+"  "+lang.L("Esc"), p.leave)
	p.title = newClipped(sizeTitle, colorText, true)
	p.title.text = lang.L("Check the destination")
	p.again = u.button(secondary, "", nil)
	head := container.New(fixedHeight(headHeight), container.New(line{gap: 8, stretch: p.title}, back, p.title, p.again))
	p.about = newClipped(sizeSmall, colorMuted, false)
	p.about.keepEnd = true

	p.sum = newClipped(sizeBody, colorText, true)
	p.can, p.cannot, p.left = u.prose("", colorMuted), u.prose("", colorError), u.prose("", colorWarn)
	p.sumBox = newCard(container.New(inset{16, 12, 16, 12}, container.New(stack{gap: 4}, p.sum, p.cannot.all, p.can.all, p.left.all)))
	p.asked = u.prose("", colorText)
	p.yes = u.button(primary, lang.L("Try it"), func() { p.answer(true) })
	p.no = u.button(secondary, lang.L("Write nothing"), func() { p.answer(false) })
	p.ask = container.NewStack(newSurface(colorAccentBack, colorNone, radius), container.New(inset{16, 12, 16, 12},
		container.New(stack{gap: 8}, p.asked.all, container.New(line{gap: 8}, p.yes, p.no))))

	p.list = container.New(stack{gap: gap})
	p.card = newCard(container.New(insetAll(16), p.list))
	p.scroll = container.NewVScroll(container.New(inset{0, 0, 12, 0}, container.New(stack{}, p.card)))
	p.policy = u.button(secondary, lang.L("Copy the policy"), p.copyPolicy)
	p.policy.tip = lang.L("The least that IAM has to allow for this destination, to be pasted there")
	p.report = u.button(secondary, lang.L("Copy the report"), p.copyReport)
	foot := container.New(fixedHeight(control), container.New(line{gap: 8}, p.policy, p.report))
	p.all = container.New(stack{gap: 8, stretch: p.scroll}, head, p.about, p.sumBox, p.ask, p.scroll, foot)
	p.all.Hide()
	return p
}

func (p *checkPlace) content() fyne.CanvasObject { return p.all }

func (p *checkPlace) inSight() { p.u.side.send.setOn(true); p.show() }

// open checks a destination, and comes back to where it was asked for.
func (p *checkPlace) open(dest desk.Destination, from place) {
	if p.running && dest == p.dest { // it is being looked at already
		p.u.open(p)
		return
	}
	p.stop()
	p.dest, p.from = dest, from
	p.begin()
	p.u.open(p)
	p.u.window.Canvas().Focus(p.again)
}

// checkHere checks what the fields of the Send place name.
func (u *ui) checkHere() {
	u.open(u.send)
	if d := u.send.dest; d.at.Bucket != "" && !d.none() && d.check() {
		u.checking.open(d.at, u.send)
		return
	}
	u.window.Canvas().Focus(u.send.dest.bucket)
}

// leave goes back. A check that is under way is cancelled, and removes what it has put.
func (p *checkPlace) leave() {
	if p.running { // it is nobody's any more, but for what it could not remove
		p.stop()
		p.running, p.reply, p.check = false, nil, nil
	}
	p.u.open(p.from)
	p.u.focusRows()
}

// inReach reports whether the place is open and nothing lies over it.
func (p *checkPlace) inReach() bool { return p.all.Visible() && p.u.shell.Visible() }

// key is what a key of other places does here; nil where it has no other meaning.
func (p *checkPlace) key(id string) func() {
	switch id {
	case "escape":
		return p.leave
	case "copy":
		return p.copyReport
	}
	return nil
}

// scrolls moves the steps by a key, and reports whether it was one for that.
func (p *checkPlace) scrolls(name fyne.KeyName) bool {
	const step = 40
	page := p.scroll.Size().Height - step
	var by float32
	switch name {
	case fyne.KeyDown:
		by = step
	case fyne.KeyUp:
		by = -step
	case fyne.KeyPageDown:
		by = page
	case fyne.KeyPageUp:
		by = -page
	default:
		return false
	}
	p.scrollTo(p.scroll.Offset.Y + by)
	return true
}

func (p *checkPlace) scrollTo(y float32) {
	most := max(p.scroll.Content.MinSize().Height-p.scroll.Size().Height, 0)
	p.scroll.ScrollToOffset(fyne.NewPos(0, max(min(y, most), 0)))
}

func (p *checkPlace) copyPolicy() {
	if p.check != nil {
		p.u.copy(p.check.Policy())
		p.policy.set(secondary, lang.L("Policy copied"), iconCheck, p.policy.tip, p.copyPolicy)
	}
}

func (p *checkPlace) copyReport() {
	if p.check != nil {
		p.u.copy(p.reportText())
		p.report.set(secondary, lang.L("Report copied"), iconCheck, "", p.copyReport)
	}
}

// uncopied takes back what the buttons say, when something else is on the clipboard.
func (p *checkPlace) uncopied() {
	p.policy.set(secondary, lang.L("Copy the policy"), iconNone, p.policy.tip, p.copyPolicy)
	p.report.set(secondary, lang.L("Copy the report"), iconNone, "", p.copyReport)
}
