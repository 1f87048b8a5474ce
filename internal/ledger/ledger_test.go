package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/internal/ledger"
)

// TestMain also plays other processes: one that writes records, and one without permission.
func TestMain(m *testing.M) {
	ctx := context.Background()
	path := os.Getenv("LEDGER_TEST_PATH")
	switch os.Getenv("LEDGER_TEST_ROLE") {
	case "writer":
		l, err := ledger.Open(ctx, path)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		for i := range 200 {
			if err := l.Put(ctx, ledger.Record{ID: fmt.Sprintf("%d-%d", os.Getpid(), i), Created: time.Now()}); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
		os.Exit(0)
	case "stranger":
		_, err := ledger.Open(ctx, path)
		fmt.Println(errors.Is(err, ledger.ErrReadOnly), err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func open(t *testing.T, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func record(id string) ledger.Record {
	return ledger.Record{
		ID: id, Path: "/home/a/\u202eб\x01.txt", Name: "日本 “x”.txt", Profile: "work", Region: "eu-central-1",
		Endpoint: "https://example.com", AllowHTTP: true, Bucket: "b", Prefix: "p/", Key: "p/k", Size: 1 << 45,
		ContentType: "text/plain", ETag: "e", Checksum: "crc64nvme:x", State: "sent",
		Created: time.UnixMicro(1_790_000_000_123_456), Asked: time.Hour, Ends: time.UnixMicro(1_790_003_600_000_000),
		Because: "requested", Verified: true, Inline: true,
	}
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "home", "a b%20?#.db")
	l := open(t, path)
	want := record("1")
	unknown := record("2")
	unknown.Ends, unknown.Because = time.Time{}, "unknown"
	unknown.Created = want.Created.Add(time.Second)
	if err := l.PutAll(context.Background(), []ledger.Record{want, unknown}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the file is elsewhere: %v", err)
	}
	l = open(t, path)
	got, err := l.List(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]ledger.Record{unknown, want}, got); d != "" {
		t.Error(d)
	}
	if got, err = l.List(context.Background(), 1); err != nil || len(got) != 1 {
		t.Errorf("%d records, %v", len(got), err)
	}
	want.State = "failed"
	if err := l.Put(context.Background(), want); err != nil {
		t.Fatal(err)
	}
	one, err := l.Get(context.Background(), "1")
	if d := cmp.Diff(want, one); err != nil || d != "" {
		t.Error(err, d)
	}
	if _, err := l.Get(context.Background(), "3"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
}

func TestNoKeysAreKept(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	for _, secret := range []string{"https://x/?X-Amz-Signature=abc", "x-amz-security-token=abc"} {
		r := record("1")
		r.Trouble = secret
		if err := l.Put(context.Background(), r); !errors.Is(err, ledger.ErrSecret) {
			t.Errorf("%v, want ErrSecret", err)
		}
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	path := filepath.Join(dir, "l.db")
	l := open(t, path)
	if err := l.Put(context.Background(), record("1")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
}

func TestProcessesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	var running []*exec.Cmd
	for range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "LEDGER_TEST_ROLE=writer", "LEDGER_TEST_PATH="+path)
		cmd.Stdout = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	list, err := open(t, path).List(context.Background(), 0)
	if err != nil || len(list) != 600 {
		t.Errorf("%d of 600 records, %v", len(list), err)
	}
}

func TestUnusableFilesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	newer := filepath.Join(dir, "newer.db")
	l := open(t, newer)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	corrupt := filepath.Join(dir, "corrupt.db")
	if err := os.WriteFile(corrupt, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]error{newer: ledger.ErrNewer, corrupt: ledger.ErrCorrupt} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.Open(context.Background(), path); !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want %v", err, want)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
			t.Errorf("%s was changed (%v)", path, err)
		}
	}
	if _, err := ledger.Open(context.Background(), filepath.Join(corrupt, "below", "l.db")); !errors.Is(err, ledger.ErrReadOnly) {
		t.Errorf("below a file: %v, want ErrReadOnly", err)
	}
}

// TestReadOnly opens a ledger as a user who may only read it; root may everything, so the test becomes
// somebody else.
func TestReadOnly(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	dir, err := os.MkdirTemp("", "ledger") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "l.db")
	l := open(t, path)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "test")
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{path: 0o444, dir: 0o755} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(binary, program, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Dir = dir
	cmd.Env = []string{"LEDGER_TEST_ROLE=stranger", "LEDGER_TEST_PATH=" + path}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "true ") {
		t.Errorf("%s (%v), want ErrReadOnly", out, err)
	}
}
