package gui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// renewed is what renewing links has brought.
type renewed struct {
	links   []desk.NamedLink
	last    *desk.Link
	early   *desk.Trouble // what there is to say of the first of those that are not just as they were asked for
	failed  int
	trouble *desk.Trouble // of the first that failed
}

// renew signs links again, for so long from now on; 0 is as long as before. Nothing is uploaded.
func (p *linksPlace) renew(list []desk.Entry, expires time.Duration) {
	if len(list) == 0 || !p.u.sure(func() { p.renew(list, expires) }) {
		return
	}
	u := p.u
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	going := u.progress("renew", lang.L("Renewing"), len(list))
	verify := u.desk.Settings().Verify
	ask(u, func(context.Context) (renewed, error) {
		var r renewed
		for i, t := range u.desk.RenewAll(going.ctx, ids, expires, verify, going.tell) {
			if going.stopped() && t.Trouble != nil && t.Trouble.Code != pageNotWritten && errors.Is(t.Trouble, context.Canceled) {
				t.Trouble = nil // the person has said so
			}
			switch {
			case t.State == desk.Sent && t.Link != nil:
				r.links, r.last = append(r.links, desk.NamedLink{Name: t.Name, URL: t.Link.URL}), t.Link
				if r.early == nil {
					r.early = t.Trouble
				}
				if r.early == nil && t.Link.Because != signer.Requested {
					r.early = p.endsEarly(list[i], expires)
				}
			case t.Trouble != nil:
				r.failed++
				if r.trouble == nil {
					r.trouble = t.Trouble
				}
			}
		}
		return r, nil
	}, func(r renewed, _ error) {
		going.end()
		p.showRenewed(list, expires, r)
	})
}

// endsEarly says why a link that was renewed does not last as long as it was to, or returns nil.
func (p *linksPlace) endsEarly(e desk.Entry, expires time.Duration) *desk.Trouble {
	if expires == 0 {
		expires = e.Asked
	}
	if o, err := p.u.desk.Outlook(signer.Quiet(p.u.ctx), e.Destination.Store, expires); err == nil {
		return o.Warning
	}
	return nil
}

// showRenewed says what came of it. One link is on the clipboard then: a renewed link is another one, and of no use
// before somebody has it.
func (p *linksPlace) showRenewed(list []desk.Entry, expires time.Duration, r renewed) {
	u, w := p.u, p.u.words
	said := notice{tone: good, help: lang.L("An old link is not prolonged by that: pass the new one on.")}
	switch {
	case len(r.links) == 0 && r.trouble != nil:
		u.notices.troubled("renew", r.trouble, bad, func() { p.renew(list, expires) })
		return
	case len(r.links) == 0:
		u.notices.hide("renew")
		return
	case len(list) == 1:
		u.copy(r.links[0].URL)
		p.markCopied(list)
		said.text = lang.L("The new link to {{.Name}} is copied.", args{"Name": list[0].Name}) + " " + w.until(r.last, u.now())
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
