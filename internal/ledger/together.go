package ledger

import (
	"context"
	"database/sql"
)

// together does several things to the file, or none of them. doing is what they are, for an error's words.
func (l *Ledger) together(ctx context.Context, doing string, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return l.explain("write to", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err = do(tx); err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return l.explain(doing, err)
	}
	return nil
}

// forget takes lines with these IDs out of a table, and with each what else is of it, and gives the number of those that
// were there.
func (l *Ledger) forget(ctx context.Context, doing, line, rest string, ids []string) (forgotten int, err error) {
	err = l.together(ctx, doing, func(tx *sql.Tx) error {
		for _, id := range ids {
			n, err := changed(tx.ExecContext(ctx, line, id))
			if err != nil {
				return err
			}
			forgotten += int(n)
			if _, err := tx.ExecContext(ctx, rest, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return forgotten, nil
}

// changed is how many lines a statement has changed.
func changed(done sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}
