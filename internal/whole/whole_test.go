package whole_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"waybill/internal/whole"
)

func TestWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
			t.Errorf("%v are in the folder, %v", left, err)
		}
	}
	if err := whole.WriteNew(path, whole.Bytes([]byte("one"))); err != nil {
		t.Fatal(err)
	}
	holds("one")
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := whole.WriteNew(path, whole.Bytes([]byte("two"))); !errors.Is(err, fs.ErrExist) {
		t.Errorf("another file's place is taken: %v", err)
	}
	holds("one")
	broken := errors.New("broken")
	for _, write := range []func(string, func(io.Writer) error) error{whole.Write, whole.WriteNew} {
		err := write(path, func(w io.Writer) error {
			_, _ = io.WriteString(w, "half")
			return broken
		})
		if !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
		holds("one")
	}
	if err := whole.Write(path, whole.Bytes([]byte("two"))); err != nil {
		t.Fatal(err)
	}
	holds("two")
	if err := whole.Write(filepath.Join(dir, "no", "folder"), whole.Bytes(nil)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
