// Package ledger is the local record of transfers and links, in one SQLite file. It holds what is needed to
// sign a link again, and no URL: a presigned URL is a key, and keys are not kept.
//
// Several processes may have it open at once. The file is its owner's alone (0600, in a 0700 folder).
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// Ledger is an open file. It is safe for concurrent use.
type Ledger struct {
	db   *sql.DB
	path string
}

// Open opens the file, makes it where there is none, and brings it to the present version. A file that it
// cannot use is left as it is; the error then is ErrNewer, ErrCorrupt or ErrReadOnly.
func Open(ctx context.Context, path string) (*Ledger, error) {
	l := &Ledger{path: path}
	if err := prepare(path); err != nil {
		return nil, l.explain("open", err)
	}
	db, err := sql.Open("sqlite", source(path))
	if err != nil {
		return nil, l.explain("open", err)
	}
	db.SetMaxOpenConns(4)
	l.db = db
	if err := l.migrate(ctx); err != nil {
		return nil, errors.Join(l.explain("open", err), db.Close())
	}
	return l, nil
}

// source names a file as the driver wants it. Nothing here may write to the file: whether it is ours to change is not
// known when it is opened.
func source(path string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: url.Values{
		"_pragma": {"busy_timeout(10000)", "synchronous(NORMAL)", "foreign_keys(1)"},
		"_txlock": {"immediate"},
	}.Encode()}
	return u.String()
}

// prepare makes folder and file with their modes before SQLite writes anything; SQLite gives its own side
// files the mode of the database. A file that is there is not opened: closing it again would take away the
// locks of another Ledger on it in this process, as POSIX has it.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		f, e := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- Waybill's own file
		if e == nil {
			return f.Close()
		}
		if !errors.Is(e, fs.ErrExist) {
			return e
		}
		info, err = os.Stat(path) // another process was faster
	}
	if err != nil {
		return err
	}
	if size := info.Size(); info.Mode().IsRegular() && size > 0 && size < 512 {
		return fmt.Errorf("%d bytes: %w", size, ErrCorrupt) // which SQLite would take for an empty file
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(path, 0o600) // an older copy, brought back by hand
	}
	return nil
}

// Close closes the file.
func (l *Ledger) Close() error {
	if err := l.db.Close(); err != nil {
		return l.explain("close", err)
	}
	return nil
}
