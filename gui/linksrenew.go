package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// renewed is what renewing links has brought.
type renewed struct {
	links   []desk.NamedLink
	last    *desk.Link
	early   *desk.Trouble // why the first of those that end earlier than they were asked to does
	failed  int
	trouble *desk.Trouble // of the first that failed
}

// renew signs links again, for so long from now on; 0 is as long as before. Nothing is uploaded.
func (p *linksPlace) renew(list []desk.Entry, expires time.Duration) {
	if len(list) == 0 {
		return
	}
	u := p.u
	going := u.progress("renew", lang.L("Renewing"), len(list))
	ask(u, func(context.Context) (renewed, error) {
		ctx := going.ctx
		var r renewed
		for i, e := range list {
			going.tell(i)
			t := p.renewOne(ctx, e, expires)
			if going.stopped() {
				break
			}
			if t.State != desk.Sent || t.Link == nil {
				r.failed++
				if r.trouble == nil {
					r.trouble = t.Trouble
				}
				continue
			}
			r.links, r.last = append(r.links, desk.NamedLink{Name: e.Name, URL: t.Link.URL}), t.Link
			if r.early == nil {
				r.early = t.Trouble
			}
			if r.early == nil && t.Link.Because != signer.Requested {
				asked := expires
				if asked == 0 {
					asked = e.Asked
				}
				if o, err := u.desk.Outlook(ctx, e.Destination.Store, asked); err == nil {
					r.early = o.Warning
				}
			}
		}
		return r, nil
	}, func(r renewed, _ error) {
		going.end()
		p.showRenewed(list, r)
	})
}

// renewOne renews a link after a look at whether it can last so long.
func (p *linksPlace) renewOne(ctx context.Context, e desk.Entry, expires time.Duration) desk.Transfer {
	if expires > 0 {
		if err := p.u.desk.CheckExpires(e.Destination.Bucket, expires); err != nil {
			return desk.Transfer{State: desk.Failed, Trouble: desk.Explain(err)}
		}
	}
	return p.u.desk.Renew(ctx, e.ID, expires, p.u.desk.Settings().Verify)
}

// showRenewed says what came of it. One link is on the clipboard then: a renewed link is another one, and of no use
// before somebody has it.
func (p *linksPlace) showRenewed(list []desk.Entry, r renewed) {
	u, w := p.u, p.u.words
	said := notice{tone: good, help: lang.L("An old link is not prolonged by that: pass the new one on.")}
	switch {
	case len(r.links) == 0 && r.trouble != nil:
		u.notices.trouble("renew", r.trouble, bad)
		return
	case len(r.links) == 0:
		u.notices.hide("renew")
		return
	case len(list) == 1:
		u.copy(r.links[0].URL)
		p.markCopied(list)
		said.text = lang.L("The new link to {{.Name}} is copied.", args{"Name": list[0].Name}) + " " + p.until(r.last)
	default:
		text := desk.CopyText(desk.FormatURL, r.links)
		said.text = lang.N("{{.Count}} links are renewed.", len(r.links), args{"Count": w.count(len(r.links))})
		said.actions = []*button{u.button(secondary, lang.L("Copy the new links"), func() { u.copy(text); u.notices.hide("renew") })}
	}
	if r.early != nil {
		said.tone, said.help = warning, told(r.early.What)+" "+told(r.early.Help)
	}
	if r.failed > 0 {
		said.tone = warning
		said.help = lang.N("{{.Count}} could not be renewed:", r.failed, args{"Count": w.count(r.failed)}) + " " + told(r.trouble.What) + " " + told(r.trouble.Help)
	}
	u.notices.show("renew", said)
	p.reload()
}

// renewToday renews all live links that end before the day does.
func (p *linksPlace) renewToday() {
	ask(p.u, p.u.desk.EndingToday, func(list []desk.Entry, err error) {
		switch {
		case err != nil:
			p.u.notices.trouble("renew", desk.Explain(err), bad)
		case len(list) == 0:
			p.u.notices.show("renew", notice{tone: neutral, text: lang.L("No live link ends today.")})
		default:
			p.renew(list, 0)
		}
	})
}
