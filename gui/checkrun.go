package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// checkTold is the shortest time between two looks at the news of a check.
const checkTold = 100 * time.Millisecond

// begin starts a check of the destination.
func (p *checkPlace) begin() {
	u := p.u
	p.reply, p.check = nil, nil
	p.lines = map[string]*checkStepLine{}
	p.list.Objects = nil
	p.uncopied()
	ctx, stop := context.WithCancel(u.ctx)
	p.stop = stop
	c, err := u.desk.Check(ctx, p.dest, desk.CheckOptions{Consent: func(ctx context.Context, q desk.CheckQuestion) bool {
		reply := make(chan bool, 1)
		u.do(func() { p.question(ctx, q, reply) })
		select {
		case yes := <-reply:
			return yes
		case <-ctx.Done():
			return false
		}
	}})
	if err != nil {
		stop()
		p.running = false
		u.notices.trouble("check", desk.Explain(err), bad)
		return
	}
	u.notices.hide("check")
	p.check, p.running = c, true
	p.scroll.ScrollToTop()
	p.show()
	u.busy.Add(1) // closing the window waits until what it has put is removed
	go func() {
		defer u.busy.Done()
		p.follow(c)
		stop()
	}()
}

// follow brings the news of a check to the window, at most ten times a second. It runs beside the main goroutine.
func (p *checkPlace) follow(c *desk.Check) {
	var last time.Time
	for open := true; open; {
		_, open = <-c.Events()
		for more := open; more; { // what has come already is told together
			select {
			case _, open = <-c.Events():
				more = open
			default:
				more = false
			}
		}
		if wait := checkTold - time.Since(last); open && wait > 0 {
			time.Sleep(wait)
		}
		last = time.Now()
		p.u.do(func() { p.news(c, !open) })
	}
}

// news shows how a check stands; one that another has followed is of no interest any more, but for what it has left.
func (p *checkPlace) news(c *desk.Check, over bool) {
	if c == p.check {
		if over {
			p.running, p.reply = false, nil
		}
		p.show()
		return
	}
	if over {
		p.saysLeft(c)
	}
}

// saysLeft says, where nobody looks at the check any more, what it could not remove.
func (p *checkPlace) saysLeft(c *desk.Check) {
	if t := c.Left(); t != nil {
		p.u.notices.trouble("check", t, warning)
	}
}

// question asks before anything is written.
func (p *checkPlace) question(ctx context.Context, q desk.CheckQuestion, reply chan bool) {
	if ctx.Err() != nil || !p.running {
		return
	}
	p.reply = reply
	p.asked.set(told(p.sentence(q.Text)), colorText)
	p.show()
	if p.all.Visible() {
		p.u.window.Canvas().Focus(p.yes)
	}
}

func (p *checkPlace) answer(yes bool) {
	if p.reply == nil {
		return
	}
	p.reply <- yes
	p.reply = nil
	p.show()
	p.u.window.Canvas().Focus(p.again)
}

// cancel ends a check that is under way; what it has put is removed.
func (p *checkPlace) cancel() {
	p.stop()
	p.reply = nil
	p.again.set(secondary, lang.L("Cancelling…"), iconNone, "", nil)
}
