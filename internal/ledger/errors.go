package ledger

import (
	"errors"
	"fmt"
	"io/fs"

	"modernc.org/sqlite" // also registers the driver
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors that a caller may want to tell apart.
var (
	ErrNewer    = errors.New("written by a newer version")
	ErrCorrupt  = errors.New("not a usable database")
	ErrReadOnly = errors.New("cannot be written")
	ErrNotFound = errors.New("no such record")
	ErrSecret   = errors.New("a signature or token must not be recorded")
)

// explain names the file, and what kind of failure it was.
func (l *Ledger) explain(doing string, err error) error {
	kind := error(nil)
	var s *sqlite.Error
	switch {
	case errors.As(err, &s):
		switch s.Code() & 0xff { // the primary code
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			kind = ErrCorrupt
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
			kind = ErrReadOnly
		}
	case errors.Is(err, fs.ErrPermission), isReadOnlyFS(err):
		kind = ErrReadOnly
	}
	if kind != nil {
		return fmt.Errorf("%s the ledger %s: %w: %w", doing, l.path, kind, err)
	}
	return fmt.Errorf("%s the ledger %s: %w", doing, l.path, err)
}
