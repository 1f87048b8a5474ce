package desk

import (
	"context"
	"slices"
	"time"

	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/signer"
)

// Renew signs an entry's link again, for as long as is asked for from now on; 0 is as long as the first time. Nothing
// is uploaded, but for the page of a bundle: whoever opens that shall find links that work, so it is written again
// under its key. What comes back is a transfer that has been sent; a failure is in its Trouble.
func (d *Desk) Renew(ctx context.Context, id string, expires time.Duration, v Verify) Transfer {
	return d.RenewAll(ctx, []string{id}, expires, v, nil)[0]
}

// RenewAll renews many, in their order, and writes each page that one of them stands on once. progress is called with
// how many are done. What was not begun before the context is over comes back as Cancelled.
func (d *Desk) RenewAll(ctx context.Context, ids []string, expires time.Duration, v Verify, progress func(done int)) []Transfer {
	return d.RenewAllAt(ctx, nil, ids, expires, v, progress)
}

// RenewAllAt renews many links as RenewAll does, for another link endpoint than they were signed for; nil is that one.
func (d *Desk) RenewAllAt(ctx context.Context, at *LinkEndpoint, ids []string, expires time.Duration, v Verify, progress func(done int)) []Transfer {
	renewed := make([]Transfer, len(ids))
	var entries []Entry
	var on [][]string // the pages that each stands on
	with := map[string]bool{}
	for i, id := range ids {
		e, err := d.Entry(ctx, id)
		var pages []string
		if err == nil {
			pages, err = d.ledger.PagesOf(ctx, id)
		}
		if err == nil {
			err = at.check()
		}
		if err != nil {
			renewed[i] = Transfer{ID: id, Name: visible(id), State: Failed, Trouble: explain(err, scene{})}
		}
		if at != nil {
			e.LinkEndpoint = at.URL
		}
		entries, on = append(entries, e), append(on, pages)
		with[e.ID] = e.Kind == KindBundle
	}
	done, touched := 0, map[string][]int{}
	for _, pagesNow := range []bool{true, false} { // they renew what stands on them
		for i, e := range entries {
			if renewed[i].State != "" || (e.Kind == KindBundle) != pagesNow {
				continue
			}
			lasts := expires
			if lasts == 0 {
				lasts = e.Asked
			}
			switch {
			case ctx.Err() != nil:
				renewed[i] = e.transfer()
				renewed[i].State = Cancelled
			case slices.ContainsFunc(on[i], func(page string) bool { return with[page] }):
				renewed[i] = d.copied(context.WithoutCancel(ctx), e)
			default:
				renewed[i] = d.renewEntry(context.WithoutCancel(ctx), e, lasts, v, at) // what is begun is done
				for _, page := range on[i] {
					touched[page] = append(touched[page], i)
				}
			}
			if done++; progress != nil {
				progress(done)
			}
		}
	}
	for page, which := range touched {
		if t := d.refreshPages(context.WithoutCancel(ctx), []string{page}); t != nil {
			for _, i := range which {
				if renewed[i].Trouble == nil {
					renewed[i].Trouble = t
				}
			}
		}
	}
	for _, t := range renewed {
		if t.State == Failed {
			d.NoteTrouble(t.Trouble)
		}
	}
	return renewed
}

// renewEntry renews one entry, but for the pages that it stands on.
func (d *Desk) renewEntry(ctx context.Context, e Entry, expires time.Duration, v Verify, at *LinkEndpoint) Transfer {
	t := e.transfer()
	reason := e.notRenewable()
	err := d.CheckExpires(e.Destination.Bucket, expires)
	switch {
	case reason != "":
		t.State, t.Trouble = Failed, trouble(reason, e.scene("").args(), nil)
		return t
	case err != nil:
		t.State, t.Trouble = Failed, explain(err, e.scene(""))
		return t
	case e.Kind == KindBundle:
		return d.writeBundle(ctx, e, expires, v, at)
	}
	return d.renewOne(ctx, e, expires, v)
}

// copied is an entry whose link was renewed with the page that it stands on.
func (d *Desk) copied(ctx context.Context, e Entry) Transfer {
	t := e.transfer()
	link, err := d.CopyLink(ctx, e.ID)
	if err != nil {
		t.State, t.Trouble = Failed, explain(err, e.scene("s3:GetObject"))
		return t
	}
	t.Link = link
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

// Unfit says why an entry has no link that could be renewed, or stand on a page; nil where it has.
func (e Entry) Unfit() *Trouble {
	if reason := e.notRenewable(); reason != "" {
		return trouble(reason, e.scene("").args(), nil)
	}
	return nil
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
	to := e.lead()
	to.distributed = false // it is asked for anew
	opened, err := d.open(ctx, e.Destination.Store)
	var link *Link
	if err == nil {
		link, err = d.signAndTry(ctx, opened, to, expires, e.Inline, v)
	}
	if err != nil {
		// The link that there was may still work: it stays as it is in the ledger.
		t.State, t.Trouble = Failed, explain(err, where)
		if about := to.at.trouble(t.Name, err, t.Trouble); about != nil {
			t.Trouble = about
		} else if opened != nil && t.Trouble.Denied() {
			t.Trouble = d.linkTrouble(ctx, opened, to.by(link), err, t.Trouble)
		}
		return t
	}
	t.Link = link
	if err := d.relink(ctx, e.ID, link, expires, opened.Account()); err != nil {
		t.Trouble = ledgerTrouble(err, d.ledgerPath())
	}
	return t
}

// signAndTry makes a link and, unless that is not wanted, follows it once. Where the store says that the clock here is
// wrong, it is signed once more with the store's time, and where it says that the bucket is in another region, for that.
func (d *Desk) signAndTry(ctx context.Context, s *signer.Signer, l lead, expires time.Duration, inline bool, v Verify) (*Link, error) {
	for corrected, moved := false, false; ; {
		link, signed, err := d.sign(ctx, s, l, expires, inline)
		if err != nil || v == VerifyNone {
			return link, err
		}
		err = d.try(ctx, s, signed)
		if !corrected && d.correctClock(s, err) != nil {
			corrected = true
			continue
		}
		if !moved && courier.Relocated(ctx, s, err) {
			moved = true
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
func (d *Desk) relink(ctx context.Context, id string, l *Link, expires time.Duration, account string) error {
	err := d.ledger.Change(ctx, id, func(r *ledger.Record) {
		r.Signed, r.Asked = d.now(), expires
		r.Ends, r.Because, r.Verified, r.Account = l.Ends, string(l.Because), l.Verified, account
		r.TroubleCode, r.Trouble = "", ""
		setLink(r, l)
	})
	if err == nil {
		d.signalChange()
	}
	return err
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
