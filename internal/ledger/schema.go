package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// migrations bring the file from the version of their index to the next. The version is SQLite's user_version.
func migrations() []string {
	return []string{`
		CREATE TABLE record (
			id           TEXT PRIMARY KEY,
			path         TEXT NOT NULL, name TEXT NOT NULL,
			profile      TEXT NOT NULL, region TEXT NOT NULL, endpoint TEXT NOT NULL,
			sandbox      INTEGER NOT NULL, allow_http INTEGER NOT NULL,
			bucket       TEXT NOT NULL, prefix TEXT NOT NULL, key TEXT NOT NULL,
			size         INTEGER NOT NULL,
			content_type TEXT NOT NULL, etag TEXT NOT NULL, checksum TEXT NOT NULL,
			state        TEXT NOT NULL, trouble_code TEXT NOT NULL, trouble TEXT NOT NULL,
			created      INTEGER NOT NULL, -- microseconds since 1970
			asked        INTEGER NOT NULL, -- seconds
			ends         INTEGER,          -- microseconds since 1970; NULL: not known
			because      TEXT NOT NULL,
			verified     INTEGER NOT NULL, inline INTEGER NOT NULL
		) STRICT;
		CREATE INDEX record_created ON record (created DESC, id DESC);`,
		`
		ALTER TABLE record ADD COLUMN plan TEXT NOT NULL DEFAULT '';
		CREATE INDEX record_plan ON record (plan) WHERE plan <> '';
		CREATE TABLE plan (
			id TEXT PRIMARY KEY, owner TEXT NOT NULL,
			created INTEGER NOT NULL, -- microseconds since 1970
			content TEXT NOT NULL
		) STRICT;
		CREATE TABLE upload (
			id TEXT PRIMARY KEY, plan TEXT NOT NULL,
			path TEXT NOT NULL, name TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL,
			started INTEGER NOT NULL, -- microseconds since 1970
			content TEXT NOT NULL, done INTEGER NOT NULL
		) STRICT;
		CREATE INDEX upload_plan ON upload (plan);`,
		`
		ALTER TABLE record ADD COLUMN account TEXT NOT NULL DEFAULT '';
		ALTER TABLE record ADD COLUMN note TEXT NOT NULL DEFAULT '';
		ALTER TABLE record ADD COLUMN signed INTEGER NOT NULL DEFAULT 0; -- microseconds since 1970; 0: when it was created
		ALTER TABLE record ADD COLUMN kind TEXT NOT NULL DEFAULT '';
		ALTER TABLE record ADD COLUMN via TEXT NOT NULL DEFAULT '';
		ALTER TABLE record ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0; -- microseconds since 1970; 0: it is not
		ALTER TABLE record ADD COLUMN undo TEXT NOT NULL DEFAULT '';
		CREATE TABLE page (
			page TEXT NOT NULL, file TEXT NOT NULL, -- records
			place INTEGER NOT NULL,
			PRIMARY KEY (page, file)
		) STRICT, WITHOUT ROWID;
		CREATE INDEX page_file ON page (file);
		CREATE INDEX record_key ON record (bucket, key);`,
		`
		CREATE TABLE request (
			id         TEXT PRIMARY KEY,
			profile    TEXT NOT NULL, region TEXT NOT NULL, endpoint TEXT NOT NULL,
			sandbox    INTEGER NOT NULL, allow_http INTEGER NOT NULL,
			account    TEXT NOT NULL,
			bucket     TEXT NOT NULL, prefix TEXT NOT NULL, folder TEXT NOT NULL, page TEXT NOT NULL,
			content    TEXT NOT NULL,
			made       INTEGER NOT NULL, -- microseconds since 1970
			asked      INTEGER NOT NULL, -- seconds
			ends       INTEGER,          -- microseconds since 1970; NULL: not known
			because    TEXT NOT NULL,
			closed     INTEGER NOT NULL, -- microseconds since 1970; 0: it is not
			denied     INTEGER NOT NULL,
			looked     INTEGER NOT NULL, -- microseconds since 1970; 0: never
			tidied     INTEGER NOT NULL
		) STRICT;
		CREATE TABLE arrival (
			request TEXT NOT NULL, key TEXT NOT NULL,
			name TEXT NOT NULL,
			size INTEGER NOT NULL,
			content_type TEXT NOT NULL, etag TEXT NOT NULL, checksum TEXT NOT NULL,
			came INTEGER NOT NULL, -- microseconds since 1970
			seen INTEGER NOT NULL, gone INTEGER NOT NULL,
			PRIMARY KEY (request, key)
		) STRICT, WITHOUT ROWID;`,
		`
		CREATE TABLE region (
			store TEXT NOT NULL, bucket TEXT NOT NULL, region TEXT NOT NULL,
			PRIMARY KEY (store, bucket)
		) STRICT, WITHOUT ROWID;`,
		`
		ALTER TABLE record ADD COLUMN at TEXT NOT NULL DEFAULT '';
		ALTER TABLE record ADD COLUMN reach TEXT NOT NULL DEFAULT '';
		ALTER TABLE record ADD COLUMN own_name INTEGER NOT NULL DEFAULT 0;`,
	}
}

// migrate looks whether the file is a ledger of this version, and makes it one if it is new or older.
func (l *Ledger) migrate(ctx context.Context) error {
	version, err := l.upgrade(ctx, false)
	if err != nil {
		return err
	}
	if err := l.useWAL(ctx); err != nil {
		return err
	}
	if version == len(migrations()) {
		return nil
	}
	if version > 0 {
		if err := l.backUp(ctx, version); err != nil {
			return fmt.Errorf("keep a copy of version %d: %w", version, err)
		}
	}
	_, err = l.upgrade(ctx, true)
	return err
}

// backUp copies the file, as it was before it is changed to another version, to one beside it: ledger.db.v2 for one.
// Of two processes that open an old file at once, the slower one may find it changed already; then it keeps none.
func (l *Ledger) backUp(ctx context.Context, version int) error {
	made, err := l.copied(ctx)
	defer func() { _ = os.Remove(made) }()
	if err != nil {
		return err
	}
	is, err := versionOf(ctx, made)
	if err != nil || is != version {
		return err
	}
	return os.Rename(made, fmt.Sprintf("%s.v%d", l.path, version))
}

// copied writes a copy of the file, as it is at one moment, beside it, and gives its path, also when it fails.
func (l *Ledger) copied(ctx context.Context) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(l.path), ".ledger-*") // 0600 by its own contract; SQLite keeps the mode
	if err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return f.Name(), err
	}
	_, err = l.db.ExecContext(ctx, "VACUUM INTO ?", f.Name())
	return f.Name(), err
}

// versionOf reads the version of another file.
func versionOf(ctx context.Context, path string) (version int, err error) {
	db, err := sql.Open("sqlite", source(path))
	if err != nil {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, errors.Join(err, db.Close())
}

// upgrade reads the version and, if it may, runs what is missing. It is one transaction, and a writing one even
// to look: two processes that open an old file at once are fine, and a file that cannot be written is noticed.
func (l *Ledger) upgrade(ctx context.Context, change bool) (version int, err error) {
	steps := migrations()
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var tables int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, err
	}
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return 0, err
	}
	switch {
	case version > len(steps):
		return version, fmt.Errorf("version %d: %w", version, ErrNewer)
	case version < 0, version == 0 && tables > 0:
		return version, fmt.Errorf("another program's tables: %w", ErrCorrupt)
	case version == len(steps):
		return version, hasTable(ctx, tx, columns)
	case version > 0:
		if err := hasTable(ctx, tx, "id"); err != nil {
			return version, err
		}
	}
	if !change {
		return version, nil
	}
	for i := version; i < len(steps); i++ {
		if _, err := tx.ExecContext(ctx, steps[i]); err != nil {
			return version, fmt.Errorf("bring it to version %d: %w", i+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(steps))); err != nil {
		return version, err
	}
	return len(steps), tx.Commit()
}

// hasTable refuses a version without its table: that is damage, or somebody else's file.
func hasTable(ctx context.Context, tx *sql.Tx, wanted string) error {
	rows, err := tx.QueryContext(ctx, "SELECT "+wanted+" FROM record LIMIT 0") // #nosec G202 -- a constant of this package
	var s *sqlite.Error
	if errors.As(err, &s) && s.Code()&0xff == sqlite3.SQLITE_ERROR {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	return rows.Err()
}

// useWAL lets one process write while others read. The file remembers it. When another process does the same
// just then, SQLite now and then says at once that the file is busy, where elsewhere it waits: so this waits.
func (l *Ledger) useWAL(ctx context.Context) error {
	for tries := 0; ; tries++ {
		_, err := l.db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		var s *sqlite.Error
		busy := errors.As(err, &s) && s.Code()&0xff == sqlite3.SQLITE_BUSY
		if !busy || tries == 200 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}
