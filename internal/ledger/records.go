package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const columns = `id, path, name, profile, region, endpoint, sandbox, allow_http, bucket, prefix, key, size,
	content_type, etag, checksum, state, trouble_code, trouble, created, asked, ends, because, verified, inline, plan`

// Put writes one record, over the one with the same ID.
func (l *Ledger) Put(ctx context.Context, r Record) error { return l.PutAll(ctx, []Record{r}) }

// PutAll writes records in one transaction: all or none. ErrSecret when one of them holds a signature or token.
func (l *Ledger) PutAll(ctx context.Context, records []Record) error {
	for i, r := range records {
		if r.holdsSecret() { // so its text is not for the error either
			return l.explain(fmt.Sprintf("write record %d of %d to", i+1, len(records)), ErrSecret)
		}
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return l.explain("write to", err)
	}
	defer func() { _ = tx.Rollback() }()
	put, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO record ("+columns+
		") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return l.explain("write to", err)
	}
	defer func() { _ = put.Close() }()
	for _, r := range records {
		if _, err := put.ExecContext(ctx, r.ID, r.Path, r.Name, r.Profile, r.Region, r.Endpoint, r.Sandbox, r.AllowHTTP,
			r.Bucket, r.Prefix, r.Key, r.Size, r.ContentType, r.ETag, r.Checksum, r.State, r.TroubleCode, r.Trouble,
			r.Created.UnixMicro(), int64(r.Asked/time.Second), known(r.Ends), r.Because, r.Verified, r.Inline, r.Plan); err != nil {
			return l.explain("write to", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return l.explain("write to", err)
	}
	return nil
}

// SetLink writes when a record's link ends now, why, and whether it was fetched; ErrNotFound when there is no
// such record. A zero end is one that is not known.
func (l *Ledger) SetLink(ctx context.Context, id string, ends time.Time, because string, verified bool) error {
	if secret(because) {
		return l.explain("write a link to", ErrSecret)
	}
	done, err := l.db.ExecContext(ctx, "UPDATE record SET ends = ?, because = ?, verified = ? WHERE id = ?",
		known(ends), because, verified, id)
	if err != nil {
		return l.explain("write to", err)
	}
	changed, err := done.RowsAffected()
	if err == nil && changed == 0 {
		err = missing(id)
	}
	if err != nil {
		return l.explain("write to", err)
	}
	return nil
}

// Get finds one record; ErrNotFound when there is none.
func (l *Ledger) Get(ctx context.Context, id string) (Record, error) {
	r, err := scan(l.db.QueryRowContext(ctx, "SELECT "+columns+" FROM record WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = missing(id)
	}
	if err != nil {
		return Record{}, l.explain("read", err)
	}
	return r, nil
}

// missing names the record that was looked for, unless somebody looked for a URL.
func missing(id string) error {
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

func scan(row interface{ Scan(...any) error }) (r Record, err error) {
	var created, asked int64
	var ends sql.NullInt64
	err = row.Scan(&r.ID, &r.Path, &r.Name, &r.Profile, &r.Region, &r.Endpoint, &r.Sandbox, &r.AllowHTTP,
		&r.Bucket, &r.Prefix, &r.Key, &r.Size, &r.ContentType, &r.ETag, &r.Checksum, &r.State, &r.TroubleCode, &r.Trouble,
		&created, &asked, &ends, &r.Because, &r.Verified, &r.Inline, &r.Plan)
	r.Created, r.Asked = time.UnixMicro(created), time.Duration(asked)*time.Second
	if ends.Valid {
		r.Ends = time.UnixMicro(ends.Int64)
	}
	return r, err
}
