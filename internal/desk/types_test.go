package desk_test

import (
	"testing"
	"time"

	"waybill/internal/desk"
)

func TestEntryLive(t *testing.T) {
	now := time.Now()
	past, later := now.Add(-time.Second), now.Add(time.Second)
	for name, c := range map[string]struct {
		entry         desk.Entry
		live, refused bool
		last          time.Time
	}{
		"before its end":           {desk.Entry{State: desk.Sent, Ends: later}, true, false, later},
		"at its end":               {desk.Entry{State: desk.Sent, Ends: now}, false, false, now},
		"after its end":            {desk.Entry{State: desk.Sent, Ends: past}, false, false, past},
		"not tried":                {desk.Entry{State: desk.Sent, Ends: later, TroubleCode: "LinkNotTried"}, true, false, later},
		"refused":                  {desk.Entry{State: desk.Sent, Ends: later, TroubleCode: "LinkRefused"}, false, true, later},
		"refused, and over":        {desk.Entry{State: desk.Sent, Ends: past, TroubleCode: "LinkRefused"}, false, true, past},
		"not made":                 {desk.Entry{State: desk.Sent, Sent: now, Asked: time.Hour, TroubleCode: "LinkNotMade"}, false, true, now.Add(time.Hour)},
		"end unknown":              {desk.Entry{State: desk.Sent, Sent: past, Asked: time.Minute}, true, false, past.Add(time.Minute)},
		"end unknown, asked over":  {desk.Entry{State: desk.Sent, Sent: past, Asked: time.Second}, false, false, now},
		"end known, asked is moot": {desk.Entry{State: desk.Sent, Sent: past, Asked: time.Hour, Ends: now}, false, false, now},
		"failed":                   {desk.Entry{State: desk.Failed, Ends: later}, false, false, later},
		"failed by such a code":    {desk.Entry{State: desk.Failed, Ends: later, TroubleCode: "LinkRefused"}, false, false, later},
		"cancelled":                {desk.Entry{State: desk.Cancelled, Sent: now, Asked: time.Hour}, false, false, now.Add(time.Hour)},
		"skipped":                  {desk.Entry{State: desk.Skipped, Sent: now, Asked: time.Hour}, false, false, now.Add(time.Hour)},
	} {
		if e := c.entry; e.Live(now) != c.live || e.Refused() != c.refused || !e.Last().Equal(c.last) {
			t.Errorf("%s: live %v, refused %v, last %v", name, e.Live(now), e.Refused(), e.Last().Sub(now))
		}
	}
}

func TestTransferGood(t *testing.T) {
	now := time.Now()
	link := func(ends time.Time) *desk.Link { return &desk.Link{Ends: ends} }
	of := func(code string) *desk.Trouble { return &desk.Trouble{Code: code} }
	later := link(now.Add(time.Second))
	for name, c := range map[string]struct {
		transfer      desk.Transfer
		good, refused bool
	}{
		"before its end": {desk.Transfer{State: desk.Sent, Link: later}, true, false},
		"at its end":     {desk.Transfer{State: desk.Sent, Link: link(now)}, false, false},
		"end unknown":    {desk.Transfer{State: desk.Sent, Link: link(time.Time{})}, true, false},
		"not tried":      {desk.Transfer{State: desk.Sent, Link: later, Trouble: of("LinkNotTried")}, false, false},
		"refused":        {desk.Transfer{State: desk.Sent, Link: later, Trouble: of("LinkRefused")}, false, true},
		"not made":       {desk.Transfer{State: desk.Sent, Trouble: of("LinkNotMade")}, false, true},
		"on its way":     {desk.Transfer{State: desk.Verifying, Link: later}, false, false},
		"failed":         {desk.Transfer{State: desk.Failed, Trouble: of("LinkRefused")}, false, false},
		"skipped":        {desk.Transfer{State: desk.Skipped}, false, false},
	} {
		if c.transfer.Good(now) != c.good || c.transfer.Refused() != c.refused {
			t.Errorf("%s: good %v, refused %v", name, c.transfer.Good(now), c.transfer.Refused())
		}
	}
}
