package desk

import (
	"context"
	"maps"
	"slices"

	"waybill/internal/ledger"
	"waybill/signer"
)

// Some buckets want whoever asks to pay. A request for one has to say that it is known, and then its signer pays: for a
// link, whoever made it, as often as it is opened.

// payRequester is the one value that S3 knows for who pays.
const payRequester = "requester"

// ParseRequestPayer reads who pays: "" or "requester".
func ParseRequestPayer(s string) (pays bool, err error) {
	switch s {
	case "":
		return false, nil
	case payRequester:
		return true, nil
	}
	return false, trouble("PayerUnknown", args{"Given": s}, nil)
}

// SetRequestPayer takes the person's word that they pay for requests about any bucket, for as long as this desk is open.
func (d *Desk) SetRequestPayer(pays bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paysAll = pays
}

// paidBucket is a bucket that a word about who pays is for. One of the same name in another store is another one, and
// another profile has another account.
type paidBucket struct {
	store  storeID
	bucket string
}

// payFor says the same of one bucket: the person has said so when they made what the ledger knows of.
func (d *Desk) payFor(dest Destination) {
	of := paidBucket{dest.Store.id(), dest.Bucket}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paid[of] = true
}

// takeUp is entryOf for whoever is about to ask the store about what was sent: the word that its link was made with holds
// for its bucket.
func (d *Desk) takeUp(r ledger.Record) Entry {
	e := entryOf(r)
	if e.RequesterPays {
		d.payFor(e.Destination)
	}
	return e
}

// openRequest gives the signer of a request's store.
func (d *Desk) openRequest(ctx context.Context, record ledger.Request) (*signer.Signer, error) {
	if plan, err := planOf(record); err == nil && plan.RequesterPays {
		d.payFor(requestOf(record).Destination)
	}
	return d.open(ctx, requestOf(record).Destination.Store)
}

// PayerNotice says who pays for what is sent and linked from a destination, or is nil where that is the bucket's owner.
func (d *Desk) PayerNotice(dest Destination) *Trouble {
	if dest.Sandbox || !d.pays(dest.Store.id(), dest.Bucket) {
		return nil
	}
	return trouble("RequesterPays", scene{store: dest.Store, bucket: dest.Bucket}.args(), nil)
}

// SetRequesterPays remembers, or forgets, that the person pays for requests about a bucket, whichever store it is in. To
// forget takes back at once what was said of buckets of that name since this desk is open.
func (d *Desk) SetRequesterPays(bucket string, pays bool) error {
	if err := CheckBucket(bucket); err != nil {
		return err
	}
	if !pays {
		d.mu.Lock()
		maps.DeleteFunc(d.paid, func(of paidBucket, _ bool) bool { return of.bucket == bucket })
		d.mu.Unlock()
	}
	return d.changeSettings(func(s *Settings) {
		s.RequesterPays = slices.DeleteFunc(slices.Clone(s.RequesterPays), func(one string) bool { return one == bucket })
		if pays {
			s.RequesterPays = append(s.RequesterPays, bucket)
		}
	})
}

// pays reports whether the person pays for requests about a bucket of a store.
func (d *Desk) pays(at storeID, bucket string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.paysAll || d.paid[paidBucket{at, bucket}] || slices.Contains(d.settings.RequesterPays, bucket)
}
