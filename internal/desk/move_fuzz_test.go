package desk

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/ledger"
)

// FuzzMove: whatever is to be imported, it is refused for a reason that has words, or is written again as it was read.
func FuzzMove(f *testing.F) {
	var good bytes.Buffer
	w := newMoveWriter(&good)
	one := ledger.Moved{Files: []string{"b"}, Record: ledger.Record{ID: "a", Name: "a", Bucket: "team-share", Key: "a", State: "sent", Created: time.Unix(1e9, 0)}}
	for _, l := range []moveLine{{Head: &moveHead{Format: 1, Version: "1"}}, {Settings: &Settings{Expires: time.Hour}}, {Record: moveRecordOf(one)}, {Request: fuzzRequest(f)}, {Arrival: &moveArrival{Key: fuzzFolder + "files/a", Name: "a", Came: time.Unix(1e9, 0)}}} {
		if err := w.write(l); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.end(); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add([]byte(strings.Repeat(`{"settings":`, 20_000)))
	f.Add([]byte(`{"waybill_export":{"format":1}}` + "\n" + `{"settings":{"recent":[null],"naming":[{}],"distributions":[{}]}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, requests, settings, err := readForFuzz(data)
		if err != nil {
			if told := importTrouble("x", &moveReader{}, err); CodeOf(told) == "Unexpected" {
				t.Fatalf("no words for %v", err)
			}
			return
		}
		if again, left := usable(settings); left != 0 || len(again.Recent) != len(settings.Recent) {
			t.Fatal("what was usable is not any more")
		}
		var out bytes.Buffer
		w := newMoveWriter(&out)
		err = errors.Join(w.write(moveLine{Head: &moveHead{Format: 1}}), w.write(moveLine{Settings: &settings}))
		for _, r := range records {
			err = errors.Join(err, w.write(moveLine{Record: moveRecordOf(r)}))
		}
		for _, r := range requests {
			line, unread := moveRequestOf(r.Request)
			err = errors.Join(err, unread, w.write(moveLine{Request: line}))
			for _, a := range r.Arrivals {
				err = errors.Join(err, w.write(moveLine{Arrival: moveArrivalOf(a)}))
			}
		}
		if err = errors.Join(err, w.end()); err != nil {
			t.Fatal(err)
		}
		twice, asked, _, err := readForFuzz(out.Bytes())
		if err != nil || len(twice) != len(records) || len(asked) != len(requests) {
			t.Fatalf("%v, %d of %d, %d of %d", err, len(twice), len(records), len(asked), len(requests))
		}
	})
}

// fuzzFolder is where what was asked for goes.
const fuzzFolder = "2026-11-01-abcdefghijklmnopqrstuvwxyz/"

func fuzzRequest(f *testing.F) *moveRequest {
	f.Helper()
	r, err := moveRequestOf(ledger.Request{
		ID: "01936b5e-7a4c-7000-8000-000000000001", Bucket: "team-share", Folder: fuzzFolder, Made: time.Unix(1e9, 0), Asked: time.Hour,
		Content: `{"for":"Bob","forms":[{"content_type":"text/plain"}],"slots":[{"key":"` + fuzzFolder + `large-1","content_type":"text/plain","parts":3}]}`,
	})
	if err == nil {
		err = r.check()
	}
	if err != nil {
		f.Fatal(err)
	}
	return r
}

func readForFuzz(data []byte) (records []ledger.Moved, requests []ledger.MovedRequest, s Settings, err error) {
	r, err := newMoveReader(bytes.NewReader(data))
	if err != nil {
		return nil, nil, s, err
	}
	for one, err := range r.records() {
		if err != nil {
			return nil, nil, s, err
		}
		records = append(records, one)
	}
	for one, err := range r.requests() {
		if err != nil {
			return nil, nil, s, err
		}
		requests = append(requests, one)
	}
	return records, requests, r.settings, nil
}
