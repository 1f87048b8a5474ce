package gui

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"waybill/internal/desk"
	"waybill/signer"
)

// scanned is what is read from the code as it draws itself at the size, in pixels, that it has in the window. The window's
// own picture is no use here: after a while, Fyne's test driver lets go of what it has drawn, and paints it without a size.
func (r *rig) scanned() string {
	r.t.Helper()
	code := r.qr.code
	side := int(code.Size().Width * pixelsOf(r.window.Canvas()))
	seen := code.draw(side, side)
	var err error
	for _, hint := range []gozxing.DecodeHintType{gozxing.DecodeHintType_TRY_HARDER, gozxing.DecodeHintType_PURE_BARCODE} {
		bitmap, e := gozxing.NewBinaryBitmapFromImage(seen)
		if e != nil {
			r.t.Fatal(e)
		}
		var result *gozxing.Result
		if result, err = qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{hint: true}); err == nil {
			return result.GetText()
		}
	}
	r.t.Errorf("at %v: %v", code.Size(), err)
	return ""
}

func TestQRCodeOfALink(t *testing.T) {
	r := inLinks(t, "qr", "scan me.txt")
	p := r.links
	r.window.Resize(fyne.NewSize(720, 480))
	p.rows.list.at = 0
	r.key("qr")
	r.until("it is shown", func() bool { return r.qr != nil })
	if got := r.scanned(); !strings.HasPrefix(got, "http") || fetch(t, got) != "this is scan me.txt" {
		t.Errorf("it leads to %q", got)
	}
	if text := r.qr.ends.label.Text; !strings.HasPrefix(text, "The link works until ") || !strings.HasSuffix(text, ", for another 59 min.") {
		t.Errorf("it says %q", text)
	}
	over := time.Now().Add(2 * time.Hour)
	r.now = func() time.Time { return over }
	r.count()
	if text := r.qr.ends.label.Text; !strings.HasPrefix(text, "Ended ") {
		t.Errorf("after the end it says %q", text)
	}
	b, ok := r.window.Canvas().Focused().(*button)
	if !ok || r.shell.Visible() {
		t.Fatal("the code does not have the window")
	}
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if r.qr != nil || !r.shell.Visible() || r.cover.Visible() {
		t.Error("Escape does not close it")
	}
}

// TestQRCodesAreLargeEnough: whatever the link and the window, each module is three of the screen's pixels or more, and
// the picture can be read from the screen.
func TestQRCodesAreLargeEnough(t *testing.T) {
	for _, c := range []struct {
		bytes  int
		window fyne.Size
		scale  float32
	}{
		{300, fyne.NewSize(960, 640), 1}, {1200, fyne.NewSize(720, 480), 1}, {2048, fyne.NewSize(960, 640), 1},
		{2048, fyne.NewSize(720, 480), 1}, {2048, fyne.NewSize(720, 480), 1.5}, {2900, fyne.NewSize(560, 400), 1},
		{2048, fyne.NewSize(560, 900), 1},
	} {
		r := inLinks(t, "qr-size")
		if w, ok := r.window.Canvas().(software.WindowlessCanvas); ok {
			w.SetScale(c.scale)
		}
		r.window.Resize(c.window)
		link := "https://team-share.s3.eu-central-1.amazonaws.com/%C3%9Cbersicht.pdf?X-Amz-Security-Token="
		const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		for chance := rand.New(rand.NewPCG(1, uint64(c.bytes))); len(link) < c.bytes; { // the same links in every run
			link += string(letters[chance.IntN(len(letters))])
		}
		picture, err := desk.QR(link)
		if err != nil {
			t.Fatal(err)
		}
		r.coverWithQR(strings.Repeat("a long name ", 20)+".pdf",
			qrShown{&desk.Link{URL: link, Ends: time.Now().Add(time.Hour), Because: signer.Requested}, desk.QRModules(picture)})
		q := r.qr
		if each := q.code.Size().Width * pixelsOf(r.window.Canvas()) / float32(q.code.modules()); each < leastModule {
			t.Errorf("%+v: a module is %v pixels wide in a window of %v", c, each, r.window.Canvas().Size())
		}
		if q.small.all.Visible() {
			t.Errorf("%+v: it says that the code is too small", c)
		}
		if got := r.scanned(); got != link {
			t.Errorf("%+v: the code reads %d bytes", c, len(got))
		}
		r.uncover()
		if r.window.Canvas().Size() != c.window {
			t.Errorf("%+v: afterwards the window is %v", c, r.window.Canvas().Size())
		}
	}
}

func TestQRCodeIsBlackOnWhiteInTheDark(t *testing.T) {
	code := image.NewGray(image.Rect(0, 0, 29, 29))
	draw.Draw(code, code.Bounds(), image.White, image.Point{}, draw.Src)
	code.SetGray(4, 4, color.Gray{})
	drawn := newQRCode(code).draw(101, 100)
	for at, want := range map[image.Point]uint8{{0, 0}: 0xFF, {7 + 12, 6 + 12}: 0, {7 + 14, 6 + 14}: 0, {7 + 15, 6 + 14}: 0xFF, {100, 99}: 0xFF} {
		if got := color.GrayModel.Convert(drawn.At(at.X, at.Y)).(color.Gray).Y; got != want {
			t.Errorf("at %v it is %d, want %d", at, got, want)
		}
	}
}

func TestNoQRCodeForSuchALink(t *testing.T) {
	// A key of 1,024 bytes of which each is written as three in the path, and as five in the name to save it under.
	name := strings.Repeat("Ж", 100) + ".txt"
	r := inLinks(t, strings.Repeat("Ж", 200)+"/"+strings.Repeat("Ж", 200), name)
	if link := r.linkTo(name); len(link) < 2954 {
		t.Fatalf("the link has %d bytes", len(link))
	}
	r.links.showQR(r.entry(name))
	r.until("it says so", func() bool { return strings.HasPrefix(r.says("copy"), "The link is too long for a QR code.") })
	if r.qr != nil {
		t.Error("there is one")
	}
}
