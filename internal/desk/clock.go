package desk

import (
	"net/http"
	"time"

	"waybill/internal/network"
	"waybill/signer"
)

// clockAgrees is what clocks may be apart and still agree: a store tells whole seconds.
const clockAgrees = 2 * time.Second

// clockOff is what this computer's clock is ahead of a store's, in whole seconds: less than nothing is behind, 0 is that they
// agree. store is what the store's clock said in its answer's Date, of which the middle of the second is the best guess; the
// zero time where it said nothing.
func (d *Desk) clockOff(h http.Header, t network.Timing) (off time.Duration, store time.Time) {
	store, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0, time.Time{}
	}
	here := d.now().Add(-time.Since(t.Halfway()))
	if off = here.Sub(store.Add(time.Second / 2)).Round(time.Second); off.Abs() < clockAgrees {
		return 0, store
	}
	return off, store
}

// correctClock has a signer take the store's time, where a refusal has to do with the time and says what the store's
// clock shows. What it gives is for telling; nil is that signing anew makes no sense. What was signed before another
// request has found the same out is to be signed anew too.
func (d *Desk) correctClock(s *signer.Signer, err error) *Trouble {
	store, ok := skewOf(err, s.Clock())
	if !ok {
		return nil
	}
	return d.takeTime(s, store)
}

// learnClock has a signer take the store's time where an answer shows that this computer's is another.
func (d *Desk) learnClock(s *signer.Signer, store time.Time) {
	if !store.IsZero() && store.Sub(s.Now()).Abs() >= leastSkew {
		_ = d.takeTime(s, store) // ClockTrouble tells it
	}
}

func (d *Desk) takeTime(s *signer.Signer, store time.Time) *Trouble {
	off := s.SetSkew(store)
	t := trouble("ClockCorrected", args{"Off": roughly(off), "Behind": off > 0}, nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = t
	return t
}

// ClockTrouble says, once, that this computer's clock is wrong and that a store's time was taken instead; nil where there
// is nothing new to say.
func (d *Desk) ClockTrouble() *Trouble {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.clock
	d.clock = nil
	return t
}
