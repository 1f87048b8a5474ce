package gui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// take remembers what stands in the fields, if it can be, and goes back to the Send place.
func (p *herePage) take() {
	u, at, err := p.chosen()
	if err == nil {
		err = desk.CheckTyped(u)
	}
	if err != nil {
		p.tell(desk.Explain(err))
		p.all.Refresh()
		return
	}
	if p.saving || !p.u.sure(p.take) {
		return
	}
	p.saving = true
	dest, d := p.at, p.u.desk
	ask(p.u, func(ctx context.Context) (struct{}, error) {
		if err := d.CheckUpload(ctx, dest.Store, u); err != nil { // before either is remembered
			return struct{}{}, err
		}
		err := d.SetLinkEndpoint(dest.Store, dest.Bucket, at)
		if err == nil {
			err = d.SetUpload(ctx, dest, u)
		}
		return struct{}{}, err
	}, func(_ struct{}, err error) {
		p.saving = false
		if err != nil {
			p.tell(desk.Explain(err))
			p.all.Refresh()
			return
		}
		p.u.applySettings(d.Settings())
		if p.all.Visible() {
			p.leave()
		}
	})
}

// sayReach says where links lead as things stand, and from where they work.
func (p *herePage) sayReach() {
	at := p.at
	p.reach.set(lang.L("Looking where links lead…"), colorMuted)
	p.u.askReach(at, func(a linkReach, err error) {
		if at != p.at {
			return
		}
		text, color := lang.L("Links lead to {{.Host}}.", args{"Host": a.host}), colorMuted
		switch {
		case err != nil:
			text, color = told(desk.Explain(err).What), colorError
		case a.reach == desk.ReachComputer:
			text, color = lang.L("Links lead to {{.Host}}, which is this computer: nobody else can open them.", args{"Host": a.host}), colorWarn
		case a.reach == desk.ReachNetwork:
			text, color = lang.L("Links lead to {{.Host}}, which is in this network: nobody outside can open them.", args{"Host": a.host}), colorWarn
		}
		p.reach.set(text, color)
		p.all.Refresh()
	})
}
