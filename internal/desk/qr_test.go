package desk_test

import (
	"errors"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	scale "golang.org/x/image/draw"

	"waybill/internal/desk"
)

// presigned makes a link of n bytes as a store would get it: a short one as signature version 2 has it, longer ones as
// version 4, the longest with a name to save the file under and a session token.
func presigned(n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n))) // the same links in every run
	from := func(letters string, n int) string {
		b := make([]byte, max(n, 0))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		return string(b)
	}
	const hex, letters = "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	start := "https://team-share.s3.eu-central-1.amazonaws.com/alice/%C3%9Cbersicht%20"
	end := ".pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIA" + from(letters[:26], 16) +
		"%2F20261124%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20261124T120000Z&X-Amz-Expires=604800" +
		"&X-Amz-SignedHeaders=host&X-Amz-Signature=" + from(hex, 64)
	switch {
	case n < 400:
		start, end = "http://nas:9000/b/", ".pdf?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1795521600&Signature="+from(letters, 8)
	case n > 900:
		start += "2026" + end + "&response-content-disposition=attachment%3B%20filename%3D%22_bersicht%202026.pdf%22%3B%20filename%2A%3D" +
			"UTF-8%27%27%25C3%259Cbersicht%25202026.pdf&X-Amz-Security-Token=IQoJb3JpZ2luX2VjE"
		end = "%3D%3D"
	}
	return start + from(letters, n-len(start)-len(end)) + end
}

// readQR reads a QR code as a phone does: from a picture, without being told where in it the code is.
func readQR(picture image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}

// photographed is what a camera makes of a picture on a screen: something else around it, another size, soft edges,
// less contrast, noise.
func photographed(picture image.Image, factor, noise float64) image.Image {
	side := int(float64(picture.Bounds().Dx()) * factor)
	const around = 60
	photo := image.NewGray(image.Rect(0, 0, side+2*around, side+2*around))
	draw.Draw(photo, photo.Bounds(), image.NewUniform(color.Gray{Y: 180}), image.Point{}, draw.Src)
	scale.CatmullRom.Scale(photo, image.Rect(around, around, around+side, around+side), picture, picture.Bounds(), draw.Src, nil)
	r := rand.New(rand.NewPCG(2, uint64(side))) // the same noise in every run
	soft := image.NewGray(photo.Bounds())
	for y := range soft.Bounds().Dy() {
		for x := range soft.Bounds().Dx() {
			sum := 4 * int(photo.GrayAt(x, y).Y)
			for _, d := range []image.Point{{X: -1}, {X: 1}, {Y: -1}, {Y: 1}} {
				near := image.Pt(min(max(x+d.X, 0), soft.Bounds().Dx()-1), min(max(y+d.Y, 0), soft.Bounds().Dy()-1))
				sum += int(photo.GrayAt(near.X, near.Y).Y)
			}
			light := float64(sum)/8*0.7 + 40 + r.NormFloat64()*noise
			soft.SetGray(x, y, color.Gray{Y: uint8(min(max(light, 0), 255))})
		}
	}
	return soft
}

func TestQRReadsBack(t *testing.T) {
	for _, n := range []int{100, 500, 1000, 1001, 2000, 2900, 2953} {
		link := presigned(n)
		if len(link) != n {
			t.Fatalf("the link has %d bytes, not %d", len(link), n)
		}
		picture, err := desk.QR(link)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		side := picture.Bounds().Dx()
		if side < 600 || side > 750 || picture.Bounds().Dy() != side {
			t.Errorf("%d bytes: the picture is %v", n, picture.Bounds())
		}
		if got, err := readQR(picture); err != nil || got != link {
			t.Errorf("%d bytes, %d px: %v, read %q", n, side, err, got)
		}
		photos := []struct{ factor, noise float64 }{{0.75, 5}, {1.3, 3}}
		if n > 1000 { // gozxing loses its way in a large code unless its modules are whole pixels
			pixels := float64(modulePixels(picture))
			photos = photos[:1]
			photos[0].factor = (pixels - 1) / pixels
		}
		for _, photo := range photos {
			if got, err := readQR(photographed(picture, photo.factor, photo.noise)); err != nil || got != link {
				t.Errorf("%d bytes, photographed at %v: %v, read %q", n, photo.factor, err, got)
			}
		}
	}
}

// isBlack reports whether a pixel is black; the other colour is white.
func isBlack(picture image.Image, x, y int) bool {
	return color.GrayModel.Convert(picture.At(x, y)) == (color.Gray{})
}

// modulePixels is how many pixels wide a module is: four of white come before the corner of the code.
func modulePixels(picture image.Image) int {
	first := 0
	for !isBlack(picture, first, first) {
		first++
	}
	return first / 4
}

// TestQRIsBlackOnWhite: modules are whole pixels, four of white lie around them.
func TestQRIsBlackOnWhite(t *testing.T) {
	picture, err := desk.QR(presigned(500))
	if err != nil {
		t.Fatal(err)
	}
	side, pixels := picture.Bounds().Dx(), modulePixels(picture)
	if side%pixels != 0 || (side/pixels-8-17)%4 != 0 {
		t.Fatalf("%d pixels are no whole code of %d pixels a module", side, pixels)
	}
	quiet := 4 * pixels
	for y := range side {
		for x := range side {
			black := isBlack(picture, x, y)
			if !black && color.GrayModel.Convert(picture.At(x, y)) != (color.Gray{Y: 255}) {
				t.Fatalf("%d,%d is neither black nor white", x, y)
			}
			around := x < quiet || y < quiet || x >= side-quiet || y >= side-quiet
			if around && black || black != isBlack(picture, x-x%pixels, y-y%pixels) {
				t.Fatalf("%d,%d is black: %v", x, y, black)
			}
		}
	}
}

func TestQRTooLong(t *testing.T) {
	link := presigned(2954)
	picture, err := desk.QR(link)
	var trouble *desk.Trouble
	if !errors.As(err, &trouble) || picture != nil || code(trouble) != "QRTooLong" || trouble.What.String() == "" || trouble.Help.String() == "" {
		t.Fatalf("%v, %v", picture, err)
	}
	if strings.Contains(trouble.Detail, link[:40]) || !strings.Contains(trouble.Detail, "2954 bytes") {
		t.Errorf("the detail is %q", trouble.Detail)
	}
}

func BenchmarkQR(b *testing.B) {
	link := presigned(2000)
	for b.Loop() {
		if _, err := desk.QR(link); err != nil {
			b.Fatal(err)
		}
	}
}
