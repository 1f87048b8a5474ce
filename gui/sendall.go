package gui

import (
	"strings"

	"waybill/internal/desk"
)

// copyAll copies the links of all that was sent: a page's stands for those of its files.
func (s *sendPlace) copyAll() {
	var links []*transfer
	for _, g := range s.groups {
		if g.page != nil && g.page.Good(s.u.now()) {
			links = append(links, g.page)
		} else {
			links = append(links, s.good(g.rows)...)
		}
	}
	if len(links) > 0 {
		s.copyLinks(links)
	}
}

func (s *sendPlace) copyAt(at int) {
	if at >= 0 && at < len(s.shown) && s.shown[at].Link != nil && !s.shown[at].ended(s.u.now()) {
		s.copyLinks([]*transfer{s.shown[at]})
	}
}

// copyLinks puts links on the clipboard, one a line, and says so in their rows.
func (s *sendPlace) copyLinks(links []*transfer) {
	urls := make([]string, len(links))
	for i, t := range links {
		urls[i] = t.Link.URL
	}
	s.u.copy(strings.Join(urls, "\n"))
	for _, t := range links {
		t.copied = true
	}
	s.show()
}

// uncopied takes back what the rows say of the clipboard: something else is on it now.
func (s *sendPlace) uncopied() {
	for _, t := range s.shown {
		t.copied = false
	}
	s.rows.again()
}

// good finds the transfers whose links work now.
func (s *sendPlace) good(among []*transfer) (links []*transfer) {
	now := s.u.now()
	for _, t := range among {
		if t.Good(now) {
			links = append(links, t)
		}
	}
	return links
}

// pauseAll holds what is under way, or goes on with it.
func (s *sendPlace) pauseAll() {
	n := s.totals()
	resume := n.open > 0 && n.paused == n.open
	for _, t := range s.shown {
		switch {
		case t.State.Over() || t.Kind == desk.KindBundle:
		case resume:
			t.carrier.drop.Resume(t.ID)
		default:
			t.carrier.drop.Pause(t.ID)
		}
	}
}

func (s *sendPlace) cancelAll() {
	for _, t := range s.shown {
		if !t.State.Over() && t.Kind != desk.KindBundle { // a page is there in a moment
			t.carrier.drop.Cancel(t.ID)
		}
	}
}

// open counts what is not over.
func (s *sendPlace) open() int { return s.totals().open + len(s.waiting) }

// clear takes what is over out of sight. The Links place still has it.
func (s *sendPlace) clear() {
	for _, g := range s.groups {
		var kept []*transfer
		for _, t := range g.rows {
			if t.State.Over() {
				s.drops(g, t)
			} else {
				kept = append(kept, t)
			}
		}
		g.rows = kept
	}
	s.prune()
}

// remove takes one row out of sight.
func (s *sendPlace) remove(gone *transfer) {
	for _, g := range s.groups {
		for i, t := range g.rows {
			if t == gone {
				g.rows = append(g.rows[:i:i], g.rows[i+1:]...)
				s.drops(g, t)
				break
			}
		}
	}
	s.prune()
}

// drops forgets a row that has left the list.
func (s *sendPlace) drops(g *group, t *transfer) {
	delete(s.byID, t.ID)
	if g.page == t {
		g.page = nil
	}
}

// prune forgets drops of which nothing is left to show.
func (s *sendPlace) prune() {
	var kept []*group
	for _, g := range s.groups {
		if len(g.rows) > 0 || !g.done {
			kept = append(kept, g)
		}
	}
	s.groups = kept
	s.list()
	s.show()
}
