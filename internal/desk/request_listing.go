package desk

import (
	"slices"
	"strings"
	"time"
)

// EndsSoon reports whether the request is open and in the last part of its life, as links are.
func (r Request) EndsSoon(now time.Time) bool {
	return r.Standing(now) == RequestOpen && r.Last().Sub(now) < max(soonAtLeast, r.Asked/7)
}

// Turns is the moment after now at which the request stands or is shown elsewhere by itself, the zero time where it does not.
func (r Request) Turns(now time.Time) time.Time {
	switch {
	case r.EndsSoon(now):
		return r.Last()
	case r.Standing(now) == RequestOpen: // its last part begins when less than that is left
		return r.Last().Add(1 - max(soonAtLeast, r.Asked/7))
	}
	return time.Time{}
}

// RequestSelection is what is wanted of the requests. The zero value is all of them, newest first.
type RequestSelection struct {
	Text      string            // in whom it is for, folder, bucket, profile or message, whatever its case
	Standings []RequestStanding // any of these; empty is any
	Soon      bool              // only what ends soon
	News      bool              // only those with something that was not seen yet
}

// Of gives those of the requests that are selected, in their order.
func (s RequestSelection) Of(requests []Request, now time.Time) []Request {
	wanted := strings.ToLower(strings.TrimSpace(s.Text))
	var list []Request
	for _, r := range requests {
		switch {
		case len(s.Standings) > 0 && !slices.Contains(s.Standings, r.Standing(now)):
		case s.Soon && !r.EndsSoon(now), s.News && r.New == 0:
		case wanted != "" && !strings.Contains(r.haystack(), wanted):
		default:
			list = append(list, r)
		}
	}
	return list
}

// haystack is what a search looks through.
func (r Request) haystack() string {
	return strings.ToLower(r.For + "\n" + r.Destination.Bucket + "/" + r.Folder + "\n" + r.Destination.Profile + "\n" + r.Message)
}
