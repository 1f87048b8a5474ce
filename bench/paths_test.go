//go:build linux

package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestParsePaths(t *testing.T) {
	got, err := parsePaths(defaultPaths, 200)
	want := []pathSpec{
		{rtt: 40 * time.Millisecond, mbits: 200}, {rtt: 100 * time.Millisecond, mbits: 200},
		{rtt: 100 * time.Millisecond, mbits: 200, every: 3 * time.Second},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if text := want[2].String(); text != "200 Mbit/s, RTT 100 ms, a reset every 3 s" {
		t.Error(text)
	}
	for _, bad := range []string{"", "40", "-40ms", "41ms", "40ms+", "40ms+0s", "40ms+-1s", "+3s", "40ms,"} {
		if _, err := parsePaths(bad, 200); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestBucketIsShared reserves for two: together they get what one would get.
func TestBucketIsShared(t *testing.T) {
	b := bucket{rate: 1000}
	now := time.Unix(1000, 0)
	var last time.Time
	for range 100 {
		last = b.reserve(10, now)
	}
	if got := last.Sub(now); got < 974*time.Millisecond || got > time.Second {
		t.Errorf("1000 bytes at 1000 a second take %v", got)
	}
	// After a pause nothing but the burst is made good.
	later := now.Add(time.Hour)
	if got := b.reserve(1000, later).Sub(later); got < 974*time.Millisecond || got > time.Second {
		t.Errorf("1000 bytes after a pause take %v", got)
	}
}

// TestSharedPath sends over the real proxy: several connections get the bandwidth of one, each round takes its
// time, and a reset arrives as one.
func TestSharedPath(t *testing.T) {
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer store.Close()
	put := func(via *server, n int) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, via.endpoint, strings.NewReader(strings.Repeat("x", n)))
		if err != nil {
			t.Error(err)
			return nil
		}
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
	spec := pathSpec{rtt: 60 * time.Millisecond, mbits: 40} // 5 MB/s
	via, _, remove, err := spec.lay(t.Context(), &server{endpoint: store.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	began := time.Now()
	if err := put(via, 1); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < spec.rtt {
		t.Errorf("a round took %v", took)
	}
	began = time.Now()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := put(via, 500_000); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if took := time.Since(began); took < 360*time.Millisecond {
		t.Errorf("2 MB at 5 MB/s took %v", took)
	}

	spec.every = 200 * time.Millisecond
	via, path, removeToo, err := spec.lay(t.Context(), &server{endpoint: store.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer removeToo()
	// The client hears of the reset as such, or as a connection that its own reading side has closed for that reason.
	if err := put(via, 50_000_000); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, net.ErrClosed) {
		t.Errorf("a reset arrives as %v", err)
	}
	if path.takeCuts() < 1 {
		t.Error("nothing was cut")
	}
}

func TestPathsReport(t *testing.T) {
	spec := pathSpec{rtt: 100 * time.Millisecond, mbits: 200, every: 3 * time.Second}
	srv := &server{kind: "store", scheme: plain}
	l := load{name: "250MB", bytes: 250e6} // ten seconds
	run := func(wall time.Duration) sample {
		return sample{usage: usage{Wall: wall, CPU: time.Second, Peak: 30 << 20}}
	}
	all := []series{
		{server: srv, load: l, tool: tool{name: ours}, path: spec.String(), runs: []sample{run(10 * time.Second), run(12500 * time.Millisecond)}},
		{server: srv, load: l, tool: tool{name: theFloor}, path: spec.String(), failed: 2, why: errors.New("reset")},
	}
	got := pathsReport("", nil, 2, []pathSpec{spec}, all)
	for _, want := range []string{
		"| waybill | 11.25 (10.00–12.50) | 90.0 (80.0–100.0) (goal 80: met) | 1.00 (1.00–1.00) | 30 (30–30) | 0 of 2 |",
		"| floor | | | | | 2 of 2: reset |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %s in:\n%s", want, got)
		}
	}
}
