package gui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// linkOf signs an entry's link again, to the same end, since no URL is kept.
func (p *linksPlace) linkOf(e desk.Entry, then func(*desk.Link)) {
	ask(p.u, func(ctx context.Context) (*desk.Link, error) { return p.u.desk.CopyLink(ctx, e.ID) },
		func(l *desk.Link, err error) {
			if err != nil {
				p.u.notices.troubled("copy", desk.Explain(err), bad, func() { p.linkOf(e, then) })
				return
			}
			p.u.notices.hide("copy")
			if t := p.u.desk.EndsEarlier(e, l); t != nil {
				p.u.notices.trouble("copy", t, warning)
			}
			then(l)
		})
}

// signedAgain is what signing several links has brought.
type signedAgain struct {
	links   []desk.NamedLink
	of      []desk.Entry
	early   *desk.Trouble // what there is to say of the first that ends earlier than it did
	trouble *desk.Trouble // why the first of those that are not there could not be signed
}

// copyLinks puts the links of entries on the clipboard, one a line.
func (p *linksPlace) copyLinks(list []desk.Entry, f desk.Format) {
	if len(list) == 0 {
		return
	}
	going := p.u.progress("copy", lang.L("Signing"), len(list))
	ask(p.u, func(context.Context) (signedAgain, error) {
		ctx := going.ctx
		var s signedAgain
		for i, e := range list {
			going.tell(i)
			l, err := p.u.desk.CopyLink(ctx, e.ID)
			if ctx.Err() != nil {
				break
			}
			if err != nil {
				if s.trouble == nil {
					s.trouble = desk.Explain(err)
				}
				continue
			}
			if s.early == nil {
				s.early = p.u.desk.EndsEarlier(e, l)
			}
			s.links, s.of = append(s.links, desk.NamedLink{Name: e.Name, URL: l.URL}), append(s.of, e)
		}
		return s, ctx.Err()
	}, func(s signedAgain, err error) {
		going.end()
		n := p.u.notices
		n.hide("copy")
		if err != nil {
			return
		}
		if len(s.links) > 0 {
			p.u.copy(desk.CopyText(f, s.links))
			p.markCopied(s.of)
		}
		missing := len(list) - len(s.links)
		switch {
		case missing > 0 && len(list) == 1:
			n.troubled("copy", s.trouble, bad, func() { p.copyLinks(list, f) })
		case missing > 0 && len(s.links) == 0 && s.trouble.SignIn != nil:
			n.troubled("copy", s.trouble, bad, func() { p.copyLinks(list, f) })
		case missing > 0:
			n.show("copy", notice{tone: warning,
				text: lang.L("{{.Copied}} of {{.Count}} links are copied.", args{"Copied": p.u.words.count(len(s.links)), "Count": p.u.words.count(len(list))}),
				help: told(s.trouble.What) + " " + told(s.trouble.Help)})
		default:
			n.trouble("copy", s.early, warning)
		}
	})
}

// copiedShown is how long a row says that its link was copied, before it goes back to its countdown.
const copiedShown = 3 * time.Second

func (p *linksPlace) markCopied(list []desk.Entry) {
	mine := make(map[string]bool, len(list))
	for _, e := range list {
		mine[e.ID] = true
	}
	p.copied = mine
	p.rows.again()
	time.AfterFunc(copiedShown, func() {
		p.u.do(func() {
			clear(mine) // which is not shown any more if something else was copied since
			p.rows.again()
		})
	})
}

// uncopied takes back what the rows say of the clipboard: something else is on it now.
func (p *linksPlace) uncopied() {
	p.copied = map[string]bool{}
	p.rows.again()
}

// browse opens an entry's link in the browser.
func (p *linksPlace) browse(e desk.Entry) { p.linkOf(e, func(l *desk.Link) { p.u.browse(l.URL) }) }

// sendAgain sends an entry's file once more, to where it went before.
func (p *linksPlace) sendAgain(e desk.Entry) {
	if e.Path == "" {
		return
	}
	p.u.open(p.u.send)
	p.u.send.sendTo(e.Destination, e)
}

// askNote asks for the person's own words on an entry.
func (p *linksPlace) askNote(e desk.Entry) {
	p.asked.show(lang.L("Note on {{.Name}}", args{"Name": e.Name}), e.Note, lang.L("Nothing here removes the note"), lang.L("Save"), func(text string) {
		ask(p.u, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, p.u.desk.SetNote(ctx, e.ID, strings.TrimSpace(text))
		}, func(_ struct{}, err error) {
			p.u.notices.hide("note")
			if err != nil {
				p.u.notices.trouble("note", desk.Explain(err), bad)
			}
			p.reload()
		})
	})
}

// askBundle asks how the page of several files shall be called, and makes it.
func (p *linksPlace) askBundle(list []desk.Entry) {
	if len(list) == 0 {
		return
	}
	what := lang.N("One page for {{.Count}} files", len(list), args{"Count": p.u.words.count(len(list))})
	p.asked.show(what, "", lang.L("Its name, or the folder’s"), lang.L("Make the link"), func(title string) { p.bundle(list, strings.TrimSpace(title)) })
}

func (p *linksPlace) bundle(list []desk.Entry, title string) {
	u := p.u
	if !u.sure(func() { p.bundle(list, title) }) {
		return
	}
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	o := desk.SendOptions{Expires: u.send.dest.expires, Verify: u.desk.Settings().Verify}
	u.notices.show("bundle", notice{tone: neutral, sticky: true, text: lang.L("Writing the page and its links")})
	ask(u, func(ctx context.Context) (desk.Transfer, error) {
		return u.desk.Bundle(ctx, desk.Destination{}, o, title, ids...), nil
	}, func(t desk.Transfer, _ error) {
		if t.Link == nil {
			u.notices.trouble("bundle", t.Trouble, bad)
			return
		}
		u.copy(t.Link.URL)
		p.selectNone()
		made := notice{tone: good, text: lang.L("The link to the page “{{.Name}}” is copied.", args{"Name": t.Name}), help: u.words.until(t.Link, u.now())}
		if t.Trouble != nil {
			made.tone, made.help = warning, told(t.Trouble.What)+" "+told(t.Trouble.Help)
		}
		u.notices.show("bundle", made)
		p.reload()
	})
}

// forgetQuestion is the name of its notice.
const forgetQuestion = "forget?"

// askForget asks whether to cut entries out of the ledger.
func (p *linksPlace) askForget(list []desk.Entry) {
	if len(list) == 0 {
		return
	}
	u := p.u
	keep := u.button(secondary, lang.L("Keep"), func() { u.notices.hide(forgetQuestion); u.focusRows() })
	forget := u.button(secondary, lang.L("Forget"), func() { u.notices.hide(forgetQuestion); p.forget(list) })
	text := lang.L("Forget {{.Name}}?", args{"Name": list[0].Name})
	if len(list) > 1 {
		text = lang.N("Forget {{.Count}} links?", len(list), args{"Count": u.words.count(len(list))})
	}
	u.notices.show(forgetQuestion, notice{
		tone: warning, sticky: true, actions: []*button{forget, keep}, text: text,
		help: lang.L("They are not listed here any more. The objects stay in the bucket, and live links go on working."),
	})
	u.window.Canvas().Focus(keep)
}

func (p *linksPlace) forget(list []desk.Entry) {
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	ask(p.u, func(ctx context.Context) (int, error) { return p.u.desk.ForgetLinks(ctx, ids...) }, func(_ int, err error) {
		if err != nil {
			p.u.notices.trouble("forget", desk.Explain(err), bad)
		}
		p.reload()
		p.u.focusRows()
	})
}

// dropQuestion takes a question back that waits for an answer, and reports whether there was one.
func (u *ui) dropQuestion() bool {
	for _, name := range []string{revokeQuestion, forgetQuestion, mailQuestion, replaceQuestion, closeQuestion, forgetRequestsQuestion, corsNotice} {
		if u.notices.lines[name] != nil {
			u.notices.hide(name)
			u.focusRows()
			return true
		}
	}
	return false
}
