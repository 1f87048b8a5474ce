package sandbox

import (
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gofiber/fiber/v3"
)

// connections knows which connections brought requests, to be able to cut those that do not end. The gateway
// offers no way to its listener, so a middleware has to look.
type connections struct {
	mu      sync.Mutex
	seen    map[net.Conn]struct{}
	sweepAt int
	active  int  // requests in a handler
	closed  bool // refuse all that come
}

// follow is the middleware.
func (c *connections) follow(ctx fiber.Ctx) error {
	if !c.begin(ctx.RequestCtx().Conn()) {
		return ctx.SendStatus(http.StatusServiceUnavailable)
	}
	defer c.done()
	return ctx.Next()
}

// begin reports whether the request may be served.
func (c *connections) begin(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.active++
	if _, known := c.seen[conn]; known {
		return true
	}
	// A download goes on after its handler, so nothing says when a connection is over: the closed ones are
	// swept out whenever the number has doubled. Deadlines for writing are not used by the gateway, and one
	// cannot be set on a closed connection.
	if len(c.seen) >= max(64, c.sweepAt) {
		for old := range c.seen {
			if old.SetWriteDeadline(time.Time{}) != nil {
				delete(c.seen, old)
			}
		}
		c.sweepAt = 2 * len(c.seen)
	}
	if c.seen == nil {
		c.seen = map[net.Conn]struct{}{}
	}
	c.seen[conn] = struct{}{}
	return true
}

func (c *connections) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.active--
}

// refuse lets no further request begin.
func (c *connections) refuse() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

// cut closes all connections.
func (c *connections) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.seen {
		_ = conn.Close()
	}
}

// quiet waits until no request is in a handler, and reports whether that came to be in time.
func (c *connections) quiet(limit time.Time) bool {
	for {
		c.mu.Lock()
		active := c.active
		c.mu.Unlock()
		if active == 0 || time.Now().After(limit) {
			return active == 0
		}
		time.Sleep(5 * time.Millisecond)
	}
}
