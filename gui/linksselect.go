package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// tapped is called when a row is tapped.
func (p *linksPlace) tapped(at int) { p.tap(at, p.toggle) }

func (p *linksPlace) selectionChanged() {
	p.rows.again()
	p.showBand()
}

// chosen are the selected entries in the order in which they are shown; without a selection, the one that is pointed at.
func (p *linksPlace) chosen() (list []desk.Entry) {
	for _, i := range p.lines(p.rows.list.at) {
		list = append(list, p.shown[i])
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

// newBar is what can be done with the selected links.
func (p *linksPlace) newBar() *selectionBar {
	b := p.u.newSelectionBar(p.selectNone)
	b.add("copy", lang.L("Copy links"), func() { p.copyLinks(p.chosen(), desk.FormatURL) })
	b.add("renew", lang.L("Renew"), func() { p.renew(p.chosen(), 0) })
	b.add("bundle", lang.L("One link for all…"), func() { p.askBundle(p.chosen()) })
	b.add("revoke", lang.L("Revoke…"), func() { p.askRevoke(p.chosen()) })
	b.add("forget", lang.L("Forget…"), func() { p.askForget(p.chosen()) })
	b.further = func() []*fyne.MenuItem {
		items := []*fyne.MenuItem{p.copyAsItem(p.chosen), p.renewItem(p.chosen), fyne.NewMenuItemSeparator()}
		items = append(items, p.exportItems(p.chosen)...)
		return append(items, fyne.NewMenuItemSeparator(), p.u.selectAllItem(p.selectAll))
	}
	return b
}
