package gui

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"runtime"

	"waybill/assets"
)

// trayPicture says how the icon in the tray looks: one of few pictures, since every other one costs the desktop something.
type trayPicture struct {
	steps  int // of the bar that are full, up to traySteps; -1 for no bar
	paused bool
}

// traySteps is how many steps the bar has.
const traySteps = 14

func pictureOf(v trayView) trayPicture {
	if v.part < 0 {
		return trayPicture{steps: -1}
	}
	return trayPicture{v.part * traySteps / 100, v.paused}
}

// draw draws the program's icon, with a bar below it that fills as files are sent. Both have colours of their own that are
// seen on light and on dark ground.
func (p trayPicture) draw() *image.NRGBA {
	logo, err := png.Decode(bytes.NewReader(assets.IconTray))
	if err != nil {
		panic(err) // a file that is in the program; any test of the tray finds it
	}
	picture := image.NewNRGBA(logo.Bounds())
	if p.steps < 0 {
		draw.Draw(picture, picture.Rect, logo, logo.Bounds().Min, draw.Src)
		return picture
	}
	// The icon has air above and below; moved up, it makes room for the bar.
	const up, inset, thick = 8, 4, 10
	draw.Draw(picture, picture.Rect, logo, logo.Bounds().Min.Add(image.Pt(0, up)), draw.Src)
	size := picture.Rect.Size()
	bar := image.Rect(inset, size.Y-thick-2, size.X-inset, size.Y-2)
	fill := color.NRGBA{0x2F, 0xB3, 0x74, 0xFF}
	if p.paused {
		fill = color.NRGBA{0xD9, 0x8E, 0x1F, 0xFF}
	}
	draw.Draw(picture, bar, image.NewUniform(color.NRGBA{0x97, 0xA1, 0xB3, 0xFF}), image.Point{}, draw.Src)
	bar.Max.X = bar.Min.X + bar.Dx()*p.steps/traySteps
	draw.Draw(picture, bar, image.NewUniform(fill), image.Point{}, draw.Src)
	return picture
}

// bytes is the picture as this system wants it: Windows takes icons only, in which a PNG may lie.
func (p trayPicture) bytes() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, p.draw()); err != nil {
		panic(err) // into memory
	}
	if runtime.GOOS == "windows" {
		return ico(b.Bytes(), p.draw().Rect.Dx())
	}
	return b.Bytes()
}

// ico wraps a square PNG as an icon of Windows: a header, one entry of its table, and the PNG.
func ico(picture []byte, size int) []byte {
	const header, entry = 6, 16
	b := make([]byte, 0, header+entry+len(picture))
	for _, word := range []uint16{0, 1, 1} { // reserved, an icon, one picture
		b = binary.LittleEndian.AppendUint16(b, word)
	}
	b = append(b, byte(size), byte(size), 0, 0) // no palette, reserved
	for _, word := range []uint16{1, 32} {      // planes, bits of a pixel
		b = binary.LittleEndian.AppendUint16(b, word)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(picture)))
	b = binary.LittleEndian.AppendUint32(b, header+entry)
	return append(b, picture...)
}
