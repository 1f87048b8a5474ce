//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// usage is what a program has taken, together with all the processes that it started and waited for.
type usage struct {
	Wall time.Duration
	CPU  time.Duration // user and system
	Peak int64         // bytes: the largest resident set that one of the processes had
}

// measure runs a program to its end. bench is not the program's parent itself: on Linux a new process takes over
// the peak of the process that it was forked from, and bench has grown by then. So a fresh, small bench
// ("launch") stands between and measures.
func measure(ctx context.Context, dir string, env []string, program string, args ...string) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	log, err := os.CreateTemp(dir, "run-*.log")
	if err != nil {
		return usage{}, err
	}
	defer func() { _ = log.Close(); _ = os.Remove(log.Name()) }()
	result := log.Name() + ".json"
	defer func() { _ = os.Remove(result) }()

	cmd := exec.CommandContext(ctx, self, append([]string{"launch", result, program}, args...)...)
	cmd.Env, cmd.Dir, cmd.Stderr = env, dir, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return usage{}, context.Cause(ctx)
		}
		return usage{}, fmt.Errorf("%s: %w: %s", filepath.Base(program), err, tail(log.Name()))
	}
	text, err := os.ReadFile(result)
	if err != nil {
		return usage{}, err
	}
	var u usage
	if err := json.Unmarshal(text, &u); err != nil {
		return usage{}, fmt.Errorf("read the launcher's result: %w", err)
	}
	return u, nil
}

// launch is the bench between: it runs the program that its arguments name, and writes what it took to a file.
func launch(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("%w: launch RESULT PROGRAM [ARGUMENT...]", errUsage)
	}
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Stderr = os.Stderr // standard output goes nowhere: it is not what is measured
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	if err != nil {
		return err
	}
	r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("the system does not say what the program used")
	}
	text, err := json.Marshal(usage{
		Wall: wall,
		CPU:  cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		Peak: r.Maxrss << 10, // KiB on Linux
	})
	if err != nil {
		return err
	}
	return os.WriteFile(args[0], text, 0o600)
}
