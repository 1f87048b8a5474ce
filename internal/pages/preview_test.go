package pages

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put writes a file and gives its path.
func put(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// halves is a picture that is red on its left and blue on its right.
func halves(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(p, p.Bounds(), image.NewUniform(color.RGBA{0, 0, 255, 255}), image.Point{}, draw.Src)
	draw.Draw(p, image.Rect(0, 0, w/2, h), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	return p
}

func asJPEG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, p, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// look decodes a preview and checks what holds for each.
func look(t *testing.T, picture []byte) (image.Image, string) {
	t.Helper()
	p, format, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatalf("the preview is no picture: %v", err)
	}
	if s := p.Bounds().Size(); s.X > thumbWidth || s.Y > thumbHeight || len(picture) > maxThumb {
		t.Errorf("the preview has %v and %d bytes", s, len(picture))
	}
	return p, format
}

// hue names the color at a place.
func hue(p image.Image, x, y int) string {
	r, g, b, a := p.At(x, y).RGBA()
	switch {
	case a < 0x1000:
		return "nothing"
	case r > 0xA000 && g < 0x6000 && b < 0x6000:
		return "red"
	case b > 0xA000 && g < 0x6000 && r < 0x6000:
		return "blue"
	case r > 0xE000 && g > 0xE000 && b > 0xE000:
		return "white"
	}
	return "other"
}

func TestPreviewOfPictures(t *testing.T) {
	wide := halves(800, 400)
	var animated bytes.Buffer
	pal := image.NewPaletted(image.Rect(0, 0, 40, 20), color.Palette{color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}})
	if err := gif.EncodeAll(&animated, &gif.GIF{Image: []*image.Paletted{pal, pal}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name        string
		content     []byte
		contentType string
		want        image.Point
		format      string
	}{
		{"a.png", asPNG(t, wide), "image/png", image.Pt(160, 80), "jpeg"},
		{"a.jpg", asJPEG(t, wide), "image/jpeg", image.Pt(160, 80), "jpeg"},
		{"tall.png", asPNG(t, halves(100, 1000)), "image/png", image.Pt(12, 120), "jpeg"},
		{"line.png", asPNG(t, halves(4000, 2)), "image/png", image.Pt(160, 1), "jpeg"},
		{"small.png", asPNG(t, halves(16, 16)), "image/png", image.Pt(16, 16), "jpeg"},
		{"a.gif", animated.Bytes(), "image/gif", image.Pt(40, 20), "jpeg"},
		{"a.webp", webp, "image/webp", image.Pt(1, 1), ""},
		{"wrong-type.gif", asPNG(t, wide), "image/gif", image.Pt(160, 80), "jpeg"},
	} {
		picture, text := Preview(put(t, test.name, test.content), test.contentType)
		if picture == nil || text != "" {
			t.Errorf("%s has no picture", test.name)
			continue
		}
		p, format := look(t, picture)
		if p.Bounds().Size() != test.want || test.format != "" && format != test.format {
			t.Errorf("%s became a %s of %v, want %s of %v", test.name, format, p.Bounds().Size(), test.format, test.want)
		}
		if s := p.Bounds().Size(); s.X == 160 && s.Y > 1 && (hue(p, 10, s.Y/2) != "red" || hue(p, 150, s.Y/2) != "blue") {
			t.Errorf("%s is %s and %s, want red and blue", test.name, hue(p, 10, s.Y/2), hue(p, 150, s.Y/2))
		}
	}
}

// TestPreviewSeesThrough keeps what is transparent so: a page is light or dark.
func TestPreviewSeesThrough(t *testing.T) {
	p := image.NewRGBA(image.Rect(0, 0, 400, 400))
	draw.Draw(p, image.Rect(100, 100, 300, 300), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	picture, _ := Preview(put(t, "a.png", asPNG(t, p)), "image/png")
	small, format := look(t, picture)
	if format != "png" || hue(small, 5, 5) != "nothing" || hue(small, 60, 60) != "red" {
		t.Errorf("a %s, %s at its corner, %s in its middle", format, hue(small, 5, 5), hue(small, 60, 60))
	}
	// Too much to see through is put on white.
	noise := image.NewNRGBA(image.Rect(0, 0, 160, 120))
	for i := range noise.Pix {
		noise.Pix[i] = byte(rand.IntN(256)) // #nosec G404 -- noise
	}
	if picture, _ := Preview(put(t, "noise.png", asPNG(t, noise)), "image/png"); picture == nil {
		t.Error("noise has no picture")
	} else if _, format := look(t, picture); format != "jpeg" {
		t.Errorf("noise became a %s", format)
	}
}

// exifJPEG is a picture with Exif that says how the camera was held.
func exifJPEG(t *testing.T, p image.Image, order binary.AppendByteOrder, value uint16) []byte {
	t.Helper()
	tiff := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range []struct{ tag, value uint16 }{{0x0100, 7}, {0x0112, value}} {
		tiff = order.AppendUint16(tiff, entry.tag)
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry.value)
		tiff = order.AppendUint16(tiff, 0)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	plain := asJPEG(t, p)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...) // #nosec G115 -- short
	return append(append(out, segment...), plain[2:]...)
}

func TestPreviewTurnsPhotosUpright(t *testing.T) {
	// Where red is on the upright picture, by what Exif says of one with red on its left.
	for value, red := range []string{1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom", 9: "left", 0: "left"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			content := exifJPEG(t, halves(400, 200), order, uint16(value)) // #nosec G115 -- to 9
			picture, _ := Preview(put(t, "a.jpg", content), "image/jpeg")
			if picture == nil {
				t.Fatalf("no picture at %d", value)
			}
			p, _ := look(t, picture)
			s := p.Bounds().Size()
			want := image.Pt(160, 80)
			if red == "top" || red == "bottom" {
				want = image.Pt(60, 120)
			}
			places := map[string][2]int{"left": {5, s.Y / 2}, "right": {s.X - 6, s.Y / 2}, "top": {s.X / 2, 5}, "bottom": {s.X / 2, s.Y - 6}}
			if at := places[red]; s != want || hue(p, at[0], at[1]) != "red" {
				t.Errorf("orientation %d: %v, and at its %s it is %s", value, s, red, hue(p, at[0], at[1]))
			}
		}
	}
	// A corner, for those that differ only there.
	corner := image.NewRGBA(image.Rect(0, 0, 120, 120))
	draw.Draw(corner, corner.Bounds(), image.NewUniform(color.RGBA{0, 0, 255, 255}), image.Point{}, draw.Src)
	draw.Draw(corner, image.Rect(0, 0, 60, 60), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	for value, at := range []image.Point{1: {20, 20}, 2: {100, 20}, 3: {100, 100}, 4: {20, 100}, 5: {20, 20}, 6: {100, 20}, 7: {100, 100}, 8: {20, 100}} {
		if value == 0 {
			continue
		}
		picture, _ := Preview(put(t, "a.jpg", exifJPEG(t, corner, binary.BigEndian, uint16(value))), "image/jpeg") // #nosec G115 -- to 8
		if p, _ := look(t, picture); hue(p, at.X, at.Y) != "red" || hue(p, 119-at.X, 119-at.Y) != "blue" {
			t.Errorf("orientation %d: %s at %v", value, hue(p, at.X, at.Y), at)
		}
	}
}

// claims is a PNG that says it is very large.
func claims(t *testing.T, w, h uint32) []byte {
	t.Helper()
	content := asPNG(t, halves(4, 4))
	binary.BigEndian.PutUint32(content[16:], w)
	binary.BigEndian.PutUint32(content[20:], h)
	binary.BigEndian.PutUint32(content[29:], crc32.ChecksumIEEE(content[12:29]))
	return content
}

func TestPreviewHasNothing(t *testing.T) {
	whole := asJPEG(t, halves(400, 400))
	huge := put(t, "huge.png", asPNG(t, halves(8, 8)))
	if err := os.Truncate(huge, maxPictureFile+1); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"not there":      filepath.Join(t.TempDir(), "none"),
		"a folder":       t.TempDir(),
		"empty":          put(t, "a", nil),
		"cut":            put(t, "a.jpg", whole[:len(whole)/2]),
		"its head alone": put(t, "a.jpg", whole[:3]),
		"no picture":     put(t, "a.png", []byte("<script>alert(1)</script>")),
		"too many":       put(t, "a.png", claims(t, 8000, 8000)),
		"too many, true": put(t, "a.png", asPNG(t, image.NewPaletted(image.Rect(0, 0, 8000, 5001), color.Palette{color.Black, color.White}))),
		"overflowing":    put(t, "a.png", claims(t, 1<<31-1, 1<<31-1)),
		"a large file":   huge,
		"an SVG":         put(t, "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)),
	} {
		contentType := "image/png"
		if strings.HasSuffix(path, ".svg") {
			contentType = "image/svg+xml"
		}
		if picture, text := Preview(path, contentType); picture != nil || text != "" {
			t.Errorf("%s: %d bytes of picture, text %q", name, len(picture), text)
		}
	}
}

func TestAffordable(t *testing.T) {
	for _, test := range []struct {
		c    image.Config
		want bool
	}{
		{image.Config{ColorModel: color.RGBAModel, Width: 8000, Height: 5000}, true},
		{image.Config{ColorModel: color.RGBAModel, Width: 8000, Height: 5001}, false},
		{image.Config{ColorModel: color.NRGBA64Model, Width: 8000, Height: 5000}, false},
		{image.Config{ColorModel: color.NRGBA64Model, Width: 5000, Height: 4000}, true},
		{image.Config{ColorModel: color.GrayModel, Width: 0, Height: 10}, false},
		{image.Config{ColorModel: color.GrayModel, Width: 1 << 40, Height: 1 << 40}, false},
	} {
		if got := affordable(test.c); got != test.want {
			t.Errorf("%d by %d: %v", test.c.Width, test.c.Height, got)
		}
	}
}

func TestPreviewOfTexts(t *testing.T) {
	seven := "1\n2\n3\n4\n5\n6\n7\n"
	for _, test := range []struct{ name, content, contentType, want string }{
		{"short", "Dear all,\nhello\n", "text/plain; charset=utf-8", "Dear all,\nhello"},
		{"seven lines", seven, "text/plain", "1\n2\n3\n4\n5\n6 …"},
		{"six lines", "1\n2\n3\n4\n5\n6\n\n", "text/plain", "1\n2\n3\n4\n5\n6"},
		{"one long line", strings.Repeat("ü", 500), "text/plain", strings.Repeat("ü", 400) + " …"},
		{"just enough", strings.Repeat("ü", 400), "text/plain", strings.Repeat("ü", 400)},
		{"Windows", "\uFEFFa\r\nb\rc", "text/csv", "a\nb\nc"},
		{"JSON", `{"a":1}`, "application/json", `{"a":1}`},
		{"LD", `{"a":1}`, "application/ld+json", `{"a":1}`},
		{"unknown", "all:\n\tgo build\n", "application/octet-stream", "all:\n\tgo build"},
		{"no type", "x", "", "x"},
		{"hostile", "a\u202Eb\x1b[31mc\x07<script>", "text/plain", "a[U+202E]b[U+001B][31mc[U+0007]<script>"},
		{"binary", "a\x00b", "text/plain", ""},
		{"not UTF-8", "caf\xe9", "text/plain", ""},
		{"PDF", "%PDF-1.4\nplain", "application/pdf", ""},
		{"RTF", `{\rtf1}`, "text/rtf", ""},
		{"large", strings.Repeat("a line\n", 10_000), "text/plain", ""},
		{"blank", "\n\n \t\n", "text/plain", ""},
	} {
		picture, text := Preview(put(t, "a", []byte(test.content)), test.contentType)
		if picture != nil || text != test.want {
			t.Errorf("%s: %q, want %q", test.name, text, test.want)
		}
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte("\xFF\xD8\xFF\xE1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"))
	f.Add([]byte("\xFF\xD8\xFF\xE1\x00\x10Exif\x00\x00MM\x00*\xFF\xFF\xFF\xFF"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if got := orientation(bytes.NewReader(content)); got < upright || got > 8 {
			t.Errorf("orientation %d", got)
		}
	})
}

func BenchmarkPreviewOfFortyMegapixels(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.jpg")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := jpeg.Encode(f, halves(7300, 5470), nil); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if picture, _ := Preview(path, "image/jpeg"); picture == nil {
			b.Fatal("no picture")
		}
	}
}
