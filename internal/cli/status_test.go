package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// TestUsage: what makes no sense ends with status 2 before anything is sent, with a sentence on what is wrong and,
// where a person may not know, one on what to do.
func TestUsage(t *testing.T) {
	r := atStore(t)
	file := r.write("a.txt", "a")
	to := []string{"send", "--bucket", sandbox.Bucket}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"send"}, "waybill: name at least one file or folder; waybill send --help shows how\n"},
		{[]string{"send", "--bucket", sandbox.Bucket, ""}, "waybill: a path is empty\n"},
		{[]string{"send", "--nonsense", file}, "waybill: unknown flag: --nonsense\n"},
		{append(to, "--on-clash", "maybe", file), "waybill: \"maybe\" is not a way to treat a taken name.\n  Choose ask, keep-both, replace or skip.\n"},
		{append(to, "--verify-link", "some", file), "waybill: \"some\" is not a way to verify links.\n  Choose all, sample or none.\n"},
		{append(to, "--concurrency", "300", file), "waybill: \"300\" is not a number of requests at once.\n  Choose a number from 1 to 256.\n"},
		{append(to, "--concurrency", "x", file), "waybill: --concurrency \"x\" is not a whole number\n"},
		{append(to, "--part-size", "1MiB", file), "waybill: \"1MiB\" is not a size for a part.\n  Choose a size from 5MiB to 5GiB.\n"},
		{append(to, "--log-level", "loud", file), "waybill: --log-level \"loud\" is none of debug, info, warn, error\n"},
		{[]string{"link"}, "waybill: name at least one object as s3://bucket/key; waybill link --help shows how\n"},
		{[]string{"link", "http://x/y"}, "waybill: \"http://x/y\" is not an S3 address.\n  Write it as s3://bucket/key.\n"},
		{[]string{"link", "s3://bucket"}, "waybill: \"s3://bucket\" names no object; write s3://bucket/key\n"},
		{[]string{"link", "s3://bucket/"}, "waybill: \"s3://bucket/\" names no object; write s3://bucket/key\n"},
		{[]string{"link", "s3://bucket/a.txt", "s3://other"}, "waybill: \"s3://other\" names no object; write s3://bucket/key\n"},
		{[]string{"link", "s3://"}, "waybill: \"s3://\" is not an S3 address.\n  Write it as s3://bucket/key.\n"},
		{[]string{"link", "s3://bucket/a/../b"}, "waybill: \"a/../b\" cannot be the name of an object.\n"},
		{[]string{"link", "s3://bucket//a"}, "waybill: \"/a\" cannot be the name of an object.\n"},
		{[]string{"resume", "more"}, "waybill: waybill resume takes no \"more\"; waybill resume --help shows what it takes\n"},
		{[]string{"version", "more"}, "waybill: waybill version takes no \"more\"; waybill version --help shows what it takes\n"},
		{[]string{"snd"}, "waybill: \"snd\" is neither a command nor a file; waybill --help lists the commands\n"},
	} {
		got := r.run(c.args...).is(cli.Usage)
		if got.out != "" || !strings.HasPrefix(got.err, c.says) {
			t.Errorf("%q says %q, want %q", c.args, got.err, c.says)
		}
		asJSON := append([]string{c.args[0], "--json"}, c.args[1:]...)
		if got := r.run(asJSON...).is(cli.Usage); got.out != "" {
			t.Errorf("%q prints %q", asJSON, got.out)
		}
	}
	if sent := r.run("links", "--json").is(cli.OK).lines(); len(sent) != 0 {
		t.Errorf("something was sent: %v", sent)
	}
}

// TestTheSandboxIsAStoreOfItsOwn: a profile, a region or an endpoint beside it would be left out without a word.
func TestTheSandboxIsAStoreOfItsOwn(t *testing.T) {
	r := atStore(t)
	file := r.write("a.txt", "a")
	for _, command := range [][]string{{"send", file}, {"link", "s3://sandbox/a.txt"}, {file}, {}} {
		for _, other := range [][]string{
			{"--profile", "default"}, {"--region", "eu-west-1"}, {"--endpoint-url", store.Endpoint()}, {"--profile", "default", "--region", "eu-west-1"},
		} {
			got := r.run(append(append([]string{"--sandbox"}, other...), command...)...).is(cli.Usage)
			if got.out != "" || !strings.HasPrefix(got.err, "waybill: --sandbox is a store of its own; leave out --profile") {
				t.Errorf("%q prints %q and says %q", got.args, got.out, got.err)
			}
		}
	}
	if sent := r.run("links", "--json").is(cli.OK).lines(); len(sent) != 0 {
		t.Errorf("something was sent: %v", sent)
	}
}

// TestSomeFail: what can be sent is sent, and the status says that not all of it was.
func TestSomeFail(t *testing.T) {
	r := atStore(t)
	good, gone := r.write("good.txt", "good"), filepath.Join(r.dir, "gone.txt")
	lines := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", folder(), gone, good).is(cli.Failed).lines()
	if len(lines) != 2 {
		t.Fatalf("%d lines for two files", len(lines))
	}
	slices.SortFunc(lines, func(a, b map[string]any) int { return len(a) - len(b) })
	code, message, help := failure(t, lines[0])
	if lines[0]["file"] != gone || code != "FileGone" || message != "gone.txt is not there." || help != "Check the name, then send the file again." {
		t.Errorf("%v", lines[0])
	}
	sentFields(t, lines[1])

	plain := r.run("send", "--bucket", sandbox.Bucket, "--prefix", folder(), gone, good).is(cli.Failed)
	if strings.Count(plain.out, "\n") != 1 || !strings.Contains(plain.err, "waybill: gone.txt is not there.\n  Check the name, then send the file again.\n") {
		t.Errorf("%q, %q", plain.out, plain.err)
	}
}

// TestInterrupted ends a command in the middle of an upload, as Ctrl+C does.
func TestInterrupted(t *testing.T) {
	for _, json := range []bool{true, false} {
		arrived, ended := make(chan struct{}, 16), make(chan struct{})
		stuck := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
			_, _ = io.Copy(io.Discard, req.Body)
			arrived <- struct{}{}
			select { // the server may not see that the client is gone
			case <-req.Context().Done():
			case <-ended:
			}
		}))
		t.Cleanup(stuck.Close)
		t.Cleanup(func() { close(ended) })
		r := at(t, stuck.URL, "AKIDEXAMPLE", "a-secret-of-the-test", "")
		ctx, cancel := context.WithCancel(context.Background())
		go func() { <-arrived; cancel() }()
		args := []string{"send", "--bucket", "bucket", r.write("a.txt", "a"), r.write("b.txt", "b")}
		if json {
			args = append(args, "--json")
		}
		got := r.runContext(ctx, args...).is(cli.Interrupted)
		cancel()
		if !json {
			if got.out != "" || !strings.Contains(got.err, "a.txt: cancelled\n") {
				t.Errorf("%q, %q", got.out, got.err)
			}
			continue
		}
		lines := got.lines()
		if len(lines) != 2 {
			t.Fatalf("%d lines for two files", len(lines))
		}
		for _, line := range lines {
			if code, _, _ := failure(t, line); code != "Cancelled" {
				t.Errorf("%v", line)
			}
		}
	}
}

// TestBareFilesOpenTheWindow hands over the flags' store and absolute paths.
func TestBareFilesOpenTheWindow(t *testing.T) {
	r := atStore(t)
	path := r.write("a.txt", "a")
	t.Chdir(r.dir)
	for _, c := range []struct {
		args  []string
		store desk.Store
		files []string
	}{
		{nil, desk.Store{}, []string{}},
		{[]string{"a.txt"}, desk.Store{}, []string{path}},
		{[]string{"--profile", "p", "--region", "r", "--endpoint-url", "http://localhost:1", "--allow-http", "./a.txt", path},
			desk.Store{Profile: "p", Region: "r", Endpoint: "http://localhost:1", AllowHTTP: true}, []string{path, path}},
		{[]string{"--sandbox"}, desk.Store{Sandbox: true}, []string{}},
		{[]string{"--minimised"}, desk.Store{}, []string{}},
		{[]string{"--minimized", "a.txt"}, desk.Store{}, []string{path}},
	} {
		opened := 0
		var out, errs bytes.Buffer
		status := cli.Run(context.Background(), c.args, cli.Environment{
			In: strings.NewReader(""), Out: &out, Err: &errs,
			Window: func(_ context.Context, d *desk.Desk, w cli.Opening) error {
				opened++
				if d == nil || w.Store != c.store || !slices.Equal(w.Files, c.files) || w.Minimised != strings.Contains(strings.Join(c.args, " "), "--minimi") {
					t.Errorf("%q: %+v", c.args, w)
				}
				return nil
			},
		})
		if opened != 1 || status != cli.OK || out.Len() > 0 || errs.Len() > 0 {
			t.Errorf("%q: opened %d times, status %d, %s%s", c.args, opened, status, &out, &errs)
		}
	}
	if help := r.run("--help").is(cli.OK); !strings.Contains(help.out, "send") || !strings.Contains(help.out, "sandbox") {
		t.Errorf("%s", help.out)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	r.run("a.txt").is(cli.Usage)
}

// TestInterruptedBeforeItBegan blames nobody.
func TestInterruptedBeforeItBegan(t *testing.T) {
	r := atStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	got := r.runContext(ctx, "send", "--bucket", sandbox.Bucket, r.write("a.txt", "a")).is(cli.Interrupted)
	if got.out != "" || strings.Contains(got.err, "ledger") {
		t.Errorf("%q, %q", got.out, got.err)
	}
}
