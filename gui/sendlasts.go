package gui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// longOffers are the lengths of time on offer where a distribution answers the bucket's links.
func longOffers() []lasts {
	const day = 24 * time.Hour
	return []lasts{
		{lang.L("30 days"), 30 * day},
		{lang.L("1 year"), 365 * day},
	}
}

// lastsName writes a length of time as the field shows it, also one that only a distribution can give.
func lastsName(d time.Duration) string {
	for _, o := range longOffers() {
		if o.d == d {
			return o.label
		}
	}
	return lastsLabel(d)
}

// parseLasts reads what stands in the field. More than seven days needs a distribution in front of the bucket.
func (d *destination) parseLasts(text string) (time.Duration, error) {
	expires, err := parseLasts(text)
	if err == nil {
		return expires, nil
	}
	for _, o := range longOffers() {
		if strings.EqualFold(strings.TrimSpace(text), o.label) {
			return o.d, d.ui.desk.CheckExpires(d.at.Bucket, o.d)
		}
	}
	if long, e := desk.ParseLongExpires(text); e == nil && d.at.Bucket != "" {
		return long, d.ui.desk.CheckExpires(d.at.Bucket, long)
	}
	return 0, err
}

// offerLasts suggests what the bucket's links can last.
func (d *destination) offerLasts() {
	offers := offered()
	if _, ok := d.distribution(); ok {
		offers = append(offers, longOffers()...)
	}
	options := make([]option, 0, len(offers))
	for _, o := range offers {
		options = append(options, option{label: o.label})
	}
	d.lasts.setOptions(options)
}

// distribution is what answers the bucket's links that last longer than seven days.
func (d *destination) distribution() (signer.CloudFront, bool) {
	return d.ui.desk.Settings().DistributionOf(d.at.Bucket)
}

// long reports whether links made now would be a distribution's.
func (d *destination) long() bool { return d.expires > signer.MaxExpires }

// tooLong reports whether more was asked for than a signed link can last.
func (d *destination) tooLong() bool {
	return d.trouble != nil && (d.trouble.Code == "NoDistribution" || d.trouble.Code == "ExpiresTooLong")
}

// remindBefore is how long before its end a link is to be renewed, for those who asked for more than S3 gives.
const remindBefore = 24 * time.Hour

// takeWeek is the second best to a link for longer than seven days: the seven, and a reminder to renew it.
func (d *destination) takeWeek() {
	settings := d.ui.desk.Settings()
	settings.Remind = remindBefore
	d.save(settings)
	d.lasts.setValue(lastsName(signer.MaxExpires))
	d.takeLasts(d.lasts.Text)
	d.ui.applySettings(d.ui.desk.Settings())
}

// settingsChanged follows what was chosen in the settings: a distribution may have come or gone.
func (d *destination) settingsChanged() {
	d.looksAt = nil // links may lead elsewhere
	d.offerLasts()
	d.bundle.set(d.ui.desk.Settings().Bundle)
	d.check()
}
