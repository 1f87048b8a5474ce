package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/internal/sandbox"
	"waybill/signer"
)

// Options is what a Desk is opened with.
type Options struct {
	Home string           // "" takes $WAYBILL_HOME, else the system's place for an app's data
	Log  *slog.Logger     // nil discards
	Now  func() time.Time // nil is time.Now; a test sets it to a clock that is wrong

	Version string       // of the program, to tell whether another one is newer
	Updates UpdateSource // where to look for one; the zero value looks nowhere

	Resolve Resolver // finds the addresses of links' hosts; nil asks the system
}

// Desk does the jobs. It is safe for use from any goroutine.
type Desk struct {
	home    string
	log     *slog.Logger
	now     func() time.Time
	changed chan struct{}
	version string
	updates UpdateSource

	ledger *ledger.Ledger // nil when it cannot be used
	shown  *ledger.Ledger // what is in one that cannot be written, to be looked at; nil when ledger is not
	owner  owner
	limit  *courier.Limit // of all that this desk sends

	reaches *reaches

	patience atomic.Int64 // nanoseconds; 0 is the courier's own

	regions    *signer.Regions // where buckets are, for all stores
	accelerate atomic.Bool     // through transfer acceleration, whatever profiles say

	mostArrivals int           // of one request, that are looked at
	checkOld     time.Duration // after which what a check has put is taken for forgotten
	checkWaits   time.Duration // for a lost network, to remove what a check has put

	publishing sync.Mutex // held while a page is made and written: of two at once, one would be lost

	starting sync.Mutex // held while the sandbox is looked for or started
	closed   bool       // guarded by starting: no sandbox is started any more

	saving sync.Mutex // held while the settings are changed: of two changes at once, one would be lost

	watching sync.Once
	unwatch  context.CancelFunc // ends the watch over the AWS files; guarded by mu
	watchOff bool               // no watch is begun any more; guarded by mu
	watched  sync.WaitGroup
	news     bell // rung when somebody may have signed in

	past pastTroubles // that people were told of

	mu       sync.Mutex
	code     func(context.Context, signer.CodeQuestion) (string, error) // asks a person; nil when nobody is there
	clock    *Trouble                                                   // this computer's is wrong, and nobody has heard of it yet
	trouble  *Trouble                                                   // why the ledger is not used, or did not take a record
	aside    *Trouble                                                   // settings that could not be read, and where they are kept
	sandbox  *sandbox.Sandbox
	stores   map[Store]*openStore
	paysAll  bool                // the person pays for requests about any bucket
	paid     map[paidBucket]bool // or about these
	settings Settings
	stamp    string // of the settings' file, as it was read or written last
}

// Open makes the desk ready. A ledger that cannot be used is no reason to fail: the app still sends, and
// LedgerTrouble says what it could not record. The error is for a home that cannot be found at all.
func Open(ctx context.Context, o Options) (*Desk, error) {
	home, err := homeFolder(o.Home)
	if err != nil {
		return nil, err
	}
	d := &Desk{
		home: home, log: o.Log, now: o.Now,
		changed: make(chan struct{}, 1),
		stores:  map[Store]*openStore{},
		paid:    map[paidBucket]bool{},
		limit:   courier.NewLimit(0),

		mostArrivals: mostArrivals, checkOld: checkOld, checkWaits: checkPatience,
		version: o.Version, updates: o.Updates,
		reaches: newReaches(o.Resolve),
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.now == nil {
		d.now = time.Now
	}
	path := d.ledgerPath()
	d.ledger, err = ledger.Open(ctx, path)
	if err != nil {
		d.ledger = nil
		d.noteLedger(ledgerTrouble(err, path))
		if errors.Is(err, ledger.ErrReadOnly) {
			d.shown, _ = ledger.OpenReading(ctx, path) // nil when there is nothing to look at
		}
	}
	d.rememberRegions(ctx)
	d.stamp = d.settingsStamp()
	d.settings = d.loadSettings()
	d.finishImport(ctx)
	return d, nil
}

// homeFolder is where Waybill keeps its ledger, settings and sandbox.
func homeFolder(given string) (string, error) {
	if given == "" {
		given = os.Getenv("WAYBILL_HOME")
	}
	if given != "" {
		abs, err := filepath.Abs(given)
		if err != nil {
			return "", fmt.Errorf("find Waybill's folder: %w", err)
		}
		return abs, nil
	}
	if data := os.Getenv("XDG_DATA_HOME"); data != "" && filepath.IsAbs(data) {
		return filepath.Join(data, "waybill"), nil
	}
	system := map[string]func() (string, error){
		"darwin":  os.UserConfigDir, // ~/Library/Application Support
		"windows": os.UserCacheDir,  // %LocalAppData%; what is in %AppData% may be copied to every computer of a company
	}
	if find, ok := system[runtime.GOOS]; ok {
		data, err := find()
		if err != nil {
			return "", trouble("NoHome", nil, err)
		}
		return filepath.Join(data, "Waybill"), nil
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return "", trouble("NoHome", nil, err)
	}
	return filepath.Join(user, ".local", "share", "waybill"), nil
}

func (d *Desk) ledgerPath() string { return filepath.Join(d.home, "ledger.db") }

// Close ends the sandbox if this desk started it, and closes the ledger.
func (d *Desk) Close() error {
	d.starting.Lock() // one that is being started would outlive this
	d.closed = true
	d.starting.Unlock()
	d.mu.Lock()
	running := d.sandbox
	d.sandbox = nil
	d.watchOff = true
	if d.unwatch != nil {
		d.unwatch()
	}
	d.mu.Unlock()
	d.watched.Wait()
	d.keepTroubles()
	d.reaches.end()
	var err error
	if running != nil {
		err = running.Close()
	}
	d.resign()
	for _, l := range []*ledger.Ledger{d.ledger, d.shown} {
		if l == nil {
			continue
		}
		if e := l.Close(); err == nil {
			err = e
		}
	}
	return err
}

// SandboxFolder is where the sandbox has its files, and its keys.
func (d *Desk) SandboxFolder() string { return filepath.Join(d.home, "sandbox") }

// Home is the folder where Waybill keeps its ledger, settings and sandbox.
func (d *Desk) Home() string { return d.home }

// readable is the ledger as far as it can be looked at, nil where it cannot.
func (d *Desk) readable() *ledger.Ledger {
	if d.ledger != nil {
		return d.ledger
	}
	return d.shown
}

// LedgerTrouble is nil, or says why sent files are not recorded.
func (d *Desk) LedgerTrouble() *Trouble {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble
}

func (d *Desk) noteLedger(t *Trouble) {
	d.mu.Lock()
	d.trouble = t
	d.mu.Unlock()
	if t != nil {
		d.log.Info("the ledger cannot be used", "code", t.Code, "detail", t.Detail)
	}
}

// SetLimitRate bounds what this desk sends, in bytes a second over all drops; 0 is no limit. It holds at once.
func (d *Desk) SetLimitRate(perSecond int64) { d.limit.Set(perSecond) }

// SetPatience says how long this process waits for a network that was lost; 0 takes the default of ten minutes.
func (d *Desk) SetPatience(p time.Duration) { d.patience.Store(int64(p)) }

// Changed is signalled, never blocking, after the ledger has changed through this desk.
func (d *Desk) Changed() <-chan struct{} { return d.changed }

func (d *Desk) signalChange() {
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

// Sandbox starts the embedded store if it does not run yet. It runs until Close.
func (d *Desk) Sandbox(ctx context.Context) (*sandbox.Sandbox, error) {
	// Starting may take a while, and nobody else shall wait for it.
	d.starting.Lock()
	defer d.starting.Unlock()
	if d.closed {
		return nil, trouble("SandboxFailed", args{"Fault": errClosed.Error()}, errClosed)
	}
	d.mu.Lock()
	have := d.sandbox
	d.mu.Unlock()
	if have != nil && (have.Owned() || have.Answers(ctx)) {
		return have, nil
	}
	s, err := sandbox.Start(ctx, d.SandboxFolder())
	if err != nil {
		return nil, trouble("SandboxFailed", args{"Fault": err.Error()}, err)
	}
	d.mu.Lock()
	d.sandbox = s
	d.mu.Unlock()
	return s, nil
}

var errClosed = errors.New("the program is being closed")

// SandboxEnds reports whether the sandbox runs in this process, and so ends when this desk is closed.
func (d *Desk) SandboxEnds() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sandbox != nil && d.sandbox.Owned()
}
