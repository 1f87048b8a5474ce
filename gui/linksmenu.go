package gui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// menu offers what can be done with an entry.
func (p *linksPlace) menu(e desk.Entry, at fyne.CanvasObject) {
	u := p.u
	one := []desk.Entry{e}
	var items []*fyne.MenuItem
	add := func(key, label string, do func()) {
		item := fyne.NewMenuItem(label, do)
		item.Shortcut = u.menuKey(key)
		items = append(items, item)
	}
	rule := func() { items = append(items, fyne.NewMenuItemSeparator()) }
	if e.Live(u.now()) {
		add("copy", lang.L("Copy the link"), func() { p.copyLinks(one, desk.FormatURL) })
		items = append(items, p.copyAsItem(func() []desk.Entry { return one }))
		add("qr", lang.L("QR code"), func() { p.showQR(e) })
		add("browser", lang.L("Open in the browser"), func() { p.browse(e) })
		add("mail", lang.L("Send by mail…"), func() { p.mail(e) })
		rule()
	}
	if e.State == desk.Sent && e.Revoked.IsZero() {
		items = append(items, p.renewItem(func() []desk.Entry { return one }))
		add("revoke", lang.L("Revoke…"), func() { p.askRevoke(one) })
	}
	if e.CanUndo && !e.Revoked.IsZero() {
		add("", lang.L("Bring back"), func() { p.bringBack(one) })
	}
	add("note", lang.L("Note…"), func() { p.askNote(e) })
	details := lang.L("Show the details")
	if p.opened == e.ID {
		details = lang.L("Hide the details")
	}
	add("details", details, func() {
		if i := p.index(e.ID); i >= 0 {
			p.toggle(i)
		}
	})
	if !e.Live(u.now()) {
		add("", lang.L("Copy the S3 address"), func() { u.copy(p.address(e)) })
	}
	rule()
	if e.Path != "" {
		file := fyne.NewMenuItem(lang.L("File on this computer"), nil)
		file.ChildMenu = fyne.NewMenu("",
			fyne.NewMenuItem(lang.L("Send again"), func() { p.sendAgain(e) }),
			fyne.NewMenuItem(lang.L("Show in its folder"), func() { u.reveal(e.Path) }))
		items = append(items, file)
	}
	add("forget", lang.L("Forget…"), func() { p.askForget(one) })
	u.popUp(items, at)
}

// copyAsItem is the menu of forms in which links can be copied, and their objects' addresses.
func (p *linksPlace) copyAsItem(which func() []desk.Entry) *fyne.MenuItem {
	item := fyne.NewMenuItem(lang.L("Copy as"), nil)
	item.ChildMenu = fyne.NewMenu("")
	for _, f := range []struct {
		label  string
		format desk.Format
	}{
		{lang.L("Markdown"), desk.FormatMarkdown},
		{lang.L("HTML"), desk.FormatHTML},
		{lang.L("Plain link"), desk.FormatURL},
		{lang.L("curl command"), desk.FormatCurl},
		{lang.L("wget command"), desk.FormatWget},
		{lang.L("PowerShell command"), desk.FormatPowerShell},
	} {
		item.ChildMenu.Items = append(item.ChildMenu.Items, fyne.NewMenuItem(f.label, func() { p.copyLinks(which(), f.format) }))
	}
	item.ChildMenu.Items = append(item.ChildMenu.Items, fyne.NewMenuItem(lang.L("S3 address"), func() {
		var addresses []string
		for _, e := range which() {
			addresses = append(addresses, p.address(e))
		}
		p.u.copy(strings.Join(addresses, "\n"))
	}))
	return item
}

// renewItem is the menu of times for which links can be renewed. What no signature can last is offered where a
// distribution answers.
func (p *linksPlace) renewItem(which func() []desk.Entry) *fyne.MenuItem {
	const day = 24 * time.Hour
	item := fyne.NewMenuItem(lang.L("Renew for"), nil)
	same := fyne.NewMenuItem(lang.L("As long as before"), func() { p.renew(which(), 0) })
	same.Shortcut = p.u.menuKey("renew")
	item.ChildMenu = fyne.NewMenu("", same)
	add := func(lasts time.Duration) {
		item.ChildMenu.Items = append(item.ChildMenu.Items, fyne.NewMenuItem(lastsName(lasts), func() { p.renew(which(), lasts) }))
	}
	for _, lasts := range []time.Duration{time.Hour, day, 7 * day} {
		add(lasts)
	}
	for _, o := range longOffers() {
		if list := which(); len(list) > 0 && !slices.ContainsFunc(list, func(e desk.Entry) bool {
			return p.u.desk.CheckExpires(e.Destination.Bucket, o.d) != nil
		}) {
			add(o.d)
		}
	}
	return item
}

// exportItems are the ways to save a list.
func (p *linksPlace) exportItems(which func() []desk.Entry) []*fyne.MenuItem {
	table := fyne.NewMenuItem(lang.L("Export as CSV…"), func() { p.export(which(), asCSV) })
	table.Shortcut = p.u.menuKey("export")
	return []*fyne.MenuItem{table, fyne.NewMenuItem(lang.L("Export as JSON…"), func() { p.export(which(), asJSON) })}
}

// placeMenu offers what concerns the whole list.
func (p *linksPlace) placeMenu() {
	u := p.u
	today := fyne.NewMenuItem(lang.L("Renew all that end today"), p.renewToday)
	today.Shortcut = u.menuKey("renewToday")
	items := []*fyne.MenuItem{u.selectAllItem(p.selectAll), today, fyne.NewMenuItemSeparator()}
	u.popUp(append(items, p.exportItems(func() []desk.Entry { return p.shown })...), p.more)
}

// sortName is an order as a person reads it.
func sortName(s desk.Sorting) string {
	switch s {
	case desk.ByName:
		return lang.L("by name")
	case desk.BySize:
		return lang.L("largest first")
	case desk.ByEnd:
		return lang.L("what ends next first")
	}
	return lang.L("newest first")
}

// sortMenu offers the orders.
func (p *linksPlace) sortMenu() {
	var items []*fyne.MenuItem
	for _, s := range []desk.Sorting{desk.ByTime, desk.ByName, desk.BySize, desk.ByEnd} {
		item := fyne.NewMenuItem(sortName(s), func() { p.sort = s; p.top(); p.sift() })
		item.Checked = s == p.sort
		items = append(items, item)
	}
	p.u.popUp(items, p.sorting)
}

// linkKeys are the shortcuts of the Links place, for what is selected there or pointed at.
func (u *ui) linkKeys() []shortcut {
	ctrl := fyne.KeyModifierShortcutDefault
	shift := ctrl | fyne.KeyModifierShift
	all := func(do func(*linksPlace, []desk.Entry)) func() {
		return func() {
			if list := u.links.chosen(); u.links.inReach() && len(list) > 0 {
				do(u.links, list)
			}
		}
	}
	one := func(do func(*linksPlace, desk.Entry)) func() {
		return all(func(p *linksPlace, list []desk.Entry) {
			if len(list) == 1 {
				do(p, list[0])
			}
		})
	}
	place := func(do func(*linksPlace)) func() {
		return func() {
			if u.links.inReach() {
				do(u.links)
			}
		}
	}
	return []shortcut{
		{"selectAll", lang.L("Select all"), fyne.KeyA, ctrl, place((*linksPlace).selectAll)},
		{"renew", lang.L("Renew the links"), fyne.KeyE, ctrl, all(func(p *linksPlace, list []desk.Entry) { p.renew(list, 0) })},
		{"renewToday", lang.L("Renew all that end today"), fyne.KeyE, shift, place((*linksPlace).renewToday)},
		{"bundle", lang.L("Make one link for all that are selected"), fyne.KeyB, shift, all((*linksPlace).askBundle)},
		{"qr", lang.L("Show the QR code"), fyne.KeyG, ctrl, one((*linksPlace).showQR)},
		{"browser", lang.L("Open the link in the browser"), fyne.KeyReturn, ctrl, one((*linksPlace).browse)},
		{"mail", lang.L("Send the link by mail"), fyne.KeyM, ctrl, one((*linksPlace).mail)},
		{"note", lang.L("Write a note"), fyne.KeyF2, 0, one((*linksPlace).askNote)},
		{"details", lang.L("Show or hide the details"), fyne.KeyI, ctrl, one(func(p *linksPlace, e desk.Entry) { p.toggle(p.index(e.ID)) })},
		{"export", lang.L("Export the list"), fyne.KeyS, ctrl, place(func(p *linksPlace) { p.export(p.listed(), asCSV) })},
		{"revoke", lang.L("Revoke the links"), fyne.KeyDelete, 0, all((*linksPlace).askRevoke)},
		{"forget", lang.L("Forget the links"), fyne.KeyDelete, ctrl, all((*linksPlace).askForget)},
		{"escape", lang.L("Close what is open, select none"), fyne.KeyEscape, 0, func() { u.links.escape() }},
	}
}

// ofRows reports whether a shortcut is about rows: within a field it means something else, or nothing.
func ofRows(id string) bool {
	switch id {
	case "renew", "bundle", "qr", "browser", "mail", "details", "export", "forget":
		return true
	}
	return false
}

// inReach reports whether the place is open and nothing lies over it.
func (p *linksPlace) inReach() bool { return p.all.Visible() && p.u.shell.Visible() }

// listed is what an export is of: what is selected, or else all that is shown.
func (p *linksPlace) listed() []desk.Entry {
	if len(p.selected) > 0 {
		return p.chosen()
	}
	return p.shown
}

// revokeAt is what the Delete key does to a row.
func (p *linksPlace) revokeAt(int) {
	if list := p.chosen(); len(list) > 0 {
		p.askRevoke(list)
	}
}

// escape closes what was opened last: the QR code, a question, the selection, an opened row.
func (p *linksPlace) escape() {
	switch {
	case p.u.uncover != nil:
		p.u.uncover()
	case !p.all.Visible():
	case p.asked.open():
		p.asked.cancel()
	case p.u.dropQuestion():
	case len(p.selected) > 0:
		p.selectNone()
	case p.opened != "":
		p.opened = ""
		p.heights()
	}
}
