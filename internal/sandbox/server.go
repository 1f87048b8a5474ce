package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"
)

// running is the server of this process. versitygw keeps settings in variables of its packages and changes the
// working directory, so there can be one, and something that all of the process sees has to count it.
var running struct {
	sync.Mutex
	server *server
	last   <-chan struct{} // closed when the gateway before is gone altogether; nil: there was none
}

// grace is how long requests that are under way at the end may take.
const grace = time.Second

// server is the gateway in this process, shared by all handles to it.
type server struct {
	dir    string
	state  state
	lock   *flock.Flock
	users  int    // handles; guarded by running
	before string // the working directory of the process before

	conns connections
	stop  context.CancelFunc
	ended chan struct{} // closed when the server is gone
	err   error         // why, once ended is closed
}

// launch starts the gateway on the data under dir, with running locked. It comes back when signed requests are answered.
func launch(ctx context.Context, dir string, o options) (*server, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if running.last != nil {
		select {
		case <-running.last:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the one before to end: %w", ctx.Err())
		}
	}
	if o.cert != "" || o.key != "" {
		if _, err := tls.LoadX509KeyPair(o.cert, o.key); err != nil {
			return nil, fmt.Errorf("read its certificate: %w", err)
		}
	}
	st, err := readState(dir)
	if errors.Is(err, os.ErrNotExist) {
		st, err = newState()
	}
	if err != nil {
		return nil, err
	}
	st.Certificate = o.cert
	for tries := 3; ; tries-- {
		if st.Port, err = freePort(ctx, st.Port); err != nil {
			return nil, err
		}
		if err := st.write(dir); err != nil {
			return nil, err
		}
		s := &server{dir: dir, state: st}
		err := s.run(ctx, o)
		if err == nil {
			return s, nil
		}
		// Somebody may take the port between the look at it and its use.
		var bind *net.OpError
		if tries == 0 || !errors.As(err, &bind) || bind.Op != "listen" {
			return nil, err
		}
	}
}

// run serves until stop is called.
func (s *server) run(ctx context.Context, o options) error {
	var err error
	if s.before, err = os.Getwd(); err != nil {
		s.before = "" // a working directory that was removed; nothing to go back to
	}
	backend, err := s.backend()
	if err != nil {
		s.goBack()
		return err
	}
	listening := make(chan struct{})
	// The server outlives the call that starts it.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop, s.ended = stop, make(chan struct{})
	running.last = s.ended
	go func() {
		defer close(s.ended)
		s.err = embedgw.RunVersityGW(serving, within{backend}, &embedgw.Config{
			RootUserAccess: s.state.AccessKeyID, RootUserSecret: s.state.SecretAccessKey, Region: Region,
			Ports:          []string{s.state.address()},
			MaxConnections: 4096, MaxRequests: 1024, MultipartMaxParts: 10_000,
			CertFile: o.cert, KeyFile: o.key,
			KeepAlive: true, Quiet: true,
			// Given explicitly, since the server's own default announces itself on standard output.
			IAMService: auth.NewIAMServiceSingle(auth.Account{
				Access: s.state.AccessKeyID, Secret: s.state.SecretAccessKey, Role: auth.RoleAdmin,
			}),
			S3Options: []s3api.Option{
				s3api.WithOnListen(sync.OnceFunc(func() { close(listening) })),
				s3api.WithMiddleware("/", s.conns.follow),
				s3api.WithMiddleware("/", heedEncoding),
			},
		})
	}()
	select {
	case <-listening:
		// A server that is told to stop before it serves would never stop: let it answer first, whatever ctx says.
		answer, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyWithin)
		defer cancel()
		err = errors.Join(s.state.probe(answer), ctx.Err())
	case <-s.ended:
		err = fmt.Errorf("serve at %s: %w", s.state.address(), s.err)
	}
	if err != nil {
		return errors.Join(err, s.end())
	}
	return nil
}

// maxCopy is how large an object may be for one request to copy it, in bytes; S3's own limit.
const maxCopy = 5 << 30

// backend keeps objects as files in dir.
func (s *server) backend() (*posix.Posix, error) {
	data, side := s.data(), filepath.Join(s.dir, "meta")
	for _, folder := range []string{data, side} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("make its folders: %w", err)
		}
	}
	sweep(data, side)
	// Metadata lies beside the data, not in extended attributes: many file systems have none.
	store, err := meta.NewSideCar(side)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", side, err)
	}
	options := posix.PosixOpts{CopyObjectThreshold: maxCopy}
	options.SetNewDirPerm(0o700)
	options.SetNewFilePerm(0o600)
	backend, err := posix.New(data, store, options)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", data, err)
	}
	return backend, nil
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

// release gives one handle back; with the last one the server ends.
func (s *server) release() error {
	running.Lock()
	defer running.Unlock()
	s.users--
	if s.users > 0 {
		return nil
	}
	var why error
	if s.gone() { // by itself
		why = s.err
	}
	err := errors.Join(why, s.end())
	if running.server == s {
		running.server = nil
	}
	if err := errors.Join(err, s.lock.Close()); err != nil {
		return fmt.Errorf("end the sandbox: %w", err)
	}
	return nil
}

// gone reports whether the server has ended by itself.
func (s *server) gone() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// end stops the server. Requests that are under way have the grace; then their connections are cut. It waits
// until nothing is served any more, but not for the gateway itself, which takes ten seconds to give up
// connections that were opened and never used, as browsers do.
func (s *server) end() error {
	limit := time.Now().Add(grace)
	s.conns.refuse()
	s.conns.quiet(limit)
	s.stop()
	select {
	case <-s.ended:
	case <-time.After(max(time.Until(limit), grace/2)): // without connections it takes a tenth of a second
		s.conns.cut()
	}
	if !s.conns.quiet(time.Now().Add(5 * time.Second)) {
		return errors.New("a request does not end")
	}
	s.goBack()
	return nil
}

// goBack undoes the change of the working directory. Requests are over by now: the gateway's paths are relative.
func (s *server) goBack() {
	now, err := os.Getwd()
	if err == nil && now == s.data() && s.before != "" {
		_ = os.Chdir(s.before) // it may have been removed
	}
}

// freePort prefers the port that the sandbox had before; links of then lead to it. Otherwise the system
// chooses.
func freePort(ctx context.Context, before int) (int, error) {
	var listen net.ListenConfig
	for _, port := range []int{before, 0} {
		l, err := listen.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		port = l.Addr().(*net.TCPAddr).Port
		return port, l.Close()
	}
	return 0, errors.New("no free port on 127.0.0.1")
}
