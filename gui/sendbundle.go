package gui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// takePage shows what the desk says of the page of a drop, above the rows of its files. It reports whether the page is
// new.
func (s *sendPlace) takePage(g *group, t desk.Transfer) (grown bool) {
	if grown = g.page == nil; grown {
		g.page = &transfer{home: g, carrier: g}
		g.rows = append([]*transfer{g.page}, g.rows...)
		g.way.bundle = true // which is in the plan, where an earlier start has begun the drop
		if g.way.to.Bucket == "" {
			g.way.to = t.Destination
		}
	}
	g.page.Transfer, g.paged = t, g.sent()
	return grown
}

// sent are the files of a drop that can be on a page.
func (g *group) sent() []string {
	ids := slices.Clone(g.early)
	for _, t := range g.all {
		if t.State == desk.Sent {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// given reports whether a page's link is one to give away instead of its files'.
func (t *transfer) given() bool { return t.State == desk.Sent && t.Link != nil && !t.Refused() }

// findEarly asks what is on the page of a drop that an earlier start has begun.
func (s *sendPlace) findEarly(g *group) {
	page := g.page.ID
	ask(s.u, func(ctx context.Context) ([]string, error) {
		entries, err := s.u.desk.Links(ctx, 0)
		var ids []string
		for i := range entries {
			if entries[i].Bundle == page {
				ids = append(ids, entries[i].ID)
			}
		}
		slices.Sort(ids) // by time
		return ids, err
	}, func(ids []string, err error) {
		if err != nil || len(ids) == 0 {
			return // the page was not made
		}
		here := map[string]bool{}
		for _, t := range g.all {
			here[t.ID] = true
		}
		g.early = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return here[id] })
		if g.page != nil && g.page.ID == page {
			g.paged = ids
			s.rows.again()
		}
	})
}

// bundle makes the page of a drop anew, with what was tried again. The page's link lands on the clipboard.
func (s *sendPlace) bundle(g *group) {
	g.paged = g.sent()
	s.writePage(g)
}

// toBundle finds the files in sight that have each a link of their own, and that no page is made of.
func (s *sendPlace) toBundle() (ids []string) {
	for _, g := range s.groups {
		if g.page == nil && (g.done || !g.way.bundle) {
			for _, t := range s.good(g.rows) {
				ids = append(ids, t.ID)
			}
		}
	}
	return ids
}

// bundleAll makes one page of all files in sight that are on none yet.
func (s *sendPlace) bundleAll() {
	ids := s.toBundle()
	if len(ids) < 2 || s.totals().open > 0 {
		return
	}
	g := &group{way: wayOf(s.dest.at, s.options()), paged: ids, done: true}
	for _, from := range s.groups {
		if from.page == nil && len(s.good(from.rows)) > 0 {
			g.way.to = from.way.to // which the page lies beside
			break
		}
	}
	s.groups = append([]*group{g}, s.groups...)
	s.writePage(g)
}

// writePage has the desk make a group's page.
func (s *sendPlace) writePage(g *group) {
	ids, o := g.paged, s.optionsAgain(g.way)
	if g.way.expires > 0 {
		o.Expires = g.way.expires
	}
	to := g.way.to // none where an earlier start has begun the drop: the desk knows the files' folder
	if to.Bucket != "" && g.way.unguessable {
		to = to.Hidden() // who knows the page's name knows nothing of the others'
	}
	s.makePage(g, func(ctx context.Context) desk.Transfer { return s.u.desk.Bundle(ctx, to, o, "", ids...) })
}

// renewPage has the desk renew the page of a group, and all links on it.
func (s *sendPlace) renewPage(g *group) {
	id, verify := g.page.ID, s.options().Verify
	s.makePage(g, func(ctx context.Context) desk.Transfer { return s.u.desk.Renew(ctx, id, 0, verify) })
}

// makePage puts a row above the group's others that says what comes of its page.
func (s *sendPlace) makePage(g *group, job func(context.Context) desk.Transfer) {
	if !s.u.sure(func() { s.makePage(g, job) }) {
		return
	}
	g.rows = slices.DeleteFunc(g.rows, func(t *transfer) bool { return t == g.page }) // an earlier one
	page := &transfer{home: g, carrier: g, Transfer: desk.Transfer{Kind: desk.KindBundle, State: desk.Verifying}}
	g.page, g.rows = page, append([]*transfer{page}, g.rows...)
	s.list()
	s.show()

	s.u.busy.Add(1)
	ask(s.u, func(ctx context.Context) (desk.Transfer, error) {
		defer s.u.busy.Done()
		return job(ctx), nil
	}, func(made desk.Transfer, _ error) {
		if g.page != page { // it was taken out of the list meanwhile
			return
		}
		page.Transfer = made
		if page.given() {
			s.copyLinks([]*transfer{page})
		} else if links := s.good(g.all); len(links) > 0 {
			s.copyLinks(links) // nobody is left with nothing
		}
		s.heights()
		s.show()
	})
}

// pageRow is the row of a bundle's page.
func (s *sendPlace) pageRow(t *transfer) (rowContent, rowActions) {
	w, g := s.u.words, t.home
	count := lang.N("One page for {{.Count}} files", len(g.paged), args{"Count": w.count(len(g.paged))})
	if len(g.paged) == 0 { // an earlier start has sent them
		count = lang.L("One page for many files")
	}
	c := rowContent{icon: iconPage, name: t.Name}
	if t.Name == "" {
		c.name = count
	}
	switch {
	case !t.State.Over():
		c.text, c.chip = lang.L("Writing the page and its links"), lang.L("One moment")
		return c, rowActions{}
	case t.State == desk.Sent && t.Link != nil:
		c, act := s.sentRow(t, c)
		if t.Trouble == nil {
			parts := []string{count, w.end(t.Link.Ends, t.Link.Because, s.u.now())}
			parts = append(parts, nonEmpty(near(t.Link.Reach))...)
			if t.Link.Verified {
				parts = append(parts, lang.L("checked"))
			}
			c.text = strings.Join(parts, " · ")
		}
		if t.ended(s.u.now()) {
			c.main, act.main = lang.L("Make it anew"), func() { s.renewPage(g) }
		}
		if t.copied {
			c.mainKind = primary
		}
		return c, act
	}
	c.text, c.texts = lang.L("The page could not be made"), colorError
	if t.Trouble != nil {
		c.text, c.help = told(t.Trouble.What), told(t.Trouble.Help)
	}
	act := rowActions{side: func(at fyne.CanvasObject) { s.menu(t, at) }}
	c.chip, c.chipTone = lang.L("Not made"), bad
	if len(g.paged) > 0 {
		c.main, act.main = lang.L("Retry"), func() { s.writePage(g) }
	}
	c.side, c.sideTip = iconMore, lang.L("More")
	if t.opened && t.Trouble != nil {
		c.open = details(t.Trouble)
	}
	return c, act
}
