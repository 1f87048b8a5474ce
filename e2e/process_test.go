//go:build linux

package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that a test has started and ends.
type process struct {
	t    testing.TB
	name string
	cmd  *exec.Cmd
	out  transcript // its standard output
	err  transcript // its standard error
	over chan struct{}
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

// start runs a program in a process group of its own, until the test is over.
func start(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, name: filepath.Base(cmd.Path), cmd: cmd, over: make(chan struct{})}
	if cmd.Stdout == nil {
		cmd.Stdout = &p.out
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &p.err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = 2 * time.Second // a child of its may hold its output open
	started := make(chan error)
	go func() {
		// The thread that starts it must not end before it: Pdeathsig is about threads. A goroutine that waits
		// in a locked thread sees to that.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // its status is in ProcessState
			close(p.over)
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	t.Cleanup(p.stop)
	return p
}

// running reports whether it has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.over:
		return false
	default:
		return true
	}
}

// signal sends a signal to this process alone.
func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("signal %s: %v", p.name, err)
	}
}

// status waits until the process ends by itself, and gives its exit status.
func (p *process) status(within time.Duration) int {
	p.t.Helper()
	select {
	case <-p.over:
	case <-time.After(within):
		p.t.Fatalf("%s still ran after %s; it said:\n%s%s", p.name, within, p.out.String(), p.err.String())
	}
	return p.cmd.ProcessState.ExitCode()
}

// stop ends the process and what it started: it asks, and after a while it no longer asks.
func (p *process) stop() {
	group := -p.cmd.Process.Pid
	if p.running() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.over:
		case <-time.After(15 * time.Second):
			p.t.Errorf("%s did not end when it was asked to", p.name)
		}
	}
	_ = syscall.Kill(group, syscall.SIGKILL) // its children too; it is fine when there are none
	<-p.over
	said := p.err.String()
	if strings.Contains(said, "DATA RACE") || strings.Contains(said, "goroutine 1 [") {
		p.t.Errorf("%s has a flaw:\n%s", p.name, said)
	} else if p.t.Failed() && said != "" {
		p.t.Logf("%s said:\n%s", p.name, tail(said, 4000))
	}
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// run runs a program to its end and gives its standard output.
func run(t testing.TB, cmd *exec.Cmd) (string, error) {
	t.Helper()
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s (make deps installs what the tests use): %v", cmd.Path, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), inTime)
	defer cancel()
	stopKilling := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stopKilling()
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Wait(); err != nil {
		return out.String(), errors.Join(err, ctx.Err(), errors.New(strings.TrimSpace(complaint.String())))
	}
	return out.String(), nil
}
