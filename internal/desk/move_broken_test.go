package desk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/ledger"
)

// TestExportOntoAFullDisk: what cannot be written whole is not there.
func TestExportOntoAFullDisk(t *testing.T) {
	isolate(t, "", "")
	var records []ledger.Record
	for i := range 100 {
		records = append(records, record(fmt.Sprintf("r%d", i), time.Now()))
	}
	c := newComputer(t, records...)
	c.desk(func(d *desk.Desk) error {
		var whole bytes.Buffer
		if _, err := d.ExportAll(context.Background(), &whole); err != nil {
			return err
		}
		for room := 0; room < whole.Len(); room += whole.Len()/20 + 1 {
			if _, err := d.ExportAll(context.Background(), &full{room}); !errors.Is(err, errFull) {
				t.Fatalf("%d bytes: %v", room, err)
			}
		}
		return nil
	})
}

// TestAnImportThatWasKilledIsFinished: from the moment at which it is to be done, whoever opens the desk next does it.
func TestAnImportThatWasKilledIsFinished(t *testing.T) {
	isolate(t, "", "")
	from := newComputer(t, record("a", time.Now()), record("b", time.Now()))
	from.desk(func(d *desk.Desk) error {
		s := d.Settings()
		s.Appearance = desk.AppearanceDark
		return d.SaveSettings(s)
	})
	file, _ := from.export()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := newComputer(t, record("here", time.Now()))
	write(t, filepath.Join(c.home, "import.jsonl"), string(data)) // as a kill just after that moment leaves it
	c.desk(func(d *desk.Desk) error {
		if s := d.Settings(); s.Appearance != desk.AppearanceDark {
			t.Errorf("%+v", s)
		}
		if list, err := d.Links(context.Background(), 0); err != nil || len(list) != 3 {
			t.Errorf("%d links, %v", len(list), err)
		}
		return nil
	})
	if left := listed(t, c.home); !slices.Equal(left, []string{"ledger.db", "settings.json"}) {
		t.Errorf("%q", left)
	}
}

// TestAnImportThatCannotBegin: without room for the copies, nothing is changed.
func TestAnImportThatCannotBegin(t *testing.T) {
	isolate(t, "", "")
	file, _ := newComputer(t, record("a", time.Now())).export()
	c := newComputer(t, record("here", time.Now()))
	// The settings are no file, so no copy of them can be kept.
	if err := os.Mkdir(filepath.Join(c.home, "settings.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.refuses(file, "ImportFailed")
}

// TestAnImportThatCannotBeFinished is said at each start, and done as soon as it can be.
func TestAnImportThatCannotBeFinished(t *testing.T) {
	isolate(t, "", "")
	file, _ := newComputer(t, record("a", time.Now())).export()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := newComputer(t, record("here", time.Now()))
	write(t, filepath.Join(c.home, "import.jsonl"), string(data))
	inTheWay := filepath.Join(c.home, "settings.json", "x")
	write(t, inTheWay, "") // no file can take the place of a folder
	for range 2 {
		c.desk(func(d *desk.Desk) error {
			if told := d.LedgerTrouble(); told == nil || code(told) != "ImportUnfinished" || !strings.Contains(told.Help.String(), "import.jsonl") {
				t.Errorf("%v", told)
			}
			return nil
		})
	}
	if err := os.RemoveAll(filepath.Dir(inTheWay)); err != nil {
		t.Fatal(err)
	}
	c.desk(func(d *desk.Desk) error {
		if told := d.LedgerTrouble(); told != nil {
			t.Errorf("%v", told)
		}
		return nil
	})
	if len(c.records()) != 2 {
		t.Error("it was not finished")
	}
}
