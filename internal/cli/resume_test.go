//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/cli"
)

func TestResumeWithNothingThere(t *testing.T) {
	r, _ := atRoad(t)
	for _, flags := range [][]string{nil, {"--json"}, {"--limit-rate", "1MiB"}} {
		got := r.run(append([]string{"resume"}, flags...)...).is(cli.OK)
		if got.out != "" || got.err != "Nothing was interrupted.\n" {
			t.Errorf("it says\n%s%s", got.out, got.err)
		}
	}
	if got := r.run("resume", "--quiet").is(cli.OK); got.out+got.err != "" {
		t.Errorf("--quiet says\n%s%s", got.out, got.err)
	}
}

// TestResumeForAPerson prints bare links and says what it goes on with.
func TestResumeForAPerson(t *testing.T) {
	r, to := atRoad(t)
	prefix, path := folder(), r.random("big.bin", slowSize)
	to.slow(r, prefix, path).kill()
	got := r.runs("resume").is(cli.OK)
	r.same(strings.TrimSuffix(got.out, "\n"), path)
	if lines := strings.Split(got.err, "\n"); len(lines) != 3 ||
		!strings.HasPrefix(lines[0], "Going on with what was sent to s3://"+to.bucket+"/"+prefix+" on ") ||
		!strings.HasPrefix(lines[1], "big.bin, 105 MB: the link works until ") {
		t.Errorf("it says\n%s", got.err)
	}
	to.holdsOnly(prefix, prefix+"big.bin")
}

// TestResumeLeavesOthersAlone: what another process is sending is not interrupted.
func TestResumeLeavesOthersAlone(t *testing.T) {
	r, to := atRoad(t)
	prefix, path := folder(), r.random("big.bin", slowSize)
	w := to.slow(r, prefix, path)
	r.nothingToResume()
	if to.came(create) != 1 || to.came(abort) != 0 {
		t.Errorf("%d starts and %d aborts", to.came(create), to.came(abort))
	}
	line := w.ends().is(cli.OK).line()
	if _, times := to.parts(); times != slowParts {
		t.Errorf("%d parts were sent", times)
	}
	to.holdsOnly(prefix, prefix+"big.bin")
	r.same(line["url"].(string), path)
}

// TestTwoResumes: each interrupted drop is gone on with once.
func TestTwoResumes(t *testing.T) {
	r, to := atRoad(t)
	prefix := folder()
	want := map[string]bool{}
	stored := 0
	for i := range 4 {
		path := r.random(fmt.Sprintf("%d.bin", i), slowSize/2)
		want[path] = true
		to.slow(r, prefix, path).kill()
		time.Sleep(100 * time.Millisecond) // what was on its way arrives
		stored += len(to.has(prefix + filepath.Base(path)))
	}
	to.forget()
	to.holdUp(func(kind string, after bool) bool { // so that both are there at once
		if kind == part && after {
			time.Sleep(50 * time.Millisecond)
		}
		return true
	})
	both := []*waybill{r.start("resume", "--json"), r.start("resume", "--json")}
	for _, w := range both {
		got := w.ends().is(cli.OK)
		lines := got.lines()
		t.Logf("one of them sent %d of 4", len(lines))
		for _, line := range lines {
			file := line["file"].(string)
			if !want[file] {
				t.Errorf("%s was sent twice", file)
			}
			delete(want, file)
			r.same(line["url"].(string), file)
		}
	}
	if len(want) > 0 {
		t.Errorf("nobody sent %v", want)
	}
	if _, times := to.parts(); times != 4*slowParts/2-stored {
		t.Errorf("%d parts were there and %d sent, of %d", stored, times, 4*slowParts/2)
	}
	to.holdsOnly(prefix, prefix+"0.bin", prefix+"1.bin", prefix+"2.bin", prefix+"3.bin")
	r.nothingToResume()
}

// TestResumeOfAChangedFile sends it as it is now, whatever it looks like from outside.
func TestResumeOfAChangedFile(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, path string, was os.FileInfo){
		"longer": func(t *testing.T, path string, _ os.FileInfo) { randomFile(t, path, slowSize+1) },
		"small":  func(t *testing.T, path string, _ os.FileInfo) { randomFile(t, path, 1000) },
		"empty":  func(t *testing.T, path string, _ os.FileInfo) { randomFile(t, path, 0) },
		"as long": func(t *testing.T, path string, _ os.FileInfo) {
			randomFile(t, path, slowSize)
		},
		"as long and as old": func(t *testing.T, path string, was os.FileInfo) {
			randomFile(t, path, slowSize)
			if err := os.Chtimes(path, was.ModTime(), was.ModTime()); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, to := atRoad(t)
			prefix, path := folder(), r.random("big.bin", slowSize)
			was, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			to.slow(r, prefix, path).kill()
			change(t, path, was)
			line := r.runs("resume", "--json").is(cli.OK).line()
			to.holdsOnly(prefix, prefix+"big.bin")
			r.same(line["url"].(string), path)
			r.runs("verify", line["id"].(string)).is(cli.OK)
			r.nothingToResume()
		})
	}
}

// TestResumeOfAFileThatIsGone says so, for a file that was dropped itself and for one in a folder, and removes what
// the store has of it.
func TestResumeOfAFileThatIsGone(t *testing.T) {
	for name, path := range map[string]string{"by itself": "big.bin", "in a folder": "album/2026/big.bin"} {
		t.Run(name, func(t *testing.T) {
			r, to := atRoad(t)
			prefix, path := folder(), r.random(path, slowSize)
			dropped := path
			if name != "by itself" {
				dropped = filepath.Join(r.dir, "album")
				r.write("album/other.txt", "other")
			}
			to.slow(r, prefix, dropped).kill()
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			got := r.runs("resume", "--json").is(cli.Failed)
			missing := 0
			for _, line := range got.lines() {
				if line["error"] == nil {
					continue // the other one, told again
				}
				if code, _, _ := failure(t, line); code != "FileGone" || line["file"] != path {
					t.Errorf("%v", line)
				}
				missing++
			}
			if missing != 1 {
				t.Errorf("%d lines say that it is gone:\n%s", missing, got.out)
			}
			if _, unfinished := to.holds(prefix); len(unfinished) != 0 {
				t.Errorf("unfinished in the bucket: %q", unfinished)
			}
			r.nothingToResume()
		})
	}
}

// TestResumeWithoutItsBucket says that it is gone, once.
func TestResumeWithoutItsBucket(t *testing.T) {
	r, to := atRoad(t)
	to.bucket = "short-lived"
	if _, err := to.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &to.bucket}); err != nil {
		t.Fatal(err)
	}
	path := r.random("big.bin", slowSize)
	to.slow(r, "", path).kill()
	uploads, err := to.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &to.bucket})
	if err != nil || len(uploads.Uploads) != 1 {
		t.Fatalf("%v, %v", uploads, err)
	}
	if _, err := to.client.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{
		Bucket: &to.bucket, Key: aws.String("big.bin"), UploadId: uploads.Uploads[0].UploadId,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := to.client.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &to.bucket}); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := failure(t, r.runs("resume", "--json").is(cli.Failed).line()); code != "NoSuchBucket" {
		t.Errorf("the failure is %s", code)
	}
	r.nothingToResume()
}

// TestResumeWithoutANetwork says so and loses nothing: the next one goes on, also with what the store has nothing of.
func TestResumeWithoutANetwork(t *testing.T) {
	for name, files := range map[string]int{"one in parts": 0, "small ones": 100} {
		t.Run(name, func(t *testing.T) {
			r, to := atRoad(t)
			prefix, path := folder(), filepath.Join(r.dir, "album")
			if files == 0 {
				path = r.random("big.bin", slowSize)
				to.slow(r, prefix, path).kill()
				files = 1
			} else {
				for i := range files {
					r.random(fmt.Sprintf("album/%d.bin", i), 20<<10)
				}
				w := r.start("send", "--json", "--bucket", to.bucket, "--prefix", prefix, "--limit-rate", "1MiB", path)
				eventually(t, "some files", func() bool { return to.went(put) >= 30 })
				w.kill()
			}
			to.close()
			got := r.runs("resume", "--json").is(cli.Failed)
			for _, line := range got.lines() {
				if line["error"] == nil {
					continue
				}
				if code, _, _ := failure(t, line); code != "StoreDown" {
					t.Fatalf("%v", line)
				}
			}
			to.open()
			r.runs("resume", "--json").is(cli.OK)
			objects, unfinished := to.holds(prefix)
			if len(objects) != files || len(unfinished) != 0 {
				t.Errorf("%d objects of %d, and %q unfinished", len(objects), files, unfinished)
			}
			r.nothingToResume()
		})
	}
}

// TestResumeWithABrokenProfile loses nothing either.
func TestResumeWithABrokenProfile(t *testing.T) {
	r, to := atRoad(t)
	prefix, path := folder(), r.random("big.bin", slowSize)
	to.slow(r, prefix, path).kill()
	config := os.Getenv("AWS_CONFIG_FILE")
	good, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	r.write(config, "[default\n")
	if code, _, _ := failure(t, r.runs("resume", "--json").is(cli.Failed).line()); code != "ConfigFile" {
		t.Errorf("the failure is %s", code)
	}
	r.write(config, string(good))
	line := r.runs("resume", "--json").is(cli.OK).line()
	to.holdsOnly(prefix, prefix+"big.bin")
	r.same(line["url"].(string), path)
	r.nothingToResume()
}

// TestVerify holds what was sent against what is on disk and in the store.
func TestVerify(t *testing.T) {
	r, to := atRoad(t)
	prefix := folder()
	send := func(path string) (id string) {
		t.Helper()
		line := r.run("send", "--json", "--bucket", to.bucket, "--prefix", prefix, "--part-size", "5MiB", path).is(cli.OK).line()
		return line["id"].(string)
	}
	small, large := r.write("small.txt", "small"), r.random("large.bin", 12<<20)
	none := r.write("none.txt", "")
	ids := []string{send(small), send(large), send(none)}
	lines := r.run(append([]string{"verify", "--json"}, ids...)...).is(cli.OK).lines()
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, name := range []string{"small.txt", "large.bin", "none.txt"} {
		line := lines[i]
		fields(t, line, "id", "file", "bucket", "key", "checksum", "same")
		if line["id"] != ids[i] || line["file"] != filepath.Join(r.dir, name) || line["bucket"] != to.bucket || line["key"] != prefix+name ||
			line["same"] != true || !strings.HasPrefix(line["checksum"].(string), "crc64nvme:") {
			t.Errorf("%v", line)
		}
	}
	plain := r.run("verify", ids[0]).is(cli.OK)
	if want := small + " is the same as s3://" + to.bucket + "/" + prefix + "small.txt (" + lines[0]["checksum"].(string) + ")\n"; plain.out != want || plain.err != "" {
		t.Errorf("it says\n%s%swant\n%s", plain.out, plain.err, want)
	}

	// Each of these is one failure, and those beside it are told all the same.
	wants := func(code, file, id string) {
		t.Helper()
		lines := r.run("verify", "--json", id, ids[2]).is(cli.Failed).lines()
		if len(lines) != 2 || lines[1]["same"] != true {
			t.Fatalf("%v", lines)
		}
		if got, _, _ := failure(t, lines[0]); got != code || lines[0]["file"] != file {
			t.Errorf("%v, want %s", lines[0], code)
		}
		if plain := r.run("verify", id).is(cli.Failed); plain.out != "" || !strings.HasPrefix(plain.err, "waybill: ") {
			t.Errorf("it says\n%s%s", plain.out, plain.err)
		}
	}
	r.write(small, "other")
	wants("VerifyChanged", small, ids[0])
	r.write(small, "longer than it was")
	wants("VerifyChanged", small, ids[0])
	r.write(small, "small")
	r.run("verify", ids[0]).is(cli.OK)
	to.putObject(prefix+"small.txt", "SMALL")
	wants("VerifyObject", small, ids[0])
	to.empty(prefix + "small.txt")
	wants("NoSuchKey", small, ids[0])
	if err := os.Remove(large); err != nil {
		t.Fatal(err)
	}
	wants("FileGone", large, ids[1])
	wants("NotInLedger", "no-such-id", "no-such-id")
	failed := filepath.Join(r.dir, "gone.txt")
	r.run("send", "--bucket", to.bucket, "--prefix", prefix, failed).is(cli.Failed)
	for _, line := range r.run("links", "--json").is(cli.OK).lines() {
		if line["name"] == "gone.txt" {
			wants("NothingToVerify", failed, line["id"].(string))
		}
	}
	if got := r.run("verify").is(cli.Usage); got.err != "waybill: name at least one ID; waybill links lists them; waybill verify --help shows how\n" {
		t.Errorf("it says\n%s", got.err)
	}
}

// TestLimitRate: it holds over all of a command, in parts and in small files, and lets most of itself be used.
func TestLimitRate(t *testing.T) {
	r, to := atRoad(t)
	album := filepath.Join(r.dir, "album")
	for i := range 40 {
		r.random(fmt.Sprintf("album/%d.bin", i), 200<<10)
	}
	for name, c := range map[string]struct {
		path string
		size float64
	}{
		"parts": {r.random("big.bin", 24<<20), 24}, "small files": {album, 40 * 200.0 / 1024},
	} {
		started := time.Now()
		r.runs("send", "--quiet", "--bucket", to.bucket, "--prefix", folder(), "--limit-rate", "6MiB", "--part-size", "5MiB", c.path).is(cli.OK)
		rate := c.size / time.Since(started).Seconds()
		t.Logf("%s: %.2f MiB/s of 6", name, rate)
		if rate > 6.6 || rate < 3 {
			t.Errorf("%s: %.2f MiB/s under a limit of 6", name, rate)
		}
	}
	path := r.write("a.txt", "a")
	for _, bad := range []string{"fast", "-1", "1", "1023", "5MiB/s", "1e30", "NaN"} {
		for _, args := range [][]string{{"send", "--bucket", to.bucket, "--limit-rate", bad, path}, {"resume", "--limit-rate", bad}} {
			got := r.run(args...).is(cli.Usage)
			if want := fmt.Sprintf("waybill: %q is not a number of bytes a second.\n  Write it as 500KiB, 5MiB or 1GiB; 0 is no limit.\n", bad); !strings.HasPrefix(got.err, want) || got.out != "" {
				t.Errorf("%q says\n%s", args, got.err)
			}
		}
	}
	for _, good := range []string{"0", "1KiB", "5MB", "1GiB"} {
		r.run("send", "--quiet", "--bucket", to.bucket, "--prefix", folder(), "--limit-rate", good, path).is(cli.OK)
	}
}

// TestFoldersAreSentAsMeant: what is left out of a folder is said, and is no failure.
func TestFoldersAreSentAsMeant(t *testing.T) {
	r, to := atRoad(t)
	for _, name := range []string{"album/a.txt", "album/.hidden", "album/.git/config", "album/sub/.env", "album/sub/b.txt", "elsewhere/c.txt"} {
		r.write(name, name)
	}
	album := filepath.Join(r.dir, "album")
	if err := os.Symlink(filepath.Join(r.dir, "elsewhere"), filepath.Join(album, "link")); err != nil {
		t.Fatal(err)
	}
	prefix := folder()
	got := r.run("send", "--bucket", to.bucket, "--prefix", prefix, "--skip-hidden", album).is(cli.OK)
	for _, want := range []string{
		"link is a link to a folder, which is not followed: it may lead in circles.\n",
		"waybill: Hidden files and folders in album were left out: 3.\n",
	} {
		if strings.Count(got.err, want) != 1 {
			t.Errorf("it does not say once %q:\n%s", want, got.err)
		}
	}
	if strings.Count(got.out, "\n") != 2 {
		t.Errorf("the links are\n%s", got.out)
	}
	to.holdsOnly(prefix, prefix+"album/a.txt", prefix+"album/sub/b.txt")
	prefix = folder()
	lines := r.run("send", "--json", "--bucket", to.bucket, "--prefix", prefix, album).is(cli.OK).lines()
	skipped := 0
	for _, line := range lines {
		if line["skipped"] == true {
			skipped++
			fields(t, line, "file", "bucket", "key", "skipped")
		}
	}
	if skipped != 1 || len(lines) != 6 {
		t.Errorf("%d lines, %d of them skipped", len(lines), skipped)
	}
	to.holdsOnly(prefix, prefix+"album/a.txt", prefix+"album/.hidden", prefix+"album/.git/config", prefix+"album/sub/.env", prefix+"album/sub/b.txt")
	prefix = folder()
	r.run("send", "--bucket", to.bucket, "--prefix", prefix, "--skip-hidden", filepath.Join(album, ".hidden")).is(cli.OK)
	to.holdsOnly(prefix, prefix+".hidden") // what is named is meant
}
