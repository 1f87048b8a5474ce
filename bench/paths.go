//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The goals of the design for slow paths.
const (
	goalShare       = 0.95 // of what the path allows
	goalShareResets = 0.80 // where connections are reset
)

// defaultPaths are those of the design.
const defaultPaths = "40ms,100ms,100ms+3s"

// paths measures sending over slow paths.
func paths(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench paths", flag.ContinueOnError)
	storeName := f.String("store", "versitygw", "store at the end of the path: versitygw, minio or sandbox")
	loadName := f.String("load", "256MiB", "what to send")
	specs := f.String("paths", defaultPaths, "paths: the time that a round takes, then, after a +, the time between resets of a connection")
	mbits := f.Float64("mbits", 200, "bandwidth of a path in each direction, in Mbit/s, for all connections together")
	runs := f.Int("runs", 3, "runs of each")
	patience := f.Float64("patience", 6, "a run ends as failed after this many times what the path needs, and a minute")
	var flags labFlags
	flags.add(f, "")
	if err := flags.parse(f, args); err != nil {
		return err
	}
	if *runs < 1 || *mbits <= 0 || *patience < 1 {
		return fmt.Errorf("%w: at least one run, and a path that carries something", errUsage)
	}
	list, err := parsePaths(*specs, *mbits)
	if err != nil {
		return err
	}
	l, err := parseLoad(ctx, *loadName)
	if err != nil {
		return err
	}
	picked, err := pickStore(*storeName, flags.waybill)
	if err != nil {
		return err
	}
	b, remove, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer remove()
	file, err := l.keep(ctx, b.data)
	if err != nil {
		return err
	}
	if _, _, err := weigh(file); err != nil {
		return err
	}
	srv, err := picked.run(ctx, filepath.Join(b.dir, "store"), plain)
	if err != nil {
		return err
	}
	defer srv.stop()

	machine := describe(ctx, time.Now())
	var all []series
	for _, spec := range list {
		limit := time.Minute + time.Duration(*patience*float64(l.bytes)/spec.bytesPerSecond()*float64(time.Second))
		got, err := b.walk(ctx, srv, spec, job{load: l, path: file}, *runs, limit)
		all = append(all, got...)
		if err = errors.Join(err, b.note(pathsReport(machine, b.tools, *runs, list, all))); err != nil {
			fmt.Print(pathsReport(machine, b.tools, *runs, list, all))
			return err
		}
	}
	fmt.Print(pathsReport(machine, b.tools, *runs, list, all))
	for _, s := range all {
		if s.tool.name == ours && s.why != nil {
			return fmt.Errorf("waybill over %s: %w", s.path, s.why)
		}
	}
	return nil
}

// parsePaths reads a list such as "40ms,100ms+3s".
func parsePaths(list string, mbits float64) ([]pathSpec, error) {
	var specs []pathSpec
	for text := range strings.SplitSeq(list, ",") {
		round, every, resets := strings.Cut(text, "+")
		s := pathSpec{mbits: mbits}
		var err, err2 error
		s.rtt, err = time.ParseDuration(round)
		if resets {
			s.every, err2 = time.ParseDuration(every)
		}
		if err != nil || err2 != nil || s.rtt < 0 || s.rtt%(2*time.Millisecond) != 0 || resets && s.every <= 0 {
			return nil, fmt.Errorf("%w: %s is no path; write it as 40ms or 100ms+3s, in even milliseconds", errUsage, strconv.Quote(text))
		}
		specs = append(specs, s)
	}
	return specs, nil
}

// walk sends a load over one path with all programs in turn.
func (b *lab) walk(ctx context.Context, srv *server, spec pathSpec, j job, runs int, limit time.Duration) ([]series, error) {
	via, path, remove, err := spec.lay(ctx, srv)
	if err != nil {
		return nil, err
	}
	defer remove()
	j.server = via
	all := make([]series, len(b.tools))
	for i := range all {
		all[i] = series{server: srv, load: j.load, tool: b.tools[i], path: spec.String()}
	}
	for round := range runs {
		for i := range all {
			one := &all[(i+round)%len(all)]
			if err := b.freshHome(&one.tool); err != nil {
				return all, err
			}
			path.takeCuts()
			limited, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done after %v", limit.Round(time.Second)))
			s, err := b.once(limited, &one.tool, j)
			cancel()
			cuts := path.takeCuts()
			switch {
			case err != nil && (ctx.Err() != nil || srv.gone() != nil):
				return all, err
			case err != nil:
				say("%s: %-8s failed: %v; %d resets", spec, one.tool.name, err, cuts)
				one.failed++
				one.why = err
			default:
				say("%s: %-8s %s; %3.0f %% of the path, %d resets", spec, one.tool.name, s, 100*share(j.load, spec, s.Wall), cuts)
				one.runs = append(one.runs, s)
			}
		}
	}
	return all, nil
}

// share is how much of a path's bandwidth a load has used that took so long, from the start of the program to its end.
func share(l load, spec pathSpec, wall time.Duration) float64 {
	return float64(l.bytes) / spec.bytesPerSecond() / wall.Seconds()
}

// pathsReport writes what was measured as Markdown.
func pathsReport(machine string, tools []tool, runs int, list []pathSpec, all []series) string {
	var b strings.Builder
	line := func(format string, a ...any) { _, _ = fmt.Fprintf(&b, format+"\n", a...) }
	line("## Slow paths\n")
	b.WriteString(machine)
	b.WriteString(versions(tools, all))
	line("- one path through toxiproxy 2.5.0, whose bandwidth all connections share, in each direction; half of the RTT is waited in" +
		" each direction. TCP's own start and losses are not in it, nor does opening a connection wait. A reset hits one of the" +
		" connections that are sending, at random, with what it has under way")
	line("- share: bytes of the load in the time from the start of the program to its end, of what the path carries in that time;"+
		" medians of %d interleaved runs, lowest and highest in brackets; %s", runs, legend)
	line("\n| path | load | program | wall, s | share of the path, %% | CPU, s | peak, MiB | failed |")
	line("| --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, spec := range list {
		goal := goalShare
		if spec.every > 0 {
			goal = goalShareResets
		}
		for _, s := range all {
			if s.path != spec.String() || len(s.runs)+s.failed == 0 {
				continue
			}
			failed := fmt.Sprintf("%d of %d", s.failed, s.failed+len(s.runs))
			if s.failed > 0 {
				failed += ": " + inCell(s.why)
			}
			if len(s.runs) == 0 {
				line("| %s | %s | %s | | | | | %s |", s.path, s.load.name, s.tool.name, failed)
				continue
			}
			verdict := ""
			if s.tool.name == ours {
				verdict = fmt.Sprintf(" (goal %.0f: %s)", 100*goal, judged(share(s.load, spec, s.wall()) >= goal))
			}
			line("| %s | %s | %s | %s | %s%s | %s | %s | %s |", s.path, s.load.name, s.tool.name, seconds(s.runs, wallOf),
				spread(s.runs, "%.1f", func(r sample) float64 { return 100 * share(s.load, spec, r.Wall) }), verdict,
				seconds(s.runs, cpuOf), spread(s.runs, "%.0f", peakOf), failed)
		}
	}
	line("")
	return b.String()
}

func judged(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}
