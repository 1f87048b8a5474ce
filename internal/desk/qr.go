package desk

import (
	"fmt"
	"image"
	"image/color"

	"github.com/boombuler/barcode/qr"
)

const (
	mostInQR  = 2953 // bytes: version 40 with error correction L (ISO/IEC 18004, table 7)
	mostInM   = 1000 // bytes: what gets more error correction than that
	quietZone = 4    // modules of white around the code, which a camera needs to find it
	leastQR   = 600  // pixels: how wide the picture is at least
)

// QR draws a link as a QR code, black on white, each module as many whole pixels wide as make the picture 600 wide.
// A link that no QR code can hold is a Trouble.
//
// Its error correction is M (15 %), and L (7 %) for a link of over 1,000 bytes: nothing of a screen is torn or dirty,
// and the smaller modules of M cost a camera more than they give. Of nine pictures of a code for 2,000 bytes, as large as
// each other, soft and with noise, gozxing and ZXing's C++ read 4 and 7 with L, 0 and 5 with M; zbar read all.
func QR(link string) (image.Image, error) {
	level := qr.M
	if len(link) > mostInM {
		level = qr.L
	}
	// Byte for byte: a link has small letters, for which a QR code knows no shorter form.
	code, err := qr.Encode(link, level, qr.Unicode)
	if err != nil {
		return nil, trouble("QRTooLong", nil, fmt.Errorf("%d bytes, where a QR code holds %d: %w", len(link), mostInQR, err))
	}
	modules := code.Bounds().Dx()
	across := modules + 2*quietZone
	pixels := (leastQR + across - 1) / across
	picture := image.NewPaletted(image.Rect(0, 0, across*pixels, across*pixels), color.Palette{color.White, color.Black})
	for y := range modules * pixels {
		row := picture.Pix[picture.PixOffset(quietZone*pixels, quietZone*pixels+y):]
		for x := range modules * pixels {
			if light, _, _, _ := code.At(x/pixels, y/pixels).RGBA(); light == 0 {
				row[x] = 1
			}
		}
	}
	return picture, nil
}
