//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// describe says when and on what machine something was measured, as items of a Markdown list.
func describe(ctx context.Context, began time.Time) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "- %s, on %d × %s, %s of memory, %s, Linux %s\n",
		began.Format("2 January 2006 15:04 MST"), runtime.NumCPU(), field("/proc/cpuinfo", "model name"),
		memory(), field("/etc/os-release", "PRETTY_NAME"), word("/proc/sys/kernel/osrelease"))
	_, _ = fmt.Fprintf(&b, "- bench and Waybill at commit %s, %s\n", commit(ctx), runtime.Version())
	return b.String()
}

// field finds "name: value" or name="value" in a file of the system.
func field(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "?"
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strings.Trim(rest, " \t\n:=\"")
		}
	}
	return "?"
}

func word(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}

func memory() string {
	var kib int64
	if _, err := fmt.Sscanf(field("/proc/meminfo", "MemTotal"), "%d kB", &kib); err != nil {
		return "?"
	}
	return fmt.Sprintf("%.0f GiB", float64(kib)/(1<<20))
}

// commit names the state of the sources that are measured.
func commit(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty=, with changes").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
