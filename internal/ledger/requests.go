package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Request is a way in for somebody else: what is needed to sign it again, and no URL.
type Request struct {
	ID string

	Profile, Region, Endpoint string
	Sandbox                   bool
	AllowHTTP                 bool
	Account                   string // the AWS account behind the profile; "" where it is not known
	Bucket, Prefix            string
	Folder                    string // where the files go; ends with a slash
	Page                      string // the key of its page; "" when there is none any more
	Content                   string // the desk's: what was asked for, and the ways

	Made    time.Time     // kept to the microsecond
	Asked   time.Duration // kept to the second
	Ends    time.Time     // kept to the microsecond; zero: not known
	Because string
	Closed  time.Time // kept to the microsecond; zero: it was not closed
	Denied  bool      // a policy of the bucket has a rule for it
	Looked  time.Time // when the store was last asked; kept to the microsecond; zero: never
	Tidied  bool      // it is over, and what it had in the bucket beside the files is gone

	// Counts of the arrivals, which Requests and GetRequest give.
	Arrived, New int
	Size         int64 // bytes
}

// Arrival is a file that has come by a request.
type Arrival struct {
	Request, Key string

	Name                        string
	Size                        int64     // bytes
	ContentType, ETag, Checksum string    // ETag is "" while the rest is not known for sure
	Came                        time.Time // kept to the microsecond
	Seen                        bool
	Gone                        bool // it was there, and is not any more
}

const requestColumns = `id, profile, region, endpoint, sandbox, allow_http, account, bucket, prefix, folder, page, content,
	made, asked, ends, because, closed, denied, looked, tidied`

// PutRequest writes a request, over the one with the same ID.
func (l *Ledger) PutRequest(ctx context.Context, r Request) error {
	return l.putRequest(ctx, l.db, r)
}

// executor is a database or a transaction.
type executor interface {
	ExecContext(ctx context.Context, q string, a ...any) (sql.Result, error)
}

func (l *Ledger) putRequest(ctx context.Context, to executor, r Request) error {
	if secret(r.ID, r.Profile, r.Region, r.Endpoint, r.Account, r.Bucket, r.Prefix, r.Folder, r.Page, r.Content, r.Because) {
		return l.explain("write a request to", ErrSecret)
	}
	_, err := to.ExecContext(ctx, "INSERT OR REPLACE INTO request ("+requestColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Profile, r.Region, r.Endpoint, r.Sandbox, r.AllowHTTP, r.Account, r.Bucket, r.Prefix, r.Folder, r.Page, r.Content,
		r.Made.UnixMicro(), int64(r.Asked/time.Second), known(r.Ends), r.Because, moment(r.Closed), r.Denied, moment(r.Looked), r.Tidied)
	if err != nil {
		return l.explain("write a request to", err)
	}
	return nil
}

// ChangeRequest reads a request, has it changed, and writes it, in one transaction; ErrNotFound when there is none. Its
// ID stays.
func (l *Ledger) ChangeRequest(ctx context.Context, id string, change func(*Request)) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return l.explain("write to", err)
	}
	defer func() { _ = tx.Rollback() }()
	r, err := scanRequest(tx.QueryRowContext(ctx, selectRequests+" WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = missing(id)
	}
	if err != nil {
		return l.explain("read", err)
	}
	change(&r)
	r.ID = id
	if err := l.putRequest(ctx, tx, r); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return l.explain("write a request to", err)
	}
	return nil
}

// selectRequests reads requests with the counts of what has arrived and is there.
const selectRequests = "SELECT " + requestColumns + `,
	(SELECT count(*) FROM arrival WHERE arrival.request = request.id AND gone = 0),
	(SELECT count(*) FROM arrival WHERE arrival.request = request.id AND gone = 0 AND seen = 0),
	(SELECT coalesce(sum(size), 0) FROM arrival WHERE arrival.request = request.id AND gone = 0)
	FROM request`

// Requests gives all requests, newest first.
func (l *Ledger) Requests(ctx context.Context) ([]Request, error) {
	return query(ctx, l, selectRequests+" ORDER BY made DESC, id DESC", func(rows *sql.Rows) (Request, error) { return scanRequest(rows) })
}

// GetRequest finds one request; ErrNotFound when there is none.
func (l *Ledger) GetRequest(ctx context.Context, id string) (Request, error) {
	r, err := scanRequest(l.db.QueryRowContext(ctx, selectRequests+" WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = missing(id)
	}
	if err != nil {
		return Request{}, l.explain("read", err)
	}
	return r, nil
}

// ForgetRequests takes requests and what has arrived by them out of the file, and gives the number of those that were
// there.
func (l *Ledger) ForgetRequests(ctx context.Context, ids ...string) (int, error) {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, l.explain("write to", err)
	}
	defer func() { _ = tx.Rollback() }()
	forgotten := 0
	for _, id := range ids {
		done, err := tx.ExecContext(ctx, "DELETE FROM request WHERE id = ?", id)
		if err != nil {
			return 0, l.explain("forget a request of", err)
		}
		n, err := done.RowsAffected()
		if err != nil {
			return 0, l.explain("forget a request of", err)
		}
		forgotten += int(n)
		if _, err := tx.ExecContext(ctx, "DELETE FROM arrival WHERE request = ?", id); err != nil {
			return 0, l.explain("forget a request of", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return 0, l.explain("forget a request of", err)
	}
	return forgotten, nil
}

// SetArrivals writes down what a request's folder has at a moment. What was there before and is not in the list is Gone,
// unless the list is cut, which tells nothing of what is not in it; what is there stays Seen, unless it is another object
// by now. An arrival without an ETag is not known well yet: what is said of it later takes its place, and is not new. It
// gives the keys that are new since the last time. One whose name holds a signature is left out: whoever sends it so shall
// not keep the others out.
func (l *Ledger) SetArrivals(ctx context.Context, request string, looked time.Time, list []Arrival, cut bool) (fresh []string, err error) {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, l.explain("write to", err)
	}
	defer func() { _ = tx.Rollback() }()
	fail := func(err error) ([]string, error) { return nil, l.explain("write an arrival to", err) }
	if !cut {
		if _, err := tx.ExecContext(ctx, "UPDATE arrival SET gone = 1 WHERE request = ?", request); err != nil {
			return fail(err)
		}
	}
	for _, a := range list {
		if secret(a.Key, a.Name, a.ContentType, a.ETag, a.Checksum) {
			continue
		}
		// Nothing is changed where it is the same object as before, so only what is new counts.
		same, err := changed(tx.ExecContext(ctx, "UPDATE arrival SET gone = 0 WHERE request = ? AND key = ? AND etag = ? AND size = ?",
			request, a.Key, a.ETag, a.Size))
		if err != nil {
			return fail(err)
		}
		if same > 0 {
			continue
		}
		same, err = changed(tx.ExecContext(ctx, `UPDATE arrival SET gone = 0, name = ?, content_type = ?, etag = ?, checksum = ?
			WHERE request = ? AND key = ? AND etag = '' AND size = ?`, a.Name, a.ContentType, a.ETag, a.Checksum, request, a.Key, a.Size))
		if err != nil {
			return fail(err)
		}
		if same > 0 {
			continue
		}
		_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO arrival (request, key, name, size, content_type, etag, checksum, came, seen, gone)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`, request, a.Key, a.Name, a.Size, a.ContentType, a.ETag, a.Checksum, a.Came.UnixMicro())
		if err != nil {
			return fail(err)
		}
		fresh = append(fresh, a.Key)
	}
	if _, err := tx.ExecContext(ctx, "UPDATE request SET looked = ? WHERE id = ?", moment(looked), request); err != nil {
		return fail(err)
	}
	if err := tx.Commit(); err != nil {
		return fail(err)
	}
	return fresh, nil
}

// changed is how many lines a statement has changed.
func changed(done sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// SawArrivals says that all that has arrived by a request was seen.
func (l *Ledger) SawArrivals(ctx context.Context, request string) error {
	if _, err := l.db.ExecContext(ctx, "UPDATE arrival SET seen = 1 WHERE request = ?", request); err != nil {
		return l.explain("write to", err)
	}
	return nil
}

// Arrivals gives what has arrived by a request, oldest first, with what is Gone.
func (l *Ledger) Arrivals(ctx context.Context, request string) ([]Arrival, error) {
	return query(ctx, l, `SELECT request, key, name, size, content_type, etag, checksum, came, seen, gone
		FROM arrival WHERE request = ? ORDER BY came, key`, func(rows *sql.Rows) (a Arrival, err error) {
		var came int64
		err = rows.Scan(&a.Request, &a.Key, &a.Name, &a.Size, &a.ContentType, &a.ETag, &a.Checksum, &came, &a.Seen, &a.Gone)
		a.Came = time.UnixMicro(came)
		return a, err
	}, request)
}

func scanRequest(row interface{ Scan(...any) error }) (r Request, err error) {
	var made, asked, closed, looked int64
	var ends sql.NullInt64
	err = row.Scan(&r.ID, &r.Profile, &r.Region, &r.Endpoint, &r.Sandbox, &r.AllowHTTP, &r.Account, &r.Bucket, &r.Prefix, &r.Folder,
		&r.Page, &r.Content, &made, &asked, &ends, &r.Because, &closed, &r.Denied, &looked, &r.Tidied, &r.Arrived, &r.New, &r.Size)
	r.Made, r.Asked = time.UnixMicro(made), time.Duration(asked)*time.Second
	if ends.Valid {
		r.Ends = time.UnixMicro(ends.Int64)
	}
	if closed != 0 {
		r.Closed = time.UnixMicro(closed)
	}
	if looked != 0 {
		r.Looked = time.UnixMicro(looked)
	}
	return r, err
}
