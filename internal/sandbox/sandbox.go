// Package sandbox runs a real S3 server inside this process, on a loopback port, for trying Waybill without an
// account and for tests. Its data, its keys and, where it can, its port stay the same from run to run, so a
// link made yesterday works again while the sandbox runs.
//
// The server is versitygw with its POSIX backend. It comes with three habits that callers should know: there
// can be one in a process, it changes the process's working directory to its data, and names in the bucket
// have the limits of the file system below it (255 bytes between slashes).
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/gofrs/flock"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

// Region is the region that the sandbox signs for.
const Region = "us-east-1"

// Bucket is made ready at every start.
const Bucket = "sandbox"

// readyWithin bounds how long a start may take.
const readyWithin = 15 * time.Second

// Sandbox is a running S3 server, in this process or in another one of the same user.
type Sandbox struct {
	state state
	owned bool

	stop   context.CancelFunc
	ended  chan struct{} // closed when the server is gone
	served error         // why, once ended is closed
	lock   *flock.Flock
	once   sync.Once
}

// Start runs the server on the data under dir. If another process runs it already, the sandbox that comes
// back is that one, and Close leaves it alone.
func Start(ctx context.Context, dir string) (*Sandbox, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("start the sandbox: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("start the sandbox: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("start the sandbox: lock %s: %w", dir, err)
	}
	if !held {
		return attach(ctx, dir)
	}
	s, err := start(ctx, dir, lock)
	if err != nil {
		_ = lock.Unlock()
		return nil, fmt.Errorf("start the sandbox: %w", err)
	}
	return s, nil
}

// attach reads from the state file how to reach the sandbox of another process. That process may be just
// starting, so this waits for it a little.
func attach(ctx context.Context, dir string) (*Sandbox, error) {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		st, err := readState(dir)
		if err == nil {
			s := &Sandbox{state: st}
			if err = s.ready(ctx); err == nil {
				return s, nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("reach the sandbox of another process: %w", errors.Join(ctx.Err(), err))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// start runs the server in this process.
func start(ctx context.Context, dir string, lock *flock.Flock) (*Sandbox, error) {
	st, err := readState(dir)
	if errors.Is(err, os.ErrNotExist) {
		st, err = newState()
	}
	if err != nil {
		return nil, err
	}
	port, err := freePort(st.Port)
	if err != nil {
		return nil, err
	}
	st.Port = port
	if err := st.write(dir); err != nil {
		return nil, err
	}
	data, side := filepath.Join(dir, "data"), filepath.Join(dir, "meta")
	for _, folder := range []string{data, side} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("make its folders: %w", err)
		}
	}
	// Metadata lies beside the data, not in extended attributes: many file systems have none.
	store, err := meta.NewSideCar(side)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", side, err)
	}
	var options posix.PosixOpts
	options.SetNewDirPerm(0o700)
	options.SetNewFilePerm(0o600)
	backend, err := posix.New(data, store, options)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", data, err)
	}
	// The server outlives the call that starts it.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Sandbox{state: st, owned: true, stop: stop, ended: make(chan struct{}), lock: lock}
	go func() {
		defer close(s.ended)
		s.served = embedgw.RunVersityGW(serving, backend, &embedgw.Config{
			RootUserAccess: st.AccessKeyID, RootUserSecret: st.SecretAccessKey, Region: Region,
			Ports:          []string{st.address()},
			MaxConnections: 4096, MaxRequests: 1024, MultipartMaxParts: 10_000,
			KeepAlive: true, Quiet: true,
			// Given explicitly, since the server's own default announces itself on standard output.
			IAMService: auth.NewIAMServiceSingle(auth.Account{
				Access: st.AccessKeyID, Secret: st.SecretAccessKey, Role: auth.RoleAdmin,
			}),
		})
	}()
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		stop()
		<-s.ended
		return nil, errors.Join(err, s.served)
	}
	return s, nil
}

// ready waits until the server answers signed requests, and sees to it that the bucket is there.
func (s *Sandbox) ready(ctx context.Context) error {
	client := s3.New(s3.Options{
		Region: Region, BaseEndpoint: aws.String(s.Endpoint()), UsePathStyle: true,
		Credentials:      credentials.NewStaticCredentialsProvider(s.state.AccessKeyID, s.state.SecretAccessKey, ""),
		RetryMaxAttempts: 1,
	})
	for {
		_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(Bucket)})
		var owned *types.BucketAlreadyOwnedByYou
		var exists *types.BucketAlreadyExists
		if err == nil || errors.As(err, &owned) || errors.As(err, &exists) {
			return nil
		}
		var refused *net.OpError
		if !errors.As(err, &refused) || !s.owned {
			return fmt.Errorf("make the bucket %q ready: %w", Bucket, err)
		}
		select {
		case <-s.ended:
			return errors.New("the server ended at once")
		case <-ctx.Done():
			return fmt.Errorf("wait for the server: %w", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Endpoint is the server's URL.
func (s *Sandbox) Endpoint() string { return "http://" + s.state.address() }

// Keys are the server's root credentials.
func (s *Sandbox) Keys() Keys { return s.state.Keys }

// Bucket is the bucket that is ready for use.
func (s *Sandbox) Bucket() string { return Bucket }

// Region is the region to sign for.
func (s *Sandbox) Region() string { return Region }

// Owned reports whether the server runs in this process and ends with Close.
func (s *Sandbox) Owned() bool { return s.owned }

// Close ends the server if this process runs it, and waits until it is gone. It may be called twice.
func (s *Sandbox) Close() error {
	if !s.owned {
		return nil
	}
	var err error
	s.once.Do(func() {
		s.stop()
		<-s.ended
		if s.served != nil {
			err = fmt.Errorf("end the sandbox: %w", s.served)
		}
		if e := s.lock.Unlock(); err == nil && e != nil {
			err = fmt.Errorf("end the sandbox: %w", e)
		}
	})
	return err
}

// freePort prefers the port that the sandbox had before; links of then lead to it. Otherwise the system
// chooses.
func freePort(before int) (int, error) {
	for _, port := range []int{before, 0} {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		port = l.Addr().(*net.TCPAddr).Port
		return port, l.Close()
	}
	return 0, errors.New("no free port on 127.0.0.1")
}
