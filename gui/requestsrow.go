package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// requestName is what a request is called here: whom it is for, or its folder.
func (u *ui) requestName(r desk.Request) string {
	if r.For != "" {
		return oneLine(desk.Visible(r.For))
	}
	return lastSegment(strings.TrimSuffix(r.Folder, "/"))
}

// row shows a request.
func (p *requestsPlace) row(at int) (rowContent, rowActions) {
	r := p.shown[at]
	name := p.u.requestName(r)
	c := rowContent{
		icon: iconRequest, name: name, side: iconMore, sideTip: lang.L("More"),
		pick: lang.L("Select {{.Name}}", args{"Name": name}), picked: p.selected[r.ID],
	}
	act := rowActions{
		side: func(o fyne.CanvasObject) { p.menu(r, o) },
		pick: func() { p.tapTile(r.ID) },
	}
	c.text = strings.Join(nonEmpty(p.arrived(r), desk.BucketTitle(r.Destination.Bucket)+"/"+r.Folder, near(r.Reach), p.u.signedBy(r.Destination)), " · ")
	if r.New > 0 {
		c.texts = colorAccent
	}
	if t := p.watch.troubles[r.ID]; t != nil {
		c.help = told(t.What)
	}
	c.chip, c.chipTone = p.u.requestChip(r)
	c.chipTip = p.u.requestEnds(r)
	c.main, act.main = lang.L("Show"), func() { p.u.arrivals.open(r) }
	if r.Standing(p.u.now()) == desk.RequestOpen {
		c.main, act.main = lang.L("Copy link"), func() { p.copyPages([]desk.Request{r}, desk.FormatURL) }
	}
	if p.copied == r.ID {
		c.chip, c.chipTone = lang.L("Link copied"), good
	}
	return c, act
}

// arrived says how much has arrived, and how much of it is new.
func (p *requestsPlace) arrived(r desk.Request) string {
	w := p.u.words
	if r.Arrived == 0 {
		return lang.L("Nothing has arrived yet")
	}
	said := lang.N("{{.Count}} files", r.Arrived, args{"Count": w.count(r.Arrived)})
	if r.Files > 0 {
		said = lang.L("{{.Done}} of {{.Size}} files", args{"Done": w.count(r.Arrived), "Size": w.count(r.Files)})
	}
	if r.New > 0 {
		said += ", " + lang.N("{{.Count}} new", r.New, args{"Count": w.count(r.New)})
	}
	return said + ", " + w.size(r.Size)
}

// requestChip says where a request stands, with the time that is left.
func (u *ui) requestChip(r desk.Request) (string, tone) {
	now, w := u.now(), u.words
	left := args{"Time": w.countdown(r.Last().Sub(now))}
	switch standing := r.Standing(now); {
	case standing == desk.RequestClosed:
		return lang.L("Closed {{.When}}", args{"When": w.day(r.Closed, now)}), neutral
	case standing == desk.RequestEnded:
		return lang.L("Ended {{.When}}", args{"When": w.day(r.Last(), now)}), neutral
	case r.Ends.IsZero():
		return lang.L("Open, end unknown"), warning
	case r.EndsSoon(now):
		return lang.L("Ends in {{.Time}}", left), warning
	}
	return lang.L("Open {{.Time}}", left), good
}

// requestEnds says when a request ends or has ended, and which of its bounds that is.
func (u *ui) requestEnds(r desk.Request) string {
	now := u.now()
	if !r.Closed.IsZero() {
		return lang.L("Closed {{.When}}", args{"When": u.words.zoned(r.Closed, now)})
	}
	if r.Ends.IsZero() || r.Because == signer.Unknown {
		return lang.L("It ends with the session that signed it; nobody knows when")
	}
	return u.endsBecause(r.Ends, r.Because)
}
