package desk

import (
	"fmt"
	"strings"
	"time"
)

// leastSkew is what a clock has to be off to be worth a word: less is the network, or the second in which a Date is cut.
const leastSkew = time.Minute

// aboutClock reports whether the store finds the request too old or too early. A presigned one it calls just
// "AccessDenied"; the rest stands in words that differ from store to store: "Request has expired", "Request is
// not yet valid" (AWS), "Request is not valid yet" (MinIO).
func (r refusal) aboutClock() bool {
	switch r.code {
	case "RequestTimeTooSkewed", "RequestNotYetValid", "RequestExpired", "ExpiredRequest": // the last is R2's
		return true
	case "AccessDenied":
		said := strings.ToLower(r.message)
		return strings.Contains(said, "request has expired") || strings.Contains(said, "not yet valid") ||
			strings.Contains(said, "not valid yet")
	}
	return false
}

// ofClock is the row for a refusal that has to do with the time: the clock here, with what it is off, or what was signed
// for too short a time.
func (r refusal) ofClock(a args) string {
	if !r.aboutClock() {
		return ""
	}
	switch {
	case r.date.IsZero():
	case r.ahead.Abs() >= leastSkew:
		a["Off"], a["Behind"] = roughly(r.ahead), r.ahead > 0
	case r.code != "RequestTimeTooSkewed":
		return "SignatureEnded"
	}
	return "RequestTimeTooSkewed"
}

// roughly is a length of time with its one or two largest units, in words that all languages share.
func roughly(d time.Duration) string {
	minutes := int(d.Abs().Round(time.Minute) / time.Minute)
	days, hours, minutes := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d min", minutes)
}

// skewOf reads from a refusal what the store's clock says; ok is false when the refusal has nothing to do with the
// clock, or the clock is right.
func skewOf(err error, now time.Time) (store time.Time, ok bool) {
	r, found := refusalIn(err)
	if !found || !r.aboutClock() || r.date.IsZero() || r.date.Sub(now).Abs() < leastSkew {
		return time.Time{}, false
	}
	return r.date, true
}
