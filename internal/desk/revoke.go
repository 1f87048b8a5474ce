package desk

import (
	"context"
	"errors"
	"path"
	"strings"
	"time"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/signer"
)

// A signed link cannot be called back: it works for as long as its object is where it was. So revoking a link is
// taking the object away, and that is what a person is asked about.

// Revoking is what is done to the object.
type Revoking string

// The ways of revoking.
const (
	RevokeDelete Revoking = "delete"
	RevokeRename Revoking = "rename" // it stays in the bucket, under a name that no link has
)

// Revocation is what revoking an entry would do.
type Revocation struct {
	Entry     Entry
	Versioned bool // the bucket keeps what is deleted, so it can be undone
	Replaced  bool // something else has the key by now, and the link leads there
	Gone      bool // nothing has the key any more
	Others    int  // further links of the ledger that lead to the same object
	Files     int  // of the bundle that the entry is the page of, which go with it
}

// Revocable looks what revoking an entry would do, before it is asked about.
func (d *Desk) Revocable(ctx context.Context, id string) (Revocation, error) {
	e, err := d.Entry(ctx, id)
	if err != nil {
		return Revocation{}, err
	}
	r := Revocation{Entry: e}
	switch {
	case e.State != Sent:
		return r, trouble("NothingToRevoke", e.scene("").args(), nil)
	case !e.Revoked.IsZero():
		return r, trouble("LinkRevoked", e.scene("").args(), nil)
	}
	where := e.scene("s3:GetObject")
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return r, explain(err, where)
	}
	object, err := bucket.Head(ctx, opened.Client(), e.Destination.Bucket, e.Key)
	switch t := explain(err, where); {
	case err == nil:
		r.Replaced = e.ETag != "" && unquoted(object.ETag) != e.ETag
	case t.Code == "NoSuchKey":
		r.Gone = true
	case t.Code != "AccessDenied": // who may put and delete need not be allowed to look
		return r, t
	}
	// Not being allowed to ask is as good as no: then nothing is promised.
	r.Versioned, _ = bucket.Versioned(ctx, opened.Client(), e.Destination.Bucket)
	others, err := d.sameObject(ctx, e)
	if err != nil {
		return r, err
	}
	r.Others = len(others) - 1
	if e.Kind == KindBundle {
		files, err := d.ledger.BundledIn(ctx, e.ID)
		if err != nil {
			return r, ledgerTrouble(err, d.ledgerPath())
		}
		r.Files = len(files)
	}
	return r, nil
}

// sameObject gives the entries of one object, the given one among them.
func (d *Desk) sameObject(ctx context.Context, e Entry) ([]Entry, error) {
	records, err := d.ledger.OfObject(ctx, e.Destination.Bucket, e.Key)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	var list []Entry
	for _, r := range records {
		if o := entryOf(r); o.ID == e.ID || o.State == Sent && o.Destination.Store == e.Destination.Store {
			list = append(list, o)
		}
	}
	return list, nil
}

// Revoke takes away the object of an entry's link, with what the store has of unfinished uploads under its key; of the
// page of a bundle, the files that stand on it as well. The entry that comes back says whether it can be undone.
func (d *Desk) Revoke(ctx context.Context, id string, how Revoking) (Entry, error) {
	r, err := d.Revocable(ctx, id)
	if err != nil {
		return r.Entry, err
	}
	if r.Entry.Kind == KindBundle {
		files, err := d.ledger.BundledIn(ctx, id)
		if err != nil {
			return r.Entry, ledgerTrouble(err, d.ledgerPath())
		}
		for _, f := range files {
			if f.Revoked.IsZero() && f.State == string(Sent) {
				if _, err := d.revokeOne(ctx, entryOf(f), how); err != nil {
					return entryOf(f), err
				}
			}
		}
	}
	e, err := d.revokeOne(ctx, r.Entry, how)
	if err == nil && e.Bundle != "" {
		d.refreshBundle(ctx, e.Bundle) // the page shall not offer what is gone
	}
	return e, err
}

func (d *Desk) revokeOne(ctx context.Context, e Entry, how Revoking) (Entry, error) {
	where := e.scene("s3:DeleteObject")
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return e, explain(err, where)
	}
	undo := ""
	switch how {
	case RevokeRename:
		to := d.takenBack(e.Key)
		if err = bucket.Move(ctx, opened.Client(), e.Destination.Bucket, e.Key, to); err == nil {
			undo = undoMove + to
		}
	default:
		var marker string
		if marker, err = bucket.Delete(ctx, opened.Client(), e.Destination.Bucket, e.Key); marker != "" {
			undo = undoMarker + marker
		}
	}
	if err != nil {
		return e, explain(err, where)
	}
	d.tidyKey(ctx, opened, e)
	same, err := d.sameObject(ctx, e)
	if err != nil {
		return e, err
	}
	for _, o := range same {
		if err := d.ledger.Change(ctx, o.ID, func(r *ledger.Record) { r.Revoked, r.Undo = d.now(), undo }); err != nil {
			return e, ledgerTrouble(err, d.ledgerPath())
		}
	}
	d.signalChange()
	return d.Entry(ctx, e.ID)
}

// What Record.Undo begins with.
const (
	undoMarker = "marker:" // a delete marker's version
	undoMove   = "moved:"  // the key that the object has now
)

// takenBack is the name of an object whose links shall lead nowhere.
func (d *Desk) takenBack(key string) string {
	folder, name := path.Split(key)
	stem, ext := splitExt(name)
	return folder + stem + " (revoked " + d.now().UTC().Format("2006-01-02 15.04.05") + ")" + ext
}

// tidyKey removes this computer's unfinished uploads under an entry's key: whoever revokes a link wants nothing of the
// file to stay. That it cannot is no reason to say that the link was not revoked.
func (d *Desk) tidyKey(ctx context.Context, opened *signer.Signer, e Entry) {
	known, err := d.ledger.Uploads(ctx, e.Destination.Bucket)
	if err != nil {
		return
	}
	c := courier.New(opened, courier.Options{Concurrency: 1})
	defer c.Close()
	for _, u := range known {
		left, err := unfinished(u)
		if err != nil || u.Key != e.Key || left.UploadID == "" || !u.Done {
			continue
		}
		if err := c.AbortID(ctx, u.Bucket, u.Key, left.UploadID); err == nil {
			_ = d.ledger.EndUpload(ctx, u.ID, false)
		}
	}
}

// Unrevoke brings the object of a revoked link back. The link then works again, to the end that it had.
func (d *Desk) Unrevoke(ctx context.Context, id string) (Entry, error) {
	e, err := d.Entry(ctx, id)
	if err != nil {
		return e, err
	}
	where := e.scene("s3:DeleteObjectVersion")
	record, err := d.ledger.Get(ctx, id)
	if err != nil {
		return e, ledgerTrouble(err, d.ledgerPath())
	}
	if e.Revoked.IsZero() || record.Undo == "" {
		return e, trouble("NothingToUndo", where.args(), nil)
	}
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return e, explain(err, where)
	}
	if marker, ok := strings.CutPrefix(record.Undo, undoMarker); ok {
		err = bucket.Uncover(ctx, opened.Client(), e.Destination.Bucket, e.Key, marker)
	} else {
		// What has come to the key meanwhile is not written over.
		_, there := bucket.Head(ctx, opened.Client(), e.Destination.Bucket, e.Key)
		if there == nil {
			return e, trouble("PreconditionFailed", where.args(), nil)
		}
		err = bucket.Move(ctx, opened.Client(), e.Destination.Bucket, strings.TrimPrefix(record.Undo, undoMove), e.Key)
	}
	if err != nil {
		return e, explain(err, where)
	}
	same, err := d.sameObject(ctx, e)
	if err != nil {
		return e, err
	}
	for _, o := range same {
		err := d.ledger.Change(ctx, o.ID, func(r *ledger.Record) {
			if r.Undo == record.Undo {
				r.Revoked, r.Undo = time.Time{}, ""
			}
		})
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return e, ledgerTrouble(err, d.ledgerPath())
		}
	}
	d.signalChange()
	if e, err = d.Entry(ctx, id); err == nil && e.Bundle != "" {
		d.refreshBundle(ctx, e.Bundle)
	}
	return e, err
}

// Question asks for a person's consent: it says what will be done, to what, and whether it can be undone.
func (r Revocation) Question(how Revoking) string {
	return r.Ask(how).String()
}

// Ask is Question as a text to be translated.
func (r Revocation) Ask(how Revoking) Text {
	a := r.Entry.scene("").args()
	a["Files"], a["Others"] = r.Files, r.Others
	a["Versioned"], a["Replaced"], a["Gone"], a["Rename"] = r.Versioned, r.Replaced, r.Gone, how == RevokeRename
	return Text{rows()["RevokeQuestion"].what, a}
}
