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
	"strings"
	"time"

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

// Record is one transfer and the link to it.
type Record struct {
	ID   string
	Path string // on this machine; "" for a link to what was already there
	Name string // as a person reads it

	Profile, Region, Endpoint string
	Sandbox                   bool
	AllowHTTP                 bool
	Bucket, Prefix, Key       string

	Size                        int64 // bytes
	ContentType, ETag, Checksum string

	State                string // sent, failed, cancelled, skipped
	TroubleCode, Trouble string // why, without secrets

	Created  time.Time
	Asked    time.Duration // how long the link was to last
	Ends     time.Time     // zero: not known
	Because  string
	Verified bool
	Inline   bool
}

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
	// WAL lets one write while others read; a process that finds another one writing waits for it.
	source := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"},
		"_txlock": {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite", source.String())
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

// prepare makes folder and file with their modes before SQLite writes anything; SQLite gives its own side
// files the mode of the database.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- Waybill's own file
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = f.Chmod(0o600) // an older copy, brought back by hand
	}
	return errors.Join(err, f.Close())
}

// Close closes the file.
func (l *Ledger) Close() error { return l.db.Close() }

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
	}
}

// migrate runs what is missing in one transaction, so two processes that open an old file at once are fine.
func (l *Ledger) migrate(ctx context.Context) error {
	steps := migrations()
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("version %d: %w", version, ErrNewer)
	}
	for i := version; i < len(steps); i++ {
		if _, err := tx.ExecContext(ctx, steps[i]); err != nil {
			return fmt.Errorf("bring it to version %d: %w", i+1, err)
		}
	}
	if version < len(steps) {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(steps))); err != nil {
			return err
		}
	}
	return tx.Commit()
}

const columns = `id, path, name, profile, region, endpoint, sandbox, allow_http, bucket, prefix, key, size,
	content_type, etag, checksum, state, trouble_code, trouble, created, asked, ends, because, verified, inline`

// Put writes one record, over the one with the same ID.
func (l *Ledger) Put(ctx context.Context, r Record) error { return l.PutAll(ctx, []Record{r}) }

// PutAll writes records in one transaction: all or none.
func (l *Ledger) PutAll(ctx context.Context, records []Record) error {
	for _, r := range records {
		if r.holdsSecret() {
			return l.explain("record "+r.ID+" in", ErrSecret)
		}
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return l.explain("write to", err)
	}
	defer func() { _ = tx.Rollback() }()
	put, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO record ("+columns+
		") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return l.explain("write to", err)
	}
	defer func() { _ = put.Close() }()
	for _, r := range records {
		var ends any
		if !r.Ends.IsZero() {
			ends = r.Ends.UnixMicro()
		}
		if _, err := put.ExecContext(ctx, r.ID, r.Path, r.Name, r.Profile, r.Region, r.Endpoint, r.Sandbox, r.AllowHTTP,
			r.Bucket, r.Prefix, r.Key, r.Size, r.ContentType, r.ETag, r.Checksum, r.State, r.TroubleCode, r.Trouble,
			r.Created.UnixMicro(), int64(r.Asked/time.Second), ends, r.Because, r.Verified, r.Inline); err != nil {
			return l.explain("write to", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return l.explain("write to", err)
	}
	return nil
}

// holdsSecret is the last line of defence: nothing that came from a presigned URL belongs into a file.
func (r Record) holdsSecret() bool {
	for _, s := range []string{r.ID, r.Path, r.Name, r.Endpoint, r.Bucket, r.Prefix, r.Key, r.ETag, r.Checksum, r.Trouble} {
		lower := strings.ToLower(s)
		if strings.Contains(lower, "x-amz-signature=") || strings.Contains(lower, "x-amz-security-token=") {
			return true
		}
	}
	return false
}

// Get finds one record; ErrNotFound when there is none.
func (l *Ledger) Get(ctx context.Context, id string) (Record, error) {
	r, err := scan(l.db.QueryRowContext(ctx, "SELECT "+columns+" FROM record WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%q: %w", id, ErrNotFound)
	}
	if err != nil {
		return Record{}, l.explain("read", err)
	}
	return r, nil
}

// List gives the newest records first, at most limit; 0 is all.
func (l *Ledger) List(ctx context.Context, limit int) ([]Record, error) {
	if limit <= 0 {
		limit = -1
	}
	rows, err := l.db.QueryContext(ctx, "SELECT "+columns+" FROM record ORDER BY created DESC, id DESC LIMIT ?", limit)
	if err != nil {
		return nil, l.explain("read", err)
	}
	defer func() { _ = rows.Close() }()
	var list []Record
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, l.explain("read", err)
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, l.explain("read", err)
	}
	return list, nil
}

func scan(row interface{ Scan(...any) error }) (r Record, err error) {
	var created, asked int64
	var ends sql.NullInt64
	err = row.Scan(&r.ID, &r.Path, &r.Name, &r.Profile, &r.Region, &r.Endpoint, &r.Sandbox, &r.AllowHTTP,
		&r.Bucket, &r.Prefix, &r.Key, &r.Size, &r.ContentType, &r.ETag, &r.Checksum, &r.State, &r.TroubleCode, &r.Trouble,
		&created, &asked, &ends, &r.Because, &r.Verified, &r.Inline)
	r.Created, r.Asked = time.UnixMicro(created), time.Duration(asked)*time.Second
	if ends.Valid {
		r.Ends = time.UnixMicro(ends.Int64)
	}
	return r, err
}

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
