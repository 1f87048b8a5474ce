package gui

import (
	"strings"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
)

func (p *arrivalsPlace) selectionChanged() {
	n := len(p.selected)
	p.bar.all.Hidden = n == 0
	p.band.Objects[0].(*fyne.Container).Hidden = n > 0
	p.bar.show(n)
	p.band.Refresh()
	p.rows.again()
}

// chosen are the selected arrivals; without a selection, the one that is pointed at.
func (p *arrivalsPlace) chosen() (list []desk.Arrival) {
	for _, i := range p.lines(p.rows.list.at) {
		if !p.arrivals[i].Gone {
			list = append(list, p.arrivals[i])
		}
	}
	return list
}

func (p *arrivalsPlace) chosenKeys() (keys []string) {
	for _, a := range p.chosen() {
		keys = append(keys, a.Key)
	}
	return keys
}

func (p *arrivalsPlace) copyAddresses() {
	var lines []string
	for _, key := range p.chosenKeys() {
		lines = append(lines, "s3://"+p.request.Destination.Bucket+"/"+key)
	}
	p.u.copy(strings.Join(lines, "\n"))
}

// inReach reports whether the place is open and nothing lies over it.
func (p *arrivalsPlace) inReach() bool { return p.all.Visible() && p.u.shell.Visible() }

// escape closes what was opened last, and then the place.
func (p *arrivalsPlace) escape() {
	if !p.u.closesOne(p.selection) {
		p.leave()
	}
}

// key is what a key of other places does here; nil where it has no other meaning.
func (p *arrivalsPlace) key(id string) func() {
	switch id {
	case "selectAll":
		return p.selectAll
	case "export":
		return func() {
			if len(p.selected) > 0 {
				p.u.download(p.request, p.chosenKeys())
				return
			}
			p.u.download(p.request, nil)
		}
	case "search", "details":
		return func() {}
	case "escape":
		return p.escape
	}
	if do := p.u.requestKey(id); do != nil {
		return func() { do(p.request) }
	}
	return nil
}
