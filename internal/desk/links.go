package desk

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/google/uuid"

	"waybill/internal/bucket"
	"waybill/internal/ledger"
	"waybill/signer"
)

// lead is what a link leads to: an object, and the name under which it is saved.
type lead struct {
	id, bucket, key, name string
	distributed           bool // it is a distribution's however short it lasts
	at                    LinkEndpoint
	ownName               bool // the object says itself what it is called
}

func (e Entry) lead() lead {
	return lead{id: e.ID, bucket: e.Destination.Bucket, key: e.Key, name: e.Kind.fileName(e.Name), distributed: e.CloudFront,
		at: recordedAt(e.LinkEndpoint), ownName: e.ownName}
}

func (t Transfer) lead(at LinkEndpoint, ownName bool) lead {
	return lead{id: t.ID, bucket: t.Destination.Bucket, key: t.Key, name: t.Kind.fileName(t.Name), at: at, ownName: ownName}
}

// fileName is the name under which something of this kind is saved.
func (k Kind) fileName(name string) string {
	if k == KindBundle {
		return name + ".html"
	}
	return name
}

// by is the lead of a link that was made, which knows who answers it.
func (l lead) by(link *Link) lead {
	l.distributed = link != nil && link.CloudFront
	return l
}

// sign makes a link to an object: presigned for up to seven days, for the link endpoint if there is one, and by the
// bucket's distribution for more.
func (d *Desk) sign(ctx context.Context, s *signer.Signer, l lead, expires time.Duration, inline bool) (*Link, signer.Presigned, error) {
	o := signer.GetOptions{Filename: savedName(keyName(path.Base(l.name))), Inline: inline}
	if l.ownName && !inline {
		o.Filename = ""
	}
	outside, err := s.Outside(l.at.URL, l.at.AllowHTTP)
	if err != nil {
		return nil, signer.Presigned{}, fmt.Errorf("sign for the link endpoint: %w", err)
	}
	var p signer.Presigned
	cloudFront, ok := d.distribution(l.bucket)
	if ok = ok && (l.distributed || expires > signer.MaxExpires); ok {
		p, err = cloudFront.Get(l.key, s.Now().Add(expires).Truncate(time.Second), o)
	} else {
		s.Locate(ctx, l.bucket) // before it is given away: whoever opens it cannot mend it
		p, err = outside.Get(ctx, signer.Object{Bucket: l.bucket, Key: l.key, Expires: expires}, o)
	}
	if err != nil {
		return nil, p, err
	}
	link := &Link{
		ID: l.id, URL: p.URL, Ends: p.Ends, Because: p.Because, CloudFront: ok, RequesterPays: !ok && s.Pays(l.bucket),
		Reach: d.reachOf(ctx, p.URL), ownName: l.ownName,
	}
	if !ok {
		link.At = l.at.URL
	}
	return link, p, nil
}

// LinkTo makes, tries and records a link to an object that is already in the bucket. What it gives back is a
// transfer that has been sent, without a path; a failure is in its Trouble.
func (d *Desk) LinkTo(ctx context.Context, s Store, bucketName, key string, o SendOptions) Transfer {
	if o.Expires == 0 {
		o.Expires = time.Hour
	}
	t := Transfer{
		ID: uuid.Must(uuid.NewV7()).String(), Name: visible(path.Base(key)), Key: key, State: Failed,
		Destination: Destination{Store: s, Bucket: bucketName},
	}
	where := scene{store: s, bucket: bucketName, key: key, path: key, permission: "s3:GetObject"}
	var opened *signer.Signer
	err := CheckBucket(bucketName)
	if err == nil {
		err = signer.CheckKey(key)
	}
	if err == nil {
		err = o.LinkEndpoint.check()
	}
	if err == nil {
		opened, err = d.open(ctx, s)
	}
	if err == nil {
		var object bucket.Object
		object, err = bucket.Head(ctx, opened.Client(), bucketName, key)
		d.learnClock(opened, object.Date)
		t.Size, t.Done, t.ContentType, t.ETag = object.Size, object.Size, object.ContentType, unquoted(object.ETag)
		if object.CRC64NVME != "" {
			t.Checksum = "crc64nvme:" + object.CRC64NVME
		}
	}
	if err != nil {
		t.Trouble = explain(err, where)
		d.NoteTrouble(t.Trouble)
		return t
	}
	to := t.lead(d.linkEndpoint(o.LinkEndpoint, s, bucketName), false)
	link, err := d.signAndTry(ctx, opened, to, o.Expires, o.Inline, o.Verify)
	if link == nil {
		t.Trouble = explain(err, where)
		d.NoteTrouble(t.Trouble)
		return t
	}
	t.Trouble = d.linkTrouble(ctx, opened, to.by(link), err, explain(err, where))
	t.State, t.Link = Sent, link
	d.record(ctx, []ledger.Record{recordOf(t, s.pinned(opened), o, opened.Account(), d.now())})
	return t
}

func unquoted(etag string) string {
	if len(etag) >= 2 && etag[0] == '"' {
		return etag[1 : len(etag)-1]
	}
	return etag
}

// Links lists the ledger's entries, newest first, at most limit (0: all), also of one that cannot be written.
func (d *Desk) Links(ctx context.Context, limit int) ([]Entry, error) {
	from := d.readable()
	if from == nil {
		return nil, d.noLedger()
	}
	records, err := from.List(ctx, limit)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	standing, err := from.Pages(ctx)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	on, files := make(map[string]string, len(standing)), map[string]int{}
	for _, s := range standing {
		on[s.File] = s.Page
		files[s.Page]++
	}
	entries := make([]Entry, len(records))
	for i, r := range records {
		entries[i] = entryOf(r)
		entries[i].Bundle, entries[i].Files = on[r.ID], files[r.ID]
	}
	return entries, nil
}

// Entry finds one line of the ledger.
func (d *Desk) Entry(ctx context.Context, id string) (Entry, error) {
	if d.ledger == nil {
		return Entry{}, d.noLedger()
	}
	r, err := d.ledger.Get(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return Entry{}, trouble("NotInLedger", args{"Given": id}, nil)
	}
	if err != nil {
		return Entry{}, ledgerTrouble(err, d.ledgerPath())
	}
	e := d.takeUp(r)
	pages, err := d.ledger.PagesOf(ctx, id)
	if err == nil && len(pages) > 0 {
		e.Bundle = pages[len(pages)-1] // the newest
	}
	if err == nil && e.Kind == KindBundle {
		var files []ledger.Record
		files, err = d.ledger.BundledIn(ctx, id)
		e.Files = len(files)
	}
	if err != nil {
		return e, ledgerTrouble(err, d.ledgerPath())
	}
	return e, nil
}

// scene is where an entry's object is, for the words of an explanation.
func (e Entry) scene(permission string) scene {
	return scene{store: e.Destination.Store, bucket: e.Destination.Bucket, key: e.Key, path: e.Name, permission: permission}
}

// CopyLink signs an entry's link again, to the same end: no URL is kept. When the credentials no longer reach
// that end, the link ends earlier and its Because says so.
func (d *Desk) CopyLink(ctx context.Context, id string) (*Link, error) {
	e, err := d.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	where := e.scene("s3:GetObject")
	if !e.Revoked.IsZero() {
		return nil, trouble("LinkRevoked", where.args(), nil)
	}
	opened, err := d.open(ctx, e.Destination.Store)
	if err != nil {
		return nil, explain(err, where)
	}
	expires := e.Last().Sub(opened.Now())
	if expires < time.Second {
		return nil, trouble("LinkEnded", where.args(), nil)
	}
	// The signature counts from the whole second that is running; what is cut off there is added here.
	expires += opened.Now().Sub(opened.Now().Truncate(time.Second))
	link, _, err := d.sign(ctx, opened, e.lead(), expires, e.Inline)
	if err != nil {
		return nil, explain(err, where)
	}
	if link.Because == signer.Requested && !e.Ends.IsZero() {
		link.Because = e.Because // the same end for the same reason
	}
	link.Verified = e.Verified
	return link, nil
}

// recorder writes what has ended into the ledger, many at a time: one transaction a file would be slower than
// sending small files is.
type recorder struct {
	desk *Desk
	in   chan entry
	done chan struct{}
}

func newRecorder(d *Desk) *recorder {
	return &recorder{desk: d, in: make(chan entry, 256), done: make(chan struct{})}
}

// flushEvery bounds how much a killed program can forget.
const flushEvery = 200 * time.Millisecond

// entry is a transfer that is over, and the uploads of it that are over with it.
type entry struct {
	record  ledger.Record
	uploads []string
	doubt   bool // the store may have more of them than anybody knows
}

func (r *recorder) put(e entry) { r.in <- e }

func (r *recorder) run() {
	defer close(r.done)
	var batch []ledger.Record
	var ended []entry
	flush := func() {
		if len(batch) > 0 {
			r.desk.record(context.Background(), batch)
			batch = batch[:0]
		}
		for _, e := range ended { // after the record: what is neither sent nor unfinished would be sent again
			for _, id := range e.uploads {
				if err := r.desk.ledger.EndUpload(context.Background(), id, e.doubt); err != nil {
					r.desk.log.Debug("an upload is not ended", "error", err)
				}
			}
		}
		ended = ended[:0]
	}
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case e, ok := <-r.in:
			if !ok {
				flush()
				return
			}
			batch = append(batch, e.record)
			if len(e.uploads) > 0 {
				ended = append(ended, e)
			}
		case <-tick.C:
			flush()
		}
	}
}

func (r *recorder) close() {
	close(r.in)
	<-r.done
}

// record writes to the ledger; that it could not is remembered for LedgerTrouble.
func (d *Desk) record(ctx context.Context, records []ledger.Record) {
	if d.ledger == nil {
		return
	}
	defer d.signalChange()
	err := d.ledger.PutAll(ctx, records)
	if errors.Is(err, ledger.ErrSecret) && len(records) > 1 {
		// A file can be called by a presigned URL; curl -O and wget name it so. The others have nothing to hide.
		for _, r := range records {
			d.record(ctx, []ledger.Record{r})
		}
		return
	}
	if err != nil {
		d.noteLedger(ledgerTrouble(err, d.ledgerPath()))
		return
	}
	if t := d.LedgerTrouble(); t != nil && t.Code != "LedgerSecret" {
		d.noteLedger(nil) // what kept an earlier record out has passed
	}
}

// recordOf is what the ledger keeps of a transfer to a store: all that is needed to sign its link again, and no
// URL.
func recordOf(t Transfer, s Store, o SendOptions, account string, now time.Time) ledger.Record {
	r := ledger.Record{
		ID: t.ID, Path: t.Path, Name: t.Name,
		Profile: s.Profile, Region: s.Region, Endpoint: s.Endpoint, Sandbox: s.Sandbox, AllowHTTP: s.AllowHTTP,
		Bucket: t.Destination.Bucket, Prefix: t.Destination.Prefix, Key: t.Key,
		Size: t.Size, ContentType: t.ContentType, ETag: t.ETag, Checksum: t.Checksum,
		State: string(t.State), Created: now, Signed: now, Asked: o.Expires, Inline: o.Inline, Account: account,
		Kind: string(t.Kind),
	}
	if t.Trouble != nil {
		r.TroubleCode, r.Trouble = t.Trouble.Code, t.Trouble.Error()
	}
	if t.Link != nil {
		r.Ends, r.Because, r.Verified = t.Link.Ends, string(t.Link.Because), t.Link.Verified
		setLink(&r, t.Link)
	}
	return r
}

// setLink writes down who answers a link, and from where it works.
func setLink(r *ledger.Record, l *Link) {
	r.Via, r.At, r.Reach, r.OwnName = l.via(), l.At, string(l.Reach), l.ownName
}

func entryOf(r ledger.Record) Entry {
	return Entry{
		ID: r.ID, Name: r.Name, Path: r.Path,
		Destination: Destination{
			Store:  Store{Profile: r.Profile, Region: r.Region, Endpoint: r.Endpoint, Sandbox: r.Sandbox, AllowHTTP: r.AllowHTTP},
			Bucket: r.Bucket, Prefix: r.Prefix,
		},
		Key: r.Key, Size: r.Size, ContentType: r.ContentType, ETag: r.ETag, Checksum: r.Checksum,
		State: State(r.State), Sent: r.Created, Asked: r.Asked, Ends: r.Ends, Because: signer.Because(r.Because),
		Verified: r.Verified, Inline: r.Inline, TroubleCode: r.TroubleCode, TroubleText: r.Trouble,
		Account: r.Account, Note: r.Note, Kind: Kind(r.Kind), CloudFront: r.Via == viaCloudFront, RequesterPays: r.Via == viaRequester,
		LinkEndpoint: r.At, ownName: r.OwnName,
		Reach:  reachOfEntry(r.Reach, r.At, r.Endpoint, r.Sandbox, r.Via == viaCloudFront),
		Signed: r.Signed, Revoked: r.Revoked, CanUndo: r.Undo != "",
	}
}

// EndsEarlier says that a link signed again ends before the entry's did, or returns nil: the credentials that
// sign now no longer reach that far.
func (d *Desk) EndsEarlier(e Entry, again *Link) *Trouble {
	a := scene{store: e.Destination.Store}.args()
	switch {
	case e.Ends.IsZero():
		return nil
	case again.Ends.IsZero():
		return trouble("EndUnknown", a, nil)
	case !again.Ends.Before(e.Ends.Truncate(time.Second)):
		return nil
	}
	a["Ends"] = inMinutes(again.Ends)
	if again.Because == signer.Limit {
		a["Bucket"] = e.Destination.Bucket
		return trouble("CopyEndsAtLimit", a, nil)
	}
	return trouble("CopyEndsEarly", a, nil)
}
