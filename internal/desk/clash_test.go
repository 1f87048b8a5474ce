package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/desk"
)

// refusing leads the default profile to the shared store through something that refuses writes: all of them, or those on
// condition. look answers a HEAD, or is nil where the store shall.
func refusing(t *testing.T, status int, code string, all bool, look http.HandlerFunc) (to desk.Destination, writes *atomic.Int64) {
	t.Helper()
	atStore(t)
	writes = &atomic.Int64{}
	to = dest(t)
	to.Endpoint = tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		switch {
		case r.Method == http.MethodHead && look != nil:
			look(w, r)
		case writesWhole(r) && (all || r.Header.Get("If-None-Match") != ""):
			writes.Add(1)
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>At least one of the pre-conditions did not hold.</Message></Error>", code)
		default:
			pass(w)
		}
	})
	return to, writes
}

// writesWhole reports whether a request gives a key its object.
func writesWhole(r *http.Request) bool {
	q := r.URL.Query()
	return r.Method == http.MethodPut && !q.Has("partNumber") || r.Method == http.MethodPost && q.Has("uploadId")
}

// way is one of those in which a file can go out.
type way struct {
	size int // of a file that goes so
	o    desk.SendOptions
	zip  bool
}

func sendWays() map[string]way {
	return map[string]way{"put": {size: 5}, "parts": {size: 6 << 20, o: desk.SendOptions{PartSize: 5 << 20}}, "zip": {size: 5, zip: true}}
}

// send sends a file by it.
func (w way) send(t *testing.T, d *desk.Desk, to desk.Destination) desk.Transfer {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.txt")
	write(t, file, strings.Repeat("x", w.size))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	start := d.Send
	if w.zip {
		start = d.SendZip
	}
	return one(t, collect(t, start(ctx, to, w.o, []string{file})))
}

// failsWith sends a file, and wants it to fail in these words, with nothing left in the bucket.
func (w way) failsWith(t *testing.T, to desk.Destination, want string) desk.Transfer {
	t.Helper()
	sent := w.send(t, openDesk(t, desk.Options{}), to)
	if sent.State != desk.Failed || code(sent.Trouble) != want {
		t.Fatalf("%s, %v, want %s", sent.State, sent.Trouble, want)
	}
	if keys, unfinished := inBucket(t, to.Prefix+"/"); len(keys)+len(unfinished) > 0 {
		t.Errorf("%q and uploads to %q stay in the bucket", keys, unfinished)
	}
	return sent
}

// TestNoConditionIsTaken: a store that says of every name that it is taken, and in the same breath that nothing is there,
// is believed neither for long.
func TestNoConditionIsTaken(t *testing.T) {
	for name, way := range sendWays() {
		t.Run(name, func(t *testing.T) {
			to, writes := refusing(t, http.StatusPreconditionFailed, "PreconditionFailed", false, nil)
			sent := way.failsWith(t, to, "NamesRefused")
			if said := sent.Trouble.What.String(); !strings.Contains(said, "nothing is there") || writes.Load() != 3 {
				t.Errorf("%q after %d writes", said, writes.Load())
			}
			way.o.OnClash = desk.ClashReplace // which is no condition, as the words say
			if sent := way.send(t, openDesk(t, desk.Options{}), to); sent.State != desk.Sent || !sent.Link.Verified {
				t.Errorf("%s, %v", sent.State, sent.Trouble)
			}
		})
	}
}

// TestNobodyMayLook: where names are refused and nobody may look at them, very many are tried, and no more. What such a
// profile has sent often still goes out.
func TestNobodyMayLook(t *testing.T) {
	blind := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }
	to, writes := refusing(t, http.StatusPreconditionFailed, "PreconditionFailed", false, blind)
	sent := way{size: 5}.failsWith(t, to, "NamesRefused")
	if said := sent.Trouble.What.String(); strings.Contains(said, "nothing is there") || writes.Load() != 1000 {
		t.Errorf("%q after %d writes", said, writes.Load())
	}
	to = dest(t)
	to.Endpoint = tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodHead {
			blind(w, r)
			return
		}
		pass(w)
	})
	d := openDesk(t, desk.Options{})
	for n := range 8 {
		file := filepath.Join(t.TempDir(), "b.txt")
		write(t, file, rand.Text())
		want := "b.txt"
		if n > 0 {
			want = fmt.Sprintf("b (%d).txt", n+1)
		}
		if sent := one(t, send(t, d, to, desk.SendOptions{Verify: desk.VerifyNone}, file)); sent.State != desk.Sent || path.Base(sent.Key) != want {
			t.Errorf("%s as %s, %v", sent.State, sent.Key, sent.Trouble)
		}
	}
}

// TestEveryNameIsThere: a store that shows an object under whatever name is asked for.
func TestEveryNameIsThere(t *testing.T) {
	var looks atomic.Int64
	to, writes := refusing(t, http.StatusPreconditionFailed, "PreconditionFailed", false, func(w http.ResponseWriter, _ *http.Request) {
		looks.Add(1)
		w.Header().Set("ETag", `"somebody's"`)
		w.Header().Set("X-Amz-Request-Id", "1")
	})
	way{size: 5}.failsWith(t, to, "NamesRefused")
	if looks.Load() != 10_000 || writes.Load() != 1 {
		t.Errorf("%d looks, %d writes", looks.Load(), writes.Load())
	}
}

// TestReplaceIsRefused: a store that says that the name is taken to who wants it replaced is asked once.
func TestReplaceIsRefused(t *testing.T) {
	for name, way := range sendWays() {
		t.Run(name, func(t *testing.T) {
			to, writes := refusing(t, http.StatusPreconditionFailed, "PreconditionFailed", true, nil)
			way.o.OnClash = desk.ClashReplace
			way.failsWith(t, to, "OverwriteRefused")
			if writes.Load() != 1 {
				t.Errorf("%d writes", writes.Load())
			}
			// Whoever is asked is asked once, and the answer is tried once.
			to, writes = refusing(t, http.StatusPreconditionFailed, "PreconditionFailed", true, nil)
			var asked atomic.Int64
			way.o.OnClash, way.o.Ask = desk.ClashAsk, func(context.Context, desk.Transfer) desk.Clash {
				asked.Add(1)
				return desk.ClashReplace
			}
			way.failsWith(t, to, "OverwriteRefused")
			if writes.Load() != 2 || asked.Load() != 1 {
				t.Errorf("%d writes, %d questions", writes.Load(), asked.Load())
			}
		})
	}
}

// TestAlwaysAnotherWriter: a store that says to every write that another one to the name is under way (409).
func TestAlwaysAnotherWriter(t *testing.T) {
	config, credentials := sandboxProfile()
	for name, way := range sendWays() {
		for _, clash := range []desk.Clash{desk.ClashKeepBoth, desk.ClashReplace} {
			t.Run(name+" "+string(clash), func(t *testing.T) {
				to, writes := refusing(t, http.StatusConflict, "ConditionalRequestConflict", true, nil)
				isolate(t, config+"max_attempts = 2\n", credentials)
				way.o.OnClash = clash
				way.failsWith(t, to, "OperationAborted")
				if n := writes.Load(); n < 1 || n > 8 {
					t.Errorf("%d writes", n)
				}
			})
		}
	}
}

// TestManyOfOneName: of many that send files of one name at the same moment, each gets a name of its own.
func TestManyOfOneName(t *testing.T) {
	atStore(t)
	d, to := openDesk(t, desk.Options{}), dest(t)
	const many = 30
	var group sync.WaitGroup
	var mu sync.Mutex
	names := map[string]bool{}
	for range many {
		file := filepath.Join(t.TempDir(), "a.txt")
		write(t, file, rand.Text())
		group.Go(func() {
			sent := one(t, send(t, d, to, desk.SendOptions{Verify: desk.VerifyNone}, file))
			mu.Lock()
			defer mu.Unlock()
			if names[sent.Key] || sent.State != desk.Sent {
				t.Errorf("%s as %s, %v", sent.State, sent.Key, sent.Trouble)
			}
			names[sent.Key] = true
		})
	}
	group.Wait()
	if keys, _ := inBucket(t, to.Prefix+"/"); len(keys) != many {
		t.Errorf("%d objects", len(keys))
	}
}

// TestPageWithoutAName: the page of a bundle ends its search likewise.
func TestPageWithoutAName(t *testing.T) {
	var all atomic.Bool
	atStore(t)
	to := dest(t)
	var writes atomic.Int64
	to.Endpoint = tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if all.Load() && r.Method == http.MethodPut {
			writes.Add(1)
			w.WriteHeader(http.StatusPreconditionFailed)
			_, _ = io.WriteString(w, "<Error><Code>PreconditionFailed</Code></Error>")
			return
		}
		pass(w)
	})
	d := openDesk(t, desk.Options{})
	file := filepath.Join(t.TempDir(), "a.txt")
	write(t, file, "hello")
	sent := one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour}, file))
	all.Store(true)
	made := d.Bundle(context.Background(), to, desk.SendOptions{Expires: time.Hour}, "", sent.ID)
	if made.State != desk.Failed || code(made.Trouble) != "NamesRefused" || writes.Load() != 3 {
		t.Errorf("%s, %v after %d writes", made.State, made.Trouble, writes.Load())
	}
}
