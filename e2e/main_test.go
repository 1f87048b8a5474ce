//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestMain gives the tests one folder for the program, and removes it.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "waybill-program-")
	if err != nil {
		panic(err)
	}
	programDir = dir
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

var programDir string

// program is the path of waybill, built once for all tests, with the race detector if they have it. A program
// that is there already, such as one out of an installer, is named in WAYBILL_PROGRAM.
func program(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var built = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("WAYBILL_PROGRAM"); path != "" {
		return filepath.Abs(path)
	}
	version, err := exec.Command("../packaging/version.sh").Output()
	if err != nil {
		return "", fmt.Errorf("find the version: %w", err)
	}
	path := filepath.Join(programDir, "waybill")
	// The Makefile's flags, so that what it compiled is not compiled again.
	args := []string{"build", "-trimpath", "-buildvcs=false", "-tags=migrated_fynedo",
		"-ldflags=-X main.version=" + strings.TrimSpace(string(version)), "-o", path}
	if raceDetector {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build waybill: %w\n%s", err, out)
	}
	return path, nil
})

// needWindow skips what takes a display in a short run.
func needWindow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("uses a window; -short leaves that out")
	}
}
