package ledger

import (
	"context"
	"database/sql"
)

// Region is where a bucket was found to be: what its links have to be signed for.
type Region struct {
	Store  string // an endpoint, or a partition of AWS
	Bucket string
	Region string
}

// Regions gives all that is known of where buckets are.
func (l *Ledger) Regions(ctx context.Context) ([]Region, error) {
	return query(ctx, l, "SELECT store, bucket, region FROM region ORDER BY store, bucket", func(rows *sql.Rows) (r Region, err error) {
		err = rows.Scan(&r.Store, &r.Bucket, &r.Region)
		return r, err
	})
}

// PutRegion writes down where a bucket is, over what was known before. ErrSecret when a name in it is a signature.
func (l *Ledger) PutRegion(ctx context.Context, r Region) error {
	if secret(r.Store) || secret(r.Bucket) {
		return l.explain("write a region to", ErrSecret)
	}
	return l.together(ctx, "write a region to", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO region (store, bucket, region) VALUES (?, ?, ?)", r.Store, r.Bucket, r.Region)
		return err
	})
}
