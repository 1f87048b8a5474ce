package gui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// rowContent is what a row shows. Two equal ones look the same, so nothing is drawn for what has not changed.
type rowContent struct {
	kind string // the tile
	icon icon   // on the tile where there is no kind; "" is the picture of a file
	name string
	text string // the second line
	help string // the third line, for what went wrong

	texts fyne.ThemeColorName // of the second line; "" is muted

	bar     bool // instead of a third line
	part    float64
	barTone fyne.ThemeColorName

	note     string // beside the buttons: speed and time left
	chip     string
	chipTone tone
	chipTip  string // said of the chip when it is pointed at

	main     string // the button with a word
	mainKind buttonKind
	side     icon // the button with an icon
	sideTip  string

	more []string // further buttons with words, for a question within the row
	open string   // what is shown below an opened row

	pick   string // what tapping the tile does, for a row that can be selected; "" for one that cannot
	picked bool   // it is selected
}

// rowActions is what a row's buttons do.
type rowActions struct {
	main func()
	side func(at fyne.CanvasObject)
	more []func()
	pick func()
}

// row is a line of a card: a tile, a name with what there is to say below it, and what can be done at the end.
type row struct {
	widget.BaseWidget

	ui      *ui
	content rowContent
	actions rowActions
}

func (u *ui) row() *row {
	r := &row{ui: u}
	r.ExtendBaseWidget(r)
	return r
}

// show changes what the row shows.
func (r *row) show(c rowContent, a rowActions) {
	r.actions = a
	if reflect.DeepEqual(r.content, c) {
		return
	}
	r.content = c
	r.Refresh()
}

// noteWidth is kept free for speed and time left, so that the bar's end does not move with the digits.
const noteWidth = 150

// moreButtons is the most that a question within a row has.
const moreButtons = 3

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	d := &rowRenderer{
		r: r, tile: newTile(),
		name: newClipped(sizeBody, colorText, true), text: newClipped(sizeSmall, colorMuted, false),
		help: newClipped(sizeSmall, colorMuted, false), note: newClipped(sizeSmall, colorMuted, false),
		bar: newBar(), chip: newChip(),
		open: widget.NewLabel(""), ground: newSurface(colorAccentBack, colorNone, radius),
	}
	d.name.keepEnd = true
	d.note.align = fyne.TextAlignTrailing
	d.open.Wrapping = fyne.TextWrapBreak
	d.open.Selectable = true
	d.open.SizeName = sizeSmall
	d.main = r.ui.button(secondary, "", func() { r.act(r.actions.main) })
	d.side = r.ui.iconButton(iconNone, "", func() {
		if f := r.actions.side; f != nil {
			f(d.side)
		}
	})
	for i := range d.more {
		d.more[i] = r.ui.button(secondary, "", func() {
			if i < len(r.actions.more) {
				r.act(r.actions.more[i])
			}
		})
	}
	d.about = newSpot(r.ui)
	d.pick = newTapSpot(r.ui, func() { r.act(r.actions.pick) })
	d.pick.onHover = d.Refresh
	d.all = container.NewWithoutLayout(d.ground, d.tile, d.name, d.text, d.help, d.note, d.bar, d.chip, d.main, d.side, d.open,
		d.about, d.pick)
	for _, b := range d.more {
		d.all.Add(b)
	}
	d.Refresh()
	return d
}

func (r *row) act(f func()) {
	if f != nil {
		f()
	}
}

type rowRenderer struct {
	r    *row
	all  *fyne.Container
	tile *tile
	name *clipped
	text *clipped
	help *clipped
	note *clipped
	bar  *bar
	chip *chip
	main *button
	side *button
	more [moreButtons]*button
	open *widget.Label

	ground *surface // under a row that is selected
	about  *spot    // over the chip
	pick   *tapSpot // over the tile
}

const rowInset = 16

func (d *rowRenderer) Layout(size fyne.Size) {
	c := d.r.content
	d.all.Resize(size)
	place := func(o fyne.CanvasObject, x, y, width, height float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(width, 0), height))
	}
	place(d.ground, 4, 4, size.Width-8, size.Height-8)
	place(d.tile, rowInset, (rowHeight-tileSize)/2, tileSize, tileSize)
	place(d.pick, 0, 0, rowInset+tileSize+gap/2, rowHeight) // a target that cannot be missed

	// What can be done stands at the end, from right to left.
	right := size.Width - rowInset
	if c.side != iconNone {
		right += 8 // the icon has air of its own
		place(d.side, right-32, (rowHeight-control)/2, 32, control)
		right -= 32 + 4
	}
	for i := len(c.more) - 1; i >= 0; i-- {
		width := d.more[i].MinSize().Width
		place(d.more[i], right-width, (rowHeight-control)/2, width, control)
		right -= width + 8
	}
	if c.main != "" {
		width := d.main.MinSize().Width
		place(d.main, right-width, (rowHeight-control)/2, width, control)
		right -= width + gap
	}
	if c.chip != "" {
		width := d.chip.MinSize().Width
		place(d.chip, right-width, (rowHeight-chipHeight)/2, width, chipHeight)
		place(d.about, right-width, (rowHeight-chipHeight)/2, width, chipHeight)
		right -= width + gap
	}
	left := float32(rowInset + tileSize + gap)
	if c.note != "" || c.bar && c.chip == "" {
		width := min(noteWidth, (right-left)/2)
		height := d.note.MinSize().Height
		place(d.note, right-width, (rowHeight-height)/2, width, height)
		right -= width + gap
	}

	width := right - left
	name, text := d.name.MinSize().Height, d.text.MinSize().Height
	block := name + text
	third := float32(0)
	switch {
	case c.bar:
		third = barHeight + 5
	case c.help != "":
		third = text
	}
	y := (rowHeight - block - third) / 2
	place(d.name, left, y, width, name)
	place(d.text, left, y+name, width, text)
	place(d.help, left, y+block, width, text)
	place(d.bar, left, y+block+5, width, barHeight)
	if c.open != "" {
		place(d.open, left-8, rowHeight-8, size.Width-left-rowInset+16, size.Height-rowHeight)
	}
}

func (d *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(280, rowHeight) }

func (d *rowRenderer) Refresh() {
	c := d.r.content
	state := noTick
	switch {
	case c.picked:
		state = hasTick
	case c.pick != "" && d.pick.hovered:
		state = offersTick
	}
	d.tile.set(c.kind, c.icon, state)
	d.ground.Hidden, d.pick.Hidden, d.about.Hidden = !c.picked, c.pick == "", c.chipTip == "" || c.chip == ""
	d.pick.label, d.about.tip = c.pick, c.chipTip
	d.name.set(c.name, colorText)
	color := c.texts
	if color == "" {
		color = colorMuted
	}
	d.text.set(c.text, color)
	d.help.set(c.help, colorMuted)
	d.note.set(c.note, colorMuted)
	d.help.Hidden, d.bar.Hidden, d.chip.Hidden = c.help == "" || c.bar, !c.bar, c.chip == ""
	d.note.Hidden, d.main.Hidden, d.side.Hidden = c.note == "", c.main == "", c.side == iconNone
	d.open.Hidden = c.open == ""
	if c.open != "" {
		d.open.SetText(c.open)
	}
	if c.bar {
		d.bar.set(c.part, c.barTone)
	}
	d.chip.set(c.chip, c.chipTone)
	d.main.set(c.mainKind, c.main, iconNone, "", d.main.onTap)
	d.side.set(quiet, "", c.side, c.sideTip, d.side.onTap)
	for i, b := range d.more {
		text := ""
		if i < len(c.more) {
			text = c.more[i]
		}
		b.Hidden = text == ""
		b.set(secondary, text, iconNone, "", b.onTap)
	}
	d.Layout(d.r.Size())
	canvas.Refresh(d.r)
}

func (d *rowRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{d.all} }
func (d *rowRenderer) Destroy()                     {}

// openHeight is how high a row is that shows a text below itself, in a card of this width.
func openHeight(text string, width float32) float32 {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapBreak
	l.SizeName = sizeSmall
	l.Resize(fyne.NewSize(width-rowInset-tileSize-gap-rowInset+16, 10))
	return rowHeight + l.MinSize().Height - 8
}
