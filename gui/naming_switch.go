package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// toggle is a switch with its name beside it: where the knob stands says whether it is on, not its colour alone.
type toggle struct {
	widget.BaseWidget

	ui    *ui
	text  string
	tip   string
	on    bool
	onTap func(on bool)

	hovered, focused bool
}

func (u *ui) toggle(text, tip string, onTap func(bool)) *toggle {
	t := &toggle{ui: u, text: text, tip: tip, onTap: onTap}
	t.ExtendBaseWidget(t)
	return t
}

func (t *toggle) set(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (t *toggle) Tapped(*fyne.PointEvent) {
	t.ui.float.hideTip()
	t.set(!t.on)
	t.onTap(t.on)
}

// MouseIn implements desktop.Hoverable.
func (t *toggle) MouseIn(*desktop.MouseEvent) {
	t.hovered = true
	t.Refresh()
	if t.tip != "" {
		t.ui.float.tipSoon(t, t.tip)
	}
}

// MouseMoved implements desktop.Hoverable.
func (t *toggle) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (t *toggle) MouseOut() { t.hovered = false; t.ui.float.hideTip(); t.Refresh() }

// FocusGained implements fyne.Focusable.
func (t *toggle) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost implements fyne.Focusable.
func (t *toggle) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune implements fyne.Focusable.
func (t *toggle) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (t *toggle) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		t.Tapped(nil)
	default:
		t.ui.typedKey(k)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (t *toggle) AccessibilityLabel() string {
	state := lang.L("off")
	if t.on {
		state = lang.L("on")
	}
	return t.text + ": " + state
}

// AccessibilityRole implements fyne.Accessible.
func (t *toggle) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (t *toggle) CreateRenderer() fyne.WidgetRenderer {
	r := &toggleRenderer{t: t, ring: canvas.NewRectangle(nil), track: canvas.NewRectangle(nil), knob: canvas.NewCircle(nil), word: canvas.NewText("", nil)}
	r.Refresh()
	return r
}

type toggleRenderer struct {
	t     *toggle
	ring  *canvas.Rectangle // around all of it while it has the keyboard
	track *canvas.Rectangle
	knob  *canvas.Circle
	word  *canvas.Text
}

const (
	trackWidth   = 28
	trackHeight  = 16
	toggleHeight = 24
	toggleRing   = 4 // how far the ring lies around it
)

func (r *toggleRenderer) Layout(size fyne.Size) {
	r.ring.Move(fyne.NewPos(-toggleRing, 0))
	r.ring.Resize(size.AddWidthHeight(2*toggleRing, 0))
	r.track.Resize(fyne.NewSize(trackWidth, trackHeight))
	top := (size.Height - trackHeight) / 2
	r.track.Move(fyne.NewPos(0, top))
	const knob = trackHeight - 4
	left := float32(2)
	if r.t.on {
		left += trackWidth - trackHeight
	}
	r.knob.Resize(fyne.NewSquareSize(knob))
	r.knob.Move(fyne.NewPos(left, top+2))
	word := r.word.MinSize()
	r.word.Resize(word)
	r.word.Move(fyne.NewPos(trackWidth+8, (size.Height-word.Height)/2))
}

func (r *toggleRenderer) MinSize() fyne.Size {
	return fyne.NewSize(trackWidth+8+r.word.MinSize().Width, max(toggleHeight, r.word.MinSize().Height))
}

func (r *toggleRenderer) Refresh() {
	t := r.t
	track, knob, word := colorLine, colorMuted, colorMuted
	if t.on {
		track, knob, word = colorAccent, colorCard, colorText
	}
	if t.hovered {
		word = colorText
	}
	r.track.FillColor, r.track.CornerRadius = theme.Color(track), trackHeight/2
	r.knob.FillColor = theme.Color(knob)
	r.word.Text, r.word.Color, r.word.TextSize = t.text, theme.Color(word), theme.Size(sizeSmall)
	r.ring.FillColor, r.ring.CornerRadius, r.ring.StrokeWidth = theme.Color(colorNone), 6, 0
	if t.focused {
		r.ring.StrokeWidth, r.ring.StrokeColor = 2, theme.Color(colorAccent)
	}
	r.Layout(t.Size())
	canvas.Refresh(t)
}

func (r *toggleRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.track, r.knob, r.word}
}
func (r *toggleRenderer) Destroy() {}
