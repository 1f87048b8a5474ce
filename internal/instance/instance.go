// Package instance keeps one window for one home: whoever starts second hands over what it was asked for to the
// process whose window is open already.
//
// A lock in the home says who is first. It ends with its process, however that ends, so nothing that a killed one has
// left behind stops the next. Beside it lies the address of a channel on which only the same person can talk: a Unix
// socket, or a named pipe on Windows.
package instance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"waybill/internal/whole"
)

// ErrHandedOver says that the first instance has taken the call, and there is nothing left to do.
var ErrHandedOver = errors.New("handed over to the Waybill that is open")

// ErrSilent says that another instance is open and did not take the call in time.
var ErrSilent = errors.New("Waybill is open already, and its window does not answer; wait a moment, or end it and start it again") //nolint:staticcheck // a name

// ErrClosing is what a handler gives when its window is being closed: the caller shall be the first itself, then.
var ErrClosing = errors.New("the window is being closed")

// Refusal is why the first instance has not done what it was called for, for the person who called.
type Refusal string

// Error implements error.
func (r Refusal) Error() string { return string(r) }

// How long things may take. A window that is just being opened answers late, on a machine that is busy with the
// session's start.
const (
	greetWithin  = 10 * time.Second      // until the first instance says that it hears, from the first try
	oneTry       = 2 * time.Second       // of these
	speakWithin  = 5 * time.Second       // until a message has come over
	handleWithin = 8 * time.Second       // until the window has done what it is asked for
	againAfter   = 50 * time.Millisecond // before what did not go is tried again
)

// First is the first instance of a home, the one whose window is open.
type First struct {
	home     string
	lock     *flock.Flock
	listener net.Listener
	place    place
	ctx      context.Context // over when the instance is closed
	cancel   context.CancelFunc
	busy     sync.WaitGroup
	patience time.Duration // with the window
}

// place is where the first instance can be reached, as it stands in the home.
type place struct {
	Address string `json:"address"`
}

// Claim makes this process the first instance of a home, or hands the call over to the one that is: then the error is
// ErrHandedOver, a Refusal in words, or ErrSilent. Any other error says that there can be no first instance, as in a
// home that nobody may write to.
func Claim(ctx context.Context, home string, call Call) (*First, error) {
	return claim(ctx, home, call, greetWithin)
}

func claim(ctx context.Context, home string, call Call, patience time.Duration) (*First, error) {
	message, err := call.encode()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, fmt.Errorf("make Waybill's folder: %w", err)
	}
	lock := flock.New(filepath.Join(home, "window.lock"), flock.SetPermissions(0o600))
	over := time.NewTimer(patience)
	defer over.Stop()
	deadline := time.Now().Add(patience)
	for {
		held, err := lock.TryLock()
		switch {
		case err != nil:
			return nil, fmt.Errorf("lock the window of %s: %w", home, err)
		case held:
			return open(home, lock)
		}
		switch err := hand(ctx, home, message, deadline); {
		case err == nil:
			return nil, errors.Join(ErrHandedOver, lock.Close())
		case errors.As(err, new(Refusal)), errors.Is(err, ErrSilent):
			return nil, errors.Join(err, lock.Close())
		}
		// It has not opened its channel yet, or it is ending.
		select {
		case <-time.After(againAfter):
		case <-over.C:
			return nil, errors.Join(ErrSilent, lock.Close())
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), lock.Close())
		}
	}
}

// open opens the channel of the first instance, which holds the lock.
func open(home string, lock *flock.Flock) (*First, error) {
	tidy(home)
	listener, address, err := listen(home)
	if err == nil {
		err = write(home, place{address})
	}
	if err != nil {
		if listener != nil {
			_ = listener.Close()
		}
		_ = lock.Close()
		return nil, fmt.Errorf("open a channel for other starts: %w", err)
	}
	f := &First{home: home, lock: lock, listener: listener, place: place{address}, patience: handleWithin}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f, nil
}

// Serve answers calls, each by the handler, which is called from any goroutine. Its error is what the caller is told.
// Calls that came before are waiting.
func (f *First) Serve(handle func(context.Context, Call) error) {
	f.busy.Go(func() {
		for {
			conn, err := f.listener.Accept()
			switch {
			case f.ctx.Err() != nil:
				if err == nil {
					_ = conn.Close()
				}
				return
			case err != nil:
				time.Sleep(againAfter) // too many open files, say
				continue
			}
			f.busy.Go(func() { f.answer(conn, handle) })
		}
	})
}

// answer answers one caller.
func (f *First) answer(conn net.Conn, handle func(context.Context, Call) error) {
	defer func() { _ = conn.Close() }()
	// Who is still to speak when the instance is closed is not heard; who has spoken gets an answer.
	stop := context.AfterFunc(f.ctx, func() { _ = conn.Close() })
	defer stop()
	if samePerson(conn) != nil {
		return
	}
	_ = conn.SetDeadline(time.Now().Add(speakWithin))
	if _, err := conn.Write([]byte(greeting)); err != nil {
		return
	}
	line, err := readLine(bufio.NewReader(conn), maxCall)
	if err != nil {
		return
	}
	if !stop() {
		return
	}
	call, err := decode(line)
	if err == nil {
		ctx, cancel := context.WithTimeout(f.ctx, f.patience)
		err = handle(ctx, call)
		cancel()
	}
	var a answer
	switch {
	case err == nil:
		a.Done = true
	case errors.Is(err, ErrClosing), f.ctx.Err() != nil:
		a.Again = true
	case errors.Is(err, context.DeadlineExceeded):
		a.Silent = true
	default:
		a.Refused = err.Error()
	}
	if said, err := json.Marshal(a); err == nil {
		_ = conn.SetDeadline(time.Now().Add(speakWithin))
		_, _ = conn.Write(append(said, '\n')) // who has gone meanwhile wants no answer
	}
}

// Close lets another process be the first, once the handler has answered the calls that have come. A nil instance has nothing to
// close.
func (f *First) Close() error {
	if f == nil {
		return nil
	}
	f.cancel()
	err := f.listener.Close()
	f.busy.Wait()
	tidy(f.home)
	return errors.Join(err, f.lock.Close())
}

// answer is what the first instance says to a caller.
type answer struct {
	Done    bool   `json:"done,omitempty"`
	Again   bool   `json:"again,omitempty"`
	Silent  bool   `json:"silent,omitempty"`
	Refused string `json:"refused,omitempty"`
}

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 8 << 10

// greeting is what the first instance says to whoever has connected. Who has not heard it has said nothing either: a call
// is never done for somebody who has given up waiting.
const greeting = "waybill 1\n"

// hand tells the first instance what this one was started for, if it can be heard before the deadline.
func hand(ctx context.Context, home string, message []byte, deadline time.Time) error {
	at, err := read(home)
	if err != nil {
		return err
	}
	// One connection may be lost: under Wine, the first goes to a handle of the pipe's at which nobody listens.
	if try := time.Now().Add(oneTry); try.Before(deadline) {
		deadline = try
	}
	dialling, cancel := context.WithDeadline(ctx, deadline)
	conn, err := dial(dialling, at.Address)
	cancel()
	if err != nil {
		return fmt.Errorf("reach the Waybill that is open: %w", err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := samePerson(conn); err != nil {
		return err
	}
	_ = conn.SetDeadline(deadline)
	from := bufio.NewReader(conn)
	line, err := readLine(from, maxAnswer)
	switch {
	case err != nil:
		return fmt.Errorf("hear from the Waybill that is open: %w", err)
	case string(line) != greeting:
		return Refusal(errOther.Error())
	}
	letInFront()
	_ = conn.SetDeadline(time.Now().Add(speakWithin + handleWithin + time.Second))
	if _, err := conn.Write(message); err != nil {
		return fmt.Errorf("speak to the Waybill that is open: %w", err)
	}
	if line, err = readLine(from, maxAnswer); err != nil {
		return ErrSilent // it may have done it or not; trying again would send twice
	}
	var a answer
	switch err := json.Unmarshal(line, &a); {
	case err != nil:
		return fmt.Errorf("understand the Waybill that is open: %w", err)
	case a.Silent:
		return ErrSilent
	case a.Refused != "":
		return Refusal(a.Refused)
	case a.Again || !a.Done:
		return ErrClosing
	}
	return nil
}

// readLine reads up to the end of a line, and no more than so many bytes.
func readLine(r *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > most:
			return nil, errTooLong
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

var errTooLong = errors.New("the message is too long")

func placePath(home string) string { return filepath.Join(home, "window.json") }

// write writes down where the first instance can be reached, all at once.
func write(home string, p place) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return whole.Write(placePath(home), whole.Bytes(text))
}

// read finds out where the first instance can be reached.
func read(home string) (p place, err error) {
	text, err := os.ReadFile(placePath(home))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return p, fmt.Errorf("find the Waybill that is open: %w", err)
	}
	return p, nil
}

// tidy takes away what the first instance has laid down, or one that was killed. Only who holds the lock may.
func tidy(home string) {
	if p, err := read(home); err == nil {
		sweep(p.Address)
	}
	_ = os.Remove(placePath(home))
}
