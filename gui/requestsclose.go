package gui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// The names of the notices about closing: the question, and what came of it.
const (
	closeQuestion = "close request?"
	closeNotice   = "closed request"
)

// askClose looks what closing a request would do, and asks once.
func (p *requestsPlace) askClose(r desk.Request) {
	u := p.u
	switch standing := r.Standing(u.now()); {
	case standing == desk.RequestEnded, standing == desk.RequestClosed && r.Denied:
		u.notices.show(closeNotice, notice{tone: neutral, text: lang.L("This request is over already.")})
		return
	}
	ask(u, func(ctx context.Context) (desk.Closing, error) { return u.desk.Closable(ctx, r.ID) }, func(c desk.Closing, err error) {
		if err != nil {
			u.notices.trouble(closeNotice, desk.Explain(err), bad)
			return
		}
		p.closeOrNot(c)
	})
}

// closeOrNot is the question: what goes, what still works, and whether the store can be told to refuse that.
func (p *requestsPlace) closeOrNot(c desk.Closing) {
	u := p.u
	answer := func(text string, do func()) *button {
		return u.button(secondary, text, func() { u.notices.hide(closeQuestion); do() })
	}
	keep := answer(lang.L("Keep it as it is"), u.focusRows)
	q := notice{tone: warning, sticky: true, text: told(c.Ask(false))}
	deny, denying := c.Works && c.CanDeny, lang.L("Close it, and have the store refuse")
	if c.Request.Standing(u.now()) == desk.RequestClosed {
		if !deny {
			u.notices.show(closeNotice, notice{tone: neutral, text: lang.L("This request is over already.")})
			return
		}
		q.text, denying = lang.L("The page is gone already. Shall the store refuse what was signed?"), lang.L("Have the store refuse")
	} else {
		q.actions = append(q.actions, answer(lang.L("Close it"), func() { p.close(c.Request, false) }))
	}
	if deny {
		q.help = lang.L("The store can be made to refuse uploads to the folder, by this statement in the bucket’s policy:") + "\n" + oneLine(c.Rule)
		q.actions = append(q.actions, answer(denying, func() { p.close(c.Request, true) }))
	}
	q.actions = append(q.actions, keep)
	u.notices.show(closeQuestion, q)
	u.window.Canvas().Focus(keep)
}

func (p *requestsPlace) close(r desk.Request, deny bool) {
	u := p.u
	ask(u, func(ctx context.Context) (desk.Closed, error) { return u.desk.CloseRequest(ctx, r.ID, deny) }, func(c desk.Closed, err error) {
		p.load()
		u.focusRows()
		if err != nil {
			u.notices.trouble(closeNotice, desk.Explain(err), bad)
			return
		}
		said := notice{tone: good, text: lang.L("The request to {{.Name}} is closed.", args{"Name": u.requestName(r)})}
		if c.Denied {
			said.help = lang.L("The store refuses what was signed for it.")
			said.actions = []*button{u.button(secondary, lang.L("Undo the refusal"), func() { u.notices.hide(closeNotice); p.undeny(r) })}
		}
		if c.Still != nil {
			said.tone, said.help = warning, told(c.Still.What)+" "+told(c.Still.Help)
		}
		u.notices.show(closeNotice, said)
	})
}

// undeny has the store no longer refuse what was signed for a closed request.
func (p *requestsPlace) undeny(r desk.Request) {
	u := p.u
	ask(u, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.desk.Undeny(ctx, r.ID) }, func(_ struct{}, err error) {
		p.load()
		if err != nil {
			u.notices.trouble(closeNotice, desk.Explain(err), bad)
			return
		}
		u.notices.show(closeNotice, notice{tone: neutral, text: lang.L("The bucket’s policy is as it was: what was signed for the request works until its end.")})
	})
}
