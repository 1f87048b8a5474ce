package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
)

// shortcut is a key for an action, and what the action is called.
type shortcut struct {
	id   string // for finding it again in this table
	name string
	key  fyne.KeyName
	mod  fyne.KeyModifier
	do   func()
}

// shortcuts is the one table of them: what is listened to, what the tooltips say, and what the settings list.
func (u *ui) shortcuts() []shortcut {
	ctrl := fyne.KeyModifierShortcutDefault
	shift := ctrl | fyne.KeyModifierShift
	table := []shortcut{
		{"choose", lang.L("Choose files"), fyne.KeyO, ctrl, func() { u.open(u.send); u.send.choose(false) }},
		{"folder", lang.L("Choose a folder"), fyne.KeyO, shift, func() { u.open(u.send); u.send.choose(true) }},
		{"paste", lang.L("Send the files on the clipboard"), fyne.KeyV, ctrl, u.paste},
		{"profile", lang.L("Go to the profile"), fyne.KeyP, ctrl, func() { u.field(u.send.dest.profile) }},
		{"bucket", lang.L("Go to the bucket"), fyne.KeyB, ctrl, func() { u.field(u.send.dest.bucket) }},
		{"prefix", lang.L("Go to the folder in the bucket"), fyne.KeyD, ctrl, func() { u.field(u.send.dest.prefix) }},
		{"lasts", lang.L("Go to how long links last"), fyne.KeyL, ctrl, func() { u.field(u.send.dest.lasts) }},
		{"signIn", lang.L("Sign in with the profile"), fyne.KeyJ, ctrl, u.signInHere},
		{"longer", lang.L("Ask for a longer session of the role"), fyne.KeyJ, shift, u.stretchHere},
		{"rows", lang.L("Go to the files or links"), fyne.KeyR, ctrl, u.focusRows},
		{"copy", lang.L("Copy the link of the marked row"), fyne.KeyC, ctrl, u.copyMarked},
		{"copyAll", lang.L("Copy all links"), fyne.KeyC, shift, func() { u.send.copyAll() }},
		{"pauseAll", lang.L("Pause or resume all"), fyne.KeyP, shift, func() { u.send.pauseAll() }},
		{"clear", lang.L("Clear what is done"), fyne.KeyK, shift, func() { u.send.clear() }},
		{"send", lang.L("Send"), fyne.Key1, ctrl, func() { u.open(u.send) }},
		{"links", lang.L("Links"), fyne.Key2, ctrl, func() { u.open(u.links) }},
		{"requests", lang.L("Requests"), fyne.Key3, ctrl, func() { u.open(u.requests) }},
		{"search", lang.L("Search the links"), fyne.KeyF, ctrl, func() { u.open(u.links); u.window.Canvas().Focus(u.links.search) }},
		{"addStore", lang.L("Add a store"), fyne.KeyN, shift, u.addStoreHere},
		{"settings", lang.L("Settings"), fyne.KeyComma, ctrl, func() { u.open(u.settings) }},
		{"help", lang.L("Show the keys"), fyne.KeyF1, 0, func() { u.open(u.settings); u.settings.showKeys() }},
		{"quit", lang.L("Quit"), fyne.KeyQ, ctrl, u.askToQuit},
	}
	return u.placeKeys(append(table, u.linkKeys()...))
}

// listenToKeys makes the window hear the shortcuts wherever the focus is.
func (u *ui) listenToKeys() {
	c := u.window.Canvas()
	c.SetOnTypedKey(u.typedKey)
	for _, s := range u.keys {
		do := func(fyne.Shortcut) { u.press(s) }
		switch {
		case s.mod == 0: // typedKey does these
		case s.id == "paste":
			c.AddShortcut(&fyne.ShortcutPaste{}, do)
		case s.id == "copy":
			c.AddShortcut(&fyne.ShortcutCopy{}, do)
		case s.id == "selectAll":
			c.AddShortcut(&fyne.ShortcutSelectAll{}, do)
		default:
			c.AddShortcut(&desktop.CustomShortcut{KeyName: s.key, Modifier: s.mod}, do)
		}
	}
}

// typedKey does what keys without a modifier do, wherever the focus is.
func (u *ui) typedKey(k *fyne.KeyEvent) {
	if u.checking.inReach() && u.checking.scrolls(k.Name) {
		return
	}
	for _, s := range u.keys {
		if s.mod == 0 && s.key == k.Name {
			u.press(s)
		}
	}
}

// press does what a shortcut is for. Behind a chooser that covers the window nothing moves: Escape closes the chooser.
func (u *ui) press(s shortcut) {
	switch {
	case u.chooser == nil, u.window.Canvas().Overlays().Top() == nil:
		s.do()
	case s.id == "escape":
		u.chooser.Hide()
	}
}

// typedShortcut is for fields, which Fyne asks before the window: it reports whether the shortcut was one of
// the window's own.
func (u *ui) typedShortcut(s fyne.Shortcut) bool {
	custom, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return false
	}
	for _, k := range u.keys {
		if k.key == custom.KeyName && k.mod == custom.Modifier {
			if ofRows(k.id) {
				return false
			}
			u.press(k)
			return true
		}
	}
	return false
}

// field goes to a field of the destination.
func (u *ui) field(c *combo) {
	u.open(u.send)
	u.window.Canvas().Focus(c)
	c.open()
}

// tipFor is a tooltip: what an action is called, with its key.
func (u *ui) tipFor(id string) string {
	for _, s := range u.shortcuts() {
		if s.id == id {
			return s.name + "  " + keyName(s)
		}
	}
	return ""
}

// keyName writes a shortcut as keyboards have it.
func keyName(s shortcut) string {
	var parts []string
	if s.mod&fyne.KeyModifierControl != 0 {
		parts = append(parts, lang.L("Ctrl"))
	}
	if s.mod&fyne.KeyModifierSuper != 0 {
		parts = append(parts, "⌘")
	}
	if s.mod&fyne.KeyModifierShift != 0 {
		parts = append(parts, lang.L("Shift"))
	}
	return strings.Join(append(parts, string(s.key)), "+")
}

// menuKey is a shortcut as Fyne's menus show it.
func (u *ui) menuKey(id string) fyne.Shortcut {
	for _, s := range u.keys {
		if s.id == id {
			return &desktop.CustomShortcut{KeyName: s.key, Modifier: s.mod}
		}
	}
	return nil
}

// focusRows goes to the list of the place that is open.
func (u *ui) focusRows() {
	r := u.send.rows
	switch {
	case u.links.all.Visible():
		r = u.links.rows
	case u.requests.all.Visible():
		r = u.requests.rows
	case u.arrivals.all.Visible():
		r = u.arrivals.rows
	}
	if r.list.length() > 0 && r.card.Visible() {
		u.window.Canvas().Focus(r.list)
	}
}

// copyMarked copies the link of the row that is pointed at.
func (u *ui) copyMarked() {
	if u.links.all.Visible() {
		u.links.copyAt(u.links.rows.list.at)
		return
	}
	u.send.copyAt(u.send.rows.list.at)
}
