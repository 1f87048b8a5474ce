package gui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// float is the layer above the places for what comes and goes without taking the keyboard: suggestions below
// a field, and tooltips. Fyne's own overlays would take the focus away from the field that is typed in.
type float struct {
	layer *fyne.Container
	tip   *fyne.Container
	words *clipped
	soon  *time.Timer
	do    func(func()) // as ui.do
}

// tipDelay is how long something is pointed at before its tooltip comes.
const tipDelay = 600 * time.Millisecond

func newFloat(do func(func())) *float {
	f := &float{do: do, layer: container.NewWithoutLayout(), words: newWhole("", sizeSmall, colorText, false)}
	ground := newSurface(colorCard, colorLine, 6)
	ground.raised = true
	f.tip = container.NewStack(ground, container.New(inset{8, 4, 8, 4}, f.words))
	f.tip.Hide()
	f.layer.Add(f.tip)
	return f
}

// tipSoon shows a tooltip for an object if it is still pointed at in a moment.
func (f *float) tipSoon(o fyne.CanvasObject, text string) {
	f.hideTip()
	var mine *time.Timer
	mine = time.AfterFunc(tipDelay, func() {
		f.do(func() {
			if f.soon == mine { // else another one was pointed at meanwhile, or none
				f.showTip(o, text)
			}
		})
	})
	f.soon = mine
}

func (f *float) showTip(o fyne.CanvasObject, text string) {
	f.words.set(text, colorText)
	size := f.tip.MinSize()
	f.tip.Resize(size)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Add(fyne.NewPos((o.Size().Width-size.Width)/2, o.Size().Height+4))
	room := f.layer.Size()
	at.X = max(min(at.X, room.Width-size.Width-4), 4)
	if at.Y+size.Height > room.Height {
		at.Y -= o.Size().Height + size.Height + 8
	}
	f.tip.Move(at)
	f.tip.Show()
}

func (f *float) hideTip() {
	if f.soon != nil {
		f.soon.Stop()
		f.soon = nil
	}
	if f.tip.Visible() {
		f.tip.Hide()
	}
}

// leastList is how wide what comes below a field is at least, for the longest words that the window itself puts there.
const leastList = 288

// show puts an object below another one, as wide as it is, or above it where there is more room.
func (f *float) show(o, below fyne.CanvasObject, height float32) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(below)
	o.Resize(fyne.NewSize(max(below.Size().Width, leastList), height))
	y := at.Y + below.Size().Height + 4
	if y+height > f.layer.Size().Height && at.Y > height {
		y = at.Y - height - 4
	}
	o.Move(fyne.NewPos(max(min(at.X, f.layer.Size().Width-o.Size().Width-4), 0), y))
	for _, there := range f.layer.Objects {
		if there == o {
			o.Show()
			f.layer.Refresh()
			return
		}
	}
	f.layer.Add(o)
}

func (f *float) hide(o fyne.CanvasObject) { f.layer.Remove(o) }
