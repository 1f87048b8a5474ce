package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
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
	case "opener":
		l, err := ledger.Open(ctx, path)
		if err == nil {
			err = l.Close()
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
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
	name := "a b%20?#.db"
	if runtime.GOOS == "windows" {
		name = "a b%20#.db" // no file can have a question mark there
	}
	path := filepath.Join(t.TempDir(), "home", name)
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

// Every field of text is looked at, also those that a later version adds.
func TestNoKeysAreKept(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx := context.Background()
	fields := reflect.TypeFor[ledger.Record]()
	for i := range fields.NumField() {
		if fields.Field(i).Type.Kind() != reflect.String {
			continue
		}
		for _, key := range []string{"https://x/?a=b&X-Amz-Signature=abcdef", "x-amz-security-token%3Dabcdef", "X-Amz-Signature%253Dabcdef"} {
			r := record("1")
			reflect.ValueOf(&r).Elem().Field(i).SetString(key)
			err := l.PutAll(ctx, []ledger.Record{record("2"), r})
			if !errors.Is(err, ledger.ErrSecret) {
				t.Errorf("%s: %v, want ErrSecret", fields.Field(i).Name, err)
			} else if strings.Contains(err.Error(), "abcdef") {
				t.Errorf("%s: the error shows it: %v", fields.Field(i).Name, err)
			}
		}
	}
	if list, err := l.List(ctx, 0); err != nil || len(list) != 0 {
		t.Errorf("%d records, %v; want all or none", len(list), err)
	}
	about := record("1")
	about.Name, about.Key = "X-Amz-Signature explained.md", "x-amz-signature/x-amz-security-token.txt"
	if err := l.Put(ctx, about); err != nil {
		t.Fatal(err)
	}
	if err := l.Change(ctx, "1", func(r *ledger.Record) { r.Note = "https://x/?X-Amz-Signature=abcdef" }); !errors.Is(err, ledger.ErrSecret) {
		t.Errorf("%v, want ErrSecret", err)
	}
	if _, err := l.Get(ctx, "?X-Amz-Signature=abcdef"); !errors.Is(err, ledger.ErrNotFound) || strings.Contains(err.Error(), "abcdef") {
		t.Errorf("%v", err)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no modes there; docs/windows.md says what keeps the file")
	}
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

// processes plays a role in n processes at once, and waits for all.
func processes(t *testing.T, n int, role, path string) {
	t.Helper()
	var running []*exec.Cmd
	for range n {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "LEDGER_TEST_ROLE="+role, "LEDGER_TEST_PATH="+path, "GORACE=atexit_sleep_ms=0")
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
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
}

func TestProcessesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	processes(t, 3, "writer", path)
	list, err := open(t, path).List(context.Background(), 0)
	if err != nil || len(list) != 600 {
		t.Errorf("%d of 600 records, %v", len(list), err)
	}
}

// What this looks for shows in one of some five hundred openings, so it does not fail in each run.
func TestFirstOpenAtOnce(t *testing.T) {
	for range 20 {
		path := filepath.Join(t.TempDir(), "new", "l.db")
		processes(t, 12, "opener", path)
		if err := open(t, path).Put(context.Background(), record("1")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChange(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx := context.Background()
	want := record("1")
	if err := l.Put(ctx, want); err != nil {
		t.Fatal(err)
	}
	for _, ends := range []time.Time{want.Ends.Add(time.Hour), {}} {
		want.Ends, want.Because, want.Verified = ends, "credentials", false
		want.Note, want.Signed, want.Kind, want.Via = "for Bob", want.Created.Add(time.Minute), "k", "v"
		want.Revoked, want.Undo, want.Account = want.Created.Add(time.Hour), "u", "123456789012"
		if err := l.Change(ctx, "1", func(r *ledger.Record) { *r = want; r.ID = "another" }); err != nil {
			t.Fatal(err)
		}
		got, err := l.Get(ctx, "1")
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Error(err, d)
		}
	}
	if err := l.Change(ctx, "2", func(*ledger.Record) { t.Error("there is none") }); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
}

func TestForget(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx := context.Background()
	if err := l.PutAll(ctx, []ledger.Record{record("1"), record("2"), record("3")}); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Forget(ctx, "1", "3", "4"); n != 2 || err != nil {
		t.Errorf("%d forgotten (%v), want 2", n, err)
	}
	if list, err := l.List(ctx, 0); err != nil || len(list) != 1 || list[0].ID != "2" {
		t.Errorf("%v, %v", list, err)
	}
}

func TestWhatBelongsTogether(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx := context.Background()
	page, a, b, c := record("page"), record("a"), record("b"), record("c")
	a.Created = b.Created.Add(time.Second)
	page.Key, a.Key, b.Key, c.Key = "p", "a", "b", "a"
	if err := l.PutAll(ctx, []ledger.Record{page, a, b, c}); err != nil {
		t.Fatal(err)
	}
	must(t, l.SetPage(ctx, "page", "c"), l.SetPage(ctx, "page", "b", "a"), l.SetPage(ctx, "another", "b"))
	if pages, err := l.PagesOf(ctx, "b"); err != nil || len(pages) != 2 || pages[0] != "another" || pages[1] != "page" {
		t.Errorf("%v, %v", pages, err)
	}
	ids := func(list []ledger.Record, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		all := ""
		for _, r := range list {
			all += r.ID + " "
		}
		return all
	}
	if got := ids(l.BundledIn(ctx, "page")); got != "b a " {
		t.Errorf("on the page: %s", got)
	}
	if got := ids(l.BundledIn(ctx, "")); got != "" {
		t.Errorf("on no page: %s", got)
	}
	if n, err := l.Forget(ctx, "another"); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	if pages, err := l.PagesOf(ctx, "b"); err != nil || len(pages) != 1 {
		t.Errorf("%v, %v", pages, err)
	}
	if got := ids(l.OfObject(ctx, a.Bucket, "a")); got != "c a " {
		t.Errorf("of one object: %s", got)
	}
}

func TestAnyTextAndTime(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	for i, want := range []ledger.Record{
		{ID: "zero"},
		{ID: "", Name: "no id"},
		{ID: "controls", Name: "a\x00b\r\n\x1b[31m", Path: "\u202e\u2066", Key: "'; DROP TABLE record; --"},
		{ID: "bytes", Name: "not UTF-8: \xff\xfe", Key: "nfc é nfd e\u0301 🎉"},
		{ID: "far", Created: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), Ends: time.UnixMicro(-1), Size: -1, Asked: 7 * 24 * time.Hour},
	} {
		if err := l.Put(context.Background(), want); err != nil {
			t.Fatal(i, err)
		}
		got, err := l.Get(context.Background(), want.ID)
		if d := cmp.Diff(want, got); err != nil || d != "" || got.Created.IsZero() != want.Created.IsZero() || got.Ends.IsZero() != want.Ends.IsZero() {
			t.Error(i, err, d)
		}
	}
}

func TestManyRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	l := open(t, path)
	many := make([]ledger.Record, 10_000)
	for i := range many {
		many[i] = record(fmt.Sprint(i))
		many[i].Created = many[i].Created.Add(time.Duration(i) * time.Second)
	}
	if err := l.PutAll(context.Background(), many); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		limit, want int
		within      time.Duration // generous: the race detector makes it twenty times slower
	}{{100, 100, time.Second}, {0, len(many), 10 * time.Second}} {
		began := time.Now()
		list, err := l.List(context.Background(), c.limit)
		took := time.Since(began)
		t.Logf("%d records in %v", len(list), took)
		if err != nil || len(list) != c.want || list[0].ID != "9999" || took > c.within {
			t.Errorf("%d records in %v, %v", len(list), took, err)
		}
	}
}

func TestContextEndsTheWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	l := open(t, path)
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin() // somebody writes for long
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := l.Put(ctx, record("1")); err == nil {
		t.Error("written while somebody else held the lock")
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("waited %v", took)
	}
}
