package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"waybill/internal/ledger"
)

// TestReading: what is in a file can be read without changing anything, in its folder or in itself.
func TestReading(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "home")
	path := filepath.Join(dir, "l.db")
	l := open(t, path)
	if err := l.Put(ctx, record("1")); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ledger.OpenReading(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if list, err := r.List(ctx, 0); err != nil || len(list) != 1 || list[0].ID != "1" {
		t.Errorf("%+v, %v", list, err)
	}
	if err := r.Put(ctx, record("2")); !errors.Is(err, ledger.ErrReadOnly) {
		t.Errorf("%v, want ErrReadOnly", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file is another, %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v are in the folder, %v", left, err)
	}
	if _, err := ledger.OpenReading(ctx, filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want ErrNotExist", err)
	}
}
