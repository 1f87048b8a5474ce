package sandbox

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

// A gateway that cannot listen must come back as an error at once, and be gone.
func TestFailedServeIsAnError(t *testing.T) {
	squatter, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer squatter.Close()
	st, err := newState()
	if err != nil {
		t.Fatal(err)
	}
	st.Port = squatter.Addr().(*net.TCPAddr).Port
	began := time.Now()
	running.Lock() // as all who launch
	defer running.Unlock()
	var bind *net.OpError
	if err := (&server{dir: t.TempDir(), state: st}).run(context.Background(), options{}); !errors.As(err, &bind) || bind.Op != "listen" {
		t.Errorf("%v, want that the port is taken", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestClosedConnectionsAreForgotten(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var c connections
	for range 500 {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.begin(conn)
		c.done()
		_ = conn.Close()
	}
	if len(c.seen) > 64 || c.active != 0 {
		t.Errorf("%d connections kept, %d active", len(c.seen), c.active)
	}
}
