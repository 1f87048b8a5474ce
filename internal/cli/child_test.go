//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// inTime is how long anything that a test waits for may take.
const inTime = 40 * time.Second

// eventually waits for a condition that must come.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(inTime); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
	}
}

// transcript keeps what a program writes, readable while it runs.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// waybill is a command that runs in a process of its own.
type waybill struct {
	r        *rig
	args     []string
	cmd      *exec.Cmd
	out, err transcript
	over     chan struct{}
}

// start runs a command in a process, and in a process group, of its own, until the test is over.
func (r *rig) start(args ...string) *waybill {
	r.t.Helper()
	w := &waybill{r: r, args: args, cmd: r.child(context.WithoutCancel(r.t.Context()), args), over: make(chan struct{})}
	w.cmd.Stdout, w.cmd.Stderr = &w.out, &w.err
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := w.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	go func() {
		_ = w.cmd.Wait() // its status is in ProcessState
		close(w.over)
	}()
	r.t.Cleanup(func() {
		_ = w.cmd.Process.Kill()
		<-w.over
	})
	return w
}

func (w *waybill) signal(s os.Signal) {
	w.r.t.Helper()
	if err := w.cmd.Process.Signal(s); err != nil {
		w.r.t.Fatalf("%q: %v; it said\n%s%s", w.args, err, w.out.String(), w.err.String())
	}
}

// ends waits for its end and gives what came of it.
func (w *waybill) ends() ran {
	w.r.t.Helper()
	select {
	case <-w.over:
	case <-time.After(inTime):
		w.r.t.Fatalf("%q does not end; it said\n%s%s", w.args, w.out.String(), w.err.String())
	}
	said := w.err.String()
	if strings.Contains(said, "DATA RACE") || strings.Contains(said, "goroutine ") {
		w.r.t.Errorf("%q has a flaw:\n%s", w.args, said)
	}
	return w.r.look(ran{w.r.t, w.args, w.cmd.ProcessState.ExitCode(), w.out.String(), said})
}

// kill ends it as a power cut would, and wants that it was still there to be killed.
func (w *waybill) kill() ran {
	w.r.t.Helper()
	w.signal(syscall.SIGKILL)
	got := w.ends()
	if status, ok := w.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		w.r.t.Fatalf("%q had ended before it was killed:\n%s%s", w.args, got.out, got.err)
	}
	return got
}

// runs does a command to its end in a process of its own.
func (r *rig) runs(args ...string) ran {
	r.t.Helper()
	return r.start(args...).ends()
}

// nothingToResume wants that nothing was interrupted, as far as this computer knows.
func (r *rig) nothingToResume() {
	r.t.Helper()
	got := r.runs("resume", "--json").is(0)
	if got.out != "" || got.err != "Nothing was interrupted.\n" {
		r.t.Errorf("there is something to resume:\n%s%s", got.out, got.err)
	}
}
