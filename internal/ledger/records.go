package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const columns = `id, path, name, profile, region, endpoint, sandbox, allow_http, bucket, prefix, key, size,
	content_type, etag, checksum, state, trouble_code, trouble, created, asked, ends, because, verified, inline, plan,
	account, note, signed, kind, via, revoked, undo, at, reach, own_name`

// Put writes one record, over the one with the same ID.
func (l *Ledger) Put(ctx context.Context, r Record) error { return l.PutAll(ctx, []Record{r}) }

// PutAll writes records in one transaction: all or none. ErrSecret when one of them holds a signature or token.
func (l *Ledger) PutAll(ctx context.Context, records []Record) error {
	for i, r := range records {
		if r.holdsSecret() { // so its text is not for the error either
			return l.explain(fmt.Sprintf("write record %d of %d to", i+1, len(records)), ErrSecret)
		}
	}
	return l.together(ctx, "write to", func(tx *sql.Tx) error {
		put, err := tx.PrepareContext(ctx, insert)
		if err != nil {
			return err
		}
		defer func() { _ = put.Close() }()
		for _, r := range records {
			if err := write(ctx, put, r); err != nil {
				return err
			}
		}
		return nil
	})
}

const insert = "INSERT OR REPLACE INTO record (" + columns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
	?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// write runs insert for one record.
func write(ctx context.Context, put *sql.Stmt, r Record) error {
	_, err := put.ExecContext(ctx, r.ID, r.Path, r.Name, r.Profile, r.Region, r.Endpoint, r.Sandbox, r.AllowHTTP,
		r.Bucket, r.Prefix, r.Key, r.Size, r.ContentType, r.ETag, r.Checksum, r.State, r.TroubleCode, r.Trouble,
		r.Created.UnixMicro(), int64(r.Asked/time.Second), known(r.Ends), r.Because, r.Verified, r.Inline, r.Plan,
		r.Account, r.Note, moment(r.Signed), r.Kind, r.Via, moment(r.Revoked), r.Undo, r.At, r.Reach, r.OwnName)
	return err
}

// Change reads a record, has it changed, and writes it, in one transaction; ErrNotFound when there is none. Its ID
// stays.
func (l *Ledger) Change(ctx context.Context, id string, change func(*Record)) error {
	return l.together(ctx, "change a record of", func(tx *sql.Tx) error {
		r, err := scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM record WHERE id = ?", id))
		if err != nil {
			return orMissing(err, id)
		}
		change(&r)
		r.ID = id
		if r.holdsSecret() {
			return ErrSecret
		}
		put, err := tx.PrepareContext(ctx, insert)
		if err != nil {
			return err
		}
		defer func() { _ = put.Close() }()
		return write(ctx, put, r)
	})
}

// Forget takes records out of the file, and gives the number of those that were there.
func (l *Ledger) Forget(ctx context.Context, ids ...string) (int, error) {
	return l.forget(ctx, "forget a record of", "DELETE FROM record WHERE id = ?", "DELETE FROM page WHERE page = ?", ids)
}

// SetPage says which files stand on a page, in their order.
func (l *Ledger) SetPage(ctx context.Context, page string, files ...string) error {
	return l.together(ctx, "write to", func(tx *sql.Tx) error { return setPage(ctx, tx, page, files) })
}

func setPage(ctx context.Context, tx *sql.Tx, page string, files []string) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM page WHERE page = ?", page); err != nil {
		return err
	}
	for i, file := range files {
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO page (page, file, place) VALUES (?, ?, ?)", page, file, i); err != nil {
			return err
		}
	}
	return nil
}

// BundledIn gives the records of the files that stand on a page, in their order.
func (l *Ledger) BundledIn(ctx context.Context, page string) ([]Record, error) {
	return query(ctx, l, "SELECT "+columns+" FROM record JOIN page ON page.file = record.id WHERE page.page = ? ORDER BY page.place", scanRecord, page)
}

// Standing is a file that stands on a page.
type Standing struct{ Page, File string }

// Pages gives what stands on all pages.
func (l *Ledger) Pages(ctx context.Context) ([]Standing, error) {
	return query(ctx, l, "SELECT page, file FROM page", func(rows *sql.Rows) (s Standing, err error) {
		err = rows.Scan(&s.Page, &s.File)
		return s, err
	})
}

// PagesOf names the pages that a file stands on.
func (l *Ledger) PagesOf(ctx context.Context, file string) ([]string, error) {
	return query(ctx, l, "SELECT page FROM page WHERE file = ? ORDER BY page", func(rows *sql.Rows) (page string, err error) {
		err = rows.Scan(&page)
		return page, err
	}, file)
}

// OfObject gives the records of one key in buckets of this name, whatever their stores.
func (l *Ledger) OfObject(ctx context.Context, bucket, key string) ([]Record, error) {
	return query(ctx, l, "SELECT "+columns+" FROM record WHERE bucket = ? AND key = ? ORDER BY created, id", scanRecord, bucket, key)
}

// Any reports whether there is a record in a state.
func (l *Ledger) Any(ctx context.Context, state string) (bool, error) {
	var there bool
	if err := l.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM record WHERE state = ?)", state).Scan(&there); err != nil {
		return false, l.explain("read", err)
	}
	return there, nil
}

// Get finds one record; ErrNotFound when there is none.
func (l *Ledger) Get(ctx context.Context, id string) (Record, error) {
	r, err := scan(l.db.QueryRowContext(ctx, "SELECT "+columns+" FROM record WHERE id = ?", id))
	if err != nil {
		return Record{}, l.explain("read", orMissing(err, id))
	}
	return r, nil
}

// orMissing is ErrNotFound where an error says that there is no such line. It names what was looked for, unless somebody
// looked for a URL.
func orMissing(err error, id string) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if secret(id) {
		return ErrNotFound
	}
	return fmt.Errorf("%q: %w", id, ErrNotFound)
}

// newestFirst follows the index record_created.
const newestFirst = "SELECT " + columns + " FROM record ORDER BY created DESC, id DESC LIMIT ?"

// List gives the newest records first, at most limit; 0 is all.
func (l *Ledger) List(ctx context.Context, limit int) ([]Record, error) {
	if limit <= 0 {
		limit = -1
	}
	return query(ctx, l, newestFirst, scanRecord, limit)
}

func scanRecord(rows *sql.Rows) (Record, error) { return scan(rows) }

// known is NULL for a time that is not.
func known(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// moment is a time as the file has it, 0 for the zero time.
func moment(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func scan(row interface{ Scan(...any) error }) (r Record, err error) {
	var created, asked, signed, revoked int64
	var ends sql.NullInt64
	err = row.Scan(&r.ID, &r.Path, &r.Name, &r.Profile, &r.Region, &r.Endpoint, &r.Sandbox, &r.AllowHTTP,
		&r.Bucket, &r.Prefix, &r.Key, &r.Size, &r.ContentType, &r.ETag, &r.Checksum, &r.State, &r.TroubleCode, &r.Trouble,
		&created, &asked, &ends, &r.Because, &r.Verified, &r.Inline, &r.Plan,
		&r.Account, &r.Note, &signed, &r.Kind, &r.Via, &revoked, &r.Undo, &r.At, &r.Reach, &r.OwnName)
	r.Created, r.Asked = time.UnixMicro(created), time.Duration(asked)*time.Second
	if ends.Valid {
		r.Ends = time.UnixMicro(ends.Int64)
	}
	if signed != 0 {
		r.Signed = time.UnixMicro(signed)
	}
	if revoked != 0 {
		r.Revoked = time.UnixMicro(revoked)
	}
	return r, err
}
