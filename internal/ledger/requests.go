package ledger

import (
	"context"
	"database/sql"
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
	if err := putRequest(ctx, l.db, r); err != nil {
		return l.explain("write a request to", err)
	}
	return nil
}

// executor is a database or a transaction.
type executor interface {
	ExecContext(ctx context.Context, q string, a ...any) (sql.Result, error)
}

func (r Request) holdsSecret() bool {
	return secret(r.ID, r.Profile, r.Region, r.Endpoint, r.Account, r.Bucket, r.Prefix, r.Folder, r.Page, r.Content, r.Because)
}

// HoldsSecret reports whether something in it came from a presigned URL: whoever sends a file chooses its name.
func (a Arrival) HoldsSecret() bool { return secret(a.Key, a.Name, a.ContentType, a.ETag, a.Checksum) }

func putRequest(ctx context.Context, to executor, r Request) error {
	if r.holdsSecret() {
		return ErrSecret
	}
	_, err := to.ExecContext(ctx, "INSERT OR REPLACE INTO request ("+requestColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Profile, r.Region, r.Endpoint, r.Sandbox, r.AllowHTTP, r.Account, r.Bucket, r.Prefix, r.Folder, r.Page, r.Content,
		r.Made.UnixMicro(), int64(r.Asked/time.Second), known(r.Ends), r.Because, moment(r.Closed), r.Denied, moment(r.Looked), r.Tidied)
	return err
}

// ChangeRequest reads a request, has it changed, and writes it, in one transaction; ErrNotFound when there is none. Its
// ID stays.
func (l *Ledger) ChangeRequest(ctx context.Context, id string, change func(*Request)) error {
	return l.together(ctx, "change a request of", func(tx *sql.Tx) error {
		r, err := scanRequest(tx.QueryRowContext(ctx, selectRequests+" WHERE id = ?", id))
		if err != nil {
			return orMissing(err, id)
		}
		change(&r)
		r.ID = id
		return putRequest(ctx, tx, r)
	})
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
	if err != nil {
		return Request{}, l.explain("read", orMissing(err, id))
	}
	return r, nil
}

// ForgetRequests takes requests and what has arrived by them out of the file, and gives the number of those that were
// there.
func (l *Ledger) ForgetRequests(ctx context.Context, ids ...string) (int, error) {
	return l.forget(ctx, "forget a request of", "DELETE FROM request WHERE id = ?", "DELETE FROM arrival WHERE request = ?", ids)
}

// SetArrivals writes down what a request's folder has at a moment. What was there before and is not in the list is Gone,
// unless the list is cut, which tells nothing of what is not in it; what is there stays Seen, unless it is another object
// by now. An arrival without an ETag is not known well yet: what is said of it later takes its place, and is not new. It
// gives the keys that are new since the last time. One whose name holds a signature is left out: whoever sends it so shall
// not keep the others out.
func (l *Ledger) SetArrivals(ctx context.Context, request string, looked time.Time, list []Arrival, cut bool) (fresh []string, err error) {
	err = l.together(ctx, "write an arrival to", func(tx *sql.Tx) error {
		if !cut {
			if _, err := tx.ExecContext(ctx, "UPDATE arrival SET gone = 1 WHERE request = ?", request); err != nil {
				return err
			}
		}
		for _, a := range list {
			if a.HoldsSecret() {
				continue
			}
			isNew, err := setArrival(ctx, tx, request, a)
			if err != nil {
				return err
			}
			if isNew {
				fresh = append(fresh, a.Key)
			}
		}
		_, err := tx.ExecContext(ctx, "UPDATE request SET looked = ? WHERE id = ?", moment(looked), request)
		return err
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// setArrival writes down one file, and reports whether it is new.
func setArrival(ctx context.Context, tx *sql.Tx, request string, a Arrival) (isNew bool, err error) {
	// Nothing is changed where it is the same object as before, so only what is new counts.
	same, err := changed(tx.ExecContext(ctx, "UPDATE arrival SET gone = 0 WHERE request = ? AND key = ? AND etag = ? AND size = ?",
		request, a.Key, a.ETag, a.Size))
	if err != nil || same > 0 {
		return false, err
	}
	same, err = changed(tx.ExecContext(ctx, `UPDATE arrival SET gone = 0, name = ?, content_type = ?, etag = ?, checksum = ?
		WHERE request = ? AND key = ? AND etag = '' AND size = ?`, a.Name, a.ContentType, a.ETag, a.Checksum, request, a.Key, a.Size))
	if err != nil || same > 0 {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO arrival (request, key, name, size, content_type, etag, checksum, came, seen, gone)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`, request, a.Key, a.Name, a.Size, a.ContentType, a.ETag, a.Checksum, a.Came.UnixMicro())
	return err == nil, err
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
