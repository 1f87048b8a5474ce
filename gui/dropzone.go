package gui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

// dashes is a card with a dashed line around it: here something may be dropped. Tapping it chooses files.
type dashes struct {
	widget.BaseWidget
	onTap func()
}

func newDashes(onTap func()) *dashes {
	d := &dashes{onTap: onTap}
	d.ExtendBaseWidget(d)
	return d
}

// Tapped implements fyne.Tappable.
func (d *dashes) Tapped(*fyne.PointEvent) { d.onTap() }

// CreateRenderer implements fyne.Widget.
func (d *dashes) CreateRenderer() fyne.WidgetRenderer {
	r := &dashesRenderer{d: d}
	r.picture = canvas.NewRaster(r.draw)
	return r
}

type dashesRenderer struct {
	d       *dashes
	picture *canvas.Raster
}

// draw paints card and line in the screen's own pixels.
func (r *dashesRenderer) draw(w, h int) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	width := r.picture.Size().Width
	if width < 1 {
		return picture
	}
	scale := float64(w) / float64(width)
	scanner := rasterx.NewScannerGV(w, h, picture, picture.Bounds())
	edge, round := 1.5*scale, cardRadius*scale
	shape := func(to rasterx.Adder) {
		rasterx.AddRoundRect(edge, edge, float64(w)-edge, float64(h)-edge, round, round, 0, rasterx.RoundGap, to)
	}

	fill := rasterx.NewFiller(w, h, scanner)
	fill.SetColor(theme.Color(colorCard))
	shape(fill)
	fill.Draw()

	dash := rasterx.NewDasher(w, h, scanner)
	dash.SetStroke(fixed.Int26_6(1.5*scale*64), 0, rasterx.ButtCap, rasterx.ButtCap, rasterx.RoundGap, rasterx.ArcClip,
		[]float64{6 * scale, 5 * scale}, 0)
	dash.SetColor(theme.Color(colorLine))
	shape(dash)
	dash.Draw()
	return picture
}

func (r *dashesRenderer) Layout(size fyne.Size)        { r.picture.Resize(size) }
func (r *dashesRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *dashesRenderer) Refresh()                     { r.picture.Refresh() }
func (r *dashesRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.picture} }
func (r *dashesRenderer) Destroy()                     {}

// picture is an icon that follows the theme.
type picture struct {
	widget.BaseWidget
	icon  icon
	color fyne.ThemeColorName
	size  float32
}

func newPicture(i icon, color fyne.ThemeColorName, size float32) *picture {
	p := &picture{icon: i, color: color, size: size}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements fyne.Widget.
func (p *picture) CreateRenderer() fyne.WidgetRenderer {
	r := &pictureRenderer{p: p, image: &canvas.Image{}}
	r.Refresh()
	return r
}

type pictureRenderer struct {
	p     *picture
	image *canvas.Image
}

func (r *pictureRenderer) Layout(size fyne.Size) {
	r.image.Resize(fyne.NewSquareSize(r.p.size))
	r.image.Move(fyne.NewPos((size.Width-r.p.size)/2, (size.Height-r.p.size)/2))
}
func (r *pictureRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.p.size) }
func (r *pictureRenderer) Refresh() {
	r.image.Resource = r.p.icon.in(r.p.color)
	r.image.Refresh()
}
func (r *pictureRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.image} }
func (r *pictureRenderer) Destroy()                     {}

// dropZone is the large one of an empty place: it says what will happen.
type dropZone struct {
	all    *fyne.Container
	icon   *picture
	title  *clipped
	text   *clipped
	button *button
	second *button
	third  *button
}

func (u *ui) dropZone(choose func()) *dropZone {
	z := &dropZone{
		icon: newPicture(iconSend, colorAccent, 36), title: newClipped(sizeTitle, colorText, true),
		text: newClipped(sizeBody, colorMuted, false), button: u.button(secondary, "", choose), second: u.button(secondary, "", nil), third: u.button(secondary, "", nil),
	}
	z.title.align, z.text.align = fyne.TextAlignCenter, fyne.TextAlignCenter
	z.second.Hide()
	z.third.Hide()
	middle := container.New(stack{gap: gap}, z.icon, z.title, z.text,
		container.New(inset{0, 8, 0, 0}, container.NewCenter(container.New(line{gap: gap}, z.button, z.third, z.second))))
	z.all = container.NewStack(newDashes(choose), container.New(middleOf{}, middle))
	return z
}

// fit leaves the least of the buttons out where the width has no room for all.
func (z *dropZone) fit(width float32) {
	const between = 2 * gap
	if z.third.Visible() {
		needed := z.button.MinSize().Width + z.third.MinSize().Width + z.second.MinSize().Width + between
		z.second.Hidden = needed > width-2*margin
	}
}

// middleOf lays its one object out over the whole width, in the middle of the height.
type middleOf struct{}

// Layout implements fyne.Layout.
func (middleOf) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	height := objects[0].MinSize().Height
	objects[0].Move(fyne.NewPos(margin, max((size.Height-height)/2, 0)))
	objects[0].Resize(fyne.NewSize(size.Width-2*margin, height))
}

// MinSize implements fyne.Layout.
func (middleOf) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(2*margin, 2*gap)
}

// dropStrip is the small one above the rows.
type dropStrip struct {
	all     *fyne.Container
	summary *clipped
}

const stripHeight = 44

func (u *ui) dropStrip(before, word, after string, choose func()) *dropStrip {
	s := &dropStrip{summary: newClipped(sizeSmall, colorMuted, false)}
	s.summary.align = fyne.TextAlignTrailing
	s.summary.whole = true
	text := newClipped(sizeBody, colorMuted, false)
	text.text, text.whole = before, true
	rest := newWhole(after, sizeBody, colorMuted, false)
	free := container.NewWithoutLayout()
	s.all = container.NewStack(newDashes(choose), container.New(inset{16, 0, 16, 0},
		container.New(line{gap: 6, stretch: free}, newPicture(iconSend, colorAccent, 18), text,
			u.button(wordLink, word, choose), rest, free, s.summary)))
	return s
}
