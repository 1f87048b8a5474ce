package courier

import (
	"math"
	"time"
)

// Meter turns counts of bytes into a speed that a person can read: smoothed, so that the number does not
// jitter. It is not safe for concurrent use; time is given to it, so that it can be tested.
type Meter struct {
	start time.Time
	last  time.Time
	done  int64
	speed float64 // bytes a second
}

// meterHalfLife is the time after which an old speed counts half.
const meterHalfLife = 3 * time.Second

// Observe tells the meter that done bytes in all had moved at the moment now. Moments closer together than a
// tenth of a second are passed over.
func (m *Meter) Observe(now time.Time, done int64) {
	if m.start.IsZero() {
		m.start, m.last, m.done = now, now, done
		return
	}
	passed := now.Sub(m.last)
	if passed < 100*time.Millisecond {
		return
	}
	current := max(float64(done-m.done)/passed.Seconds(), 0)
	if m.speed == 0 {
		m.speed = current
	} else {
		keep := math.Exp2(-passed.Seconds() / meterHalfLife.Seconds())
		m.speed = keep*m.speed + (1-keep)*current
	}
	m.last, m.done = now, done
}

// Speed is in bytes a second; 0 while it is not known.
func (m *Meter) Speed() float64 { return m.speed }

// Left is the time that the remaining bytes will take; 0 while that cannot be told.
func (m *Meter) Left(remaining int64) time.Duration {
	if m.speed < 1 || remaining <= 0 {
		return 0
	}
	seconds := float64(remaining) / m.speed
	if seconds > (100 * 24 * time.Hour).Seconds() {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}
