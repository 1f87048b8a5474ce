package courier

import (
	"context"

	"golang.org/x/time/rate"
)

// Limit bounds the bytes a second of everything that shares it. It is safe for concurrent use and may be changed
// at any time; what is on its way keeps to the new limit from its next few kilobytes on, but for parts that the
// kernel has begun to send without one: those end as they began.
type Limit struct{ limiter *rate.Limiter }

// limitBurst is how many bytes may go at once.
const limitBurst = 32 << 10

// NewLimit makes a limit in bytes a second; 0 is none.
func NewLimit(perSecond int64) *Limit {
	l := &Limit{rate.NewLimiter(rate.Inf, limitBurst)}
	l.Set(perSecond)
	return l
}

// Set changes the limit, in bytes a second; 0 is none.
func (l *Limit) Set(perSecond int64) {
	if perSecond <= 0 {
		l.limiter.SetLimit(rate.Inf)
		return
	}
	l.limiter.SetLimit(rate.Limit(perSecond))
}

// on reports whether there is a limit at present.
func (l *Limit) on() bool { return l != nil && l.limiter.Limit() != rate.Inf }

// piece is how much may be read at once, so that a low limit gives a steady flow: a tenth of a second's worth.
func (l *Limit) piece() int {
	return int(min(max(float64(l.limiter.Limit())/10, 512), limitBurst))
}

// wait lets n bytes pass when it is their time. There may be more of them than go at once: they were read before somebody
// set the limit.
func (l *Limit) wait(ctx context.Context, n int) error {
	for ; n > limitBurst; n -= limitBurst {
		if err := l.limiter.WaitN(ctx, limitBurst); err != nil {
			return err
		}
	}
	return l.limiter.WaitN(ctx, n)
}
