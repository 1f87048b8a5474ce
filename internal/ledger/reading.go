package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// OpenReading opens a file of the present version that cannot be written, or whose folder cannot, to look what is in it:
// whatever would change it fails. What another process has written and not put into the file itself yet (it lies in
// ledger.db-wal) is seen only where SQLite's own files are there.
func OpenReading(ctx context.Context, path string) (*Ledger, error) {
	l := &Ledger{path: path}
	if _, err := os.Stat(path); err != nil { // SQLite would call it damaged
		return nil, l.explain("open", err)
	}
	query := url.Values{"mode": {"ro"}}
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() == 0 {
		query.Set("immutable", "1") // else SQLite makes a file beside it, also to read
	}
	db, err := sql.Open("sqlite", source(path)+"&"+query.Encode())
	if err != nil {
		return nil, l.explain("open", err)
	}
	l.db = db
	var version int
	err = db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	switch {
	case err == nil && version > len(migrations()):
		err = fmt.Errorf("version %d: %w", version, ErrNewer)
	case err == nil && version < len(migrations()):
		err = fmt.Errorf("version %d, which has to be brought to another first: %w", version, ErrReadOnly)
	}
	if err != nil {
		return nil, errors.Join(l.explain("open", err), db.Close())
	}
	return l, nil
}
