package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"waybill/internal/desk"
)

// legal are the steps that a transfer may take, by state. A snapshot of the same state is news of progress.
var legal = map[desk.State][]desk.State{
	desk.Queued:    {desk.Queued, desk.Sending, desk.Paused, desk.Cancelled, desk.Failed, desk.Skipped},
	desk.Sending:   {desk.Sending, desk.Verifying, desk.Queued, desk.Paused, desk.Cancelled, desk.Failed, desk.Skipped},
	desk.Paused:    {desk.Paused, desk.Queued, desk.Cancelled},
	desk.Verifying: {desk.Verifying, desk.Sent},
}

// TestStates: whatever a person does in whatever order, transfers take legal steps only, end once, what is sent is what
// was on disk, and of what is cancelled nothing is left.
func TestStates(t *testing.T) {
	d := newDesk(t, desk.Options{})
	d.SetLimitRate(60 << 20) // so that there is a middle to act in
	dir := t.TempDir()
	contents := map[string]string{}
	var paths []string
	for i, size := range []int{10, 2000, 300 << 10, 6 << 20, 17 << 20, 22 << 20} {
		path := filepath.Join(dir, fmt.Sprintf("%d.bin", i))
		contents[path] = strings.Repeat(rand.Text()[:10], size/10)
		write(t, path, contents[path])
		paths = append(paths, path)
	}
	checks, begin := 0, time.Now()
	rapid.Check(t, func(r *rapid.T) {
		if checks++; checks > 25 && os.Getenv("WAYBILL_TEST_HUGE") == "" || time.Since(begin) > 30*time.Second {
			return // bounded by time as well: each check sends real files
		}
		to := desk.Destination{Bucket: "sandbox", Prefix: "model-" + rand.Text()}
		drop := d.Send(context.Background(), to, desk.SendOptions{PartSize: 5 << 20, Verify: desk.VerifyNone}, rapid.SliceOfN(rapid.SampledFrom(paths), 1, 5).Draw(r, "dropped"))
		var mu sync.Mutex
		var ids []string
		last := map[string]desk.Transfer{}
		var wrong []string
		over := make(chan struct{})
		go func() {
			defer close(over)
			for e := range drop.Events() {
				mu.Lock()
				before, known := last[e.ID]
				switch {
				case !known && e.State != desk.Queued:
					wrong = append(wrong, fmt.Sprintf("%s begins as %s", e.Name, e.State))
				case known && !slices.Contains(legal[before.State], e.State):
					wrong = append(wrong, fmt.Sprintf("%s went from %s to %s", e.Name, before.State, e.State))
				case e.Done > e.Size || e.Done < 0:
					wrong = append(wrong, fmt.Sprintf("%s: %d of %d bytes", e.Name, e.Done, e.Size))
				}
				if !known {
					ids = append(ids, e.ID)
				}
				last[e.ID] = e
				mu.Unlock()
			}
		}()
		some := func(label string) string {
			n := rapid.IntRange(0, 9).Draw(r, label) // of as many as there are by now: what is drawn must not depend on that
			mu.Lock()
			defer mu.Unlock()
			if len(ids) == 0 {
				return ""
			}
			return ids[n%len(ids)]
		}
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			switch rapid.SampledFrom([]string{"pause", "pause", "resume", "resume", "cancel", "add", "wait", "wait"}).Draw(r, "step") {
			case "pause":
				drop.Pause(some("pause"))
			case "resume":
				drop.Resume(some("resume"))
			case "cancel":
				drop.Cancel(some("cancel"))
			case "add":
				drop.Add(rapid.SampledFrom(paths).Draw(r, "added"))
			case "wait":
				<-time.After(time.Duration(rapid.IntRange(0, 20).Draw(r, "milliseconds")) * time.Millisecond)
			}
		}
		if rapid.IntRange(0, 2).Draw(r, "end") == 0 {
			drop.CancelAll()
		}
		// What is still paused goes on, until all is over.
		limit := time.After(time.Minute)
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			mu.Lock()
			all := slices.Clone(ids)
			mu.Unlock()
			for _, id := range all {
				drop.Resume(id)
			}
			select {
			case <-over:
			case <-limit:
				r.Fatalf("the drop does not end: %+v", last)
			case <-tick.C:
				continue
			}
			tick.Stop()
			break
		}
		for _, w := range wrong {
			r.Errorf("%s", w)
		}
		sent := 0
		for _, e := range last {
			switch e.State {
			case desk.Sent:
				sent++
				if get(t, e.Key) != contents[e.Path] {
					r.Errorf("%s has other bytes", e.Key)
				}
			case desk.Cancelled:
			default:
				r.Errorf("%s ended as %s: %v", e.Name, e.State, e.Trouble)
			}
		}
		if keys, unfinished := inBucket(t, to.Prefix+"/"); len(keys) != sent || len(unfinished) > 0 {
			r.Errorf("%d objects for %d that were sent, unfinished %q", len(keys), sent, unfinished)
		}
	})
	t.Logf("%d checks", min(checks, 25))
}
