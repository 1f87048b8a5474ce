package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// bar is a thin line of progress. It only ever grows while it is about the same thing, so it does not jitter.
type bar struct {
	widget.BaseWidget

	part float64 // 0 to 1
	tone fyne.ThemeColorName
}

const barHeight = 4

func newBar() *bar {
	b := &bar{tone: colorAccent}
	b.ExtendBaseWidget(b)
	return b
}

func (b *bar) set(part float64, tone fyne.ThemeColorName) {
	part = min(max(part, 0), 1)
	if b.part == part && b.tone == tone {
		return
	}
	b.part, b.tone = part, tone
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b: b, track: canvas.NewRectangle(nil), done: canvas.NewRectangle(nil)}
	r.track.CornerRadius, r.done.CornerRadius = barHeight/2, barHeight/2
	r.Refresh()
	return r
}

type barRenderer struct {
	b           *bar
	track, done *canvas.Rectangle
}

func (r *barRenderer) Layout(size fyne.Size) {
	r.track.Resize(size)
	width := size.Width * float32(r.b.part)
	if r.b.part > 0 {
		width = max(width, barHeight)
	}
	r.done.Resize(fyne.NewSize(width, size.Height))
}

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(barHeight, barHeight) }

func (r *barRenderer) Refresh() {
	r.track.FillColor, r.done.FillColor = theme.Color(colorLine), theme.Color(r.b.tone)
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.done} }
func (r *barRenderer) Destroy()                     {}
