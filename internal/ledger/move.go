package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"os"
)

// Moved is a record on its way to another ledger, with the files that stand on it if it is a page's, in their order.
type Moved struct {
	Record Record
	Files  []string
}

// Check is ErrSecret for a record that Merge would refuse.
func (m Moved) Check() error {
	if m.Record.holdsSecret() {
		return ErrSecret
	}
	return nil
}

// Each gives all records, oldest first, as they are at one moment. An error of each's ends it and comes back.
func (l *Ledger) Each(ctx context.Context, each func(Moved) error) error {
	tx, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // others can write meanwhile
	if err != nil {
		return l.explain("read", err)
	}
	defer func() { _ = tx.Rollback() }()
	pages, err := pagesOf(ctx, tx)
	if err != nil {
		return l.explain("read", err)
	}
	rows, err := tx.QueryContext(ctx, "SELECT "+columns+" FROM record ORDER BY created, id")
	if err != nil {
		return l.explain("read", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return l.explain("read", err)
		}
		if err := each(Moved{r, pages[r.ID]}); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return l.explain("read", err)
	}
	return nil
}

// pagesOf reads what stands on each page.
func pagesOf(ctx context.Context, tx *sql.Tx) (map[string][]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT page, file FROM page ORDER BY page, place")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	pages := map[string][]string{}
	for rows.Next() {
		var page, file string
		if err := rows.Scan(&page, &file); err != nil {
			return nil, err
		}
		pages[page] = append(pages[page], file)
	}
	return pages, rows.Err()
}

// Merged counts what came of a merge.
type Merged struct {
	Added    int // were not there
	Replaced int // were there, and the one that came was chosen
	Kept     int // were there, differ from the one that came, and stayed
	Same     int // were there already
}

// Merge takes records in, in one transaction: all of them or, after an error, none. Where one is there already, choose
// gives the record that shall be; it is not asked about those that are equal. No record is removed.
func (l *Ledger) Merge(ctx context.Context, from iter.Seq2[Moved, error], choose func(have, came Record) Record) (m Merged, err error) {
	var unread error
	err = l.together(ctx, "write to", func(tx *sql.Tx) error {
		put, err := tx.PrepareContext(ctx, insert)
		if err != nil {
			return err
		}
		defer func() { _ = put.Close() }()
		n := 0
		for moved, err := range from {
			if err != nil {
				unread = err
				return err
			}
			n++
			if err := moved.Check(); err != nil {
				return fmt.Errorf("record %d: %w", n, err)
			}
			if err := mergeOne(ctx, tx, put, moved, choose, &m); err != nil {
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

func mergeOne(ctx context.Context, tx *sql.Tx, put *sql.Stmt, moved Moved, choose func(have, came Record) Record, m *Merged) error {
	came := moved.Record
	have, err := scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM record WHERE id = ?", came.ID))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		m.Added++
	case err != nil:
		return err
	case same(have, came):
		m.Same++
		return nil
	default:
		if came = choose(have, came); same(have, came) {
			m.Kept++
			return nil
		}
		m.Replaced++
	}
	if err := write(ctx, put, came); err != nil {
		return err
	}
	if len(moved.Files) == 0 {
		return nil
	}
	return setPage(ctx, tx, came.ID, moved.Files)
}

// same compares what other computers know of a record: where its file lies, which drop it belonged to and how far its link
// reaches is this one's.
func same(a, b Record) bool {
	if !a.Created.Equal(b.Created) || !a.Ends.Equal(b.Ends) || !a.Signed.Equal(b.Signed) || !a.Revoked.Equal(b.Revoked) {
		return false
	}
	b.Created, b.Ends, b.Signed, b.Revoked = a.Created, a.Ends, a.Signed, a.Revoked
	b.Path, b.Plan, b.Reach = a.Path, a.Plan, a.Reach
	return a == b
}

// CopyTo writes a copy of the file, as it is at one moment, to a path in its folder. It is its owner's alone.
func (l *Ledger) CopyTo(ctx context.Context, path string) error {
	made, err := l.copied(ctx)
	if err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		_ = os.Remove(made)
		return l.explain("copy", err)
	}
	return nil
}
