package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"waybill/internal/ledger"
)

// TestExamine counts what is there, and finds damage that opening passes over.
func TestExamine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	l := open(t, path)
	for i := range 500 {
		r := record(fmt.Sprintf("id-%04d", i))
		if i%5 == 0 {
			r.State = "failed"
		}
		if err := l.Put(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	e, err := l.Examine(t.Context())
	if err != nil || len(e.Damage) > 0 || e.Version < 4 || e.Records["failed"] != 100 || e.Records[record("x").State] != 400 || e.Plans+e.Uploads+e.Requests+e.Arrivals != 0 {
		t.Errorf("%+v, %v", e, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 6 * 4096; at+4096 < len(data); at += 7 * 4096 { // leaves of the tables; the first pages have the schema
		copy(data[at:], bytes.Repeat([]byte{0xa5}, 512))
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err = ledger.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if e, err = l.Examine(t.Context()); err == nil && len(e.Damage) == 0 || err != nil && !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("the damage is not found: %+v, %v", e, err)
	}
}
