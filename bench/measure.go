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
	runs   []sample
}

// plan is what the flags ask for.
type plan struct {
	dir     string
	stores  []store
	loads   []load
	tools   []tool
	runs    int
	retries int
}

// transfers measures sending.
func transfers(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	storeNames := f.String("stores", "", "stores to send to: versitygw, minio, sandbox (default: those installed)")
	loadNames := f.String("loads", defaultLoads, "what to send: one file as 1GiB, a folder of files as 1000x64KiB")
	runs := f.Int("runs", 5, "counted runs of each")
	retries := f.Int("retries", 3, "times that a run which others disturbed is made again")
	only := f.String("only", "", "programs to measure: floor, waybill, s5cmd, mc, rclone, aws (default: those installed)")
	waybill := f.String("waybill", "build/waybill", "the Waybill to measure")
	out := f.String("out", "", "file that gets the report too")
	if err := parse(f, args); err != nil {
		return err
	}
	if *runs < 1 || *retries < 0 {
		return fmt.Errorf("%w: at least one run, and no negative number of retries", errUsage)
	}
	program, err := filepath.Abs(*waybill)
	if err == nil {
		_, err = os.Stat(program)
	}
	if err != nil {
		return fmt.Errorf("%w (make build)", err)
	}
	p := plan{runs: *runs, retries: *retries}
	if p.loads, err = parseLoads(*loadNames); err != nil {
		return err
	}
	if p.tools, err = pickTools(ctx, *only, program); err != nil {
		return err
	}
	if p.stores, err = pickStores(*storeNames, program); err != nil {
		return err
	}
	dir, remove, err := workspace()
	if err != nil {
		return err
	}
	defer remove()
	p.dir = dir
	began := time.Now()
	all, err := p.run(ctx)
	if err != nil {
		return err
	}
	return deliver(report(describe(ctx, began), p, all), *out)
}

// run goes through every store and load; a store runs only while it is measured.
func (p *plan) run(ctx context.Context) ([]series, error) {
	paths := make([]string, len(p.loads))
	for i, l := range p.loads {
		say("writing %s of noise", l.name)
		paths[i] = filepath.Join(p.dir, l.name)
		if !l.folder {
			paths[i] += ".bin"
		}
		if err := l.fill(ctx, paths[i]); err != nil {
			return nil, fmt.Errorf("write the load %s: %w", l.name, err)
		}
	}
	var all []series
	for _, st := range p.stores {
		dir := filepath.Join(p.dir, st.name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		srv, err := st.start(ctx, st.program, dir)
		if err != nil {
			return nil, fmt.Errorf("start the store %s: %w", st.name, err)
		}
		srv.kind = st.name
		for i, l := range p.loads {
			var got []series
			if got, err = p.race(ctx, srv, l, paths[i]); err != nil {
				err = fmt.Errorf("%s to %s: %w", l.name, st.name, err)
				break
			}
			all = append(all, got...)
		}
		srv.stop()
		err = errors.Join(err, os.RemoveAll(dir))
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// race measures all programs with one load, in turn, so that whatever changes on the machine in the meantime
// changes for all. Each is run once before, uncounted: files are in the page cache then, and homes are made.
func (p *plan) race(ctx context.Context, srv *server, l load, path string) ([]series, error) {
	all := make([]series, len(p.tools))
	for i := range all {
		all[i] = series{server: srv, load: l, tool: p.tools[i]}
	}
	for round := range p.runs + 1 {
		for i := range p.tools {
			// Nobody always comes after the same one.
			i := (i + round) % len(p.tools)
			s, err := p.undisturbed(ctx, &p.tools[i], srv, job{load: l, path: path, server: srv}, round == 0)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				all[i].runs = append(all[i].runs, s)
			}
		}
	}
	return all, nil
}

// undisturbed runs a program until nobody disturbs it; of those disturbed it takes the one that was least.
func (p *plan) undisturbed(ctx context.Context, t *tool, srv *server, j job, warmUp bool) (sample, error) {
	var tries []sample
	for try := range p.retries + 1 {
		s, err := p.once(ctx, t, srv, j)
		if err != nil {
			return s, err
		}
		say("%-10s %-10s %-8s %6.2f s, CPU %5.2f s, %4d MiB; the store %5.2f s, others %5.2f s%s", srv.kind, j.name, t.name,
			s.Wall.Seconds(), s.CPU.Seconds(), s.Peak>>20, s.store.Seconds(), s.foreign.Seconds(), remark(s, warmUp))
		tries = append(tries, s)
		if warmUp || !s.disturbed() {
			return s, nil
		}
		select { // what disturbs may pass
		case <-ctx.Done():
			return s, context.Cause(ctx)
		case <-time.After(time.Duration(1+try) * 2 * time.Second):
		}
	}
	return slices.MinFunc(tries, func(a, b sample) int { return int(a.foreign - b.foreign) }), nil
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

// once is one run, into a bucket of its own that is removed afterwards, so that the disk does not fill and nothing
// is ever overwritten.
func (p *plan) once(ctx context.Context, t *tool, srv *server, j job) (s sample, err error) {
	if err := srv.gone(); err != nil {
		return s, err
	}
	home := filepath.Join(p.dir, "home-"+t.name)
	if err := os.MkdirAll(home, 0o700); err != nil {
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
	if s.usage, err = t.run(ctx, p.dir, home, j); err != nil {
		return s, err
	}
	storeAfter, err3 := srv.cpu()
	allAfter, err4 := machineCPU()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return s, err
	}
	s.store = storeAfter - storeBefore
	s.foreign = max(allAfter-allBefore-s.store-s.CPU, 0)
	return s, srv.holds(ctx, j.bucket, j.load)
}
