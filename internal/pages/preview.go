package pages

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/draw"

	// a picture may be one of these too
	_ "image/gif"

	// and of these
	_ "golang.org/x/image/webp"
)

// What a preview may cost.
const (
	maxPictureFile = 32 << 20 // bytes
	maxPixels      = 40_000_000
	maxDecoded     = 160 << 20 // bytes: 40 megapixels, or half as many with 16 bits a color
	thumbWidth     = 160
	thumbHeight    = 120
	maxThumb       = 24 << 10 // bytes

	maxTextFile = 64 << 10 // bytes
	maxLines    = 6
	maxRunes    = 400
)

// Preview makes what a page can show of a file on disk: a small picture, or the first lines of a text. It has nothing
// for what is too large, broken, or neither, and says no more about that: a page is good without. A large picture
// takes a second and 200 MB for that long, so callers make one at a time.
func Preview(path, contentType string) (picture []byte, text string) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 || info.Size() > maxPictureFile {
		return nil, ""
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, ""
	}
	defer f.Close()
	contentType = strings.ToLower(contentType)
	switch {
	case strings.HasPrefix(contentType, "image/") && !strings.HasPrefix(contentType, "image/svg"):
		return thumbnail(f), ""
	case readable(contentType):
		return nil, beginning(f)
	}
	return nil, ""
}

// readable reports whether a type is one of texts, or says nothing.
func readable(contentType string) bool {
	contentType, _, _ = strings.Cut(contentType, ";")
	switch contentType = strings.TrimSpace(contentType); contentType {
	case "", "application/octet-stream", "application/json", "application/xml", "application/yaml", "application/toml",
		"application/javascript", "application/sql", "application/x-sh", "application/x-ndjson":
		return true
	case "text/rtf":
		return false
	}
	return strings.HasPrefix(contentType, "text/") || strings.HasPrefix(contentType, "application/") &&
		(strings.HasSuffix(contentType, "+json") || strings.HasSuffix(contentType, "+xml"))
}

// beginning is the first lines of a small text, "" of anything else.
func beginning(f io.Reader) string {
	content, err := io.ReadAll(io.LimitReader(f, maxTextFile+1))
	if err != nil || len(content) > maxTextFile || !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return ""
	}
	return excerpt(string(content))
}

// excerpt cuts a text to its first lines and writes what cannot be seen in them as numbers.
func excerpt(text string) string {
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n").Replace(text)
	text = strings.TrimRight(text, " \t\n")
	whole := text
	at := 0
	for range maxLines {
		next := strings.IndexByte(text[at:], '\n')
		if next < 0 {
			at = len(text) + 1
			break
		}
		at += next + 1
	}
	text = text[:max(at-1, 0)]
	runes := 0
	for i := range text {
		if runes++; runes > maxRunes {
			text = text[:i]
			break
		}
	}
	if text != whole {
		text = strings.TrimRight(text, " \t\n") + " …"
	}
	return shown(text, "\n\t")
}

// thumbnail is a small picture of a large one, nil where there cannot be one.
func thumbnail(f io.ReadSeeker) (small []byte) {
	defer func() {
		if recover() != nil { // a decoder met with something that its author had not
			small = nil
		}
	}()
	c, format, err := image.DecodeConfig(f)
	if err != nil || !affordable(c) {
		return nil
	}
	turn := upright
	if format == "jpeg" {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil
		}
		turn = orientation(f)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil
	}
	large, _, err := image.Decode(io.LimitReader(f, maxPictureFile))
	if err != nil {
		return nil
	}
	return encoded(turn.apply(scaled(large, turn.sideways())))
}

// affordable looks at what a picture would take before it is decoded.
func affordable(c image.Config) bool {
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return false
	}
	each := 4
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		each = 8
	case color.GrayModel:
		each = 1
	case color.Gray16Model:
		each = 2
	}
	return c.Width*c.Height*each <= maxDecoded
}

// scaled makes a picture fit, and never larger. A sideways one will be turned by a quarter.
func scaled(large image.Image, sideways bool) *image.RGBA {
	size := large.Bounds().Size()
	w, h := thumbWidth, thumbHeight
	if sideways {
		w, h = h, w
	}
	factor := min(float64(w)/float64(size.X), float64(h)/float64(size.Y), 1)
	small := image.NewRGBA(image.Rect(0, 0, max(int(float64(size.X)*factor+0.5), 1), max(int(float64(size.Y)*factor+0.5), 1)))
	draw.CatmullRom.Scale(small, small.Bounds(), large, large.Bounds(), draw.Src, nil)
	return small
}

// encoded writes a JPEG, or a PNG where there is something to see through; nil if it stays too large.
func encoded(small *image.RGBA) []byte {
	var out bytes.Buffer
	if !small.Opaque() {
		e := png.Encoder{CompressionLevel: png.BestCompression}
		if err := e.Encode(&out, small); err == nil && out.Len() <= maxThumb {
			return out.Bytes()
		}
	}
	onWhite := image.NewRGBA(small.Bounds())
	draw.Draw(onWhite, onWhite.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(onWhite, onWhite.Bounds(), small, small.Bounds().Min, draw.Over)
	for _, quality := range []int{75, 40} {
		out.Reset()
		if err := jpeg.Encode(&out, onWhite, &jpeg.Options{Quality: quality}); err == nil && out.Len() <= maxThumb {
			return out.Bytes()
		}
	}
	return nil
}
