//go:build unix

package cli_test

import (
	"context"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/cli"
	"waybill/internal/teststore"
)

// clean runs the command below a prefix and gives its lines of JSON by key, each with its state and whether it was
// removed.
func (r *rig) clean(to *target, prefix string, flags ...string) (states map[string]string, got ran) {
	r.t.Helper()
	got = r.run(append([]string{"clean", "--json", "s3://" + to.bucket + "/" + prefix}, flags...)...).is(cli.OK)
	states = map[string]string{}
	for _, line := range got.lines() {
		fields(r.t, line, "bucket", "key", "upload_id", "started", "state", "removed")
		if _, err := time.Parse(time.RFC3339, line["started"].(string)); err != nil || line["bucket"] != to.bucket {
			r.t.Errorf("%v", line)
		}
		state := line["state"].(string)
		if line["removed"] == true {
			state += ", removed"
		}
		name := strings.TrimPrefix(line["key"].(string), prefix)
		if before := states[name]; before != "" {
			all := []string{before, state}
			slices.Sort(all)
			state = strings.Join(all, "; ")
		}
		states[name] = state
	}
	return states, got
}

func (r *rig) cleans(to *target, prefix string, want map[string]string, says string, flags ...string) {
	r.t.Helper()
	states, got := r.clean(to, prefix, flags...)
	if says == noneOurs && !slices.ContainsFunc(slices.Collect(maps.Values(want)), func(s string) bool { return s != "in work" }) {
		says = allInWork
	}
	if len(states) != len(want) || got.err != says {
		r.t.Errorf("%v, %q; want %v, %q", states, got.err, want, says)
	}
	for name, state := range want {
		if states[name] != state {
			r.t.Errorf("%s is %q, want %q", name, states[name], state)
		}
	}
}

const (
	noneThere    = "There are no unfinished uploads.\n"
	noneOurs     = "None of them was left behind by this computer's Waybill; --all removes others as well.\n"
	allInWork    = "All of them are in work: waybill resume goes on with what was interrupted.\n"
	noneRemoved  = "Nothing was removed; --yes removes without asking.\n"
	oneOfThemHas = "1 removed.\n"
)

// lostStart kills a send whose upload was started in the store without that it heard of it.
func (to *target) lostStart(r *rig, prefix, path string) {
	r.t.Helper()
	lost := make(chan struct{}, 1)
	to.holdUp(func(kind string, after bool) bool {
		if kind == create && after {
			select {
			case lost <- struct{}{}:
			default:
			}
			time.Sleep(inTime / 4) // no answer comes
			return false
		}
		return true
	})
	w := r.start("send", "--json", "--bucket", to.bucket, "--prefix", prefix, "--part-size", "5MiB", path)
	wait(r.t, "the start", lost)
	w.kill()
	to.forget()
}

// begun waits until the store has one unfinished upload of a key.
func (to *target) begun(key string) {
	to.t.Helper()
	eventually(to.t, "the upload of "+key, func() bool {
		_, unfinished := to.holds(key)
		return len(unfinished) == 1
	})
}

// TestClean lists what is unfinished in a bucket, and removes what this computer has left behind.
func TestClean(t *testing.T) {
	r, to := atRoad(t)
	testClean(t, r, to)
}

// TestCleanMinIO is the same beside a store that takes the prefix of a list for a whole key.
func TestCleanMinIO(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	to := &target{newRoad(t, m.Endpoint), teststore.Bucket, m.Key, m.Secret, m.Client(m.Key, m.Secret, "")}
	testClean(t, to.computer(t), to)
}

func testClean(t *testing.T, r *rig, to *target) {
	t.Helper()
	prefix, path := folder(), r.random("big.bin", slowSize/4)
	r.cleans(to, prefix, nil, noneThere)
	if got := r.run("clean", "s3://"+to.bucket+"/"+prefix).is(cli.OK); got.out != "" || got.err != noneThere {
		t.Errorf("it says\n%s%s", got.out, got.err)
	}

	// Of others: listed, and removed only by --all.
	to.upload(prefix + "other.bin")
	others := map[string]string{"other.bin": "unknown"}
	r.cleans(to, prefix, others, noneOurs)
	r.cleans(to, prefix, others, noneOurs, "--yes")
	r.cleans(to, prefix, others, noneRemoved, "--all")
	plain := r.run("clean", "s3://"+to.bucket+"/"+prefix).is(cli.OK)
	if !regexp.MustCompile(`^KEY +STARTED +STATE\ns3://`+to.bucket+"/"+prefix+`other\.bin +\d{4}-\d\d-\d\d \d\d:\d\d \S+ +unknown\n$`).MatchString(plain.out) || plain.err != noneOurs {
		t.Errorf("it says\n%s%s", plain.out, plain.err)
	}

	// What resume will go on with is never removed, nor what is being sent; another's of the same name is not ours.
	to.lostStart(r, prefix, path)
	to.begun(prefix + "big.bin")
	with := map[string]string{"other.bin": "unknown", "big.bin": "in work"}
	r.cleans(to, prefix, with, noneOurs)
	r.cleans(to, prefix, with, noneOurs, "--yes")
	line := r.runs("resume", "--json").is(cli.OK).line()
	r.same(line["url"].(string), path)
	if _, unfinished := to.holds(prefix + "big.bin"); len(unfinished) != 0 {
		t.Errorf("resume left %q", unfinished)
	}
	r.nothingToResume()

	slow := r.random("slow.bin", slowSize)
	w := to.slow(r, prefix, slow)
	to.upload(prefix + "slow.bin")
	states := map[string]string{"other.bin": "unknown", "slow.bin": "in work; unknown"}
	r.cleans(to, prefix, states, noneOurs, "--yes")
	for name, state := range states {
		states[name] = strings.Replace(state, "unknown", "unknown, removed", 1)
	}
	_, got := r.clean(to, prefix, "--yes", "--all")
	if got.err != "2 removed.\n" {
		t.Errorf("it says %q", got.err)
	}
	r.same(w.ends().is(cli.OK).line()["url"].(string), slow)
	r.nothingToResume()
	r.cleans(to, prefix, nil, noneThere)
}

// TestCleanOfWhatWasLeftBehind: of an upload whose parts could not be removed, since the network was lost as well,
// the ledger knows that it is Waybill's own.
func TestCleanOfWhatWasLeftBehind(t *testing.T) {
	r, to := atRoad(t)
	prefix, path := folder(), r.random("big.bin", slowSize)
	to.slow(r, prefix, path).kill()
	to.begun(prefix + "big.bin")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	to.close()
	r.runs("resume", "--json").is(cli.Failed) // the file is gone, and nobody can be told to remove its parts
	to.open()
	r.nothingToResume()
	mine := map[string]string{"big.bin": "waybill"}
	r.cleans(to, prefix, mine, noneRemoved)
	r.cleans(to, prefix, map[string]string{"big.bin": "waybill, removed"}, oneOfThemHas, "--yes")
	r.cleans(to, prefix, nil, noneThere)

	// Somebody else's, later, under the same name, is theirs.
	to.upload(prefix + "big.bin")
	r.cleans(to, prefix, map[string]string{"big.bin": "unknown"}, noneOurs, "--yes")
}

// TestCleanAfterALostAnswer: a start whose answer was lost is begun again, and the first one is known as Waybill's
// own when the file was sent, be it by another process.
func TestCleanAfterALostAnswer(t *testing.T) {
	for name, dies := range map[string]bool{"sent": false, "killed and resumed": true} {
		t.Run(name, func(t *testing.T) {
			r, to := atRoad(t)
			prefix, path := folder(), r.random("big.bin", slowSize)
			var lost atomic.Bool
			to.holdUp(func(kind string, after bool) bool {
				return kind != create || !after || lost.Swap(true)
			})
			w := to.slow(r, prefix, path)
			if n := to.went(create); n != 2 {
				t.Fatalf("%d starts", n)
			}
			if dies {
				w.kill()
				w = r.start("resume", "--json")
			}
			r.same(w.ends().is(cli.OK).line()["url"].(string), path)
			if objects, unfinished := to.holds(prefix); len(objects) != 1 || len(unfinished) != 1 {
				t.Fatalf("%v, %v", objects, unfinished)
			}
			r.cleans(to, prefix, map[string]string{"big.bin": "waybill, removed"}, oneOfThemHas, "--yes")
			r.cleans(to, prefix, nil, noneThere)
		})
	}
}

// TestCleanUsage: what makes no sense, and what is not there.
func TestCleanUsage(t *testing.T) {
	r, to := atRoad(t)
	for _, args := range [][]string{{"clean"}, {"clean", "s3://a/b", "s3://c/d"}} {
		if got := r.run(args...).is(cli.Usage); got.err != "waybill: name one place as s3://bucket/prefix; waybill clean --help shows how\n" {
			t.Errorf("%q says\n%s", args, got.err)
		}
	}
	r.refuses(`"team-share" is not an S3 address.`, "Write it as s3://bucket/key.", "clean", "team-share")
	if got := r.run("clean", "s3://no-such-bucket-here/").is(cli.Failed); got.out != "" || !strings.HasPrefix(got.err, `waybill: There is no bucket "no-such-bucket-here" in this store.`) {
		t.Errorf("it says\n%s%s", got.out, got.err)
	}
	id := to.upload("clean-me.bin")
	r.run("clean", "--yes", "--all", "s3://"+to.bucket).is(cli.OK)
	key := "clean-me.bin"
	if _, err := to.client.ListParts(context.Background(), &s3.ListPartsInput{Bucket: &to.bucket, Key: &key, UploadId: &id}); err == nil {
		t.Error("it is still there")
	}
}
