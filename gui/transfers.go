package gui

import (
	"time"

	"waybill/internal/desk"
)

// transfer is one file of the Send place: what the desk said of it last, and what the person did with it here.
type transfer struct {
	desk.Transfer
	home    *group // what it was dropped with
	carrier *group // what sends it: its home, or a later attempt
	copied  bool   // its link is on the clipboard
	opened  bool   // its details are shown
}

// group is what was dropped together.
type group struct {
	drop  *desk.Drop
	way   way         // where it goes, and how
	all   []*transfer // everything that was dropped
	rows  []*transfer // what of it is still in the list
	again *transfer   // the row that is sent again, when this is not a drop of its own
	page  *transfer   // the row of the one page for all of it; nil where there is none
	paged []string    // what is on the page: IDs of the ledger
	later bool        // it goes on with what an earlier start has begun
	early []string    // what that start has sent of it, as far as the page tells: it has no rows here
	done  bool
}

// way is where a drop goes and how: more files that go the same way join it while it is under way.
type way struct {
	to         desk.Destination
	expires    time.Duration
	onClash    desk.Clash
	verify     desk.Verify
	inline     bool
	skipHidden bool

	template    desk.Template
	unguessable bool
	bundle      bool // one link for all of it
}

func wayOf(to desk.Destination, o desk.SendOptions) way {
	return way{to, o.Expires, o.OnClash, o.Verify, o.Inline, o.SkipHidden, o.Template, o.Unguessable, o.Bundle}
}

// showEvery is the shortest time between two looks at a drop's news: ten a second is as fast as a person reads.
const showEvery = 100 * time.Millisecond

// batch is the latest news of each transfer, in the order in which they were first heard of.
type batch struct {
	news  []desk.Transfer
	index map[string]int
}

func (b *batch) put(t desk.Transfer) {
	if i, ok := b.index[t.ID]; ok {
		b.news[i] = t
		return
	}
	if b.index == nil {
		b.index = map[string]int{}
	}
	b.index[t.ID] = len(b.news)
	b.news = append(b.news, t)
}

func (b *batch) take() []desk.Transfer {
	news := b.news
	b.news, b.index = nil, nil
	return news
}

// follow brings a drop's news to the main goroutine, many at a time.
func (s *sendPlace) follow(g *group) {
	s.u.busy.Add(1)
	go func() {
		defer s.u.busy.Done()
		var b batch
		tick := time.NewTicker(showEvery)
		defer tick.Stop()
		show := func() {
			if news := b.take(); len(news) > 0 && s.u.ctx.Err() == nil {
				s.u.do(func() { s.take(g, news) })
			}
		}
		for {
			select {
			case t, ok := <-g.drop.Events():
				if !ok {
					show()
					if s.u.ctx.Err() == nil {
						s.u.do(func() { s.ended(g) })
					}
					return
				}
				b.put(t)
			case <-tick.C:
				show()
			}
		}
	}()
}

// take shows what is new of a drop.
func (s *sendPlace) take(g *group, news []desk.Transfer) {
	grown := false
	for _, t := range news {
		if t.Kind == desk.KindBundle {
			grown = s.takePage(g, t) || grown
			continue
		}
		row := s.byID[t.ID]
		if row == nil {
			if row = g.again; row != nil {
				delete(s.byID, row.ID) // what is tried again stays where it is
			} else {
				row = &transfer{home: g, carrier: g}
				g.all, g.rows = append(g.all, row), append(g.rows, row)
				grown = true
			}
			s.byID[t.ID] = row
		}
		if t.State != row.State {
			row.copied = false
		}
		if t.Waiting.NeedsSignIn() && !row.Waiting.NeedsSignIn() {
			s.tellSignIn(t)
		}
		row.Transfer = t
	}
	if grown {
		s.list()
	}
	s.show()
}

// list brings all rows into one order: what was dropped last is on top, and in a drop as it was found.
func (s *sendPlace) list() {
	s.shown = s.shown[:0]
	for _, g := range s.groups {
		s.shown = append(s.shown, g.rows...)
	}
	s.heights()
}

// totals is what all that is under way amounts to.
type totals struct {
	files, over, failed int
	open                int // not over
	paused              int
	waiting             int   // for the network, or for somebody to sign in
	signIns             int   // of those, for the latter
	left                int64 // bytes
	speed               float64
	links               int
}

func (s *sendPlace) totals() (n totals) {
	now := s.u.now()
	for _, t := range s.shown {
		if t.Kind == desk.KindBundle { // the page of files that are counted
			if t.State.Over() {
				n.over++
			}
			continue
		}
		n.files++
		if t.State.Over() {
			n.over++
		} else {
			n.open++
			n.left += max(t.Size-t.Done, 0)
			n.speed += t.Speed
		}
		if t.Waiting != nil {
			n.waiting++
		}
		if t.Waiting.NeedsSignIn() {
			n.signIns++
		}
		switch {
		case t.State == desk.Paused:
			n.paused++
		case t.State == desk.Failed:
			n.failed++
		case t.Good(now):
			n.links++
		}
	}
	return n
}

// ended reports whether the file was sent and its link has ended since.
func (t *transfer) ended(now time.Time) bool {
	return t.State == desk.Sent && t.Link != nil && !t.Link.Ends.IsZero() && !now.Before(t.Link.Ends)
}
