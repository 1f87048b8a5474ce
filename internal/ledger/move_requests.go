package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// MovedRequest is a request on its way to another ledger, with what has arrived by it.
type MovedRequest struct {
	Request  Request
	Arrivals []Arrival
}

// Check is ErrSecret for a request that MergeRequests would refuse.
func (m MovedRequest) Check() error {
	if m.Request.holdsSecret() {
		return ErrSecret
	}
	for _, a := range m.Arrivals {
		if a.HoldsSecret() {
			return ErrSecret
		}
	}
	return nil
}

// MergeRequests takes requests in, in one transaction: all of them or, after an error, none. Where one is there already, choose
// gives the request that shall be; it is not asked about those that are equal. An arrival that is there already stays, and was
// seen if it was seen on either computer. Nothing is removed.
func (l *Ledger) MergeRequests(ctx context.Context, from iter.Seq2[MovedRequest, error], choose func(have, came Request) Request) (m Merged, err error) {
	var unread error
	err = l.together(ctx, "write a request to", func(tx *sql.Tx) error {
		n := 0
		for moved, err := range from {
			if err != nil {
				unread = err
				return err
			}
			n++
			if err := moved.Check(); err != nil {
				return fmt.Errorf("request %d: %w", n, err)
			}
			if err := mergeRequest(ctx, tx, moved.Request, choose, &m); err != nil {
				return err
			}
			if err := mergeArrivals(ctx, tx, moved); err != nil {
				return err
			}
		}
		return nil
	})
	if unread != nil { // which is not about the ledger
		err = unread
	}
	return m, err
}

func mergeRequest(ctx context.Context, tx *sql.Tx, came Request, choose func(have, came Request) Request, m *Merged) error {
	have, err := scanRequest(tx.QueryRowContext(ctx, selectRequests+" WHERE id = ?", came.ID))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		m.Added++
	case err != nil:
		return err
	case sameRequest(have, came):
		m.Same++
		return nil
	default:
		if came = choose(have, came); sameRequest(have, came) {
			m.Kept++
			return nil
		}
		m.Replaced++
	}
	return putRequest(ctx, tx, came)
}

// sameRequest compares what other computers know of a request: when its store was asked last, and what had come by then, is
// each one's own.
func sameRequest(a, b Request) bool {
	if !a.Made.Equal(b.Made) || !a.Ends.Equal(b.Ends) || !a.Closed.Equal(b.Closed) {
		return false
	}
	b.Made, b.Ends, b.Closed = a.Made, a.Ends, a.Closed
	b.Looked, b.Arrived, b.New, b.Size = a.Looked, a.Arrived, a.New, a.Size
	return a == b
}

func mergeArrivals(ctx context.Context, tx *sql.Tx, moved MovedRequest) error {
	for _, a := range moved.Arrivals {
		_, err := tx.ExecContext(ctx, `INSERT INTO arrival (request, key, name, size, content_type, etag, checksum, came, seen, gone)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (request, key) DO UPDATE SET seen = max(seen, excluded.seen) WHERE size = excluded.size AND came = excluded.came`,
			moved.Request.ID, a.Key, a.Name, a.Size, a.ContentType, a.ETag, a.Checksum, a.Came.UnixMicro(), a.Seen, a.Gone)
		if err != nil {
			return err
		}
	}
	return nil
}
