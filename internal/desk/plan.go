package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/internal/ledger"
)

// A drop is written down as a plan before its first byte is sent, and each multipart upload before it is started.
// What a process leaves behind that was killed can be gone on with: the files are looked for again, those that the
// ledger has as sent are done, and the store says which parts it has of the others.

// planned is the content of a plan.
type planned struct {
	Destination Destination   `json:"destination"`
	Options     SendOptions   `json:"options"`
	Dropped     []plannedFile `json:"dropped"`
	Started     time.Time     `json:"started"` // for templates with a date
	Seed        string        `json:"seed"`    // and with something random
}

type plannedFile struct {
	Path  string `json:"path"`
	Name  string `json:"name"`
	Again string `json:"again,omitempty"`
}

// owner is a process as the ledger knows it: a file that it holds locked for as long as it lives.
type owner struct {
	once sync.Once
	name string
	lock *flock.Flock
}

// me is this process's name as an owner of plans, "" where it can have none.
func (d *Desk) me() string {
	d.owner.once.Do(func() {
		name := uuid.NewString()
		if err := os.MkdirAll(d.ownersFolder(), 0o700); err != nil {
			return
		}
		lock := flock.New(filepath.Join(d.ownersFolder(), name), flock.SetPermissions(0o600))
		if held, err := lock.TryLock(); err != nil || !held {
			return
		}
		d.owner.name, d.owner.lock = name, lock
	})
	return d.owner.name
}

func (d *Desk) ownersFolder() string { return filepath.Join(d.home, "running") }

// resign gives the process's name up; it owns nothing any more.
func (d *Desk) resign() {
	if d.owner.lock != nil {
		_ = os.Remove(d.owner.lock.Path()) // first, so that nobody finds an unlocked one
		_ = d.owner.lock.Close()
		_ = os.Remove(d.owner.lock.Path()) // Windows removes no file that is open
	}
}

// Owners that are no process: their plans wait for somebody.
const (
	ownerLeft = "left" // the process has ended in the middle of the drop
	ownerKept = "kept" // everything was tried, and of what failed the store has parts
)

// lives reports whether the process of this name is there.
func (d *Desk) lives(name string) bool {
	path := filepath.Join(d.ownersFolder(), name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil || !held {
		return true // not knowing, nobody shall take over its work
	}
	_ = os.Remove(path)
	_ = lock.Close()
	_ = os.Remove(path) // Windows removes no file that is open
	return false
}

// writePlan writes down what the drop is going to do. A ledger that cannot be written is said elsewhere; the drop
// goes on without a plan then.
func (p *Drop) writePlan(ctx context.Context) {
	d := p.desk
	me := d.me()
	if d.ledger == nil || me == "" {
		return
	}
	p.planning.Lock()
	defer p.planning.Unlock()
	p.mu.Lock()
	first := p.plan == ""
	if first {
		p.plan = uuid.Must(uuid.NewV7()).String()
	}
	content := planned{Destination: p.dest, Options: p.options, Started: p.naming.Now, Seed: p.seed}
	content.Destination.Store = p.pinned
	for _, f := range p.dropped {
		content.Dropped = append(content.Dropped, plannedFile{f.path, f.name, f.again})
	}
	id := p.plan
	p.mu.Unlock()
	text, err := json.Marshal(content)
	if err == nil {
		err = d.ledger.PutPlan(context.WithoutCancel(ctx), ledger.Plan{ID: id, Owner: me, Created: d.now(), Content: string(text)})
	}
	if err != nil {
		d.log.Debug("the plan is not written down", "error", err)
		if first { // else the one that is there stays, and is ended when the drop is
			p.mu.Lock()
			p.plan = ""
			p.mu.Unlock()
		}
	}
}

// planID is the plan's name in the ledger, "" while there is none.
func (p *Drop) planID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.plan
}

// undone reports whether another process would find something to do. The caller holds the lock.
func (p *Drop) undone() bool {
	return p.unwalked || len(p.jobs) > 0
}

// endPlan forgets the plan of a drop that is done, and gives one that is not done to whoever goes on with it.
func (p *Drop) endPlan() {
	d := p.desk
	p.mu.Lock()
	id, later := p.plan, ""
	switch {
	case p.leaving() && p.undone():
		later = ownerLeft
	case p.kept:
		later = ownerKept
	}
	p.mu.Unlock()
	if d.ledger == nil || id == "" {
		return
	}
	var err error
	if later != "" {
		_, err = d.ledger.Own(context.Background(), id, d.me(), later)
	} else {
		err = d.ledger.EndPlan(context.Background(), id)
	}
	if err != nil {
		d.log.Debug("the plan is not ended", "error", err)
	}
}

// keep writes down a multipart upload before it is started, and its name once it has one.
func (p *Drop) keep(ctx context.Context, j *job, u courier.Unfinished) {
	d := p.desk
	if d.ledger == nil {
		return
	}
	content, err := json.Marshal(u)
	if err == nil {
		err = d.ledger.PutUpload(context.WithoutCancel(ctx), ledger.Upload{
			ID: j.ID, Plan: p.planID(), Path: j.Path, Name: j.Name, Bucket: p.dest.Bucket, Key: j.upload.Key,
			Started: d.now(), Content: string(content),
		})
	}
	if err != nil {
		d.log.Debug("the upload is not written down", "error", err)
		return
	}
	if !slices.Contains(j.rows, j.ID) {
		j.rows = append(j.rows, j.ID)
	}
}

// goOn finds what an earlier try has left of a job's file, and makes the upload continue it.
func (p *Drop) goOn(ctx context.Context, j *job) {
	d := p.desk
	if j.again == "" || d.ledger == nil {
		return
	}
	row, err := d.ledger.GetUpload(ctx, j.again)
	if err != nil || row.Bucket != p.dest.Bucket {
		return // there is none: it is sent from its beginning
	}
	left, err := unfinished(row)
	if err != nil {
		d.log.Debug("the upload was written down in another way", "error", err)
		return
	}
	j.upload.Key = row.Key
	p.mu.Lock()
	p.keys[row.Key] = true
	p.mu.Unlock()
	j.upload.Continue(left)
	p.keep(ctx, j, left) // under this transfer's name from now on
	if err := d.ledger.EndUpload(context.WithoutCancel(ctx), row.ID, false); err != nil {
		d.log.Debug("the upload's earlier name stays", "error", err)
	}
	if row.Plan != p.planID() {
		d.endIfDone(context.WithoutCancel(ctx), row.Plan)
	}
	if left.UploadID == "" {
		p.sweep(ctx, row)
	}
}

// unfinished reads what the courier has kept of an upload.
func unfinished(row ledger.Upload) (u courier.Unfinished, err error) {
	err = json.Unmarshal([]byte(row.Content), &u)
	return u, err
}

// letGo removes what an earlier try has left of a file that cannot be read any more.
func (p *Drop) letGo(id string) {
	d := p.desk
	if id == "" || d.ledger == nil {
		return
	}
	row, err := d.ledger.GetUpload(p.ctx, id)
	if err != nil {
		return // there is none
	}
	if err := d.abortAll(p.ctx, p.pinned, []ledger.Upload{row}); err != nil {
		p.notice(explain(err, scene{store: p.dest.Store}))
	}
}

// endIfDone forgets a plan of which only uploads were kept, when the last of them has gone elsewhere.
func (d *Desk) endIfDone(ctx context.Context, id string) {
	plans, err := d.ledger.Plans(ctx)
	if err != nil {
		return
	}
	at := slices.IndexFunc(plans, func(p ledger.Plan) bool { return p.ID == id && p.Owner == ownerKept })
	if at < 0 {
		return
	}
	if uploads, err := d.ledger.UploadsOf(ctx, id); err == nil && len(uploads) == 0 {
		if err := d.ledger.EndPlan(ctx, id); err != nil {
			d.log.Debug("the plan is not ended", "error", err)
		}
	}
}

// sweep removes what an upload may have started without anybody having heard of its name.
func (p *Drop) sweep(ctx context.Context, row ledger.Upload) {
	found, err := bucket.Uploads(ctx, p.signer.Client(), row.Bucket, row.Key)
	if err != nil {
		p.desk.log.Debug("unfinished uploads cannot be listed", "error", err)
		return
	}
	known, err := p.desk.ledger.Uploads(ctx, row.Bucket)
	if err != nil {
		return
	}
	for _, u := range found {
		named := slices.ContainsFunc(known, func(k ledger.Upload) bool {
			left, err := unfinished(k)
			return err == nil && left.UploadID == u.ID
		})
		if u.Key == row.Key && !named && startedWith(row, u.Started) {
			if err := p.courier.AbortID(ctx, row.Bucket, u.Key, u.ID); err != nil {
				p.desk.log.Debug("an unfinished upload stays", "error", err)
			}
		}
	}
}

// startedWith reports whether an upload may be one that was started when a row was written.
func startedWith(row ledger.Upload, started time.Time) bool {
	return !started.Before(row.Started.Add(-clockSlack)) && started.Before(row.Started.Add(startSlack))
}

// startSlack is how long starting an upload may take, with all its tries.
const startSlack = time.Hour

// clockSlack is how far the clocks of this computer and of the store may be apart.
const clockSlack = time.Minute

// Interrupted is a drop that a process has left behind undone.
type Interrupted struct {
	ID          string
	Since       time.Time
	Destination Destination
	Paths       []string // what was dropped
	owner       string
	plan        planned
}

// Interrupted finds the drops that nobody works on and that are not done, oldest first.
func (d *Desk) Interrupted(ctx context.Context) ([]Interrupted, error) {
	if d.ledger == nil {
		return nil, d.noLedger()
	}
	plans, err := d.ledger.Plans(ctx)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	var list []Interrupted
	for _, p := range plans {
		if d.lives(p.Owner) {
			continue
		}
		i := Interrupted{ID: p.ID, Since: p.Created, owner: p.Owner}
		if err := json.Unmarshal([]byte(p.Content), &i.plan); err != nil {
			d.log.Debug("a plan was written down in another way", "error", err)
			continue
		}
		i.Destination = i.plan.Destination
		for _, f := range i.plan.Dropped {
			i.Paths = append(i.Paths, f.Path)
		}
		list = append(list, i)
	}
	return list, nil
}

func (d *Desk) noLedger() *Trouble {
	if t := d.LedgerTrouble(); t != nil {
		return t
	}
	return trouble("LedgerFailed", args{"Path": d.ledgerPath()}, nil)
}

// before is what an earlier process has done of a plan.
type before struct {
	id      string
	started time.Time // when it began
	seed    string

	mu   sync.Mutex               // several walks may ask
	done map[plannedFile]int      // files that are over, by path and name
	open map[plannedFile][]string // files with an unfinished upload, and the transfers' names
	keys []string                 // that were given out
}

// did reports whether a file that was found is over already, and finds what is unfinished of it otherwise.
func (b *before) did(f *found) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := plannedFile{Path: f.path, Name: visible(f.name)}
	if ids := b.open[k]; len(ids) > 0 {
		f.again, b.open[k] = ids[0], ids[1:]
		return false
	}
	if b.done[k] > 0 {
		b.done[k]--
		return true
	}
	return false
}

// rest takes out what is unfinished and was not found.
func (b *before) rest() (list []found) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for f, ids := range b.open {
		for _, id := range ids {
			list = append(list, found{path: f.Path, name: f.Name, again: id})
		}
	}
	clear(b.open)
	return list
}

// Attendance is what a drop may expect of whoever attends to it; see the fields of the same names in SendOptions.
type Attendance struct {
	Ask         func(context.Context, Transfer) Clash
	AwaitSignIn bool
}

// Resume goes on with an interrupted drop. It returns nil when somebody else does by now.
func (d *Desk) Resume(ctx context.Context, i Interrupted, with Attendance) (*Drop, error) {
	me := d.me()
	if d.ledger == nil || me == "" {
		return nil, d.noLedger()
	}
	mine, err := d.ledger.Own(ctx, i.ID, i.owner, me)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	if !mine {
		return nil, nil //nolint:nilnil // the comment says what it means
	}
	b, err := d.whatWasDone(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	b.started, b.seed = i.plan.Started, i.plan.Seed
	files := make([]found, len(i.plan.Dropped))
	for n, f := range i.plan.Dropped {
		files[n] = found{path: f.Path, name: f.Name, again: f.Again}
	}
	o := i.plan.Options
	o.Ask, o.AwaitSignIn = with.Ask, with.AwaitSignIn
	return d.send(ctx, i.Destination, o, files, b), nil
}

// whatWasDone reads what has come of a plan.
func (d *Desk) whatWasDone(ctx context.Context, id string) (*before, error) {
	records, err := d.ledger.RecordsOf(ctx, id)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	uploads, err := d.ledger.UploadsOf(ctx, id)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	b := &before{id: id, done: map[plannedFile]int{}, open: map[plannedFile][]string{}}
	for _, u := range uploads {
		f := plannedFile{Path: u.Path, Name: u.Name}
		b.open[f] = append(b.open[f], u.ID) // one file may have been dropped twice
		b.keys = append(b.keys, u.Key)
	}
	for _, r := range records {
		f := plannedFile{Path: r.Path, Name: r.Name}
		if len(b.open[f]) > 0 && r.State != string(Sent) {
			continue // it failed with parts in the store
		}
		b.done[f]++
		b.keys = append(b.keys, r.Key)
	}
	return b, nil
}

// Forget lets go of an interrupted drop: the parts that the store has are removed. The error is for what could not
// be; the drop is forgotten all the same, and clean finds what is left.
func (d *Desk) Forget(ctx context.Context, i Interrupted) error {
	me := d.me()
	if d.ledger == nil || me == "" {
		return d.noLedger()
	}
	if mine, err := d.ledger.Own(ctx, i.ID, i.owner, me); err != nil || !mine {
		return err
	}
	uploads, err := d.ledger.UploadsOf(ctx, i.ID)
	if err != nil {
		return ledgerTrouble(err, d.ledgerPath())
	}
	if i.plan.Options.RequesterPays {
		d.payFor(i.Destination)
	}
	if len(uploads) > 0 {
		err = d.abortAll(ctx, i.Destination.Store, uploads)
	}
	if ended := d.ledger.EndPlan(context.WithoutCancel(ctx), i.ID); err == nil && ended != nil {
		err = ledgerTrouble(ended, d.ledgerPath())
	}
	return err
}

// abortAll removes what a store has of uploads. What cannot be removed stays in the ledger as doubtful.
func (d *Desk) abortAll(ctx context.Context, s Store, uploads []ledger.Upload) error {
	opened, err := d.open(ctx, s)
	var c *courier.Courier
	if err == nil {
		c = courier.New(opened, courier.Options{})
		defer c.Close()
	}
	var first error
	for _, u := range uploads {
		left, fault := unfinished(u)
		if err != nil {
			fault = err
		}
		if fault == nil && left.UploadID != "" {
			fault = c.AbortID(ctx, u.Bucket, u.Key, left.UploadID)
		}
		doubt := fault != nil || left.UploadID == "" || left.Doubt
		if e := d.ledger.EndUpload(context.WithoutCancel(ctx), u.ID, doubt); e != nil {
			d.log.Debug("an upload is not forgotten", "error", e)
		}
		if fault != nil && first == nil {
			first = explain(fmt.Errorf("remove what is there of s3://%s/%s: %w", u.Bucket, u.Key, fault),
				scene{store: s, bucket: u.Bucket, key: u.Key, permission: "s3:AbortMultipartUpload"})
		}
	}
	return first
}
