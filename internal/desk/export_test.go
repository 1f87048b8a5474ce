package desk

import (
	"context"
	"time"

	"waybill/internal/ledger"
)

// LookAtMost has a desk look at fewer files of one request than it does, so that a test need not send ten thousand.
func (d *Desk) LookAtMost(files int) { d.mostArrivals = files }

// Aliases are the codes of stores that lead to rows of another name.
func Aliases() map[string]string { return aliases() }

// ExplainAt explains an error that has to do with an object.
func ExplainAt(err error, bucket, key string) *Trouble {
	return explain(err, scene{bucket: bucket, key: key, path: key})
}

// Proves has the ledger's entry of a sent file name another proof, as a store gives it that knows fewer.
func (d *Desk) Proves(ctx context.Context, id, checksum string) error {
	return d.ledger.Change(ctx, id, func(r *ledger.Record) { r.Checksum = checksum })
}

// EndRequest has a request end now, for what a desk does after the end; what was signed works on.
func (d *Desk) EndRequest(ctx context.Context, id string) error {
	return d.ledger.ChangeRequest(ctx, id, func(r *ledger.Request) { r.Ends = time.Now().Add(-time.Second) })
}

// LeftAfter has a desk take what a check has put for forgotten when it is so old.
func (d *Desk) LeftAfter(age time.Duration) { d.checkOld = age }

// CheckWaits has a desk wait so long for a network that is lost while a check removes what it has put.
func (d *Desk) CheckWaits(patience time.Duration) { d.checkWaits = patience }

// CheckUploadKey is the key of the upload that the checks of a home start at a place.
func CheckUploadKey(home, bucketName, prefix string) string {
	return checkUploadKey(home, bucketName, prefix)
}
