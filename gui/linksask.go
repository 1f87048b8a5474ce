package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

// lineAsk asks for a few words in one line of the window: a note, the name of a page.
type lineAsk struct {
	ui    *ui
	all   *fyne.Container
	what  *clipped
	field *lineField
	done  *button
	take  func(string) // nil while nothing is asked
	after func()       // called when the line closes
}

func newLineAsk(u *ui) *lineAsk {
	a := &lineAsk{ui: u, what: newWhole("", sizeBody, colorText, true)}
	a.field = &lineField{ask: a, frame: newFrame()}
	a.field.ExtendBaseWidget(a.field)
	a.done = u.button(primary, "", a.commit)
	cancel := u.iconButton(iconClose, lang.L("Cancel"), a.cancel)
	framed := framed(a.field.frame, a.field)
	a.all = container.New(askLayout{a}, a.what, framed, a.done, cancel)
	return a
}

func (a *lineAsk) open() bool { return a.take != nil }

// show asks. What is typed goes to take with Enter or the button; Escape takes nothing.
func (a *lineAsk) show(what, text, hint, done string, take func(string)) {
	a.take = take
	a.what.set(what, colorText)
	a.field.SetPlaceHolder(hint)
	a.field.SetText(text)
	a.done.set(primary, done, iconNone, "", a.commit)
	a.after()
	a.all.Refresh()
	a.ui.window.Canvas().Focus(a.field)
	a.field.TypedShortcut(&fyne.ShortcutSelectAll{})
}

func (a *lineAsk) commit() {
	take, text := a.take, a.field.Text
	a.cancel()
	if take != nil {
		take(text)
	}
}

func (a *lineAsk) cancel() {
	a.take = nil
	a.after()
	a.ui.focusRows()
}

// askLayout gives the field what the words before it and the buttons after it leave, and at least half of it all.
type askLayout struct{ a *lineAsk }

// Layout implements fyne.Layout.
func (l askLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	right := size.Width
	for i := 3; i >= 2; i-- {
		m := objects[i].MinSize()
		right -= m.Width
		objects[i].Move(fyne.NewPos(right, (size.Height-m.Height)/2))
		objects[i].Resize(m)
		right -= 8
	}
	what := objects[0].MinSize()
	width := min(what.Width, right/2-gap)
	objects[0].Move(fyne.NewPos(0, (size.Height-what.Height)/2))
	objects[0].Resize(fyne.NewSize(width, what.Height))
	height := objects[1].MinSize().Height
	objects[1].Move(fyne.NewPos(width+gap, (size.Height-height)/2))
	objects[1].Resize(fyne.NewSize(right-width-gap, height))
}

// MinSize implements fyne.Layout.
func (l askLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(280, control) }

// lineField is the field of such a line.
type lineField struct {
	widget.Entry
	ask   *lineAsk
	frame *surface
}

// FocusGained implements fyne.Focusable.
func (f *lineField) FocusGained() { f.Entry.FocusGained(); f.frame.focus(true) }

// FocusLost implements fyne.Focusable.
func (f *lineField) FocusLost() { f.Entry.FocusLost(); f.frame.focus(false) }

// TypedKey implements fyne.Focusable.
func (f *lineField) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		f.ask.cancel()
	case fyne.KeyReturn, fyne.KeyEnter:
		f.ask.commit()
	case fyne.KeyF1:
		f.ask.ui.typedKey(k)
	default:
		f.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable: the window's own shortcuts work from within a field.
func (f *lineField) TypedShortcut(s fyne.Shortcut) {
	if !f.ask.ui.typedShortcut(s) {
		f.Entry.TypedShortcut(s)
	}
}
