package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"waybill/internal/courier"
	"waybill/signer"
)

// CheckState is where a step of a check stands.
type CheckState string

// The states of a step.
const (
	CheckRunning CheckState = "running"
	CheckFine    CheckState = "fine"
	CheckMissing CheckState = "missing" // the store refuses it: a permission is missing
	CheckFailed  CheckState = "failed"  // something else is wrong
	CheckUnknown CheckState = "unknown" // it cannot be told
	CheckSkipped CheckState = "skipped"
)

// CheckStep is one thing that a check has looked at. Its first news is CheckRunning, its second is its last.
type CheckStep struct {
	ID         string // stable: "name", "tls", "put", …
	State      CheckState
	Title      Text   // what is looked at
	Result     Text   // what came of it, in one sentence
	Permission string // that the store asks for, as IAM calls it; "" for none
	Missed     string // the permission that is missing: Permission, or what the store says, such as a key's
	Needed     bool   // by a feature that the check was asked about
	For        []Feature
	Facts      CheckFacts
	Trouble    *Trouble // why it is not fine
}

// CheckFacts are what a step has measured; what does not concern it is zero.
type CheckFacts struct {
	Host       string
	Addresses  []string
	Region     string
	Proxy      string
	Lookup     time.Duration
	Connect    time.Duration
	TLS        string // "TLS 1.3"
	Issuer     string // of the certificate
	Ends       time.Time
	ClockOff   time.Duration // this computer's clock is ahead of the store's; less than nothing is behind
	RoundTrip  time.Duration // median of a few small requests
	FirstByte  time.Duration // of the first request, on a connection that stands
	PutSpeed   Rate
	GetSpeed   Rate
	Versioned  bool
	Days       int // that Object Lock keeps what is put
	Encryption string
	Key        string // ARN of the KMS key that the bucket encrypts with
	Removed    int    // of what earlier checks have left
}

// CheckQuestion is what a person is asked before anything is written.
type CheckQuestion struct {
	Text Text
	// Locked says that the bucket keeps what is put there: an object of a few bytes stays for Days.
	Locked bool
	Days   int
}

// CheckOptions is what a check may be told.
type CheckOptions struct {
	Features []Feature // that the person wants; none is UsualFeatures
	// Consent is asked, from another goroutine, before anything is written; when the context is over, the answer is not
	// wanted any more. Without it, nothing is written.
	Consent func(ctx context.Context, q CheckQuestion) bool
	// ReadOnly says that the person wanted nothing to be written: what was not tried is no reproach then.
	ReadOnly bool
}

// Check is a look at all that a destination needs.
type Check struct {
	desk    *Desk
	dest    Destination
	gets    UploadSettings // its objects
	options CheckOptions
	events  chan CheckStep
	over    chan struct{}

	mu    sync.Mutex
	steps []CheckStep
	key   string // ARN of the KMS key that the bucket encrypts with
	place policyPlace
	left  *Trouble // what could not be removed
}

// Check looks whether a destination has all that the features need: the way to the store, its clock, and the permissions.
// What it writes, after asking, it removes again, also when the context ends. The error is a *Trouble about the destination.
func (d *Desk) Check(ctx context.Context, dest Destination, o CheckOptions) (*Check, error) {
	dest, err := dest.clean()
	if err != nil {
		return nil, err
	}
	if err := CheckKey(dest.Prefix + checkName + uuid.NewString()); err != nil {
		return nil, trouble("PrefixTooLong", args{"Prefix": dest.Prefix[:min(60, len(dest.Prefix))] + "…"}, nil)
	}
	if len(o.Features) == 0 {
		o.Features = UsualFeatures()
	}
	c := &Check{desk: d, dest: dest, options: o, place: policyPlace{signer.PartitionOf(dest.Region), !dest.Sandbox && dest.Endpoint == ""}, events: make(chan CheckStep, 4*len(checkSteps())), over: make(chan struct{})}
	c.gets, _ = d.Settings().UploadOf(dest)
	go func() {
		defer close(c.over)
		defer close(c.events)
		c.run(ctx)
	}()
	return c, nil
}

// Events gives the steps as they come, and is closed when the check is over and has removed all that it could.
func (c *Check) Events() <-chan CheckStep { return c.events }

// Steps gives the last news of each step so far.
func (c *Check) Steps() []CheckStep {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.steps)
}

// Left says what the check could not remove again, or is nil. It is known when Events is closed.
func (c *Check) Left() *Trouble {
	<-c.over
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left
}

// Destination is what is checked.
func (c *Check) Destination() Destination { return c.dest }

// begin tells that a step is being done.
func (c *Check) begin(id string) CheckStep {
	s := checkSteps()[slices.IndexFunc(checkSteps(), func(s CheckStep) bool { return s.ID == id })]
	s.State = CheckRunning
	s.For = wanting(s.Permission, AllFeatures(), c.gets)
	s.Needed = len(wanting(s.Permission, c.options.Features, c.gets)) > 0
	c.tell(s)
	return s
}

// tell writes a step's news down and passes them on. Nobody need listen.
func (c *Check) tell(s CheckStep) {
	c.mu.Lock()
	if at := slices.IndexFunc(c.steps, func(o CheckStep) bool { return o.ID == s.ID }); at >= 0 {
		c.steps[at] = s
	} else {
		c.steps = append(c.steps, s)
	}
	c.mu.Unlock()
	c.events <- s // there is room for all
}

// done tells what came of a step.
func (c *Check) done(s CheckStep, state CheckState, result string, a args) {
	s.State, s.Result = state, Text{result, a}
	c.tell(s)
}

// verdict tells what a permission's step has come to by the store's answer, and reports whether there is no use in going
// on: nobody answers, or whoever signs is not known there.
func (c *Check) verdict(s CheckStep, err error, fine string, a args) (over bool) {
	if err == nil {
		c.done(s, CheckFine, fine, a)
		return false
	}
	s.Trouble = explain(err, c.scene(s.Permission))
	switch code := s.Trouble.Code; {
	case s.Trouble.Denied():
		permission, _ := s.Trouble.What.Args["Permission"].(string) // the store may know better: a key's, for one
		s.Missed = permission
		c.done(s, CheckMissing, `The store refuses it: {{.Permission}} is missing.`, args{"Permission": permission})
	case code == "NotImplemented", code == "MethodNotAllowed":
		c.done(s, CheckUnknown, `This store has nothing of the kind.`, nil)
	case code == "Refused", code == "InternalError": // which tells nothing of the other steps
		c.done(s, CheckUnknown, s.Trouble.What.ID, s.Trouble.What.Args)
	default:
		c.done(s, CheckFailed, s.Trouble.What.ID, s.Trouble.What.Args)
		return true
	}
	return false
}

func (c *Check) scene(permission string) scene {
	return scene{store: c.dest.Store, bucket: c.dest.Bucket, key: c.dest.Prefix, permission: permission}
}

// run does the steps, one after the other.
func (c *Check) run(ctx context.Context) {
	s := c.begin("profile")
	opened, err := c.desk.open(ctx, c.dest.Store)
	if err == nil {
		c.mu.Lock()
		c.place = policyPlaceOf(opened)
		c.mu.Unlock()
		err = c.who(ctx, s, opened)
	}
	if err != nil {
		s.Trouble = explain(err, c.scene(""))
		c.done(s, CheckFailed, s.Trouble.What.ID, s.Trouble.What.Args)
		c.skipRest(ctx)
		return
	}
	carrier := courier.New(opened, courier.Options{Concurrency: 2, Patience: c.desk.checkWaits})
	defer carrier.Close()
	r := &checking{
		Check: c, signer: opened, courier: carrier, key: c.dest.Prefix + checkName + uuid.NewString(),
		uploadKey: checkUploadKey(c.desk.home, c.dest.Bucket, c.dest.Prefix),
	}
	if !r.look(ctx) {
		c.skipRest(ctx)
		return
	}
	r.try(ctx)
	c.skipRest(ctx)
}

// who says by whose hand things are signed, and until when.
func (c *Check) who(ctx context.Context, s CheckStep, opened *signer.Signer) error {
	ends, known, err := opened.Session(ctx)
	if err != nil {
		return err
	}
	a := c.scene("").args()
	a["Account"], a["Ends"], s.Facts.Ends = opened.Account(), Moment(ends), ends
	switch {
	case !known:
		c.done(s, CheckFine, `The profile "{{.Profile}}" signs; nobody knows when its session ends.`, a)
	case ends.IsZero():
		c.done(s, CheckFine, `The profile "{{.Profile}}" signs{{with .Account}} for the account {{.}}{{end}}.`, a)
	default:
		c.done(s, CheckFine, `The profile "{{.Profile}}" signs{{with .Account}} for the account {{.}}{{end}}; its session ends at {{.Ends}}.`, a)
	}
	return nil
}

// skipRest tells of the steps that were not come to.
func (c *Check) skipRest(ctx context.Context) {
	why := `Not tried, because of what went wrong before.`
	if ctx.Err() != nil {
		why = `Not tried: the check was cancelled.`
	}
	for _, known := range checkSteps() {
		c.mu.Lock()
		at := slices.IndexFunc(c.steps, func(o CheckStep) bool { return o.ID == known.ID })
		open := at < 0 || c.steps[at].State == CheckRunning
		c.mu.Unlock()
		if open && (at >= 0 || !known.quiet()) {
			c.done(c.begin(known.ID), CheckSkipped, why, nil)
		}
	}
}
