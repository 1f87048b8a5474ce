//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
)

// look takes a picture of the screen.
func (d *desktop) look() (*image.RGBA, error) {
	out, err := run(d.t, d.command("import", "-silent", "-window", "root", "-depth", "8", "rgba:-"))
	if err != nil {
		return nil, err
	}
	if len(out) != 4*d.size.X*d.size.Y {
		return nil, fmt.Errorf("the picture has %d bytes, the screen %d x %d", len(out), d.size.X, d.size.Y)
	}
	return &image.RGBA{Pix: []byte(out), Stride: 4 * d.size.X, Rect: image.Rectangle{Max: d.size}}, nil
}

// lookAt takes a picture of an area of the screen; its coordinates are the screen's.
func (d *desktop) lookAt(area image.Rectangle) (*image.RGBA, error) {
	whole, err := d.look()
	if err != nil {
		return nil, err
	}
	area = area.Intersect(whole.Rect)
	part := image.NewRGBA(area)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		copy(part.Pix[part.PixOffset(area.Min.X, y):], whole.Pix[whole.PixOffset(area.Min.X, y):whole.PixOffset(area.Max.X-1, y)+4])
	}
	return part, nil
}

// reading is a picture and the text on it.
type reading struct {
	picture *image.RGBA
	lines   []line
}

// read reads what stands in an area of the screen. Reading takes a second, so nothing is read twice.
func (d *desktop) read(area image.Rectangle) ([]line, error) {
	picture, err := d.lookAt(area)
	if err != nil {
		return nil, err
	}
	if old := d.reading.picture; old != nil && old.Rect == picture.Rect && bytes.Equal(old.Pix, picture.Pix) {
		return d.reading.lines, nil
	}
	lines, err := readText(d.t.Context(), picture)
	if err == nil {
		d.reading = reading{picture, lines}
	}
	return lines, err
}

// keepPicture saves the screen of a test that failed, for whoever wants to see what it saw.
func (d *desktop) keepPicture() {
	if !d.t.Failed() || d.kept {
		return
	}
	d.kept = true
	picture, err := d.look()
	if err == nil {
		name := strings.NewReplacer("/", "-", "#", "-").Replace(d.t.Name()) + ".png"
		path := filepath.Join(os.TempDir(), "waybill-e2e", name)
		if err = savePicture(path, picture); err == nil {
			d.t.Logf("the screen at the end: %s", path)
			return
		}
	}
	d.t.Logf("no picture of the screen: %v", err)
}

// savePicture writes a PNG file.
func savePicture(path string, picture image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(encoder.Encode(f, picture), f.Close())
}
