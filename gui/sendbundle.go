package gui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// bundle makes one page of what was sent in a drop, above its rows. The page's link lands on the clipboard.
func (s *sendPlace) bundle(g *group) {
	g.paged = g.paged[:0]
	for _, t := range g.all {
		if t.State == desk.Sent && t.Link != nil {
			g.paged = append(g.paged, t.ID)
		}
	}
	s.writePage(g)
}

// toBundle finds the files in sight that have each a link of their own, and that no page is made of.
func (s *sendPlace) toBundle() (ids []string) {
	for _, g := range s.groups {
		if g.page == nil {
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
	g := &group{way: wayOf(s.dest.at, s.options(), true), paged: ids, done: true}
	for _, from := range s.groups {
		if from.page == nil && len(s.good(from.rows)) > 0 {
			g.way.to = from.way.to // which the page lies beside
			break
		}
	}
	s.groups = append([]*group{g}, s.groups...)
	s.writePage(g)
}

// writePage has the desk make a group's page, with a row that says so.
func (s *sendPlace) writePage(g *group) {
	g.rows = slices.DeleteFunc(g.rows, func(t *transfer) bool { return t == g.page }) // an earlier one
	page := &transfer{home: g, carrier: g, Transfer: desk.Transfer{
		ID: "the page of " + g.paged[0], Kind: desk.KindBundle, State: desk.Verifying,
		Name: lang.N("One link for {{.Count}} files", len(g.paged), args{"Count": s.u.words.count(len(g.paged))}),
	}}
	g.page, g.rows = page, append([]*transfer{page}, g.rows...)
	s.list()
	s.show()

	ids, o := g.paged, s.optionsAgain(g.way)
	if g.way.expires > 0 {
		o.Expires = g.way.expires
	}
	to := g.way.to // none where the drop was begun by an earlier start: the desk knows the files' folder
	if to.Bucket != "" && g.way.unguessable {
		to = to.Hidden() // who knows the page's name knows nothing of the others'
	}
	s.u.busy.Add(1)
	ask(s.u, func(ctx context.Context) (desk.Transfer, error) {
		defer s.u.busy.Done()
		return s.u.desk.Bundle(ctx, to, o, "", ids...), nil
	}, func(made desk.Transfer, _ error) {
		if g.page != page { // it was taken out of the list meanwhile
			return
		}
		delete(s.byID, page.ID)
		page.Transfer = made
		if made.State == desk.Sent && made.Link != nil && !made.Refused() {
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
	c := rowContent{icon: iconPage, name: t.Name}
	again := func() { s.writePage(g) }
	switch {
	case !t.State.Over():
		c.text, c.chip = lang.L("Writing the page and its links"), lang.L("One moment")
		return c, rowActions{}
	case t.State == desk.Sent && t.Link != nil:
		c, act := s.sentRow(t, c)
		if t.Trouble == nil {
			parts := []string{count, w.end(t.Link.Ends, t.Link.Because, s.u.now())}
			if t.Link.Verified {
				parts = append(parts, lang.L("checked"))
			}
			c.text = strings.Join(parts, " · ")
		}
		if t.ended(s.u.now()) {
			c.main, act.main = lang.L("Make it anew"), again
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
	if t.Name == "" {
		c.name = count
	}
	c.chip, c.chipTone, c.main = lang.L("Not made"), bad, lang.L("Retry")
	c.side, c.sideTip = iconMore, lang.L("More")
	if t.opened && t.Trouble != nil {
		c.open = details(t.Trouble)
	}
	return c, rowActions{main: again, side: func(at fyne.CanvasObject) { s.menu(t, at) }}
}
