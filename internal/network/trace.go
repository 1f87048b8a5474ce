package network

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"
)

// Timing is how long the parts of one request took, and what the connection was. A part that did not take place, as with a
// connection that was there, is 0.
type Timing struct {
	DNS       time.Duration // of the store's name, or of the proxy's
	Connect   time.Duration // to the store or to the proxy
	TLS       time.Duration // the handshake; through a proxy, with the store
	Answer    time.Duration // from the request's last byte to the answer's first
	Total     time.Duration // until the answer's first byte
	Reused    bool          // the connection was there
	Addresses []string      // that the name was resolved to; none for a host that is an address
	Secure    *tls.ConnectionState
	Ready     time.Time // the connection stood, and the request's first byte went out
	Answered  time.Time // the answer's first byte came; zero where none has
}

// Halfway is this computer's time halfway between asking and being answered: what the answer's Date is to be held against.
func (t Timing) Halfway() time.Time { return t.Answered.Add(-t.Answer / 2) }

// Stopwatch takes the times of one request.
type Stopwatch struct {
	mu                              sync.Mutex
	begun, dns, connect, tls, wrote time.Time
	t                               Timing
}

// Watch makes a context whose next request is timed. Time what failed, too: the parts that took place are there.
func Watch(ctx context.Context) (context.Context, *Stopwatch) {
	w := &Stopwatch{begun: time.Now()}
	at := func(set func(now time.Time)) {
		w.mu.Lock()
		defer w.mu.Unlock()
		set(time.Now())
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { at(func(now time.Time) { w.dns = now }) },
		DNSDone: func(d httptrace.DNSDoneInfo) {
			at(func(now time.Time) {
				w.t.DNS = now.Sub(w.dns)
				for _, a := range d.Addrs {
					w.t.Addresses = append(w.t.Addresses, a.String())
				}
			})
		},
		ConnectStart: func(string, string) { at(func(now time.Time) { w.connect = now }) },
		ConnectDone: func(_, _ string, err error) {
			at(func(now time.Time) {
				if err == nil {
					w.t.Connect = now.Sub(w.connect)
				}
			})
		},
		TLSHandshakeStart: func() { at(func(now time.Time) { w.tls = now }) },
		TLSHandshakeDone: func(s tls.ConnectionState, err error) {
			at(func(now time.Time) {
				w.t.TLS = now.Sub(w.tls)
				if err == nil {
					w.t.Secure = &s
				}
			})
		},
		GotConn:      func(c httptrace.GotConnInfo) { at(func(now time.Time) { w.t.Ready, w.t.Reused = now, c.Reused }) },
		WroteRequest: func(httptrace.WroteRequestInfo) { at(func(now time.Time) { w.wrote = now }) },
		GotFirstResponseByte: func() {
			at(func(now time.Time) {
				w.t.Answered, w.t.Total = now, now.Sub(w.begun)
				if !w.wrote.IsZero() {
					w.t.Answer = now.Sub(w.wrote)
				}
			})
		},
	}), w
}

// Timing is what was taken so far, in a copy that nobody writes to any more.
func (w *Stopwatch) Timing() Timing {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.t
}
