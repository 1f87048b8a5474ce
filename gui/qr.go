package gui

import (
	"context"
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// qrPanel shows a link as a QR code, over the whole window.
type qrPanel struct {
	u     *ui
	link  *desk.Link
	code  *qrCode
	all   *fyne.Container
	ends  *prose
	small *prose

	before, grown fyne.Size // of the window, which is made larger where the code would be too small
}

// qrShown is a link and the picture of it.
type qrShown struct {
	link    *desk.Link
	picture *image.Gray
}

// showQR shows an entry's link as a QR code.
func (p *linksPlace) showQR(e desk.Entry) {
	p.linkOf(e, func(l *desk.Link) { p.u.showQR(e.Name, l) })
}

// showQR shows the link to something of this name as a QR code.
func (u *ui) showQR(name string, l *desk.Link) {
	ask(u, func(context.Context) (qrShown, error) {
		picture, err := desk.QR(l.URL)
		if err != nil {
			return qrShown{}, err
		}
		return qrShown{l, desk.QRModules(picture)}, nil
	}, func(s qrShown, err error) {
		if err != nil {
			u.notices.trouble("copy", desk.Explain(err), bad)
			return
		}
		u.coverWithQR(name, s)
	})
}

func (u *ui) coverWithQR(called string, s qrShown) {
	q := &qrPanel{u: u, link: s.link, code: newQRCode(s.picture)}
	name := newClipped(sizeBody, colorText, true)
	name.text, name.keepEnd = called, true
	q.ends = u.prose("", colorText)
	q.small = u.prose(lang.L("The code is too small here to be scanned: make the window larger."), colorWarn)
	q.small.all.Hide()
	closing := u.button(secondary, lang.L("Close"), func() { u.uncover() })
	copying := u.button(secondary, lang.L("Copy the link"), func() { u.copy(q.link.URL) })
	words := container.New(stack{gap: gap}, name, q.ends.all,
		u.prose(lang.L("Whoever scans this has the link."), colorText).all, q.small.all,
		container.New(line{gap: 8}, closing, copying), u.prose(whatLinksCannot(), colorMuted).all)
	q.all = container.New(&qrLayout{q}, newSurface(colorSide, colorNone, 0), q.code, words)
	u.coverWith(q.all, q.closed)
	u.qr = q
	q.tick()
	q.makeRoom()
	u.window.Content().Refresh()
	u.window.Canvas().Focus(closing)
}

// closed gives the window its size back.
func (q *qrPanel) closed() {
	u := q.u
	u.qr = nil
	if !q.grown.IsZero() && u.window.Canvas().Size() == q.grown { // nobody has changed it since
		u.window.Resize(q.before)
	}
	u.focusRows()
}

// makeRoom makes the window large enough for the code to be scanned.
func (q *qrPanel) makeRoom() {
	c := q.u.window.Canvas()
	side := float32(math.Ceil(float64(leastModule*q.code.modules()) / float64(pixelsOf(c))))
	now := c.Size()
	if codeSide(now) >= side {
		return
	}
	q.before = now
	q.u.window.Resize(now.Max(fyne.NewSize(side+2*qrMargin+gap+qrWords, side+2*qrMargin)))
	q.grown = c.Size()
}

// tick says when the link ends, as it is now.
func (q *qrPanel) tick() {
	w, now := q.u.words, q.u.now()
	text, tone := w.until(q.link, now), colorText
	switch left := q.link.Ends.Sub(now); {
	case q.link.Ends.IsZero():
	case left <= 0:
		text, tone = lang.L("Ended {{.When}}", args{"When": w.zoned(q.link.Ends, now)}), colorError
	default:
		text = lang.L("The link works until {{.When}}, for another {{.Time}}.", args{"When": w.zoned(q.link.Ends, now), "Time": w.countdown(left)})
	}
	q.ends.set(text, tone)
}

// leastModule is how many of the screen's pixels each module of a code is wide for a phone to scan it.
const leastModule = 3

const (
	qrMargin = 16
	qrWords  = 224 // the least width of the words beside the code
)

// pixelsOf is how many of the screen's pixels a unit of the window is.
func pixelsOf(c fyne.Canvas) float32 {
	const far = 1000
	x, _ := c.PixelCoordinateForPosition(fyne.NewPos(far, 0))
	return max(float32(x)/far, 0.1)
}

// codeSide is how large the code is in a window: as high as that, or as wide as the words leave.
func codeSide(size fyne.Size) float32 {
	beside := min(size.Height-2*qrMargin, size.Width-2*qrMargin-gap-qrWords)
	above := min(size.Width-2*qrMargin, size.Height*2/3)
	return max(beside, above)
}

// qrLayout puts the words beside the code, or below it where that leaves it larger.
type qrLayout struct{ q *qrPanel }

// Layout implements fyne.Layout.
func (l *qrLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	ground, code, words := objects[0], objects[1], objects[2]
	ground.Resize(size)
	q := l.q
	n, pixels, room := q.code.modules(), pixelsOf(q.u.window.Canvas()), codeSide(size)
	each := int(room*pixels+0.5) / n
	side := room
	if each > 0 { // no wider than the code will be
		side = float32(each*n) / pixels
	}
	code.Move(fyne.NewPos(qrMargin, qrMargin))
	code.Resize(fyne.NewSquareSize(side))
	at := fyne.NewPos(qrMargin+side+gap, qrMargin)
	if size.Width-at.X-qrMargin < qrWords {
		code.Move(fyne.NewPos((size.Width-side)/2, qrMargin))
		at = fyne.NewPos(qrMargin, qrMargin+side+gap)
	}
	switch small := each < leastModule; {
	case small && !q.small.all.Visible():
		q.small.all.Show()
	case !small && q.small.all.Visible():
		q.small.all.Hide()
	}
	words.Move(at)
	width := min(size.Width-at.X-qrMargin, 2*qrWords)
	words.Resize(fyne.NewSize(width, 0)) // texts that wrap know their height once they know their width
	words.Resize(fyne.NewSize(width, words.MinSize().Height))
}

// MinSize implements fyne.Layout.
func (l *qrLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 300) }

// qrCode draws a code in the screen's own pixels: black on white in any look, each module as many whole pixels wide as
// there is room for.
type qrCode struct {
	widget.BaseWidget
	picture *image.Gray // a pixel for a module, with the white around it
}

func newQRCode(picture *image.Gray) *qrCode {
	q := &qrCode{picture: picture}
	q.ExtendBaseWidget(q)
	return q
}

func (q *qrCode) modules() int { return q.picture.Bounds().Dx() }

// draw makes the picture in this many pixels.
func (q *qrCode) draw(w, h int) image.Image {
	whole := image.NewGray(image.Rect(0, 0, w, h))
	for i := range whole.Pix {
		whole.Pix[i] = 0xFF
	}
	n := q.modules()
	each := max((min(w, h)+1)/n, 1) // a pixel of the white may get lost in the rounding
	left, top := max(w-n*each, 0)/2, max(h-n*each, 0)/2
	for y := top; y < min(top+n*each, h); y++ {
		for x := left; x < min(left+n*each, w); x++ {
			whole.Pix[whole.PixOffset(x, y)] = q.picture.GrayAt((x-left)/each, (y-top)/each).Y
		}
	}
	return whole
}

// AccessibilityLabel implements fyne.Accessible.
func (q *qrCode) AccessibilityLabel() string { return lang.L("QR code") }

// AccessibilityRole implements fyne.Accessible.
func (q *qrCode) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (q *qrCode) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewRectangle(color.White)
	ground.CornerRadius = radius
	picture := canvas.NewRaster(q.draw)
	picture.ScaleMode = canvas.ImageScalePixels
	return widget.NewSimpleRenderer(container.NewStack(ground, picture))
}
