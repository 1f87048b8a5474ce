//go:build linux

package e2e

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// home is the place of a person who has just sat down at a new computer: no AWS files, nothing remembered.
type home struct {
	t   *testing.T
	dir string
	env []string
}

// newHome makes a home. Its path is short, because sockets are made in it, and their paths have a limit.
func newHome(t *testing.T) *home {
	t.Helper()
	dir, err := os.MkdirTemp("", "wb-") //nolint:usetesting // t.TempDir has the test's name in its path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	h := &home{t: t, dir: dir}
	for _, below := range []string{"config", "data", "cache", "state", "run", "tmp", "waybill"} {
		h.mkdir(below)
	}
	// Nothing of the environment of whoever runs the tests, such as keys or a proxy, gets through.
	h.env = []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "LANGUAGE=en", "USER=alice", "TZ=UTC",
		"HOME=" + dir, "TMPDIR=" + h.path("tmp"),
		"XDG_CONFIG_HOME=" + h.path("config"), "XDG_DATA_HOME=" + h.path("data"), "XDG_CACHE_HOME=" + h.path("cache"),
		"XDG_STATE_HOME=" + h.path("state"), "XDG_RUNTIME_DIR=" + h.path("run"),
		"WAYBILL_HOME=" + h.path("waybill"),
		"GORACE=halt_on_error=0",
	}
	return h
}

// path is a place in the home.
func (h *home) path(below ...string) string {
	return filepath.Join(append([]string{h.dir}, below...)...)
}

func (h *home) mkdir(below ...string) string {
	h.t.Helper()
	path := h.path(below...)
	if err := os.MkdirAll(path, 0o700); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// write makes a file, and gives its path.
func (h *home) write(content []byte, below ...string) string {
	h.t.Helper()
	path := h.path(below...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// command is a program as the person of this home would start it.
func (h *home) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append([]string{}, h.env...)
	cmd.Dir = h.dir
	return cmd
}

// must runs a program to its end, which has to be a good one, and gives its standard output.
func (h *home) must(name string, args ...string) string {
	h.t.Helper()
	out, err := run(h.t, h.command(name, args...))
	if err != nil {
		h.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

// noise is content that nothing can compress or mistake for another file's.
func noise(size int) []byte {
	content := make([]byte, size)
	random := rand.NewChaCha8([32]byte(bytes.Repeat([]byte{byte(rand.Uint32())}, 32)))
	_, _ = random.Read(content)
	return content
}
