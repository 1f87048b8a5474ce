package desk

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

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

// SaidType is its content type; "" where that says no more than that whoever sent it knew none.
func (a Arrival) SaidType() string {
	if strings.HasSuffix(a.ContentType, unknownType) || a.ContentType == anyType {
		return ""
	}
	return a.ContentType
}

// Arrivals asks the store what has come by a request, oldest first, and writes it down. Who was not told of it yet sees
// it as New until SawArrivals. Of a request by which more than ten thousand files have come, it gives as many, and a
// Trouble that says so.
func (d *Desk) Arrivals(ctx context.Context, id string) ([]Arrival, error) {
	record, err := d.requestRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	seen, err := d.look(ctx, record)
	if err != nil {
		return nil, err
	}
	return seen.list, seen.trouble(record)
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
	Trouble  *Trouble  // why the store could not be asked, or not be tidied, or that there is more than is looked at
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
		if !requestOf(record).Awaits(d.now()) {
			continue
		}
		news := d.newsOf(ctx, record)
		if news.Trouble != nil || len(news.Arrivals) > 0 {
			if again, err := d.RequestOf(ctx, record.ID); err == nil {
				news.Request = again
			}
			told = append(told, news)
		}
	}
	return told, nil
}

// Awaits reports whether the store is to be asked by itself: files may come, or may have come since it was asked last, or
// what the request had in the bucket is not tidied up yet. A closed one is looked at until its end: what was signed may
// work until then.
func (r Request) Awaits(now time.Time) bool {
	return now.Before(r.Last()) || !r.settled() || !r.Tidied
}

// settled reports whether the store was asked after the last file could come.
func (r Request) settled() bool { return !r.Looked.Before(r.Last().Add(lateArrivals)) }

// newsOf looks for one request, and tidies up after it when it is over.
func (d *Desk) newsOf(ctx context.Context, record ledger.Request) News {
	r, now := requestOf(record), d.now()
	over := !now.Before(r.Last())
	news := News{Request: r}
	var failed *Trouble
	if !over || !r.settled() {
		seen, err := d.look(ctx, record)
		failed = explain(err, r.scene("s3:ListBucket"))
		if failed == nil {
			news.Arrivals, news.Trouble = seen.fresh, explain(seen.trouble(record), scene{})
		}
	}
	if over && !record.Tidied && failed == nil {
		failed = explain(d.tidyRequest(ctx, record), r.scene("s3:DeleteObject"))
	}
	if failed == nil {
		return news
	}
	news.Trouble = failed
	if ctx.Err() != nil || !over {
		return news
	}
	gone := failed.Code == "NoSuchBucket" // and all with it
	if gone {
		news.Trouble = nil
	}
	// A rule in a bucket's policy is not given up.
	if gone || !record.Denied && !now.Before(r.Last().Add(lateArrivals+patienceWithEnded)) {
		if err := d.changeRequest(ctx, r.ID, func(l *ledger.Request) {
			l.Page, l.Tidied, l.Denied = "", true, false
			if settled := r.Last().Add(lateArrivals); l.Looked.Before(settled) {
				l.Looked = settled // so that nobody asks again
			}
		}); err != nil {
			news.Trouble = explain(err, scene{})
		}
	}
	return news
}

// patienceWithEnded is how long a store that cannot be asked what has come late is asked again: a computer may be asleep
// over a weekend, and a person signed out.
const patienceWithEnded = 7 * 24 * time.Hour

// sight is what a look at the store has shown.
type sight struct {
	list  []Arrival
	fresh []Arrival // that nobody has written down before
	most  int       // if there are more files than are looked at: how many are
}

// trouble says that there is more than was looked at, or returns nil.
func (s sight) trouble(record ledger.Request) error {
	if s.most == 0 {
		return nil
	}
	a := requestOf(record).scene("").args()
	a["Most"] = s.most
	return trouble("ArrivalsCut", a, nil)
}

// look asks the store what has come by a request and writes it down.
func (d *Desk) look(ctx context.Context, record ledger.Request) (seen sight, err error) {
	r := requestOf(record)
	where := r.scene("s3:ListBucket")
	opened, err := d.openRequest(ctx, record)
	if err != nil {
		return seen, explain(err, where)
	}
	plan, err := planOf(record)
	if err != nil {
		return seen, explain(err, where)
	}
	known, err := d.ledger.Arrivals(ctx, record.ID)
	if err != nil {
		return seen, ledgerTrouble(err, d.ledgerPath())
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
			return seen, explain(err, where)
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
		if len(there) == d.mostArrivals {
			seen.most = d.mostArrivals
			break
		}
		a := ledger.Arrival{Request: record.ID, Key: l.Key, Size: l.Size, ETag: unquoted(l.ETag), Came: l.Modified}
		if old, ok := before[l.Key]; ok && old.ETag == a.ETag && old.Size == a.Size {
			a = old
		} else {
			unknown = append(unknown, len(there))
		}
		there = append(there, a)
	}
	if err := d.getToKnow(ctx, opened, record, plan, there, unknown, notes); err != nil {
		return seen, explain(err, r.scene("s3:GetObject"))
	}
	keys, err := d.ledger.SetArrivals(ctx, record.ID, looked, there, seen.most > 0)
	if err != nil {
		return seen, ledgerTrouble(err, d.ledgerPath())
	}
	now, err := d.ledger.Arrivals(ctx, record.ID)
	if err != nil {
		return seen, ledgerTrouble(err, d.ledgerPath())
	}
	isFresh, isKept := map[string]bool{}, map[string]bool{}
	for _, k := range keys {
		isFresh[k] = true
	}
	for _, a := range now {
		isKept[a.Key] = true
		seen.list = append(seen.list, r.arrival(a))
		if isFresh[a.Key] {
			seen.fresh = append(seen.fresh, r.arrival(a))
		}
	}
	for _, a := range there {
		if !isKept[a.Key] { // its name holds a signature, so the ledger has not taken it
			seen.list = append(seen.list, r.arrival(a))
		}
	}
	if len(keys) > 0 || len(before) != len(now) {
		d.signalChange()
	}
	return seen, nil
}

// getToKnow asks for what a list does not tell of objects: type, checksum, and the name that the sender gave.
func (d *Desk) getToKnow(ctx context.Context, s *signer.Signer, record ledger.Request, plan requestPlan, there []ledger.Arrival, which []int, notes map[string]bool) error {
	var mu sync.Mutex
	var failed error
	denied := false
	each(len(which), looksAtOnce, func(i int) {
		mu.Lock()
		over, refused := failed != nil, denied
		mu.Unlock()
		if over {
			return
		}
		a := &there[which[i]]
		if refused { // who may not look at one may not look at any
			a.ETag = ""
			a.Name = arrivalName("", strings.TrimPrefix(a.Key, record.Folder), len(plan.Forms) > 0)
			return
		}
		if !utf8.ValidString(a.Key) { // no request can name it
			a.Name = arrivalName("", strings.TrimPrefix(a.Key, record.Folder), len(plan.Forms) > 0)
			return
		}
		object, err := bucket.Head(ctx, s.Client(), record.Bucket, a.Key)
		unsure := false
		if t := explain(err, scene{key: a.Key}); t != nil && t.Code != "NoSuchKey" {
			unsure = true
			mu.Lock()
			if t.Denied() {
				denied = true
			} else {
				failed = errors.Join(failed, err)
			}
			mu.Unlock()
			if !t.Denied() {
				return
			}
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
				text, err := bucket.Small(ctx, s.Client(), record.Bucket, a.Key+noteEnding, mostOfNote)
				t := explain(err, scene{key: a.Key})
				unsure = unsure || t != nil && t.Code != "NoSuchKey"
				said = noteName(text)
			}
		}
		a.Name = arrivalName(said, strings.TrimPrefix(a.Key, record.Folder), len(plan.Forms) > 0)
		if unsure { // so the next look asks again
			a.ETag = ""
		}
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
