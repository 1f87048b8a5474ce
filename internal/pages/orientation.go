package pages

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"io"
)

// turn is how a camera was held, by Exif's tag 0x0112: 1 is upright, 2 to 8 are the ways to mirror and turn.
type turn int

const upright turn = 1

// sideways reports whether width and height change places.
func (t turn) sideways() bool { return t >= 5 && t <= 8 }

// apply turns a picture upright.
func (t turn) apply(p *image.RGBA) *image.RGBA {
	if t <= upright || t > 8 {
		return p
	}
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if t.sideways() {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			to := image.Pt(x, y)
			switch t {
			case 2:
				to = image.Pt(w-1-x, y)
			case 3:
				to = image.Pt(w-1-x, h-1-y)
			case 4:
				to = image.Pt(x, h-1-y)
			case 5:
				to = image.Pt(y, x)
			case 6:
				to = image.Pt(h-1-y, x)
			case 7:
				to = image.Pt(h-1-y, w-1-x)
			case 8:
				to = image.Pt(y, w-1-x)
			}
			out.SetRGBA(to.X, to.Y, p.RGBAAt(x, y))
		}
	}
	return out
}

// orientation reads how a JPEG's camera was held; upright when the file does not say.
func orientation(f io.Reader) turn {
	r := bufio.NewReader(f)
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || head != [2]byte{0xFF, 0xD8} {
		return upright
	}
	for {
		var segment [4]byte // a marker and a length, which counts itself
		if _, err := io.ReadFull(r, segment[:]); err != nil || segment[0] != 0xFF || segment[1] == 0xDA {
			return upright
		}
		length := int(binary.BigEndian.Uint16(segment[2:])) - 2
		if length < 0 {
			return upright
		}
		content := make([]byte, length)
		if _, err := io.ReadFull(r, content); err != nil {
			return upright
		}
		if exif, ok := bytes.CutPrefix(content, []byte("Exif\x00\x00")); ok && segment[1] == 0xE1 {
			return exifTurn(exif)
		}
	}
}

// exifTurn finds the tag in the first directory of Exif's TIFF.
func exifTurn(tiff []byte) turn {
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at > len(tiff)-2 {
		return upright
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if t := turn(order.Uint16(entries[8:])); t >= upright && t <= 8 {
				return t
			}
			break
		}
		entries = entries[12:]
	}
	return upright
}
