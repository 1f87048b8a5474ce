package gui

import (
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// formField is a field of a form that scrolls.
type formField interface {
	fyne.CanvasObject
	// within tells the field what it scrolls with.
	within(form *container.Scroll)
}

// scrollingForm scrolls what holds fields: to the one that gets the keyboard, and by the wheel wherever the pointer is.
func scrollingForm(content fyne.CanvasObject, fields ...formField) *container.Scroll {
	form := container.NewVScroll(content)
	form.OnScrolled = func(fyne.Position) { // not called by reveal
		for _, f := range fields {
			if c, ok := f.(*combo); ok && c.list.open {
				c.list.close() // it would stay where its field was
			}
		}
	}
	for _, f := range fields {
		f.within(form)
	}
	return form
}

// reveal scrolls to a field that has got the keyboard.
func reveal(scroll *container.Scroll, field fyne.CanvasObject) {
	const around = 40 // its name above it, and the frame
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(field).Y - driver.AbsolutePositionForObject(scroll).Y + scroll.Offset.Y
	switch bottom := top + field.Size().Height + around/2; {
	case top-around < scroll.Offset.Y:
		scroll.ScrollToOffset(fyne.NewPos(0, max(top-around, 0)))
	case bottom > scroll.Offset.Y+scroll.Size().Height:
		scroll.ScrollToOffset(fyne.NewPos(0, bottom-scroll.Size().Height))
	}
}

// wheel lies over a field of one line and hands the mouse wheel to the form. The toolkit gives a wheel to the innermost
// thing that can scroll, which the field is, to the side, so that a form would stop wherever a field comes under the pointer.
type wheel struct {
	widget.BaseWidget
	form  *container.Scroll // nil: the field is in none
	field fyne.Scrollable   // what holds the field's text
}

func newWheel() *wheel {
	w := &wheel{}
	w.ExtendBaseWidget(w)
	return w
}

// Scrolled implements fyne.Scrollable. What goes to the side moves a long text in its field.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	switch aside := math.Abs(float64(e.Scrolled.DX)) > math.Abs(float64(e.Scrolled.DY)); {
	case w.form != nil && !aside:
		w.form.Scrolled(e)
	case w.field != nil:
		w.field.Scrolled(e)
	}
}

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// over lays the wheel over what draws a field.
func (w *wheel) over(field fyne.WidgetRenderer) fyne.WidgetRenderer {
	for _, o := range field.Objects() {
		if s, ok := o.(fyne.Scrollable); ok {
			w.field = s
		}
	}
	return &wheelRenderer{field, w}
}

// wheelRenderer is a field's own, with the wheel on top.
type wheelRenderer struct {
	fyne.WidgetRenderer
	wheel *wheel
}

// Layout implements fyne.WidgetRenderer.
func (r *wheelRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.wheel.Resize(size)
}

// Objects implements fyne.WidgetRenderer.
func (r *wheelRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clip(r.WidgetRenderer.Objects()), r.wheel)
}
