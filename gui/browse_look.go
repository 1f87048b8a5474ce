package gui

import (
	"context"
	"time"

	"waybill/internal/desk"
)

const (
	searchAfter = 200 * time.Millisecond // of no typing
	slowAfter   = 300 * time.Millisecond
	// loadAhead is how many lines before the end the next page is asked for.
	loadAhead = 200
)

// quiet lets go of what is being looked for.
func (p *browsePlace) quiet() {
	p.asked++
	if p.stop != nil {
		p.stop()
	}
	p.loading = false
}

// prefix is what the lines begin with.
func (p *browsePlace) prefix() string {
	if _, _, ok := p.search.address(); ok {
		return p.folder
	}
	return p.folder + p.search.Text
}

// typed is called while the search is typed.
func (p *browsePlace) typed() {
	if p.soon != nil {
		p.soon.Stop()
	}
	var mine *time.Timer
	mine = time.AfterFunc(searchAfter, func() {
		p.u.do(func() {
			if p.soon == mine {
				p.load()
			}
		})
	})
	p.soon = mine
	p.show()
}

// load looks for the first page of what is to be shown. What was asked before is not waited for any more.
func (p *browsePlace) load() {
	p.quiet()
	p.soon = nil
	p.further, p.slow = nil, false
	if p.bucket == "" || p.none() {
		p.lines, p.next, p.trouble = nil, "", nil
		p.changed(0)
		return
	}
	mine, prefix := p.asked, p.prefix()
	p.loading = true
	time.AfterFunc(slowAfter, func() {
		p.u.do(func() {
			if mine == p.asked && p.loading {
				p.slow = true
				p.show()
			}
		})
	})
	p.ask(prefix, "", func(page desk.Page, err error) {
		p.lines, p.next, p.trouble = page.Lines, page.Next, nil
		if err != nil {
			p.trouble = desk.Explain(err)
		}
		at := 0
		for i, l := range p.lines {
			if l.Folder && l.Key == p.cameFrom {
				at = i
			}
		}
		p.anchorAt(at)
		p.changed(at)
		if p.visible() && p.u.window.Canvas().Focused() == nil && len(p.lines) > 0 {
			p.u.window.Canvas().Focus(p.rows.list)
		}
	})
	p.show()
}

// more looks for the next page.
func (p *browsePlace) more() {
	if p.next == "" || p.loading || p.further != nil {
		return
	}
	p.loading = true
	p.ask(p.prefix(), p.next, func(page desk.Page, err error) {
		if err != nil {
			p.further = desk.Explain(err)
		} else {
			p.lines, p.next = append(p.lines, page.Lines...), page.Next
		}
		p.rows.changed(nil)
		p.show()
	})
}

// ask asks the store, and drops an answer that nobody waits for any more.
func (p *browsePlace) ask(prefix, after string, then func(desk.Page, error)) {
	mine, store, bucket := p.asked, p.store, p.bucket
	ctx, stop := context.WithCancel(p.u.ctx)
	p.stop = stop
	ask(p.u, func(context.Context) (desk.Page, error) { return p.u.desk.Browse(ctx, store, bucket, prefix, after) },
		func(page desk.Page, err error) {
			stop()
			if mine != p.asked {
				return
			}
			p.loading, p.slow = false, false
			then(page, err)
		})
}

// changed shows other lines, from the top, with one of them marked.
func (p *browsePlace) changed(at int) {
	p.show()
	p.rows.changed(nil)
	p.rows.list.Highlight(0)
	if at > 0 {
		p.rows.list.Highlight(at)
	}
}
