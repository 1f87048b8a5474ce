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
	for _, l := range []moveLine{{Head: &moveHead{Format: 1, Version: "1"}}, {Settings: &Settings{Expires: time.Hour}}, {Record: moveRecordOf(one)}} {
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
		records, settings, err := readForFuzz(data)
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
		if err = errors.Join(err, w.end()); err != nil {
			t.Fatal(err)
		}
		twice, _, err := readForFuzz(out.Bytes())
		if err != nil || len(twice) != len(records) {
			t.Fatalf("%v, %d of %d", err, len(twice), len(records))
		}
	})
}

func readForFuzz(data []byte) (records []ledger.Moved, s Settings, err error) {
	r, err := newMoveReader(bytes.NewReader(data))
	if err != nil {
		return nil, s, err
	}
	for one, err := range r.records() {
		if err != nil {
			return nil, s, err
		}
		records = append(records, one)
	}
	return records, r.settings, nil
}
