package gui

import (
	"io"
	"net/url"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// mailQuestion is the name of its notice.
const mailQuestion = "mail"

// mail opens a new mail with an entry's link in the person's mail program.
func (p *linksPlace) mail(e desk.Entry) {
	p.linkOf(e, func(l *desk.Link) {
		p.u.mail(e.Name, l, lang.L("Save a small page…"),
			lang.L("A small page that leads to it can be attached to the mail instead. The link to a page of several files is just as long.")+" "+whatLinksCannot(),
			func() { p.saveLead(e, l) })
	})
}

// mail opens a new mail with a link to something of this name. Before that, it warns of a link that is too long for a
// line of a mail, and offers a file to attach instead.
func (u *ui) mail(name string, l *desk.Link, instead, why string, save func()) {
	if !desk.MailBreaks(l.URL) {
		u.notices.hide(mailQuestion)
		u.openMail(name, l)
		return
	}
	saving := u.button(secondary, instead, func() { u.notices.hide(mailQuestion); save() })
	anyway := u.button(secondary, lang.L("Mail it anyway"), func() { u.notices.hide(mailQuestion); u.openMail(name, l) })
	cancel := u.button(secondary, lang.L("Cancel"), func() { u.notices.hide(mailQuestion); u.focusRows() })
	u.notices.show(mailQuestion, notice{
		tone: warning, sticky: true, actions: []*button{saving, anyway, cancel},
		text: lang.L("This link is longer than a line of a mail may be, and may arrive broken in two."),
		help: why,
	})
	u.window.Canvas().Focus(saving)
}

func (u *ui) openMail(name string, l *desk.Link) {
	parsed, err := url.Parse(desk.MailTo(name, l.URL, u.words.until(l, u.now())))
	if err == nil {
		err = u.app.OpenURL(parsed)
	}
	if err != nil { // which holds the link: it is not for the screen
		u.notices.show(mailQuestion, notice{tone: warning, text: lang.L("The mail program could not be opened."),
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
	}, func() string { return lang.L("Attach it to the mail. Whoever has the page has the link.") })
}
