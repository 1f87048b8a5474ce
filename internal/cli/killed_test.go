//go:build unix

package cli_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/teststore"
)

// What a kill -9 is tried on: 300 MiB in 60 parts, sent within about three seconds.
const (
	bigSize  = 300 << 20
	bigParts = 60
	bigRate  = "100MiB"
	bigTime  = 3 * time.Second
)

// moment is when a command is killed: so long after something has come about.
type moment struct {
	since string // look: before the upload's start is answered; create: from its answer on; complete
	after time.Duration
}

func (m moment) String() string {
	return fmt.Sprintf("%s after %s", m.after.Round(time.Millisecond), m.since)
}

// holdTime is how long the answers to a start and a completion are held up, before the store does it and after, so
// that moments within them can be met.
const holdTime = 150 * time.Millisecond

// moments spreads kills over an upload: while its start is under way, over all of the middle, and around its end.
func moments(random *rand.Rand, starts, middles, ends int) (list []moment) {
	within := func(d time.Duration, i, of int) time.Duration {
		return time.Duration((float64(i) + random.Float64()) / float64(of) * float64(d))
	}
	for i := range starts {
		list = append(list, moment{look, within(3*holdTime, i, starts)})
	}
	for i := range middles {
		list = append(list, moment{create, within(bigTime-200*time.Millisecond, i, middles)})
	}
	for i := range ends {
		list = append(list, moment{complete, within(2*holdTime-30*time.Millisecond, i, ends)})
	}
	return list
}

// TestKilledSend kills a send of 300 MiB at ten random moments. Each time, resume ends in identical bytes under the
// file's own name, with nothing left over, and sends no part that the store had.
func TestKilledSend(t *testing.T) {
	r, to := atRoad(t)
	path := filepath.Join(t.TempDir(), "big.bin")
	randomFile(t, path, bigSize)
	for _, m := range moments(seeded(t), 2, 6, 2) {
		t.Run(m.String(), func(t *testing.T) { killed(t, r, to, path, m) })
	}
}

// TestKilledSendMinIO is the same beside a stricter store.
func TestKilledSendMinIO(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	to := &target{newRoad(t, m.Endpoint), teststore.Bucket, m.Key, m.Secret, m.Client(m.Key, m.Secret, "")}
	r := to.computer(t)
	path := filepath.Join(t.TempDir(), "big.bin")
	randomFile(t, path, bigSize)
	for _, m := range moments(seeded(t), 1, 2, 2) {
		t.Run(m.String(), func(t *testing.T) { killed(t, r, to, path, m) })
	}
}

func killed(t *testing.T, r *rig, to *target, path string, m moment) {
	r = &rig{t, r.home, r.dir, r.secrets}
	prefix := folder()
	t.Cleanup(func() { to.empty(prefix) })
	reached := make(chan struct{}, 100)
	to.forget()
	to.holdUp(func(kind string, after bool) bool {
		if kind == m.since && after == (kind == create) {
			reached <- struct{}{}
		}
		if kind == look && !after || kind == create || kind == complete {
			time.Sleep(holdTime)
		}
		return true
	})
	w := r.start("send", "--json", "--bucket", to.bucket, "--prefix", prefix, "--part-size", "5MiB", "--limit-rate", bigRate, path)
	wait(t, m.since, reached)
	time.Sleep(m.after)
	before := w.kill()
	if before.out != "" {
		t.Fatalf("a link was printed already: %s", before.out)
	}
	if m.since == complete { // what is on the wire will arrive; then there is nothing to wait for but the store
		eventually(t, "what the store made of it", func() bool { return to.went(complete) == 1 })
	}
	passed, _ := to.parts()
	creates, completes := to.went(create), to.went(complete)
	time.Sleep(holdTime) // what was on its way when the command ended arrives, or not
	stored := to.has(prefix + "big.bin")
	if completes == 1 {
		stored = passed
	}
	to.forget()

	line := r.runs("resume", "--json").is(cli.OK).line()
	sentFields(t, line)
	if line["key"] != prefix+"big.bin" || line["file"] != path || line["size"] != float64(bigSize) || line["verified"] != true {
		t.Errorf("%v", line)
	}
	sent, times := to.parts()
	t.Logf("killed %s: %d starts and %d completions, the store had %d parts; resume sent %d parts and asked for %d starts",
		m, creates, completes, len(stored), len(sent), to.came(create))
	// Killed between the answer to the start and the ledger's line of it, the command has left no name to go on with.
	nameless := m.since == look || len(stored) == 0 && to.came(create) == 1
	if !nameless {
		for _, n := range sent {
			if slices.Contains(stored, n) {
				t.Errorf("part %d was sent again", n)
			}
		}
		if times != len(sent) || len(sent)+len(stored) != bigParts || to.came(create) != 0 {
			t.Errorf("%d parts were there, %d sent %d times, with %d starts", len(stored), len(sent), times, to.came(create))
		}
	}
	to.holdsOnly(prefix, prefix+"big.bin")
	r.same(line["url"].(string), path)
	if got := r.runs("verify", "--json", line["id"].(string)).is(cli.OK).line(); got["same"] != true || got["checksum"] != line["checksum"] {
		t.Errorf("verify says %v", got)
	}
	r.nothingToResume()
}

// TestKilledFolder kills a send of 500 small files while they go: none is lost, and none doubled.
func TestKilledFolder(t *testing.T) {
	const files = 500
	r, to := atRoad(t)
	random := seeded(t)
	for i := range files {
		r.random(fmt.Sprintf("album/%02d/%03d.bin", i%7, i), 1+random.Int64N(40<<10))
	}
	for i := range 4 {
		after := i*files/4 + random.IntN(files/4)
		t.Run(fmt.Sprintf("after %d files", after), func(t *testing.T) {
			r := &rig{t, filepath.Join(t.TempDir(), "home"), r.dir, r.secrets}
			t.Setenv("WAYBILL_HOME", r.home)
			prefix := folder()
			to.forget()
			w := r.start("send", "--json", "--bucket", to.bucket, "--prefix", prefix, filepath.Join(r.dir, "album"))
			eventually(t, "enough files", func() bool { return to.went(put) >= after })
			told := w.kill().lines()
			stored := to.went(put)
			to.forget()
			lines := r.runs("resume", "--json").is(cli.OK).lines()
			t.Logf("killed after %d files were stored and %d told; resume told %d and sent %d", stored, len(told), len(lines), to.went(put))
			links := map[string]string{}
			for _, line := range slices.Concat(told, lines) {
				sentFields(t, line)
				links[line["key"].(string)] = line["url"].(string)
			}
			objects, unfinished := to.holds(prefix)
			if len(links) != files || len(objects) != files || len(unfinished) != 0 {
				t.Errorf("%d links to %d objects, and %d unfinished", len(links), len(objects), len(unfinished))
			}
			for i := range files {
				name := fmt.Sprintf("album/%02d/%03d.bin", i%7, i)
				if link, ok := links[prefix+name]; !ok {
					t.Errorf("%s was lost", name)
				} else {
					r.same(link, filepath.Join(r.dir, name))
				}
			}
			if total := to.went(put); total > files-stored+2*16 { // what was not written down yet is asked for again, and refused
				t.Errorf("%d files were sent again after %d of %d", total, stored, files)
			}
			var recorded []string
			for _, line := range r.runs("links", "--json").is(cli.OK).lines() {
				recorded = append(recorded, line["key"].(string))
			}
			slices.Sort(recorded)
			if len(recorded) != files || len(slices.Compact(recorded)) != files {
				t.Errorf("the ledger has %d entries", len(recorded))
			}
			r.nothingToResume()
		})
	}
}

// TestKilledWithItsSandbox kills a send together with the store, which ran in it: resume starts both again.
func TestKilledWithItsSandbox(t *testing.T) {
	r := newRig(t, "", "")
	path := r.random("big.bin", 100<<20)
	w := r.start("send", "--json", "--sandbox", "--part-size", "5MiB", "--limit-rate", "50MiB", path)
	// Nobody stands between: a quarter of it is there when it has been read from the disk.
	eventually(t, "a quarter of it", func() bool { return below(filepath.Join(r.home, "sandbox")) > 25<<20 })
	w.kill()
	line := r.runs("resume", "--json").is(cli.OK).line()
	if line["key"] != "big.bin" || line["verified"] != true {
		t.Errorf("%v", line)
	}
	r.nothingToResume()
	s := r.startSandbox("--json", "--quiet")
	if !s.out.Scan() {
		t.Fatal("the sandbox says nothing")
	}
	r.same(line["url"].(string), path)
	if got := r.runs("clean", "--json", "--sandbox", "s3://sandbox/").is(cli.OK); got.out != "" {
		t.Errorf("unfinished in the bucket: %s", got.out)
	}
}

// below adds up the sizes of all files in a folder.
func below(folder string) (bytes int64) {
	_ = filepath.WalkDir(folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if info, err := entry.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return nil
	})
	return bytes
}

// slow sends a file of 20 parts over the road and returns when the store has some of them, and not all.
func (to *target) slow(r *rig, prefix, path string, flags ...string) *waybill {
	r.t.Helper()
	w := r.start(append([]string{"send", "--json", "--bucket", to.bucket, "--prefix", prefix, "--part-size", "5MiB", "--limit-rate", "20MiB", path}, flags...)...)
	have := to.went(part)
	eventually(r.t, "some parts", func() bool { return to.went(part) >= have+4 })
	return w
}

const slowSize, slowParts = 100 << 20, 20

// TestEndOfTheSession: what the system ends keeps what the store has, and says how to go on.
func TestEndOfTheSession(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			// Whoever runs the tests may ignore it, as nohup does, and a program that is started inherits that; what is
			// caught here has its usual meaning there.
			caught := make(chan os.Signal, 1)
			signal.Notify(caught, s)
			defer signal.Stop(caught)
			r, to := atRoad(t)
			prefix, path := folder(), r.random("big.bin", slowSize)
			w := to.slow(r, prefix, path)
			w.signal(s)
			got := w.ends().is(cli.Interrupted)
			if got.out != "" || got.err != "1 file is not sent yet. To go on: waybill resume\n" {
				t.Errorf("it says\n%s%s", got.out, got.err)
			}
			stored, _ := to.parts()
			if _, unfinished := to.holds(prefix); len(unfinished) != 1 {
				t.Fatalf("%d uploads are left", len(unfinished))
			}
			to.forget()
			// The resume is ended as well, and another one goes on.
			w = r.start("resume", "--json")
			to.holdUp(func(kind string, after bool) bool {
				if kind == part && after {
					time.Sleep(100 * time.Millisecond)
				}
				return true
			})
			eventually(t, "more parts", func() bool { return to.went(part) >= 4 })
			w.signal(s)
			got = w.ends().is(cli.Interrupted)
			if !strings.HasSuffix(got.err, "\n1 file is not sent yet. To go on: waybill resume\n") {
				t.Errorf("it says\n%s", got.err)
			}
			more, _ := to.parts()
			to.forget()
			line := r.runs("resume", "--json").is(cli.OK).line()
			rest, times := to.parts()
			t.Logf("%d parts before the first signal, %d before the second, %d after it", len(stored), len(more), len(rest))
			if all := len(stored) + len(more) + len(rest); all != slowParts || times != len(rest) {
				t.Errorf("%d parts were sent, %d of them in the end", all, times)
			}
			to.holdsOnly(prefix, prefix+"big.bin")
			r.same(line["url"].(string), path)
			r.nothingToResume()
		})
	}
}

// TestInterruptedByThePerson: Ctrl+C means that nobody wants it any more.
func TestInterruptedByThePerson(t *testing.T) {
	r, to := atRoad(t)
	prefix, path := folder(), r.random("big.bin", slowSize)
	w := to.slow(r, prefix, path)
	w.signal(os.Interrupt)
	got := w.ends().is(cli.Interrupted)
	if code, _, _ := failure(t, got.line()); code != "Cancelled" || strings.Contains(got.err, "resume") {
		t.Errorf("it says\n%s%s", got.out, got.err)
	}
	to.holdsOnly(prefix)
	r.nothingToResume()

	// The same when what is under way is a resume.
	w = to.slow(r, prefix, path)
	w.kill()
	to.holdUp(func(kind string, after bool) bool {
		if kind == part && after {
			time.Sleep(100 * time.Millisecond)
		}
		return true
	})
	have := to.went(part)
	w = r.start("resume", "--json")
	eventually(t, "more parts", func() bool { return to.went(part) >= have+4 })
	w.signal(os.Interrupt)
	w.ends().is(cli.Interrupted)
	to.holdsOnly(prefix)
	r.nothingToResume()
}

// TestASecondSignal does not wait for what the first one tidies up, and leaves what can be gone on with.
func TestASecondSignal(t *testing.T) {
	r, to := atRoad(t)
	prefix, path := folder(), r.random("big.bin", slowSize)
	w := to.slow(r, prefix, path)
	release := make(chan struct{})
	to.holdUp(func(kind string, after bool) bool {
		if kind == abort && !after {
			<-release
		}
		return true
	})
	w.signal(os.Interrupt)
	eventually(t, "the tidying up", func() bool { return to.came(abort) > 0 })
	w.signal(os.Interrupt)
	w.ends()
	close(release)
	if status, ok := w.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v", w.cmd.ProcessState)
	}
	line := r.runs("resume", "--json").is(cli.OK).line()
	to.holdsOnly(prefix, prefix+"big.bin")
	r.same(line["url"].(string), path)
	r.nothingToResume()
}

// TestSetAside is Ctrl+Z and fg: it stands still, and goes on.
func TestSetAside(t *testing.T) {
	r, to := atRoad(t)
	prefix, path := folder(), r.random("big.bin", slowSize)
	w := to.slow(r, prefix, path)
	w.signal(syscall.SIGTSTP)
	if _, err := os.Stat("/proc/self/stat"); err == nil {
		eventually(t, "its stop", func() bool {
			stat, err := os.ReadFile("/proc/" + strconv.Itoa(w.cmd.Process.Pid) + "/stat")
			return err == nil && strings.Contains(string(stat), ") T ")
		})
	}
	time.Sleep(time.Second) // what is on its way arrives
	have := to.went(part)
	time.Sleep(2 * time.Second) // longer than anything on its way would take
	if now := to.went(part); now != have || have == slowParts {
		t.Errorf("it went on from %d to %d parts of %d", have, now, slowParts)
	}
	w.signal(syscall.SIGCONT)
	line := w.ends().is(cli.OK).line()
	to.holdsOnly(prefix, prefix+"big.bin")
	r.same(line["url"].(string), path)
	r.nothingToResume()
}

// TestLostNetwork takes the network away in the middle, for some seconds.
func TestLostNetwork(t *testing.T) {
	r, to := atRoad(t)
	prefix, path := folder(), r.random("big.bin", slowSize)
	second := r.random("second.bin", slowSize/2)
	w := to.slow(r, prefix, path, second)
	to.close()
	time.Sleep(5 * time.Second) // the person moves to another room
	if got := w.err.String(); got == "" {
		t.Error("nothing was said while the network was lost")
	}
	to.open()
	got := w.ends().is(cli.OK)
	if strings.Count(got.err, "The network is lost; ") != 1 || !strings.HasPrefix(got.err, "The network is lost; ") || strings.Contains(got.err, "waybill: ") {
		t.Errorf("it says\n%s", got.err)
	}
	to.holdsOnly(prefix, prefix+"big.bin", prefix+"second.bin")
	for _, line := range got.lines() {
		r.same(line["url"].(string), line["file"].(string))
	}
	r.nothingToResume()
}
