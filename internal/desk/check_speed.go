package desk

import (
	"context"
	"crypto/rand"
	"time"

	"waybill/internal/courier"
	"waybill/signer"
)

const (
	speedFirst  = 1 << 20                // bytes that are put to learn how fast it goes
	speedMore   = 4 << 20                // bytes that are put where the first were too quick to tell
	speedTooFew = 500 * time.Millisecond // what is quicker than this is put once more, with more
	speedWithin = 15 * time.Second       // for all of it; less than one request may take
)

// trySpeed measures how fast the way is, where what is put for that can be removed.
func (r *checking) trySpeed(ctx context.Context, l *litter) bool {
	s := r.begin("speed")
	if l.stays || !r.fineSo("put") || !r.fineSo("delete") {
		r.done(s, CheckSkipped, `Not measured: what is put here could not be removed.`, nil)
		return true
	}
	body := make([]byte, speedMore)
	_, _ = rand.Read(body) // which never fails
	bounded, cancel := context.WithTimeout(ctx, speedWithin)
	defer cancel()
	put, err := r.put(bounded, l, body[:speedFirst], true)
	size := speedFirst
	if err == nil && put.Whole < speedTooFew {
		put, err = r.put(bounded, l, body, true)
		size = len(body)
	}
	var got courier.Trial
	if err == nil {
		s.Facts.PutSpeed = Rate(float64(size) / put.Whole.Seconds())
		p, failed := r.signer.Get(bounded, r.object(), signer.GetOptions{})
		if got, err = r.once(bounded, "get", p, failed, nil); err == nil {
			s.Facts.GetSpeed = Rate(float64(got.Received) / got.Whole.Seconds())
		}
	}
	l.remove(ctx)
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil && bounded.Err() != nil:
		r.done(s, CheckUnknown, `It is so slow that it could not be measured in {{.Within}}.`, args{"Within": Took(2 * speedWithin)})
		return true
	case r.denied(err): // a link's permission, which has a step of its own
		r.done(s, CheckUnknown, `The store takes {{.Put}}.`, args{"Put": s.Facts.PutSpeed})
		return true
	}
	return !r.verdict(s, err, `The store takes {{.Put}} and gives {{.Get}}.`, args{"Put": s.Facts.PutSpeed, "Get": s.Facts.GetSpeed})
}

// fineSo reports whether a step has ended well.
func (c *Check) fineSo(id string) bool {
	for _, s := range c.Steps() {
		if s.ID == id {
			return s.State == CheckFine
		}
	}
	return false
}
