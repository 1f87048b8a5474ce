//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParseLoads(t *testing.T) {
	loads, err := parseLoads("1GiB,1000x64KiB,1x3B")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		files  int
		bytes  int64
		folder bool
	}{{1, 1 << 30, false}, {1000, 1000 * 64 << 10, true}, {1, 3, true}} {
		if l := loads[i]; l.files != want.files || l.bytes != want.bytes || l.folder != want.folder {
			t.Errorf("%s: %d files, %d bytes, folder %v", l.name, l.files, l.bytes, l.folder)
		}
	}
	for _, bad := range []string{"", "1GB", "GiB", "0x1KiB", "1GiB,", "-1KiB", "9999999x1B", "99999999999GiB", "../x1KiB"} {
		if _, err := parseLoads(bad); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestLoadIsWrittenWhole(t *testing.T) {
	l, err := parseLoad("3x70001B")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "load")
	if err := l.fill(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	contents := map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil || len(text) != 70001 {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
		contents[string(text)] = true
	}
	if len(contents) != 3 {
		t.Error("two files are alike")
	}
}

func TestMedian(t *testing.T) {
	same := func(d time.Duration) time.Duration { return d }
	for _, c := range []struct {
		list []time.Duration
		want time.Duration
	}{{[]time.Duration{7}, 7}, {[]time.Duration{9, 1, 5}, 5}, {[]time.Duration{8, 2, 4, 6}, 5}} {
		if got := median(c.list, same); got != c.want {
			t.Errorf("median of %v is %v", c.list, got)
		}
	}
}

// TestGoals has Waybill meet two goals of four.
func TestGoals(t *testing.T) {
	srv := &server{kind: "store"}
	one := func(name string, wall, cpu time.Duration, peak int64) series {
		run := sample{usage: usage{Wall: wall, CPU: cpu, Peak: peak}}
		return series{server: srv, load: load{name: "load"}, tool: tool{name: name}, runs: []sample{run, run}}
	}
	all := []series{
		one(theFloor, 10*time.Second, time.Second, 1<<20), one(ours, 12*time.Second, 4*time.Second, 64<<20),
		one("quick", 16*time.Second, 9*time.Second, 1<<20), one("frugal", 20*time.Second, 6*time.Second, 1<<20),
	}
	got := report("", plan{runs: 2}, all)
	for _, want := range []string{
		"| store | load | 1.20 (missed) | 0.75 (quick, met) | 0.67 (frugal, missed) | 64.00 (met) |",
		"| store | load | quick | 16.00 (16.00–16.00) | 1.60 | 9.00 (9.00–9.00) | 1 (1–1) | 0.00 (0.00–0.00) |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %s in:\n%s", want, got)
		}
	}
}

// TestMeasure runs a shell that starts another one: the work of both counts.
func TestMeasure(t *testing.T) {
	u, err := measure(t.Context(), t.TempDir(), environment(t.TempDir()), "/bin/sh", "-c",
		`/bin/sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'`)
	if err != nil {
		t.Fatal(err)
	}
	if u.CPU <= 0 || u.Wall < u.CPU/2 || u.Peak <= 0 || u.Peak > 200<<20 {
		t.Errorf("%+v", u)
	}
	if _, err := measure(t.Context(), t.TempDir(), environment(t.TempDir()), "/bin/sh", "-c", "echo because >&2; exit 3"); err == nil ||
		!strings.Contains(err.Error(), "because") {
		t.Errorf("a program that fails: %v", err)
	}
}

// TestMain lets the test's own program stand in for bench, which starts itself to launch what it measures.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "launch" {
		if err := launch(os.Args[2:]); err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}
