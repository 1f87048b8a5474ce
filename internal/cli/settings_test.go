package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

// TestBrokenSettingsOnTheCommandLine: nothing is sent or linked while nobody knows how, and a change keeps what was there.
func TestBrokenSettingsOnTheCommandLine(t *testing.T) {
	r := atStore(t)
	path, prefix := r.write("a.txt", "a"), folder()
	there := "s3://" + sandbox.Bucket + "/" + prefix + "a.txt"
	sent := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, path).is(cli.OK).line()
	settings := r.write(filepath.Join(r.home, "settings.json"), `{"uploads": [`)
	for _, args := range [][]string{
		{"send", "--bucket", sandbox.Bucket, "--prefix", prefix, path},
		{"link", there},
		{"request", "s3://" + sandbox.Bucket + "/" + prefix},
		{"renew", sent["id"].(string)},
		{"bundle", sent["id"].(string)},
		{"resume"},
	} {
		for _, quiet := range []string{"--quiet", "--quiet=false"} {
			got := r.run(append(args, quiet)...).is(cli.Failed)
			if got.out != "" || strings.Count(got.err, "cannot be read") != 1 || !strings.Contains(got.err, settings) || strings.Contains(got.err, "level=") {
				t.Errorf("%q: %q and %q", args, got.out, got.err)
			}
		}
	}
	if got := r.run("links").is(cli.OK); !strings.Contains(got.err, "goes by its defaults") || strings.Contains(got.err, "level=") {
		t.Errorf("links says %q", got.err)
	}
	if got := r.run("links", "--quiet").is(cli.OK); got.err != "" {
		t.Errorf("quiet links says %q", got.err)
	}
	got := r.run("link-endpoint", "--quiet", "s3://"+sandbox.Bucket, outsideOf(t)).is(cli.OK)
	kept, err := filepath.Glob(settings + ".broken-*")
	if err != nil || len(kept) != 1 || !strings.Contains(got.err, kept[0]) {
		t.Fatalf("%q is kept, and it says %q", kept, got.err)
	}
	if text, err := os.ReadFile(kept[0]); err != nil || string(text) != `{"uploads": [` {
		t.Errorf("%q, %v", text, err)
	}
	if got := r.run("link", "--quiet", there).is(cli.OK); got.err != "" {
		t.Errorf("then link says %q", got.err)
	}
}
