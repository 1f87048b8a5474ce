package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// placeKeys adds what the Send place and a bucket's list have of their own to the table, and lets keys that other
// places have too mean there what a person expects.
func (u *ui) placeKeys(table []shortcut) []shortcut {
	ctrl := fyne.KeyModifierShortcutDefault
	shift := ctrl | fyne.KeyModifierShift
	table = append(table,
		shortcut{"browse", lang.L("Link to a file in a bucket"), fyne.KeyL, shift, u.openBrowse},
		shortcut{"ask", lang.L("Ask somebody for files"), fyne.KeyA, shift, u.askForFiles},
		shortcut{"page", lang.L("Save the page of a request for a mail"), fyne.KeyS, shift, func() {}},
		shortcut{"up", lang.L("Up one folder"), fyne.KeyBackspace, 0, func() {
			if u.browser.inReach() {
				u.browser.up()
			}
		}},
		shortcut{"names", lang.L("Choose how files are named in the bucket"), fyne.KeyN, ctrl, func() { u.open(u.send); u.send.dest.names.toggle() }},
		shortcut{"check", lang.L("Check the destination"), fyne.KeyD, shift, u.checkHere},
		shortcut{"upload", lang.L("Choose where links lead and what objects get"), fyne.KeyU, ctrl, u.openHere},
		shortcut{"together", lang.L("One link for all files of a drop, or one each"), fyne.KeyT, ctrl, func() { u.open(u.send); u.send.dest.bundle.Tapped(nil) }},
	)
	for i := range table {
		id, elsewhere := table[i].id, table[i].do
		table[i].do = func() {
			if here := u.keyHere(id); here != nil {
				here()
			} else {
				elsewhere()
			}
		}
	}
	for i := range table {
		elsewhere := table[i].do
		switch table[i].id {
		case "bundle":
			table[i].do = func() {
				if u.send.all.Visible() {
					u.send.bundleAll()
				} else {
					elsewhere()
				}
			}
		case "escape":
			table[i].do = func() {
				switch {
				case u.uncover == nil && u.dropSignIn():
				case u.send.all.Visible() && u.uncover == nil:
					u.send.dest.names.close()
				default:
					elsewhere()
				}
			}
		}
	}
	return table
}

// keyHere is what a key of other places does in the one that is open; nil where it has no other meaning there.
func (u *ui) keyHere(id string) func() {
	switch {
	case u.browser.inReach():
		return u.inBucket(id)
	case u.requests.inReach():
		return u.requestsKey(id)
	case u.arrivals.inReach():
		return u.arrivals.key(id)
	case u.checking.inReach():
		return u.checking.key(id)
	case u.asking.all.Visible() && id == "escape":
		return u.asking.leave
	case u.here.all.Visible() && id == "escape":
		return u.here.leave
	}
	return nil
}

// inBucket is what a key of other places does in a bucket's list; nil where it has no other meaning there.
func (u *ui) inBucket(id string) func() {
	switch id {
	case "rows":
		return func() { u.browser.focusRows() }
	case "search":
		return func() { u.window.Canvas().Focus(u.browser.search) }
	case "copy":
		return func() { u.browser.links.copyChosen() }
	case "selectAll":
		return func() { u.browser.pickAll() }
	case "bundle":
		return func() { u.browser.links.bundle() }
	case "escape":
		return func() { u.browser.escape() }
	}
	return nil
}

// inReach reports whether the list is open and nothing lies over it.
func (p *browsePlace) inReach() bool { return p.visible() && p.u.shell.Visible() }

// escape takes back the selection, else it leaves.
func (p *browsePlace) escape() {
	switch {
	case p.u.uncover != nil:
		p.u.uncover()
	case len(p.picked) > 0:
		p.unpick()
	default:
		p.leave()
	}
}
