package gui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// requestsPlace shows what others may send you, until when, and how much of it has arrived.
type requestsPlace struct {
	u   *ui
	all *fyne.Container

	search  *searchField
	filters map[requestFilter]*filterChip
	band    *fyne.Container // above the rows: the chips, or what is to be done with the selected requests
	chips   *fyne.Container
	bar     *selectionBar
	rows    *rows
	empty   *emptyCard

	requests []desk.Request // newest first
	shown    []desk.Request // what filter and search leave
	trouble  *desk.Trouble  // why the ledger could not be read
	read     bool           // the ledger was read once
	loading  bool
	stale    bool // it has changed since

	filter requestFilter
	turns  time.Time // when the next request stands elsewhere
	watch  requestWatch

	*selection
	copied string // the ID of the request whose link was copied last
}

// requestFilter is which requests are shown.
type requestFilter int

const (
	openRequests requestFilter = iota
	newsRequests
	soonRequests
	overRequests
	allRequests
)

// requestFilters are all of them, in the order of their chips.
func requestFilters() []requestFilter {
	return []requestFilter{openRequests, newsRequests, soonRequests, overRequests, allRequests}
}

// selection is what a filter admits.
func (f requestFilter) selection() desk.RequestSelection {
	switch f {
	case openRequests:
		return desk.RequestSelection{Standings: []desk.RequestStanding{desk.RequestOpen}}
	case newsRequests:
		return desk.RequestSelection{News: true}
	case soonRequests:
		return desk.RequestSelection{Soon: true}
	case overRequests:
		return desk.RequestSelection{Standings: []desk.RequestStanding{desk.RequestEnded, desk.RequestClosed}}
	}
	return desk.RequestSelection{}
}

// label is a filter's name, with a number where there is one.
func (f requestFilter) label(count string) string {
	n := args{"Count": count}
	switch f {
	case openRequests:
		return strings.TrimSpace(lang.L("Open {{.Count}}", n))
	case newsRequests:
		return strings.TrimSpace(lang.L("With news {{.Count}}", n))
	case soonRequests:
		return strings.TrimSpace(lang.L("Ending soon {{.Count}}", n))
	case overRequests:
		return strings.TrimSpace(lang.L("Over {{.Count}}", n))
	}
	return strings.TrimSpace(lang.L("All {{.Count}}", n))
}

func (u *ui) newRequestsPlace() *requestsPlace {
	p := &requestsPlace{u: u, filter: allRequests}
	p.selection = newSelection(func() fyne.KeyModifier { return u.held() }, func() int { return len(p.shown) },
		func(at int) string { return p.shown[at].ID }, p.selectionChanged)
	title := newWhole(lang.L("Requests"), sizeTitle, colorText, true)
	p.search = newSearchField(u, lang.L("Search name, folder or message"), func(string) { p.sift() })
	askFor := u.button(secondary, lang.L("Ask for files…"), u.askForFiles)
	askFor.tip = u.tipFor("ask")
	head := container.New(headLayout{260}, title, framed(p.search.frame, p.search), askFor)

	p.filters, p.chips = filterChips(u, requestFilters(), func(f requestFilter) { p.filter = f; p.rows.list.ScrollToOffset(0); p.sift() })
	p.bar = u.newSelectionBar(p.selectNone)
	p.bar.add("copy", lang.L("Copy links"), func() { p.copyPages(p.chosen(), desk.FormatURL) })
	p.bar.add("forget", lang.L("Forget…"), func() { p.askForget(p.chosen()) })
	p.bar.further = func() []*fyne.MenuItem { return []*fyne.MenuItem{u.selectAllItem(p.selectAll)} }
	p.band = container.NewStack(p.chips, p.bar.all)

	p.rows = u.rows(func() int { return len(p.shown) }, p.row, func(at int) { p.tap(at, p.openAt) })
	p.rows.list.picked, p.rows.list.extended, p.rows.list.deleted = p.pick, p.extend, p.closeAt
	p.empty = u.newEmptyCard(iconRequest)
	middle := container.NewStack(p.empty.all, p.rows.card)
	p.all = container.New(stack{gap: 8, stretch: middle}, head, p.band, middle)
	p.showBand()
	p.sift()
	return p
}

func (p *requestsPlace) content() fyne.CanvasObject { return p.all }

func (p *requestsPlace) inSight() {
	p.load()
	p.sift()
}

// load reads the requests from the ledger, with what was known of their arrivals at the last look.
func (p *requestsPlace) load() {
	if p.loading {
		p.stale = true
		return
	}
	p.loading, p.stale = true, false
	ask(p.u, p.u.desk.Requests, func(list []desk.Request, err error) {
		p.loading = false
		p.trouble = desk.Explain(err)
		if err == nil {
			p.requests, p.read = list, true
		}
		p.sift()
		p.u.arrivals.follow(p.requests)
		if p.stale {
			p.load()
		}
	})
}

// sift finds what the filter and the search leave.
func (p *requestsPlace) sift() {
	now := p.u.now()
	wanted := p.filter.selection()
	wanted.Text = p.search.Text
	p.shown = wanted.Of(p.requests, now)
	p.turns = time.Time{}
	news := 0
	for _, r := range p.requests {
		news += r.New
		if t := r.Turns(now); !t.IsZero() && (p.turns.IsZero() || t.Before(p.turns)) {
			p.turns = t
		}
	}
	badge := ""
	if news > 0 {
		badge = p.u.words.count(news)
	}
	if p.u.side != nil {
		p.u.side.requests.setBadge(badge)
	}
	for _, f := range requestFilters() {
		c := p.filters[f]
		c.short = f.label("")
		c.set(f.label(p.u.words.count(len(f.selection().Of(p.requests, now)))), p.filter == f)
	}
	p.chips.Refresh()
	if p.keepShown() {
		p.showBand()
	}
	p.sayEmpty()
	p.empty.all.Hidden, p.rows.card.Hidden = len(p.shown) > 0, len(p.shown) == 0
	p.band.Hidden = len(p.requests) == 0
	p.rows.changed(nil)
	p.all.Refresh()
}

// sayEmpty explains why there is nothing to see.
func (p *requestsPlace) sayEmpty() {
	e := p.empty
	e.button.set(secondary, lang.L("Show all"), iconNone, "", func() { p.search.SetText(""); p.filters[allRequests].onTap() })
	switch {
	case p.trouble != nil:
		e.title.set(told(p.trouble.What), colorText)
		e.text.set(told(p.trouble.Help), colorMuted)
		e.button.set(secondary, lang.L("Try again"), iconNone, "", p.load)
	case len(p.requests) == 0:
		e.title.set(lang.L("No requests yet"), colorText)
		e.text.set(lang.L("Others can send you files by a page, with no account and nothing to install"), colorMuted)
		e.button.set(secondary, lang.L("Ask somebody for files"), iconNone, p.u.tipFor("ask"), p.u.askForFiles)
	case strings.TrimSpace(p.search.Text) != "":
		e.title.set(lang.L("Nothing found"), colorText)
		e.text.set(lang.L("No request here has this in its name, folder, bucket, profile or message"), colorMuted)
	case p.filter == openRequests:
		e.title.set(lang.L("No open requests"), colorText)
		e.text.set(lang.L("All requests have ended or were closed"), colorMuted)
	case p.filter == newsRequests:
		e.title.set(lang.L("Nothing new"), colorText)
		e.text.set(lang.L("You have seen all that has arrived"), colorMuted)
	case p.filter == soonRequests:
		e.title.set(lang.L("No request ends soon"), colorText)
		e.text.set(lang.L("Those in the last part of their time show up here"), colorMuted)
	default:
		e.title.set(lang.L("No request is over"), colorText)
		e.text.set(lang.L("Those that have ended or were closed show up here"), colorMuted)
	}
}

// tick is called once a second.
func (p *requestsPlace) tick() {
	switch {
	case !p.turns.IsZero() && !p.u.now().Before(p.turns): // one has ended, say: it moves to the others
		p.sift()
	case p.all.Visible():
		p.rows.again()
	}
	p.u.arrivals.tick()
	p.look()
}

// uncopied takes back what the rows say of the clipboard: something else is on it now.
func (p *requestsPlace) uncopied() {
	p.copied = ""
	p.rows.again()
	p.u.arrivals.show()
}

func (p *requestsPlace) selectionChanged() {
	p.rows.again()
	p.showBand()
}

// showBand shows above the rows what can be done with the selection, or the chips.
func (p *requestsPlace) showBand() {
	n := len(p.selected)
	p.bar.all.Hidden, p.chips.Hidden = n == 0, n > 0
	p.bar.show(n)
	p.band.Refresh()
}

// chosen are the selected requests; without a selection, the one that is pointed at.
func (p *requestsPlace) chosen() (list []desk.Request) {
	for _, i := range p.lines(p.rows.list.at) {
		list = append(list, p.shown[i])
	}
	return list
}

// find is a request as it was read last.
func (p *requestsPlace) find(id string) (desk.Request, bool) {
	for _, r := range p.requests {
		if r.ID == id {
			return r, true
		}
	}
	return desk.Request{}, false
}

// openAt shows a request with all that has arrived.
func (p *requestsPlace) openAt(at int) { p.u.arrivals.open(p.shown[at]) }

// closeAt is what the Delete key does to a row.
func (p *requestsPlace) closeAt(at int) {
	if at >= 0 && at < len(p.shown) {
		p.askClose(p.shown[at])
	}
}

// inReach reports whether the place is open and nothing lies over it.
func (p *requestsPlace) inReach() bool { return p.all.Visible() && p.u.shell.Visible() }

// escape closes what was opened last.
func (p *requestsPlace) escape() { p.u.closesOne(p.selection) }
