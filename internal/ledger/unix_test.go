//go:build unix

package ledger_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestReadOnly opens a ledger as a user who may only read it; root may everything, so the test becomes
// somebody else.
func TestReadOnly(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	for name, modes := range map[string]struct{ dir, file os.FileMode }{
		"file of another":     {0o777, 0o600},
		"folder closed":       {0o755, 0o600},
		"nothing but looking": {0o755, 0o644},
		"file in open folder": {0o777, 0o644},
	} {
		t.Run(name, func(t *testing.T) {
			base, err := os.MkdirTemp("", "ledger") //nolint:usetesting // t.TempDir is closed to others
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(base) })
			dir := filepath.Join(base, "home")
			path := filepath.Join(dir, "l.db")
			l := open(t, path)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			binary := filepath.Join(base, "test")
			program, err := os.ReadFile(os.Args[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(binary, program, 0o755); err != nil {
				t.Fatal(err)
			}
			for name, mode := range map[string]os.FileMode{path: modes.file, dir: modes.dir, base: 0o755} {
				if err := os.Chmod(name, mode); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(binary)
			cmd.Dir = base
			cmd.Env = []string{"LEDGER_TEST_ROLE=stranger", "LEDGER_TEST_PATH=" + path, "GORACE=atexit_sleep_ms=0"}
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.HasPrefix(string(out), "true ") || !strings.Contains(string(out), path) {
				t.Errorf("%s (%v), want ErrReadOnly with the path", out, err)
			}
		})
	}
}

func TestOlderModesAreTightened(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0)) // the worst there is
	path := filepath.Join(t.TempDir(), "home", "l.db")
	l := open(t, path)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	l = open(t, path)
	if err := l.Put(context.Background(), record("1")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
}
