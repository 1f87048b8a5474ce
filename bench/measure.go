//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// sample is one counted run.
type sample struct {
	usage
	store   time.Duration // CPU time of the store meanwhile
	foreign time.Duration // CPU time of everybody else meanwhile
}

// disturbed reports whether others took so much of the machine that the run says little: a tenth of it. What the
// kernel does for the run in threads of its own (writing to the disk, say) is among the others, and so is the
// coarseness of the clock: hence the constant.
func (s sample) disturbed() bool {
	return s.foreign > s.Wall*time.Duration(runtime.NumCPU())/10+50*time.Millisecond
}

// series are the runs of one program with one load at one store.
type series struct {
	server *server
	load   load
	tool   tool
	path   string // the name of the path to the store, in "bench paths"
	runs   []sample
	failed int   // runs that the program ended with an error, or after which not all had arrived
	why    error // the last of these
}

// lab is where things are measured: what all measurements of transfers need.
type lab struct {
	dir   string // temporary
	data  string // where loads are kept
	tools []tool
	out   string
	// retries is how often a run that others have disturbed is made again.
	retries int
}

// labFlags are the flags of all measurements of transfers.
type labFlags struct {
	programs, waybill, data, out string
	retries                      int
}

func (l *labFlags) add(f *flag.FlagSet, programs string) {
	f.StringVar(&l.programs, "programs", programs, "programs to measure: floor, waybill, s5cmd, mc, rclone, aws (empty: those installed)")
	f.StringVar(&l.waybill, "waybill", "build/waybill", "the Waybill to measure")
	f.StringVar(&l.data, "data", "build/_bench", "folder in which the files to be sent are kept from run to run")
	f.StringVar(&l.out, "out", "", "file that gets the report too")
}

// addRetries is for measurements that take the whole machine.
func (l *labFlags) addRetries(f *flag.FlagSet) {
	f.IntVar(&l.retries, "retries", 3, "times that a run which others disturbed is made again")
}

// parse reads the flags, and looks for Waybill.
func (l *labFlags) parse(f *flag.FlagSet, args []string) error {
	if err := parse(f, args); err != nil {
		return err
	}
	if l.retries < 0 {
		return fmt.Errorf("%w: no negative number of retries", errUsage)
	}
	var err error
	if l.waybill, err = filepath.Abs(l.waybill); err != nil {
		return err
	}
	if _, err := os.Stat(l.waybill); err != nil {
		return fmt.Errorf("%w (make build)", err)
	}
	return nil
}

// open finds the programs and makes the folders.
func (l *labFlags) open(ctx context.Context) (b lab, remove func(), err error) {
	if b.tools, err = pickTools(ctx, l.programs, l.waybill); err != nil {
		return b, nil, err
	}
	if b.data, err = filepath.Abs(l.data); err != nil {
		return b, nil, err
	}
	b.out, b.retries = l.out, l.retries
	b.dir, remove, err = workspace()
	return b, remove, err
}

// plan is what the flags of "bench" ask for.
type plan struct {
	lab
	stores  []store
	schemes []string
	loads   []load
	runs    int
}

// transfers measures sending.
func transfers(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	storeNames := f.String("stores", "", "stores to send to: versitygw, minio, sandbox (default: those installed)")
	schemes := f.String("schemes", plain+","+secure, "how to reach them")
	loadNames := f.String("loads", defaultLoads, "what to send: one file as 1GiB or 1g, a folder of files as 1000x64KiB,"+
		" part of the Go module cache as "+moduleCache)
	runs := f.Int("runs", 5, "counted runs of each")
	var flags labFlags
	flags.add(f, "")
	flags.addRetries(f)
	if err := flags.parse(f, args); err != nil {
		return err
	}
	if *runs < 1 {
		return fmt.Errorf("%w: at least one run", errUsage)
	}
	p := plan{runs: *runs}
	var err error
	if p.schemes, err = pickSchemes(*schemes); err != nil {
		return err
	}
	if p.loads, err = parseLoads(ctx, *loadNames); err != nil {
		return err
	}
	if p.stores, err = pickStores(*storeNames, flags.waybill); err != nil {
		return err
	}
	var remove func()
	if p.lab, remove, err = flags.open(ctx); err != nil {
		return err
	}
	defer remove()
	machine := describe(ctx, time.Now())
	all, err := p.run(ctx, func(all []series) error { return p.note(report(machine, p, all)) })
	if len(all) > 0 { // what was measured before something went wrong is worth having, too
		fmt.Print(report(machine, p, all))
	}
	if err == nil {
		err = broken(all)
	}
	return err
}

// note writes a report to the file of -out, if there is one.
func (b *lab) note(report string) error {
	if b.out == "" {
		return nil
	}
	return os.WriteFile(b.out, []byte(report), 0o644)
}

// broken is an error when one of those that bench is about has failed. That a peer fails is for the report.
func broken(all []series) error {
	for _, s := range all {
		if s.why != nil && (s.tool.name == ours || s.tool.name == theFloor) {
			return fmt.Errorf("%s with %s to %s: %w", s.tool.name, s.load.name, s.server.kind, s.why)
		}
	}
	return nil
}

// run goes through every store, scheme and load; a store runs only while it is measured. After each load, done
// gets all that was measured so far.
func (p *plan) run(ctx context.Context, done func([]series) error) (all []series, err error) {
	paths := make([]string, len(p.loads))
	for i, l := range p.loads {
		if paths[i], err = l.keep(ctx, p.data); err != nil {
			return nil, err
		}
		// A store may hold the parts and the whole at the same time.
		if err := room(p.dir, 2*l.bytes+1<<30, "send the load "+l.name); err != nil {
			return nil, err
		}
	}
	for _, st := range p.stores {
		for _, scheme := range p.schemes {
			if all, err = p.visit(ctx, st, scheme, paths, all, done); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// visit sends all loads to one store.
func (p *plan) visit(ctx context.Context, st store, scheme string, paths []string, all []series, done func([]series) error) (_ []series, err error) {
	dir := filepath.Join(p.dir, st.name+"-"+scheme)
	srv, err := st.run(ctx, dir, scheme)
	if err != nil {
		return all, err
	}
	defer func() {
		srv.stop()
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	for i, l := range p.loads {
		got, err := p.race(ctx, srv, l, paths[i])
		for _, s := range got {
			if len(s.runs)+s.failed > 0 {
				all = append(all, s)
			}
		}
		if err = errors.Join(err, done(all)); err != nil {
			return all, fmt.Errorf("%s to %s: %w", l.name, st.name, err)
		}
	}
	return all, nil
}

// race measures all programs with one load, in turn, so that whatever changes on the machine in the meantime
// changes for all. Each is run once before, uncounted: files are in the page cache then, and homes are made. Who
// fails there is out of the race.
func (p *plan) race(ctx context.Context, srv *server, l load, path string) ([]series, error) {
	all := make([]series, len(p.tools))
	for i := range all {
		all[i] = series{server: srv, load: l, tool: p.tools[i]}
		if err := p.freshHome(&p.tools[i]); err != nil {
			return nil, err
		}
	}
	for round := range p.runs + 1 {
		for i := range all {
			// Nobody always comes after the same one.
			one := &all[(i+round)%len(all)]
			if round > 0 && len(one.runs) == 0 && one.failed > 0 {
				continue
			}
			s, err := p.undisturbed(ctx, &one.tool, job{load: l, path: path, server: srv}, round == 0)
			switch {
			case err != nil && (ctx.Err() != nil || srv.gone() != nil):
				return all, err
			case err != nil:
				say("%-10s %-5s %-12s %-8s failed: %v", srv.kind, srv.scheme, l.name, one.tool.name, err)
				one.failed++
				one.why = err
			case round > 0:
				one.runs = append(one.runs, s)
			}
		}
	}
	return all, nil
}

// undisturbed runs a program until nobody disturbs it; of those disturbed it takes the one that was least.
func (b *lab) undisturbed(ctx context.Context, t *tool, j job, warmUp bool) (sample, error) {
	var tries []sample
	for try := range b.retries + 1 {
		s, err := b.once(ctx, t, j)
		if err != nil {
			return s, err
		}
		say("%-10s %-5s %-12s %-8s %s%s", j.server.kind, j.server.scheme, j.name, t.name, s, remark(s, warmUp))
		tries = append(tries, s)
		if warmUp || !s.disturbed() || try == b.retries {
			break
		}
		// What disturbs may pass.
		if err := sleep(ctx, time.Duration(1+try)*2*time.Second); err != nil {
			return s, err
		}
	}
	return slices.MinFunc(tries, func(a, b sample) int { return int(a.foreign - b.foreign) }), nil
}

// String is a run in one line, for who watches.
func (s sample) String() string {
	return fmt.Sprintf("%6.2f s, CPU %5.2f s, %4d MiB; the store %5.2f s, others %5.2f s", s.Wall.Seconds(), s.CPU.Seconds(), s.Peak>>20,
		s.store.Seconds(), s.foreign.Seconds())
}

func remark(s sample, warmUp bool) string {
	switch {
	case warmUp:
		return " (to warm up)"
	case s.disturbed():
		return " (disturbed)"
	}
	return ""
}

// home is a program's own folder.
func (b *lab) home(t *tool) string { return filepath.Join(b.dir, "home-"+t.name) }

// freshHome empties it: no ledger and no cache of an earlier load has a part in the figures of the next.
func (b *lab) freshHome(t *tool) error {
	return errors.Join(os.RemoveAll(b.home(t)), os.MkdirAll(b.home(t), 0o700))
}

// once is one run, into a bucket of its own that is removed afterwards, so that the disk does not fill and nothing
// is ever overwritten.
func (b *lab) once(ctx context.Context, t *tool, j job) (s sample, err error) {
	srv := j.server
	if err := srv.gone(); err != nil {
		return s, err
	}
	if j.bucket, err = srv.makeBucket(ctx); err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, srv.removeBucket(j.bucket)) }()
	if err := srv.settle(ctx); err != nil {
		return s, err
	}
	allBefore, err1 := machineCPU()
	storeBefore, err2 := srv.cpu()
	ownBefore, err3 := ownCPU()
	if s.usage, err = t.run(ctx, b.dir, b.home(t), j); err != nil {
		return s, err
	}
	ownAfter, err4 := ownCPU()
	storeAfter, err5 := srv.cpu()
	allAfter, err6 := machineCPU()
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return s, err
	}
	s.store = storeAfter - storeBefore
	s.foreign = max(allAfter-allBefore-s.store-s.CPU-(ownAfter-ownBefore), 0)
	return s, srv.holds(ctx, j.bucket, j.load)
}
