package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"waybill/internal/ledger"
)

// An import is all or nothing, though it changes two files. What is to be imported is first copied into Waybill's own
// folder and read through; then copies of ledger and settings are kept; then the copy is given the name of one that is to
// be done, and from there on it is done, by this process or, after a kill, by the next one that opens the desk. Doing it
// twice is doing it once: a record that is there already is the same.

// Imported is what an import has changed.
type Imported struct {
	Moving
	Added    int // links that were not here
	Replaced int // links that were here, and whose link was signed or revoked later there
	Kept     int // links that were here and are not what they are there: they stay
	LeftOut  int // settings that cannot be used here
	// RequestsAdded were not here, and RequestsChanged were closed or tidied up after there.
	RequestsAdded, RequestsChanged int
	// NewEndpoints are the link endpoints of buckets that had none here.
	NewEndpoints []BucketLinkEndpoint
	// NewUploads are the upload settings of destinations that had none of their own here, or others.
	NewUploads []DestinationUpload
	// Replacing: a file whose name is taken replaces what is there from now on, and did not before.
	Replacing bool
	// Keys are the paths of private keys of distributions that were imported, and are not on this computer.
	Keys []string
	// Backups are the paths of the copies of ledger and settings, as they were before.
	Backups []string
}

const importWait = 100 * time.Millisecond

func (d *Desk) importPath() string { return filepath.Join(d.home, "import.jsonl") }

func (d *Desk) importLock() *flock.Flock {
	return flock.New(filepath.Join(d.home, "import.lock"), flock.SetPermissions(0o600))
}

// ImportFile takes in what ExportFile has written on another computer. Links of both are one list afterwards. A link that
// both have stays as it is here, unless it was signed or revoked later there, and so does a request, unless it was closed there. Of the settings, those of the file hold, but
// for distributions that this computer has already; destinations and templates that only this one has stay.
func (d *Desk) ImportFile(ctx context.Context, path string) (Imported, error) {
	if d.ledger == nil {
		return Imported{}, d.noLedger()
	}
	lock := d.importLock()
	if held, err := lock.TryLockContext(ctx, importWait); err != nil || !held {
		return Imported{}, d.importFailed(err)
	}
	defer func() { _ = lock.Close() }()
	if err := d.doImport(ctx); err != nil { // one that was left in the middle comes first
		return Imported{}, err
	}
	copied, m, err := d.copyExport(ctx, path)
	defer func() { _ = os.Remove(copied) }()
	if err != nil {
		return Imported{}, err
	}
	made := Imported{Moving: m}
	if made.Backups, err = d.backUp(ctx); err == nil {
		err = os.Rename(copied, d.importPath())
	}
	if err != nil {
		return Imported{}, d.importFailed(err)
	}
	err = d.doImportInto(context.WithoutCancel(ctx), &made)
	return made, err
}

// copyExport copies a file that is to be imported, and reads the copy through: what was looked at is what is imported.
func (d *Desk) copyExport(ctx context.Context, path string) (copied string, m Moving, err error) {
	from, err := openExport(path)
	if err != nil {
		return "", m, importTrouble(path, nil, err)
	}
	defer func() { _ = from.Close() }()
	to, err := os.CreateTemp(d.home, ".import-*") // 0600 by its own contract
	if err != nil {
		return "", m, d.importFailed(err)
	}
	defer func() { _ = to.Close() }()
	n, err := io.Copy(to, io.LimitReader(from, maxMove+1))
	switch {
	case err != nil:
		return to.Name(), m, d.importFailed(err)
	case n > maxMove:
		return to.Name(), m, importTrouble(path, nil, errMoveSize)
	}
	if err := to.Sync(); err != nil {
		return to.Name(), m, d.importFailed(err)
	}
	if _, err := to.Seek(0, io.SeekStart); err != nil {
		return to.Name(), m, d.importFailed(err)
	}
	m, err = readThrough(ctx, path, to)
	return to.Name(), m, err
}

// backUp keeps copies of what an import changes, under names that are not taken.
func (d *Desk) backUp(ctx context.Context) ([]string, error) {
	free := func(path string) bool { _, err := os.Lstat(path); return errors.Is(err, fs.ErrNotExist) }
	ending := ".before-import"
	for n := 2; !free(d.ledgerPath()+ending) || !free(d.settingsPath()+ending); n++ {
		ending = fmt.Sprintf(".before-import-%d", n)
	}
	if err := d.ledger.CopyTo(ctx, d.ledgerPath()+ending); err != nil {
		return nil, err
	}
	kept := []string{d.ledgerPath() + ending}
	settings, err := os.ReadFile(d.settingsPath())
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err == nil {
		err = writePrivately(d.settingsPath()+ending, settings)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(kept[0]))
	}
	return append(kept, d.settingsPath()+ending), nil
}

// finishImport does what a process that was killed has left to do, unless another one is at it.
func (d *Desk) finishImport(ctx context.Context) {
	if _, err := os.Lstat(d.importPath()); err != nil || d.ledger == nil {
		return
	}
	lock := d.importLock()
	if held, err := lock.TryLock(); err != nil || !held {
		return
	}
	defer func() { _ = lock.Close() }()
	if err := d.doImport(ctx); err != nil {
		d.noteLedger(explain(err, scene{}))
	}
}

// doImport does what there is to import, if there is anything, while the lock is held.
func (d *Desk) doImport(ctx context.Context) error { return d.doImportInto(ctx, &Imported{}) }

func (d *Desk) doImportInto(ctx context.Context, made *Imported) error {
	unfinished := func(err error) error { return trouble("ImportUnfinished", args{"Path": d.importPath()}, err) }
	f, err := os.Open(d.importPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unfinished(err)
	}
	defer func() { _ = f.Close() }()
	r, err := newMoveReader(f)
	if err != nil {
		return unfinished(err)
	}
	merged, err := d.ledger.Merge(ctx, r.records(), later)
	if err != nil {
		return unfinished(err)
	}
	made.Added, made.Replaced, made.Kept, made.LeftOut = merged.Added, merged.Replaced, merged.Kept, r.left
	if merged, err = d.ledger.MergeRequests(ctx, r.requests(), laterRequest); err != nil {
		return unfinished(err)
	}
	made.RequestsAdded, made.RequestsChanged = merged.Added, merged.Replaced
	replaced := d.Settings().OnClash == ClashReplace
	fresh, err := d.takeSettings(r.settings)
	if err != nil {
		return unfinished(err)
	}
	made.Replacing = !replaced && d.Settings().OnClash == ClashReplace
	made.Keys, made.NewEndpoints, made.NewUploads = missingKeys(fresh.distributions), fresh.endpoints, fresh.uploads
	_ = f.Close() // Windows removes no file that is open
	if err := os.Remove(d.importPath()); err != nil {
		return unfinished(err)
	}
	d.signalChange()
	return nil
}

// importFailed says that nothing was changed.
func (d *Desk) importFailed(err error) *Trouble {
	var t *Trouble
	if errors.As(err, &t) {
		return t
	}
	return trouble("ImportFailed", args{"Path": d.home}, err)
}

// later chooses of two records of one link the one that says what happened last; of equals, the one that is here.
func later(have, came ledger.Record) ledger.Record {
	last := func(r ledger.Record) time.Time {
		return slices.MaxFunc([]time.Time{r.Created, r.Signed, r.Revoked}, time.Time.Compare)
	}
	if !last(came).After(last(have)) {
		return have
	}
	came.Path, came.Plan = have.Path, have.Plan // they are this computer's
	if came.Note == "" {
		came.Note = have.Note
	}
	return came
}
