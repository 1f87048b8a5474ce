package desk

import (
	"context"
	"time"

	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/signer"
)

// Renew signs an entry's link again, for as long as is asked for from now on; 0 is as long as the first time. Nothing
// is uploaded, but for the page of a bundle: whoever opens that shall find links that work, so it is written again
// under its key. What comes back is a transfer that has been sent; a failure is in its Trouble.
func (d *Desk) Renew(ctx context.Context, id string, expires time.Duration, v Verify) Transfer {
	e, err := d.Entry(ctx, id)
	if err != nil {
		return Transfer{ID: id, Name: visible(id), State: Failed, Trouble: explain(err, scene{})}
	}
	if expires == 0 {
		expires = e.Asked
	}
	t := e.transfer()
	if reason := e.notRenewable(); reason != "" {
		t.State, t.Trouble = Failed, trouble(reason, e.scene("").args(), nil)
		return t
	}
	if e.Kind == KindBundle {
		return d.writeBundle(ctx, e, expires, v)
	}
	t = d.renewOne(ctx, e, expires, v)
	if e.Bundle != "" && t.State == Sent {
		d.refreshBundle(ctx, e.Bundle)
	}
	return t
}

// notRenewable names the row of the table that says why a link cannot be renewed, "" where it can.
func (e Entry) notRenewable() string {
	switch {
	case e.State != Sent:
		return "NothingToRenew"
	case !e.Revoked.IsZero():
		return "LinkRevoked"
	}
	return ""
}

// transfer is the entry as something that has been sent.
func (e Entry) transfer() Transfer {
	return Transfer{
		ID: e.ID, Path: e.Path, Name: e.Name, Destination: e.Destination, Key: e.Key, Size: e.Size, Done: e.Size,
		State: e.State, ContentType: e.ContentType, ETag: e.ETag, Checksum: e.Checksum, Kind: e.Kind,
	}
}

// renewOne signs, tries and records one link.
func (d *Desk) renewOne(ctx context.Context, e Entry, expires time.Duration, v Verify) Transfer {
	t := e.transfer()
	where := e.scene("s3:GetObject")
	opened, err := d.open(ctx, e.Destination.Store)
	var link *Link
	if err == nil {
		link, err = d.signAndTry(ctx, opened, t.lead(), expires, e.Inline, v)
	}
	if err != nil {
		// The link that there was may still work: it stays as it is in the ledger.
		t.State, t.Trouble = Failed, explain(err, where)
		if opened != nil && t.Trouble.Code == "AccessDenied" {
			t.Trouble = d.linkTrouble(ctx, opened, e.lead(), err, t.Trouble)
		}
		return t
	}
	t.Link = link
	t.Trouble = d.relink(ctx, e.ID, link, expires, opened)
	return t
}

// signAndTry makes a link and, unless that is not wanted, follows it once. Where the store says that the clock here is
// wrong, it is signed once more with the store's time.
func (d *Desk) signAndTry(ctx context.Context, s *signer.Signer, l lead, expires time.Duration, inline bool, v Verify) (*Link, error) {
	for corrected := false; ; corrected = true {
		link, signed, err := d.sign(ctx, s, l, expires, inline)
		if err != nil || v == VerifyNone {
			return link, err
		}
		err = d.try(ctx, s, signed)
		if store, ok := skewOf(err, s.Now()); ok && !corrected {
			s.SetSkew(store)
			continue
		}
		link.Verified = err == nil
		return link, err
	}
}

// try follows a link once.
func (d *Desk) try(ctx context.Context, s *signer.Signer, signed signer.Presigned) error {
	c := courier.New(s, courier.Options{Concurrency: 1, Patience: time.Second})
	defer c.Close()
	return c.Probe(ctx, signed)
}

// relink writes down that an entry has another link now.
func (d *Desk) relink(ctx context.Context, id string, l *Link, expires time.Duration, s *signer.Signer) *Trouble {
	err := d.ledger.Change(ctx, id, func(r *ledger.Record) {
		r.Signed, r.Asked = d.now(), expires
		r.Ends, r.Because, r.Verified, r.Account = l.Ends, string(l.Because), l.Verified, s.Account()
		r.TroubleCode, r.Trouble, r.Via = "", "", ""
		if l.CloudFront {
			r.Via = viaCloudFront
		}
	})
	if err != nil {
		return ledgerTrouble(err, d.ledgerPath())
	}
	d.signalChange()
	return nil
}

// SetNote writes the person's own words to an entry.
func (d *Desk) SetNote(ctx context.Context, id, note string) error {
	if d.ledger == nil {
		return d.noLedger()
	}
	if _, err := d.Entry(ctx, id); err != nil {
		return err
	}
	if err := d.ledger.Change(ctx, id, func(r *ledger.Record) { r.Note = note }); err != nil {
		return ledgerTrouble(err, d.ledgerPath())
	}
	d.signalChange()
	return nil
}

// ForgetLinks takes entries out of the ledger, and nothing else: objects and links stay as they are. It gives the
// number of those that were there.
func (d *Desk) ForgetLinks(ctx context.Context, ids ...string) (int, error) {
	if d.ledger == nil {
		return 0, d.noLedger()
	}
	n, err := d.ledger.Forget(ctx, ids...)
	if err != nil {
		return 0, ledgerTrouble(err, d.ledgerPath())
	}
	d.signalChange()
	return n, nil
}
