//go:build linux

package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// find looks for a program where make and apt put those they make, then on the PATH; "" is not there. The PATH
// comes last because what it begins with may be a wrapper, such as pyenv's, whose cost is not the program's.
func find(name string) string {
	for _, dir := range []string{"build/peers", "build/tools", "/usr/bin"} {
		path, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

// goVersion is the version of the module that a Go program was built from, "" for others and for checkouts.
// It says more than what most programs print when they were built by "go install".
func goVersion(path string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil || info.Main.Version == "(devel)" {
		return ""
	}
	return info.Main.Version
}

// ask runs a program for the first line that it prints.
func ask(ctx context.Context, path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, args...).Output()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if err != nil {
		return "", fmt.Errorf("ask %s for its version: %w", filepath.Base(path), err)
	}
	return strings.TrimSpace(line), nil
}
