package gui

import (
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// heldKeys are the modifiers that are held down at present.
func heldKeys() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// tapped is called when a row is tapped: it opens, or is selected where there is a selection or a key that makes one.
func (p *linksPlace) tapped(at int) {
	switch held := p.u.held(); {
	case held&fyne.KeyModifierShift != 0:
		p.selectTo(at)
	case held&fyne.KeyModifierShortcutDefault != 0, len(p.selected) > 0:
		p.pick(at)
	default:
		p.toggle(at)
	}
}

// tapTile selects a row by its tile, or all from the last one to it.
func (p *linksPlace) tapTile(id string) {
	at := p.index(id)
	switch {
	case at < 0:
	case p.u.held()&fyne.KeyModifierShift != 0:
		p.selectTo(at)
	default:
		p.pick(at)
	}
}

// pick selects a row, or no longer.
func (p *linksPlace) pick(at int) {
	if at < 0 || at >= len(p.shown) {
		return
	}
	if id := p.shown[at].ID; p.selected[id] {
		delete(p.selected, id)
	} else {
		p.selected[id] = true
	}
	p.anchorAt(at)
	p.selectionChanged()
}

// anchorAt makes a row the one that a range begins at.
func (p *linksPlace) anchorAt(at int) { p.anchor, p.base = p.shown[at].ID, maps.Clone(p.selected) }

// selectTo selects the rows from the anchor to this one, beside what was selected before; an earlier range from there
// goes.
func (p *linksPlace) selectTo(at int) {
	if at < 0 || at >= len(p.shown) {
		return
	}
	from := p.index(p.anchor)
	if from < 0 {
		p.anchorAt(at)
		from = at
	}
	p.selected = map[string]bool{}
	maps.Copy(p.selected, p.base)
	for i := min(from, at); i <= max(from, at); i++ {
		p.selected[p.shown[i].ID] = true
	}
	p.selectionChanged()
}

// extend goes on with the range while Shift is held.
func (p *linksPlace) extend(from, to int) {
	if len(p.selected) == 0 || p.index(p.anchor) < 0 {
		p.anchorAt(from)
	}
	p.selectTo(to)
}

// selectAll selects all rows that are shown.
func (p *linksPlace) selectAll() {
	for i := range p.shown {
		p.selected[p.shown[i].ID] = true
	}
	if len(p.shown) > 0 {
		p.anchorAt(0)
	}
	p.selectionChanged()
}

// selectNone ends the selection.
func (p *linksPlace) selectNone() {
	clear(p.selected)
	p.anchor, p.base = "", nil
	p.selectionChanged()
}

func (p *linksPlace) selectionChanged() {
	p.rows.again()
	p.showBand()
}

// keepSelected drops from the selection what is not shown any more: nothing is done to what is out of sight.
func (p *linksPlace) keepSelected() {
	if len(p.selected) == 0 {
		return
	}
	kept := map[string]bool{}
	for i := range p.shown {
		if id := p.shown[i].ID; p.selected[id] {
			kept[id] = true
		}
	}
	p.selected = kept
	p.showBand()
}

// chosen are the selected entries in the order in which they are shown; without a selection, the one that is pointed at.
func (p *linksPlace) chosen() []desk.Entry {
	if len(p.selected) == 0 {
		if at := p.rows.list.at; at >= 0 && at < len(p.shown) {
			return slices.Clone(p.shown[at : at+1])
		}
		return nil
	}
	list := make([]desk.Entry, 0, len(p.selected))
	for i := range p.shown {
		if p.selected[p.shown[i].ID] {
			list = append(list, p.shown[i])
		}
	}
	return list
}

// showBand shows above the rows what there is most reason for: a field that waits for words, what can be done with the
// selection, or the chips.
func (p *linksPlace) showBand() {
	n := len(p.selected)
	p.asked.all.Hidden = !p.asked.open()
	p.bar.all.Hidden = n == 0 || p.asked.open()
	p.chips.Hidden = n > 0 || p.asked.open()
	p.bar.show(n)
	p.band.Refresh()
}

// selectionBar is what can be done with several links at once.
type selectionBar struct {
	p       *linksPlace
	all     *fyne.Container
	count   *clipped
	buttons []*barButton
	more    *button
	close   *button
}

// barButton is one thing that can be done; what finds no room as a button is in the menu.
type barButton struct {
	*button
	key string // of its shortcut
	do  func()
}

func (p *linksPlace) newSelectionBar() *selectionBar {
	u := p.u
	b := &selectionBar{p: p, count: newWhole("", sizeBody, colorAccent, true)}
	add := func(key, text string, do func()) {
		button := u.button(secondary, text, do)
		button.tip = u.tipFor(key)
		b.buttons = append(b.buttons, &barButton{button: button, key: key, do: do})
	}
	add("copy", lang.L("Copy links"), func() { p.copyLinks(p.chosen(), desk.FormatURL) })
	add("renew", lang.L("Renew"), func() { p.renew(p.chosen(), 0) })
	add("bundle", lang.L("One link for all…"), func() { p.askBundle(p.chosen()) })
	add("revoke", lang.L("Revoke…"), func() { p.askRevoke(p.chosen()) })
	add("forget", lang.L("Forget…"), func() { p.askForget(p.chosen()) })
	b.more = u.iconButton(iconMore, lang.L("More"), b.menu)
	b.close = u.iconButton(iconClose, lang.L("Select none"), p.selectNone)
	objects := []fyne.CanvasObject{b.count}
	for _, button := range b.buttons {
		objects = append(objects, button.button)
	}
	b.all = container.New(&barLayout{b}, append(objects, b.more, b.close)...)
	return b
}

func (b *selectionBar) show(n int) {
	if n > 0 {
		b.count.set(lang.N("{{.Count}} selected", n, args{"Count": b.p.u.words.count(n)}), colorAccent)
	}
	b.all.Refresh()
}

// menu offers what has no button, or no room for one.
func (b *selectionBar) menu() {
	p, u := b.p, b.p.u
	var items []*fyne.MenuItem
	for _, button := range b.buttons {
		if !button.Visible() {
			item := fyne.NewMenuItem(button.text, button.do)
			item.Shortcut = u.menuKey(button.key)
			items = append(items, item)
		}
	}
	items = append(items,
		p.copyAsItem(p.chosen),
		p.renewItem(p.chosen),
		fyne.NewMenuItemSeparator())
	items = append(items, p.exportItems(p.chosen)...)
	all := fyne.NewMenuItem(lang.L("Select all"), p.selectAll)
	all.Shortcut = u.menuKey("selectAll")
	u.popUp(append(items, fyne.NewMenuItemSeparator(), all), b.more)
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
