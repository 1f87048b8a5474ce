//go:build unix

package instance

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSocketsInLongHomes: a socket's path is bounded, a home's is not.
func TestSocketsInLongHomes(t *testing.T) {
	runtime := t.TempDir()
	if short, err := os.MkdirTemp("", "r"); err == nil { //nolint:usetesting // t.TempDir has the test's name in its path
		runtime = short
		t.Cleanup(func() { _ = os.RemoveAll(short) })
	}
	for _, dir := range []string{runtime, "", "/" + strings.Repeat("nowhere/", 20)} {
		t.Setenv("XDG_RUNTIME_DIR", dir)
		home, calls := filepath.Join(t.TempDir(), strings.Repeat("long/", 30)), make(chan Call, 1)
		f := first(t, home, calls, nil)
		if _, err := Claim(t.Context(), home, Call{}); !errors.Is(err, ErrHandedOver) {
			t.Errorf("%q: %v", dir, err)
		}
		if dir == runtime && !strings.HasPrefix(f.place.Address, runtime) {
			t.Errorf("it lies at %s", f.place.Address)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(filepath.Dir(f.place.Address)); err == nil {
			t.Errorf("%s is left", filepath.Dir(f.place.Address))
		}
	}
}

// TestTheSocketIsForOnePerson by its mode; and who gets in nevertheless hears nothing.
func TestTheSocketIsForOnePerson(t *testing.T) {
	if address := os.Getenv("WAYBILL_TEST_SOCKET"); address != "" { // this is the other person
		conn, err := net.Dial("unix", address) // it is there
		if err != nil {
			t.Fatal(err)
		}
		if heard, err := io.ReadAll(conn); err != nil || len(heard) > 0 {
			t.Errorf("%q, %v", heard, err)
		}
		return
	}
	home, err := os.MkdirTemp("", "w") //nolint:usetesting // below t.TempDir nobody else gets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	calls := make(chan Call, 1)
	f := first(t, home, calls, nil)
	for _, path := range []string{f.place.Address, placePath(home)} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if os.Geteuid() != 0 {
		return // nobody else can be had
	}
	for path, mode := range map[string]os.FileMode{home: 0o755, f.place.Address: 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(home, "test")
	if err := os.WriteFile(program, self, 0o755); err != nil { // #nosec G306 -- somebody else is to run it
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestTheSocketIsForOnePerson$")
	cmd.Dir, cmd.Env = home, append(os.Environ(), "WAYBILL_TEST_SOCKET="+f.place.Address)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
