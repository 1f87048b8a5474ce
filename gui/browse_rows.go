package gui

import (
	"maps"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// length is how many rows there are: a last one says that more follows.
func (p *browsePlace) length() int {
	n := len(p.lines)
	if n > 0 && p.next != "" {
		n++
	}
	return n
}

// name is what a line is called in its folder.
func (p *browsePlace) name(l desk.Listed) string {
	name := strings.TrimSuffix(strings.TrimPrefix(l.Key, p.folder), "/")
	if name == "" {
		name = l.Key // an object that is called like its folder
	}
	return desk.Visible(name)
}

// row shows a line.
func (p *browsePlace) row(at int) (rowContent, rowActions) {
	if at >= len(p.lines)-loadAhead {
		p.more()
	}
	if at >= len(p.lines) {
		return p.lastRow()
	}
	l, w := p.lines[at], p.u.words
	if l.Folder {
		return rowContent{icon: iconFolder, name: p.name(l), text: lang.L("Folder"), main: lang.L("Open")},
			rowActions{main: func() { p.open(l.Key) }}
	}
	_, picked := p.picked[l.Key]
	c := rowContent{
		kind: kindOf(p.name(l)), name: p.name(l), main: lang.L("Copy"), pick: lang.L("Select {{.Name}}", args{"Name": p.name(l)}), picked: picked,
		text: w.size(l.Size) + " · " + w.moment(l.Modified, p.u.now()),
	}
	switch {
	case p.links.copied[l.Key]:
		c.chip, c.chipTone = lang.L("Link copied"), good
	case p.links.failed[l.Key] != nil:
		t := p.links.failed[l.Key]
		c.text, c.texts, c.help = told(t.What), colorError, told(t.Help)
		c.chip, c.chipTone = lang.L("No link"), bad
	}
	return c, rowActions{main: func() { p.links.copyOne(l) }, pick: func() { p.tapped(at) }}
}

// lastRow says that there is more than the rows above it.
func (p *browsePlace) lastRow() (rowContent, rowActions) {
	if t := p.further; t != nil {
		return rowContent{icon: iconFolder, name: told(t.What), text: told(t.Help), texts: colorError, main: lang.L("Try again")},
			rowActions{main: func() {
				p.further = nil
				p.more()
				p.rows.again()
			}}
	}
	return rowContent{icon: iconFolder, name: lang.L("More follows"), text: lang.L("Looking for it…")}, rowActions{}
}

// tapped is called when a row was tapped, or its tile: a folder opens, an object is selected.
func (p *browsePlace) tapped(at int) {
	switch {
	case at >= len(p.lines):
	case p.lines[at].Folder:
		p.open(p.lines[at].Key)
	case p.u.held()&fyne.KeyModifierShift != 0:
		p.selectTo(at)
	default:
		p.pick(at)
	}
}

// pick selects an object, or no longer.
func (p *browsePlace) pick(at int) {
	if at >= len(p.lines) || p.lines[at].Folder {
		return
	}
	l := p.lines[at]
	if _, picked := p.picked[l.Key]; picked {
		delete(p.picked, l.Key)
	} else {
		p.picked[l.Key] = l
	}
	p.anchorAt(at)
	p.show()
}

// anchorAt makes a line the one that a range begins at.
func (p *browsePlace) anchorAt(at int) { p.anchor, p.base = at, maps.Clone(p.picked) }

// selectTo selects the objects from the anchor to this line, beside what was selected before; an earlier range from
// there goes.
func (p *browsePlace) selectTo(at int) {
	p.picked = map[string]desk.Listed{}
	maps.Copy(p.picked, p.base)
	for i := max(min(p.anchor, at), 0); i <= min(max(p.anchor, at), len(p.lines)-1); i++ {
		if l := p.lines[i]; !l.Folder {
			p.picked[l.Key] = l
		}
	}
	p.show()
}

// extend goes on with the range while Shift is held.
func (p *browsePlace) extend(from, to int) {
	if len(p.picked) == 0 {
		p.anchorAt(from)
	}
	p.selectTo(to)
}

// pickAll selects all objects that were found so far.
func (p *browsePlace) pickAll() {
	p.anchorAt(0)
	p.selectTo(len(p.lines) - 1)
}

// unpick selects nothing.
func (p *browsePlace) unpick() {
	clear(p.picked)
	p.anchor, p.base = 0, nil
	p.show()
}

// chosen gives the objects to make links to, in the order in which they are shown: those that are selected, else the
// one whose row is marked.
func (p *browsePlace) chosen() (list []desk.Listed) {
	for _, l := range p.lines {
		if _, ok := p.picked[l.Key]; ok {
			list = append(list, l)
		}
	}
	if at := p.rows.list.at; len(p.picked) == 0 && at >= 0 && at < len(p.lines) && !p.lines[at].Folder {
		list = append(list, p.lines[at])
	}
	return list
}
