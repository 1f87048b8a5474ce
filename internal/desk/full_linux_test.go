package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"waybill/internal/desk"
)

// TestFullDiskUnderTheLedger: files are sent all the same, and it is said what could not be recorded.
func TestFullDiskUnderTheLedger(t *testing.T) {
	home := t.TempDir()
	if err := syscall.Mount("tmpfs", home, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("only root can mount a small disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(home, syscall.MNT_DETACH) })
	d := newDesk(t, desk.Options{Home: home})
	filler := filepath.Join(home, "filler")
	f, err := os.Create(filler) // #nosec G304 -- the test's own
	if err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 4096); err == nil; {
		_, err = f.Write(chunk)
	}
	_ = f.Close()
	dir, to := t.TempDir(), dest(t)
	var paths []string
	for i := range 20 {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("%d.txt", i)))
		write(t, paths[i], rand.Text())
	}
	paths = append(paths, filepath.Join(dir, "large.bin"))
	write(t, paths[20], strings.Repeat("x", 17<<20))
	for _, e := range send(t, d, to, desk.SendOptions{PartSize: 5 << 20}, paths...) {
		if e.State != desk.Sent || !e.Link.Verified && e.Trouble != nil {
			t.Errorf("%s: %s, %v", e.Name, e.State, e.Trouble)
		}
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys) != 21 || len(unfinished) > 0 {
		t.Errorf("%d objects, unfinished %q", len(keys), unfinished)
	}
	if trouble := d.LedgerTrouble(); trouble == nil || code(trouble) != "LedgerFailed" {
		t.Errorf("%v, want a word on the ledger", trouble)
	}
	// When there is room again, so are the records.
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	one(t, send(t, d, dest(t), desk.SendOptions{}, paths[0]))
	if entries, err := d.Links(context.Background(), 0); err != nil || len(entries) != 1 || d.LedgerTrouble() != nil {
		t.Errorf("%d lines, %v, %v", len(entries), err, d.LedgerTrouble())
	}
	if list := interrupted(t, d); len(list) > 0 {
		t.Errorf("interrupted: %+v", list)
	}
}
