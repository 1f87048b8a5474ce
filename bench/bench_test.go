//go:build linux

package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseLoads(t *testing.T) {
	loads, err := parseLoads(t.Context(), "1GiB,1000x64KiB,1x3B,5g,10000x1k,2m,7b")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		name   string
		files  int
		bytes  int64
		folder bool
	}{
		{"1GiB", 1, 1 << 30, false}, {"1000x64KiB", 1000, 1000 * 64 << 10, true}, {"1x3B", 1, 3, true}, {"5GiB", 1, 5 << 30, false},
		{"10000x1KiB", 10000, 10000 << 10, true}, {"2MiB", 1, 2 << 20, false}, {"7B", 1, 7, false},
	} {
		if l := loads[i]; l.name != want.name || l.files != want.files || l.bytes != want.bytes || l.folder != want.folder {
			t.Errorf("%s: %d files, %d bytes, folder %v", l.name, l.files, l.bytes, l.folder)
		}
	}
	for _, bad := range []string{"", "1GB", "GiB", "0x1KiB", "1GiB,", "-1KiB", "9999999x1B", "99999999999GiB", "../x1KiB", "1gi", "mod"} {
		if _, err := parseLoads(t.Context(), bad); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestParseSchemes(t *testing.T) {
	if got, err := pickSchemes("https,http"); err != nil || !slices.Equal(got, []string{"https", "http"}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "ftp", "http,", "HTTP"} {
		if _, err := pickSchemes(bad); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, c := range []struct{ root, file, want string }{
		{"/a/b", "/a/b/c/d.txt", "c/d.txt"}, {"/a/b.bin", "/a/b.bin", "b.bin"}, {"/a", "/a/x@v1/!y +ü", "x%40v1/%21y%20%2B%C3%BC"},
	} {
		if got := escape(keyOf(c.root, c.file)); got != c.want {
			t.Errorf("%s of %s: %s", c.file, c.root, got)
		}
	}
}

func TestPickFiles(t *testing.T) {
	root := t.TempDir()
	for i := range 20 {
		dir := filepath.Join(root, fmt.Sprintf("m%d@v1", i%2), "d")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint("f", i)), make([]byte, i), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	dirs := []string{filepath.Join(root, "m0@v1"), filepath.Join(root, "m1@v1")}
	one, err1 := pickFiles(root, dirs, 7)
	slices.Reverse(dirs)
	two, err2 := pickFiles(root, dirs, 7)
	if err := errors.Join(err1, err2); err != nil || len(one) != 7 || !slices.Equal(one, two) {
		t.Fatalf("%v, %v, %v", one, two, err)
	}
	l := load{name: "some", files: 7, folder: true}
	for _, f := range one {
		l.bytes += f.size
	}
	l.fill = func(ctx context.Context, path string) error { return copyFiles(ctx, path, one) }
	to := t.TempDir()
	for range 2 { // the second time it is there
		path, err := l.keep(t.Context(), to)
		if err != nil {
			t.Fatal(err)
		}
		if files, bytes, err := weigh(path); err != nil || files != 7 || bytes != l.bytes {
			t.Errorf("%d files, %d bytes, %v", files, bytes, err)
		}
		l.fill = func(context.Context, string) error { return errors.New("it is written again") }
	}
	if err := os.Truncate(filepath.Join(to, "some", filepath.FromSlash(one[0].name)), 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := l.keep(t.Context(), to); err == nil {
		t.Error("a load that was changed is taken for whole")
	}
}

func TestSparse(t *testing.T) {
	l, err := parseLoad(t.Context(), "1g")
	if err != nil {
		t.Fatal(err)
	}
	path, err := l.sparse().keep(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var s syscall.Stat_t
	if err := syscall.Stat(path, &s); err != nil || s.Size != 1<<30 || s.Blocks > 100 {
		t.Errorf("%d bytes in %d blocks, %v", s.Size, s.Blocks, err)
	}
}

func TestFit(t *testing.T) {
	line := []point{{x: 1, y: 5}, {x: 2, y: 7}, {x: 8, y: 19}}
	at0, slope, off := fit(line)
	if math.Abs(at0-3) > 1e-6 || math.Abs(slope-2) > 1e-6 || off > 1e-6 {
		t.Errorf("3 + 2x is %.3f + %.3fx, %.3f off", at0, slope, off)
	}
	if _, _, off := fit([]point{{x: 1, y: 1}, {x: 2, y: 4}, {x: 4, y: 16}, {x: 8, y: 64}}); off < 0.2 {
		t.Errorf("a square is %.3f off a straight line", off)
	}
	if at0, slope, _ := fit([]point{{x: 1, y: 4}}); at0 != 4 || slope != 0 {
		t.Errorf("a single point gives %.3f + %.3fx", at0, slope)
	}
	fit(nil)
}

func TestPictureIsXML(t *testing.T) {
	g := growing{runs: 2, sizes: []load{{name: "1GiB", bytes: 1 << 30}, {name: "2GiB", bytes: 2 << 30}, {name: "4GiB", bytes: 4 << 30}}}
	g.tools = []tool{{name: ours}, {name: "a <peer> & co"}}
	for _, l := range g.sizes {
		for _, tl := range g.tools {
			run := sample{usage: usage{Wall: time.Duration(l.bytes), CPU: time.Duration(l.bytes / 4), Peak: 50 << 20}}
			g.all = append(g.all, series{server: &server{kind: "store", scheme: plain}, load: l, tool: tl, runs: []sample{run, run}})
		}
	}
	for what, text := range map[string]string{"full": g.picture(), "empty": (&growing{}).picture()} {
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%s: a number is none", what)
		}
	}
	if n := strings.Count(g.picture(), "<circle"); n != 18 {
		t.Errorf("%d points are drawn", n)
	}
	if text := g.report(); !strings.Contains(text, "| 2GiB | waybill | 2.15 (2.15–2.15) | 1.074 |") ||
		!strings.Contains(text, "waybill, wall: 0.00 s + 1.074 s a GiB; 0 % off") {
		t.Error(text)
	}
}

func TestStep(t *testing.T) {
	for most, want := range map[float64]float64{0: 1, 8: 2, 50: 10, 0.7: 0.2, 64: 20, 1: 0.2, 33: 10} {
		if got := step(most); math.Abs(got-want) > 1e-9 {
			t.Errorf("%g: %g", most, got)
		}
	}
}

func TestLoadIsWrittenWhole(t *testing.T) {
	l, err := parseLoad(t.Context(), "3x70001B")
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
	srv := &server{kind: "store", scheme: secure}
	one := func(name string, wall, cpu time.Duration, peak int64) series {
		run := sample{usage: usage{Wall: wall, CPU: cpu, Peak: peak}}
		return series{server: srv, load: load{name: "load"}, tool: tool{name: name}, runs: []sample{run, run}}
	}
	all := []series{
		one(theFloor, 10*time.Second, time.Second, 1<<20), one(ours, 12*time.Second, 4*time.Second, 64<<20),
		one("quick", 16*time.Second, 9*time.Second, 1<<20), one("frugal", 20*time.Second, 6*time.Second, 1<<20),
		{server: srv, load: load{name: "load"}, tool: tool{name: "broken"}, failed: 1, why: errors.New("a | b\nc")},
		{server: &server{kind: "other", scheme: plain}, load: load{name: "load"}, tool: tool{name: "elsewhere"}, runs: one("", 1, 1, 1).runs},
	}
	all[3].failed = 1
	got := report("", plan{runs: 2, schemes: []string{plain, secure}}, all)
	for _, want := range []string{
		"| store https | load | floor | 10.00 (10.00–10.00) | 1.00 | 0.62 | 1.00 (1.00–1.00) | 0.17 | 1 (1–1) | 0.00 (0.00–0.00) |",
		"| store https | load | waybill | 12.00 (12.00–12.00) | 1.20 | 0.75 | 4.00 (4.00–4.00) | 0.67 | 64 (64–64) | 0.00 (0.00–0.00) |",
		"| store https | load | frugal | 20.00 (20.00–20.00) (1 failed) | 2.00 | 1.25 | 6.00 (6.00–6.00) | 1.00 |",
		"| store https | load | broken | failed: a / b c | | | | | | |",
		"- wall × floor: met in 0 of 1; missed: store https load 1.20\n",
		"- wall × peer: met in 1 of 1\n",
		"- CPU × peer: met in 0 of 1; missed: store https load 0.67 (frugal)\n",
		"- peak: met in 1 of 1\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %s in:\n%s", want, got)
		}
	}
	if broken(all) != nil {
		t.Error("a peer that fails ends bench with an error")
	}
	all[1].why = errors.New("no")
	if broken(all) == nil {
		t.Error("Waybill fails, and bench does not")
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
