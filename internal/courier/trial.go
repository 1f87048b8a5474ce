package courier

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"waybill/internal/network"
	"waybill/signer"
)

// Trial is what one request has shown of the store and of the way there.
type Trial struct {
	network.Timing
	Header   http.Header
	Body     []byte        // what was answered; of more than 1 MiB the beginning
	Received int64         // bytes of the answer's body
	Proxy    string        // the proxy's host, where one is asked; names are looked up by it then
	Whole    time.Duration // from the request's first byte to the answer's last
}

// Try makes one presigned request, once, and measures it. There is no second try: what is measured is what there is. A
// status of 300 or more is a *StoreError, with all that was measured.
func (c *Courier) Try(ctx context.Context, op string, p signer.Presigned, body []byte, more http.Header) (t Trial, err error) {
	timed, watch := network.Watch(ctx)
	defer func() { t.Timing = watch.Timing() }()
	req, err := http.NewRequestWithContext(timed, p.Method, p.URL, nil)
	if err != nil {
		return t, plain(op, err)
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
	t.Proxy = c.proxyOf(req)
	resp, err := c.http.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
			err = cause
		}
		return t, plain(op, err)
	}
	defer func() { _ = resp.Body.Close() }()
	t.Header = resp.Header
	if !isPage(resp.Header) {
		c.answered.Store(time.Now().UnixNano()) // so that a network that is lost after this is waited for
	}
	if resp.StatusCode >= 300 {
		return t, c.refusal(op, p, resp)
	}
	t.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	rest := int64(0)
	if err == nil {
		rest, err = io.Copy(io.Discard, resp.Body)
	}
	t.Received, t.Whole = int64(len(t.Body))+rest, time.Since(watch.Timing().Ready)
	if err != nil {
		return t, plain(op+": read the answer", err)
	}
	if isPage(resp.Header) {
		return t, &StoreError{Op: op, Status: resp.StatusCode, HTML: true}
	}
	return t, nil
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
