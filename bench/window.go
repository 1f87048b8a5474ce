//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// liveLinks is how many links count down while the idle CPU is measured.
const liveLinks = 100

// The goals of the design for the window.
const (
	goalStart = 1.3 // × the time that an empty window takes
	goalIdle  = 1.0 // % of a core
)

// face is a window that can be opened.
type face struct {
	name string // as in -only and in the report
	args []string
	// links is the shortcut that shows the links, "" where there are none.
	links string
	path  string
}

// emptyFace is what the others are held against.
const emptyFace = "empty"

var faces = []face{
	{name: emptyFace},
	{name: "waybill", links: "ctrl+2"},
	{name: "waybill --sandbox", args: []string{"--sandbox"}, links: "ctrl+2"},
}

// opening is one start of a window, from before the process is made.
type opening struct {
	painted time.Duration // until half of the window's pixels are no longer those of the bare screen
	settled time.Duration // until the picture has changed for the last time before it stays for a while
}

// look is what was measured of one window.
type look struct {
	face
	openings []opening
	idle     float64 // % of a core
}

// window measures how long the window takes to appear, and what it costs when nobody touches it.
func window(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench window", flag.ContinueOnError)
	runs := f.Int("runs", 9, "counted starts of each window")
	idle := f.Duration("idle", 30*time.Second, "how long the idle window is watched; 0 leaves this out")
	only := f.String("only", "", "windows to measure: empty, waybill, waybill --sandbox (default: all)")
	lasts := f.String("lasts", "7d", "how long the links last whose countdown is watched; under an hour they count seconds")
	waybill := f.String("waybill", "build/waybill", "the Waybill to measure")
	pictures := f.String("pictures", "", "folder that gets a picture of each window as it was measured")
	out := f.String("out", "", "file that gets the report too")
	if err := parse(f, args); err != nil {
		return err
	}
	if *runs < 1 || *idle < 0 {
		return fmt.Errorf("%w: at least one start, and no negative time", errUsage)
	}
	program, err := filepath.Abs(*waybill)
	if err != nil {
		return err
	}
	dir, remove, err := workspace()
	if err != nil {
		return err
	}
	defer remove()
	b := windowBench{dir: dir, home: filepath.Join(dir, "home"), runs: *runs, idle: *idle, lasts: *lasts, pictures: *pictures}
	if err := b.pick(ctx, *only, program); err != nil {
		return err
	}
	began := time.Now()
	size, err := b.strippedSize(ctx)
	if err == nil {
		err = b.seed(ctx, program)
	}
	if err == nil {
		err = b.run(ctx)
	}
	if err != nil {
		return err
	}
	return deliver(b.report(describe(ctx, began), size), *out)
}

// windowBench is one measurement of windows.
type windowBench struct {
	dir, home string
	runs      int
	idle      time.Duration
	lasts     string
	pictures  string
	looks     []look
}

// pick chooses the windows and builds the empty one.
func (b *windowBench) pick(ctx context.Context, only, program string) error {
	var wanted []string
	if only != "" {
		wanted = strings.Split(only, ",")
	}
	for _, name := range wanted {
		if !slices.ContainsFunc(faces, func(f face) bool { return f.name == name }) {
			return fmt.Errorf("%w: there is no window %q", errUsage, name)
		}
	}
	for _, f := range faces {
		if wanted != nil && !slices.Contains(wanted, f.name) {
			continue
		}
		f.path = program
		if f.name == emptyFace {
			f.path = filepath.Join(b.dir, "emptywindow")
			say("building the empty window")
			if err := build(ctx, f.path, "waybill/bench/emptywindow"); err != nil {
				return err
			}
		}
		if _, err := os.Stat(f.path); err != nil {
			return fmt.Errorf("%w (make build)", err)
		}
		b.looks = append(b.looks, look{face: f})
	}
	return nil
}

// build builds a command of this module, with the flags that GOFLAGS has and some more.
func build(ctx context.Context, to, what string, flags ...string) error {
	args := append(append([]string{"build", "-o", to}, flags...), what)
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w: %s", what, err, out)
	}
	return nil
}

// strippedSize builds Waybill as it is shipped, without what only debuggers read, and weighs it.
func (b *windowBench) strippedSize(ctx context.Context) (int64, error) {
	say("building the stripped program")
	file := filepath.Join(b.dir, "stripped")
	if err := build(ctx, file, "waybill", "-ldflags", "-s -w"); err != nil {
		return 0, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return info.Size(), os.Remove(file)
}

// seed sends small files to the sandbox, so that the ledger has links that live.
func (b *windowBench) seed(ctx context.Context, program string) error {
	say("making %d links", liveLinks)
	if err := os.MkdirAll(b.home, 0o700); err != nil {
		return err
	}
	l, err := parseLoad(ctx, fmt.Sprintf("%dx1KiB", liveLinks))
	if err != nil {
		return err
	}
	files := filepath.Join(b.dir, "files")
	if err := l.fill(ctx, files); err != nil {
		return err
	}
	send := exec.CommandContext(ctx, program, "send", "--sandbox", "--expires", b.lasts, "--quiet", files)
	send.Env = b.environment()
	if out, err := send.CombinedOutput(); err != nil {
		return fmt.Errorf("send the files whose links are to live: %w: %s", err, out)
	}
	list := exec.CommandContext(ctx, program, "links", "--json")
	list.Env = b.environment()
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("list the links: %w", err)
	}
	if n := strings.Count(string(out), `"state":"live"`); n != liveLinks {
		return fmt.Errorf("%d links live, not %d", n, liveLinks)
	}
	return nil
}

func (b *windowBench) environment(more ...string) []string {
	return environment(b.home, append(more, "WAYBILL_HOME="+filepath.Join(b.home, "waybill"),
		// Nobody is on the bus. Unset, it would be started in the background, and stay.
		"DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(b.dir, "no-bus"))...)
}

// run opens the windows in turn, each once before it counts, and then watches each of them idle.
func (b *windowBench) run(ctx context.Context) error {
	s, err := startScreen(ctx, b.dir)
	if err != nil {
		return err
	}
	defer s.close()
	for round := range b.runs + 1 {
		for i := range b.looks {
			l := &b.looks[(i+round)%len(b.looks)]
			o, err := b.open(ctx, s, l.face, func(context.Context, *process) error { return nil })
			if err != nil {
				return fmt.Errorf("open the window of %s: %w", l.name, err)
			}
			if round == 0 {
				continue
			}
			say("%-18s painted after %4d ms, settled after %4d ms", l.name, o.painted.Milliseconds(), o.settled.Milliseconds())
			l.openings = append(l.openings, o)
		}
	}
	if b.idle == 0 {
		return nil
	}
	for i := range b.looks {
		l := &b.looks[i]
		_, err := b.open(ctx, s, l.face, func(ctx context.Context, p *process) error { return b.watch(ctx, s, l, p) })
		if err != nil {
			return fmt.Errorf("watch the window of %s: %w", l.name, err)
		}
		say("%-18s idles at %.2f %% of a core", l.name, l.idle)
	}
	return nil
}

// windowPixels is how much of the screen a window of 960 × 640 covers.
const windowPixels = 960.0 * 640 / (screenWidth * screenHeight)

// open starts a program, waits for its picture, lets something be done with it and ends it.
func (b *windowBench) open(ctx context.Context, s *screen, f face, then func(context.Context, *process) error) (o opening, err error) {
	if err := s.bare(ctx); err != nil {
		return o, err
	}
	began := time.Now()
	p, err := start(b.dir, b.environment("DISPLAY="+s.display), f.path, f.args...)
	if err != nil {
		return o, err
	}
	defer p.stop()
	const (
		patience  = 30 * time.Second
		stillness = 400 * time.Millisecond
	)
	var before uint64
	for {
		share, sum := s.look()
		now := time.Since(began)
		if sum != before {
			before, o.settled = sum, now
		}
		if o.painted == 0 && share >= windowPixels/2 {
			o.painted = now
		}
		// What changes without end, as a countdown does, is settled as soon as it is painted.
		if o.painted > 0 && (now-o.settled > stillness || now-o.painted > patience) {
			return o, then(ctx, p)
		}
		if o.painted == 0 && now > patience {
			return o, fmt.Errorf("nothing was painted in %v: %s", patience, tail(p.log))
		}
		if err := errors.Join(p.gone(), s.gone()); err != nil {
			return o, err
		}
		select {
		case <-ctx.Done():
			return o, context.Cause(ctx)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// watch shows the links, waits until the window is at rest, and counts what it costs from then on.
func (b *windowBench) watch(ctx context.Context, s *screen, l *look, p *process) error {
	_, before := s.look()
	if err := focus(ctx, s, p); err != nil {
		return err
	}
	if l.links != "" {
		if err := xdotool(ctx, s, "key", "--clearmodifiers", l.links); err != nil {
			return err
		}
	}
	if err := sleep(ctx, 3*time.Second); err != nil {
		return err
	}
	if _, after := s.look(); l.links != "" && after == before {
		return fmt.Errorf("the window looks the same after %s", l.links)
	}
	if b.pictures != "" {
		err := errors.Join(os.MkdirAll(b.pictures, 0o755),
			s.save(filepath.Join(b.pictures, strings.ReplaceAll(l.name, " ", "")+".png")))
		if err != nil {
			return err
		}
	}
	began := time.Now()
	first, err := p.cpu()
	if err != nil {
		return err
	}
	if err := sleep(ctx, b.idle); err != nil {
		return err
	}
	last, err := p.cpu()
	if err != nil {
		return err
	}
	l.idle = 100 * float64(last-first) / float64(time.Since(began))
	return p.gone()
}

// focus gives the keyboard to the program's window, as a window manager would, and lays the mouse aside.
func focus(ctx context.Context, s *screen, p *process) error {
	return xdotool(ctx, s, "search", "--sync", "--onlyvisible", "--all", "--pid", fmt.Sprint(p.pid()), "--name", "",
		"windowfocus", "--sync", "mousemove", fmt.Sprint(screenWidth-1), fmt.Sprint(screenHeight-1))
}

func xdotool(ctx context.Context, s *screen, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("xdotool %s: %w: %s", args[0], err, out)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// report writes what was measured as Markdown.
func (b *windowBench) report(machine string, size int64) string {
	var out strings.Builder
	line := func(format string, a ...any) { _, _ = fmt.Fprintf(&out, format+"\n", a...) }
	painted := func(o opening) time.Duration { return o.painted }
	line("## The window\n")
	out.WriteString(machine)
	line("- under Xvfb, so the processor paints; medians of %d interleaved starts after one to warm up, lowest and highest in brackets", b.runs)
	line("- painted: from the start of the process until half of the window's pixels are there; settled: until they last changed")
	line("- idle: CPU of the process over %v, the Links place in view, %d links of %s counting down", b.idle, liveLinks, b.lasts)
	line("- the stripped program has %.1f MiB (%d bytes)", float64(size)/(1<<20), size)
	line("\n| window | painted, s | × empty (goal ≤ %.1f) | settled, s | idle, %% of a core (goal < %.0f) |", goalStart, goalIdle)
	line("| --- | --- | --- | --- | --- |")
	for _, l := range b.looks {
		times, idle := "–", "–"
		if e := slices.IndexFunc(b.looks, func(o look) bool { return o.name == emptyFace }); e >= 0 {
			times = fmt.Sprintf("%.2f", ratio(median(l.openings, painted), median(b.looks[e].openings, painted)))
		}
		if b.idle > 0 {
			idle = fmt.Sprintf("%.2f", l.idle)
		}
		line("| %s | %s | %s | %s | %s |", l.name, seconds(l.openings, painted), times,
			seconds(l.openings, func(o opening) time.Duration { return o.settled }), idle)
	}
	line("")
	return out.String()
}
