package pages

import (
	"html/template"
	"io"
	"time"
)

// Lead is what the page of one link says.
type Lead struct {
	Name string // hostile until escaped
	Size int64  // bytes; negative for what has none to speak of, such as a bundle: then the page says "Open", not "Download"
	URL  string
	Ends time.Time // zero when it is not known
}

// leadPage is what lead.html fills in.
type leadPage struct {
	sheet
	title
	Facts *said // size and kind; nil when there is no size
	Label said
	Href  template.HTMLAttr
	Ends  *moment
}

// WriteLead writes a page that leads to one link: a file to be mailed, for mail breaks long links. It waits to be
// told: it goes nowhere by itself.
func WriteLead(w io.Writer, l Lead) error {
	link, err := href(l.URL)
	if err != nil {
		return err
	}
	page := leadPage{title: newTitle(l.Name), Label: say("Open", "Öffnen"), Href: link, Ends: newMoment(l.Ends)}
	if l.Size >= 0 {
		s, k := size(l.Size), kind(l.Name, "")
		facts := say(s.EN+" · "+k.EN, s.DE+" · "+k.DE)
		page.Facts, page.Label = &facts, say("Download", "Herunterladen")
	}
	if page.sheet, err = newSheet(same(page.Base)); err != nil {
		return err
	}
	return write(w, "lead.html", page)
}
