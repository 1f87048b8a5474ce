package cli_test

import (
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

func TestLinkToWhatIsThere(t *testing.T) {
	r := atStore(t)
	prefix := folder()
	path := r.write("a b.txt", "hello")
	sent := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, path).is(cli.OK).line()
	address := "s3://" + sandbox.Bucket + "/" + prefix + "a b.txt"

	plain := r.run("link", "--expires", "15m", address).is(cli.OK)
	if body, header := download(t, strings.TrimSuffix(plain.out, "\n")); body != "hello" || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%q, %v", body, header)
	}
	got := r.run("link", "--json", "--inline", address).is(cli.OK).line()
	sentFields(t, got)
	if got["file"] != address || got["key"] != prefix+"a b.txt" || got["size"] != 5.0 || got["checksum"] != sent["checksum"] || got["verified"] != true || got["id"] == sent["id"] {
		t.Errorf("%v", got)
	}
	mixed := r.run("link", "--json", address, "s3://"+sandbox.Bucket+"/"+prefix+"nothing").is(cli.Failed).lines()
	if len(mixed) != 2 {
		t.Fatalf("%d lines for two addresses", len(mixed))
	}
	sentFields(t, mixed[0])
	code, message, help := failure(t, mixed[1])
	if code != "NoSuchKey" || message != `There is no object "`+prefix+`nothing" in the bucket "sandbox", or no such bucket.` || help == "" {
		t.Errorf("%s: %s %s", code, message, help)
	}
}

func TestLinks(t *testing.T) {
	r := atStore(t)
	if empty := r.run("links").is(cli.OK); empty.out != "" || !strings.Contains(empty.err, "waybill send") {
		t.Errorf("%q, %q", empty.out, empty.err)
	}
	if empty := r.run("links", "--json").is(cli.OK); empty.out != "" {
		t.Errorf("%q", empty.out)
	}
	prefix := folder()
	live := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--expires", "1d", r.write("live.txt", "x")).is(cli.OK).line()
	short := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--expires", "1s", r.write("short.txt", "x")).is(cli.OK).line()
	r.run("send", "--bucket", "no-such-bucket", r.write("failed.txt", "x")).is(cli.Failed)
	end, err := time.Parse(time.RFC3339, short["ends"].(string))
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(time.Until(end) + time.Millisecond)

	lines := r.run("links", "--json").is(cli.OK).lines()
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3", len(lines))
	}
	for i, want := range []struct{ name, state string }{{"failed.txt", "failed"}, {"short.txt", "ended"}, {"live.txt", "live"}} {
		fields(t, lines[i], "id", "name", "bucket", "key", "size", "sent", "ends", "ends_because", "state", "verified")
		if lines[i]["name"] != want.name || lines[i]["state"] != want.state {
			t.Errorf("line %d: %v", i, lines[i])
		}
	}
	if lines[2]["id"] != live["id"] || lines[2]["ends"] != live["ends"] || lines[0]["ends"] != nil {
		t.Errorf("%v", lines)
	}
	table := r.run("links").is(cli.OK).out
	for _, want := range []string{
		`^ID +NAME +KEY +ENDS +STATE\n`,
		`(?m)^\S+ +failed\.txt +s3://no-such-bucket/failed\.txt +- +failed$`,
		`(?m)^\S+ +short\.txt +s3://sandbox/\S+ +20\d\d-\d\d-\d\d \d\d:\d\d \S+ +ended$`,
		`(?m)^` + live["id"].(string) + ` +live\.txt +s3://sandbox/\S+/live\.txt +.* +live$`,
	} {
		if !regexp.MustCompile(want).MatchString(table) {
			t.Errorf("no %s in\n%s", want, table)
		}
	}
	if strings.Contains(table, "http") {
		t.Errorf("a URL is kept:\n%s", table)
	}
}

func TestVersion(t *testing.T) {
	r := newRig(t, "", "")
	if got, want := r.run("version").is(cli.OK).out, "waybill 1.2.3-test "+runtime.GOOS+"/"+runtime.GOARCH+" "+runtime.Version()+"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	object := r.run("version", "--json").is(cli.OK).line()
	fields(t, object, "version", "go", "os", "arch", "revision")
	if object["version"] != "1.2.3-test" {
		t.Errorf("%v", object)
	}
}
