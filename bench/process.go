//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program that runs in the background until stop: a store, a display, a window.
type process struct {
	cmd   *exec.Cmd
	log   string        // the file with what it printed
	ended chan struct{} // closed when it is gone
}

// start runs a program with exactly the environment given. What it prints goes to a file in dir.
func start(dir string, env []string, program string, args ...string) (*process, error) {
	p := &process{ended: make(chan struct{})}
	log, err := os.CreateTemp(dir, filepath.Base(program)+"-*.log")
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	p.log = log.Name()
	p.cmd = exec.Command(program, args...)
	p.cmd.Env, p.cmd.Dir = env, dir
	p.cmd.Stdout, p.cmd.Stderr = log, log
	// A group of its own: Ctrl+C at the terminal reaches bench alone, which then ends the rest in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(program), err)
	}
	go func() {
		_ = p.cmd.Wait() // cmd.ProcessState has the result
		close(p.ended)
	}()
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop asks the program to end, and ends it when it does not listen.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// gone is an error when the program has ended by itself, with the end of what it printed.
func (p *process) gone() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s has ended by itself (%v): %s", filepath.Base(p.cmd.Path), p.cmd.ProcessState, tail(p.log))
	default:
		return nil
	}
}

// wait tries until ready says yes, the program ends, or the time is over.
func (p *process) wait(ctx context.Context, limit time.Duration, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		if gone := p.gone(); gone != nil {
			return gone
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w: %s", filepath.Base(p.cmd.Path), err, tail(p.log))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// cpu is the CPU time that the program has used so far, over all its threads.
func (p *process) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid()))
	if err != nil {
		return 0, err
	}
	// The name, in brackets, may hold anything; what follows the last bracket are words (proc(5)).
	_, after, ok := bytes.Cut(stat[max(bytes.LastIndexByte(stat, ')'), 0):], []byte(") "))
	words := strings.Fields(string(after))
	if !ok || len(words) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat is not as expected", p.pid())
	}
	user, err1 := strconv.ParseInt(words[11], 10, 64)
	system, err2 := strconv.ParseInt(words[12], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

// tick is the unit of time in /proc on every Linux that Go runs on (USER_HZ).
const tick = 10 * time.Millisecond

// machineCPU is the CPU time that this machine has spent on programs and their system calls, and that its host
// has taken from it, since it was started.
func machineCPU() (time.Duration, error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(stat), "\n")
	words := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal …
	if len(words) < 9 || words[0] != "cpu" {
		return 0, errors.New("/proc/stat is not as expected")
	}
	var sum time.Duration
	for _, i := range []int{1, 2, 3, 8} {
		n, err := strconv.ParseInt(words[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}

// ownCPU is the CPU time that bench itself has used, which includes the slow path that it is in "bench paths".
func ownCPU() (time.Duration, error) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0, err
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), nil
}

// tail is the end of a file in one line, for an error.
func tail(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	text = bytes.TrimSpace(text)
	const most = 600
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return strings.ReplaceAll(string(text), "\n", " | ")
}

// environment is what every program gets: nothing of the person's own settings, so that no AWS file, proxy or
// preference of theirs has a part in the figures.
func environment(home string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + os.TempDir(), "LANG=C.UTF-8",
		"AWS_EC2_METADATA_DISABLED=true",
	}, more...)
}
