package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// sendPlace is where files are dropped and turn into links.
type sendPlace struct {
	u   *ui
	all *fyne.Container

	dest  *destination
	zone  *dropZone
	strip *dropStrip
	rows  *rows
	hint  *clipped

	foot      *fyne.Container
	pauseText *button
	copyText  *button
	// bundleText makes one link of what was sent with one each
	bundleText *button
	clearText  *button
	speed      *clipped

	groups  []*group // newest first
	shown   []*transfer
	byID    map[string]*transfer
	asks    map[string]chan<- desk.Clash // by transfer: what to do about a name that is taken
	waiting []string                     // dropped before it was clear where to, or how
	unsure  bool                         // they wait for the settings, which cannot be read
}

func (u *ui) newSendPlace(flags desk.Store) *sendPlace {
	s := &sendPlace{u: u, byID: map[string]*transfer{}, asks: map[string]chan<- desk.Clash{}}
	s.dest = u.newDestination(flags, s.destinationChanged)
	choose := func() { s.choose(false) }
	s.zone = u.dropZone(choose)
	s.zone.button.tip = u.tipFor("choose")
	s.strip = u.dropStrip(lang.L("Drop more files here, or"), lang.L("choose"), "", choose)
	s.rows = u.rows(func() int { return len(s.shown) }, s.content1, s.toggle)
	s.hint = newClipped(sizeSmall, colorMuted, false)
	s.pauseText = u.button(secondary, "", s.pauseAll)
	s.pauseText.tip = u.tipFor("pauseAll")
	s.copyText = u.button(secondary, lang.L("Copy all links"), s.copyAll)
	s.copyText.tip = u.tipFor("copyAll")
	s.bundleText = u.button(secondary, lang.L("One link for all"), s.bundleAll)
	s.bundleText.tip = u.tipFor("bundle")
	s.clearText = u.button(secondary, lang.L("Clear what is done"), s.clear)
	s.clearText.tip = u.tipFor("clear")
	s.speed = newWhole("", sizeSmall, colorMuted, false)
	free := container.NewWithoutLayout()
	s.foot = container.New(line{gap: gap, stretch: free}, s.pauseText, s.copyText, s.bundleText, s.clearText, free, s.speed)
	middle := container.NewStack(s.zone.all, s.rows.card)
	stripBox := container.New(fixedHeight(stripHeight), s.strip.all)
	s.all = container.New(&sendLayout{s, middle, stripBox}, s.dest.all, stripBox, middle, s.hint, s.foot)
	return s
}

func (s *sendPlace) content() fyne.CanvasObject { return s.all }

func (s *sendPlace) inSight() {}

// fixedHeight gives its one object a height.
type fixedHeight float32

// Layout implements fyne.Layout.
func (f fixedHeight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width, float32(f)))
}

// MinSize implements fyne.Layout.
func (f fixedHeight) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[0].MinSize().Width, float32(f))
}

// sendLayout puts the destination on top, what can be done at the bottom, and the rows or the large drop zone
// between them.
type sendLayout struct {
	s      *sendPlace
	middle *fyne.Container
	strip  fyne.CanvasObject
}

// Layout implements fyne.Layout.
func (l *sendLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put := func(o fyne.CanvasObject, y, height float32) {
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, max(height, 0)))
	}
	dest, hint, foot := objects[0], objects[3], objects[4]
	dest.Resize(fyne.NewSize(size.Width, 0)) // texts that wrap know their height once they know their width
	y := dest.MinSize().Height
	put(dest, 0, y)
	y += gap
	bottom := size.Height
	if l.strip.Visible() {
		put(l.strip, y, stripHeight)
		y += stripHeight + gap
		bottom -= control
		put(foot, bottom, control)
		bottom -= gap
	} else {
		height := hint.MinSize().Height
		bottom -= height
		put(hint, bottom, height)
		bottom -= gap
	}
	l.s.zone.fit(size.Width)
	// Where a card above has taken the room, the drop zone says less, and then nothing: files may be dropped on any
	// part of the window.
	l.s.zone.icon.Hidden, l.s.zone.text.Hidden = false, false
	if bottom-y < l.middle.MinSize().Height {
		l.s.zone.icon.Hidden, l.s.zone.text.Hidden = true, true
	}
	l.middle.Hidden = bottom-y < l.middle.MinSize().Height
	put(l.middle, y, bottom-y)
}

// MinSize implements fyne.Layout.
func (l *sendLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(420, 320) }

// destinationChanged is called when something about the destination has changed.
func (s *sendPlace) destinationChanged() {
	s.show()
	s.sendWaiting()
}

// tick is called once a second: what says when something ends is said anew.
func (s *sendPlace) tick() {
	s.dest.tick()
	if s.unsure { // the settings may have been mended
		s.sendWaiting()
	}
	if s.all.Visible() {
		s.rows.again()
	}
}
