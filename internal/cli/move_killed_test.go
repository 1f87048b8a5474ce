//go:build unix

package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/ledger"
)

// TestKilledImport kills an import at moments from its beginning to its end, as a power cut would. Whatever opens the
// ledger next finds all of it, or nothing.
func TestKilledImport(t *testing.T) {
	const links = 4000
	r := newRig(t, "", "")
	ctx := context.Background()
	fill := func(home, name string, n int, appearance string) {
		t.Helper()
		l, err := ledger.Open(ctx, filepath.Join(home, "ledger.db"))
		if err != nil {
			t.Fatal(err)
		}
		records := make([]ledger.Record, n)
		for i := range records {
			records[i] = ledger.Record{ID: fmt.Sprintf("%s-%d", name, i), Name: "a.txt", Bucket: "team-share", Key: "a.txt", State: "sent", Created: time.Now()}
		}
		d, err2 := desk.Open(ctx, desk.Options{Home: home})
		if err := errors.Join(err2, l.PutAll(ctx, records), l.Close()); err != nil {
			t.Fatal(err)
		}
		s := d.Settings()
		s.Appearance = appearance
		if err := errors.Join(d.SaveSettings(s), d.Close()); err != nil {
			t.Fatal(err)
		}
	}
	fill(r.home, "there", links, desk.AppearanceDark)
	file := filepath.Join(r.dir, "moved.jsonl")
	r.runs("export", file).is(0)

	nothing, all, mended, whole := 0, 0, 0, time.Duration(0)
	for delay := time.Duration(-1); ; {
		home := filepath.Join(t.TempDir(), "home")
		fill(home, "here", 3, desk.AppearanceLight)
		t.Setenv("WAYBILL_HOME", home)
		began := time.Now()
		w := r.start("import", file)
		if delay < 0 { // how long it takes
			w.ends().is(0)
			whole, delay = time.Since(began), 0
			continue
		}
		select {
		case <-w.over:
		case <-time.After(delay):
			_ = w.cmd.Process.Kill() // it may have come to its end just now
			<-w.over
		}
		if _, err := os.Stat(filepath.Join(home, "import.jsonl")); err == nil {
			mended++
		}
		d, err := desk.Open(ctx, desk.Options{Home: home})
		if err != nil {
			t.Fatal(err)
		}
		list, err := d.Links(ctx, 0)
		look := d.Settings().Appearance
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		switch {
		case len(list) == 3 && look == desk.AppearanceLight:
			nothing++
		case len(list) == 3+links && look == desk.AppearanceDark:
			all++
		default:
			t.Fatalf("killed after %v: %d links, and the look of %s", delay, len(list), look)
		}
		if w.cmd.ProcessState.Success() {
			break
		}
		delay += whole / 12
	}
	t.Logf("nothing %d times, all %d times, %d of them finished by the next start", nothing, all, mended)
	if nothing == 0 || all == 0 || mended == 0 {
		t.Errorf("no kill fell into the middle: nothing %d times, all %d times, %d of them finished by the next start", nothing, all, mended)
	}
}
