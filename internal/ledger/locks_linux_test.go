package ledger_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// locked reports whether this process holds a lock on the file.
func locked(t *testing.T, path string) bool {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Skip(err)
	}
	inode := fmt.Sprintf(":%d", info.Sys().(*syscall.Stat_t).Ino)
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) > 5 && f[4] == fmt.Sprint(os.Getpid()) && strings.HasSuffix(f[5], inode) {
			return true
		}
	}
	return false
}

// A second Ledger on the same file in this process must not take away the lock of the first, with which SQLite
// keeps other processes from removing its log under it.
func TestTwiceInOneProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	first := open(t, path)
	if err := first.Put(context.Background(), record("1")); err != nil {
		t.Fatal(err)
	}
	if !locked(t, path) {
		t.Skip("no lock to be seen here")
	}
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if !locked(t, path) {
		t.Error("the lock is gone")
	}
}
