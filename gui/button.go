package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// buttonKind is how much a button asks to be pressed.
type buttonKind int

const (
	secondary buttonKind = iota // on a card, with a thin line around it
	primary                     // filled with the accent; one in sight at a time
	quiet                       // an icon or a word without a box, until it is pointed at
	wordLink                    // a word within a sentence
)

// button is Waybill's button. Fyne's own has no line around it and no tooltip.
type button struct {
	widget.DisableableWidget

	ui    *ui
	kind  buttonKind
	text  string
	icon  icon
	tip   string // shown after a moment of pointing, and what a screen reader says of an icon
	onTap func()

	hovered, focused, pressed bool
}

func (u *ui) button(kind buttonKind, text string, onTap func()) *button {
	b := &button{ui: u, kind: kind, text: text, onTap: onTap}
	b.ExtendBaseWidget(b)
	return b
}

func (u *ui) iconButton(icon icon, tip string, onTap func()) *button {
	b := &button{ui: u, kind: quiet, icon: icon, tip: tip, onTap: onTap}
	b.ExtendBaseWidget(b)
	return b
}

// set changes what the button says and does; it costs nothing when it says the same.
func (b *button) set(kind buttonKind, text string, icon icon, tip string, onTap func()) {
	b.onTap = onTap
	if b.kind == kind && b.text == text && b.icon == icon && b.tip == tip {
		return
	}
	b.kind, b.text, b.icon, b.tip = kind, text, icon, tip
	b.Refresh()
}

// Tapped implements fyne.Tappable.
func (b *button) Tapped(*fyne.PointEvent) {
	if b.Disabled() || b.onTap == nil {
		return
	}
	b.ui.float.hideTip()
	b.onTap()
}

// MouseIn implements desktop.Hoverable.
func (b *button) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.Refresh()
	if b.tip != "" {
		b.ui.float.tipSoon(b, b.tip)
	}
}

// MouseMoved implements desktop.Hoverable.
func (b *button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *button) MouseOut() {
	b.hovered, b.pressed = false, false
	b.ui.float.hideTip()
	b.Refresh()
}

// MouseDown implements desktop.Mouseable.
func (b *button) MouseDown(*desktop.MouseEvent) { b.pressed = true; b.Refresh() }

// MouseUp implements desktop.Mouseable.
func (b *button) MouseUp(*desktop.MouseEvent) { b.pressed = false; b.Refresh() }

// FocusGained implements fyne.Focusable.
func (b *button) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost implements fyne.Focusable.
func (b *button) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *button) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (b *button) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		b.ui.typedKey(k)
	}
}

// Cursor implements desktop.Cursorable.
func (b *button) Cursor() desktop.Cursor {
	if b.kind == wordLink && !b.Disabled() {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// AccessibilityLabel implements fyne.Accessible.
func (b *button) AccessibilityLabel() string {
	if b.text != "" {
		return b.text
	}
	return b.tip
}

// AccessibilityRole implements fyne.Accessible.
func (b *button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (b *button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, box: canvas.NewRectangle(nil), veil: canvas.NewRectangle(nil), word: canvas.NewText("", nil), icon: &canvas.Image{}}
	r.word.Alignment = fyne.TextAlignCenter
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b    *button
	box  *canvas.Rectangle
	veil *canvas.Rectangle // over the box while it is pointed at
	word *canvas.Text
	icon *canvas.Image
}

const (
	buttonIcon  = 18
	buttonInset = 14
)

func (r *buttonRenderer) Layout(size fyne.Size) {
	r.box.Resize(size)
	r.veil.Resize(size)
	text := r.word.MinSize()
	icon := fyne.NewSquareSize(buttonIcon)
	switch {
	case r.b.icon != iconNone && r.b.text != "":
		left := (size.Width - icon.Width - 8 - text.Width) / 2
		r.icon.Resize(icon)
		r.icon.Move(fyne.NewPos(left, (size.Height-icon.Height)/2))
		r.word.Resize(text)
		r.word.Move(fyne.NewPos(left+icon.Width+8, (size.Height-text.Height)/2))
	case r.b.icon != iconNone:
		r.icon.Resize(icon)
		r.icon.Move(fyne.NewPos((size.Width-icon.Width)/2, (size.Height-icon.Height)/2))
	default:
		r.word.Resize(fyne.NewSize(size.Width, text.Height))
		r.word.Move(fyne.NewPos(0, (size.Height-text.Height)/2))
	}
}

func (r *buttonRenderer) MinSize() fyne.Size {
	text := r.word.MinSize()
	switch {
	case r.b.kind == wordLink:
		return fyne.NewSize(text.Width+4, text.Height)
	case r.b.icon != iconNone && r.b.text != "":
		return fyne.NewSize(buttonIcon+8+text.Width+2*buttonInset, control)
	case r.b.icon != iconNone:
		return fyne.NewSize(32, control)
	case r.b.text == "":
		return fyne.Size{}
	}
	return fyne.NewSize(text.Width+2*buttonInset, control)
}

func (r *buttonRenderer) Refresh() {
	b := r.b
	fill, line, text := colorCard, colorLine, colorText
	switch b.kind {
	case primary:
		fill, line, text = colorAccent, colorAccent, theme.ColorNameForegroundOnPrimary
	case quiet:
		fill, line, text = colorNone, colorNone, colorMuted
	case wordLink:
		fill, line, text = colorNone, colorNone, colorAccent
	}
	if b.Disabled() {
		text = colorMuted
		if b.kind == primary {
			fill, line = colorLine, colorLine
		}
	}
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth, r.box.CornerRadius = theme.Color(fill), theme.Color(line), 1, radius
	if b.focused {
		r.box.StrokeColor, r.box.StrokeWidth = theme.Color(colorAccent), 2
		if b.kind == primary {
			r.box.StrokeColor = theme.Color(colorText)
		}
	}
	r.veil.CornerRadius = radius
	r.veil.Hidden = b.Disabled() || !b.hovered || b.kind == wordLink
	if b.pressed {
		r.veil.FillColor = theme.Color(theme.ColorNamePressed)
	} else {
		r.veil.FillColor = theme.Color(theme.ColorNameHover)
	}
	r.word.Text, r.word.Color, r.word.TextSize, r.word.TextStyle.Bold = b.text, theme.Color(text), theme.Size(sizeBody), true
	if b.kind != wordLink {
		r.word.TextSize = 13 // of all that have a box: none jumps when it becomes the one that asks to be pressed
	}
	r.word.Hidden = b.text == ""
	r.icon.Hidden = b.icon == iconNone
	if b.icon != iconNone {
		r.icon.Resource = b.icon.in(text)
		r.icon.Refresh()
	}
	r.box.Hidden = b.text == "" && b.icon == iconNone
	r.Layout(b.Size())
	canvas.Refresh(b)
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.box, r.veil, r.icon, r.word}
}
func (r *buttonRenderer) Destroy() {}
