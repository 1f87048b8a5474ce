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

// report writes what was measured as Markdown.
func report(machine string, p plan, all []series) string {
	var b strings.Builder
	line := func(format string, a ...any) { _, _ = fmt.Fprintf(&b, format+"\n", a...) }

	line("## Sending\n")
	b.WriteString(machine)
	var versions []string
	for _, t := range p.tools {
		if t.text != "" {
			versions = append(versions, fmt.Sprintf("%s %s", t.name, t.text))
		}
	}
	for i, s := range all {
		if i == 0 || all[i-1].server != s.server {
			versions = append(versions, fmt.Sprintf("store %s %s", s.server.kind, s.server.version))
		}
	}
	line("- %s", strings.Join(versions, "; "))
	for _, t := range p.tools {
		line("- %s: %s", t.name, t.note)
	}
	line("- medians of %d interleaved runs after one to warm up, lowest and highest in brackets; store and program on the same"+
		" machine, over the loopback interface; CPU is user + system of the whole process tree, peak its largest resident set", p.runs)
	if n := disturbedRuns(all); n > 0 {
		line("- **%d runs were disturbed by other processes** and stayed so after %d more tries; they are marked with *", n, p.retries)
	}

	line("\n| store | load | program | wall, s | × floor | CPU, s | peak, MiB | CPU of the store, s |")
	line("| --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, s := range all {
		floor := "–"
		if f := s.beside(all, theFloor); f != nil {
			floor = fmt.Sprintf("%.2f", ratio(s.wall(), f.wall()))
		}
		line("| %s | %s | %s | %s | %s | %s | %s | %s |", s.server.kind, s.load.name, s.tool.name,
			seconds(s.runs, func(r sample) time.Duration { return r.Wall })+strings.Repeat("*", min(s.disturbed(), 1)), floor,
			seconds(s.runs, func(r sample) time.Duration { return r.CPU }),
			spread(s.runs, "%.0f", func(r sample) float64 { return float64(r.Peak) / (1 << 20) }),
			seconds(s.runs, func(r sample) time.Duration { return r.store }))
	}

	if goals := goals(all); goals != "" {
		line("\nBeside the goals (in brackets: the peer that is best, and whether the goal is met):\n")
		line("| store | load | wall / floor ≤ %.2f | wall / best peer ≤ %.1f | CPU / least of a peer ≤ %.1f | peak ≤ %d MiB |",
			goalFloor, goalPeer, goalCPU, goalPeak)
		line("| --- | --- | --- | --- | --- | --- |")
		b.WriteString(goals)
	}
	line("")
	return b.String()
}

// goals holds each of Waybill's series against the others with the same load at the same store.
func goals(all []series) string {
	var b strings.Builder
	for _, s := range all {
		if s.tool.name != ours {
			continue
		}
		floor, peer, cpu := "–", "–", "–"
		if f := s.beside(all, theFloor); f != nil {
			floor = judged(ratio(s.wall(), f.wall()), goalFloor, "")
		}
		var peers []series
		for _, o := range all {
			if o.server == s.server && o.load.name == s.load.name && o.tool.name != ours && o.tool.name != theFloor {
				peers = append(peers, o)
			}
		}
		if len(peers) > 0 {
			best := slices.MinFunc(peers, func(a, b series) int { return cmp.Compare(a.wall(), b.wall()) })
			peer = judged(ratio(s.wall(), best.wall()), goalPeer, best.tool.name+", ")
			best = slices.MinFunc(peers, func(a, b series) int { return cmp.Compare(a.cpu(), b.cpu()) })
			cpu = judged(ratio(s.cpu(), best.cpu()), goalCPU, best.tool.name+", ")
		}
		var peak int64
		for _, r := range s.runs {
			peak = max(peak, r.Peak)
		}
		_, _ = fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", s.server.kind, s.load.name, floor, peer, cpu,
			judged(float64(peak)/(1<<20), goalPeak, ""))
	}
	return b.String()
}

func judged(got, goal float64, beside string) string {
	word := "met"
	if got > goal {
		word = "missed"
	}
	return fmt.Sprintf("%.2f (%s%s)", got, beside, word)
}

// beside is the series of another program with the same load at the same store; nil when there is none.
func (s series) beside(all []series, tool string) *series {
	i := slices.IndexFunc(all, func(o series) bool {
		return o.server == s.server && o.load.name == s.load.name && o.tool.name == tool
	})
	if i < 0 {
		return nil
	}
	return &all[i]
}

func (s series) wall() time.Duration {
	return median(s.runs, func(r sample) time.Duration { return r.Wall })
}

func (s series) cpu() time.Duration {
	return median(s.runs, func(r sample) time.Duration { return r.CPU })
}

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
