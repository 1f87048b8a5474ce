//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// What growth sends: files that grow, and folders that do.
const (
	defaultSizes  = "1GiB,2GiB,4GiB,8GiB"
	defaultCounts = "1000x1KiB,10000x1KiB,50000x1KiB"
)

// growth measures how the cost of sending grows, and draws it.
func growth(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench growth", flag.ContinueOnError)
	storeName := f.String("store", "versitygw", "store to send to: versitygw, minio or sandbox")
	scheme := f.String("scheme", plain, "how to reach it: http or https")
	sizes := f.String("sizes", defaultSizes, "files, each of one size; they are sparse")
	counts := f.String("counts", defaultCounts, "folders of small files")
	runs := f.Int("runs", 3, "counted runs of each")
	picture := f.String("svg", "docs/growth.svg", "file that gets the picture; empty for none")
	var flags labFlags
	flags.add(f, ours)
	flags.addRetries(f)
	if err := flags.parse(f, args); err != nil {
		return err
	}
	if *runs < 1 {
		return fmt.Errorf("%w: at least one run", errUsage)
	}
	if _, err := pickSchemes(*scheme); err != nil {
		return err
	}
	g := growing{runs: *runs}
	var err error
	if g.sizes, err = parseLoads(ctx, *sizes); err != nil {
		return err
	}
	for i, l := range g.sizes {
		if l.folder {
			return fmt.Errorf("%w: -sizes takes single files, not %s", errUsage, l.name)
		}
		g.sizes[i] = l.sparse()
	}
	if g.counts, err = parseLoads(ctx, *counts); err != nil {
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
	g.lab, g.began = b, time.Now()
	g.machine = describe(ctx, g.began)
	srv, err := picked.run(ctx, filepath.Join(b.dir, "store"), *scheme)
	if err != nil {
		return err
	}
	defer srv.stop()
	if err := g.measure(ctx, srv); err != nil {
		fmt.Print(g.report())
		return err
	}
	if *picture != "" {
		if err := os.WriteFile(*picture, []byte(g.picture()), 0o644); err != nil {
			return err
		}
		say("%s is drawn", *picture)
	}
	fmt.Print(g.report())
	return errors.Join(g.note(g.report()), broken(g.all))
}

// growing is one measurement of growth.
type growing struct {
	lab
	sizes, counts []load
	runs          int
	machine       string
	began         time.Time
	all           []series
}

// measure sends every load with every program, in turn. The first round warms up and has the smallest loads only.
func (g *growing) measure(ctx context.Context, srv *server) error {
	loads := append(append([]load(nil), g.sizes...), g.counts...)
	files := make([]string, len(loads))
	for i, l := range loads {
		var err error
		if files[i], err = l.keep(ctx, g.data); err == nil {
			err = room(g.dir, 2*l.bytes+1<<30, "send the load "+l.name)
		}
		if err != nil {
			return err
		}
		for _, t := range g.tools {
			g.all = append(g.all, series{server: srv, load: l, tool: t})
		}
	}
	for round := range g.runs + 1 {
		for i := range g.all {
			i := (i + round) % len(g.all)
			one, at := &g.all[i], i/len(g.tools)
			if round == 0 && at != 0 && at != len(g.sizes) {
				continue
			}
			if err := g.freshHome(&one.tool); err != nil {
				return err
			}
			s, err := g.undisturbed(ctx, &one.tool, job{load: one.load, path: files[at], server: srv}, round == 0)
			switch {
			case err != nil && (ctx.Err() != nil || srv.gone() != nil):
				return err
			case err != nil:
				say("%-12s %-8s failed: %v", one.load.name, one.tool.name, err)
				one.failed++
				one.why = err
			case round > 0:
				one.runs = append(one.runs, s)
			}
		}
	}
	return nil
}

// of are the series with loads of one kind, by one program.
func (g *growing) of(loads []load, tool string) (list []series) {
	for _, s := range g.all {
		for _, l := range loads {
			if s.load.name == l.name && s.tool.name == tool && len(s.runs) > 0 {
				list = append(list, s)
			}
		}
	}
	return list
}

// point is one measurement: x is GiB or thousands of files.
type point struct{ x, y, low, high float64 }

// gib and thousands are what grows.
func gib(l load) float64       { return float64(l.bytes) / (1 << 30) }
func thousands(l load) float64 { return float64(l.files) / 1000 }

func points(list []series, x func(load) float64, y func(sample) float64) []point {
	var ps []point
	for _, s := range list {
		v := sorted(s.runs, y)
		ps = append(ps, point{x: x(s.load), y: median(s.runs, y), low: v[0], high: v[len(v)-1]})
	}
	return ps
}

// fit is the straight line that lies closest to points: closest in parts of their values, so that small loads
// count as much as large ones. off is how far the farthest point is from it, in parts of the line.
func fit(ps []point) (at0, slope, off float64) {
	var w, x, y, xx, xy float64
	for _, p := range ps {
		k := 1 / math.Max(p.y*p.y, 1e-12)
		w, x, y, xx, xy = w+k, x+k*p.x, y+k*p.y, xx+k*p.x*p.x, xy+k*p.x*p.y
	}
	if d := w*xx - x*x; len(ps) > 1 && d > 1e-9*w*xx {
		slope = (w*xy - x*y) / d
		at0 = (y - slope*x) / w
	} else if len(ps) > 0 {
		at0 = y / w
	}
	for _, p := range ps {
		if line := at0 + slope*p.x; line != 0 {
			off = math.Max(off, math.Abs(p.y/line-1))
		}
	}
	return at0, slope, off
}

func wallSeconds(r sample) float64 { return r.Wall.Seconds() }
func cpuSeconds(r sample) float64  { return r.CPU.Seconds() }

// report writes what was measured as Markdown.
func (g *growing) report() string {
	var b strings.Builder
	line := func(format string, a ...any) { _, _ = fmt.Fprintf(&b, format+"\n", a...) }
	line("## Growth\n")
	b.WriteString(g.machine)
	b.WriteString(versions(g.tools, g.all))
	line("- medians of %d interleaved runs, lowest and highest in brackets; the large files are sparse; %s", g.runs, legend)
	line("\n| load | program | wall, s | wall, s a GiB or a thousand files | CPU, s | CPU, s a GiB or a thousand files | peak, MiB |")
	line("| --- | --- | --- | --- | --- | --- | --- |")
	for _, s := range g.all {
		if len(s.runs) == 0 {
			if s.why != nil {
				line("| %s | %s | failed: %s | | | | |", s.load.name, s.tool.name, inCell(s.why))
			}
			continue
		}
		unit := gib(s.load)
		if s.load.folder {
			unit = thousands(s.load)
		}
		line("| %s | %s | %s | %.3f | %s | %.3f | %s |", s.load.name, s.tool.name, seconds(s.runs, wallOf)+s.marks(), s.wall().Seconds()/unit,
			seconds(s.runs, cpuOf), s.cpu().Seconds()/unit, spread(s.runs, "%.0f", peakOf))
	}
	line("\nThe straight lines that are closest, and how far the farthest median is from them:\n")
	for _, t := range g.tools {
		for _, kind := range []struct {
			loads []load
			x     func(load) float64
			unit  string
		}{{g.sizes, gib, "a GiB"}, {g.counts, thousands, "a thousand files"}} {
			list := g.of(kind.loads, t.name)
			if len(list) < 3 {
				continue
			}
			for _, what := range []struct {
				name, unit string
				y          func(sample) float64
			}{{"wall", "s", wallSeconds}, {"CPU", "s", cpuSeconds}, {"peak", "MiB", peakOf}} {
				at0, slope, off := fit(points(list, kind.x, what.y))
				line("- %s, %s: %.2f %s + %.3f %s %s; %.0f %% off", t.name, what.name, at0, what.unit, slope, what.unit, kind.unit, 100*off)
			}
		}
	}
	line("")
	return b.String()
}

// picture draws what was measured.
func (g *growing) picture() string {
	c := chart{title: fmt.Sprintf("What sending costs as it grows (%s, medians of %d)", g.began.Format("2 January 2006"), g.runs)}
	if len(g.all) > 0 {
		c.subtitle = fmt.Sprintf("store: %s %s, same machine; dots are medians, bars reach from the lowest to the highest run,"+
			" dashed is the straight line closest to the dots", g.all[0].server.where(), g.all[0].server.version)
	}
	for _, kind := range []struct {
		loads []load
		x     func(load) float64
		label string
	}{{g.sizes, gib, "one file, GiB"}, {g.counts, thousands, "files of 1 KiB, thousands"}} {
		for _, what := range []struct {
			label string
			y     func(sample) float64
		}{{"wall, s", wallSeconds}, {"CPU, s", cpuSeconds}, {"peak memory, MiB", peakOf}} {
			p := panel{x: kind.label, y: what.label}
			for _, t := range g.tools {
				if ps := points(g.of(kind.loads, t.name), kind.x, what.y); len(ps) > 0 {
					p.curves = append(p.curves, curve{name: t.name, points: ps})
				}
			}
			c.panels = append(c.panels, p)
		}
	}
	return c.svg()
}
