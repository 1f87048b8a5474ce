package desk

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"waybill/internal/bucket"
	"waybill/internal/ledger"
	"waybill/signer"
)

// mostArrivals bounds what is looked at of one request: whoever has its form can send as often as they like.
const mostArrivals = 10_000

// looksAtOnce is how many objects are looked at together.
const looksAtOnce = 8

// Arrival is a file that has come by a request.
type Arrival struct {
	Request     string // the request's ID
	Key         string // whole
	Name        string // as a person reads it, with the folders that it was sent in; the sender chose it
	Size        int64  // bytes
	ContentType string
	ETag        string
	Checksum    string // "crc64nvme:…", or "" where the store has none
	Came        time.Time
	New         bool // not seen yet: SawArrivals was not called since it came
	Gone        bool // it was there, and is not any more
	TooLarge    bool // larger than the request asked for: a URL for one file cannot forbid that
	Unasked     bool // of a kind that the request did not ask for
}

// Arrivals asks the store what has come by a request, oldest first, and writes it down. Who was not told of it yet sees
// it as New until SawArrivals. Of a request by which more than ten thousand files have come, it gives as many.
func (d *Desk) Arrivals(ctx context.Context, id string) ([]Arrival, error) {
	record, err := d.requestRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	list, _, err := d.look(ctx, record)
	return list, err
}

// KnownArrivals is Arrivals as of the last look. It asks no store.
func (d *Desk) KnownArrivals(ctx context.Context, id string) ([]Arrival, error) {
	record, err := d.requestRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	known, err := d.ledger.Arrivals(ctx, id)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	r := requestOf(record)
	list := make([]Arrival, len(known))
	for i, a := range known {
		list[i] = r.arrival(a)
	}
	return list, nil
}

// SawArrivals says that the person has seen what has arrived so far.
func (d *Desk) SawArrivals(ctx context.Context, id string) error {
	if _, err := d.requestRecord(ctx, id); err != nil {
		return err
	}
	if err := d.ledger.SawArrivals(ctx, id); err != nil {
		return ledgerTrouble(err, d.ledgerPath())
	}
	d.signalChange()
	return nil
}

// News is what has come by a request since the last look at the store, by whomever that was.
type News struct {
	Request  Request
	Arrivals []Arrival // only those that came since
	Trouble  *Trouble  // why the store could not be asked, or not be tidied
}

// lateArrivals is how long after a request's end files may still come: a store looks at a signature when an upload begins,
// and a large one takes its time.
const lateArrivals = 6 * time.Hour

// LookForArrivals asks the stores of all open requests, and of those that have ended not long before they were last asked.
// It gives those with something to tell, and tidies up after the ended ones: page, unfinished uploads, policy.
func (d *Desk) LookForArrivals(ctx context.Context) ([]News, error) {
	if d.ledger == nil {
		return nil, d.noLedger()
	}
	records, err := d.ledger.Requests(ctx)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	var told []News
	for _, record := range records {
		if err := ctx.Err(); err != nil {
			return told, err
		}
		r, now := requestOf(record), d.now()
		over := !now.Before(r.Last())
		// A closed one is looked at until its end: what was signed may work until then.
		settled := over && !r.Looked.Before(r.Last().Add(lateArrivals))
		if settled && record.Tidied {
			continue
		}
		news := News{Request: r}
		if !settled {
			var err error
			if _, news.Arrivals, err = d.look(ctx, record); err != nil {
				news.Trouble = explain(err, r.scene("s3:ListBucket"))
			}
		}
		if over && !record.Tidied && news.Trouble == nil {
			if err := d.tidyRequest(ctx, record); err != nil {
				news.Trouble = explain(err, r.scene("s3:DeleteObject"))
			}
		}
		if news.Trouble != nil || len(news.Arrivals) > 0 {
			if again, err := d.RequestOf(ctx, r.ID); err == nil {
				news.Request = again
			}
			told = append(told, news)
		}
	}
	return told, nil
}

// look asks the store what has come by a request and writes it down. fresh is what nobody has written down before.
func (d *Desk) look(ctx context.Context, record ledger.Request) (list, fresh []Arrival, err error) {
	r := requestOf(record)
	where := r.scene("s3:ListBucket")
	opened, err := d.open(ctx, r.Destination.Store)
	if err != nil {
		return nil, nil, explain(err, where)
	}
	plan, err := planOf(record)
	if err != nil {
		return nil, nil, explain(err, where)
	}
	known, err := d.ledger.Arrivals(ctx, record.ID)
	if err != nil {
		return nil, nil, ledgerTrouble(err, d.ledgerPath())
	}
	before := make(map[string]ledger.Arrival, len(known))
	for _, a := range known {
		before[a.Key] = a
	}
	looked := d.now() // before the list: what comes meanwhile is for the next look
	var there []ledger.Arrival
	var unknown []int
	notes := map[string]bool{}
	for l, err := range bucket.All(ctx, opened.Client(), record.Bucket, record.Folder) {
		if err != nil {
			return nil, nil, explain(err, where)
		}
		if l.Key == probeKey(record) && l.Size == 0 {
			continue
		}
		if slotKey, ok := strings.CutSuffix(l.Key, noteEnding); ok && l.Size <= mostOfNote {
			if s, ok := plan.slot(slotKey); ok && s.Parts > 0 {
				notes[slotKey] = true
				continue
			}
		}
		a := ledger.Arrival{Request: record.ID, Key: l.Key, Size: l.Size, ETag: unquoted(l.ETag), Came: l.Modified}
		if old, ok := before[l.Key]; ok && old.ETag == a.ETag && old.Size == a.Size {
			a = old
		} else {
			unknown = append(unknown, len(there))
		}
		if there = append(there, a); len(there) == mostArrivals {
			break
		}
	}
	if err := d.getToKnow(ctx, opened, record, plan, there, unknown, notes); err != nil {
		return nil, nil, explain(err, r.scene("s3:GetObject"))
	}
	keys, err := d.ledger.SetArrivals(ctx, record.ID, looked, there)
	if err != nil {
		return nil, nil, ledgerTrouble(err, d.ledgerPath())
	}
	now, err := d.ledger.Arrivals(ctx, record.ID)
	if err != nil {
		return nil, nil, ledgerTrouble(err, d.ledgerPath())
	}
	isFresh, isKept := map[string]bool{}, map[string]bool{}
	for _, k := range keys {
		isFresh[k] = true
	}
	for _, a := range now {
		isKept[a.Key] = true
		list = append(list, r.arrival(a))
		if isFresh[a.Key] {
			fresh = append(fresh, r.arrival(a))
		}
	}
	for _, a := range there {
		if !isKept[a.Key] { // its name holds a signature, so the ledger has not taken it
			list = append(list, r.arrival(a))
		}
	}
	if len(keys) > 0 || len(before) != len(now) {
		d.signalChange()
	}
	return list, fresh, nil
}

// getToKnow asks for what a list does not tell of objects: type, checksum, and the name that the sender gave.
func (d *Desk) getToKnow(ctx context.Context, s *signer.Signer, record ledger.Request, plan requestPlan, there []ledger.Arrival, which []int, notes map[string]bool) error {
	var mu sync.Mutex
	var failed error
	each(len(which), looksAtOnce, func(i int) {
		mu.Lock()
		over := failed != nil
		mu.Unlock()
		if over {
			return
		}
		a := &there[which[i]]
		object, err := bucket.Head(ctx, s.Client(), record.Bucket, a.Key)
		if t := explain(err, scene{key: a.Key}); t != nil && t.Code != "NoSuchKey" && t.Code != "AccessDenied" {
			mu.Lock()
			failed = errors.Join(failed, err)
			mu.Unlock()
			return
		}
		// One that may not be looked at, or was just taken away, is known by its key.
		a.ContentType = object.ContentType
		if object.CRC64NVME != "" {
			a.Checksum = "crc64nvme:" + object.CRC64NVME
		}
		said := ""
		if _, ok := plan.slot(a.Key); ok {
			if said = dispositionName(object.Disposition); said == "" && notes[a.Key] {
				// What is no note tells no name; the file is there all the same.
				text, _ := bucket.Small(ctx, s.Client(), record.Bucket, a.Key+noteEnding, mostOfNote)
				said = noteName(text)
			}
		}
		a.Name = arrivalName(said, strings.TrimPrefix(a.Key, record.Folder), len(plan.Forms) > 0)
	})
	return failed
}

// arrival is what the ledger knows, held against what was asked for.
func (r Request) arrival(a ledger.Arrival) Arrival {
	return Arrival{
		Request: a.Request, Key: a.Key, Name: a.Name, Size: a.Size, ContentType: a.ContentType, ETag: a.ETag, Checksum: a.Checksum,
		Came: a.Came, New: !a.Seen && !a.Gone, Gone: a.Gone,
		TooLarge: r.MaxSize > 0 && a.Size > r.MaxSize, Unasked: !asked(r.Kinds, a.Name, a.ContentType),
	}
}
