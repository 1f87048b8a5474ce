package gui

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"waybill/internal/ledger"
)

// atOnce is how long the window may take to answer. With the race detector, everything takes several times as long.
const atOnce = 100 * time.Millisecond * raceFactor

// requestsOf makes a home whose ledger has so many requests, of which the newest has so many arrivals.
func requestsOf(t *testing.T, requests, arrivals int) string {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	ctx := context.Background()
	l, err := ledger.Open(ctx, filepath.Join(home, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range requests {
		made := time.Now().Add(-time.Duration(requests-i) * time.Minute)
		r := ledger.Request{
			ID: fmt.Sprintf("id-%04d", i), Profile: "default", Endpoint: store.Endpoint(), Bucket: "sandbox", Prefix: "many/",
			Folder: fmt.Sprintf("many/%d/", i), Content: fmt.Sprintf(`{"for":"request %d","forms":[{"content_type":"application/octet-stream"}]}`, i),
			Made: made, Asked: time.Hour, Ends: made.Add(time.Hour), Because: "requested", Looked: made.Add(2 * time.Hour), Tidied: true,
		}
		if err := l.PutRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	list := make([]ledger.Arrival, arrivals)
	for i := range list {
		list[i] = ledger.Arrival{Request: fmt.Sprintf("id-%04d", requests-1), Key: fmt.Sprintf("many/%d/%d.jpg", requests-1, i), Name: fmt.Sprintf("%d.jpg", i), Size: int64(i), Came: time.Now()}
	}
	if _, err := l.SetArrivals(ctx, fmt.Sprintf("id-%04d", requests-1), time.Now(), list, false); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return home
}

// TestManyRequestsAndArrivals: the window answers at once, whatever the number.
func TestManyRequestsAndArrivals(t *testing.T) {
	home := requestsOf(t, 1000, 2000)
	withProfiles(t)
	r := open(t, home, Options{})
	p := r.requests
	r.ui.open(p)
	r.until("all are there", func() bool { return len(p.requests) == 1000 })
	at := func(what string, do func()) {
		t.Helper()
		best := time.Hour // of a few: the machine may be busy with something else
		for try := 0; best > atOnce && try < 5; try++ {
			began := time.Now()
			do()
			best = min(best, time.Since(began))
		}
		if best > atOnce {
			t.Errorf("%s takes %v", what, best)
		}
	}
	at("a filter", p.filters[overRequests].onTap)
	at("a search", func() { p.filters[allRequests].onTap(); p.search.SetText("request 500") })
	if len(p.shown) != 1 {
		t.Errorf("%d are found", len(p.shown))
	}
	at("all", func() { p.search.SetText("") })
	at("the end", func() { p.rows.list.Highlight(len(p.shown) - 1) })
	at("a second", r.count)
	q, _ := p.find("id-0999")
	at("opening one", func() { r.arrivals.open(q) })
	r.until("its arrivals are there", func() bool { return len(r.arrivals.arrivals) == 2000 })
	at("a second", r.count)
	at("selecting all", r.arrivals.selectAll)
	at("scrolling", func() { r.arrivals.rows.list.ScrollToOffset(50_000) })
	if n := len(r.arrivals.rows.list.shown); n > 60 {
		t.Errorf("there are %d rows", n)
	}
}
