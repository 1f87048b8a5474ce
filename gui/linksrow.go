package gui

import (
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// row shows an entry.
func (p *linksPlace) row(at int) (rowContent, rowActions) {
	e := p.shown[at]
	now, w := p.u.now(), p.u.words
	c := rowContent{
		kind: kindOf(e.Name), name: e.Name, side: iconMore, sideTip: lang.L("More"),
		pick: lang.L("Select {{.Name}}", args{"Name": e.Name}), picked: p.selected[e.ID],
	}
	act := rowActions{
		side: func(o fyne.CanvasObject) { p.menu(e, o) },
		pick: func() { p.tapTile(e.ID) },
	}
	c.text = strings.Join(nonEmpty(p.where(e), lang.L("sent {{.When}}", args{"When": w.moment(e.Sent, now)}), p.by(e), near(e.Reach), p.u.signedBy(e.Destination)), " · ")
	if e.Kind == desk.KindBundle {
		c.kind, c.icon = "", iconPage
		c.text = strings.Join(nonEmpty(p.pageOf(e), p.where(e), p.by(e), near(e.Reach), p.u.signedBy(e.Destination)), " · ")
	}
	if e.Note != "" {
		c.help = lang.L("“{{.Note}}”", args{"Note": oneLine(e.Note)})
	}
	if p.opened == e.ID {
		c.open = p.about(e)
	}
	p.standing(e, &c, &act)
	return c, act
}

// standing says how an entry's link stands, and offers what fits that best.
func (p *linksPlace) standing(e desk.Entry, c *rowContent, act *rowActions) {
	now, w := p.u.now(), p.u.words
	again := func() { p.sendAgain(e) }
	standing := e.Standing(now)
	switch standing {
	case desk.Live, desk.EndingSoon:
		c.main, act.main = lang.L("Copy"), func() { p.copyLinks([]desk.Entry{e}, desk.FormatURL) }
		c.chipTip = p.ends(e)
		c.chip, c.chipTone = w.countdown(e.Last().Sub(now)), good
		if e.Ends.IsZero() {
			c.chip = lang.L("End unknown")
		}
		if standing == desk.EndingSoon || e.Ends.IsZero() {
			c.chipTone = warning
		}
		if e.TroubleCode != "" {
			c.text, c.texts = e.TroubleText, colorWarn
			c.chip, c.chipTone = lang.L("Link not checked"), warning
		}
		if p.copied[e.ID] {
			c.chip, c.chipTone = lang.L("Link copied"), good
		}
	case desk.Ended:
		c.chip, c.chipTip = lang.L("Ended {{.When}}", args{"When": w.day(e.Last(), now)}), p.ends(e)
		c.main, act.main = lang.L("Renew"), func() { p.renew([]desk.Entry{e}, 0) }
	case desk.Refused:
		c.text, c.texts, c.chip, c.chipTone = e.TroubleText, colorError, lang.L("Link refused"), bad
		c.main, act.main = lang.L("Renew"), func() { p.renew([]desk.Entry{e}, 0) }
	case desk.Revoked:
		c.chip = lang.L("Revoked")
		c.text = strings.Join(nonEmpty(lang.L("taken away {{.When}}", args{"When": w.moment(e.Revoked, now)}), p.where(e), p.u.signedBy(e.Destination)), " · ")
		if e.CanUndo {
			c.main, act.main = lang.L("Bring back"), func() { p.bringBack([]desk.Entry{e}) }
		}
	case desk.Standing(desk.Cancelled), desk.Standing(desk.Skipped):
		c.text, c.chip = p.where(e), lang.L("Cancelled")
		if e.State == desk.Skipped {
			c.chip = lang.L("Skipped")
		}
	default:
		c.text, c.texts = e.TroubleText, colorError
		c.chip, c.chipTone = lang.L("Not sent"), bad
	}
	if e.State != desk.Sent && e.Path != "" {
		c.main, act.main = lang.L("Send again"), again
	}
}

// where is the folder of an entry's object, or the object where that bears another name than its file.
func (p *linksPlace) where(e desk.Entry) string {
	if e.Kind == desk.KindFile && lastSegment(e.Key) != lastSegment(e.Name) {
		return desk.BucketTitle(e.Destination.Bucket) + "/" + e.Key
	}
	return desk.BucketTitle(e.Destination.Bucket) + "/" + strings.TrimSuffix(e.Key, lastSegment(e.Key))
}

// by names what answers a link if it is not the store.
func (p *linksPlace) by(e desk.Entry) string {
	switch {
	case e.CloudFront:
		return lang.L("by CloudFront")
	case e.RequesterPays:
		return lang.L("downloads paid by your account")
	}
	return ""
}

// signedBy is the profile as a person reads it.
func (u *ui) signedBy(at desk.Destination) string {
	if at.Sandbox {
		return lang.L("Sandbox")
	}
	return at.Profile
}

// pageOf says of how many files a page is, as long as that is known.
func (p *linksPlace) pageOf(e desk.Entry) string {
	n := p.files[e.ID]
	if n == 0 {
		return lang.L("One page for many files")
	}
	return lang.N("One page for {{.Count}} files", n, args{"Count": p.u.words.count(n)})
}

// ends says when a link ends or has ended, with the zone of that time, and which of its bounds that is.
func (p *linksPlace) ends(e desk.Entry) string {
	if e.Ends.IsZero() || e.Because == signer.Unknown {
		return lang.L("It ends with the session that signed it; nobody knows when")
	}
	return p.u.endsBecause(e.Ends, e.Because)
}

// endsBecause says when something signed ends or has ended, and which of its bounds that is.
func (u *ui) endsBecause(ends time.Time, because signer.Because) string {
	now := u.now()
	when := args{"When": u.words.zoned(ends, now)}
	ended := !now.Before(ends)
	switch {
	case because == signer.Credentials && ended:
		return lang.L("Ended {{.When}}, with the session that signed it", when)
	case because == signer.Credentials:
		return lang.L("Ends {{.When}}, with the session that signed it", when)
	case because == signer.Limit && ended:
		return lang.L("Ended {{.When}}, after the longest time that S3 allows", when)
	case because == signer.Limit:
		return lang.L("Ends {{.When}}, after the longest time that S3 allows", when)
	case ended:
		return lang.L("Ended {{.When}}, as was asked for", when)
	}
	return lang.L("Ends {{.When}}, as was asked for", when)
}

// about is all that is known of an entry, for its opened row.
func (p *linksPlace) about(e desk.Entry) string {
	w, now := p.u.words, p.u.now()
	lines := []string{p.address(e)}
	if e.State == desk.Sent {
		lines = append(lines, p.ends(e))
		if !e.Revoked.IsZero() {
			lines = append(lines, lang.L("Taken away {{.When}}", args{"When": w.zoned(e.Revoked, now)}))
		}
		by := p.u.signedBy(e.Destination)
		if e.Account != "" {
			by += " (" + e.Account + ")"
		}
		signed := lang.L("Signed {{.When}} by {{.Profile}}, for {{.Time}}", args{
			"When": w.zoned(e.Signed, now), "Profile": by, "Time": lastsName(e.Asked)})
		if e.Verified {
			signed += " · " + lang.L("checked")
		}
		lines = append(lines, signed)
	}
	if e.Destination.Endpoint != "" {
		lines = append(lines, e.Destination.Endpoint)
	}
	if e.LinkEndpoint != "" {
		lines = append(lines, lang.L("Signed for {{.Address}}", args{"Address": e.LinkEndpoint}))
	}
	lines = append(lines, strings.Join(nonEmpty(w.size(e.Size), e.ContentType, e.Checksum), " · "))
	switch {
	case e.Kind == desk.KindBundle:
		lines = append(lines, p.pageOf(e))
	case e.Bundle != "":
		lines = append(lines, lang.L("It stands on a page with others"))
	}
	if e.TroubleCode != "" {
		lines = append(lines, e.TroubleCode+": "+e.TroubleText)
	}
	if utf8.RuneCountInString(e.Note) > 40 || e.TroubleCode != "" { // else the row has room for it
		lines = append(lines, nonEmpty(e.Note)...)
	}
	return strings.Join(lines, "\n")
}

// address is where an entry's object is, as S3's own tools write it.
func (p *linksPlace) address(e desk.Entry) string {
	return "s3://" + e.Destination.Bucket + "/" + e.Key
}

// oneLine is a text without its line ends.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// clip cuts a text in its middle, so that it has at most so many letters.
func clip(s string, most int) string {
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	begin := most / 2
	return string(letters[:begin]) + "…" + string(letters[len(letters)-(most-begin-1):])
}
