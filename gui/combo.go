package gui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

// option is something that a combo suggests.
type option struct {
	label string // what is shown in the list
	value string // what stands in the field once it is taken; the label where it is empty
	note  string // what kind of thing it is, muted at the end of the line
	id    string // which one it is, where two may read the same; "" for what was typed
}

// text is what stands in the field.
func (o option) text() string {
	if o.value != "" {
		return o.value
	}
	return o.label
}

// combo is a field to type in that suggests what there is: typing narrows the suggestions, and what is not
// among them is taken as well unless strict is set.
type combo struct {
	widget.Entry

	ui      *ui
	options []option
	strict  bool
	// taken is called when the person is done: with Enter, a choice, or by leaving the field.
	taken func(option)
	// opened is called when the suggestions come up, to find out what there is.
	opened func()

	committed option // what was taken last, for Escape
	list      *suggestions
	frame     *surface
	wheel     *wheel // knows the form
}

// suggestionsShown is how many suggestions are in sight at a time.
const suggestionsShown = 8

func (u *ui) combo(placeholder string, taken func(option)) *combo {
	c := &combo{ui: u, taken: taken, frame: newFrame(), wheel: newWheel()}
	c.PlaceHolder = placeholder
	c.ExtendBaseWidget(c)
	c.list = newSuggestions(c)
	c.ActionItem = newArrow(iconDown, c.toggle)
	c.OnChanged = func(string) {
		if c.list.open {
			c.list.filter(c.Text)
		} else if c.ui.window.Canvas().Focused() == c {
			c.list.show(c.Text)
		}
	}
	c.OnSubmitted = func(string) { c.commit() }
	return c
}

// within implements formField.
func (c *combo) within(form *container.Scroll) { c.wheel.form = form }

// CreateRenderer implements fyne.Widget.
func (c *combo) CreateRenderer() fyne.WidgetRenderer { return c.wheel.over(c.Entry.CreateRenderer()) }

// setValue shows a value that somebody else decided.
func (c *combo) setValue(v string) { c.setOption(option{label: v}) }

// setOption is setValue for one of the options.
func (c *combo) setOption(o option) {
	c.committed = o
	if v := o.text(); c.Text != v {
		change := c.OnChanged
		c.OnChanged = nil
		c.SetText(v)
		c.OnChanged = change
	}
}

// setOptions changes what is suggested.
func (c *combo) setOptions(o []option) {
	if slices.Equal(c.options, o) {
		return
	}
	c.options = o
	if c.list.open {
		c.list.show(c.filterText())
	}
}

// filterText is what narrows the suggestions: nothing as long as the person has not typed.
func (c *combo) filterText() string {
	if c.Text == c.committed.text() {
		return ""
	}
	return c.Text
}

// toggle opens or closes the suggestions, from the arrow.
func (c *combo) toggle() {
	if c.list.open {
		c.list.close()
		return
	}
	c.ui.window.Canvas().Focus(c)
	c.open()
}

func (c *combo) open() {
	c.list.show(c.filterText())
	if at := slices.IndexFunc(c.list.found, func(o option) bool { return o.text() == c.committed.text() && o.id == c.committed.id }); at >= 0 {
		c.list.mark(at)
	}
	if c.opened != nil {
		c.opened()
	}
}

// commit takes what stands in the field.
func (c *combo) commit() {
	c.list.close()
	if c.Text == c.committed.text() {
		return
	}
	if !c.strict {
		c.choose(option{label: c.Text})
		return
	}
	if o, ok := c.meant(); ok {
		c.choose(o)
		return
	}
	c.setOption(c.committed)
}

// meant is the option that reads as what was typed: to the letter, else but for upper and lower case. Where two
// do, nobody knows which is meant.
func (c *combo) meant() (option, bool) {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		var found []option
		for _, o := range c.options {
			if same(o.text(), c.Text) {
				found = append(found, o)
			}
		}
		if len(found) > 0 {
			return found[0], len(found) == 1
		}
	}
	return option{}, false
}

// choose takes a suggestion.
func (c *combo) choose(o option) {
	c.list.close()
	before := c.committed
	c.setOption(o)
	c.CursorColumn = len([]rune(c.Text))
	c.Refresh()
	if before.text() != o.text() || before.id != o.id {
		c.taken(o)
	}
}

// FocusGained implements fyne.Focusable. The whole text is selected, so that typing replaces it.
func (c *combo) FocusGained() {
	c.Entry.FocusGained()
	c.frame.focus(true)
	if c.wheel.form != nil {
		reveal(c.wheel.form, c)
	}
	c.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// FocusLost implements fyne.Focusable: leaving the field takes what stands in it, but for a click on a suggestion.
func (c *combo) FocusLost() {
	c.Entry.FocusLost()
	c.frame.focus(false)
	if !c.list.hovered {
		c.commit()
	}
}

// Tapped implements fyne.Tappable.
func (c *combo) Tapped(e *fyne.PointEvent) {
	c.Entry.Tapped(e)
	if !c.list.open {
		c.open()
	}
}

// TypedKey implements fyne.Focusable.
func (c *combo) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyDown, fyne.KeyUp:
		if !c.list.open {
			c.open()
			return
		}
		c.list.move(map[fyne.KeyName]int{fyne.KeyDown: 1, fyne.KeyUp: -1}[k.Name])
	case fyne.KeyReturn, fyne.KeyEnter:
		o, ok := c.list.marked()
		if !ok && c.strict && c.Text != c.committed.text() {
			o, ok = c.meant()
		}
		if ok {
			c.choose(o)
			return
		}
		c.commit()
	case fyne.KeyEscape:
		if c.list.open {
			c.list.close()
			return
		}
		c.setOption(c.committed)
	case fyne.KeyF1:
		c.ui.typedKey(k)
	default:
		c.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable: the window's own shortcuts work from within a field, and files
// that are pasted are sent wherever the focus is.
func (c *combo) TypedShortcut(s fyne.Shortcut) {
	if _, paste := s.(*fyne.ShortcutPaste); paste {
		if paths, _ := pastedPaths(c.ui.app.Clipboard().Content()); len(paths) > 0 {
			c.ui.paste()
			return
		}
	}
	if !c.ui.typedShortcut(s) {
		c.Entry.TypedShortcut(s)
	}
}

// arrow opens the suggestions. It is no button, so that the Tab key goes from field to field.
type arrow struct {
	widget.BaseWidget
	icon  icon
	onTap func()
}

func newArrow(i icon, onTap func()) *arrow {
	a := &arrow{icon: i, onTap: onTap}
	a.ExtendBaseWidget(a)
	return a
}

// Tapped implements fyne.Tappable.
func (a *arrow) Tapped(*fyne.PointEvent) { a.onTap() }

// Cursor implements desktop.Cursorable.
func (a *arrow) Cursor() desktop.Cursor { return desktop.DefaultCursor }

// CreateRenderer implements fyne.Widget.
func (a *arrow) CreateRenderer() fyne.WidgetRenderer {
	return &arrowRenderer{a: a, picture: canvas.NewImageFromResource(a.icon.in(colorMuted))}
}

type arrowRenderer struct {
	a       *arrow
	picture *canvas.Image
}

func (r *arrowRenderer) Layout(size fyne.Size) {
	r.picture.Resize(fyne.NewSquareSize(buttonIcon))
	r.picture.Move(fyne.NewPos(size.Width-buttonIcon-fieldEnd, (size.Height-buttonIcon)/2))
}
func (r *arrowRenderer) MinSize() fyne.Size { return fyne.NewSize(buttonIcon+fieldEnd, buttonIcon) }
func (r *arrowRenderer) Refresh() {
	r.picture.Resource = r.a.icon.in(colorMuted)
	r.picture.Refresh()
}
func (r *arrowRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.picture} }
func (r *arrowRenderer) Destroy()                     {}

// suggestions is the list below a combo.
type suggestions struct {
	combo   *combo
	box     *fyne.Container
	rows    *fyne.Container
	scroll  *container.Scroll
	found   []option
	at      int // the marked one; -1: none
	open    bool
	hovered bool
}

const suggestionHeight = 34

func newSuggestions(c *combo) *suggestions {
	s := &suggestions{combo: c, rows: container.New(stack{}), at: -1}
	ground := newSurface(colorCard, colorLine, radius)
	ground.raised = true
	s.scroll = container.NewVScroll(s.rows)
	s.box = container.NewStack(ground, container.New(insetAll(4), s.scroll))
	return s
}

func (s *suggestions) show(filter string) {
	s.open = true
	s.filter(filter)
}

// filter shows what has the typed text in it: what begins with it first.
func (s *suggestions) filter(text string) {
	text = strings.ToLower(text)
	s.found = s.found[:0]
	var within []option
	for _, o := range s.combo.options {
		switch label := strings.ToLower(o.label); {
		case strings.HasPrefix(label, text):
			s.found = append(s.found, o)
		case strings.Contains(label, text):
			within = append(within, o)
		}
	}
	s.found = append(s.found, within...)
	s.at = -1
	if s.combo.strict && text != "" && len(s.found) > 0 {
		s.at = 0 // what Enter takes is in sight
		if o, ok := s.combo.meant(); ok {
			s.at = max(slices.Index(s.found, o), 0)
		}
	}
	const most = 200 // a person narrows such a list; nobody scrolls through thousands
	s.rows.RemoveAll()
	for i, o := range s.found[:min(len(s.found), most)] {
		s.rows.Add(newSuggestion(s, i, o))
	}
	if more := len(s.found) - most; more > 0 {
		s.rows.Add(container.New(inset{8, 8, 8, 8}, newWhole(
			lang.N("{{.Count}} more; type to narrow", more, args{"Count": s.combo.ui.words.count(more)}), sizeSmall, colorMuted, false)))
	}
	if len(s.rows.Objects) == 0 {
		s.combo.ui.float.hide(s.box)
		return
	}
	height := float32(min(len(s.rows.Objects), suggestionsShown))*suggestionHeight + 8
	s.combo.ui.float.show(s.box, s.combo, height)
	s.scroll.ScrollToTop()
}

func (s *suggestions) close() {
	s.open, s.at, s.hovered = false, -1, false
	s.combo.ui.float.hide(s.box)
}

// move marks the next or the previous one.
func (s *suggestions) move(by int) {
	n := min(len(s.found), len(s.rows.Objects))
	if n == 0 {
		return
	}
	s.mark((s.at + by + n) % n)
	top := float32(s.at) * suggestionHeight
	switch {
	case top < s.scroll.Offset.Y:
		s.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case top+suggestionHeight > s.scroll.Offset.Y+s.scroll.Size().Height:
		s.scroll.ScrollToOffset(fyne.NewPos(0, top+suggestionHeight-s.scroll.Size().Height))
	}
}

func (s *suggestions) mark(i int) {
	old := s.at
	s.at = i
	for _, j := range []int{old, i} {
		if j >= 0 && j < len(s.rows.Objects) {
			s.rows.Objects[j].Refresh()
		}
	}
}

func (s *suggestions) marked() (option, bool) {
	if !s.open || s.at < 0 || s.at >= len(s.found) {
		return option{}, false
	}
	return s.found[s.at], true
}

// suggestion is one line of the list.
type suggestion struct {
	widget.BaseWidget
	list *suggestions
	at   int
	o    option
}

func newSuggestion(s *suggestions, at int, o option) *suggestion {
	g := &suggestion{list: s, at: at, o: o}
	g.ExtendBaseWidget(g)
	return g
}

// Tapped implements fyne.Tappable.
func (g *suggestion) Tapped(*fyne.PointEvent) { g.list.combo.choose(g.o) }

// MouseIn implements desktop.Hoverable.
func (g *suggestion) MouseIn(*desktop.MouseEvent) { g.list.hovered = true; g.list.mark(g.at) }

// MouseMoved implements desktop.Hoverable.
func (g *suggestion) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (g *suggestion) MouseOut() { g.list.hovered = false }

// CreateRenderer implements fyne.Widget.
func (g *suggestion) CreateRenderer() fyne.WidgetRenderer {
	label := newClipped(sizeBody, colorText, false)
	label.text = g.o.label
	note := newWhole(g.o.note, sizeSmall, colorMuted, false)
	ground := newSurface(colorNone, colorNone, 6)
	return &suggestionRenderer{g: g, ground: ground, label: label, all: container.NewStack(ground,
		container.New(inset{8, 0, 8, 0}, container.New(line{gap: gap, stretch: label}, label, note)))}
}

type suggestionRenderer struct {
	g      *suggestion
	ground *surface
	label  *clipped
	all    *fyne.Container
}

func (r *suggestionRenderer) Layout(size fyne.Size) { r.all.Resize(size) }
func (r *suggestionRenderer) MinSize() fyne.Size    { return fyne.NewSize(80, suggestionHeight) }
func (r *suggestionRenderer) Refresh() {
	fill, text := colorNone, colorText
	if r.g.list.at == r.g.at {
		fill, text = colorAccentBack, colorAccent
	}
	r.ground.fill = fill
	r.ground.Refresh()
	r.label.set(r.g.o.label, text)
}
func (r *suggestionRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.all} }
func (r *suggestionRenderer) Destroy()                     {}
