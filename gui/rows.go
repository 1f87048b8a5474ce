package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// rows is a card of rows: as high as its rows are, and scrolled where there is not enough room. Only the rows
// in sight exist, so ten thousand cost what ten do.
type rows struct {
	list *rowList
	card *fyne.Container
}

// rowList is Fyne's list with Waybill's rows in it, and with keys of its own: Enter does what the row's button
// does, the menu key opens its menu, Delete does what the cross does.
type rowList struct {
	widget.List

	ui      *ui
	length  func() int
	content func(at int) (rowContent, rowActions)
	tapped  func(at int)

	// For a list to select from: what Space does, what going on with Shift held does, and what Delete does.
	picked   func(at int)
	extended func(from, to int)
	deleted  func(at int)

	shown map[*row]int // which line each row shows at present, and some that are out of sight by now
	opens map[int]float32
	at    int // the line that is pointed at, by mouse or keyboard; -1: none
}

func (u *ui) rows(length func() int, content func(int) (rowContent, rowActions), tapped func(int)) *rows {
	l := &rowList{ui: u, length: length, content: content, tapped: tapped, shown: map[*row]int{}, opens: map[int]float32{}, at: -1}
	l.Length = length
	l.CreateItem = func() fyne.CanvasObject { return u.row() }
	l.UpdateItem = func(at widget.ListItemID, o fyne.CanvasObject) {
		r := o.(*row)
		l.shown[r] = at
		l.fill(r, at)
	}
	l.OnHighlighted = func(at widget.ListItemID) { l.at = at }
	l.OnSelected = func(at widget.ListItemID) {
		l.Unselect(at)
		l.at = at
		if l.tapped != nil {
			l.tapped(at)
		}
	}
	l.ExtendBaseWidget(l)
	surface := newSurface(colorCard, colorLine, cardRadius)
	within := container.NewThemeOverride(l, rowsLook{u.look})
	return &rows{list: l, card: container.New(fit{l}, surface, within)}
}

func (l *rowList) fill(r *row, at int) {
	if at < l.length() {
		r.show(l.content(at))
	}
}

// again shows the rows in sight as they are now; what has not changed is not drawn.
func (r *rows) again() {
	l := r.list
	for row, at := range l.shown {
		if l.inSight(at) {
			l.fill(row, at)
		} else {
			delete(l.shown, row) // UpdateItem brings it back
		}
	}
}

// inSight reports whether a line is to be seen, or nearly.
func (l *rowList) inSight(at int) bool {
	top, height := float32(at)*(rowHeight+1), float32(rowHeight)
	for other, open := range l.opens {
		switch {
		case other < at:
			top += open - rowHeight
		case other == at:
			height = open
		}
	}
	offset := l.GetScrollOffset()
	return top+height+rowHeight >= offset && top-rowHeight <= offset+l.Size().Height
}

// changed shows the rows after their number or order has changed. heights names the rows that are opened.
func (r *rows) changed(heights map[int]float32) {
	l := r.list
	for at := range l.opens {
		if _, still := heights[at]; !still {
			l.SetItemHeight(at, rowHeight)
		}
	}
	for at, h := range heights {
		l.SetItemHeight(at, h)
	}
	l.opens = heights
	l.at = min(l.at, l.length()-1)
	r.card.Refresh() // lays it out anew: the card may have grown
	l.Refresh()
}

// height is what all rows take.
func (l *rowList) height() float32 {
	n := l.length()
	h := float32(n)*(rowHeight+1) - 1
	for at, open := range l.opens {
		if at < n {
			h += open - rowHeight
		}
	}
	return max(h, 0)
}

// TypedKey implements fyne.Focusable.
func (l *rowList) TypedKey(k *fyne.KeyEvent) {
	if l.at < 0 || l.at >= l.length() {
		l.at = 0
	}
	if l.length() == 0 {
		l.ui.typedKey(k)
		return
	}
	before := l.at
	defer func() {
		if l.extended != nil && l.at != before && l.ui.held()&fyne.KeyModifierShift != 0 {
			l.extended(before, l.at)
		}
	}()
	_, act := l.content(l.at)
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if act.main != nil {
			act.main()
		} else if len(act.more) > 0 {
			act.more[0]()
		}
	case desktop.KeyMenu, fyne.KeyF10, fyne.KeyDelete:
		if k.Name == fyne.KeyDelete && l.deleted != nil {
			l.deleted(l.at)
		} else if act.side != nil {
			act.side(l.rowAt(l.at))
		}
	case fyne.KeyHome:
		l.Highlight(0)
	case fyne.KeyEnd:
		l.Highlight(l.length() - 1)
	case fyne.KeyPageDown, fyne.KeyPageUp:
		page := max(int(l.Size().Height/rowHeight)-1, 1)
		if k.Name == fyne.KeyPageUp {
			page = -page
		}
		l.Highlight(min(max(l.at+page, 0), l.length()-1))
	case fyne.KeyUp, fyne.KeyDown, fyne.KeySpace:
		if k.Name == fyne.KeySpace && l.picked != nil {
			l.picked(l.at)
			return
		}
		l.List.TypedKey(k)
	default:
		l.ui.typedKey(k)
	}
}

// rowAt is the widget that shows a line, or the list itself where the line is out of sight.
func (l *rowList) rowAt(at int) fyne.CanvasObject {
	for r, shows := range l.shown {
		if shows == at && r.Visible() {
			return r
		}
	}
	return l
}

// fit lays out a card that is only as high as its rows.
type fit struct{ list *rowList }

// Layout implements fyne.Layout.
func (f fit) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	height := min(f.list.height()+2, size.Height)
	objects[0].Resize(fyne.NewSize(size.Width, height))
	objects[1].Move(fyne.NewPos(1, 1))
	objects[1].Resize(fyne.NewSize(size.Width-2, max(height-2, 0)))
}

// MinSize implements fyne.Layout.
func (f fit) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(280, rowHeight+2) }
