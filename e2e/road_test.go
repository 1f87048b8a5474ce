//go:build linux

package e2e

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// road leads connections to a store, and can be closed: then what has passed has passed, and the rest waits.
// Thus a test sees an upload in the middle for as long as it likes.
type road struct {
	address string
	passed  atomic.Int64 // bytes on their way to the store
	limit   atomic.Int64 // it closes after so many
	gate    chan struct{}
	open    sync.Once
}

// newRoad leads to an address; it closes after limit bytes.
func newRoad(t testing.TB, to string, limit int64) *road {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &road{address: listener.Addr().String(), gate: make(chan struct{})}
	r.limit.Store(limit)
	ctx, cancel := context.WithCancel(context.Background())
	var travellers sync.WaitGroup
	t.Cleanup(func() {
		r.reopen()
		cancel()
		_ = listener.Close()
		travellers.Wait()
	})
	travellers.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			travellers.Go(func() { r.lead(ctx, from, to) })
		}
	})
	return r
}

// url is how a program gets onto the road.
func (r *road) url() string { return "http://" + r.address }

// reopen lets everything pass from now on.
func (r *road) reopen() { r.open.Do(func() { close(r.gate) }) }

// lead carries one connection both ways.
func (r *road) lead(ctx context.Context, from net.Conn, to string) {
	defer from.Close() //nolint:errcheck // over either way
	store, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer store.Close() //nolint:errcheck // over either way
	defer context.AfterFunc(ctx, func() { _, _ = from.Close(), store.Close() })()
	go func() {
		_, _ = io.Copy(from, store)
		_ = from.Close()
	}()
	piece := make([]byte, 16<<10)
	for {
		n, err := from.Read(piece)
		if err != nil {
			return
		}
		if r.passed.Add(int64(n)) > r.limit.Load() {
			select {
			case <-r.gate:
			case <-ctx.Done():
				return
			}
		}
		if _, err := store.Write(piece[:n]); err != nil {
			return
		}
	}
}
