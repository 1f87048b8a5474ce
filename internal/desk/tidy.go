package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/internal/ledger"
)

// Verify proves a sent file against the one on disk, and gives the ledger's entry of it. Nil means that the file,
// what was sent of it and what the store has are the same.
func (d *Desk) Verify(ctx context.Context, id string) (Entry, error) {
	e, err := d.Entry(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	where := scene{store: e.Destination.Store, bucket: e.Destination.Bucket, key: e.Key, path: e.Path, permission: "s3:GetObject"}
	if !e.Revoked.IsZero() {
		return e, trouble("VerifyRevoked", args{"Name": e.Name}, nil)
	}
	if e.State != Sent || e.Path == "" || e.Checksum == "" {
		return e, trouble("NothingToVerify", args{"Name": e.Name}, nil)
	}
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return e, explain(err, where)
	}
	c := courier.New(opened, courier.Options{Patience: time.Second})
	defer c.Close()
	err = c.Verify(ctx, e.Path, e.Destination.Bucket, e.Key, e.Checksum)
	switch {
	case errors.Is(err, courier.ErrChanged):
		return e, trouble("VerifyChanged", where.args(), err)
	case errors.Is(err, courier.ErrProof):
		return e, trouble("VerifyObject", where.args(), err)
	case errors.Is(err, courier.ErrPartSize):
		return e, trouble("VerifyParts", where.args(), err)
	case err != nil:
		return e, explain(err, where)
	}
	return e, nil
}

// StaleUpload is a multipart upload in a bucket that nobody has put together.
type StaleUpload struct {
	Key, ID string
	Started time.Time
	Ours    bool // this computer's Waybill has started it, and nobody goes on with it
	InWork  bool // this computer's Waybill goes on with it, or will
	Asked   bool // it is in work, as a place of an open request: whoever was asked may be sending it
}

// StaleUploads finds the unfinished multipart uploads below a prefix.
func (d *Desk) StaleUploads(ctx context.Context, s Store, bucketName, prefix string) ([]StaleUpload, error) {
	where := scene{store: s, bucket: bucketName, key: prefix, permission: "s3:ListBucketMultipartUploads"}
	opened, err := d.open(ctx, s)
	if err != nil {
		return nil, explain(err, where)
	}
	found, err := bucket.Uploads(ctx, opened.Client(), bucketName, prefix)
	if err != nil {
		return nil, explain(err, where)
	}
	var known []ledger.Upload
	var plans []ledger.Plan
	var asked []requestUpload
	if d.ledger != nil {
		if known, err = d.ledger.Uploads(ctx, bucketName); err == nil {
			plans, err = d.ledger.Plans(ctx)
		}
		if err == nil {
			asked, err = d.requestUploads(ctx, s, bucketName)
		}
		if err != nil {
			return nil, ledgerTrouble(err, d.ledgerPath())
		}
	}
	// Some stores (MinIO) list none by less than a whole key; those that this computer knows can be asked for by that.
	keys := unlisted(known, asked, found, prefix)
	if folder, err := CleanPrefix(prefix); err == nil {
		if key := checkUploadKey(d.home, bucketName, folder); !slices.ContainsFunc(found, func(u bucket.Upload) bool { return u.Key == key }) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		more, err := bucket.Uploads(ctx, opened.Client(), bucketName, key)
		if err != nil {
			return nil, explain(err, where)
		}
		found = append(found, slices.DeleteFunc(more, func(u bucket.Upload) bool { return u.Key != key })...)
	}
	list := make([]StaleUpload, 0, len(found))
	for _, u := range found {
		stale := StaleUpload{Key: u.Key, ID: u.ID, Started: u.Started, Ours: checkKey.MatchString(u.Key) && opened.Now().Sub(u.Started) > d.checkOld}
		for _, a := range asked {
			if a.key == u.Key && a.id == u.ID {
				stale.Ours, stale.InWork, stale.Asked = !a.open, a.open, a.open
			}
		}
		for _, k := range known {
			if k.Key != u.Key {
				continue
			}
			left, err := unfinished(k)
			named := err == nil && left.UploadID == u.ID
			if !named && !startedWith(k, u.Started) {
				continue
			}
			if !k.Done && left.UploadID != "" && !named {
				continue // somebody else sends under the same name
			}
			stale.Ours = true
			planned := slices.ContainsFunc(plans, func(p ledger.Plan) bool { return p.ID == k.Plan })
			if !k.Done && (planned || k.Plan == "") && (named || left.UploadID == "") {
				stale.Ours, stale.InWork = false, true
				break
			}
		}
		list = append(list, stale)
	}
	return list, nil
}

// requestUpload is a multipart upload that was started for a request.
type requestUpload struct {
	key, id string
	open    bool // somebody may be sending it
}

// requestUploads gives those of a bucket whose requests are not tidied yet.
func (d *Desk) requestUploads(ctx context.Context, s Store, bucketName string) (list []requestUpload, err error) {
	records, err := d.ledger.Requests(ctx)
	for _, record := range records {
		plan, unread := planOf(record)
		if record.Bucket != bucketName || record.Sandbox != s.Sandbox || unread != nil {
			continue
		}
		open := requestOf(record).Standing(d.now()) == RequestOpen
		for _, slot := range plan.Slots {
			if slot.Upload != "" {
				list = append(list, requestUpload{slot.Key, slot.Upload, open})
			}
		}
	}
	return list, err
}

// unlisted gives the keys below a prefix that the ledger has uploads of and a store's list has not.
func unlisted(known []ledger.Upload, asked []requestUpload, found []bucket.Upload, prefix string) (keys []string) {
	add := func(key string) {
		if strings.HasPrefix(key, prefix) && key != prefix && !slices.Contains(keys, key) &&
			!slices.ContainsFunc(found, func(u bucket.Upload) bool { return u.Key == key }) {
			keys = append(keys, key)
		}
	}
	for _, k := range known {
		add(k.Key)
	}
	for _, a := range asked {
		add(a.key)
	}
	return keys
}

// RemoveUpload removes what the store has of an unfinished multipart upload.
func (d *Desk) RemoveUpload(ctx context.Context, s Store, bucketName string, u StaleUpload) error {
	where := scene{store: s, bucket: bucketName, key: u.Key, permission: "s3:AbortMultipartUpload"}
	opened, err := d.open(ctx, s)
	if err != nil {
		return explain(err, where)
	}
	c := courier.New(opened, courier.Options{})
	defer c.Close()
	if err := c.AbortID(ctx, bucketName, u.Key, u.ID); err != nil {
		return explain(err, where)
	}
	if d.ledger == nil {
		return nil
	}
	known, err := d.ledger.Uploads(ctx, bucketName)
	if err != nil {
		return nil // it is removed; the ledger's line of it does no harm
	}
	for _, k := range known {
		if k.Key == u.Key && k.Done {
			if err := d.ledger.EndUpload(ctx, k.ID, false); err != nil {
				d.log.Debug("the ledger still has an upload that was removed", "error", err)
			}
		}
	}
	return nil
}
