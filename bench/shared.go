//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// sharedPath is what lies between a program and a store: all connections share its bandwidth, wait for its
// latency, and are sometimes reset. Toxiproxy's own bandwidth is one for each connection, so that more of them
// would be faster; here they are not.
type sharedPath struct {
	up, down bucket

	mutex sync.Mutex
	live  map[*link]struct{}
	noise *rand.Rand
	cuts  int
}

// bucket is the bandwidth of one direction.
type bucket struct {
	mutex sync.Mutex
	rate  float64 // bytes a second
	free  time.Time
}

// burst is how late a chunk may be without a loss of bandwidth: timers are not exact.
const burst = 25 * time.Millisecond

// reserve takes the next turn for n bytes, and says when their last one has left.
func (b *bucket) reserve(n int, now time.Time) time.Time {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if earliest := now.Add(-burst); b.free.Before(earliest) {
		b.free = earliest
	}
	b.free = b.free.Add(time.Duration(float64(n) / b.rate * float64(time.Second)))
	return b.free
}

// link is one connection in one direction.
type link struct {
	cut  chan struct{} // closed to reset the connection
	once sync.Once
	used time.Time
}

// sharedToxic hangs a connection on a path. Toxiproxy makes toxics from JSON, so the path is found by its name.
type sharedToxic struct {
	Path string `json:"path"`
	Up   bool   `json:"up"`
}

const sharedToxicType = "waybill_shared"

// pathsByName are the paths that are open.
var pathsByName sync.Map

func init() { toxics.Register(sharedToxicType, new(sharedToxic)) }

// NewState is called once for each connection.
func (t *sharedToxic) NewState() any { return &link{cut: make(chan struct{})} }

// Pipe passes chunks on at the path's pace. One chunk (32 KiB at most) of each connection is in the queue, so they
// all get the same share. Latency comes after it, in a toxic of its own.
func (t *sharedToxic) Pipe(stub *toxics.ToxicStub) {
	found, ok := pathsByName.Load(t.Path)
	l, isLink := stub.State.(*link)
	if !ok || !isLink {
		stub.Close()
		return
	}
	p := found.(*sharedPath)
	pace := &p.down
	if t.Up {
		pace = &p.up
	}
	for {
		select {
		case <-stub.Interrupt:
			return
		case <-l.cut:
			p.hangUp(stub, l)
			return
		case c := <-stub.Input:
			if c == nil {
				p.forget(l)
				stub.Close()
				return
			}
			if t.Up {
				p.note(l)
			}
			select {
			case <-time.After(time.Until(pace.reserve(len(c.Data), time.Now()))):
			case <-l.cut:
				p.hangUp(stub, l)
				return
			}
			c.Timestamp = time.Now() // latency counts from here
			stub.Output <- c
		}
	}
}

// hangUp ends a connection in the middle, and swallows what still comes until the other end notices.
func (p *sharedPath) hangUp(stub *toxics.ToxicStub, l *link) {
	p.forget(l)
	stub.Close()
	for c := range stub.Input {
		_ = c
	}
}

func (p *sharedPath) note(l *link) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	l.used = time.Now()
	p.live[l] = struct{}{}
}

func (p *sharedPath) forget(l *link) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.live, l)
}

// reset cuts one of the connections that carried something in the last second, at random.
func (p *sharedPath) reset() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var busy []*link
	for l := range p.live {
		if time.Since(l.used) < time.Second {
			busy = append(busy, l)
		}
	}
	if len(busy) == 0 {
		return
	}
	l := busy[p.noise.IntN(len(busy))]
	l.once.Do(func() { close(l.cut) })
	p.cuts++
}

// takeCuts is how many connections were reset since it was asked last.
func (p *sharedPath) takeCuts() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	n := p.cuts
	p.cuts = 0
	return n
}

// pathSpec describes a path.
type pathSpec struct {
	rtt   time.Duration // of the whole round: half of it is waited in each direction
	mbits float64       // in each direction, for all connections together
	every time.Duration // between resets; 0 is without
}

func (s pathSpec) String() string {
	text := fmt.Sprintf("%g Mbit/s, RTT %d ms", s.mbits, s.rtt.Milliseconds())
	if s.every > 0 {
		text += fmt.Sprintf(", a reset every %g s", s.every.Seconds())
	}
	return text
}

// bytesPerSecond is what such a path carries.
func (s pathSpec) bytesPerSecond() float64 { return s.mbits * 1e6 / 8 }

// lay opens a path to a store, and gives it back as a store that is reached by it.
func (s pathSpec) lay(ctx context.Context, srv *server) (via *server, p *sharedPath, remove func(), err error) {
	to, err := url.Parse(srv.endpoint)
	if err != nil {
		return nil, nil, nil, err
	}
	p = &sharedPath{live: map[*link]struct{}{}, noise: rand.New(rand.NewPCG(1, 2))}
	p.up.rate, p.down.rate = s.bytesPerSecond(), s.bytesPerSecond()
	proxies := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(proxies, "path", "127.0.0.1:0", to.Host)
	name := fmt.Sprintf("%p", p)
	pathsByName.Store(name, p)
	add := func(kind, stream string, toxicity float64, attributes any) {
		if err != nil {
			return
		}
		var text []byte
		if text, err = json.Marshal(map[string]any{
			"name": kind + stream, "type": kind, "stream": stream, "toxicity": toxicity, "attributes": attributes,
		}); err == nil {
			_, err = proxy.Toxics.AddToxicJson(strings.NewReader(string(text)))
		}
	}
	for _, stream := range []string{"upstream", "downstream"} {
		add(sharedToxicType, stream, 1, sharedToxic{Path: name, Up: stream == "upstream"})
		add("latency", stream, 1, toxics.LatencyToxic{Latency: s.rtt.Milliseconds() / 2})
		if s.every > 0 {
			// It never acts itself (its toxicity is 0), but while it is there toxiproxy closes connections by a reset.
			add("reset_peer", stream, 0, toxics.ResetToxic{})
		}
	}
	if err == nil {
		err = proxy.Start()
	}
	if err != nil {
		pathsByName.Delete(name)
		return nil, nil, nil, fmt.Errorf("lay a path to %s: %w", srv.kind, err)
	}
	over := *srv
	over.endpoint = plain + "://" + proxy.Listen
	ctx, cancel := context.WithCancel(ctx)
	if s.every > 0 {
		go func() {
			tick := time.NewTicker(s.every)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					p.reset()
				}
			}
		}()
	}
	return &over, p, func() {
		cancel()
		proxy.Stop()
		pathsByName.Delete(name)
	}, nil
}
