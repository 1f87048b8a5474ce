package network

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// dialer makes connections, and knows which of them lead to proxies: what goes wrong there is theirs, and a question for
// a tunnel that is not answered must not hang.
type dialer struct {
	limit  time.Duration // for a tunnel, once it was asked for
	direct func(ctx context.Context, network, address string) (net.Conn, error)

	mu      sync.Mutex
	proxies map[string]bool // by address
}

// note remembers the address of a proxy, as net/http dials it.
func (d *dialer) note(proxy *url.URL) {
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
	}
	d.mu.Lock()
	d.proxies[net.JoinHostPort(proxy.Hostname(), port)] = true
	d.mu.Unlock()
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.direct(ctx, network, address)
	d.mu.Lock()
	proxy := d.proxies[address]
	d.mu.Unlock()
	switch {
	case !proxy:
		return conn, err
	case err != nil:
		return nil, &ProxyError{Proxy: address, Err: err}
	}
	return &proxyConn{Conn: conn, address: address, limit: d.limit}, nil
}

// proxyConn is a connection to a proxy.
type proxyConn struct {
	net.Conn
	address string
	limit   time.Duration

	socks bool // set before state becomes waiting
	state atomic.Int32
	late  *time.Timer // ends the wait; set before state becomes waiting
}

// What a proxyConn is about. It begins as fresh.
const (
	fresh    int32 = iota
	waiting        // a tunnel was asked for, and is not there yet
	silenced       // it waited for too long, and the connection is closed
	open           // there was an answer, or nobody asked for a tunnel
)

// Write looks whether a tunnel is asked for: by CONNECT, or in the few messages of SOCKS, for which net/http has no limit of
// its own. What is written behind those goes through the tunnel.
func (c *proxyConn) Write(b []byte) (int, error) {
	socks := isSOCKS(b)
	switch state := c.state.Load(); {
	case state == fresh && (socks || bytes.HasPrefix(b, []byte("CONNECT "))):
		c.socks = socks
		c.late = time.AfterFunc(c.limit, func() {
			if c.state.CompareAndSwap(waiting, silenced) {
				_ = c.Conn.Close()
			}
		})
		c.state.Store(waiting)
	case state == fresh:
		c.state.Store(open)
	case c.socks && !socks && c.state.CompareAndSwap(waiting, open):
		c.late.Stop()
	}
	return c.Conn.Write(b)
}

// isSOCKS reports whether a message begins as one of SOCKS does (RFC 1928, and RFC 1929 for passwords): with its version.
// Neither TLS nor HTTP begins so.
func isSOCKS(b []byte) bool { return len(b) > 0 && (b[0] == 5 || b[0] == 1) }

// Read notices the answer, and says what it is when there is none.
func (c *proxyConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.state.Load() == open {
		return n, err
	}
	if n > 0 && !c.socks && c.state.CompareAndSwap(waiting, open) {
		c.late.Stop()
		return n, err
	}
	switch {
	case err == nil:
	case c.state.Load() == silenced:
		err = &ProxyError{Proxy: c.address, Err: ErrSilent}
	case c.state.Load() == waiting && !errors.Is(err, net.ErrClosed): // which is this side's own doing
		c.late.Stop()
		err = &ProxyError{Proxy: c.address, Err: ErrHungUp}
	}
	return n, err
}

// Close ends the wait too.
func (c *proxyConn) Close() error {
	if c.state.CompareAndSwap(waiting, open) {
		c.late.Stop()
	}
	return c.Conn.Close()
}
