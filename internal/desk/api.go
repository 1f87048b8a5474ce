package desk

// This file is replaced while the desk is built; it fixes what the window may call.

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

var errNotYet = errors.New("desk: not built yet")

// Options is what a Desk is opened with.
type Options struct {
	Home string       // "" takes $WAYBILL_HOME, else the system's place for an app's data
	Log  *slog.Logger // nil discards
}

// Desk does the jobs. It is safe for use from any goroutine; no method touches the window.
type Desk struct{}

// Open makes the desk ready. It does not fail for a ledger that cannot be used: the app still sends, and
// LedgerTrouble says what it could not record.
func Open(ctx context.Context, o Options) (*Desk, error) { return nil, errNotYet }

// Close ends the sandbox if this desk started it, and closes the ledger.
func (d *Desk) Close() error { return nil }

// LedgerTrouble is nil, or says why sent files are not recorded.
func (d *Desk) LedgerTrouble() *Trouble { return nil }

// Settings gives the remembered choices, with defaults filled in.
func (d *Desk) Settings() Settings { return Settings{} }

// SaveSettings remembers choices.
func (d *Desk) SaveSettings(s Settings) error { return errNotYet }

// Profiles lists the profiles that the AWS CLI would list, and the sandbox as the last. When the files cannot be read, the error is a
// *Trouble that names file and line, and the list still holds what could be read.
func (d *Desk) Profiles() ([]Profile, error) { return nil, errNotYet }

// Buckets lists the buckets of a store. A *Trouble with Code "AccessDenied" means: let the person type a name.
// For the sandbox this starts it.
func (d *Desk) Buckets(ctx context.Context, s Store) ([]string, error) { return nil, errNotYet }

// Prefixes lists the "folders" directly below dest.Prefix, each as a whole prefix ("alice/2026/").
func (d *Desk) Prefixes(ctx context.Context, dest Destination) ([]string, error) {
	return nil, errNotYet
}

// Session says when the credentials behind a store end: the zero time when they do not, ok false when that is unknown.
func (d *Desk) Session(ctx context.Context, s Store) (ends time.Time, ok bool, err error) {
	return time.Time{}, false, errNotYet
}

// Outlook says what a link made now would be, before anything is sent.
func (d *Desk) Outlook(ctx context.Context, s Store, expires time.Duration) (Outlook, error) {
	return Outlook{}, errNotYet
}

// CleanPrefix makes a prefix clean: no leading slash, no empty segment, one trailing slash; "" stays "".
func CleanPrefix(s string) (string, error) { return s, nil }

// CheckBucket says in words what is wrong with a bucket's name, or returns nil.
func CheckBucket(name string) error { return nil }

// ParseExpires reads a duration as a person writes it: 15m, 1h, 36h, 7d. Outside 1 s to 7 days it is a *Trouble.
func ParseExpires(s string) (time.Duration, error) { return time.ParseDuration(s) }

// Send starts a drop at once and returns. Files and folders may be mixed; folders are walked while sending.
func (d *Desk) Send(ctx context.Context, dest Destination, o SendOptions, paths []string) *Drop {
	return nil
}

// Drop is what was dropped together.
type Drop struct{}

// Events delivers a snapshot whenever a transfer changes: each new transfer first as Queued; progress at most ten times a second a
// transfer; the last one of each transfer is Over. The channel is closed when the drop is done. It must be read.
func (p *Drop) Events() <-chan Transfer { return nil }

// Cancel stops one transfer, CancelAll every one; the parts already sent are removed from the store.
func (p *Drop) Cancel(id string) {}

// CancelAll stops every transfer of the drop that is not over.
func (p *Drop) CancelAll() {}

// Pause holds one transfer, keeping what the store already has; Resume goes on with it.
func (p *Drop) Pause(id string) {}

// Resume goes on with a paused transfer.
func (p *Drop) Resume(id string) {}

// Links lists the ledger's entries, newest first, at most limit (0: all).
func (d *Desk) Links(ctx context.Context, limit int) ([]Entry, error) { return nil, errNotYet }

// CopyLink signs the entry's link again to the same end. When the credentials no longer reach that end, the
// returned link ends earlier and says so by Because.
func (d *Desk) CopyLink(ctx context.Context, id string) (*Link, error) { return nil, errNotYet }

// Changed is signalled (never blocking, capacity one) when the ledger has changed through this desk.
func (d *Desk) Changed() <-chan struct{} { return nil }
