package instance

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"waybill/internal/desk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// first makes an instance that keeps the calls that come.
func first(t *testing.T, home string, calls chan Call, answers error) *First {
	t.Helper()
	f, err := Claim(t.Context(), home, Call{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	f.Serve(func(_ context.Context, c Call) error { calls <- c; return answers })
	return f
}

// absolute is a path that this system takes for one.
func absolute(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(t.TempDir(), name)
}

func TestASecondStartHandsOver(t *testing.T) {
	home, calls := t.TempDir(), make(chan Call, 1)
	first(t, home, calls, nil)
	want := Call{
		Store:        desk.Store{Profile: "work", Region: "eu-central-1", Endpoint: "https://s3.example.com", AllowHTTP: true},
		Files:        []string{absolute(t, "report.pdf"), absolute(t, "no \xff UTF-8\nand two lines")},
		Surroundings: map[string]string{"AWS_ENDPOINT_URL": "https://example.com"},
		Quietly:      true,
	}
	if f, err := Claim(t.Context(), home, want); f != nil || !errors.Is(err, ErrHandedOver) {
		t.Fatalf("%v, %v", f, err)
	}
	if got := <-calls; !cmp.Equal(got, want) {
		t.Errorf("%s", cmp.Diff(want, got))
	}
	// Another home has a window of its own.
	other, err := Claim(t.Context(), t.TempDir(), want)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheFirstSaysNoInWords(t *testing.T) {
	home, calls := t.TempDir(), make(chan Call, 1)
	first(t, home, calls, errors.New("a window is open with another store"))
	var said Refusal
	if _, err := Claim(t.Context(), home, Call{}); !errors.As(err, &said) || said != "a window is open with another store" {
		t.Errorf("%v", err)
	}
}

// TestWhoIsClosingIsNotTheFirst: the second waits until the first has gone, and opens a window of its own.
func TestWhoIsClosingIsNotTheFirst(t *testing.T) {
	home, asked := t.TempDir(), make(chan struct{}, 100)
	f, err := Claim(t.Context(), home, Call{})
	if err != nil {
		t.Fatal(err)
	}
	f.Serve(func(context.Context, Call) error { asked <- struct{}{}; return ErrClosing })
	closed := make(chan error)
	go func() { <-asked; closed <- f.Close() }()
	second, err := Claim(t.Context(), home, Call{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(<-closed, second.Close()); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(home, "*")); err != nil || len(left) > 1 || len(left) == 1 && filepath.Base(left[0]) != "window.lock" {
		t.Errorf("%q are left", left)
	}
}

func TestManyStartsAtOnceMakeOneWindow(t *testing.T) {
	home, calls := t.TempDir(), make(chan Call, 100)
	const starts = 12
	var mu sync.Mutex
	var firsts []*First
	var all sync.WaitGroup
	for range starts {
		all.Go(func() {
			f, err := Claim(t.Context(), home, Call{})
			switch {
			case f != nil:
				mu.Lock()
				firsts = append(firsts, f)
				mu.Unlock()
				f.Serve(func(_ context.Context, c Call) error { calls <- c; return nil })
			case !errors.Is(err, ErrHandedOver):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(firsts) != 1 || len(calls) != starts-1 {
		t.Errorf("%d windows, %d calls", len(firsts), len(calls))
	}
	for _, f := range firsts {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestWhatAKilledOneLeavesBehind: nothing but a free lock counts.
func TestWhatAKilledOneLeavesBehind(t *testing.T) {
	home := t.TempDir()
	for name, text := range map[string]string{
		"window.lock": "", "window.json": `{"address":"` + filepath.ToSlash(filepath.Join(home, "window.sock")) + `"}`, "window.sock": "",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	calls := make(chan Call, 1)
	first(t, home, calls, nil)
	if _, err := Claim(t.Context(), home, Call{}); !errors.Is(err, ErrHandedOver) {
		t.Error(err)
	}
}

// TestAFirstThatHangs: it is said, and nothing that was asked for is done later.
func TestAFirstThatHangs(t *testing.T) {
	home := t.TempDir()
	f, err := Claim(t.Context(), home, Call{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := claim(t.Context(), home, Call{}, 200*time.Millisecond); !errors.Is(err, ErrSilent) {
		t.Errorf("the process hangs: %v", err)
	}
	f.patience = 200 * time.Millisecond
	f.Serve(func(ctx context.Context, _ Call) error { <-ctx.Done(); return ctx.Err() })
	if _, err := Claim(t.Context(), home, Call{}); !errors.Is(err, ErrSilent) {
		t.Errorf("its window hangs: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Claim(ctx, home, Call{}); !errors.Is(err, context.Canceled) || errors.Is(err, ErrHandedOver) {
		t.Errorf("interrupted: %v", err)
	}
}

// TestAHomeThatTakesNoLock is an error of its own: the window opens all the same.
func TestAHomeThatTakesNoLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Claim(t.Context(), file, Call{})
	if f != nil || err == nil || errors.Is(err, ErrHandedOver) || errors.Is(err, ErrSilent) {
		t.Errorf("%v, %v", f, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestCallsThatAreNone(t *testing.T) {
	for _, text := range []string{
		``, `{}`, `null`, `[]`, `{"version":2}`, `{"version":1}{"version":1}`, `{"version":1,"run":"x"}`,
		`{"version":1,"files":["cmVsYXRpdmU="]}`, `{"version":1,"files":[""]}`, `{"version":1,"files":["L2EAYg=="]}`,
		`{"version":1,"store":{"profile":"a\nb"}}`, `{"version":1,"surroundings":{"A":"` + strings.Repeat("a", maxWord+1) + `"}}`,
		`{"version":1` + strings.Repeat(" ", maxCall) + `}`,
	} {
		if c, err := decode([]byte(text)); err == nil {
			t.Errorf("%.80q was taken for %+v", text, c)
		}
	}
	if _, err := (Call{Files: []string{"relative.txt"}}).encode(); err == nil {
		t.Error("a relative path was handed over")
	}
}

// FuzzDecode: whatever comes, a call has absolute paths only, or is none; and what is one says the same again.
func FuzzDecode(f *testing.F) {
	for _, c := range []Call{{}, {Files: []string{"/a", "/b\xff"}}, {Store: desk.Store{Sandbox: true}, Quietly: true}} {
		if text, err := c.encode(); err == nil {
			f.Add(text)
		}
	}
	f.Add([]byte(`{"version":1,"files":["Li4vZXRj"],"surroundings":{"AWS_CONFIG_FILE":"/x"}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		c, err := decode(line)
		if err != nil {
			return
		}
		for _, p := range c.Files {
			if !filepath.IsAbs(p) || strings.ContainsRune(p, 0) {
				t.Errorf("%q came through", p)
			}
		}
		text, err := c.encode()
		if err != nil {
			t.Fatalf("%+v cannot be said again: %v", c, err)
		}
		again, err := decode(text)
		if err != nil || !cmp.Equal(again.Files, c.Files) || again.Store != c.Store || len(again.Surroundings) != len(c.Surroundings) {
			t.Errorf("%+v became %+v, %v", c, again, err)
		}
	})
}
