package ledger_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// On a full disk a record is refused with an error, and those before it are still there.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("only root can mount a small disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	path := filepath.Join(dir, "l.db")
	l := open(t, path)
	ctx := context.Background()
	for i := range 1000 {
		r := record(fmt.Sprint(i))
		r.Trouble = strings.Repeat("x", 4096)
		if err := l.Put(ctx, r); err != nil {
			t.Log(err)
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%v, want the path in it", err)
			}
			if list, err := l.List(ctx, 0); err != nil || len(list) != i || i == 0 {
				t.Errorf("%d of %d records, %v", len(list), i, err)
			}
			return
		}
	}
	t.Fatal("the disk was never full")
}
