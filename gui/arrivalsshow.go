package gui

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// show brings what is in sight up to date.
func (p *arrivalsPlace) show() {
	if !p.all.Visible() {
		return
	}
	u, r := p.u, p.request
	p.title.set(u.requestName(r), colorText)
	text, tone := u.requestChip(r)
	p.chipTip.tip = u.requestEnds(r)
	if u.requests.copied == r.ID {
		text, tone = lang.L("Link copied"), good
	}
	changed := p.chip.text != text
	p.chip.set(text, tone)
	p.copying.Hidden = r.Standing(u.now()) != desk.RequestOpen
	p.about.set(strings.Join(nonEmpty(desk.BucketTitle(r.Destination.Bucket)+"/"+r.Folder, u.signedBy(r.Destination),
		lang.L("made {{.When}}", args{"When": u.words.moment(r.Made, u.now())})), " · "), colorMuted)
	p.message.set(quoted(r.Message), colorMuted)
	if p.message.Hidden != (r.Message == "") {
		p.message.Hidden, changed = r.Message == "", true
	}
	p.asked.set(u.askedFor(r), colorMuted)
	p.summarise()
	isEmpty := len(p.arrivals) == 0
	if p.empty.all.Hidden == isEmpty || changed {
		p.empty.all.Hidden, p.rows.card.Hidden = !isEmpty, isEmpty
		p.all.Refresh()
	}
	if isEmpty {
		p.sayEmpty()
	}
	p.rows.again()
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return lang.L("“{{.Note}}”", args{"Note": desk.Visible(oneLine(text))})
}

// askedFor says what may come.
func (u *ui) askedFor(r desk.Request) string {
	w := u.words
	files := lang.L("Any number of files")
	if r.Files > 0 {
		files = lang.N("{{.Count}} files may come", r.Files, args{"Count": w.count(r.Files)})
	}
	size := ""
	if r.MaxSize > 0 {
		size = lang.L("at most {{.Size}} each", args{"Size": w.size(r.MaxSize)})
	}
	kinds := lang.L("of any kind")
	switch desk.KindGroupOf(r.Kinds) {
	case desk.KindsPictures:
		kinds = lang.L("pictures")
	case desk.KindsDocuments:
		kinds = lang.L("documents")
	case desk.KindsVideos:
		kinds = lang.L("videos")
	case desk.KindsOwn:
		kinds = strings.Join(r.Kinds, ", ")
	}
	return strings.Join(nonEmpty(files, kinds, size), ", ")
}

// sayEmpty explains why nothing is there.
func (p *arrivalsPlace) sayEmpty() {
	e, u, r := p.empty, p.u, p.request
	switch {
	case p.trouble != nil:
		e.title.set(told(p.trouble.What), colorText)
		e.text.set(helpIn(p.trouble), colorMuted)
		e.button.set(secondary, lang.L("Try again"), iconNone, "", p.look)
		if s := p.trouble.SignIn; s != nil {
			e.button.set(secondary, signInWord(p.trouble), iconNone, u.tipFor("signIn"), func() { u.signIn(*s, p.look) })
		}
	case p.waiting:
		e.title.set(lang.L("Looking into {{.Place}}…", args{"Place": desk.BucketTitle(r.Destination.Bucket)}), colorText)
		e.text.set(lang.L("One moment"), colorMuted)
		e.button.set(secondary, lang.L("Back to the requests"), iconNone, "", p.leave)
	case r.Standing(u.now()) == desk.RequestOpen:
		e.title.set(lang.L("Nothing has arrived yet"), colorText)
		e.text.set(lang.L("Pass the link on: what is uploaded shows up here within half a minute"), colorMuted)
		e.button.set(secondary, lang.L("Look now"), iconNone, "", p.look)
	default:
		e.title.set(lang.L("Nothing has arrived"), colorText)
		e.text.set(u.requestEnds(r), colorMuted)
		e.button.set(secondary, lang.L("Back to the requests"), iconNone, "", p.leave)
	}
}

// summarise says how much there is, or how far bringing it is, and offers to bring all or to stop.
func (p *arrivalsPlace) summarise() {
	u, w := p.u, p.u.words
	n := p.request.Arrived
	text, color := lang.N("{{.Count}} files", n, args{"Count": w.count(n)})+", "+w.size(p.request.Size), colorText
	switch b := u.brings[p.request.ID]; {
	case b != nil && !b.over:
		done, bytes := b.sum()
		text = lang.L("Downloading {{.Done}} of {{.Count}} files, {{.Bytes}} of {{.Size}}", args{
			"Done": w.count(done), "Count": w.count(b.files), "Bytes": w.size(bytes), "Size": w.size(b.size)})
		p.bring.set(secondary, lang.L("Stop"), iconNone, "", b.stop)
	default:
		if p.trouble != nil && len(p.arrivals) > 0 {
			text, color = told(p.trouble.What), colorError
		}
		p.bring.set(secondary, lang.L("Download all…"), iconNone, u.tipInRequests("export"), func() { u.download(p.request, nil) })
	}
	p.summary.set(text, color)
	p.band.Hidden = len(p.arrivals) == 0
}
