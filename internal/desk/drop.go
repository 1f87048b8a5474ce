package desk

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"waybill/internal/courier"
	"waybill/signer"
)

// filesAtOnce is how many files of a drop are under way together; the courier bounds the requests.
const filesAtOnce = 16

// progressEvery is the shortest time between two reports of one transfer's progress.
const progressEvery = 100 * time.Millisecond

// Drop is what was dropped together: a plan that becomes transfers.
type Drop struct {
	desk    *Desk
	dest    Destination
	options SendOptions
	pinned  Store          // the destination's, as the ledger keeps it
	given   UploadSettings // what its objects get
	at      LinkEndpoint   // where its links lead
	heeding heeding
	naming  Naming
	seed    string // what the random parts of its keys come from
	signer  *signer.Signer
	courier *courier.Courier
	prober  *courier.Courier // tries links: they may lead to another host
	ctx     context.Context  //nolint:containedctx // a drop outlives the call that began it
	cancel  context.CancelCauseFunc
	feed    *feed
	log     *recorder

	plan   string  // its name in the ledger; "" when it has none. Guarded by mu
	before *before // what an earlier process has done of it; nil when there was none

	planning sync.Mutex // held while the plan is written, so that the last one written is the whole one
	mu       sync.Mutex
	waiting  *sync.Cond // signalled when the queue, the walks or a pause change
	queue    queue
	walks    int // that are not at their end
	dropped  []found
	opened   bool            // its workers work
	over     bool            // nothing can be added any more
	unwalked bool            // a walk was cut short
	sent     []string        // the transfers that a bundle's page is made of, if there is to be one
	kept     bool            // a failed transfer has parts in the store for a later try
	jobs     map[string]*job // those that are not over
	active   map[*job]struct{}
	order    int             // how many jobs there were so far
	keys     map[string]bool // the keys that this drop has given out
	notices  []*Trouble
	skewOnce sync.Once
	stopped  bool
}

// job is a transfer in the making. Its snapshot is guarded by the drop's mutex.
type job struct {
	Transfer
	number int                     // its place in the drop, from 0
	queued int64                   // its size when it was queued, in bytes
	wanted string                  // the key that it would have if nothing else had it
	again  string                  // the transfer that it is another try of; "" when it is none
	upload *courier.Upload         // nil until it is begun: ten thousand that wait would add up
	meter  *courier.Meter          // likewise
	rows   []string                // its uploads in the ledger
	cancel context.CancelCauseFunc // while it is under way
	inHand bool                    // a worker has it
	later  bool                    // it failed in a way that leaves it for another process to go on with
	paused bool
	gone   bool // cancelled by the person
	told   int64
}

// Send starts a drop at once and returns. Files and folders may be mixed; folders are walked while the first
// files are being sent. Whatever fails, down to a destination that makes no sense, arrives as a failed
// transfer, so nobody has to look in two places. Events must be read until it is closed. Paths must be
// absolute: the sandbox changes the process's working directory.
func (d *Desk) Send(ctx context.Context, dest Destination, o SendOptions, paths []string) *Drop {
	return d.send(ctx, dest, o, foundAt(paths), nil)
}

// foundAt is what was dropped by itself, under its own name.
func foundAt(paths []string) []found {
	files := make([]found, len(paths))
	for i, path := range paths {
		files[i] = found{path: path, name: filepath.Base(path)}
	}
	return files
}

// SendAgain starts a drop of files that a drop before was not able to send, each under the name that it had
// there: what was a file in a dropped folder goes into that folder again. What the store already has of one whose
// network or credentials were lost is not sent again.
func (d *Desk) SendAgain(ctx context.Context, o SendOptions, again ...Transfer) *Drop {
	files := make([]found, len(again))
	dest := Destination{}
	for i, t := range again {
		files[i], dest = found{path: t.Path, name: t.Name, key: t.Key, again: t.ID}, t.Destination
	}
	return d.send(ctx, dest, o, files, nil)
}

func (d *Desk) send(ctx context.Context, dest Destination, o SendOptions, files []found, b *before) *Drop {
	p := d.newDrop(ctx, dest, o, files, b)
	go p.run(p.ctx, files)
	return p
}

func (d *Desk) newDrop(ctx context.Context, dest Destination, o SendOptions, files []found, b *before) *Drop {
	if o.Expires == 0 {
		o.Expires = time.Hour
	}
	if o.OnClash == "" || o.OnClash == ClashAsk && o.Ask == nil {
		o.OnClash = ClashKeepBoth
	}
	if o.RequesterPays { // by the word of the command whose drop this goes on with
		d.payFor(dest)
	}
	o.RequesterPays = o.RequesterPays || d.pays(dest.Store.id(), dest.Bucket)
	ctx, cancel := context.WithCancelCause(ctx)
	p := &Drop{
		desk: d, dest: dest, options: o, ctx: ctx, cancel: cancel, before: b,
		feed: newFeed(), dropped: files, walks: 1,
		jobs: map[string]*job{}, active: map[*job]struct{}{}, keys: map[string]bool{},
	}
	if b != nil {
		p.plan = b.id
		for _, key := range b.keys {
			p.keys[key] = true
		}
	}
	started := d.now()
	p.seed = rand.Text()
	if b != nil && !b.started.IsZero() { // so that a template makes the keys that it made before
		started, p.seed = b.started, b.seed
	}
	p.naming = Naming{Now: started}
	p.waiting = sync.NewCond(&p.mu)
	p.log = newRecorder(d)
	return p
}

// Events delivers a snapshot whenever a transfer changes: each new one first as Queued, progress at most ten
// times a second a transfer, the last of each one Over. The channel is closed when the drop is done and
// recorded.
func (p *Drop) Events() <-chan Transfer { return p.feed.out }

// Resumable reports whether another process can go on with what this one leaves.
func (p *Drop) Resumable() bool { return p.planID() != "" }

// Notices says what was put right on the way and the person should know, once Events is closed.
func (p *Drop) Notices() []*Trouble {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.notices
}

// run is the drop's life, from the plan to the closed channel.
func (p *Drop) run(ctx context.Context, files []found) {
	defer p.feed.close()
	defer p.cancel(nil)
	defer p.endPlan()
	defer p.bundle(ctx)
	go p.log.run()
	defer p.log.close()

	p.naming = NewNaming(p.naming.Now, p.options.Unguessable) // here, since the system may take a moment to say who the person is
	p.pinned = p.dest.Store
	clean, err := p.dest.clean()
	if err == nil {
		p.dest = clean
		p.signer, err = p.desk.open(ctx, p.dest.Store)
	}
	if err != nil {
		p.failAll(files, err)
		return
	}
	p.pinned = p.dest.pinned(p.signer)
	if err := p.settle(ctx); err != nil {
		p.failAll(files, err)
		return
	}
	p.writePlan(ctx)
	patience := p.options.Patience
	if patience == 0 {
		patience = time.Duration(p.desk.patience.Load())
	}
	if p.dest.Sandbox {
		patience = revivePatience
	}
	p.courier = courier.New(p.signer, courier.Options{
		Concurrency: p.options.Concurrency, PartSize: p.options.PartSize, Limit: p.desk.limit, Patience: patience,
	})
	defer p.courier.Close()
	p.openProber()
	defer p.prober.Close()
	p.mu.Lock()
	p.opened = true
	p.mu.Unlock()

	// When everything is cancelled, whoever waits for work must look again.
	unhook := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.stopped = true
		p.waiting.Broadcast()
	})
	defer unhook()

	var group sync.WaitGroup
	for range filesAtOnce {
		group.Go(func() {
			for j := p.next(); j != nil; j = p.next() {
				p.carry(ctx, j)
				p.done(j)
			}
		})
	}
	ticking := make(chan struct{})
	var ticker sync.WaitGroup
	ticker.Go(func() { p.reportProgress(ticking) })

	p.expect(1)
	p.walk(ctx, files)
	p.findRest(ctx)
	p.expect(-1)
	group.Wait()
	p.heeding.over.Wait()
	close(ticking)
	ticker.Wait()
}

// failAll ends the drop before it has begun.
func (p *Drop) failAll(files []found, err error) {
	t := explain(err, scene{store: p.dest.Store, bucket: p.dest.Bucket})
	p.kept = p.before != nil // what can be mended is no reason to forget what the store has
	for _, f := range files {
		j := p.add(f)
		j.later = p.kept
		p.end(j, Failed, t)
	}
}

// add makes a transfer of something found and queues it.
func (p *Drop) add(f found) *job {
	id := uuid.Must(uuid.NewV7()) // sorts by time; V7 fails only when the system has no randomness
	p.mu.Lock()
	// It is in the walk's hand until it is queued or over: a cancel that comes in between must not end it a second time.
	j := &job{number: p.order, queued: f.size, again: f.again, inHand: true, Transfer: Transfer{
		ID: id.String(), Path: f.path, Name: visible(f.name), Destination: p.dest,
		Key: p.dest.Prefix + p.keyOf(f.name, f.path), Size: f.size, State: Queued,
	}}
	j.wanted = j.Key
	if f.key != "" {
		j.Key = f.key // what was numbered once is no other's name now
	}
	p.order++
	p.jobs[j.ID] = j
	p.feed.add(j.Transfer)
	p.mu.Unlock()
	return j
}

// keyOf is what a file's name, its path below what was dropped, becomes in a key. What is random in it comes of the
// drop's seed: a process that goes on with the drop finds what was sent, and nobody else finds anything.
func (p *Drop) keyOf(name, path string) string {
	if p.options.Template == "" && !p.options.Unguessable {
		return keyName(name)
	}
	mac := hmac.New(sha256.New, []byte(p.seed))
	_, _ = io.WriteString(mac, path)
	random := mac.Sum(nil)
	at := p.naming
	at.UUID = uuid.NewSHA1(uuid.Nil, random).String()
	if p.options.Unguessable {
		at.Secret = secretOf(random)
	}
	return p.options.Template.key(name, at)
}

// enqueue lets a worker take the job.
func (p *Drop) enqueue(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	j.inHand = false
	if j.gone {
		p.queue.hurry(j)
	} else {
		p.queue.put(j)
	}
	p.waiting.Signal()
}

// done is called when a worker has no more to do with a job for now.
func (p *Drop) done(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue.works(j, -1)
	p.waiting.Broadcast()
}

// Add puts more files and folders into a drop that is under way. It reports whether that was still possible; the
// answer no means that they need a drop of their own.
func (p *Drop) Add(paths ...string) bool {
	files := foundAt(paths)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || p.stopped || !p.opened {
		return false
	}
	p.walks++
	p.dropped = append(p.dropped, files...)
	go func() {
		p.writePlan(p.ctx)
		p.walk(p.ctx, files)
	}()
	return true
}

// next gives a worker its next job, and nil when there will be no more. Jobs that wait in a pause keep the
// drop alive.
func (p *Drop) next() *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if j := p.queue.take(p.stopped); j != nil {
			p.queue.works(j, 1)
			j.inHand = true
			return j
		}
		if p.walks == 0 && p.queue.empty() {
			p.over = true
			p.waiting.Broadcast()
			return nil
		}
		p.waiting.Wait()
	}
}

// set changes a transfer under the lock and reports it.
func (p *Drop) set(j *job, change func(*Transfer)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&j.Transfer)
	p.feed.add(j.Transfer)
}

// end puts a transfer into its last state, records it, and reports it.
func (p *Drop) end(j *job, s State, t *Trouble) {
	p.mu.Lock()
	delete(p.active, j)
	delete(p.jobs, j.ID)
	j.inHand = false
	j.State, j.Trouble, j.Speed, j.Left, j.Waiting = s, t, 0, 0, nil
	snapshot := j.Transfer
	if s == Sent && p.options.Bundle {
		p.sent = append(p.sent, j.ID)
	}
	p.mu.Unlock()
	if s == Failed {
		p.desk.NoteTrouble(t)
	}
	account := ""
	if p.signer != nil {
		account = p.signer.Account()
	}
	r := recordOf(snapshot, p.pinned, p.options, account, p.desk.now())
	if !j.later {
		r.Plan = p.planID()
	}
	p.log.put(entry{record: r, uploads: j.rows, doubt: j.upload != nil && j.upload.Doubtful()})
	p.feed.add(snapshot) // the last one: nothing changes a transfer that is over
}

// reportProgress looks at what is under way ten times a second.
func (p *Drop) reportProgress(stop <-chan struct{}) {
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			behind := p.feed.behind()
			p.mu.Lock()
			for j := range p.active {
				if j.State != Sending {
					continue
				}
				j.meter.Observe(now, j.Done)
				j.Speed, j.Left = j.meter.Speed(), j.meter.Left(j.Size-j.Done)
				if j.Done != j.told && !behind {
					j.told = j.Done
					p.feed.add(j.Transfer)
				}
			}
			p.mu.Unlock()
		}
	}
}

// Cancel stops one transfer; the parts that the store already has are removed.
func (p *Drop) Cancel(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.jobs[id]
	if j == nil || j.State.Over() {
		return
	}
	if j.gone {
		return
	}
	j.gone = true
	if j.cancel != nil {
		j.cancel(context.Canceled)
	} else if !j.inHand {
		p.queue.hurry(j)
	}
	p.waiting.Broadcast()
}

// ErrLeave as the cause of a context's end makes a drop stop where it is, with all that the store has of it, for
// another process to go on with.
var ErrLeave = fmt.Errorf("left for later: %w", courier.ErrPaused)

// leaving reports whether the process ends, and another one shall go on.
func (p *Drop) leaving() bool { return errors.Is(context.Cause(p.ctx), ErrLeave) }

// CancelAll stops every transfer of the drop that is not over, and the walk.
func (p *Drop) CancelAll() { p.cancel(context.Canceled) }

// Pause holds one transfer, keeping what the store already has of it.
func (p *Drop) Pause(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.jobs[id]
	if j == nil || j.paused || j.State != Queued && j.State != Sending {
		return
	}
	j.paused = true
	if j.cancel != nil {
		j.cancel(courier.ErrPaused) // its worker puts it back into the queue
		return
	}
	j.State = Paused
	p.feed.add(j.Transfer)
}

// Resume goes on with a paused transfer.
func (p *Drop) Resume(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.jobs[id]
	if j == nil || !j.paused {
		return
	}
	j.paused = false
	p.queue.back(j)
	if j.State == Paused {
		j.State = Queued
		p.feed.add(j.Transfer)
	}
	p.waiting.Broadcast()
}

// claim gives a job a key that no other file of this drop has: two files of the same name dropped from two
// folders must not overwrite each other, whatever was said about names taken in the bucket.
func (p *Drop) claim(j *job) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := 2; p.keys[j.Key]; n++ {
		j.Key = numbered(j.wanted, n)
	}
	p.keys[j.Key] = true
	return j.Key
}

// notice remembers something that the person should know, once.
func (p *Drop) notice(t *Trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notices = append(p.notices, t)
}

// correctClock learns the store's time from a refusal that has to do with it. It reports whether trying again
// makes sense.
func (p *Drop) correctClock(err error) bool {
	t := p.desk.correctClock(p.signer, err)
	if t == nil {
		return false
	}
	_ = p.desk.ClockTrouble() // the drop tells it
	p.skewOnce.Do(func() { p.notice(t) })
	return true
}
