package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"waybill/signer"
)

// Trial is what one request has shown of the store and of the way there. Where the connection was there already, nothing
// is known of how it came about.
type Trial struct {
	Header    http.Header
	Body      []byte        // what was answered; of more than 1 MiB the beginning
	Received  int64         // bytes of the answer's body
	Proxy     string        // the proxy's host, where one is asked; names are looked up by it then
	Addresses []string      // that the name was resolved to; none for a host that is an address
	Lookup    time.Duration // until the name was resolved
	Connect   time.Duration // until the connection stood
	Handshake time.Duration // of TLS
	TLS       *tls.ConnectionState
	FirstByte time.Duration // from the request's first byte to the answer's
	Whole     time.Duration // from the request's first byte to the answer's last
	Date      time.Time     // the store's clock, in whole seconds; zero when the answer has none
	Between   time.Time     // this computer's time halfway between asking and being answered
}

// Try makes one presigned request, once, and measures it. There is no second try: what is measured is what there is. A
// status of 300 or more is a *StoreError, with all that was measured.
func (c *Courier) Try(ctx context.Context, op string, p signer.Presigned, body []byte, more http.Header) (Trial, error) {
	var t tracing
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, t.trace()), p.Method, p.URL, nil)
	if err != nil {
		return t.seen(), plain(op, err)
	}
	for _, h := range []http.Header{p.Header, more} {
		for name, values := range h {
			req.Header[name] = values
		}
	}
	if len(body) > 0 {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		if req.ContentLength >= expectFrom {
			req.Header.Set("Expect", "100-continue") // else an early refusal is lost as a reset
		}
	}
	t.proxy = c.proxyOf(req)
	resp, err := c.http.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
			err = cause
		}
		return t.seen(), plain(op, err)
	}
	defer func() { _ = resp.Body.Close() }()
	t.answered(resp)
	if !isPage(resp.Header) {
		c.answered.Store(time.Now().UnixNano()) // so that a network that is lost after this is waited for
	}
	if resp.StatusCode >= 300 {
		refusal := c.refusal(op, p, resp)
		return t.seen(), refusal
	}
	kept, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	rest := int64(0)
	if err == nil {
		rest, err = io.Copy(io.Discard, resp.Body)
	}
	t.ended(kept, rest)
	if err != nil {
		return t.seen(), plain(op+": read the answer", err)
	}
	if isPage(resp.Header) {
		return t.seen(), &StoreError{Op: op, Status: resp.StatusCode, HTML: true}
	}
	return t.seen(), nil
}

// proxyOf is the host of the proxy that a request goes through, "" for none.
func (c *Courier) proxyOf(req *http.Request) string {
	t, ok := c.http.Transport.(*http.Transport)
	if !ok || t.Proxy == nil {
		return ""
	}
	var through *url.URL
	if through, _ = t.Proxy(req); through == nil { // what is wrong with it, the request will say
		return ""
	}
	return through.Host
}

// tracing collects a Trial; net/http may still write to it when its request has failed.
type tracing struct {
	mu                                sync.Mutex
	trial                             Trial
	proxy                             string
	lookup, connect, handshake, wrote time.Time
}

func (t *tracing) trace() *httptrace.ClientTrace {
	at := func(do func(now time.Time)) {
		now := time.Now()
		t.mu.Lock()
		defer t.mu.Unlock()
		do(now)
	}
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { at(func(now time.Time) { t.lookup = now }) },
		DNSDone: func(d httptrace.DNSDoneInfo) {
			at(func(now time.Time) {
				t.trial.Lookup = now.Sub(t.lookup)
				for _, a := range d.Addrs {
					t.trial.Addresses = append(t.trial.Addresses, a.String())
				}
			})
		},
		ConnectStart: func(string, string) { at(func(now time.Time) { t.connect = now }) },
		ConnectDone: func(_, _ string, err error) {
			at(func(now time.Time) {
				if err == nil {
					t.trial.Connect = now.Sub(t.connect)
				}
			})
		},
		TLSHandshakeStart: func() { at(func(now time.Time) { t.handshake = now }) },
		TLSHandshakeDone: func(s tls.ConnectionState, err error) {
			at(func(now time.Time) {
				if err == nil {
					t.trial.Handshake, t.trial.TLS = now.Sub(t.handshake), &s
				}
			})
		},
		GotConn:              func(httptrace.GotConnInfo) { at(func(now time.Time) { t.wrote = now }) },
		GotFirstResponseByte: func() { at(func(now time.Time) { t.trial.FirstByte = now.Sub(t.wrote) }) },
	}
}

// answered notes what the head of the answer says.
func (t *tracing) answered(resp *http.Response) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	t.trial.Header = resp.Header
	t.trial.Date, _ = http.ParseTime(resp.Header.Get("Date"))
	t.trial.Between = t.wrote.Add(now.Sub(t.wrote) / 2)
	t.trial.Whole = now.Sub(t.wrote)
}

// ended notes what came after it.
func (t *tracing) ended(kept []byte, rest int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trial.Body, t.trial.Received = kept, int64(len(kept))+rest
	t.trial.Whole = time.Since(t.wrote)
}

// seen is a copy that nobody writes to any more.
func (t *tracing) seen() Trial {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen := t.trial
	seen.Proxy = t.proxy
	return seen
}

// HostOf is where a presigned request goes, without a port.
func HostOf(p signer.Presigned) string {
	u, err := url.Parse(p.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// IsAddress reports whether a host needs no resolving.
func IsAddress(host string) bool { return net.ParseIP(host) != nil }
