package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// browseField is the field above what is in a bucket: what is typed narrows the list to what begins with it, and a
// key, or a whole s3:// address, works also where nothing may be listed.
type browseField struct {
	widget.Entry
	p     *browsePlace
	frame *surface
}

func newBrowseField(p *browsePlace) *browseField {
	f := &browseField{p: p, frame: newFrame()}
	f.PlaceHolder = lang.L("Search, or s3://…")
	f.ActionItem = atFieldEnd(newPicture(iconSearch, colorMuted, buttonIcon))
	f.OnChanged = func(string) { p.typed() }
	f.ExtendBaseWidget(f)
	return f
}

// clear empties the field without a search of its own.
func (f *browseField) clear() {
	if f.Text == "" {
		return
	}
	changed := f.OnChanged
	f.OnChanged = nil
	f.SetText("")
	f.OnChanged = changed
}

// address is the s3:// address that stands in the field.
func (f *browseField) address() (bucket, key string, ok bool) {
	text := strings.TrimSpace(f.Text)
	if !strings.HasPrefix(text, "s3:/") {
		return "", "", false
	}
	bucket, key, err := desk.ParseS3URL(text)
	if err != nil {
		return "", "", true // it is on its way to become one
	}
	return bucket, key, true
}

// key is the whole key that is meant by what stands in the field.
func (f *browseField) key() (string, bool) {
	if _, key, ok := f.address(); ok {
		return key, key != "" && !strings.HasSuffix(key, "/")
	}
	if whole, ok := strings.CutPrefix(f.Text, "/"); ok {
		return whole, whole != ""
	}
	return f.p.folder + f.Text, f.Text != "" && !strings.HasSuffix(f.Text, "/")
}

// enter goes to what was found, or makes the link to what was typed.
func (f *browseField) enter() {
	if strings.HasPrefix(strings.TrimSpace(f.Text), "s3:/") {
		f.p.address(strings.TrimSpace(f.Text))
		return
	}
	if f.p.trouble == nil {
		f.p.focusRows()
		return
	}
	if key, ok := f.key(); ok {
		f.p.links.typed(f.p.bucket, key)
	}
}

// FocusGained implements fyne.Focusable.
func (f *browseField) FocusGained() { f.Entry.FocusGained(); f.frame.focus(true) }

// FocusLost implements fyne.Focusable.
func (f *browseField) FocusLost() { f.Entry.FocusLost(); f.frame.focus(false) }

// TypedKey implements fyne.Focusable: Escape empties the field and then leaves the place, Backspace in an empty field
// goes up, Down goes to what was found.
func (f *browseField) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		if f.Text == "" {
			f.p.leave()
			return
		}
		f.SetText("")
	case fyne.KeyBackspace:
		if f.Text == "" {
			f.p.up()
			return
		}
		f.Entry.TypedKey(k)
	case fyne.KeyDown:
		f.p.focusRows()
	case fyne.KeyReturn, fyne.KeyEnter:
		f.enter()
	case fyne.KeyF1:
		f.p.u.typedKey(k)
	default:
		f.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable: the window's own shortcuts work from within a field.
func (f *browseField) TypedShortcut(s fyne.Shortcut) {
	if !f.p.u.typedShortcut(s) {
		f.Entry.TypedShortcut(s)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (f *browseField) AccessibilityLabel() string { return f.PlaceHolder + ": " + f.Text }

// AccessibilityRole implements fyne.Accessible.
func (f *browseField) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// focusRows gives the keyboard to the rows.
func (p *browsePlace) focusRows() {
	if p.length() > 0 && p.rows.card.Visible() {
		p.u.window.Canvas().Focus(p.rows.list)
	}
}

// crumbs are the folders above the one that is shown, each of which leads to itself. Where there is no room for all,
// those next to the bucket stand behind three dots.
type crumbs struct {
	u   *ui
	all *fyne.Container
	do  func(folder string)

	bucket, folder string // which it shows

	above []*button // the bucket and the folders above the one that is shown
	seps  []*clipped
	dots  *button
	after *clipped // the separator behind the dots
	last  *clipped
	hides string // the folder that the dots lead to
}

func (u *ui) newCrumbs(do func(folder string)) *crumbs {
	c := &crumbs{u: u, do: do, last: newClipped(sizeBody, colorText, true)}
	c.last.keepEnd = true
	c.dots = u.button(wordLink, "…", func() { c.do(c.hides) })
	c.after = newWhole("/", sizeBody, colorMuted, false)
	c.all = container.New(c)
	return c
}

// set shows a folder of a bucket.
func (c *crumbs) set(bucket, folder string) {
	if c.bucket == bucket && c.folder == folder {
		return
	}
	c.bucket, c.folder = bucket, folder
	c.above, c.seps = nil, nil
	c.all.Objects = nil
	names, at := []string{bucket}, []string{""}
	path := ""
	for part := range strings.SplitAfterSeq(folder, "/") {
		if part != "" {
			path += part
			names, at = append(names, strings.TrimSuffix(part, "/")), append(at, path)
		}
	}
	for i, name := range names[:len(names)-1] {
		if name == "" {
			name = lang.L("no name")
		}
		b := c.u.button(wordLink, clip(desk.Visible(name), 24), func() { c.do(at[i]) })
		b.tip = desk.Visible(bucket + "/" + at[i])
		c.above, c.seps = append(c.above, b), append(c.seps, newWhole("/", sizeBody, colorMuted, false))
		c.all.Add(b)
		c.all.Add(c.seps[i])
	}
	c.all.Add(c.dots)
	c.all.Add(c.after)
	c.last.set(desk.Visible(names[len(names)-1]), colorText)
	c.all.Add(c.last)
	c.all.Refresh()
}

const crumbGap = 4

// Layout implements fyne.Layout.
func (c *crumbs) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	const lastAtLeast = 96
	width := func(o fyne.CanvasObject) float32 { return o.MinSize().Width + crumbGap }
	crumb := func(i int) float32 { return width(c.above[i]) + width(c.seps[i]) }
	total := min(c.last.width(c.last.text), lastAtLeast)
	for i := range c.above {
		total += crumb(i)
	}
	// What there is no room for stands behind the dots: first what is next to the bucket, then the bucket too.
	from, to := 1, 1
	for ; total > size.Width && to < len(c.above); to++ {
		if to == from {
			total += width(c.dots) + width(c.after)
		}
		total -= crumb(to)
	}
	if total > size.Width && len(c.above) > 0 {
		from = 0
	}
	hidden := to > from
	if hidden {
		c.hides = c.pathOf(to - 1)
	}
	x := float32(0)
	place := func(o fyne.CanvasObject, inSight bool) {
		if !inSight {
			o.Hide()
			return
		}
		o.Show()
		m := o.MinSize()
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		o.Resize(m)
		x += m.Width + crumbGap
	}
	for i := range c.above {
		if i == from {
			place(c.dots, hidden)
			place(c.after, hidden)
		}
		place(c.above[i], i < from || i >= to)
		place(c.seps[i], i < from || i >= to)
	}
	if from >= len(c.above) {
		c.dots.Hide()
		c.after.Hide()
	}
	if len(c.above) > 0 {
		x += 2 // a button has as much around its word
	}
	m := c.last.MinSize()
	c.last.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
	c.last.Resize(fyne.NewSize(max(size.Width-x, 0), m.Height))
}

// pathOf is the folder that a button leads to.
func (c *crumbs) pathOf(i int) string {
	parts := strings.SplitAfter(c.folder, "/")
	return strings.Join(parts[:i], "")
}

// MinSize implements fyne.Layout.
func (c *crumbs) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, c.last.MinSize().Height)
}
