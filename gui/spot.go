package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// spot lies over something that is drawn and says what it is when it is pointed at. It shows nothing itself.
type spot struct {
	widget.BaseWidget
	ui      *ui
	tip     string
	onHover func()

	hovered bool
}

func newSpot(u *ui) *spot {
	s := &spot{ui: u}
	s.ExtendBaseWidget(s)
	return s
}

// MouseIn implements desktop.Hoverable.
func (s *spot) MouseIn(*desktop.MouseEvent) {
	s.hover(true)
	if s.tip != "" {
		s.ui.float.tipSoon(s, s.tip)
	}
}

// MouseMoved implements desktop.Hoverable.
func (s *spot) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (s *spot) MouseOut() {
	s.ui.float.hideTip()
	s.hover(false)
}

func (s *spot) hover(on bool) {
	s.hovered = on
	if s.onHover != nil {
		s.onHover()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (s *spot) AccessibilityLabel() string { return s.tip }

// AccessibilityRole implements fyne.Accessible.
func (s *spot) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (s *spot) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// tapSpot is a spot that does something.
type tapSpot struct {
	spot
	label string // what a screen reader says
	onTap func()
}

func newTapSpot(u *ui, onTap func()) *tapSpot {
	s := &tapSpot{spot: spot{ui: u}, onTap: onTap}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped implements fyne.Tappable.
func (s *tapSpot) Tapped(*fyne.PointEvent) { s.onTap() }

// AccessibilityLabel implements fyne.Accessible.
func (s *tapSpot) AccessibilityLabel() string { return s.label }

// AccessibilityRole implements fyne.Accessible.
func (s *tapSpot) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
