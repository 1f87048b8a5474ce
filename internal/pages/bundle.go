package pages

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"io"
	"net/http"
	"time"
)

// Bundle is what the page of many files says.
type Bundle struct {
	Title string    // "" says how many files there are
	Ends  time.Time // the earliest end of page and links; zero when it is not known
	Made  time.Time
	Files []File
}

// File is one file of a bundle.
type File struct {
	Name        string // path with slashes, hostile until escaped
	Size        int64  // bytes
	ContentType string
	URL         string // presigned GET, a download
	Picture     []byte // a small JPEG or PNG, embedded as a data: URI; nil for none
	Text        string // the first lines of a text, "" for none
}

// bundlePage is what bundle.html fills in.
type bundlePage struct {
	sheet
	Heading    said
	Titled     bool // the heading is not the number of files
	Count      said
	Size       said
	Ends, Made *moment
	Files      []filePart
	Shell      string
	PowerShell string
}

// filePart is a file as a row of the page.
type filePart struct {
	title
	Size, Kind said
	Href       template.HTMLAttr
	Picture    template.URL
	Small      bool // the picture is smaller than its place
	Text       string
}

// WriteBundle writes the page of many files. Nothing is written if one of the links is none.
func WriteBundle(w io.Writer, b Bundle) error {
	page := bundlePage{Titled: b.Title != "", Count: countFiles(len(b.Files)), Ends: newMoment(b.Ends), Made: newMoment(b.Made)}
	page.Heading = page.Count
	if page.Titled {
		page.Heading = same(Visible(b.Title))
	}
	var total int64
	names := make([]string, len(b.Files))
	for i, f := range b.Files {
		row, err := newFilePart(f)
		if err != nil {
			return fmt.Errorf("the link to %q: %w", f.Name, err)
		}
		page.Files = append(page.Files, row)
		names[i] = f.Name
		total += f.Size
	}
	page.Size = size(total)
	folder := folderOf(b.Made)
	page.Shell = shellScript(folder, b.Files, safeNames(names, posix))
	page.PowerShell = powerShellScript(folder, b.Files, safeNames(names, windows))
	var err error
	if page.sheet, err = newSheet(page.Heading); err != nil {
		return err
	}
	return write(w, "bundle.html", page)
}

func newFilePart(f File) (filePart, error) {
	link, err := href(f.URL)
	if err != nil {
		return filePart{}, err
	}
	p := filePart{title: newTitle(f.Name), Size: size(f.Size), Kind: kind(f.Name, f.ContentType), Href: link, Text: shown(f.Text, "\n\t")}
	p.Picture, p.Small = picture(f.Picture)
	return p, nil
}

// pictureWidth and pictureHeight are what a picture fills on the page.
const pictureWidth, pictureHeight = 56, 42

// picture makes a data: URI of what is a small picture for sure, and "" of anything else.
func picture(content []byte) (uri template.URL, small bool) {
	c, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || format != "jpeg" && format != "png" {
		return "", false
	}
	uri = template.URL("data:" + http.DetectContentType(content) + ";base64," + // #nosec G203 -- a picture's type, and base64
		base64.StdEncoding.EncodeToString(content))
	return uri, c.Width < pictureWidth || c.Height < pictureHeight
}
