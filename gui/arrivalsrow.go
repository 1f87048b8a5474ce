package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// arrivalName is a file's name as its sender chose it, made to read as it is.
func arrivalName(a desk.Arrival) string { return oneLine(desk.Visible(a.Name)) }

// row shows a file that has arrived.
func (p *arrivalsPlace) row(at int) (rowContent, rowActions) {
	a, u, w := p.arrivals[at], p.u, p.u.words
	name := arrivalName(a)
	c := rowContent{
		kind: kindOf(name), name: name, side: iconMore, sideTip: lang.L("More"),
		pick: lang.L("Select {{.Name}}", args{"Name": name}), picked: p.selected[a.Key],
	}
	act := rowActions{side: func(o fyne.CanvasObject) { p.menu(a, o) }, pick: func() { p.tapTile(a.Key) }}
	c.text = strings.Join(nonEmpty(p.warning(a), w.size(a.Size), lang.L("arrived {{.When}}", args{"When": w.moment(a.Came, u.now())}), a.SaidType()), " · ")
	if a.TooLarge || a.Unasked {
		c.texts = colorWarn
	}
	switch {
	case a.Gone:
		c.chip, c.chipTip = lang.L("Gone"), lang.L("It was in the bucket, and is not any more")
		return c, act
	case p.fresh[a.Key]:
		c.chip, c.chipTone = lang.L("New"), accent
	}
	c.main, act.main = lang.L("Download"), func() { u.download(p.request, []string{a.Key}) }
	if b := u.brings[p.request.ID]; b != nil {
		p.brought(b, a, &c, &act)
	}
	return c, act
}

// warning says what is not as it was asked for.
func (p *arrivalsPlace) warning(a desk.Arrival) string {
	var said []string
	if a.TooLarge {
		said = append(said, lang.L("larger than you asked for"))
	}
	if a.Unasked {
		said = append(said, lang.L("of another kind than you asked for"))
	}
	return strings.Join(said, ", ")
}

// brought says how far bringing a file is.
func (p *arrivalsPlace) brought(b *bringing, a desk.Arrival, c *rowContent, act *rowActions) {
	u, w := p.u, p.u.words
	d, ok := b.file(a.Key)
	switch {
	case !ok && !b.over && b.wants(a.Key):
		c.main, c.note = "", lang.L("Waits")
	case !ok:
	case !d.Over:
		c.main, c.chip = "", ""
		c.bar, c.barTone, c.part = true, colorAccent, 1
		if a.Size > 0 {
			c.part = float64(d.Done) / float64(a.Size)
		}
		c.text = lang.L("{{.Done}} of {{.Size}}", args{"Done": w.size(d.Done), "Size": w.size(a.Size)})
	case d.Trouble != nil:
		c.text, c.texts, c.help = told(d.Trouble.What), colorError, told(d.Trouble.Help)
		c.chip, c.chipTone = lang.L("Not downloaded"), bad
		c.main = lang.L("Try again")
		act.main = func() { u.bring(p.request, b.folder, []string{a.Key}) }
	default:
		c.chip, c.chipTone = lang.L("Downloaded"), good
		c.chipTip = d.Path
		c.main, act.main = lang.L("Show in its folder"), func() { u.reveal(d.Path) }
	}
}

// menu offers what can be done with a file that has arrived.
func (p *arrivalsPlace) menu(a desk.Arrival, at fyne.CanvasObject) {
	u := p.u
	items := []*fyne.MenuItem{}
	if !a.Gone {
		items = append(items,
			fyne.NewMenuItem(lang.L("Download…"), func() { u.download(p.request, []string{a.Key}) }),
			fyne.NewMenuItem(lang.L("Make a link to it"), func() { p.linkTo(a) }))
	}
	if b := u.brings[p.request.ID]; b != nil {
		if d, ok := b.file(a.Key); ok && d.Over && d.Trouble == nil {
			items = append(items, fyne.NewMenuItem(lang.L("Show in its folder"), func() { u.reveal(d.Path) }))
		}
	}
	items = append(items, fyne.NewMenuItem(lang.L("Copy the S3 address"), func() { u.copy("s3://" + p.request.Destination.Bucket + "/" + a.Key) }))
	u.popUp(items, at)
}
