//go:build linux

package e2e

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// road leads connections to a store, and can be closed: then what has passed has passed, and the rest waits.
// Thus a test sees an upload in the middle for as long as it likes.
type road struct {
	address string
	passed  atomic.Int64 // bytes on their way to the store
	limit   atomic.Int64 // it closes after so many
	gate    chan struct{}
	open    sync.Once
	pace    pace
}

// pace makes what passes as slow as a real network. The zero pace is none.
type pace struct {
	perSecond atomic.Int64 // bytes
	mu        sync.Mutex
	free      time.Time // when the next byte may pass
}

// wait waits until n more bytes may pass.
func (p *pace) wait(ctx context.Context, n int) error {
	rate := p.perSecond.Load()
	if rate == 0 {
		return nil
	}
	p.mu.Lock()
	if now := time.Now(); p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(n) * time.Second / time.Duration(rate))
	free := p.free
	p.mu.Unlock()
	timer := time.NewTimer(time.Until(free))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
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
	defer from.Close()
	store, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer store.Close()
	hurry := context.AfterFunc(ctx, func() { _, _ = from.Close(), store.Close() })
	defer hurry()
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
		if err := r.pace.wait(ctx, n); err != nil {
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
