package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
)

// selectionBar is what can be done with several rows at once.
type selectionBar struct {
	u       *ui
	all     *fyne.Container
	count   *clipped
	buttons []*barButton
	more    *button
	close   *button
	further func() []*fyne.MenuItem // what has no button; nil for nothing
}

// barButton is one thing that can be done; what finds no room as a button is in the menu.
type barButton struct {
	*button
	key string // of its shortcut
	do  func()
}

func (u *ui) newSelectionBar(none func()) *selectionBar {
	b := &selectionBar{u: u, count: newWhole("", sizeBody, colorAccent, true)}
	b.more = u.iconButton(iconMore, lang.L("More"), b.menu)
	b.close = u.iconButton(iconClose, lang.L("Select none"), none)
	b.all = container.New(&barLayout{b}, b.count, b.more, b.close)
	return b
}

// add puts something that can be done behind what is there.
func (b *selectionBar) add(key, text string, do func()) {
	button := b.u.button(secondary, text, do)
	button.tip = b.u.tipFor(key)
	b.buttons = append(b.buttons, &barButton{button: button, key: key, do: do})
	b.all.Objects = slices.Insert(b.all.Objects, len(b.all.Objects)-2, fyne.CanvasObject(button))
}

func (b *selectionBar) show(n int) {
	if n > 0 {
		b.count.set(lang.N("{{.Count}} selected", n, args{"Count": b.u.words.count(n)}), colorAccent)
	}
	b.all.Refresh()
}

// menu offers what has no button, or no room for one.
func (b *selectionBar) menu() {
	var items []*fyne.MenuItem
	for _, button := range b.buttons {
		if !button.Visible() {
			item := fyne.NewMenuItem(button.text, button.do)
			item.Shortcut = b.u.menuKey(button.key)
			items = append(items, item)
		}
	}
	if b.further != nil {
		items = append(items, b.further()...)
	}
	b.u.popUp(items, b.more)
}

// selectAllItem is an item of a menu.
func (u *ui) selectAllItem(do func()) *fyne.MenuItem {
	item := fyne.NewMenuItem(lang.L("Select all"), do)
	item.Shortcut = u.menuKey("selectAll")
	return item
}

// barLayout shows as many of the bar's buttons as there is room for.
type barLayout struct{ b *selectionBar }

// Layout implements fyne.Layout.
func (l *barLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	b := l.b
	put := func(o fyne.CanvasObject, x float32) float32 {
		m := o.MinSize()
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		o.Resize(m)
		return m.Width
	}
	x := put(b.count, 0) + gap
	end := b.close.MinSize().Width
	put(b.close, size.Width-end)
	room := size.Width - end - b.more.MinSize().Width - 4
	fits := true
	for _, button := range b.buttons {
		width := button.MinSize().Width
		if fits = fits && x+width <= room; fits {
			put(button.button, x)
			x += width + 8
		}
		button.Hidden = !fits
	}
	put(b.more, min(x, room))
}

// MinSize implements fyne.Layout.
func (l *barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(280, control) }
