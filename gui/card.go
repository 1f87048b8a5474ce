package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// surface is a rectangle whose colours follow the theme.
type surface struct {
	widget.BaseWidget

	fill, line fyne.ThemeColorName
	round      float32
	thick      float32 // of the line; 0 is 1
	raised     bool    // with a shadow, for what floats above the rest
}

func newSurface(fill, line fyne.ThemeColorName, round float32) *surface {
	s := &surface{fill: fill, line: line, round: round}
	s.ExtendBaseWidget(s)
	return s
}

// newCard is a card with its content.
func newCard(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(newSurface(colorCard, colorLine, cardRadius), content)
}

// emptyCard stands where rows would be: one sentence on why there are none, and one button.
type emptyCard struct {
	all    *fyne.Container
	title  *clipped
	text   *clipped
	button *button
}

func (u *ui) newEmptyCard(i icon) *emptyCard {
	e := &emptyCard{title: newClipped(sizeTitle, colorText, true), text: newClipped(sizeBody, colorMuted, false), button: u.button(secondary, "", nil)}
	e.title.align, e.text.align = fyne.TextAlignCenter, fyne.TextAlignCenter
	e.all = newCard(container.New(middleOf{}, container.New(stack{gap: gap},
		newPicture(i, colorAccent, 36), e.title, e.text, container.New(inset{0, 8, 0, 0}, container.NewCenter(e.button)))))
	return e
}

// focus shows whether what lies on the surface has the keyboard.
func (s *surface) focus(on bool) {
	s.line, s.thick = colorLine, 1
	if on {
		s.line, s.thick = colorAccent, 2
	}
	s.Refresh()
}

// newFrame is the line around a field. Fyne's own is drawn too dark on light ground, so the theme has none.
func newFrame() *surface { return newSurface(colorCard, colorLine, radius) }

// framed puts a field into its frame.
func framed(frame *surface, field fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(frame, container.New(insetAll(2), field))
}

// fieldEnd is between a picture at the end of a field and the field's frame.
const fieldEnd = 6

// atFieldEnd leaves that room.
func atFieldEnd(picture fyne.CanvasObject) fyne.CanvasObject {
	return container.New(inset{0, 0, fieldEnd, 0}, picture)
}

// CreateRenderer implements fyne.Widget.
func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{s: s, rect: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type surfaceRenderer struct {
	s    *surface
	rect *canvas.Rectangle
}

func (r *surfaceRenderer) Layout(size fyne.Size) { r.rect.Resize(size) }
func (r *surfaceRenderer) MinSize() fyne.Size    { return fyne.Size{} }

func (r *surfaceRenderer) Refresh() {
	r.rect.FillColor, r.rect.StrokeColor, r.rect.CornerRadius = theme.Color(r.s.fill), theme.Color(r.s.line), r.s.round
	r.rect.StrokeWidth = max(r.s.thick, 1)
	if r.s.line == colorNone {
		r.rect.StrokeWidth = 0
	}
	if r.s.raised {
		r.rect.Shadow = canvas.Shadow{Color: color.NRGBA{A: 0x30}, BlurRadius: 12, Offset: fyne.NewPos(0, 4)}
	}
	canvas.Refresh(r.rect)
}

func (r *surfaceRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *surfaceRenderer) Destroy()                     {}

// inset is a layout that leaves room around its one or more stacked objects.
type inset struct{ left, top, right, bottom float32 }

func insetAll(x float32) inset { return inset{x, x, x, x} }

// Layout implements fyne.Layout.
func (i inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(i.left, i.top))
		o.Resize(fyne.NewSize(max(size.Width-i.left-i.right, 0), max(size.Height-i.top-i.bottom, 0)))
	}
}

// MinSize implements fyne.Layout.
func (i inset) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize())
		}
	}
	return size.AddWidthHeight(i.left+i.right, i.top+i.bottom)
}

// stack puts what is visible below each other, a gap apart; the stretched one takes the height that is left.
type stack struct {
	gap     float32
	stretch fyne.CanvasObject
}

// Layout implements fyne.Layout.
func (s stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		if o.Visible() && o.Size().Width != size.Width { // texts that wrap know their height once they know their width
			o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		}
	}
	left := size.Height - s.MinSize(objects).Height
	y := float32(0)
	for _, o := range objects {
		least, takes := s.takes(o)
		if !takes {
			continue
		}
		height := least.Height
		if o == s.stretch {
			height = max(height+left, 0)
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, height))
		y += height + s.gap
	}
}

// MinSize implements fyne.Layout.
func (s stack) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	n := 0
	for _, o := range objects {
		m, takes := s.takes(o)
		if !takes {
			continue
		}
		size.Width = max(size.Width, m.Width)
		size.Height += m.Height
		n++
	}
	size.Height += s.gap * float32(max(n-1, 0))
	return size
}

// takes reports whether something takes room, and the least of it. What is hidden, which may be a whole place, is not measured.
func (s stack) takes(o fyne.CanvasObject) (least fyne.Size, ok bool) {
	if !o.Visible() {
		return least, false
	}
	least = o.MinSize()
	return least, least.Height > 0 || o == s.stretch
}

// line puts what is visible beside each other, in the middle of its height, a gap apart; the stretched one
// takes the width that is left.
type line struct {
	gap     float32
	stretch fyne.CanvasObject
}

// Layout implements fyne.Layout.
func (l line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := size.Width - l.MinSize(objects).Width
	x := float32(0)
	for _, o := range objects {
		m := o.MinSize()
		if !o.Visible() || m.Width == 0 && o != l.stretch {
			o.Resize(fyne.Size{})
			continue
		}
		if o == l.stretch {
			m.Width = max(m.Width+left, 0)
		}
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		o.Resize(m)
		x += m.Width + l.gap
	}
}

// MinSize implements fyne.Layout.
func (l line) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	n := 0
	for _, o := range objects {
		m := o.MinSize()
		if !o.Visible() || m.Width == 0 && o != l.stretch {
			continue
		}
		size.Height = max(size.Height, m.Height)
		size.Width += m.Width
		n++
	}
	size.Width += l.gap * float32(max(n-1, 0))
	return size
}

// flow is a line that goes on in the next one where its width is used up. How high it is, it knows once it has been laid out.
type flow struct {
	gap   float32
	width float32 // when it was laid out last; 0 for not yet
}

// Layout implements fyne.Layout.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.place(objects, func(o fyne.CanvasObject, at fyne.Position, m fyne.Size) {
		o.Move(at)
		o.Resize(m)
	})
}

// MinSize implements fyne.Layout.
func (f *flow) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		size.Width = max(size.Width, o.MinSize().Width)
	}
	size.Height = f.place(objects, func(fyne.CanvasObject, fyne.Position, fyne.Size) {})
	return size
}

// place gives each object its place, and the height of it all.
func (f *flow) place(objects []fyne.CanvasObject, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var x, y, high float32
	var row []fyne.CanvasObject
	end := func() { // of a row: how high it is, is known by now
		x = 0
		for _, o := range row {
			m := o.MinSize()
			put(o, fyne.NewPos(x, y+(high-m.Height)/2), m)
			x += m.Width + f.gap
		}
		x, y, high, row = 0, y+high+f.gap, 0, nil
	}
	for _, o := range objects {
		m := o.MinSize()
		if !o.Visible() {
			continue
		}
		if f.width > 0 && x > 0 && x+m.Width > f.width {
			end()
		}
		x, high, row = x+m.Width+f.gap, max(high, m.Height), append(row, o)
	}
	end()
	return max(y-f.gap, 0)
}
