package sandbox_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"waybill/internal/sandbox"
)

func answers(s *sandbox.Sandbox) bool {
	c, err := net.Dial("tcp", strings.TrimPrefix(s.Endpoint(), "http://"))
	if err != nil {
		return false
	}
	return c.Close() == nil
}

func TestSameFolderIsShared(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	handles := make([]*sandbox.Sandbox, 8)
	var all sync.WaitGroup
	for i := range handles {
		all.Go(func() {
			s, err := sandbox.Start(context.Background(), []string{dir, link}[i%2])
			if err != nil {
				t.Error(err)
			}
			handles[i] = s
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	for i, s := range handles {
		if !s.Owned() || s.Endpoint() != handles[0].Endpoint() {
			t.Errorf("%v, owned %v", s, s.Owned())
		}
		if !answers(s) {
			t.Fatalf("ended with handle %d of %d", i, len(handles))
		}
		for range 2 { // the second Close must not count
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if answers(handles[0]) {
		t.Error("did not end with the last handle")
	}
}

func TestOneServerInAProcess(t *testing.T) {
	first := start(t, t.TempDir())
	other := t.TempDir()
	if _, err := sandbox.Start(context.Background(), other); err == nil || !strings.Contains(err.Error(), "one in a process") {
		t.Errorf("%v, want a clear refusal", err)
	}
	put(t, first, "a", "a")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, other)
}

// That there is a server in this process is no reason not to use that of another one.
func TestAttachesBesideItsOwn(t *testing.T) {
	start(t, t.TempDir())
	dir := t.TempDir()
	host(t, dir)
	if s := start(t, dir); s.Owned() {
		t.Error("owns the other process's server")
	}
}

func TestWorkingDirectoryComesBack(t *testing.T) {
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if now, err := os.Getwd(); now != before {
		t.Errorf("left in %s, %v", now, err)
	}
}

func TestCancelledStart(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	if _, err := sandbox.Start(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the context's error", err)
	}
	start(t, dir) // and left nothing behind
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Start(context.Background(), filepath.Join(file, "below")); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("%v, want an error with the path", err)
	}
}
