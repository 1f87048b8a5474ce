package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/desk"
)

// interrupted lists what is left to go on with.
func interrupted(t *testing.T, d *desk.Desk) []desk.Interrupted {
	t.Helper()
	list, err := d.Interrupted(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// mixed makes a folder of small files beside a large one, and leaves a drop of them in the middle.
func leaveInTheMiddle(t *testing.T, home string, to desk.Destination, o desk.SendOptions) (dir string, sent int) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "mixed")
	for i := range 60 {
		write(t, filepath.Join(dir, fmt.Sprintf("small-%02d.txt", i)), rand.Text())
	}
	write(t, filepath.Join(dir, "large.bin"), strings.Repeat(rand.Text(), 2<<20)) // 52 MiB
	ctx, leave := context.WithCancelCause(context.Background())
	defer leave(nil)
	var parts atomic.Int64
	atProxy(t, func(r *http.Request) {
		if r.Method != http.MethodPut {
			return
		}
		if r.URL.Query().Has("partNumber") {
			if parts.Add(1) == 6 {
				leave(desk.ErrLeave)
			}
		} else {
			<-time.After(40 * time.Millisecond)
		}
	})
	d, err := desk.Open(context.Background(), desk.Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	o.PartSize, o.Concurrency = 5<<20, 4
	drop := d.Send(ctx, to, o, []string{dir})
	last := map[string]desk.State{}
	first := true
	for e := range drop.Events() {
		if first {
			first = false
			if list := interrupted(t, d); len(list) > 0 {
				t.Errorf("what is under way counts as interrupted: %+v", list)
			}
		}
		last[e.ID] = e.State
	}
	for _, s := range last {
		switch {
		case s == desk.Sent:
			sent++
		case s.Over():
			t.Errorf("one ended as %s", s)
		}
	}
	if sent == 0 || sent >= 61 {
		t.Fatalf("%d of 61 were sent before it was left", sent)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys) != sent || len(unfinished) != 1 {
		t.Errorf("left with %d objects for %d, unfinished %q", len(keys), sent, unfinished)
	}
	return dir, sent
}

// TestLeaveAndResume: another process goes on where one has ended, and does nothing twice.
func TestLeaveAndResume(t *testing.T) {
	t.Run("names", func(t *testing.T) { leaveAndResume(t, desk.SendOptions{}) })
	// What is random in a key is so once, and not again when the drop is gone on with.
	t.Run("random keys", func(t *testing.T) {
		leaveAndResume(t, desk.SendOptions{Template: "{time}/{stem}-{uuid}{ext}", Unguessable: true})
	})
}

func leaveAndResume(t *testing.T, o desk.SendOptions) {
	home, to := filepath.Join(t.TempDir(), "home"), dest(t)
	dir, sent := leaveInTheMiddle(t, home, to, o)
	var parts, puts atomic.Int64
	atProxy(t, func(r *http.Request) {
		if r.Method == http.MethodPut {
			if r.URL.Query().Has("partNumber") {
				parts.Add(1)
			} else {
				puts.Add(1)
			}
		}
	})
	a, b := openDesk(t, desk.Options{Home: home}), openDesk(t, desk.Options{Home: home})
	list := interrupted(t, a)
	if len(list) != 1 || !slices.Equal(list[0].Paths, []string{dir}) || list[0].Destination.Bucket != to.Bucket {
		t.Fatalf("%+v", list)
	}
	// Of two that go on with it at once, one does.
	var drops [2]*desk.Drop
	var group sync.WaitGroup
	for i, d := range []*desk.Desk{a, b} {
		group.Go(func() {
			var err error
			if drops[i], err = d.Resume(context.Background(), list[0], desk.Attendance{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if (drops[0] == nil) == (drops[1] == nil) {
		t.Fatalf("%v and %v go on", drops[0], drops[1])
	}
	drop := drops[0]
	if drop == nil {
		drop = drops[1]
	}
	again := collect(t, drop)
	for _, e := range again {
		if e.State != desk.Sent || e.Link == nil {
			t.Errorf("%s: %s, %v", e.Name, e.State, e.Trouble)
		}
	}
	if len(again) != 61-sent {
		t.Errorf("%d were sent after %d of 61", len(again), sent)
	}
	// Those that the store got whole in the last moment are looked at, rather than sent under another name.
	keys := listAll(t, to.Prefix+"/")
	for key := range keys {
		if strings.Contains(key, "(2)") {
			t.Errorf("%s is there twice", key)
		}
	}
	if _, unfinished := inBucket(t, to.Prefix); len(keys) != 61 || len(unfinished) > 0 {
		t.Errorf("%d objects, unfinished %q", len(keys), unfinished)
	}
	want, err := os.ReadFile(filepath.Join(dir, "large.bin")) // #nosec G304 -- the test's own
	for key := range keys {
		if strings.Contains(key, "large") && (err != nil || get(t, key) != string(want)) {
			t.Errorf("other bytes arrived (%v)", err)
		}
	}
	if parts.Load() >= 11 {
		t.Errorf("all %d parts were sent again", parts.Load())
	}
	if entries, err := a.Links(context.Background(), 0); err != nil || len(entries) != 61 {
		t.Errorf("%d lines in the ledger, %v", len(entries), err)
	}
	if list := interrupted(t, a); len(list) > 0 {
		t.Errorf("still interrupted: %+v", list)
	}
}

// TestForget leaves neither an upload nor a plan.
func TestForget(t *testing.T) {
	home, to := filepath.Join(t.TempDir(), "home"), dest(t)
	_, sent := leaveInTheMiddle(t, home, to, desk.SendOptions{})
	atStore(t)
	d := openDesk(t, desk.Options{Home: home})
	for _, i := range interrupted(t, d) {
		if err := d.Forget(context.Background(), i); err != nil {
			t.Error(err)
		}
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys) != sent || len(unfinished) > 0 {
		t.Errorf("%d objects for %d, unfinished %q", len(keys), sent, unfinished)
	}
	if list := interrupted(t, d); len(list) > 0 {
		t.Errorf("still interrupted: %+v", list)
	}
}

// TestForgetPays: what was sent at the sender's cost is let go of at the sender's cost, or its store would refuse that.
func TestForgetPays(t *testing.T) {
	home, to := filepath.Join(t.TempDir(), "home"), dest(t)
	leaveInTheMiddle(t, home, to, desk.SendOptions{RequesterPays: true})
	var paid, others atomic.Int64
	atProxy(t, func(r *http.Request) {
		if r.URL.Query().Get("x-amz-request-payer") == "requester" {
			paid.Add(1)
		} else {
			others.Add(1)
		}
	})
	d := openDesk(t, desk.Options{Home: home})
	for _, i := range interrupted(t, d) {
		if err := d.Forget(context.Background(), i); err != nil {
			t.Error(err)
		}
	}
	if paid.Load() == 0 || others.Load() > 0 {
		t.Errorf("%d requests say who pays, and %d do not", paid.Load(), others.Load())
	}
}

// TestLeaveWhenAllIsDone: a signal that comes too late leaves nothing to go on with.
func TestLeaveWhenAllIsDone(t *testing.T) {
	d := newDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	ctx, leave := context.WithCancelCause(context.Background())
	defer leave(nil)
	for e := range d.Send(ctx, dest(t), desk.SendOptions{}, []string{path}).Events() {
		if e.State == desk.Verifying {
			leave(desk.ErrLeave)
		}
	}
	if list := interrupted(t, d); len(list) > 0 {
		t.Errorf("interrupted: %+v", list)
	}
}

// TestAddToADrop while it runs, and when it is over.
func TestAddToADrop(t *testing.T) {
	d, to, dir := newDesk(t, desk.Options{}), dest(t), t.TempDir()
	d.SetLimitRate(8 << 20)
	paths := make([]string, 4)
	for i := range paths {
		paths[i] = filepath.Join(dir, fmt.Sprintf("%d.bin", i))
		write(t, paths[i], strings.Repeat(fmt.Sprint(i), 2<<20))
	}
	drop := d.Send(context.Background(), to, desk.SendOptions{}, paths[:1])
	added := false
	sent := map[string]bool{}
	for e := range drop.Events() {
		if e.State == desk.Sending && !added {
			added = true
			var group sync.WaitGroup
			for _, p := range paths[1:] {
				group.Go(func() {
					if !drop.Add(p) {
						t.Errorf("%s was not taken", p)
					}
				})
			}
			group.Wait()
		}
		if e.State == desk.Sent {
			sent[e.Name] = true
		}
	}
	if len(sent) != 4 {
		t.Errorf("%v were sent", sent)
	}
	if drop.Add(paths[0]) {
		t.Error("a drop that is over took a file")
	}
}

// TestCancelInEveryState: a queued, a paused and a running transfer end as cancelled, once, and leave nothing.
func TestCancelInEveryState(t *testing.T) {
	d, to, dir := newDesk(t, desk.Options{}), dest(t), t.TempDir()
	d.SetLimitRate(10 << 20)
	paths := make([]string, 8)
	for i := range paths {
		paths[i] = filepath.Join(dir, fmt.Sprintf("%d.bin", i))
		write(t, paths[i], strings.Repeat("x", 17<<20+i))
	}
	for _, when := range []desk.State{desk.Queued, desk.Paused, desk.Sending} {
		drop := d.Send(context.Background(), to, desk.SendOptions{PartSize: 5 << 20}, paths)
		ended := 0
		asked := map[string]bool{}
		for e := range drop.Events() {
			switch {
			case e.State == when && (when != desk.Sending || e.Done > 0):
				drop.Cancel(e.ID)
				drop.Cancel(e.ID)
			case when == desk.Paused && !e.State.Over() && !asked[e.ID]:
				asked[e.ID] = true
				drop.Pause(e.ID)
			}
			if e.State.Over() {
				ended++
				if e.State != desk.Cancelled {
					t.Errorf("%s, %s: %s, %v", when, e.Name, e.State, e.Trouble)
				}
			}
		}
		if ended != len(paths) {
			t.Errorf("%s: %d ends of %d", when, ended, len(paths))
		}
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys) > 0 || len(unfinished) > 0 {
		t.Errorf("%q, unfinished %q", keys, unfinished)
	}
}
