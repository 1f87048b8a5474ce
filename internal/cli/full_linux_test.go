package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

// intoFull does a command whose standard output takes nothing, as on a full disk.
func (r *rig) intoFull(args ...string) ran {
	r.t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = full.Close() }()
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second) // the sandbox would run for ever
	defer cancel()
	var errs bytes.Buffer
	status := cli.Run(ctx, args, cli.Environment{In: strings.NewReader(""), Out: full, Err: &errs, Version: "test"})
	return r.look(ran{r.t, args, status, "", errs.String()})
}

// TestOutputThatGoesNowhere: a link that nobody could read is no success, and is told on standard error.
func TestOutputThatGoesNowhere(t *testing.T) {
	r := atStore(t)
	r.mountStore()
	path, prefix := r.write("a.txt", "a"), folder()
	sent := r.run("send", "--bucket", sandbox.Bucket, "--prefix", prefix, path).is(cli.OK)
	if sent.out == "" {
		t.Fatal("nothing was printed")
	}
	for _, args := range [][]string{
		{"send", "--bucket", sandbox.Bucket, "--prefix", prefix, path},
		{"send", "--bucket", sandbox.Bucket, "--prefix", prefix, path, filepath.Join(r.dir, "gone.txt")},
		{"link", "s3://" + sandbox.Bucket + "/" + prefix + "a.txt"},
		{"links"},
		{"sandbox"},
		{"version"},
	} {
		for _, flags := range [][]string{nil, {"--json"}, {"--quiet"}} {
			got := r.intoFull(append(args, flags...)...).is(cli.Failed)
			if strings.Count(got.err, "waybill: write to standard output: write /dev/full: no space left on device\n") != 1 {
				t.Errorf("%q says %q", got.args, got.err)
			}
		}
	}
	if got := r.intoFull("send", "--nonsense").is(cli.Usage); strings.Contains(got.err, "/dev/full") {
		t.Errorf("%q", got.err)
	}
}
