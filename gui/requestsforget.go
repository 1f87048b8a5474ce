package gui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// forgetRequestsQuestion is the name of its notice.
const forgetRequestsQuestion = "forget requests?"

// askForget asks whether to cut requests out of the ledger. Those that are open stay.
func (p *requestsPlace) askForget(list []desk.Request) {
	u := p.u
	var over []desk.Request
	for _, r := range list {
		if r.Standing(u.now()) != desk.RequestOpen {
			over = append(over, r)
		}
	}
	if len(list) == 0 {
		return
	}
	if len(over) == 0 {
		u.notices.show(forgetRequestsQuestion, notice{tone: neutral, text: lang.L("An open request cannot be forgotten."),
			help: lang.L("Close it first, or wait for its end.")})
		return
	}
	keep := u.button(secondary, lang.L("Keep"), func() { u.notices.hide(forgetRequestsQuestion); u.focusRows() })
	forget := u.button(secondary, lang.L("Forget"), func() { u.notices.hide(forgetRequestsQuestion); p.forget(over) })
	text := lang.L("Forget the request to {{.Name}}?", args{"Name": u.requestName(over[0])})
	if len(over) > 1 {
		text = lang.N("Forget {{.Count}} requests?", len(over), args{"Count": u.words.count(len(over))})
	}
	u.notices.show(forgetRequestsQuestion, notice{
		tone: warning, sticky: true, actions: []*button{forget, keep}, text: text,
		help: lang.L("They are not listed here any more. What has arrived stays in the bucket."),
	})
	u.window.Canvas().Focus(keep)
}

func (p *requestsPlace) forget(list []desk.Request) {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	ask(p.u, func(ctx context.Context) (int, error) { return p.u.desk.ForgetRequests(ctx, ids...) }, func(_ int, err error) {
		if err != nil {
			p.u.notices.trouble("forget", desk.Explain(err), bad)
		}
		if p.u.arrivals.all.Visible() {
			p.u.open(p)
		}
		p.load()
		p.u.focusRows()
	})
}
