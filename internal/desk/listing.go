package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Standing is where a line of the ledger stands now, in the one word that window and command line have for it.
type Standing string

// The standings.
const (
	Live       Standing = "live"
	EndingSoon Standing = "ending-soon" // live, and in the last part of its life
	Ended      Standing = "ended"
	Revoked    Standing = "revoked"
	Refused    Standing = "refused" // sent, and its link leads nowhere
)

// soonAtLeast is how long before its end a link counts as ending soon, however short its life is.
const soonAtLeast = 15 * time.Minute

// Standing is where the entry stands at the moment now: one of the standings, or else the state of what was not sent.
func (e Entry) Standing(now time.Time) Standing {
	switch {
	case e.State != Sent:
		return Standing(e.State)
	case !e.Revoked.IsZero():
		return Revoked
	case e.Refused():
		return Refused
	case !e.Live(now):
		return Ended
	// A link for a week ends soon on its last day, one for an hour in its last quarter.
	case e.Last().Sub(now) < max(soonAtLeast, e.Asked/7):
		return EndingSoon
	}
	return Live
}

// Sorting is an order of entries.
type Sorting string

// The orders.
const (
	ByTime Sorting = "time" // newest first
	ByName Sorting = "name"
	BySize Sorting = "size" // largest first
	ByEnd  Sorting = "end"  // what ends next first; what has no end, or has ended, after that
)

// Selection is what is wanted of the ledger. The zero value is all of it, newest first.
type Selection struct {
	Text      string     // in name, key, bucket, profile or note, whatever its case
	Standings []Standing // any of these; empty is any. Live includes EndingSoon
	Sort      Sorting
}

// ParseSelection reads the words of a command line.
func ParseSelection(text string, standings []string, sort string) (Selection, error) {
	s := Selection{Text: text, Sort: Sorting(cmp.Or(sort, string(ByTime)))}
	if !slices.Contains([]Sorting{ByTime, ByName, BySize, ByEnd}, s.Sort) {
		return s, trouble("SortUnknown", args{"Given": sort}, nil)
	}
	for _, word := range standings {
		known := []Standing{Live, EndingSoon, Ended, Revoked, Refused, Standing(Failed), Standing(Cancelled), Standing(Skipped)}
		if !slices.Contains(known, Standing(word)) {
			return s, trouble("StandingUnknown", args{"Given": word}, nil)
		}
		s.Standings = append(s.Standings, Standing(word))
	}
	return s, nil
}

// Of gives those of the entries that are selected, in its order. The entries come as Links gives them, newest first.
func (s Selection) Of(entries []Entry, now time.Time) []Entry {
	wanted := strings.ToLower(strings.TrimSpace(s.Text))
	var list []Entry
	for _, e := range entries {
		if s.admits(e.Standing(now)) && (wanted == "" || strings.Contains(e.haystack(), wanted)) {
			list = append(list, e)
		}
	}
	switch s.Sort {
	case ByName:
		slices.SortStableFunc(list, func(a, b Entry) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	case BySize:
		slices.SortStableFunc(list, func(a, b Entry) int { return cmp.Compare(b.Size, a.Size) })
	case ByEnd:
		slices.SortStableFunc(list, func(a, b Entry) int {
			if x, y := a.Live(now), b.Live(now); x != y {
				return map[bool]int{true: -1, false: 1}[x]
			}
			return a.Last().Compare(b.Last())
		})
	}
	return list
}

func (s Selection) admits(one Standing) bool {
	return len(s.Standings) == 0 || slices.Contains(s.Standings, one) || one == EndingSoon && slices.Contains(s.Standings, Live)
}

// haystack is what a search looks through.
func (e Entry) haystack() string {
	return strings.ToLower(e.Name + "\n" + e.Destination.Bucket + "/" + e.Key + "\n" + e.Destination.Profile + "\n" + e.Note)
}

// EndingToday gives the entries that are live and end before the day does, here.
func (d *Desk) EndingToday(ctx context.Context) ([]Entry, error) {
	entries, err := d.Links(ctx, 0)
	if err != nil {
		return nil, err
	}
	now := d.now()
	year, month, day := now.Local().Date()
	tomorrow := time.Date(year, month, day+1, 0, 0, 0, 0, time.Local)
	var list []Entry
	for _, e := range entries {
		if e.Live(now) && !e.Ends.IsZero() && e.Ends.Before(tomorrow) {
			list = append(list, e)
		}
	}
	return list, nil
}
