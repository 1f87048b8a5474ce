package gui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

const (
	iconInfo icon = "info"
	iconBack icon = "back"
)

// whatLinksCannot is said wherever somebody may look for a link that works once, or that can be called back.
func whatLinksCannot() string {
	return lang.L("S3 cannot limit a link to one download, and a signed link cannot be called back: before its time it ends only if the object is removed or renamed.")
}

// hint is a small sign beside a field's name that says more when it is pointed at or tapped. The Tab key passes it
// by, on its way from field to field; what it says stands in the settings too.
type hint struct {
	widget.BaseWidget

	ui   *ui
	text string
	box  *fyne.Container
	soon *time.Timer
}

const (
	hintSize  = 16
	hintWidth = 300
)

func (u *ui) hint(text string) *hint {
	h := &hint{ui: u, text: text}
	h.ExtendBaseWidget(h)
	return h
}

// open shows the text, on a card of its own below the sign.
func (h *hint) open() {
	if h.box != nil {
		return
	}
	const edge = 12
	words := h.ui.prose(h.text, colorText)
	words.all.Resize(fyne.NewSize(hintWidth-2*edge, 0)) // it knows its height once it knows its width
	words.all.Resize(fyne.NewSize(hintWidth-2*edge, words.all.MinSize().Height))
	ground := newSurface(colorCard, colorLine, radius)
	ground.raised = true
	h.box = container.NewStack(ground, container.New(insetAll(edge), words.all))
	layer := h.ui.float.layer
	layer.Add(h.box)
	size := fyne.NewSize(hintWidth, words.all.MinSize().Height+2*edge)
	h.box.Resize(size)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h).AddXY((hintSize-hintWidth)/2, hintSize+4)
	h.box.Move(fyne.NewPos(max(min(at.X, layer.Size().Width-size.Width-8), 8), at.Y))
}

func (h *hint) close() {
	if h.soon != nil {
		h.soon.Stop()
		h.soon = nil
	}
	if h.box != nil {
		h.ui.float.hide(h.box)
		h.box = nil
	}
}

// Tapped implements fyne.Tappable.
func (h *hint) Tapped(*fyne.PointEvent) {
	if h.box != nil {
		h.close()
		return
	}
	h.open()
}

// MouseIn implements desktop.Hoverable.
func (h *hint) MouseIn(*desktop.MouseEvent) {
	h.close()
	var mine *time.Timer
	mine = time.AfterFunc(tipDelay, func() {
		h.ui.do(func() {
			if h.soon == mine {
				h.open()
			}
		})
	})
	h.soon = mine
}

// MouseMoved implements desktop.Hoverable.
func (h *hint) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (h *hint) MouseOut() { h.close() }

// AccessibilityLabel implements fyne.Accessible.
func (h *hint) AccessibilityLabel() string { return h.text }

// AccessibilityRole implements fyne.Accessible.
func (h *hint) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (h *hint) CreateRenderer() fyne.WidgetRenderer {
	return &hintRenderer{h: h, picture: canvas.NewImageFromResource(iconInfo.in(colorMuted))}
}

type hintRenderer struct {
	h       *hint
	picture *canvas.Image
}

func (r *hintRenderer) Layout(size fyne.Size) {
	r.picture.Resize(fyne.NewSquareSize(hintSize))
	r.picture.Move(fyne.NewPos(0, (size.Height-hintSize)/2))
}
func (r *hintRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(hintSize) }
func (r *hintRenderer) Refresh() {
	r.picture.Resource = iconInfo.in(colorMuted)
	r.picture.Refresh()
}
func (r *hintRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.picture} }
func (r *hintRenderer) Destroy()                     {}
