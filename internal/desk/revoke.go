package desk

import (
	"context"
	"errors"
	"path"
	"slices"
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

// Revocation is what revoking an entry would do: what a person is asked about, and what is done then.
type Revocation struct {
	Entry      Entry
	Versioned  bool // the bucket keeps what is deleted, so it can be undone
	Replaced   int  // objects that somebody has replaced since: the links lead to what is there now
	Gone       bool // nothing has the key any more
	Others     int  // further links of the ledger that lead to the same object
	Files      int  // on the page of a bundle, which go with it
	CloudFront bool // a distribution answers, and may have copies
	// Object Lock keeps what is there, however it is revoked: the links lead nowhere, and nothing is freed.
	LockedUntil time.Time // the latest of them; zero where there is no retention
	LegalHold   bool

	objects []seen
}

// seen is an object as it was when it was asked about.
type seen struct {
	entry Entry
	etag  string // without quotes, or gone; "" for one that may not be looked at
}

// Revocable looks what revoking an entry would do, before it is asked about.
func (d *Desk) Revocable(ctx context.Context, id string) (Revocation, error) {
	e, err := d.Entry(ctx, id)
	if err != nil {
		return Revocation{}, err
	}
	r := Revocation{Entry: e, CloudFront: e.CloudFront}
	switch {
	case e.State != Sent:
		return r, trouble("NothingToRevoke", e.scene("").args(), nil)
	case !e.Revoked.IsZero():
		return r, trouble("LinkRevoked", e.scene("").args(), nil)
	}
	going := []Entry{e}
	if e.Kind == KindBundle {
		files, err := d.bundled(ctx, e.ID)
		if err != nil {
			return r, err
		}
		r.Files = len(files)
		going = slices.Concat(files, going) // the page last: until then it names what is still there
	}
	for _, one := range going {
		etag, object, err := d.objectOf(ctx, one)
		if err != nil {
			return r, err
		}
		r.LegalHold = r.LegalHold || object.LegalHold
		if object.LockedUntil.After(r.LockedUntil) {
			r.LockedUntil = object.LockedUntil
		}
		switch {
		case etag == gone:
			r.Gone = one.ID == e.ID
		case etag != "" && one.ETag != "" && etag != one.ETag:
			r.Replaced++
		}
		r.CloudFront = r.CloudFront || one.CloudFront
		r.objects = append(r.objects, seen{one, etag})
	}
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return r, explain(err, e.scene(""))
	}
	// Not being allowed to ask is as good as no: then nothing is promised.
	r.Versioned, _ = bucket.Versioned(ctx, opened.Client(), e.Destination.Bucket)
	others, err := d.sameObject(ctx, e)
	if err != nil {
		return r, err
	}
	r.Others = len(others) - 1
	return r, nil
}

// gone stands for the ETag of an object that is not there.
const gone = "-"

// etagOf looks at an entry's object: its ETag without quotes, gone, or "" for one that may not be looked at. Who may
// put and delete need not be allowed to look.
func (d *Desk) etagOf(ctx context.Context, e Entry) (string, error) {
	etag, _, err := d.objectOf(ctx, e)
	return etag, err
}

// objectOf is etagOf with all that the store says.
func (d *Desk) objectOf(ctx context.Context, e Entry) (etag string, object bucket.Object, err error) {
	where := e.scene("s3:GetObject")
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return "", object, explain(err, where)
	}
	object, err = bucket.Head(ctx, opened.Client(), e.Destination.Bucket, e.Key)
	switch t := explain(err, where); {
	case err == nil:
		return unquoted(object.ETag), object, nil
	case t.Code == "NoSuchKey":
		return gone, object, nil
	case t.Denied():
		return "", object, nil
	default:
		return "", object, t
	}
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

// Revoke takes away the objects that were asked about, with what the store has of unfinished uploads under their keys.
// One that is another by now is left, with the code ObjectChanged. The entry that comes back says whether it can be
// undone; an error PageNotWritten comes with an entry that was revoked, and says that a page still offers it.
func (d *Desk) Revoke(ctx context.Context, r Revocation, how Revoking) (Entry, error) {
	moment := d.now() // one for all, so that undoing finds what belongs together
	var pages []string
	for _, o := range r.objects {
		present, err := d.Entry(ctx, o.entry.ID)
		if err != nil {
			return o.entry, err
		}
		if !present.Revoked.IsZero() {
			continue // with another one, since it was asked about: a second time would take the way back away
		}
		now, err := d.etagOf(ctx, o.entry)
		if err != nil {
			return o.entry, err
		}
		way := how
		switch {
		case now == gone:
			way = RevokeDelete // there is nothing to rename
		case now != o.etag:
			return o.entry, trouble("ObjectChanged", o.entry.scene("").args(), nil)
		}
		same, err := d.revokeOne(ctx, o.entry, way, moment)
		if err != nil {
			return o.entry, err
		}
		for _, e := range same {
			on, err := d.ledger.PagesOf(ctx, e.ID)
			if err != nil {
				return o.entry, ledgerTrouble(err, d.ledgerPath())
			}
			pages = append(pages, on...)
		}
	}
	e, err := d.Entry(ctx, r.Entry.ID)
	if err != nil {
		return e, err
	}
	if t := d.refreshPages(ctx, pages); t != nil { // they shall not offer what is gone
		return e, t
	}
	return e, nil
}

// revokeOne takes one object away, and gives the entries whose links have led to it.
func (d *Desk) revokeOne(ctx context.Context, e Entry, how Revoking, moment time.Time) ([]Entry, error) {
	where := e.scene("s3:DeleteObject")
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return nil, explain(err, where)
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
		// Where versions are suspended, the marker has taken the object's place, and nothing is below it.
		if marker, err = bucket.Delete(ctx, opened.Client(), e.Destination.Bucket, e.Key); marker != "" && marker != "null" {
			undo = undoMarker + marker
		}
	}
	if err != nil {
		return nil, explain(err, where)
	}
	d.tidyKey(ctx, opened, e)
	same, err := d.sameObject(ctx, e)
	if err != nil {
		return nil, err
	}
	for _, o := range same {
		if err := d.ledger.Change(ctx, o.ID, func(r *ledger.Record) { r.Revoked, r.Undo = moment, undo }); err != nil {
			return nil, ledgerTrouble(err, d.ledgerPath())
		}
	}
	d.signalChange()
	return same, nil
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

// Unrevoke brings the object of a revoked link back; of the page of a bundle, the files that went with it as well. The
// links then work again, to the ends that they had.
func (d *Desk) Unrevoke(ctx context.Context, id string) (Entry, error) {
	e, err := d.Entry(ctx, id)
	if err != nil {
		return e, err
	}
	if e.Revoked.IsZero() || !e.CanUndo {
		return e, trouble("NothingToUndo", e.scene("").args(), nil)
	}
	back := []Entry{e}
	if e.Kind == KindBundle {
		files, err := d.ledger.BundledIn(ctx, id)
		if err != nil {
			return e, ledgerTrouble(err, d.ledgerPath())
		}
		for _, f := range files {
			if f.Revoked.Equal(e.Revoked) && f.Undo != "" {
				back = append(back, d.takeUp(f))
			}
		}
	}
	var pages []string
	for _, one := range back {
		same, err := d.unrevokeOne(ctx, one)
		if err != nil {
			return e, err
		}
		for _, o := range same {
			on, err := d.ledger.PagesOf(ctx, o.ID)
			if err != nil {
				return e, ledgerTrouble(err, d.ledgerPath())
			}
			pages = append(pages, on...)
		}
	}
	d.signalChange()
	if e, err = d.Entry(ctx, id); err != nil {
		return e, err
	}
	if t := d.refreshPages(ctx, pages); t != nil {
		return e, t
	}
	return e, nil
}

func (d *Desk) unrevokeOne(ctx context.Context, e Entry) ([]Entry, error) {
	where := e.scene("s3:DeleteObjectVersion")
	record, err := d.ledger.Get(ctx, e.ID)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return nil, explain(err, where)
	}
	marker, covered := strings.CutPrefix(record.Undo, undoMarker)
	if covered {
		err = bucket.Uncover(ctx, opened.Client(), e.Destination.Bucket, e.Key, marker)
	} else {
		// What has come to the key meanwhile is not written over; and not knowing is no leave to.
		switch there, err := d.etagOf(ctx, e); {
		case err != nil:
			return nil, err
		case there != gone:
			return nil, trouble("PreconditionFailed", where.args(), nil)
		}
		err = bucket.Move(ctx, opened.Client(), e.Destination.Bucket, strings.TrimPrefix(record.Undo, undoMove), e.Key)
	}
	if err != nil {
		return nil, explain(err, where)
	}
	etag, err := d.etagOf(ctx, e)
	if err != nil {
		return nil, err
	}
	if etag == gone {
		return nil, trouble("NothingToUndo", where.args(), nil)
	}
	same, err := d.sameObject(ctx, e)
	if err != nil {
		return nil, err
	}
	for _, o := range same {
		err := d.ledger.Change(ctx, o.ID, func(r *ledger.Record) {
			if r.Undo == record.Undo {
				r.Revoked, r.Undo = time.Time{}, ""
				if etag != "" {
					r.ETag = etag // a copy may have another one
				}
			}
		})
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return nil, ledgerTrouble(err, d.ledgerPath())
		}
	}
	return same, nil
}

// Question asks for a person's consent: it says what will be done, to what, and whether it can be undone.
func (r Revocation) Question(how Revoking) string {
	return r.Ask(how).String()
}

// Ask is Question as a text to be translated.
func (r Revocation) Ask(how Revoking) Text {
	a := r.args()
	a["Rename"] = how == RevokeRename
	return Text{rows()["RevokeQuestion"].what, a}
}

// Choice asks in what way, and says what can be undone of each.
func (r Revocation) Choice() *Trouble { return trouble("RevokeChoice", r.args(), nil) }

func (r Revocation) args() args {
	a := r.Entry.scene("").args()
	a["Files"], a["Others"], a["Replaced"], a["CloudFront"] = r.Files, r.Others, r.Replaced, r.CloudFront
	a["Versioned"], a["Gone"] = r.Versioned, r.Gone
	a["Locked"], a["Hold"], a["Until"] = !r.LockedUntil.IsZero() || r.LegalHold, r.LegalHold, ""
	if !r.LockedUntil.IsZero() {
		a["Until"] = r.LockedUntil.Local().Format("2 Jan 2006 15:04")
	}
	return a
}

// revokedThere reports whether a link to a key was revoked that would work again if something had the key.
func (d *Desk) revokedThere(ctx context.Context, s Store, bucketName, key string) bool {
	if d.ledger == nil {
		return false
	}
	records, err := d.ledger.OfObject(ctx, bucketName, key)
	if err != nil {
		d.log.Debug("what was revoked is not known", "error", err)
	}
	return slices.ContainsFunc(records, func(r ledger.Record) bool {
		e := entryOf(r)
		return !e.Revoked.IsZero() && d.now().Before(e.Last()) && e.Destination.Store == s
	})
}

// ReplacedSince is the trouble of a link whose object is another one by now, where nobody was asked.
func ReplacedSince(r Revocation) *Trouble {
	return trouble("ObjectReplaced", r.Entry.scene("").args(), nil)
}
