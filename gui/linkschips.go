package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// searchField is a field to type a search in.
type searchField struct {
	widget.Entry
	ui    *ui
	frame *surface
	short string // for where there is no room for the placeholder
	long  string
}

func newSearchField(u *ui, placeholder string, changed func(string)) *searchField {
	s := &searchField{ui: u, frame: newFrame()}
	s.PlaceHolder, s.OnChanged = placeholder, changed
	s.long, s.short = placeholder, lang.L("Search")
	s.ActionItem = atFieldEnd(newPicture(iconSearch, colorMuted, buttonIcon))
	s.ExtendBaseWidget(s)
	return s
}

// Resize implements fyne.CanvasObject: a field without room for all it says says less.
func (s *searchField) Resize(size fyne.Size) {
	text := s.long
	if fyne.MeasureText(text, theme.Size(sizeBody), fyne.TextStyle{}).Width > size.Width-buttonIcon-fieldEnd-2*theme.Size(theme.SizeNameInnerPadding) {
		text = s.short
	}
	if s.PlaceHolder != text {
		s.PlaceHolder = text
		s.Refresh()
	}
	s.Entry.Resize(size)
}

// FocusGained implements fyne.Focusable.
func (s *searchField) FocusGained() { s.Entry.FocusGained(); s.frame.focus(true) }

// FocusLost implements fyne.Focusable.
func (s *searchField) FocusLost() { s.Entry.FocusLost(); s.frame.focus(false) }

// TypedKey implements fyne.Focusable: Escape empties the field, Down goes to what was found.
func (s *searchField) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		if s.Text == "" {
			s.ui.typedKey(k)
		}
		s.SetText("")
	case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		s.ui.focusRows()
	case fyne.KeyF1:
		s.ui.typedKey(k)
	default:
		s.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable: the window's own shortcuts work from within a field.
func (s *searchField) TypedShortcut(short fyne.Shortcut) {
	if !s.ui.typedShortcut(short) {
		s.Entry.TypedShortcut(short)
	}
}

// filterChip is a chip that can be chosen.
type filterChip struct {
	widget.BaseWidget
	ui    *ui
	text  string
	short string // for where there is no room for the text; "" where nothing is shorter
	on    bool
	onTap func()

	hovered, focused bool
	folded           folding
}

// folding is which of the chips of a row show their short texts.
type folding int

const (
	foldNone   folding = iota
	foldOthers         // all but the chosen one
	foldAll
)

func newFilterChip(u *ui, onTap func()) *filterChip {
	c := &filterChip{ui: u, onTap: onTap}
	c.ExtendBaseWidget(c)
	return c
}

func (c *filterChip) set(text string, on bool) {
	if c.text != text || c.on != on {
		c.text, c.on = text, on
		c.Refresh()
	}
}

// fold shows the short text, or the whole one.
func (c *filterChip) fold(f folding) {
	if c.folded != f {
		c.folded = f
		c.Refresh()
	}
}

// shown is the text that is to be seen.
func (c *filterChip) shown() string { return c.form(c.folded) }

func (c *filterChip) form(f folding) string {
	if c.short != "" && (f == foldAll || f == foldOthers && !c.on) {
		return c.short
	}
	return c.text
}

// width is what the chip takes, folded or not.
func (c *filterChip) width(f folding) float32 {
	return fyne.MeasureText(c.form(f), theme.Size(sizeSmall), fyne.TextStyle{Bold: true}).Width + 2*chipInset
}

// Tapped implements fyne.Tappable.
func (c *filterChip) Tapped(*fyne.PointEvent) { c.onTap() }

// MouseIn implements desktop.Hoverable.
func (c *filterChip) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (c *filterChip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *filterChip) MouseOut() { c.hovered = false; c.Refresh() }

// FocusGained implements fyne.Focusable.
func (c *filterChip) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost implements fyne.Focusable.
func (c *filterChip) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune implements fyne.Focusable.
func (c *filterChip) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *filterChip) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.onTap()
	default:
		c.ui.typedKey(k)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (c *filterChip) AccessibilityLabel() string { return c.text }

// AccessibilityRole implements fyne.Accessible.
func (c *filterChip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (c *filterChip) CreateRenderer() fyne.WidgetRenderer {
	r := &filterRenderer{c: c, ground: canvas.NewRectangle(nil), word: canvas.NewText("", nil)}
	r.word.Alignment, r.word.TextStyle.Bold = fyne.TextAlignCenter, true
	r.Refresh()
	return r
}

type filterRenderer struct {
	c      *filterChip
	ground *canvas.Rectangle
	word   *canvas.Text
}

func (r *filterRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	text := r.word.MinSize()
	r.word.Resize(fyne.NewSize(size.Width, text.Height))
	r.word.Move(fyne.NewPos(0, (size.Height-text.Height)/2))
}

func (r *filterRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.word.MinSize().Width+2*chipInset, chipHeight)
}

func (r *filterRenderer) Refresh() {
	t := neutral
	if r.c.on {
		t = accent
	}
	text, back := t.colors()
	if r.c.hovered && !r.c.on {
		text = colorText
	}
	r.word.Text, r.word.Color, r.word.TextSize = r.c.shown(), theme.Color(text), theme.Size(sizeSmall)
	r.ground.FillColor, r.ground.CornerRadius = theme.Color(back), 6
	r.ground.StrokeWidth = 0
	if r.c.focused {
		r.ground.StrokeWidth, r.ground.StrokeColor = 2, theme.Color(colorAccent)
	}
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}

func (r *filterRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.word} }
func (r *filterRenderer) Destroy()                     {}

// filterChips makes a chip of each filter, in their order, with what stands at the end of the line.
func filterChips[F comparable](u *ui, filters []F, chosen func(F), end ...fyne.CanvasObject) (map[F]*filterChip, *fyne.Container) {
	chips, layout := make(map[F]*filterChip, len(filters)), chipsLayout{end: end}
	all := container.NewWithoutLayout()
	for _, f := range filters {
		c := newFilterChip(u, func() { chosen(f) })
		chips[f] = c
		all.Add(c)
		layout.chips = append(layout.chips, c)
	}
	for _, o := range end {
		all.Add(o)
	}
	all.Layout = layout
	return chips, all
}

// chipsLayout puts the chips of a filter beside each other, and what can be done with the whole list at the end. Where
// there is no room for all of their words, those that are not chosen lose their numbers.
type chipsLayout struct {
	chips []*filterChip
	end   []fyne.CanvasObject
}

// Layout implements fyne.Layout.
func (l chipsLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	right := size.Width
	for i := len(l.end) - 1; i >= 0; i-- {
		m := l.end[i].MinSize()
		right -= m.Width
		l.end[i].Move(fyne.NewPos(right, (size.Height-m.Height)/2))
		l.end[i].Resize(m)
	}
	apart := float32(8)
	folded := foldNone
	fits := func() bool {
		width := apart * float32(len(l.chips))
		for _, c := range l.chips {
			width += c.width(folded)
		}
		return width <= right
	}
	for ; !fits() && folded < foldAll; folded++ {
		if folded == foldOthers {
			apart = 4
		}
	}
	x := float32(0)
	for _, c := range l.chips {
		c.fold(folded)
		width := c.width(folded)
		c.Move(fyne.NewPos(x, (size.Height-chipHeight)/2))
		c.Resize(fyne.NewSize(width, chipHeight))
		x += width + apart
	}
}

// MinSize implements fyne.Layout.
func (l chipsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(280, control) }

// headLayout puts a title at the left and a button at the right, and between them a field that takes the room there is.
type headLayout struct{ most float32 }

// Layout implements fyne.Layout.
func (h headLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	title, field, button := objects[0], objects[1], objects[2]
	put := func(o fyne.CanvasObject, x, width float32) {
		height := o.MinSize().Height
		o.Move(fyne.NewPos(x, (size.Height-height)/2))
		o.Resize(fyne.NewSize(width, height))
	}
	last := button.MinSize().Width
	put(button, size.Width-last, last)
	first := title.MinSize().Width
	put(title, 0, first)
	room := size.Width - last - first - 2*gap
	width := min(h.most, room)
	put(field, size.Width-last-gap-width, width)
}

// MinSize implements fyne.Layout.
func (h headLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(280, max(objects[0].MinSize().Height, objects[1].MinSize().Height, headHeight))
}
