package gui

import (
	"context"
	"io"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// requestNotice is the name of the notice about what was done with a request.
const requestNotice = "request"

// waysInto signs all ways into a request again, to the same end, since no URL is kept.
func (u *ui) waysInto(r desk.Request, then func(*desk.Ways)) {
	ask(u, func(ctx context.Context) (*desk.Ways, error) { return u.desk.Ways(ctx, r.ID) }, func(w *desk.Ways, err error) {
		if err != nil {
			u.notices.troubled(requestNotice, desk.Explain(err), bad, func() { u.waysInto(r, then) })
			return
		}
		u.notices.trouble(requestNotice, w.EndsEarlier(), warning)
		then(w)
	})
}

// pageOf signs the link to a request's page. A request without a page has other ways in, and says so.
func (u *ui) pageOf(r desk.Request, then func(*desk.Link)) {
	u.waysInto(r, func(w *desk.Ways) {
		if w.PageURL == "" {
			u.noPage(w)
			return
		}
		then(&desk.Link{ID: r.ID, URL: w.PageURL, Ends: w.Ends, Because: w.Because, Verified: w.Verified})
	})
}

// noPage says that there is no page in the bucket to lead to.
func (u *ui) noPage(w *desk.Ways) {
	said := notice{tone: warning, text: lang.L("This request has no page in the bucket."),
		help: lang.L("Save the page as a file and send that, or copy a command line.")}
	if w.Trouble != nil {
		said.text, said.help = told(w.Trouble.What), told(w.Trouble.Help)
	}
	said.actions = []*button{u.button(secondary, lang.L("Save the page…"), func() { u.savePage(w.Request) })}
	u.notices.show(requestNotice, said)
}

// pageName is what the link to a request's page is called towards whoever gets it.
func (u *ui) pageName(r desk.Request) string {
	if r.From != "" {
		return lang.L("Send files to {{.Name}}", args{"Name": oneLine(desk.Visible(r.From))})
	}
	return lang.L("Send files")
}

// copyPages puts the links to the pages of requests on the clipboard, one a line.
func (p *requestsPlace) copyPages(list []desk.Request, f desk.Format) {
	if len(list) == 0 {
		return
	}
	u := p.u
	if len(list) == 1 {
		u.pageOf(list[0], func(l *desk.Link) {
			u.copy(desk.CopyText(f, []desk.NamedLink{{Name: u.pageName(list[0]), URL: l.URL}}))
			p.markCopied(list[0])
		})
		return
	}
	type signed struct {
		links   []desk.NamedLink
		trouble *desk.Trouble // of the first that could not be signed
	}
	going := u.progress("copy", lang.L("Signing"), len(list))
	ask(u, func(context.Context) (s signed, err error) {
		for i, r := range list {
			going.tell(i)
			w, err := u.desk.Ways(going.ctx, r.ID)
			switch {
			case going.ctx.Err() != nil:
				return s, going.ctx.Err()
			case err != nil && s.trouble == nil:
				s.trouble = desk.Explain(err)
			case err == nil && w.PageURL != "":
				s.links = append(s.links, desk.NamedLink{Name: u.pageName(r), URL: w.PageURL})
			}
		}
		return s, nil
	}, func(s signed, err error) {
		going.end()
		if err != nil {
			return
		}
		if len(s.links) > 0 {
			u.copy(desk.CopyText(f, s.links))
		}
		said := notice{tone: good, text: lang.L("{{.Copied}} of {{.Count}} links are copied.", args{
			"Copied": u.words.count(len(s.links)), "Count": u.words.count(len(list))})}
		if s.trouble != nil {
			said.tone, said.help = warning, told(s.trouble.What)+" "+told(s.trouble.Help)
		}
		u.notices.show("copy", said)
	})
}

// markCopied says for a while that a request's link was copied.
func (p *requestsPlace) markCopied(r desk.Request) {
	p.copied = r.ID
	p.rows.again()
	p.u.arrivals.show()
	time.AfterFunc(copiedShown, func() {
		p.u.do(func() {
			if p.copied == r.ID {
				p.uncopied()
			}
		})
	})
}

// copyCommands puts the command lines of a request for one shell on the clipboard: one, or one for each file that may come.
func (u *ui) copyCommands(r desk.Request, shell desk.Shell) {
	u.waysInto(r, func(w *desk.Ways) {
		var lines []string
		for _, c := range w.Commands {
			if c.Shell == shell {
				lines = append(lines, c.Text)
			}
		}
		if len(lines) == 0 {
			u.noPage(w)
			return
		}
		u.copy(strings.Join(lines, "\n"))
		said := notice{tone: good, text: lang.N("{{.Count}} command lines are copied.", len(lines), args{"Count": u.words.count(len(lines))}),
			help: lang.L("FILE, at the end, is to be replaced. Whoever has the line can upload until the request ends.")}
		if t := w.EndsEarlier(); t != nil {
			said.tone, said.help = warning, told(t.What)+" "+told(t.Help)
		}
		u.notices.show(requestNotice, said)
	})
}

// showPageQR shows the link to a request's page as a QR code.
func (u *ui) showPageQR(r desk.Request) {
	u.pageOf(r, func(l *desk.Link) { u.showQR(u.requestName(r), l) })
}

// openPage opens a request's page in the browser, to see what others see.
func (u *ui) openPage(r desk.Request) { u.pageOf(r, func(l *desk.Link) { u.browse(l.URL) }) }

// mailPage opens a new mail with the link to a request's page.
func (u *ui) mailPage(r desk.Request) {
	u.pageOf(r, func(l *desk.Link) {
		u.mail(u.pageName(r), l, lang.L("Save the page…"),
			lang.L("The page itself can be attached to the mail instead."), func() { u.savePage(r) })
	})
}

// savePage saves the page of a request as a file, to be sent by mail. Such a page uploads from elsewhere than the bucket, so
// the bucket has to allow that: the window looks, and offers what is missing.
func (u *ui) savePage(r desk.Request) {
	u.waysInto(r, func(w *desk.Ways) {
		u.save(w.HTMLName, func(out io.Writer) error {
			_, err := out.Write(w.HTML)
			if err == nil { // this is not the main goroutine
				u.do(func() { u.checkCORS(r, false) })
			}
			return err
		}, func() string {
			return lang.L("Attach it to the mail. Whoever has the page can upload until the request ends.")
		})
	})
}
