package courier

import (
	"context"
	"sync"
	"time"
)

// gate bounds the requests in flight. A store that says SlowDown halves it; calm opens it again, one place at a
// time.
type gate struct {
	mu      sync.Mutex
	most    int // places there may be
	places  int // places there are
	taken   int
	waiting []chan struct{} // first come, first served, so that no file starves
	calm    int             // answers since it was last narrowed or widened
	slowed  time.Time       // when it was last narrowed
}

// What narrows and widens the gate.
const (
	calmAnswers = 64          // answers without a SlowDown that open one more place
	slowPause   = time.Second // requests that were in flight together complain together: they count once
)

func newGate(places int) *gate { return &gate{most: places, places: places} }

// pass does one of several things that belong together in a place of the gate. Where it fails, fail ends the others
// before the place is free: none of them begins what a refusal has made useless.
func (g *gate) pass(ctx context.Context, fail context.CancelCauseFunc, do func() error) error {
	if err := g.enter(ctx); err != nil {
		return err
	}
	defer g.leave()
	err := do()
	if err != nil {
		fail(err)
	}
	return err
}

// enter waits for a place. leave must be called once for each nil error.
func (g *gate) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	g.mu.Lock()
	if g.taken < g.places && len(g.waiting) == 0 {
		g.taken++
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		if ctx.Err() == nil {
			return nil
		}
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return context.Cause(ctx)
		}
	}
	g.taken-- // the turn came just now
	g.admit()
	return context.Cause(ctx)
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.taken--
	g.admit()
}

// admit gives free places to those who wait.
func (g *gate) admit() {
	for g.taken < g.places && len(g.waiting) > 0 {
		g.taken++
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
	}
}

// slowDown halves the gate: the store asked for it.
func (g *gate) slowDown(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calm = 0
	if now.Sub(g.slowed) < slowPause {
		return
	}
	g.slowed = now
	g.places = max(g.places/2, 1)
}

// answered counts an answer that was no complaint.
func (g *gate) answered() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.places == g.most {
		return
	}
	if g.calm++; g.calm >= calmAnswers {
		g.calm = 0
		g.places++
		g.admit()
	}
}
