//go:build linux

package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The goals of the design for "waybill send".
const (
	goalFloor = 1.15 // × the floor's wall time
	goalPeer  = 0.8  // × the best peer's wall time
	goalCPU   = 0.5  // × the CPU time of the peer that takes least
	goalPeak  = 64   // MiB
)

// legend is what every table of transfers says about its figures.
const legend = "CPU is user + system of the whole process tree, peak the largest resident set of one of its processes"

// report writes what was measured as Markdown.
func report(machine string, p plan, all []series) string {
	var b strings.Builder
	line := func(format string, a ...any) { _, _ = fmt.Fprintf(&b, format+"\n", a...) }

	line("## Sending\n")
	b.WriteString(machine)
	b.WriteString(versions(p.tools, all))
	for _, l := range p.loads {
		if l.about != "" {
			line("- %s: %s", l.name, l.about)
		}
	}
	if slices.Contains(p.schemes, secure) {
		line("- %s", trusted)
	}
	line("- medians of %d interleaved runs after one to warm up, lowest and highest in brackets; store and program on the same"+
		" machine, over the loopback interface; %s", p.runs, legend)
	line("- × floor and × peer: wall time beside the floor's and beside the fastest peer's; CPU × peer: beside the peer that takes least")
	if n := disturbedRuns(all); n > 0 {
		line("- **%d runs were disturbed by other processes** and stayed so after %d more tries; they are marked with *", n, p.retries)
	}

	line("\n| store | load | program | wall, s | × floor | × peer | CPU, s | CPU × peer | peak, MiB | CPU of the store, s |")
	line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, s := range all {
		if len(s.runs) == 0 {
			line("| %s | %s | %s | failed: %s | | | | | | |", s.server.where(), s.load.name, s.tool.name, inCell(s.why))
			continue
		}
		r := s.ratios(all)
		line("| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |", s.server.where(), s.load.name, s.tool.name,
			seconds(s.runs, wallOf)+s.marks(), times(r.floor), times(r.peer),
			seconds(s.runs, cpuOf), times(r.cpu), spread(s.runs, "%.0f", peakOf),
			seconds(s.runs, func(r sample) time.Duration { return r.store }))
	}
	if goals := goals(all); goals != "" {
		line("\nGoals (wall ≤ %.2f × floor, wall ≤ %.1f × the fastest peer, CPU ≤ %.1f × the peer that takes least, peak ≤ %d MiB in every run):\n",
			goalFloor, goalPeer, goalCPU, goalPeak)
		b.WriteString(goals)
	}
	line("")
	return b.String()
}

// versions says what took part, and how it was run, as items of a Markdown list.
func versions(tools []tool, all []series) string {
	var list []string
	for _, t := range tools {
		if t.text != "" {
			list = append(list, fmt.Sprintf("%s %s", t.name, t.text))
		}
	}
	for _, s := range all {
		if v := fmt.Sprintf("store %s %s", s.server.kind, s.server.version); !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "- %s\n", strings.Join(list, "; "))
	for _, t := range tools {
		_, _ = fmt.Fprintf(&b, "- %s: %s\n", t.name, t.note)
	}
	return b.String()
}

// where names a store and how it is reached.
func (s *server) where() string { return s.kind + " " + s.scheme }

// marks are a star for a series with disturbed runs, and the number of those that failed.
func (s series) marks() string {
	marks := strings.Repeat("*", min(s.disturbed(), 1))
	if s.failed > 0 {
		marks += fmt.Sprintf(" (%d failed)", s.failed)
	}
	return marks
}

// inCell makes an error fit into a table.
func inCell(err error) string {
	if err == nil {
		return "–"
	}
	text := []rune(strings.NewReplacer("|", "/", "\n", " ").Replace(err.Error()))
	const most = 160
	if len(text) > most {
		text = append(text[:most], '…')
	}
	return string(text)
}

// ratios are how a series stands beside others with the same load at the same store; 0 where there is none.
type ratios struct {
	floor float64 // wall time
	peer  float64 // wall time
	cpu   float64
	// fastest and leanest are the peers that peer and cpu are about.
	fastest, leanest string
}

func (s series) ratios(all []series) (r ratios) {
	var peers []series
	for _, o := range all {
		if len(o.runs) == 0 || o.server != s.server || o.load.name != s.load.name || o.path != s.path {
			continue
		}
		switch o.tool.name {
		case theFloor:
			r.floor = ratio(s.wall(), o.wall())
		case ours:
		default:
			peers = append(peers, o)
		}
	}
	if len(peers) > 0 {
		best := slices.MinFunc(peers, func(a, b series) int { return cmp.Compare(a.wall(), b.wall()) })
		r.peer, r.fastest = ratio(s.wall(), best.wall()), best.tool.name
		best = slices.MinFunc(peers, func(a, b series) int { return cmp.Compare(a.cpu(), b.cpu()) })
		r.cpu, r.leanest = ratio(s.cpu(), best.cpu()), best.tool.name
	}
	return r
}

func times(ratio float64) string {
	if ratio == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", ratio)
}

// goals counts how often Waybill meets each of its goals, and names where it does not.
func goals(all []series) string {
	var checks [4]struct {
		held   int
		missed []string
	}
	for _, s := range all {
		if s.tool.name != ours || len(s.runs) == 0 {
			continue
		}
		judge := func(i int, got, goal float64, format, beside string) {
			c := &checks[i]
			if got == 0 {
				return
			}
			c.held++
			if got > goal {
				if beside != "" {
					beside = " (" + beside + ")"
				}
				c.missed = append(c.missed, fmt.Sprintf("%s %s "+format+"%s", s.server.where(), s.load.name, got, beside))
			}
		}
		r := s.ratios(all)
		judge(0, r.floor, goalFloor, "%.2f", "")
		judge(1, r.peer, goalPeer, "%.2f", r.fastest)
		judge(2, r.cpu, goalCPU, "%.2f", r.leanest)
		peaks := sorted(s.runs, peakOf)
		judge(3, peaks[len(peaks)-1], goalPeak, "%.1f", "")
	}
	var b strings.Builder
	for i, name := range []string{"wall × floor", "wall × peer", "CPU × peer", "peak"} {
		c := checks[i]
		if c.held == 0 {
			continue
		}
		_, _ = fmt.Fprintf(&b, "- %s: met in %d of %d", name, c.held-len(c.missed), c.held)
		if len(c.missed) > 0 {
			_, _ = fmt.Fprintf(&b, "; missed: %s", strings.Join(c.missed, ", "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func wallOf(r sample) time.Duration { return r.Wall }
func cpuOf(r sample) time.Duration  { return r.CPU }
func peakOf(r sample) float64       { return float64(r.Peak) / (1 << 20) }

func (s series) wall() time.Duration { return median(s.runs, wallOf) }
func (s series) cpu() time.Duration  { return median(s.runs, cpuOf) }

// disturbed counts the runs that others disturbed.
func (s series) disturbed() (n int) {
	for _, r := range s.runs {
		if r.disturbed() {
			n++
		}
	}
	return n
}

func disturbedRuns(all []series) (n int) {
	for _, s := range all {
		n += s.disturbed()
	}
	return n
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// median is the middle one of the values, or the mean of the two in the middle. There must be one.
func median[S any, N ~int64 | ~float64](list []S, value func(S) N) N {
	v := sorted(list, value)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func sorted[S any, N ~int64 | ~float64](list []S, value func(S) N) []N {
	v := make([]N, len(list))
	for i, s := range list {
		v[i] = value(s)
	}
	slices.Sort(v)
	return v
}

// spread writes the median, and the lowest and highest value where there are several.
func spread[S any](list []S, format string, value func(S) float64) string {
	text := fmt.Sprintf(format, median(list, value))
	if v := sorted(list, value); len(v) > 1 {
		text += fmt.Sprintf(" ("+format+"–"+format+")", v[0], v[len(v)-1])
	}
	return text
}

func seconds[S any](list []S, value func(S) time.Duration) string {
	return spread(list, "%.2f", func(s S) float64 { return value(s).Seconds() })
}
