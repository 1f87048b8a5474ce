// Package sandbox runs a real S3 server inside this process, on a loopback port, for trying Waybill without an
// account and for tests. Its data, its keys and, where it can, its port stay the same from run to run, so a
// link made yesterday works again while the sandbox runs.
//
// The server is versitygw with its POSIX backend. It comes with habits that callers should know: there can be
// one in a process; while it runs, the process's working directory is its data, and nobody may change that;
// names in the bucket have the limits of the file system below it (255 bytes between slashes, and no object
// "a" beside an object "a/b"); an upload without a checksum that is cut off is kept as far as it came.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Region is the region that the sandbox signs for.
const Region = "us-east-1"

// Bucket is made ready at every start.
const Bucket = "sandbox"

// readyWithin bounds how long a start may take.
const readyWithin = 15 * time.Second

// Sandbox is a handle to a running S3 server, in this process or in another one of the same user.
type Sandbox struct {
	state  state
	server *server // nil: another process runs it

	once  sync.Once
	ended error
}

// Option changes how a sandbox runs.
type Option func(*options)

type options struct{ cert, key string }

// WithTLS serves https, with a certificate and its key in PEM files. The certificate must be good for 127.0.0.1.
func WithTLS(certFile, keyFile string) Option {
	return func(o *options) { o.cert, o.key = certFile, keyFile }
}

// Start runs the server on the data under dir, which it makes. If this process runs it already, it comes back
// shared, and ends with its last handle. If another process runs it, the sandbox that comes back is that one,
// and Close leaves it alone; the options then are those it was started with.
func Start(ctx context.Context, dir string, opts ...Option) (*Sandbox, error) {
	var o options
	for _, set := range opts {
		set(&o)
	}
	dir, err := prepare(dir, &o)
	if err != nil {
		return nil, fmt.Errorf("start the sandbox: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		s, err := here(ctx, dir, o)
		if err != nil {
			return nil, fmt.Errorf("start the sandbox: %w", err)
		}
		if s != nil {
			return s, nil
		}
		// The other process may be just starting, or just ending: then its lock is free at the next try.
		s, err = attach(ctx, dir)
		if err == nil {
			return s, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("reach the sandbox that another process runs in %s: %w", dir, errors.Join(ctx.Err(), err))
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// prepare makes dir and gives it the one name under which this process knows it. Paths become absolute before
// the server changes the working directory.
func prepare(dir string, o *options) (string, error) {
	for _, path := range []*string{&dir, &o.cert, &o.key} {
		if *path == "" {
			continue
		}
		abs, err := filepath.Abs(*path)
		if err != nil {
			return "", err
		}
		*path = abs
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	return dir, nil
}

// here gives a handle to the server of this process, started now if need be. It is nil when another process
// holds dir.
func here(ctx context.Context, dir string, o options) (*Sandbox, error) {
	running.Lock()
	defer running.Unlock()
	if s := running.server; s != nil && s.dir == dir {
		if s.gone() {
			return nil, fmt.Errorf("it has ended by itself: %w", s.err)
		}
		if (s.state.Certificate == "") != (o.cert == "") {
			return nil, fmt.Errorf("this process runs it in %s already, at %s", dir, s.state.endpoint())
		}
		s.users++
		return &Sandbox{state: s.state, server: s}, nil
	}
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if !held {
		return nil, nil
	}
	if s := running.server; s != nil {
		return nil, errors.Join(fmt.Errorf("this process runs one in %s: there can be one in a process", s.dir), lock.Close())
	}
	s, err := launch(ctx, dir, o)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.lock, s.users = lock, 1
	running.server = s
	return &Sandbox{state: s.state, server: s}, nil
}

// attach finds the server of another process by the state file and asks it something that only the right keys
// can ask.
func attach(ctx context.Context, dir string) (*Sandbox, error) {
	st, err := readState(dir)
	if err != nil {
		return nil, err
	}
	if err := st.probe(ctx); err != nil {
		return nil, err
	}
	return &Sandbox{state: st}, nil
}

// Answers reports whether the server is still there: the process that runs it may have ended.
func (s *Sandbox) Answers(ctx context.Context) bool { return s.state.probe(ctx) == nil }

// Endpoint is the server's URL.
func (s *Sandbox) Endpoint() string { return s.state.endpoint() }

// Keys are the server's root credentials.
func (s *Sandbox) Keys() Keys { return s.state.Keys }

// Bucket is the bucket that is ready for use.
func (s *Sandbox) Bucket() string { return Bucket }

// Region is the region to sign for.
func (s *Sandbox) Region() string { return Region }

// Owned reports whether the server runs in this process and ends with Close.
func (s *Sandbox) Owned() bool { return s.server != nil }

// Close gives the handle back. With the last one of this process the server ends, and Close waits until it is
// gone. It may be called twice.
func (s *Sandbox) Close() error {
	s.once.Do(func() {
		if s.server != nil {
			s.ended = s.server.release()
		}
	})
	return s.ended
}

// String says where the sandbox is; without it, %+v would print the secret.
func (s *Sandbox) String() string { return "sandbox at " + s.Endpoint() }

// GoString keeps %#v from printing the secret.
func (s *Sandbox) GoString() string { return s.String() }

// LogValue keeps slog from printing the secret.
func (s *Sandbox) LogValue() slog.Value { return slog.StringValue(s.String()) }
