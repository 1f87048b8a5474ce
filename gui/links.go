package gui

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// linksPlace shows the ledger: every link that was made, how long it still works, and what can be done with it.
type linksPlace struct {
	u   *ui
	all *fyne.Container

	search  *searchField
	filters map[linkFilter]*filterChip
	sorting *button
	more    *button
	band    *fyne.Container // above the rows: the chips, or what is to be done with the selected links, or a field
	chips   *fyne.Container
	bar     *selectionBar
	asked   *lineAsk
	rows    *rows
	empty   *emptyCard

	entries []desk.Entry   // newest first; not changed in place, since others read it
	files   map[string]int // how many of them stand on a page, by its ID
	whole   bool           // entries is all there is, not just the newest of it
	trouble *desk.Trouble  // why the ledger could not be read
	loading bool           // the ledger is being read
	stale   bool           // it has changed since
	old     bool           // and not only at its newest end
	owed    time.Time      // when to read the whole ledger again, after only its newest end was; zero: never

	filter linkFilter
	sort   desk.Sorting
	shown  []desk.Entry // what filter and search leave; not changed in place either

	sifting bool      // what is shown is being found
	again   bool      // and is not wanted like that any more
	rested  time.Time // until when countdowns alone are no reason to sift anew
	turns   time.Time // when the next entry gets another standing
	reminds time.Time // when the next reminder is due
	remind  time.Duration

	*selection
	opened   string          // the ID of the entry whose details are shown
	copied   map[string]bool // the IDs of the entries whose links were copied last
	reminded map[string]bool // the links that a reminder was given for, see remindedKey
}

// linkFilter is which links are shown.
type linkFilter int

const (
	liveLinks linkFilter = iota
	soonLinks
	endedLinks
	failedLinks
	allLinks
)

// linkFilters are all of them, in the order of their chips.
func linkFilters() []linkFilter {
	return []linkFilter{liveLinks, soonLinks, endedLinks, failedLinks, allLinks}
}

// standings are what a filter admits, nil for everything.
func (f linkFilter) standings() []desk.Standing {
	switch f {
	case liveLinks:
		return []desk.Standing{desk.Live, desk.EndingSoon}
	case soonLinks:
		return []desk.Standing{desk.EndingSoon}
	case endedLinks:
		return []desk.Standing{desk.Ended, desk.Revoked, desk.Refused}
	case failedLinks:
		return []desk.Standing{desk.Standing(desk.Failed), desk.Standing(desk.Cancelled), desk.Standing(desk.Skipped)}
	}
	return nil
}

func (u *ui) newLinksPlace() *linksPlace {
	p := &linksPlace{
		u: u, sort: desk.ByTime,
		copied: map[string]bool{}, reminded: u.remindedBefore(),
	}
	p.selection = newSelection(func() fyne.KeyModifier { return u.held() }, func() int { return len(p.shown) },
		func(at int) string { return p.shown[at].ID }, p.selectionChanged)
	title := newWhole(lang.L("Links"), sizeTitle, colorText, true)
	p.search = newSearchField(u, lang.L("Search name, note or bucket"), func(string) { p.sift() })
	browse := u.button(secondary, lang.L("Link to a file in a bucket…"), u.openBrowse)
	browse.tip = u.tipFor("browse")
	head := container.New(headLayout{260}, title, framed(p.search.frame, p.search), browse)

	p.sorting = u.iconButton(iconSort, "", func() { p.sortMenu() })
	p.more = u.iconButton(iconMore, lang.L("More"), func() { p.placeMenu() })
	p.filters, p.chips = filterChips(u, linkFilters(), func(f linkFilter) { p.filter = f; p.top(); p.sift() }, p.sorting, p.more)
	p.bar = p.newBar()
	p.asked = newLineAsk(u)
	p.asked.after = p.showBand
	p.band = container.NewStack(p.chips, p.bar.all, p.asked.all)

	p.rows = u.rows(func() int { return len(p.shown) }, p.row, p.tapped)
	p.rows.list.picked, p.rows.list.extended, p.rows.list.deleted = p.pick, p.extend, p.revokeAt
	p.empty = u.newEmptyCard(iconLink)
	middle := container.NewStack(p.empty.all, p.rows.card)
	p.all = container.New(stack{gap: 8, stretch: middle}, head, p.band, middle)
	p.showBand()
	p.sift()
	return p
}

func (p *linksPlace) content() fyne.CanvasObject { return p.all }

func (p *linksPlace) inSight() {
	p.load()
	p.sift()
}

// newest is how many entries are read to have something to show, and to see what is new.
const newest = 500

// owedAfter is how long after a change at the newest end of a long ledger the rest of it is read again.
const owedAfter = 10 * time.Second

// read is what reading the ledger has brought.
type read struct {
	entries []desk.Entry
	files   map[string]int
	whole   bool
}

// load reads what is new in the ledger: all of a short one, of a long one its newest end first.
func (p *linksPlace) load() { p.loadSome(false) }

// reload reads all of the ledger, after something has changed that may lie far back.
func (p *linksPlace) reload() { p.loadSome(true) }

func (p *linksPlace) loadSome(all bool) {
	if p.loading {
		p.stale, p.old = true, p.old || all
		return
	}
	p.loading, p.stale, p.old = true, false, false
	limit, have := newest, p.entries
	switch {
	case !p.whole || len(have) == 0:
		have = nil
	case all:
		limit = 0
	}
	p.readLedger(limit, have)
}

// readLedger reads so many entries and puts them before those there are.
func (p *linksPlace) readLedger(limit int, have []desk.Entry) {
	ask(p.u, func(ctx context.Context) (read, error) {
		list, err := p.u.desk.Links(ctx, limit)
		r := read{entries: list, whole: limit == 0 || len(list) < limit}
		if err == nil && !r.whole && have != nil {
			r.entries, r.whole = joined(list, have)
		}
		r.files = map[string]int{}
		for i := range r.entries {
			if n := r.entries[i].Files; n > 0 {
				r.files[r.entries[i].ID] = n
			}
		}
		return r, err
	}, func(r read, err error) {
		p.trouble = nil
		switch {
		case err != nil:
			p.trouble = desk.Explain(err)
		case !r.whole && have != nil: // more is new than was read
			p.readLedger(0, nil)
			return
		case !r.whole: // now there is something to see; next is all of it
			p.entries, p.files = r.entries, r.files
			p.sift()
			p.readLedger(0, nil)
			return
		default:
			p.entries, p.files, p.whole = r.entries, r.files, true
			if p.owed = (time.Time{}); limit > 0 && len(r.entries) > limit {
				p.owed = time.Now().Add(owedAfter)
			}
		}
		p.loading = false
		p.sift()
		if p.stale {
			p.loadSome(p.old)
		}
	})
}

// joined puts the newest entries, as they are now, before the older ones there are. It is not the whole when there may be
// some in between.
func joined(head, have []desk.Entry) ([]desk.Entry, bool) {
	fresh := make(map[string]bool, len(head))
	for i := range head {
		fresh[head[i].ID] = true
	}
	last := head[len(head)-1].Sent
	at, found := slices.BinarySearchFunc(have, last, func(e desk.Entry, t time.Time) int { return t.Compare(e.Sent) })
	if !found {
		return head, false
	}
	list := make([]desk.Entry, len(head), len(head)+len(have)-at)
	copy(list, head)
	for _, e := range have[at:] {
		if !fresh[e.ID] {
			list = append(list, e)
		}
	}
	return list, true
}

// sifting is what is to be found: of these entries those that the selection wants, at this moment.
type sifting struct {
	entries []desk.Entry
	wanted  desk.Selection
	now     time.Time
	remind  time.Duration
}

// sifted is what was found.
type sifted struct {
	shown   []desk.Entry
	counts  map[desk.Standing]int
	turns   time.Time // when the next entry gets another standing
	due     []desk.Entry
	reminds time.Time // when the next one is due to be reminded of
	took    time.Duration
}

// run finds it. It is called from any goroutine.
func (s sifting) run() sifted {
	began := time.Now()
	r := sifted{counts: map[desk.Standing]int{}}
	sooner := func(than *time.Time, t time.Time) {
		if !t.IsZero() && (than.IsZero() || t.Before(*than)) {
			*than = t
		}
	}
	for _, e := range s.entries {
		standing := e.Standing(s.now)
		r.counts[standing]++
		if standing != desk.Live && standing != desk.EndingSoon {
			continue
		}
		sooner(&r.turns, e.Turns(s.now))
		if at := e.RemindAt(s.remind); at.After(s.now) {
			sooner(&r.reminds, at)
		} else if !at.IsZero() {
			r.due = append(r.due, e)
		}
	}
	if strings.TrimSpace(s.wanted.Text) == "" && s.wanted.Standings == nil && s.wanted.Sort == desk.ByTime {
		r.shown = s.entries // as they are
	} else {
		r.shown = s.wanted.Of(s.entries, s.now)
	}
	r.took = time.Since(began)
	return r
}

// siftAtOnce is how many entries are sifted while the window waits: a millisecond of it. More are sifted beside it.
const siftAtOnce = 2000

// sift finds what the filter and the search leave.
func (p *linksPlace) sift() {
	if p.sifting {
		p.again = true
		return
	}
	p.remind = p.u.desk.Settings().Remind
	s := sifting{
		entries: p.entries, now: p.u.now(), remind: p.remind,
		wanted: desk.Selection{Text: p.search.Text, Standings: p.filter.standings(), Sort: p.sort},
	}
	if len(s.entries) <= siftAtOnce {
		p.show(s.run())
		return
	}
	p.sifting, p.again = true, false
	ask(p.u, func(context.Context) (sifted, error) { return s.run(), nil }, func(r sifted, _ error) {
		p.sifting = false
		p.show(r)
		if p.again {
			p.sift()
		}
	})
}

// show shows what was found.
func (p *linksPlace) show(r sifted) {
	p.shown, p.turns, p.reminds = r.shown, r.turns, r.reminds
	p.rested = time.Now().Add(50 * r.took) // so that a long ledger's countdowns take a small part of a core
	p.count(r.counts)
	if p.keepShown() {
		p.showBand()
	}
	p.giveReminders(r.due)
	p.sayEmpty(strings.TrimSpace(p.search.Text) != "")
	p.empty.all.Hidden, p.rows.card.Hidden = len(p.shown) > 0, len(p.shown) == 0
	p.heights()
	p.all.Refresh()
}

// count writes the numbers on the chips and beside the place's name. While only the newest entries are known, there are
// none: they would be wrong.
func (p *linksPlace) count(counts map[desk.Standing]int) {
	w := p.u.words
	for _, f := range linkFilters() {
		n := 0
		for standing, k := range counts {
			if f == allLinks || slices.Contains(f.standings(), standing) {
				n += k
			}
		}
		count := args{"Count": ""}
		if p.whole || len(p.entries) == 0 {
			count["Count"] = w.count(n)
		}
		text, short := "", ""
		switch f {
		case liveLinks:
			text, short = lang.L("Live {{.Count}}", count), lang.L("Live {{.Count}}", args{"Count": ""})
			badge := ""
			if n > 0 && p.whole {
				badge = w.count(n)
			}
			if p.u.side != nil && (p.whole || len(p.entries) == 0) {
				p.u.side.links.setBadge(badge)
			}
		case soonLinks:
			text, short = lang.L("Ending soon {{.Count}}", count), lang.L("Ending soon {{.Count}}", args{"Count": ""})
		case endedLinks:
			text, short = lang.L("Ended {{.Count}}", count), lang.L("Ended {{.Count}}", args{"Count": ""})
		case failedLinks:
			text, short = lang.L("Not sent {{.Count}}", count), lang.L("Not sent {{.Count}}", args{"Count": ""})
		case allLinks:
			text, short = lang.L("All {{.Count}}", count), lang.L("All {{.Count}}", args{"Count": ""})
		}
		c := p.filters[f]
		c.short = strings.TrimSpace(short)
		c.set(strings.TrimSpace(text), p.filter == f)
	}
	p.sorting.set(quiet, "", iconSort, lang.L("Order: {{.Order}}", args{"Order": sortName(p.sort)}), p.sorting.onTap)
	p.chips.Refresh()
}

// sayEmpty explains why there is nothing to see.
func (p *linksPlace) sayEmpty(searched bool) {
	p.empty.button.set(secondary, lang.L("Send a file"), iconNone, "", func() { p.u.open(p.u.send) })
	switch {
	case searched:
		p.empty.title.set(lang.L("Nothing found"), colorText)
		p.empty.text.set(lang.L("No link here has this in its name, folder, bucket, profile or note"), colorMuted)
		p.empty.button.set(secondary, lang.L("Show all"), iconNone, "", func() { p.search.SetText(""); p.filters[allLinks].onTap() })
	case p.trouble != nil:
		p.empty.title.set(told(p.trouble.What), colorText)
		p.empty.text.set(told(p.trouble.Help), colorMuted)
	case len(p.entries) == 0:
		p.empty.title.set(lang.L("No links yet"), colorText)
		p.empty.text.set(lang.L("What you send shows up here, with the time until its link ends"), colorMuted)
	case p.filter == liveLinks:
		p.empty.title.set(lang.L("No live links"), colorText)
		p.empty.text.set(lang.L("All links have ended"), colorMuted)
	case p.filter == soonLinks:
		p.empty.title.set(lang.L("No link ends soon"), colorText)
		p.empty.text.set(lang.L("Those in the last part of their time show up here, to be renewed"), colorMuted)
	default:
		p.empty.title.set(lang.L("Nothing here"), colorText)
		p.empty.text.set(lang.L("That is good news"), colorMuted)
	}
}

// heights shows the rows, the opened one as high as its details are.
func (p *linksPlace) heights() {
	open := map[int]float32{}
	if p.opened != "" {
		if at := p.index(p.opened); at >= 0 {
			open[at] = openHeight(p.about(p.shown[at]), p.rows.card.Size().Width)
		}
	}
	p.rows.changed(open)
}

// top goes to the first row, where another list begins.
func (p *linksPlace) top() { p.rows.list.ScrollToOffset(0) }

// toggle opens a row to show all that is known of its link, or closes it.
func (p *linksPlace) toggle(at int) {
	if id := p.shown[at].ID; p.opened == id {
		p.opened = ""
	} else {
		p.opened = id
	}
	p.heights()
}

// tick is called once a second.
func (p *linksPlace) tick() {
	now := p.u.now()
	due := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	switch {
	case p.remind != p.u.desk.Settings().Remind, due(p.reminds),
		due(p.turns) && (len(p.entries) <= siftAtOnce || time.Now().After(p.rested)): // one has ended, say: it moves to the others
		p.sift()
	case p.all.Visible():
		p.rows.again()
	}
	if !p.owed.IsZero() && time.Now().After(p.owed) {
		p.owed = time.Time{}
		p.reload()
	}
}

// copyAt copies the links of what is selected, or of the row that is pointed at.
func (p *linksPlace) copyAt(at int) {
	switch {
	case len(p.selected) > 0:
		p.copyLinks(p.chosen(), desk.FormatURL)
	case at >= 0 && at < len(p.shown) && p.shown[at].Live(p.u.now()):
		p.copyLinks(p.shown[at:at+1], desk.FormatURL)
	}
}

// lastSegment is what stands behind the last slash.
func lastSegment(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }
