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

// TestWriteIfAsksLast: the question comes when the new file is whole and the old one still there, and its no leaves nothing behind.
func TestWriteIfAsksLast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := whole.Write(path, whole.Bytes([]byte("old"))); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	for _, answer := range []error{no, nil} {
		filled := false
		err := whole.WriteIf(path, func(w io.Writer) error {
			filled = true
			return whole.Bytes([]byte("new"))(w)
		}, func() error {
			if text, err := os.ReadFile(path); !filled || string(text) != "old" || err != nil {
				t.Errorf("asked too early or too late: %q, %v", text, err)
			}
			return answer
		})
		if !errors.Is(err, answer) {
			t.Errorf("%v", err)
		}
		want := map[bool]string{true: "new", false: "old"}[answer == nil]
		if text, err := os.ReadFile(path); string(text) != want || err != nil {
			t.Errorf("%q, %v", text, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
			t.Errorf("it left %v", left)
		}
	}
}
