package gui

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/rivo/uniseg"
)

// clipped is one line of text that is shortened with an ellipsis where it does not fit.
type clipped struct {
	widget.BaseWidget

	text    string
	color   fyne.ThemeColorName
	size    fyne.ThemeSizeName
	bold    bool
	keepEnd bool // shorten in the middle: the end of a file's name says what kind it is
	whole   bool // ask for room for all of it
	align   fyne.TextAlign
}

func newClipped(size fyne.ThemeSizeName, color fyne.ThemeColorName, bold bool) *clipped {
	c := &clipped{size: size, color: color, bold: bold}
	c.ExtendBaseWidget(c)
	return c
}

// newWhole is a text that asks for all the room it needs.
func newWhole(text string, size fyne.ThemeSizeName, color fyne.ThemeColorName, bold bool) *clipped {
	c := newClipped(size, color, bold)
	c.text, c.whole = text, true
	return c
}

// set shows another text in another colour; it costs nothing when both are what they were.
func (c *clipped) set(text string, color fyne.ThemeColorName) {
	if text == c.text && color == c.color {
		return
	}
	c.text, c.color = text, color
	c.Refresh()
}

func (c *clipped) style() fyne.TextStyle { return fyne.TextStyle{Bold: c.bold} }

func (c *clipped) textSize() float32 { return theme.Size(c.size) }

func (c *clipped) width(s string) float32 { return fyne.MeasureText(s, c.textSize(), c.style()).Width }

// CreateRenderer implements fyne.Widget.
func (c *clipped) CreateRenderer() fyne.WidgetRenderer {
	r := &clippedRenderer{c: c, shown: canvas.NewText("", theme.Color(c.color))}
	r.Refresh()
	return r
}

// shorten gives the longest form of the text that fits, cut between characters as a person counts them.
func (c *clipped) shorten(room float32) string {
	if c.width(c.text) <= room {
		return c.text
	}
	var letters []string
	for g := uniseg.NewGraphemes(c.text); g.Next(); {
		letters = append(letters, g.Str())
	}
	tail := ""
	if c.keepEnd {
		keep := min(10, len(letters)/3)
		tail = strings.Join(letters[len(letters)-keep:], "")
		letters = letters[:len(letters)-keep]
	}
	form := func(n int) string { return strings.TrimRight(strings.Join(letters[:n], ""), " ") + "…" + tail }
	tooLong := sort.Search(len(letters), func(n int) bool { return c.width(form(n)) > room })
	return form(max(tooLong-1, 0))
}

type clippedRenderer struct {
	c     *clipped
	shown *canvas.Text

	// what was shortened last, and for how much room
	text string
	room float32
}

func (r *clippedRenderer) Layout(size fyne.Size) {
	if r.text != r.c.text || r.room != size.Width || r.shown.Text == "" {
		r.text, r.room = r.c.text, size.Width
		if short := r.c.shorten(size.Width); short != r.shown.Text {
			r.shown.Text = short
			canvas.Refresh(r.shown)
		}
	}
	r.shown.Resize(size)
}

func (r *clippedRenderer) MinSize() fyne.Size {
	height := fyne.MeasureText("Ág", r.c.textSize(), r.c.style()).Height
	if r.c.whole {
		return fyne.NewSize(r.c.width(r.c.text), height)
	}
	return fyne.NewSize(min(r.c.width(r.c.text), 2*height), height)
}

func (r *clippedRenderer) Refresh() {
	r.shown.TextSize, r.shown.TextStyle, r.shown.Alignment = r.c.textSize(), r.c.style(), r.c.align
	r.shown.Color = theme.Color(r.c.color)
	r.text = "\x00" // whatever was measured is measured again
	r.Layout(r.c.Size())
	canvas.Refresh(r.shown)
}

func (r *clippedRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.shown} }
func (r *clippedRenderer) Destroy()                     {}
