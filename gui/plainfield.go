package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// plainField is a field to type in, with its name.
type plainField struct {
	widget.Entry
	ui     *ui
	name   string
	frame  *surface
	submit func() // Enter, but in a field of several lines
	leave  func() // Escape

	wheel *wheel // knows the form
}

func newPlainField(u *ui, name, placeholder string, submit, leave func()) *plainField {
	f := &plainField{ui: u, name: name, frame: newFrame(), submit: submit, leave: leave, wheel: newWheel()}
	f.PlaceHolder = placeholder
	f.ExtendBaseWidget(f)
	return f
}

// newPlainArea is a field of several lines.
func newPlainArea(u *ui, name, placeholder string, lines int, leave func()) *plainField {
	f := newPlainField(u, name, placeholder, nil, leave)
	f.MultiLine, f.Wrapping = true, fyne.TextWrapWord
	f.SetMinRowsVisible(lines)
	return f
}

// AcceptsTab implements fyne.Tabbable: the Tab key goes on to the next field.
func (f *plainField) AcceptsTab() bool { return false }

// within implements formField.
func (f *plainField) within(form *container.Scroll) { f.wheel.form = form }

// CreateRenderer implements fyne.Widget. A field of several lines keeps the wheel: its text may go on below.
func (f *plainField) CreateRenderer() fyne.WidgetRenderer {
	if f.MultiLine {
		return f.Entry.CreateRenderer()
	}
	return f.wheel.over(f.Entry.CreateRenderer())
}

func (f *plainField) label() fyne.CanvasObject {
	label := newClipped(sizeSmall, colorMuted, false)
	label.text = f.name
	return label
}

func (f *plainField) labelled() fyne.CanvasObject {
	return container.New(stack{gap: 4}, f.label(), framed(f.frame, f))
}

// FocusGained implements fyne.Focusable.
func (f *plainField) FocusGained() {
	f.Entry.FocusGained()
	f.frame.focus(true)
	if f.wheel.form != nil {
		reveal(f.wheel.form, f)
	}
}

// FocusLost implements fyne.Focusable.
func (f *plainField) FocusLost() { f.Entry.FocusLost(); f.frame.focus(false) }

// TypedKey implements fyne.Focusable.
func (f *plainField) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if f.submit == nil {
			f.Entry.TypedKey(k)
			return
		}
		f.submit()
	case fyne.KeyEscape:
		f.leave()
	case fyne.KeyF1:
		f.ui.typedKey(k)
	default:
		f.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable: the window's own shortcuts work from within a field.
func (f *plainField) TypedShortcut(s fyne.Shortcut) {
	if !f.ui.typedShortcut(s) {
		f.Entry.TypedShortcut(s)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (f *plainField) AccessibilityLabel() string { return f.name + ": " + f.Text }

// AccessibilityRole implements fyne.Accessible.
func (f *plainField) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
