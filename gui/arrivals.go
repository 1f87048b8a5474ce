package gui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// arrivalsPlace shows one request, and what has arrived by it. It belongs to the Requests place, which it leads back to.
type arrivalsPlace struct {
	u   *ui
	all *fyne.Container

	title   *clipped
	chip    *chip
	chipTip *spot
	copying *button
	more    *button
	about   *clipped
	message *clipped // that stands on its page
	asked   *clipped // what was asked for
	band    *fyne.Container
	summary *clipped
	bring   *button // downloads all, or stops that
	bar     *selectionBar
	rows    *rows
	empty   *emptyCard

	request  desk.Request
	arrivals []desk.Arrival  // newest first
	fresh    map[string]bool // those that were new since the place was opened, by key
	trouble  *desk.Trouble   // why the store could not be asked
	looking  int             // counts the looks, so that an old answer is known as such
	waiting  bool            // for the first answer
	unseen   bool            // there is something that the person is to be shown, and is not in sight

	*selection
}

func (u *ui) newArrivalsPlace() *arrivalsPlace {
	p := &arrivalsPlace{u: u, fresh: map[string]bool{}}
	p.selection = newSelection(func() fyne.KeyModifier { return u.held() }, func() int { return len(p.arrivals) },
		func(at int) string { return p.arrivals[at].Key }, p.selectionChanged)
	back := u.iconButton(iconBack, lang.L("Back to the requests")+"  "+lang.L("Esc"), p.leave)
	p.title = newClipped(sizeTitle, colorText, true)
	p.chip, p.chipTip = newChip(), newSpot(u)
	p.copying = u.button(primary, lang.L("Copy link"), func() { u.requests.copyPages([]desk.Request{p.request}, desk.FormatURL) })
	p.copying.tip = u.tipFor("copy")
	p.more = u.iconButton(iconMore, lang.L("More"), func() { u.requests.menu(p.request, p.more) })
	head := container.New(fixedHeight(headHeight), container.New(line{gap: 8, stretch: p.title},
		back, p.title, container.NewStack(p.chip, p.chipTip), p.copying, p.more))
	p.about, p.asked = newClipped(sizeSmall, colorMuted, false), newClipped(sizeSmall, colorMuted, false)
	p.message = newClipped(sizeSmall, colorMuted, false)

	p.summary = newClipped(sizeBody, colorText, true)
	p.bring = u.button(secondary, "", nil)
	p.bar = u.newSelectionBar(p.selectNone)
	p.bar.add("export", lang.L("Download…"), func() { u.download(p.request, p.chosenKeys()) })
	p.bar.buttons[0].tip = u.tipInRequests("export")
	p.bar.further = func() []*fyne.MenuItem {
		return []*fyne.MenuItem{fyne.NewMenuItem(lang.L("Copy the S3 addresses"), p.copyAddresses), u.selectAllItem(p.selectAll)}
	}
	whole := container.New(fixedHeight(control), container.New(line{gap: gap, stretch: p.summary}, p.summary, p.bring))
	p.band = container.NewStack(whole, p.bar.all)

	p.rows = u.rows(func() int { return len(p.arrivals) }, p.row, func(at int) { p.tap(at, p.pick) })
	p.rows.list.picked, p.rows.list.extended = p.pick, p.extend
	p.rows.list.deleted = func(int) { u.requests.askClose(p.request) }
	p.empty = u.newEmptyCard(iconRequest)
	middle := container.NewStack(p.empty.all, p.rows.card)
	p.all = container.New(stack{gap: 8, stretch: middle}, head, container.New(stack{gap: 2}, p.about, p.message, p.asked), p.band, middle)
	p.all.Hide()
	return p
}

func (p *arrivalsPlace) content() fyne.CanvasObject { return p.all }

func (p *arrivalsPlace) inSight() {
	p.u.side.requests.setOn(true)
	p.show()
}

// open shows a request: at once what is known, and then what the store says.
func (p *arrivalsPlace) open(r desk.Request) {
	p.request, p.arrivals, p.trouble = r, nil, nil
	clear(p.fresh)
	p.selectNone()
	p.rows.list.at = -1
	p.waiting = true
	p.u.notices.hide(arrivedNotice)
	p.u.open(p)
	p.reread()
	p.look()
}

// reread shows what the ledger has of the request's arrivals.
func (p *arrivalsPlace) reread() {
	id := p.request.ID
	ask(p.u, func(ctx context.Context) ([]desk.Arrival, error) { return p.u.desk.KnownArrivals(ctx, id) }, func(list []desk.Arrival, err error) {
		if id == p.request.ID && err == nil {
			p.take(list)
			p.show()
		}
	})
}

// look asks the store what has arrived.
func (p *arrivalsPlace) look() {
	p.looking++
	mine, id := p.looking, p.request.ID
	ask(p.u, func(ctx context.Context) ([]desk.Arrival, error) { return p.u.desk.Arrivals(signer.Quiet(ctx), id) }, func(list []desk.Arrival, err error) {
		if mine != p.looking {
			return
		}
		p.waiting, p.trouble = false, desk.Explain(err)
		if err == nil || len(list) > 0 { // with files, the trouble says that there are more
			p.take(list)
			p.u.requests.load() // which has the counts
		}
		p.show()
		if p.inReach() && p.u.window.Canvas().Focused() == nil {
			p.u.focusRows()
		}
	})
}

// follow takes over what the ledger says of the request by now.
func (p *arrivalsPlace) follow(requests []desk.Request) {
	for _, r := range requests {
		if r.ID != p.request.ID {
			continue
		}
		looked := !r.Looked.Equal(p.request.Looked)
		p.request = r
		if looked && p.all.Visible() && !p.waiting {
			p.reread()
		}
		p.show()
	}
}

// take shows these arrivals, which come oldest first.
func (p *arrivalsPlace) take(list []desk.Arrival) {
	pointed := ""
	if at := p.rows.list.at; at >= 0 && at < len(p.arrivals) {
		pointed = p.arrivals[at].Key
	}
	list = slices.Clone(list)
	slices.Reverse(list)
	p.request.Arrived, p.request.Size = 0, 0
	for _, a := range list {
		if a.New {
			p.fresh[a.Key], p.unseen = true, true
		}
		if !a.Gone {
			p.request.Arrived++
			p.request.Size += a.Size
		}
	}
	p.arrivals = list
	if p.keepShown() {
		p.selectionChanged()
	}
	p.rows.changed(nil)
	if at := p.index(pointed); pointed != "" && at >= 0 {
		p.rows.list.at = at
	}
	p.saw()
}

// saw tells the desk that the person has seen what has arrived, once the window is in front.
func (p *arrivalsPlace) saw() {
	if !p.unseen || !p.all.Visible() || !p.u.inFront() {
		return
	}
	p.unseen = false
	id := p.request.ID
	ask(p.u, func(ctx context.Context) (struct{}, error) { return struct{}{}, p.u.desk.SawArrivals(ctx, id) }, func(_ struct{}, err error) {
		if err == nil {
			p.u.requests.load()
		}
	})
}

// leave goes back to the list.
func (p *arrivalsPlace) leave() {
	p.u.open(p.u.requests)
	if at := p.u.requests.index(p.request.ID); at >= 0 {
		p.u.requests.rows.list.Highlight(at)
	}
	p.u.focusRows()
}

// tick is called once a second.
func (p *arrivalsPlace) tick() {
	if p.all.Visible() {
		p.show()
		p.saw()
	}
}

// linkTo makes a link to what has arrived, which then is a link like others, and copies it.
func (p *arrivalsPlace) linkTo(a desk.Arrival) {
	u, at := p.u, p.request.Destination
	if !u.sure(func() { p.linkTo(a) }) {
		return
	}
	s := u.desk.Settings()
	// Whatever the settings say: what strangers send is saved, and never shown at the bucket's own address.
	o := desk.SendOptions{Expires: min(s.Expires, signer.MaxExpires), Verify: s.Verify}
	ask(u, func(ctx context.Context) (desk.Transfer, error) {
		return u.desk.LinkTo(ctx, at.Store, at.Bucket, a.Key, o), nil
	}, func(t desk.Transfer, _ error) {
		if t.Link == nil {
			u.notices.trouble(requestNotice, t.Trouble, bad)
			return
		}
		u.copy(t.Link.URL)
		said := notice{tone: good, text: lang.L("The link to {{.Name}} is copied.", args{"Name": arrivalName(a)}), help: u.words.until(t.Link, u.now())}
		if t.Trouble != nil {
			said.tone, said.help = warning, told(t.Trouble.What)+" "+told(t.Trouble.Help)
		}
		u.notices.show(requestNotice, said)
	})
}
