package courier_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"waybill/internal/courier"
)

// toxic is a way to the store through toxiproxy, on the level of TCP.
func toxic(t *testing.T, kind, stream string, attributes map[string]any) (endpoint string, p *toxiproxy.Proxy) {
	t.Helper()
	silent := zerolog.Nop()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), silent)
	p = toxiproxy.NewProxy(server, t.Name(), "127.0.0.1:0", strings.TrimPrefix(store.Endpoint(), "http://"))
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	if kind != "" {
		add(t, p, kind, stream, attributes)
	}
	return "http://" + p.Listen, p
}

func add(t *testing.T, p *toxiproxy.Proxy, kind, stream string, attributes map[string]any) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"name": kind + stream, "type": kind, "stream": stream, "attributes": attributes})
	if err == nil {
		_, err = p.Toxics.AddToxicJson(strings.NewReader(string(text)))
	}
	if err != nil {
		t.Error(err)
	}
}

// TestToxicPaths: whatever the way does to the bytes, the same ones arrive, are counted once, and nothing is left.
func TestToxicPaths(t *testing.T) {
	t.Parallel()
	type attributes = map[string]any
	for name, c := range map[string]struct {
		kind, stream string
		attributes   attributes
		heals        time.Duration // after which the toxic is taken away; 0 is never
		size         int
	}{
		"latency":                      {"latency", "upstream", attributes{"latency": 40, "jitter": 20}, 0, large},
		"latency of the answers":       {"latency", "downstream", attributes{"latency": 100, "jitter": 50}, 0, large},
		"bandwidth":                    {"bandwidth", "upstream", attributes{"rate": 4000}, 0, large},
		"slow close":                   {"slow_close", "downstream", attributes{"delay": 300}, 0, large},
		"slicer":                       {"slicer", "upstream", attributes{"average_size": 8000, "size_variation": 3000, "delay": 10}, 0, large},
		"sliced answers":               {"slicer", "downstream", attributes{"average_size": 7, "size_variation": 3, "delay": 10}, 0, large},
		"timeout":                      {"timeout", "upstream", attributes{"timeout": 200}, time.Second, large},
		"black hole":                   {"timeout", "upstream", attributes{"timeout": 0}, 1500 * time.Millisecond, large},
		"no answers":                   {"timeout", "downstream", attributes{"timeout": 0}, 1500 * time.Millisecond, large},
		"reset":                        {"reset_peer", "upstream", attributes{"timeout": 50}, time.Second, large},
		"reset of the answer":          {"reset_peer", "downstream", attributes{"timeout": 10}, time.Second, large},
		"cut after N bytes":            {"limit_data", "upstream", attributes{"bytes": 2 << 20}, time.Second, large},
		"cut in a header":              {"limit_data", "upstream", attributes{"bytes": 100}, time.Second, large},
		"answer cut":                   {"limit_data", "downstream", attributes{"bytes": 60}, time.Second, large},
		"small, reset of the answer":   {"reset_peer", "downstream", attributes{"timeout": 10}, time.Second, small},
		"small, answer cut":            {"limit_data", "downstream", attributes{"bytes": 60}, time.Second, small},
		"a connection for each a part": {"limit_data", "upstream", attributes{"bytes": courier.MinPart + 4096}, 0, 4 * courier.MinPart},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint, p := toxic(t, "", "", nil)
			r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart, Stall: time.Second})
			r.absent("reached") // the store has answered once: from here on it is waited for
			add(t, p, c.kind, c.stream, c.attributes)
			path, content := file(t, c.size)
			u := r.upload(path)
			var moved atomic.Int64
			u.Moved = func(n int64) { moved.Add(n) }
			if c.heals > 0 {
				heal := time.AfterFunc(c.heals, func() { _ = p.Toxics.RemoveToxic(context.Background(), c.kind+c.stream) })
				defer heal.Stop()
			}
			if _, err := r.Send(within(t, time.Minute), u); err != nil {
				t.Fatal(err)
			}
			if moved.Load() != int64(c.size) {
				t.Errorf("%d of %d bytes are counted", moved.Load(), c.size)
			}
			d := direct(t)
			d.holds(u.Key, content)
			if left := d.left(u.Key); left > 0 && !u.Doubtful() {
				t.Errorf("%d unfinished uploads are left, and nobody was told", left)
			}
		})
	}
}

// TestNetworkGoesAndComes: the way is down for a while and back. The caller hears why, and hears that it is over.
func TestNetworkGoesAndComes(t *testing.T) {
	t.Parallel()
	down := 5 * time.Second // more than it takes to be told
	if long() {
		down = 30 * time.Second
	}
	endpoint, p := toxic(t, "bandwidth", "upstream", map[string]any{"rate": 8000})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	path, content := file(t, 6*courier.MinPart)
	u := r.upload(path)
	var moved atomic.Int64
	var once sync.Once
	u.Moved = func(n int64) {
		if moved.Add(n) > 2*courier.MinPart {
			once.Do(func() {
				go func() {
					p.Stop()
					<-time.After(down)
					if err := p.Start(); err != nil {
						t.Error(err)
					}
				}()
			})
		}
	}
	var mu sync.Mutex
	var told []error
	u.Waits = func(why error) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, why)
	}
	if _, err := r.Send(within(t, 2*time.Minute), u); err != nil {
		t.Fatal(err)
	}
	if len(told) < 2 || told[0] == nil || told[len(told)-1] != nil || !courier.Unreachable(told[0]) {
		t.Errorf("told: %v, want the reason and then nil", told)
	}
	if moved.Load() != int64(len(content)) {
		t.Errorf("%d of %d bytes are counted", moved.Load(), len(content))
	}
	d := direct(t)
	d.holds(u.Key, content)
	d.clean(u.Key)
}

// TestStalls: a server that does not read, or reads a byte now and then, is given up and asked again. A limit of one's
// own is no stall, however low.
func TestStalls(t *testing.T) {
	t.Parallel()
	for name, dawdle := range map[string]func(r *http.Request, over <-chan struct{}){
		"reads nothing": func(_ *http.Request, over <-chan struct{}) { <-over },
		"trickles": func(r *http.Request, over <-chan struct{}) {
			tick := time.NewTicker(100 * time.Millisecond)
			defer tick.Stop()
			for one := make([]byte, 1); ; {
				if _, err := io.ReadFull(r.Body, one); err != nil {
					return
				}
				select {
				case <-tick.C:
				case <-over:
					return
				}
			}
		},
		"reads all and is silent": func(r *http.Request, over <-chan struct{}) { _, _ = io.Copy(io.Discard, r.Body); <-over },
	} {
		for size, is := range map[int]func(*http.Request) bool{16 << 20: isPart, 12 << 20: isPut} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				over := make(chan struct{})
				var met atomic.Int64
				endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
					if is(r) && met.Add(1) == 1 {
						dawdle(r, over)
						panic(http.ErrAbortHandler)
					}
					return false
				})
				t.Cleanup(func() { close(over) }) // before the wrapper is closed, which waits for its requests
				o := courier.Options{PartSize: 8 << 20, Stall: 500 * time.Millisecond}
				if size == 12<<20 {
					o.PartSize = 16 << 20
				}
				r := newRig(t, endpoint, o)
				path, content := file(t, size)
				u := r.upload(path)
				var moved atomic.Int64
				u.Moved = func(n int64) { moved.Add(n) }
				start := time.Now()
				if _, err := r.Send(within(t, time.Minute), u); err != nil {
					t.Fatal(err)
				}
				// A body that has gone whole may be in buffers on the way, so its answer is waited for longer.
				if took := time.Since(start); took > 15*time.Second || moved.Load() != int64(size) {
					t.Errorf("took %v, %d of %d bytes are counted", took, moved.Load(), size)
				}
				d := direct(t)
				d.holds(u.Key, content)
				d.clean(u.Key)
			})
		}
	}
}

// TestLimit: what is sent keeps near to the limit, a low limit is no stall, and a change holds at once.
func TestLimit(t *testing.T) {
	t.Parallel()
	t.Run("rate", func(t *testing.T) {
		t.Parallel()
		const rate = 4 << 20
		r := newRig(t, store.Endpoint(), courier.Options{PartSize: courier.MinPart, Limit: courier.NewLimit(rate)})
		path, content := file(t, 2*courier.MinPart)
		start := time.Now()
		if _, err := r.Send(within(t, time.Minute), r.upload(path)); err != nil {
			t.Fatal(err)
		}
		took := time.Since(start).Seconds()
		if got := float64(len(content)) / took; got > 1.15*rate || got < 0.5*rate {
			t.Errorf("%.0f bytes a second, the limit is %d", got, rate)
		}
	})
	t.Run("low, then none", func(t *testing.T) {
		t.Parallel()
		limit := courier.NewLimit(3000) // under the flow that counts as a stall
		r := newRig(t, store.Endpoint(), courier.Options{PartSize: courier.MinPart, Limit: limit, Stall: 500 * time.Millisecond})
		path, content := file(t, 2*courier.MinPart)
		u := r.upload(path)
		var moved, back atomic.Int64
		u.Moved = func(n int64) {
			moved.Add(n)
			if n < 0 {
				back.Add(1)
			}
		}
		change := time.AfterFunc(2500*time.Millisecond, func() {
			if moved.Load() > 100_000 {
				t.Errorf("%d bytes in 2.5 s at 3,000 a second", moved.Load())
			}
			limit.Set(0)
		})
		defer change.Stop()
		start := time.Now()
		if _, err := r.Send(within(t, time.Minute), u); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 2500*time.Millisecond || took > 20*time.Second {
			t.Errorf("took %v", took)
		}
		if back.Load() > 0 {
			t.Errorf("%d tries were given up", back.Load())
		}
		direct(t).holds(u.Key, content)
	})
	t.Run("none, then low", func(t *testing.T) {
		t.Parallel()
		limit := courier.NewLimit(20 << 20)
		r := newRig(t, store.Endpoint(), courier.Options{PartSize: courier.MinPart, Limit: limit})
		path, _ := file(t, 4*courier.MinPart)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		u := r.upload(path)
		var moved atomic.Int64
		var once sync.Once
		narrowed := make(chan struct{})
		u.Moved = func(n int64) {
			if moved.Add(n) > courier.MinPart/2 {
				once.Do(func() { limit.Set(100_000); close(narrowed) })
			}
		}
		go func() {
			<-narrowed
			<-time.After(200 * time.Millisecond) // what was let through before
			before := moved.Load()
			<-time.After(time.Second)
			if got := moved.Load() - before; got > 400_000 {
				t.Errorf("%d bytes in a second after the limit became 100,000", got)
			}
			cancel()
		}()
		_, _ = r.Send(ctx, u)
		direct(t).clean(u.Key)
	})
}
