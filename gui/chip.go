package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tone is what a colour stands for. A word always goes with it.
type tone int

const (
	neutral tone = iota
	good
	warning
	bad
	accent
)

// colors gives a tone's text and the ground that it stands on.
func (t tone) colors() (text, back fyne.ThemeColorName) {
	switch t {
	case good:
		return colorOk, colorOkBack
	case warning:
		return colorWarn, colorWarnBack
	case bad:
		return colorError, colorErrorBack
	case accent:
		return colorAccent, colorAccentBack
	}
	return colorOnLine, colorLine
}

// chip is a word on a coloured ground: a state, or a filter when it can be tapped.
type chip struct {
	widget.BaseWidget

	text string
	tone tone
}

func newChip() *chip {
	c := &chip{}
	c.ExtendBaseWidget(c)
	return c
}

// set shows another word; an empty one hides the chip.
func (c *chip) set(text string, t tone) {
	if c.text == text && c.tone == t {
		return
	}
	c.text, c.tone = text, t
	c.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (c *chip) AccessibilityLabel() string { return c.text }

// AccessibilityRole implements fyne.Accessible.
func (c *chip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{c: c, ground: canvas.NewRectangle(nil), word: canvas.NewText("", nil)}
	r.ground.CornerRadius = 6
	r.word.Alignment = fyne.TextAlignCenter
	r.word.TextStyle.Bold = true
	r.Refresh()
	return r
}

type chipRenderer struct {
	c      *chip
	ground *canvas.Rectangle
	word   *canvas.Text
}

const (
	chipHeight = 26
	chipInset  = 8
)

func (r *chipRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	text := r.word.MinSize()
	r.word.Resize(fyne.NewSize(size.Width, text.Height))
	r.word.Move(fyne.NewPos(0, (size.Height-text.Height)/2))
}

func (r *chipRenderer) MinSize() fyne.Size {
	if r.c.text == "" {
		return fyne.Size{}
	}
	return fyne.NewSize(r.word.MinSize().Width+2*chipInset, chipHeight)
}

func (r *chipRenderer) Refresh() {
	text, back := r.c.tone.colors()
	r.word.Text, r.word.Color, r.word.TextSize = r.c.text, theme.Color(text), theme.Size(sizeSmall)
	r.ground.FillColor = theme.Color(back)
	r.ground.Hidden, r.word.Hidden = r.c.text == "", r.c.text == ""
	canvas.Refresh(r.c)
}

func (r *chipRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.word} }
func (r *chipRenderer) Destroy()                     {}

// tile shows what kind of file a row is about: its ending on a square, which reads in any language. In a list to
// select from it is also where a row is ticked.
type tile struct {
	widget.BaseWidget

	kind string // "" shows the picture
	icon icon
	tick tick
}

// tick is whether a tile shows that its row is selected.
type tick int

const (
	noTick     tick = iota
	offersTick      // it is pointed at
	hasTick         // the row is selected
)

const tileSize = 36

func newTile() *tile {
	t := &tile{icon: iconFile}
	t.ExtendBaseWidget(t)
	return t
}

// set shows a kind, or a picture where there is none.
func (t *tile) set(kind string, picture icon, state tick) {
	if picture == iconNone {
		picture = iconFile
	}
	if t.kind != kind || t.icon != picture || t.tick != state {
		t.kind, t.icon, t.tick = kind, picture, state
		t.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *tile) CreateRenderer() fyne.WidgetRenderer {
	r := &tileRenderer{t: t, ground: canvas.NewRectangle(nil), word: canvas.NewText("", nil), icon: &canvas.Image{}}
	r.ground.CornerRadius = radius
	r.word.Alignment = fyne.TextAlignCenter
	r.word.TextStyle.Bold = true
	r.Refresh()
	return r
}

type tileRenderer struct {
	t      *tile
	ground *canvas.Rectangle
	word   *canvas.Text
	icon   *canvas.Image
}

func (r *tileRenderer) Layout(fyne.Size) {
	r.ground.Resize(fyne.NewSquareSize(tileSize))
	text := r.word.MinSize()
	r.word.Resize(fyne.NewSize(tileSize, text.Height))
	r.word.Move(fyne.NewPos(0, (tileSize-text.Height)/2))
	r.icon.Resize(fyne.NewSquareSize(20))
	r.icon.Move(fyne.NewSquareOffsetPos((tileSize - 20) / 2))
}

func (r *tileRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(tileSize) }

func (r *tileRenderer) Refresh() {
	fill, text, shown, picture := colorAccentBack, colorAccent, r.t.kind, r.t.icon
	r.ground.StrokeWidth = 0
	switch r.t.tick {
	case offersTick:
		shown, picture = "", iconCheck
		r.ground.StrokeWidth, r.ground.StrokeColor = 2, theme.Color(colorAccent)
	case hasTick:
		fill, text, shown, picture = colorAccent, theme.ColorNameForegroundOnPrimary, "", iconCheck
	}
	r.ground.FillColor = theme.Color(fill)
	r.word.Text, r.word.Color = shown, theme.Color(text)
	r.word.TextSize = 11
	if len(shown) > 3 {
		r.word.TextSize = 9
	}
	r.word.Hidden = shown == ""
	r.icon.Hidden = shown != ""
	if !r.icon.Hidden {
		r.icon.Resource = picture.in(text)
		r.icon.Refresh()
	}
	r.Layout(fyne.Size{})
	canvas.Refresh(r.t)
}

func (r *tileRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.word, r.icon}
}
func (r *tileRenderer) Destroy() {}
