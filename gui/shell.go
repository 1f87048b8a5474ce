package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"waybill/assets"
)

// shellLayout puts the sidebar at the left, the notices at the top and the place that is open below them. A
// narrow window has a narrow sidebar.
type shellLayout struct{ u *ui }

// Layout implements fyne.Layout.
func (s *shellLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	slim := size.Width < narrow
	s.u.side.setSlim(slim)
	width := float32(sideWidth)
	if slim {
		width = sideNarrow
	}
	for _, o := range objects[:2] {
		o.Resize(fyne.NewSize(width, size.Height))
	}
	inner := fyne.NewSize(size.Width-width-2*margin, size.Height)
	top := float32(20)
	if box := objects[2]; box.Visible() {
		box.Move(fyne.NewPos(width+margin, top))
		box.Resize(fyne.NewSize(inner.Width, 0)) // texts that wrap know their height once they know their width
		height := box.MinSize().Height
		box.Resize(fyne.NewSize(inner.Width, height))
		top += height + gap
	}
	for _, o := range objects[3:] {
		o.Move(fyne.NewPos(width+margin, top))
		o.Resize(fyne.NewSize(inner.Width, size.Height-top-20))
	}
}

// MinSize implements fyne.Layout.
func (s *shellLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(560, 400) }

// sidebar leads to the places, and says who signs.
type sidebar struct {
	u        *ui
	all      *fyne.Container
	name     *clipped
	send     *navItem
	links    *navItem
	requests *navItem
	settings *navItem
	who      *clipped
	until    *prose
	foot     *fyne.Container
	slim     bool
}

func (u *ui) newSidebar() *sidebar {
	s := &sidebar{u: u, name: newClipped(theme.SizeNameText, colorText, true), who: newClipped(sizeSmall, colorText, true)}
	s.name.text = "Waybill"
	s.until = u.prose("", colorMuted)
	s.send = u.navItem(iconSend, lang.L("Send"), func() { u.open(u.send) })
	s.links = u.navItem(iconLink, lang.L("Links"), func() { u.open(u.links) })
	s.requests = u.navItem(iconRequest, lang.L("Requests"), func() { u.open(u.requests) })
	s.requests.loud = true
	s.settings = u.navItem(iconSettings, lang.L("Settings"), func() { u.open(u.settings) })
	s.send.tip, s.links.tip, s.requests.tip, s.settings.tip = u.tipFor("send"), u.tipFor("links"), u.tipFor("requests"), u.tipFor("settings")
	logo := canvas.NewImageFromResource(fyne.NewStaticResource("waybill-logo.svg", assets.LogoSmall))
	logo.SetMinSize(fyne.NewSquareSize(22))
	s.foot = container.New(stack{gap: 2}, s.who, s.until.all)
	s.all = container.New(&sideLayout{s}, logo, s.name, s.send, s.links, s.requests, s.settings,
		newSurface(colorLine, colorNone, 0), s.foot)
	return s
}

func (s *sidebar) setSlim(slim bool) {
	if s.slim == slim {
		return
	}
	s.slim = slim
	s.name.Hidden, s.foot.Hidden = slim, slim
	for _, n := range []*navItem{s.send, s.links, s.requests, s.settings} {
		n.slim = slim
		n.Refresh()
	}
}

// mark shows which place is open.
func (s *sidebar) mark(p place) {
	s.send.setOn(p == place(s.u.send))
	s.links.setOn(p == place(s.u.links))
	s.requests.setOn(p == place(s.u.requests))
	s.settings.setOn(p == place(s.u.settings))
}

// session says who signs, and until when they can.
func (s *sidebar) session(who, until string, color fyne.ThemeColorName) {
	s.who.set(who, colorText)
	if s.until.label.Text != until {
		s.until.set(until, color)
		s.all.Refresh()
	}
}

type sideLayout struct{ s *sidebar }

// Layout implements fyne.Layout.
func (l *sideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	logo, name, settings, rule, foot := objects[0], objects[1], objects[5], objects[6], objects[7]
	const edge = 12
	left := float32(20)
	if l.s.slim {
		left = (size.Width - 22) / 2
	}
	logo.Move(fyne.NewPos(left, 16))
	logo.Resize(fyne.NewSquareSize(22))
	name.Move(fyne.NewPos(left+30, 18))
	name.Resize(fyne.NewSize(size.Width-left-30-edge, name.MinSize().Height))
	y := float32(58)
	for _, item := range objects[2:5] {
		item.Move(fyne.NewPos(edge, y))
		item.Resize(fyne.NewSize(size.Width-2*edge, control))
		y += control + 4
	}
	bottom := size.Height - 16
	if foot.Visible() {
		foot.Resize(fyne.NewSize(size.Width-left-edge, 0))
		height := foot.MinSize().Height
		bottom -= height
		foot.Move(fyne.NewPos(left, bottom))
		foot.Resize(fyne.NewSize(size.Width-left-edge, height))
		bottom -= gap
		rule.Move(fyne.NewPos(edge, bottom))
		rule.Resize(fyne.NewSize(size.Width-2*edge, 1))
		bottom -= 4
	} else {
		rule.Resize(fyne.Size{})
	}
	settings.Move(fyne.NewPos(edge, bottom-control))
	settings.Resize(fyne.NewSize(size.Width-2*edge, control))
}

// MinSize implements fyne.Layout.
func (l *sideLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(sideNarrow, 300) }

// navItem leads to a place.
type navItem struct {
	widget.BaseWidget
	ui    *ui
	icon  icon
	text  string
	tip   string
	badge string
	loud  bool // the badge is news: it is seen in a narrow window too
	onTap func()

	on, slim, hovered, focused bool
}

func (u *ui) navItem(i icon, text string, onTap func()) *navItem {
	n := &navItem{ui: u, icon: i, text: text, onTap: onTap}
	n.ExtendBaseWidget(n)
	return n
}

func (n *navItem) setOn(on bool) {
	if n.on != on {
		n.on = on
		n.Refresh()
	}
}

func (n *navItem) setBadge(badge string) {
	if n.badge != badge {
		n.badge = badge
		n.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (n *navItem) Tapped(*fyne.PointEvent) { n.ui.float.hideTip(); n.onTap() }

// MouseIn implements desktop.Hoverable.
func (n *navItem) MouseIn(*desktop.MouseEvent) {
	n.hovered = true
	n.Refresh()
	n.ui.float.tipSoon(n, n.tip)
}

// MouseMoved implements desktop.Hoverable.
func (n *navItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (n *navItem) MouseOut() { n.hovered = false; n.ui.float.hideTip(); n.Refresh() }

// FocusGained implements fyne.Focusable.
func (n *navItem) FocusGained() { n.focused = true; n.Refresh() }

// FocusLost implements fyne.Focusable.
func (n *navItem) FocusLost() { n.focused = false; n.Refresh() }

// TypedRune implements fyne.Focusable.
func (n *navItem) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (n *navItem) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		n.onTap()
	default:
		n.ui.typedKey(k)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (n *navItem) AccessibilityLabel() string { return n.text }

// AccessibilityRole implements fyne.Accessible.
func (n *navItem) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleLink }

// CreateRenderer implements fyne.Widget.
func (n *navItem) CreateRenderer() fyne.WidgetRenderer {
	r := &navRenderer{n: n, ground: canvas.NewRectangle(nil), icon: &canvas.Image{}, word: canvas.NewText("", nil), badge: canvas.NewText("", nil)}
	r.badge.Alignment = fyne.TextAlignTrailing
	r.badge.TextStyle.Bold = true
	r.Refresh()
	return r
}

type navRenderer struct {
	n           *navItem
	ground      *canvas.Rectangle
	icon        *canvas.Image
	word, badge *canvas.Text
}

func (r *navRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.icon.Resize(fyne.NewSquareSize(buttonIcon))
	left := float32(10)
	if r.n.slim {
		left = (size.Width - buttonIcon) / 2
	}
	r.icon.Move(fyne.NewPos(left, (size.Height-buttonIcon)/2))
	word := r.word.MinSize()
	r.word.Move(fyne.NewPos(left+buttonIcon+10, (size.Height-word.Height)/2))
	r.word.Resize(word)
	badge := r.badge.MinSize()
	r.badge.Move(fyne.NewPos(size.Width-badge.Width-10, (size.Height-badge.Height)/2))
	if r.n.slim { // at the icon's upper right
		r.badge.Move(fyne.NewPos(min(left+buttonIcon, size.Width-badge.Width), 0))
	}
	r.badge.Resize(badge)
}

func (r *navRenderer) MinSize() fyne.Size { return fyne.NewSize(40, control) }

func (r *navRenderer) Refresh() {
	n := r.n
	fill, text := colorNone, colorMuted
	switch {
	case n.on:
		fill, text = colorAccentBack, colorAccent
	case n.hovered:
		fill, text = theme.ColorNameHover, colorText
	}
	r.ground.FillColor, r.ground.CornerRadius = theme.Color(fill), radius
	r.ground.StrokeWidth = 0
	if n.focused {
		r.ground.StrokeWidth, r.ground.StrokeColor = 2, theme.Color(colorAccent)
	}
	r.icon.Resource = n.icon.in(text)
	r.icon.Refresh()
	r.word.Text, r.word.Color, r.word.TextSize, r.word.TextStyle.Bold = n.text, theme.Color(text), theme.Size(sizeBody), n.on
	r.badge.Text, r.badge.Color, r.badge.TextSize = n.badge, theme.Color(text), theme.Size(sizeSmall)
	if n.loud {
		r.badge.Color = theme.Color(colorAccent)
	}
	r.word.Hidden, r.badge.Hidden = n.slim, n.slim && !n.loud || n.badge == ""
	r.Layout(n.Size())
	canvas.Refresh(n)
}

func (r *navRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.icon, r.word, r.badge}
}
func (r *navRenderer) Destroy() {}
