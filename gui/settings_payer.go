package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// payers lists the buckets whose requests the person pays for, and offers the bucket that is sent to.
type payers struct {
	u    *ui
	all  *fyne.Container
	list *fyne.Container
	none *prose
	add  *button
}

func (u *ui) newPayers() *payers {
	p := &payers{u: u, list: container.New(stack{gap: 8})}
	why := u.prose(lang.L("Some buckets want whoever asks to pay. For these, your profile's account pays for what Waybill asks, and for every download by your links."), colorText)
	p.none = u.prose(lang.L("You pay for no bucket of others."), colorMuted)
	p.add = u.button(secondary, "", nil)
	p.all = container.New(stack{gap: gap}, why.all, p.none.all, p.list, container.New(line{}, p.add))
	p.show(u.desk.Settings())
	return p
}

// show lists what is remembered.
func (p *payers) show(s desk.Settings) {
	p.list.RemoveAll()
	for _, bucket := range s.RequesterPays {
		name := newClipped(sizeBody, colorText, true)
		name.text = desk.BucketTitle(bucket)
		p.list.Add(container.New(line{gap: 8, stretch: name}, name,
			p.u.button(secondary, lang.L("Pay no more"), func() { p.set(bucket, false) })))
	}
	p.list.Hidden = len(s.RequesterPays) == 0
	p.none.all.Hide()
	if p.list.Hidden {
		p.none.all.Show()
	}
	bucket := p.u.send.dest.at.Bucket
	p.add.Hidden = bucket == "" || p.u.send.dest.at.Sandbox || desk.CheckBucket(bucket) != nil || slices.Contains(s.RequesterPays, bucket)
	p.add.set(secondary, lang.L("Pay for {{.Bucket}}", args{"Bucket": desk.BucketTitle(bucket)}), iconNone, "", func() { p.set(bucket, true) })
	if p.u.settings != nil {
		p.u.settings.scroll.Refresh()
		p.all.Refresh()
	}
}

func (p *payers) set(bucket string, pays bool) {
	if err := p.u.desk.SetRequesterPays(bucket, pays); err != nil {
		p.u.notices.trouble("settings", desk.Explain(err), warning)
	}
	p.u.applySettings(p.u.desk.Settings())
}
