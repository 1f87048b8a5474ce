package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/lang"
)

// progress says how far a job on many links is, if it takes a while, and stops it when the person wants that.
type progress struct {
	u    *ui
	name string // of its notice
	text string // what is being done
	of   int

	ctx  context.Context // of the job
	stop context.CancelFunc
	over bool
	said *prose // what says so; nil as long as nothing does
	last time.Time
}

// saidAfter is how long a job may take without a word.
const saidAfter = 400 * time.Millisecond

// progress begins to watch a job on so many links.
func (u *ui) progress(name, text string, of int) *progress {
	g := &progress{u: u, name: name, text: text, of: of, last: time.Now()}
	g.ctx, g.stop = context.WithCancel(u.ctx)
	time.AfterFunc(saidAfter, func() { u.do(g.say) })
	return g
}

// say puts the notice up.
func (g *progress) say() {
	if !g.over {
		g.said = g.u.notices.show(g.name, notice{tone: neutral, sticky: true, text: g.words(0),
			actions: []*button{g.u.button(secondary, lang.L("Stop"), g.stop)}})
	}
}

func (g *progress) words(done int) string {
	w := g.u.words
	return g.text + ": " + lang.L("{{.Done}} of {{.Size}}", args{"Done": w.count(done), "Size": w.count(g.of)})
}

// tell is called by the job, from its goroutine, when so many are done.
func (g *progress) tell(done int) {
	if now := time.Now(); now.Sub(g.last) > showEvery && done < g.of {
		g.last = now
		g.u.do(func() {
			if g.said != nil && !g.over {
				g.said.set(g.words(done), colorMuted)
			}
		})
	}
}

// stopped reports whether the person wants no more of it.
func (g *progress) stopped() bool { return g.ctx.Err() != nil }

// end is called when the job is over, before what came of it is said.
func (g *progress) end() {
	g.over = true
	g.stop()
	if g.said != nil {
		g.u.notices.hide(g.name)
	}
}
