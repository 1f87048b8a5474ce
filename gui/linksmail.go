package gui

import (
	"io"
	"net/url"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// mailQuestion is the name of its notice.
const mailQuestion = "mail"

// mail opens a new mail with an entry's link in the person's mail program; before that, it warns of a link that is
// too long for a line of a mail.
func (p *linksPlace) mail(e desk.Entry) {
	u := p.u
	p.linkOf(e, func(l *desk.Link) {
		if !desk.MailBreaks(l.URL) {
			u.notices.hide(mailQuestion)
			p.openMail(e, l)
			return
		}
		p.askMail(e, l)
	})
}

// askMail warns of a link that is too long, and asks what to do.
func (p *linksPlace) askMail(e desk.Entry, l *desk.Link) {
	u := p.u
	save := u.button(secondary, lang.L("Save a small page…"), func() { u.notices.hide(mailQuestion); p.saveLead(e, l) })
	anyway := u.button(secondary, lang.L("Mail it anyway"), func() { u.notices.hide(mailQuestion); p.openMail(e, l) })
	cancel := u.button(secondary, lang.L("Cancel"), func() { u.notices.hide(mailQuestion); u.focusRows() })
	u.notices.show(mailQuestion, notice{
		tone: warning, sticky: true, actions: []*button{save, anyway, cancel},
		text: lang.L("This link is longer than a line of a mail may be, and may arrive broken in two."),
		help: lang.L("A small page that leads to it can be attached to the mail instead. The link to a page of several files is just as long.") + " " + whatLinksCannot(),
	})
	u.window.Canvas().Focus(save)
}

func (p *linksPlace) openMail(e desk.Entry, l *desk.Link) {
	parsed, err := url.Parse(desk.MailTo(e.Name, l.URL, p.u.words.until(l, p.u.now())))
	if err == nil {
		err = p.u.app.OpenURL(parsed)
	}
	if err != nil { // which holds the link: it is not for the screen
		p.u.notices.show(mailQuestion, notice{tone: warning, text: lang.L("The mail program could not be opened."),
			help: lang.L("Copy the link, and paste it into a mail.")})
	}
}

// saveLead saves the small page that leads to a link.
func (p *linksPlace) saveLead(e desk.Entry, l *desk.Link) {
	size := e.Size
	if e.Kind == desk.KindBundle {
		size = -1 // what is behind it is no download, and not as small as the page
	}
	name, page, err := desk.LeadPage(e.Name, size, l)
	if err != nil {
		p.u.notices.trouble(mailQuestion, desk.Explain(err), bad)
		return
	}
	p.u.save(name, func(w io.Writer) error {
		_, err := w.Write(page)
		return err
	}, lang.L("Attach it to the mail. Whoever has the page has the link."))
}
