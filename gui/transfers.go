package gui

import (
	"time"

	"waybill/internal/desk"
)

// transfer is one file of the Send place: what the desk said of it last, and what the person did with it here.
type transfer struct {
	desk.Transfer
	group  *group
	copied bool // its link is on the clipboard
	opened bool // its details are shown
}

// group is what was dropped together.
type group struct {
	drop  *desk.Drop
	rows  []*transfer
	again *transfer // the row that is sent again, when this is not a drop of its own
	done  bool
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
		row := s.byID[t.ID]
		if row == nil {
			row = &transfer{group: g}
			if g.again != nil {
				row = g.again // what was tried again stays where it is
				delete(s.byID, row.ID)
				row.group = g
			} else {
				grown = true
			}
			g.rows = append(g.rows, row)
			s.byID[t.ID] = row
		}
		if t.State != row.State {
			row.copied = false
		}
		row.Transfer = t
		if t.State.Over() {
			delete(s.asks, t.Key)
		}
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
	left                int64 // bytes
	speed               float64
	links               int
}

func (s *sendPlace) totals() (n totals) {
	for _, t := range s.shown {
		n.files++
		if t.State.Over() {
			n.over++
		} else {
			n.open++
			n.left += max(t.Size-t.Done, 0)
			n.speed += t.Speed
		}
		switch {
		case t.State == desk.Paused:
			n.paused++
		case t.State == desk.Failed:
			n.failed++
		case t.State == desk.Sent && t.good():
			n.links++
		}
	}
	return n
}

// good reports whether a sent file's link is one to give away.
func (t *transfer) good() bool { return t.State == desk.Sent && t.Link != nil && t.Trouble == nil }
