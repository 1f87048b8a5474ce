package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/ledger"
)

// database makes a file by SQL, in SQLite's own mode, as some other program would.
func database(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestUnusableFilesAreLeftAlone(t *testing.T) {
	filled := filepath.Join(t.TempDir(), "l.db")
	l := open(t, filled)
	for i := range 50 {
		if err := l.Put(context.Background(), record(strings.Repeat("x", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filled)
	if err != nil {
		t.Fatal(err)
	}
	badHeader := bytes.Clone(whole)
	copy(badHeader[16:], []byte{0x12, 0x34, 9, 9, 9, 9}) // the size of a page
	badSchema := bytes.Clone(whole)
	copy(badSchema[100:], bytes.Repeat([]byte{0xff}, 64))

	for name, c := range map[string]struct {
		data []byte
		sql  []string
		want error
	}{
		"newer":               {sql: []string{"CREATE TABLE record (id TEXT)", "PRAGMA user_version = 99"}, want: ledger.ErrNewer},
		"newer, ours":         {data: whole, sql: []string{"PRAGMA user_version = 7"}, want: ledger.ErrNewer},
		"text":                {data: []byte(strings.Repeat("this is no database ", 100)), want: ledger.ErrCorrupt},
		"a byte":              {data: []byte("x"), want: ledger.ErrCorrupt},
		"cut":                 {data: whole[:len(whole)/2+100], want: ledger.ErrCorrupt},
		"bad header":          {data: badHeader, want: ledger.ErrCorrupt},
		"bad schema":          {data: badSchema, want: ledger.ErrCorrupt},
		"another program's":   {sql: []string{"CREATE TABLE bookmarks (id TEXT)"}, want: ledger.ErrCorrupt},
		"another, version 1":  {sql: []string{"CREATE TABLE bookmarks (id TEXT)", "PRAGMA user_version = 1"}, want: ledger.ErrCorrupt},
		"another, version -1": {sql: []string{"PRAGMA user_version = -1"}, want: ledger.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "l.db")
			if c.data != nil {
				if err := os.WriteFile(path, c.data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if c.sql != nil {
				database(t, path, c.sql...)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if l, err := ledger.Open(context.Background(), path); !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%v, want %v with the path", err, c.want)
				if err == nil {
					_ = l.Close()
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
				t.Errorf("the file was changed (%v)", err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("left beside it: %v, %v", entries, err)
			}
		})
	}
}

func TestImpossiblePlaces(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(file, "below", "l.db"), dir} {
		if _, err := ledger.Open(context.Background(), path); !errors.Is(err, ledger.ErrReadOnly) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want ErrReadOnly with the path", path, err)
		}
	}
}

// An empty file is what a power cut between making and filling it leaves.
func TestEmptyFileIsNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Put(context.Background(), record("1")); err != nil {
		t.Error(err)
	}
}
