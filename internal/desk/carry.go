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
	"waybill/signer"
)

// sampleEvery is how many files of a large drop share one verified link; the first twenty are all tried.
const (
	verifyFirst = 20
	sampleEvery = 50
)

// carry takes one job from its file to its link.
func (p *Drop) carry(ctx context.Context, j *job) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p.mu.Lock()
	if j.gone || p.stopped {
		p.mu.Unlock()
		p.abandon(ctx, j)
		return
	}
	if j.paused { // in the moment between the queue and here
		p.mu.Unlock()
		p.hold(j)
		return
	}
	j.cancel = cancel
	p.active[j] = struct{}{}
	p.mu.Unlock()

	err := p.upload(ctx, j)

	p.mu.Lock()
	j.cancel = nil
	delete(p.active, j)
	p.mu.Unlock()
	switch {
	case err == nil:
		p.makeLink(ctx, j)
	case errors.Is(err, courier.ErrPaused):
		p.hold(j)
	case errors.Is(err, errSkip):
		p.end(j, Skipped, nil)
	case errors.Is(err, context.Canceled):
		p.abandon(ctx, j)
	default:
		p.fail(j, err)
	}
}

// fail ends a job that could not be sent. What the store has of it is still there if the store could not be reached
// or does not know the person any more; then the ledger keeps its name, for a later try to go on with. A drop that
// goes on with an earlier one keeps all that failed so, with parts or without: else a resume without a network
// would be the last one.
func (p *Drop) fail(j *job, err error) {
	t := p.explain(err, j, "s3:PutObject")
	unfinished := j.upload.Unfinished()
	if unfinished && ofFile(err, scene{}, args{}) != "" { // nobody can go on with what is not there any more
		p.courier.Abort(p.ctx, j.upload)
		unfinished = false
	}
	p.mu.Lock()
	switch {
	case unfinished:
		p.kept, j.rows = true, nil
	case p.before != nil && mayPass(err, t):
		p.kept, j.later = true, true
	}
	p.mu.Unlock()
	p.end(j, Failed, t)
}

// mayPass reports whether a failure is the network's or the credentials', so that the same may succeed later.
func mayPass(err error, t *Trouble) bool {
	return courier.Unreachable(err) || isOfProxy(t.Code) ||
		slices.Contains([]string{"NoSuchHost", "NameServer", "TimedOut", "CredentialsFailed", "NoCredentials", "ProcessTimeout", "ProcessFailed"}, t.Code) ||
		t.NeedsSignIn()
}

func (p *Drop) explain(err error, j *job, permission string) *Trouble {
	return explain(err, scene{store: p.dest.Store, bucket: p.dest.Bucket, key: j.Key, path: j.Path, permission: permission})
}

// hold sets a paused job aside, where it waits until it is resumed or cancelled.
func (p *Drop) hold(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	j.inHand = false
	if p.leaving() && !j.gone {
		return // the whole drop is left as it is
	}
	j.Speed, j.Left, j.Waiting = 0, 0, nil
	switch {
	case j.gone, p.stopped: // cancelled, by itself or with all, before the courier had stopped
		p.queue.hurry(j)
	case j.paused:
		j.State = Paused
		p.queue.hold(j)
	default: // resumed before the courier had stopped
		j.State = Queued
		p.queue.put(j)
	}
	p.feed.add(j.Transfer)
	p.waiting.Broadcast()
}

// abandon ends a job that was cancelled; the store may have parts of it.
func (p *Drop) abandon(ctx context.Context, j *job) {
	p.mu.Lock()
	left := p.leaving() && !j.gone
	p.mu.Unlock()
	if left {
		return
	}
	if j.upload != nil {
		p.courier.Abort(ctx, j.upload)
	}
	p.end(j, Cancelled, nil)
}

// upload sends the job's file, under another name if its own is taken and that is what the person wants.
func (p *Drop) upload(ctx context.Context, j *job) error {
	if j.upload == nil {
		p.begin(ctx, j)
	}
	p.set(j, func(t *Transfer) {
		t.State, t.Key, t.ContentType = Sending, j.upload.Key, j.upload.ContentType
	})
	defer p.waitsNoMore(j)
	corrected, revived := false, 0
	names := p.namesBeside(j)
	for {
		news := p.desk.news.next() // before the try, so that no sign-in is missed
		receipt, err := p.courier.Send(ctx, j.upload)
		switch {
		case err == nil:
			p.set(j, func(t *Transfer) {
				t.State = Verifying
				t.Size, t.Done, t.ETag, t.Checksum = receipt.Size, receipt.Size, receipt.ETag, receipt.Checksum
			})
			return nil
		case errors.Is(err, courier.ErrTaken):
			choice, err := p.onClash(ctx, j)
			if err != nil {
				return err // cancelled or paused meanwhile; after a pause it is asked once more
			}
			switch choice {
			case ClashSkip:
				return errSkip
			case ClashReplace:
				j.upload.Overwrite = true
			default:
				if j.upload.Key, err = names.after(ctx, j.upload.Key); err != nil {
					return err
				}
			}
			j.upload.Forget()
		case !corrected && p.correctClock(err):
			corrected = true
		case revived < maxRevivals && p.revive(ctx, err):
			revived++
			continue // with what the store has
		case p.awaitSignIn(ctx, j, err, "s3:PutObject", news):
			continue // likewise, under new credentials
		case ctx.Err() != nil:
			return context.Cause(ctx)
		default:
			return err
		}
		p.set(j, func(t *Transfer) { t.Key, t.Done = j.upload.Key, 0 })
	}
}

// waitsNoMore takes back what was said of a lost network.
func (p *Drop) waitsNoMore(j *job) {
	p.mu.Lock()
	waits := j.Waiting != nil
	p.mu.Unlock()
	if waits {
		p.set(j, func(t *Transfer) { t.Waiting = nil })
	}
}

// begin makes a job ready for its first byte, or for the rest of them where an earlier try has sent some.
func (p *Drop) begin(ctx context.Context, j *job) {
	j.meter = &courier.Meter{}
	j.upload = &courier.Upload{
		Path: j.Path, Bucket: p.dest.Bucket, ContentType: p.options.ContentType, Settings: p.given,
		Overwrite: p.options.OnClash == ClashReplace, Again: p.before != nil || j.again != "",
		Moved: func(n int64) {
			p.mu.Lock()
			j.Done = max(j.Done+n, 0)
			p.mu.Unlock()
		},
		Waits: func(why error) {
			p.set(j, func(t *Transfer) {
				if t.Waiting = nil; why != nil {
					t.Waiting = trouble("NetworkLost", scene{path: t.Path}.args(), why)
					t.Speed, t.Left = 0, 0
				}
			})
		},
		Keep: func(u courier.Unfinished) { p.keep(ctx, j, u) },
	}
	if j.upload.ContentType == "" {
		j.upload.ContentType = contentType(j.Path)
	}
	p.goOn(ctx, j)
	for j.upload.Key == "" {
		// A link that was revoked must not come to life again because something else gets the key.
		if key := p.claim(j); p.options.OnClash == ClashReplace || !p.desk.revokedThere(ctx, p.pinned, p.dest.Bucket, key) {
			j.upload.Key = key
		}
	}
}

// maxRevivals bounds how often a transfer starts the sandbox anew.
const maxRevivals = 8

// revivePatience is how long a sandbox that does not answer is waited for before it is started here.
const revivePatience = time.Second

// revive starts the sandbox where another process ran it and has ended since. It reports whether trying the
// same again makes sense: whoever runs the sandbox takes the port that it had.
func (p *Drop) revive(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil || !p.dest.Sandbox || !courier.Unreachable(err) {
		return false
	}
	running, err := p.desk.Sandbox(ctx)
	return err == nil && running.Endpoint() == p.signer.Endpoint()
}

// makeLink signs the link to what was sent, tries it, and ends the job.
func (p *Drop) makeLink(ctx context.Context, j *job) {
	// What was sent is sent: a cancel that comes now is too late, and the person gets the link.
	until := ctx
	ctx = context.WithoutCancel(ctx)
	p.heeded(j.Key)
	to := j.lead(p.at, saysName(p.given, p.options.Inline))
	news := p.desk.news.next()
	link, presigned, err := p.desk.sign(ctx, p.signer, to, p.options.Expires, p.options.Inline)
	for p.awaitSignIn(until, j, err, "s3:GetObject", news) {
		news = p.desk.news.next()
		link, presigned, err = p.desk.sign(ctx, p.signer, to, p.options.Expires, p.options.Inline)
	}
	if err != nil {
		why := p.explain(err, j, "s3:GetObject")
		t := trouble(codeLinkNotMade, why.What.Args, err)
		t.Help = why.Help
		p.end(j, Sent, t)
		return
	}
	var t *Trouble
	if p.options.Verify.tries(j.number) {
		err := p.prober.Probe(ctx, presigned)
		for revived := 0; revived < maxRevivals && p.revive(ctx, err); revived++ {
			err = p.prober.Probe(ctx, presigned)
		}
		link.Verified = err == nil
		t = p.desk.linkTrouble(ctx, p.signer, to.by(link), err, p.explain(err, j, "s3:GetObject"))
	}
	p.mu.Lock()
	j.Link = link
	p.mu.Unlock()
	p.end(j, Sent, t)
}

// linkTrouble says why a link is not shown as good; t is what its try has come to. A store rarely says why it refuses,
// so where it does not, the same profile looks at the object without a link: if it may, it is the link that a policy
// refuses, by its age or for being one.
func (d *Desk) linkTrouble(ctx context.Context, s *signer.Signer, l lead, err error, t *Trouble) *Trouble {
	if err == nil {
		return nil
	}
	a := args{"Name": t.What.Args["Name"], "Profile": t.What.Args["Profile"], "Place": t.What.Args["Place"]}
	if about := l.at.trouble(visible(path.Base(l.name)), err, t); about != nil && !l.distributed {
		return about
	}
	if t.Code == "InvalidObjectState" {
		return trouble("LinkRefusedArchive", a, err)
	}
	if !t.Denied() {
		return trouble("LinkNotTried", a, err)
	}
	said := strings.ToLower(t.Detail)
	switch {
	case l.distributed:
		return trouble("LinkRefusedDistribution", a, err)
	case strings.Contains(said, "kms"):
		return trouble("LinkRefusedKMS", a, err)
	case strings.Contains(said, "sourceip"), strings.Contains(said, "vpc"):
		return trouble("LinkRefusedNetwork", a, err)
	}
	if _, looked := bucket.Head(ctx, s.Client(), l.bucket, l.key); looked == nil {
		return trouble("LinkRefusedPolicy", a, err)
	}
	return trouble(codeLinkRefused, a, err)
}
