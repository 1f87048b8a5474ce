package desk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"waybill/internal/ledger"
	"waybill/internal/whole"
)

// Moving is what an export holds.
type Moving struct {
	Made    time.Time
	Version string // of the Waybill that made it

	Links         int // records of the ledger
	Requests      int // with what has arrived by them
	Destinations  int // that were used lately
	Templates     int // for keys
	Distributions int // CloudFront's, with the paths of their private keys
	LinkEndpoints int // of buckets
	Uploads       int // destinations with upload settings

	// What an export leaves behind on this computer, when it is made.
	SandboxLinks    int // what was sent to the sandbox, whose files stay too
	SandboxRequests int // into the sandbox, that are open
	Interrupted     int // drops that are not done: their files are here
	LeftOut         int // records and requests that no import would take
}

// movingOf is what an export holds besides the links.
func movingOf(head moveHead, s Settings) Moving {
	return Moving{Made: head.Made, Version: head.Version,
		Destinations: len(s.Recent), Templates: len(s.Naming), Distributions: len(s.Distributions),
		LinkEndpoints: len(s.LinkEndpoints), Uploads: len(s.Uploads)}
}

// ExportAll writes the settings and the ledger for another computer. Nothing secret is in them, nor any path of a file
// that was sent. What belongs to this computer alone stays: the sandbox, the links and requests into it, and drops that are not
// done, with them the uploads that the store has half of.
func (d *Desk) ExportAll(ctx context.Context, to io.Writer) (Moving, error) {
	from := d.readable()
	if from == nil {
		return Moving{}, d.noLedger()
	}
	if err := d.SureSettings(); err != nil {
		return Moving{}, err // and not the defaults, which would take the place of somebody's choices elsewhere
	}
	buffered := bufio.NewWriter(to)
	out := newMoveWriter(buffered)
	s := d.portable()
	m := movingOf(moveHead{Version: d.version, Made: d.now().UTC().Truncate(time.Second)}, s)
	err := out.write(moveLine{Head: &moveHead{Format: moveFormat, Version: d.version, Made: m.Made}})
	if err == nil {
		err = out.write(moveLine{Settings: &s})
	}
	if err != nil {
		return m, err
	}
	var unwritten error
	err = from.Each(ctx, func(one ledger.Moved) error {
		if one.Record.Sandbox {
			m.SandboxLinks++
			return nil
		}
		r := moveRecordOf(one)
		if !r.importable() {
			m.LeftOut++
			return nil
		}
		m.Links++
		unwritten = out.write(moveLine{Record: r})
		return unwritten
	})
	if err != nil && unwritten == nil {
		return m, ledgerTrouble(err, d.ledgerPath())
	}
	if err == nil {
		err = d.exportRequests(ctx, from, out, &m)
	}
	if err == nil {
		err = out.end()
	}
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return m, err
	}
	plans, err := from.Plans(ctx)
	if err != nil {
		return m, ledgerTrouble(err, d.ledgerPath())
	}
	m.Interrupted = len(plans)
	return m, nil
}

// ExportFile writes an export to a file that is its owner's alone. A file that is there is replaced only if the caller
// says so, and then at once: it stays whole until the new one is.
func (d *Desk) ExportFile(ctx context.Context, path string, replace bool) (Moving, error) {
	a := args{"Name": visible(filepath.Base(path)), "Path": visible(path)}
	abs, err := filepath.Abs(path)
	if err != nil {
		return Moving{}, trouble("ExportNotWritten", a, err)
	}
	info, err := os.Lstat(abs)
	switch {
	case err == nil && !info.Mode().IsRegular(), err == nil && filepath.Dir(abs) == d.home:
		return Moving{}, trouble("ExportNoFile", a, nil)
	case err == nil && !replace:
		return Moving{}, trouble("ExportThere", a, nil)
	}
	write := whole.WriteNew
	if replace {
		write = whole.Write
	}
	var m Moving
	err = write(abs, func(w io.Writer) (err error) {
		m, err = d.ExportAll(ctx, w)
		return err
	})
	var t *Trouble
	switch {
	case err == nil:
		return m, nil
	case errors.As(err, &t):
		return Moving{}, t
	case errors.Is(err, os.ErrExist):
		return Moving{}, trouble("ExportThere", a, err)
	}
	return Moving{}, trouble("ExportNotWritten", a, err)
}

// ReadExport looks through an export and says what is in it. It changes nothing.
func (d *Desk) ReadExport(ctx context.Context, path string) (Moving, error) {
	f, err := openExport(path)
	if err != nil {
		return Moving{}, importTrouble(path, nil, err)
	}
	defer func() { _ = f.Close() }()
	return readThrough(ctx, path, f)
}

// openExport opens a regular file: reading anything else might never end.
func openExport(path string) (*os.File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNotMove
	case info.Size() > maxMove:
		return nil, errMoveSize
	}
	return os.Open(path)
}

// readThrough reads an export to its end, and believes it then.
func readThrough(ctx context.Context, path string, from io.Reader) (Moving, error) {
	r, err := newMoveReader(from)
	if err != nil {
		return Moving{}, importTrouble(path, r, err)
	}
	m := movingOf(r.head, r.settings)
	for one, err := range r.records() {
		if err == nil {
			err = errors.Join(one.Check(), ctx.Err())
		}
		if err != nil {
			return m, importTrouble(path, r, err)
		}
		m.Links++
	}
	for one, err := range r.requests() {
		if err == nil {
			err = errors.Join(one.Check(), ctx.Err())
		}
		if err != nil {
			return m, importTrouble(path, r, err)
		}
		m.Requests++
	}
	return m, nil
}

// importTrouble says what is wrong with a file that is to be imported.
func importTrouble(path string, r *moveReader, err error) *Trouble {
	a := args{"Name": visible(filepath.Base(path)), "Path": visible(path)}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return trouble("ImportGone", a, err)
	case errors.Is(err, errMoveNewer):
		a["Version"] = r.head.Version
		return trouble("ImportNewer", a, err)
	case errors.Is(err, errNotMove):
		return trouble("ImportNotOurs", a, err)
	case errors.Is(err, ledger.ErrSecret):
		return trouble("ImportSecret", a, err)
	}
	for _, damage := range []error{errMoveLine, errMoveSize, errMoveCut, errMoveSum, errMoveLines, errMoveAfter, errMoveText} {
		if errors.Is(err, damage) {
			a["Fault"] = damage.Error()
			return trouble("ImportDamaged", a, err)
		}
	}
	return explain(fmt.Errorf("read the export: %w", err), scene{path: path})
}
