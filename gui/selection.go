package gui

import (
	"maps"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// heldKeys are the modifiers that are held down at present.
func heldKeys() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// selection is which rows of a list are selected, by mouse and keys, and the range that Shift makes.
type selection struct {
	held    func() fyne.KeyModifier
	length  func() int
	id      func(at int) string // of a row
	changed func()

	selected map[string]bool // by ID; all of them are shown
	base     map[string]bool // what was selected before the range that Shift makes
	anchor   string          // where that range begins
}

func newSelection(held func() fyne.KeyModifier, length func() int, id func(int) string, changed func()) *selection {
	return &selection{held: held, length: length, id: id, changed: changed, selected: map[string]bool{}}
}

// index is the line of an ID, -1 where it is not shown.
func (s *selection) index(id string) int {
	for i := range s.length() {
		if s.id(i) == id {
			return i
		}
	}
	return -1
}

// tap does what a tap on a row does: it opens, or is selected where there is a selection or a key that makes one.
func (s *selection) tap(at int, open func(int)) {
	switch held := s.held(); {
	case held&fyne.KeyModifierShift != 0:
		s.selectTo(at)
	case held&fyne.KeyModifierShortcutDefault != 0, len(s.selected) > 0:
		s.pick(at)
	default:
		open(at)
	}
}

// tapTile selects a row by its tile, or all from the last one to it.
func (s *selection) tapTile(id string) {
	at := s.index(id)
	switch {
	case at < 0:
	case s.held()&fyne.KeyModifierShift != 0:
		s.selectTo(at)
	default:
		s.pick(at)
	}
}

// pick selects a row, or no longer.
func (s *selection) pick(at int) {
	if at < 0 || at >= s.length() {
		return
	}
	if id := s.id(at); s.selected[id] {
		delete(s.selected, id)
	} else {
		s.selected[id] = true
	}
	s.anchorAt(at)
	s.changed()
}

// anchorAt makes a row the one that a range begins at.
func (s *selection) anchorAt(at int) { s.anchor, s.base = s.id(at), maps.Clone(s.selected) }

// selectTo selects the rows from the anchor to this one, beside what was selected before; an earlier range from there
// goes.
func (s *selection) selectTo(at int) {
	if at < 0 || at >= s.length() {
		return
	}
	from := s.index(s.anchor)
	if from < 0 {
		s.anchorAt(at)
		from = at
	}
	s.selected = map[string]bool{}
	maps.Copy(s.selected, s.base)
	for i := min(from, at); i <= max(from, at); i++ {
		s.selected[s.id(i)] = true
	}
	s.changed()
}

// extend goes on with the range while Shift is held.
func (s *selection) extend(from, to int) {
	if len(s.selected) == 0 || s.index(s.anchor) < 0 {
		s.anchorAt(from)
	}
	s.selectTo(to)
}

// selectAll selects all rows that are shown.
func (s *selection) selectAll() {
	for i := range s.length() {
		s.selected[s.id(i)] = true
	}
	if s.length() > 0 {
		s.anchorAt(0)
	}
	s.changed()
}

// selectNone ends the selection.
func (s *selection) selectNone() {
	clear(s.selected)
	s.anchor, s.base = "", nil
	s.changed()
}

// keepShown drops from the selection what is not shown any more, and reports whether there was one: nothing is done to
// what is out of sight.
func (s *selection) keepShown() bool {
	if len(s.selected) == 0 {
		return false
	}
	kept := map[string]bool{}
	for i := range s.length() {
		if id := s.id(i); s.selected[id] {
			kept[id] = true
		}
	}
	s.selected = kept
	return true
}

// lines are the selected rows in the order in which they are shown; without a selection, the one that is pointed at.
func (s *selection) lines(pointed int) (lines []int) {
	for i := range s.length() {
		if s.selected[s.id(i)] || len(s.selected) == 0 && i == pointed {
			lines = append(lines, i)
		}
	}
	return lines
}
