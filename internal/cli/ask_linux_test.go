package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// quick answers the moment that it is asked, and looks whether that would be shown.
type quick struct {
	t       *testing.T
	person  *os.File
	program *os.File
	answer  string
	asked   chan struct{}
}

func (q *quick) shows() bool {
	termios, err := unix.IoctlGetTermios(int(q.program.Fd()), getTermios)
	if err != nil {
		q.t.Error(err)
		return false
	}
	return termios.Lflag&unix.ECHO != 0
}

func (q *quick) Write(p []byte) (int, error) {
	if string(p) != "Code: " {
		return len(p), nil
	}
	if q.shows() {
		q.t.Error("what is typed at once is shown")
	}
	close(q.asked)
	_, err := q.person.WriteString(q.answer)
	return len(p), err
}

// TestNothingIsShownFromTheFirstMoment: who answers at once, or gives up, has shown nothing, and the terminal is as it was.
func TestNothingIsShownFromTheFirstMoment(t *testing.T) {
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err := errors.Join(err, unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0)); err != nil {
		t.Fatal(err)
	}
	program, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	for _, answer := range []string{" 123 456 \n", ""} {
		q := &quick{t, person, program, answer, make(chan struct{})}
		c := &command{Environment: Environment{In: program, Err: q}}
		ctx, cancel := context.WithCancel(t.Context())
		if answer == "" {
			go func() {
				<-q.asked
				cancel()
			}()
		}
		got, err := c.askHidden(ctx, "Code: ")
		switch {
		case answer == "" && !errors.Is(err, context.Canceled):
			t.Errorf("given up: %q, %v", got, err)
		case answer != "" && (got != "123 456" || err != nil):
			t.Errorf("%q, %v", got, err)
		}
		if !q.shows() {
			t.Error("the terminal shows nothing any more")
		}
		cancel()
	}
}
