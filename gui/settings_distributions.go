package gui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// distributions lists the CloudFront distributions in front of buckets, with a form for one more.
type distributions struct {
	u   *ui
	all *fyne.Container

	list *fyne.Container
	add  *button
	none *prose

	form    *fyne.Container
	bucket  *plainField
	domain  *plainField
	keyPair *plainField
	key     *plainField
	origin  *plainField
	save    *button
	wrong   *prose
	help    *prose
	wrongs  *fyne.Container

	shown   []desk.Distribution
	editing string // the bucket whose distribution is in the form; "" for a new one
}

func (u *ui) newDistributions() *distributions {
	d := &distributions{u: u, list: container.New(stack{gap: 8})}
	d.add = u.button(secondary, lang.L("Add a distribution"), func() { d.open(desk.Distribution{Bucket: u.send.dest.at.Bucket}); d.editing = "" })
	why := u.prose(lang.L("S3 accepts no link that is older than seven days. A CloudFront distribution in front of a bucket answers links for up to ten years, signed with a key pair of its own."), colorText)
	d.none = u.prose(lang.L("No bucket has one here yet."), colorMuted)

	submit, leave := func() { d.take() }, func() { d.close() }
	d.bucket = newPlainField(u, lang.L("Bucket"), "", submit, leave)
	d.domain = newPlainField(u, lang.L("Domain"), "d111111abcdef8.cloudfront.net", submit, leave)
	d.keyPair = newPlainField(u, lang.L("Key pair ID"), "K2JCJMDEHXQW5F", submit, leave)
	d.origin = newPlainField(u, lang.L("Origin path"), lang.L("none"), submit, leave)
	d.key = newPlainField(u, lang.L("Private key"), "~/keys/private.pem", submit, leave)
	choose := u.button(secondary, lang.L("Choose…"), func() { u.chooseFile(lang.L("Choose the private key"), d.key.SetText) })
	d.save = u.button(primary, lang.L("Save"), submit)
	cancel := u.button(secondary, lang.L("Cancel"), leave)
	d.wrong, d.help = u.prose("", colorError), u.prose("", colorMuted)
	d.wrongs = container.New(stack{gap: 2}, d.wrong.all, d.help.all)
	d.wrongs.Hide()
	framedKey := framed(d.key.frame, d.key)
	d.form = container.New(stack{gap: gap},
		container.New(columns{1, 1}, d.bucket.labelled(), d.domain.labelled()),
		container.New(columns{1, 1}, d.keyPair.labelled(), d.origin.labelled()),
		container.New(stack{gap: 4}, d.key.label(), container.New(line{gap: 8, stretch: framedKey}, framedKey, choose)),
		u.prose(lang.L("Waybill reads the key whenever it signs a link, and keeps no copy of it."), colorMuted).all,
		d.wrongs, container.New(line{gap: 8}, d.save, cancel))
	d.form.Hide()
	d.all = container.New(stack{gap: gap}, why.all, d.none.all, d.list, container.New(line{}, d.add), d.form)
	d.show(u.desk.Settings())
	return d
}

// show lists what is remembered.
func (d *distributions) show(s desk.Settings) {
	d.shown = s.Distributions
	d.list.RemoveAll()
	for _, one := range d.shown {
		name := newClipped(sizeBody, colorText, true)
		name.text = one.Bucket
		about := newClipped(sizeSmall, colorMuted, false)
		about.text = strings.Join(nonEmpty(one.CloudFront.Domain, one.CloudFront.KeyPairID, one.CloudFront.OriginPath), " · ")
		words := container.New(stack{}, name, about)
		d.list.Add(container.New(line{gap: 8, stretch: words}, words,
			d.u.button(secondary, lang.L("Change"), func() { d.open(one) }),
			d.u.button(secondary, lang.L("Remove"), func() { d.remove(one) })))
	}
	d.list.Hidden = len(d.shown) == 0
	d.none.all.Hide()
	if len(d.shown) == 0 && d.form.Hidden {
		d.none.all.Show()
	}
	d.relayout()
}

func (d *distributions) relayout() {
	if d.u.settings != nil {
		d.u.settings.scroll.Refresh()
		d.all.Refresh()
	}
}

// open shows the form, filled with what there is.
func (d *distributions) open(one desk.Distribution) {
	d.editing = one.Bucket
	d.bucket.SetText(one.Bucket)
	d.domain.SetText(one.CloudFront.Domain)
	d.keyPair.SetText(one.CloudFront.KeyPairID)
	d.key.SetText(one.CloudFront.PrivateKey)
	d.origin.SetText(one.CloudFront.OriginPath)
	d.form.Show()
	d.add.Hide()
	d.say(nil)
	first := d.bucket
	if one.Bucket != "" {
		first = d.domain
	}
	d.u.window.Canvas().Focus(first)
}

func (d *distributions) close() {
	d.form.Hide()
	d.add.Show()
	d.u.window.Canvas().Unfocus()
	d.say(nil)
}

// say shows what is wrong with what stands in the form.
func (d *distributions) say(t *desk.Trouble) {
	d.wrongs.Hidden = t == nil
	if t != nil {
		d.wrong.set(told(t.What), colorError)
		d.help.set(told(t.Help), colorMuted)
	}
	d.show(d.u.desk.Settings())
}

// take checks what stands in the form, and remembers it.
func (d *distributions) take() {
	domain := strings.TrimSpace(d.domain.Text)
	domain = strings.TrimSuffix(strings.TrimPrefix(domain, "https://"), "/") // as a browser's address bar gives it
	bucket, before := strings.TrimSpace(d.bucket.Text), d.editing
	one := signer.CloudFront{
		Domain: domain, KeyPairID: strings.TrimSpace(d.keyPair.Text), PrivateKey: strings.TrimSpace(d.key.Text),
		OriginPath: strings.TrimSpace(d.origin.Text),
	}
	d.set(bucket, one, func() {
		if before != "" && before != bucket { // it was another bucket's
			d.set(before, signer.CloudFront{}, nil)
		}
		d.close()
	})
}

// set has the desk look at a distribution, which reads the key's file, and remember it.
func (d *distributions) set(bucket string, one signer.CloudFront, then func()) {
	ask(d.u, func(context.Context) (struct{}, error) { return struct{}{}, d.u.desk.SetDistribution(bucket, one) },
		func(_ struct{}, err error) {
			if err != nil {
				d.say(desk.Explain(err))
				return
			}
			if then != nil {
				then()
			}
			d.u.applySettings(d.u.desk.Settings())
		})
}

// remove forgets a distribution, and offers to take that back.
func (d *distributions) remove(one desk.Distribution) {
	const name = "distribution"
	d.set(one.Bucket, signer.CloudFront{}, func() {
		undo := d.u.button(secondary, lang.L("Undo"), func() {
			d.u.notices.hide(name)
			d.set(one.Bucket, one.CloudFront, nil)
		})
		d.u.notices.show(name, notice{
			tone: neutral, actions: []*button{undo},
			text: lang.L("The distribution of {{.Bucket}} was removed here.", args{"Bucket": one.Bucket}),
			help: lang.L("Links that were made with it go on working; new ones last seven days at most."),
		})
	})
}
