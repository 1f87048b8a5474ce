package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Plan is a drop that is not done: what another process needs to go on with it.
type Plan struct {
	ID      string
	Owner   string    // the process that works on it, in words of the desk's own
	Created time.Time // kept to the microsecond
	Content string    // the desk's: what was dropped, and where to
}

// Upload is a multipart upload that is not done.
type Upload struct {
	ID          string // the transfer's
	Plan        string // the plan's that it belongs to; "" for none
	Path, Name  string
	Bucket, Key string
	Started     time.Time // kept to the microsecond
	Content     string    // the courier's
	// Done says that nobody goes on with it, and that the store may have parts of it all the same.
	Done bool
}

// PutPlan writes a plan, over the one with the same ID.
func (l *Ledger) PutPlan(ctx context.Context, p Plan) error {
	if secret(p.ID, p.Owner, p.Content) {
		return l.explain("write a plan to", ErrSecret)
	}
	_, err := l.db.ExecContext(ctx, "INSERT OR REPLACE INTO plan (id, owner, created, content) VALUES (?, ?, ?, ?)",
		p.ID, p.Owner, p.Created.UnixMicro(), p.Content)
	if err != nil {
		return l.explain("write a plan to", err)
	}
	return nil
}

// Own makes a plan somebody else's, if it still is from's. It reports whether it was: of two that go on with the
// same plan, one gets it.
func (l *Ledger) Own(ctx context.Context, id, from, to string) (bool, error) {
	done, err := l.db.ExecContext(ctx, "UPDATE plan SET owner = ? WHERE id = ? AND owner = ?", to, id, from)
	if err != nil {
		return false, l.explain("take over a plan in", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return false, l.explain("take over a plan in", err)
	}
	return n == 1, nil
}

// EndPlan removes a plan and the uploads that were part of it, but for those that are Done.
func (l *Ledger) EndPlan(ctx context.Context, id string) error {
	return l.together(ctx, "end a plan in", func(tx *sql.Tx) error {
		for _, q := range []string{"DELETE FROM plan WHERE id = ?", "DELETE FROM upload WHERE plan = ? AND done = 0"} {
			if _, err := tx.ExecContext(ctx, q, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Plans gives all plans, oldest first.
func (l *Ledger) Plans(ctx context.Context) ([]Plan, error) {
	return query(ctx, l, "SELECT id, owner, created, content FROM plan ORDER BY created, id", func(rows *sql.Rows) (p Plan, err error) {
		var created int64
		err = rows.Scan(&p.ID, &p.Owner, &created, &p.Content)
		p.Created = time.UnixMicro(created)
		return p, err
	})
}

// PutUpload writes an upload, over the one with the same ID.
func (l *Ledger) PutUpload(ctx context.Context, u Upload) error {
	if secret(u.ID, u.Plan, u.Path, u.Name, u.Bucket, u.Key, u.Content) {
		return l.explain("write an upload to", ErrSecret)
	}
	_, err := l.db.ExecContext(ctx, "INSERT OR REPLACE INTO upload (id, plan, path, name, bucket, key, started, content, done) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		u.ID, u.Plan, u.Path, u.Name, u.Bucket, u.Key, u.Started.UnixMicro(), u.Content, u.Done)
	if err != nil {
		return l.explain("write an upload to", err)
	}
	return nil
}

// EndUpload removes an upload. With doubt it stays as Done: the store may have parts of it.
func (l *Ledger) EndUpload(ctx context.Context, id string, doubt bool) error {
	q := "DELETE FROM upload WHERE id = ?"
	if doubt {
		q = "UPDATE upload SET done = 1 WHERE id = ?"
	}
	if _, err := l.db.ExecContext(ctx, q, id); err != nil {
		return l.explain("end an upload in", err)
	}
	return nil
}

// Uploads gives the uploads of a bucket, Done or not.
func (l *Ledger) Uploads(ctx context.Context, bucket string) ([]Upload, error) {
	return query(ctx, l, selectUploads+" WHERE bucket = ? ORDER BY started, id", scanUpload, bucket)
}

// UploadsOf gives the uploads of a plan that are not Done.
func (l *Ledger) UploadsOf(ctx context.Context, plan string) ([]Upload, error) {
	return query(ctx, l, selectUploads+" WHERE plan = ? AND done = 0 ORDER BY started, id", scanUpload, plan)
}

// GetUpload finds one upload that is not Done; ErrNotFound when there is none.
func (l *Ledger) GetUpload(ctx context.Context, id string) (Upload, error) {
	list, err := query(ctx, l, selectUploads+" WHERE id = ? AND done = 0", scanUpload, id)
	if err == nil && len(list) == 0 {
		err = l.explain("read", orMissing(sql.ErrNoRows, id))
	}
	if err != nil {
		return Upload{}, err
	}
	return list[0], nil
}

const selectUploads = "SELECT id, plan, path, name, bucket, key, started, content, done FROM upload"

func scanUpload(rows *sql.Rows) (u Upload, err error) {
	var started int64
	err = rows.Scan(&u.ID, &u.Plan, &u.Path, &u.Name, &u.Bucket, &u.Key, &started, &u.Content, &u.Done)
	u.Started = time.UnixMicro(started)
	return u, err
}

// RecordsOf gives what has come of a plan so far.
func (l *Ledger) RecordsOf(ctx context.Context, plan string) ([]Record, error) {
	return query(ctx, l, "SELECT "+columns+" FROM record WHERE plan = ? AND plan <> '' ORDER BY created, id", scanRecord, plan)
}

// query reads a list.
func query[T any](ctx context.Context, l *Ledger, q string, read func(*sql.Rows) (T, error), a ...any) ([]T, error) {
	rows, err := l.db.QueryContext(ctx, q, a...)
	if err != nil {
		return nil, l.explain("read", err)
	}
	defer func() { _ = rows.Close() }()
	var list []T
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, l.explain("read", err)
		}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		return nil, l.explain("read", err)
	}
	return list, nil
}
