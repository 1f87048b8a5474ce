package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// How often the stores of open requests are asked what has arrived: while the window is in front, and while it is not.
const (
	watchEvery  = 30 * time.Second
	watchSlowly = 2 * time.Minute
)

// requestWatch is the watch on what arrives.
type requestWatch struct {
	last     time.Time // when the stores were asked last
	looking  bool
	troubles map[string]*desk.Trouble // why a store could not be asked, by the ID of its request
}

// arrivedNotice is the name of the line that says what has arrived.
const arrivedNotice = "arrived"

// look asks the stores of what is open what has arrived, if it is time for that. The window does not wait for it.
func (p *requestsPlace) look() {
	now, every := p.u.now(), watchSlowly
	if p.u.inFront() {
		every = watchEvery
	}
	if p.watch.looking || now.Sub(p.watch.last) < every || !p.waits(now) {
		return
	}
	p.watch.looking, p.watch.last = true, now
	ask(p.u, func(ctx context.Context) ([]desk.News, error) { return p.u.desk.LookForArrivals(signer.Quiet(ctx)) }, func(news []desk.News, err error) {
		p.watch.looking = false
		if err != nil { // the ledger's trouble, which stands in the place already
			return
		}
		p.heard(news)
	})
}

// waits reports whether anything may still arrive, or may have since the last look.
func (p *requestsPlace) waits(now time.Time) bool {
	for _, r := range p.requests {
		if r.Awaits(now) {
			return true
		}
	}
	return false
}

// heard takes what the stores have said.
func (p *requestsPlace) heard(news []desk.News) {
	p.watch.troubles = map[string]*desk.Trouble{}
	var came []desk.News
	for _, n := range news {
		if n.Trouble != nil {
			p.watch.troubles[n.Request.ID] = n.Trouble
		}
		if len(n.Arrivals) > 0 {
			came = append(came, n)
		}
	}
	p.load()
	if len(came) == 0 {
		return
	}
	p.tell(came)
}

// tell says what has arrived: in a line of the window, and to the desktop while the window is not in front. A request that is
// in sight shows it itself.
func (p *requestsPlace) tell(came []desk.News) {
	u := p.u
	text, help := u.news(came)
	u.tell(notification{title: text, body: help})
	if u.inFront() && u.arrivals.all.Visible() && len(came) == 1 && came[0].Request.ID == u.arrivals.request.ID {
		return
	}
	show := u.button(secondary, lang.L("Show"), func() {
		u.notices.hide(arrivedNotice)
		if len(came) == 1 {
			u.arrivals.open(came[0].Request)
			return
		}
		u.open(p)
		p.filters[newsRequests].onTap()
	})
	u.notices.show(arrivedNotice, notice{tone: accent, text: text, help: help, actions: []*button{show}})
}

// news says in words what has arrived. The names are in the first text: a desktop may take what is below it for markup.
func (u *ui) news(came []desk.News) (text, help string) {
	files, from := 0, came[0]
	for _, n := range came {
		files += len(n.Arrivals)
	}
	text = lang.N("{{.Count}} files have arrived", files, args{"Count": u.words.count(files)})
	if files == 1 {
		text = lang.L("{{.Name}} has arrived", args{"Name": clip(arrivalName(from.Arrivals[0]), 60)})
	}
	if more := len(came) - 1; more > 0 {
		return text, lang.N("for {{.Name}} and {{.Count}} more requests", more, args{"Name": u.requestName(from.Request), "Count": u.words.count(more)})
	}
	return text, lang.L("for the request to {{.Name}}", args{"Name": u.requestName(from.Request)})
}
