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

// dialer makes connections, and knows which of them lead to proxies: what goes wrong there is theirs, and a CONNECT that is
// not answered must not hang.
type dialer struct {
	limit  time.Duration // for the answer to CONNECT
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

	state atomic.Int32
	late  *time.Timer // ends the wait; set before state becomes waiting
}

// What a proxyConn is about. It begins as fresh.
const (
	fresh    int32 = iota
	waiting        // CONNECT was sent, and nothing has come
	silenced       // it waited for too long, and the connection is closed
	open           // there was an answer, or nobody asked for a tunnel
)

// Write looks whether a tunnel is asked for.
func (c *proxyConn) Write(b []byte) (int, error) {
	if c.state.Load() == fresh {
		if !bytes.HasPrefix(b, []byte("CONNECT ")) {
			c.state.Store(open)
		} else {
			c.late = time.AfterFunc(c.limit, func() {
				if c.state.CompareAndSwap(waiting, silenced) {
					_ = c.Conn.Close()
				}
			})
			c.state.Store(waiting)
		}
	}
	return c.Conn.Write(b)
}

// Read notices the answer, and says what it is when there is none.
func (c *proxyConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.state.Load() == open {
		return n, err
	}
	if n > 0 && c.state.CompareAndSwap(waiting, open) {
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
