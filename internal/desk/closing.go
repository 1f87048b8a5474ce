package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/signer"
)

// What was signed cannot be called back. So closing a request takes away what it stands on: the page, and the uploads in
// parts that were started for it. What is left, the form and the URLs for one file, can only be refused by a policy of
// the bucket, where the store holds signed requests to it.

// Closing is what closing a request would do: what a person is asked about, and what is done then.
type Closing struct {
	Request Request
	Uploads int // unfinished uploads in parts, which are removed
	// Works says that the form, or URLs for one file, go on working until the request's end for whoever kept the page,
	// unless a policy denies them.
	Works bool
	// CanDeny says that a rule in the bucket's policy may help: at AWS, and elsewhere where the bucket has a policy. A first
	// one could lock everybody out there.
	CanDeny bool
	// Rule is the statement that would be added to the bucket's policy, as JSON.
	Rule string
}

// Closable looks what closing a request would do, before it is asked about.
func (d *Desk) Closable(ctx context.Context, id string) (Closing, error) {
	record, err := d.requestRecord(ctx, id)
	if err != nil {
		return Closing{}, err
	}
	r := requestOf(record)
	c := Closing{Request: r}
	where := r.scene("s3:PutBucketPolicy")
	if ended := r.Standing(d.now()) == RequestEnded; ended || r.Denied {
		return c, trouble("NothingToClose", args{"Ended": ended}, nil)
	}
	plan, err := planOf(record)
	if err != nil {
		return c, explain(err, where)
	}
	for _, s := range plan.Slots {
		if s.Upload != "" {
			c.Uploads++
		}
	}
	c.Works = plan.worksWhenClosed()
	opened, err := d.openRequest(ctx, record)
	if err != nil {
		return c, explain(err, where)
	}
	if c.Works && mayDeny(ctx, opened, r.Destination.Bucket) == nil {
		c.CanDeny = true
		var rule bytes.Buffer
		if json.Indent(&rule, denial(record, opened), "", "  ") == nil {
			c.Rule = rule.String()
		}
	}
	return c, nil
}

// mayDeny looks whether a rule may be added to a bucket's policy. To AWS, a policy that only refuses something means nothing
// else; to versitygw, a bucket with a policy allows only what that allows, and even its owner could not remove it again.
func mayDeny(ctx context.Context, s *signer.Signer, bucketName string) error {
	if signer.IsAccessPoint(bucketName) {
		return trouble("AccessPointPart", args{"Bucket": bucketName}, nil)
	}
	has, err := bucket.HasPolicy(ctx, s.Client(), bucketName)
	if err == nil && !has && s.Endpoint() != "" {
		return trouble("PolicyFirst", args{"Bucket": bucketName}, nil)
	}
	return err
}

// worksWhenClosed reports whether there are signatures that stand on nothing that could be taken away.
func (p requestPlan) worksWhenClosed() bool {
	if len(p.Forms) > 0 {
		return true
	}
	for _, s := range p.Slots {
		if s.Put {
			return true
		}
	}
	return false
}

// ruleID is what the bucket's policy calls a request's statement; it takes letters and digits only.
func ruleID(record ledger.Request) string { return "waybill" + strings.ReplaceAll(record.ID, "-", "") }

// denial is the statement that refuses what was signed for a request.
func denial(record ledger.Request, s *signer.Signer) json.RawMessage {
	return bucket.DenyPut(ruleID(record), s.Partition(), record.Bucket, record.Folder)
}

// Ask is the question for a person's consent as a text to be translated; deny asks about the policy as well.
func (c Closing) Ask(deny bool) Text {
	a := c.Request.scene("").args()
	a["For"], a["Works"], a["Deny"], a["Uploads"] = c.Request.For, c.Works, deny && c.CanDeny, c.Uploads
	a["Ends"] = inMinutes(c.Request.Last())
	return Text{rows()["CloseQuestion"].what, a}
}

// Question is Ask in English.
func (c Closing) Question(deny bool) string { return c.Ask(deny).String() }

// Closed is what closing a request has done.
type Closed struct {
	Request Request
	Denied  bool // the store was tried: it refuses what was signed
	// Still says what still works and until when; nil where nothing does.
	Still *Trouble
}

// CloseRequest ends a request before its time: the page goes, unfinished uploads in parts go, and with deny a policy
// of the bucket refuses what was signed. Where the store does not honour that, the policy is taken back, and Still says
// so. Asking again with deny after a first time without is fine. A closed request cannot be opened again, nor can one be
// extended: make a new one.
func (d *Desk) CloseRequest(ctx context.Context, id string, deny bool) (Closed, error) {
	record, err := d.requestRecord(ctx, id)
	if err != nil {
		return Closed{}, err
	}
	r := requestOf(record)
	where := r.scene("s3:DeleteObject")
	if ended := r.Standing(d.now()) == RequestEnded; ended || r.Denied || !r.Closed.IsZero() && !deny {
		return Closed{Request: r}, trouble("NothingToClose", args{"Ended": ended}, nil)
	}
	plan, err := planOf(record)
	if err != nil {
		return Closed{Request: r}, explain(err, where)
	}
	opened, err := d.openRequest(ctx, record)
	if err != nil {
		return Closed{Request: r}, explain(err, where)
	}
	carrier := courier.New(opened, courier.Options{})
	defer carrier.Close()
	if err := d.emptyRequest(ctx, carrier, record, plan); err != nil {
		return Closed{Request: r}, explain(err, where)
	}
	closed, moment := Closed{}, d.now()
	if err := d.changeRequest(ctx, id, func(r *ledger.Request) {
		if r.Closed.IsZero() {
			r.Closed = moment
		}
		r.Page = ""
	}); err != nil {
		return closed, err
	}
	a := where.args()
	a["Ends"] = inMinutes(r.Last())
	switch {
	case !plan.worksWhenClosed():
	case !deny:
		closed.Still = trouble("StillWorks", a, nil)
	default:
		if closed.Denied, closed.Still, err = d.denyRequest(ctx, opened, carrier, record, a); err != nil {
			return closed, err
		}
	}
	d.signalChange()
	closed.Request, err = d.RequestOf(ctx, id)
	return closed, err
}

// denyRequest adds the rule, tries it, and takes it back where it does not help. still says what goes on working.
func (d *Desk) denyRequest(ctx context.Context, s *signer.Signer, c *courier.Courier, record ledger.Request, a args) (denied bool, still *Trouble, err error) {
	failed := mayDeny(ctx, s, record.Bucket)
	added := failed == nil
	if added {
		// Written down first, so that a killed process does not leave a rule that nobody takes back.
		if err := d.changeRequest(ctx, record.ID, func(r *ledger.Request) { r.Denied = true }); err != nil {
			return false, nil, err
		}
		failed = d.deny(ctx, s, c, record)
	}
	if failed == nil {
		return true, nil, nil
	}
	a["Reason"] = explain(failed, requestOf(record).scene("s3:PutBucketPolicy")).What.String()
	if added {
		if back := d.undeny(context.WithoutCancel(ctx), s, record); back != nil {
			return false, trouble("NotDeniedNorUndone", a, errors.Join(failed, back)), nil
		}
	}
	return false, trouble("NotDenied", a, failed), nil
}

func (d *Desk) changeRequest(ctx context.Context, id string, change func(*ledger.Request)) error {
	if err := d.ledger.ChangeRequest(ctx, id, change); err != nil {
		return ledgerTrouble(err, d.ledgerPath())
	}
	return nil
}

// emptyRequest takes away what a request has in the bucket beside the files that have come.
func (d *Desk) emptyRequest(ctx context.Context, c *courier.Courier, record ledger.Request, plan requestPlan) error {
	failures := make([]error, len(plan.Slots)+1)
	each(len(failures), startedAtOnce, func(i int) {
		switch {
		case i < len(plan.Slots) && plan.Slots[i].Upload != "":
			failures[i] = c.AbortID(ctx, record.Bucket, plan.Slots[i].Key, plan.Slots[i].Upload)
		case i == len(plan.Slots) && record.Page != "":
			failures[i] = c.Remove(ctx, record.Bucket, record.Page)
		}
	})
	return errors.Join(failures...)
}

const (
	denyTries = 10 // for a policy to be known everywhere in the store
	denyPause = time.Second
)

// errNotHonoured says that a store has a policy and does not hold signed requests to it.
var errNotHonoured = errors.New("the store does not hold signed requests to the bucket's policy")

// deny makes the bucket's policy refuse what was signed, and tries whether it does.
func (d *Desk) deny(ctx context.Context, s *signer.Signer, c *courier.Courier, record ledger.Request) error {
	plan, err := planOf(record)
	if err != nil {
		return err
	}
	if err := bucket.Deny(ctx, s.Client(), record.Bucket, ruleID(record), denial(record, s)); err != nil {
		return err
	}
	for try := 1; ; try++ {
		works, err := stillWorks(ctx, s, c, record, plan)
		if err != nil || !works {
			return err
		}
		if try == denyTries || s.Endpoint() != "" { // only AWS is large enough to need time
			return trouble("PolicyNotHonoured", nil, errNotHonoured)
		}
		select {
		case <-time.After(denyPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stillWorks tries each way that a request has with an empty file, and takes that away again. versitygw holds PUT to a
// policy, and a form not.
func stillWorks(ctx context.Context, s *signer.Signer, c *courier.Courier, record ledger.Request, plan requestPlan) (bool, error) {
	key := probeKey(record)
	put := func() error {
		_, err := c.Put(ctx, &courier.Upload{Bucket: record.Bucket, Key: key, ContentType: anyType, Overwrite: true}, nil)
		return err
	}
	ways := []func() error{put}
	for _, f := range plan.Forms {
		ways = append(ways, func() error {
			folder := signer.Object{Bucket: record.Bucket, Key: formFolder(record.Folder), Expires: 15 * time.Minute}
			form, err := s.Post(ctx, folder, signer.PostOptions{ContentType: f.ContentType})
			if err != nil {
				return err
			}
			return c.Post(ctx, form, key, saidType(f.ContentType), nil)
		})
	}
	for _, way := range ways {
		err := way()
		if err == nil {
			return true, c.Remove(ctx, record.Bucket, key)
		}
		if t := explain(err, scene{permission: "s3:PutObject"}); !t.Denied() {
			return false, err
		}
	}
	return false, nil
}

// undeny takes a request's statement out of the bucket's policy.
func (d *Desk) undeny(ctx context.Context, s *signer.Signer, record ledger.Request) error {
	if err := bucket.Undeny(ctx, s.Client(), record.Bucket, ruleID(record)); err != nil {
		return err
	}
	return d.changeRequest(ctx, record.ID, func(r *ledger.Request) { r.Denied = false })
}

// Undeny takes the policy of a closed request back before its end.
func (d *Desk) Undeny(ctx context.Context, id string) error {
	record, err := d.requestRecord(ctx, id)
	if err != nil {
		return err
	}
	r := requestOf(record)
	where := r.scene("s3:PutBucketPolicy")
	if !r.Denied {
		return trouble("NothingDenied", where.args(), nil)
	}
	opened, err := d.openRequest(ctx, record)
	if err != nil {
		return explain(err, where)
	}
	if err := d.undeny(ctx, opened, record); err != nil {
		return explain(err, where)
	}
	d.signalChange()
	return nil
}

// tidyRequest takes away what a request that is over has left in the bucket.
func (d *Desk) tidyRequest(ctx context.Context, record ledger.Request) error {
	if record.Tidied {
		return nil
	}
	r := requestOf(record)
	where := r.scene("s3:DeleteObject")
	plan, err := planOf(record)
	if err != nil {
		return explain(err, where)
	}
	opened, err := d.openRequest(ctx, record)
	if err != nil {
		return explain(err, where)
	}
	carrier := courier.New(opened, courier.Options{})
	defer carrier.Close()
	// A process that was killed while it made the request may have started uploads that nobody has written down. Nobody
	// else starts any in a request's own folder.
	if unknown, err := bucket.Uploads(ctx, opened.Client(), record.Bucket, record.Folder); err == nil {
		for _, u := range unknown {
			if s, ok := plan.slot(u.Key); ok && s.Upload != u.ID {
				plan.Slots = append(plan.Slots, slotPlan{Key: u.Key, Upload: u.ID})
			}
		}
	}
	err = d.emptyRequest(ctx, carrier, record, plan)
	if t := explain(err, where); t != nil && t.Code != "NoSuchBucket" { // with the bucket, all is gone
		return t
	}
	// What was signed works until the end, so until then the policy stays.
	over := !d.now().Before(r.Last())
	if record.Denied && over {
		if t := explain(d.undeny(ctx, opened, record), r.scene("s3:PutBucketPolicy")); t != nil && t.Code != "NoSuchBucket" {
			return t
		}
	}
	return d.changeRequest(ctx, record.ID, func(r *ledger.Request) { r.Page, r.Tidied = "", over })
}
