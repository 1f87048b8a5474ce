package cli_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// outsideOf is another name for the shared store: the store signs nothing itself, so it answers to any name that it is
// reached by.
func outsideOf(t *testing.T) string {
	t.Helper()
	outside := strings.Replace(store.Endpoint(), "127.0.0.1", "localhost", 1)
	if outside == store.Endpoint() {
		t.Fatalf("the store is at %s", outside)
	}
	return outside
}

// TestLinkEndpointOnTheCommandLine: given for one call, remembered for the bucket, taken out for one call, and forgotten.
func TestLinkEndpointOnTheCommandLine(t *testing.T) {
	r, outside := atStore(t), outsideOf(t)
	path, prefix := r.write("a.txt", "a"), folder()
	leads := func(to string, lines ...map[string]any) {
		t.Helper()
		for _, l := range lines {
			link, _ := l["url"].(string)
			if link == "" {
				link, _ = l["page_url"].(string)
			}
			if !strings.HasPrefix(link, to+"/") || l["reach"] != "computer" || l["verified"] != true {
				t.Errorf("it leads to %s, reach %v, verified %v", strings.SplitN(link, "?", 2)[0], l["reach"], l["verified"])
			}
		}
	}
	sent := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--link-endpoint-url", outside, path).is(cli.OK).line()
	leads(outside, sent)
	leads(store.Endpoint(), r.run("link", "--json", "s3://"+sandbox.Bucket+"/"+prefix+"a.txt").is(cli.OK).line())
	leads(outside, r.run("renew", "--json", sent["id"].(string)).is(cli.OK).line())
	leads(store.Endpoint(), r.run("renew", "--json", "--link-endpoint-url", "", sent["id"].(string)).is(cli.OK).line())

	if got := r.run("link-endpoint", "s3://"+sandbox.Bucket, outside).is(cli.OK); !strings.Contains(got.err, outside) {
		t.Errorf("it says %q", got.err)
	}
	if got := r.run("link-endpoint").is(cli.OK); !strings.Contains(got.out, "s3://"+sandbox.Bucket+" lead to "+outside+" (the default profile)") {
		t.Errorf("it shows %q", got.out)
	}
	leads(outside, r.run("send", "--json", "--bundle", "--bucket", sandbox.Bucket, "--prefix", prefix, path, r.write("b.txt", "b")).is(cli.OK).lines()...)
	leads(outside, r.run("link", "--json", "s3://"+sandbox.Bucket+"/"+prefix+"a.txt").is(cli.OK).line())
	leads(outside, r.run("bundle", "--json", sent["id"].(string)).is(cli.OK).line())
	leads(outside, r.run("request", "--json", "s3://"+sandbox.Bucket+"/"+prefix).is(cli.OK).line())
	leads(store.Endpoint(), r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--link-endpoint-url", "", path).is(cli.OK).line())
	r.run("link-endpoint", "--forget", "s3://"+sandbox.Bucket).is(cli.OK)
	leads(store.Endpoint(), r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, path).is(cli.OK).line())

	list := r.run("links", "--json").is(cli.OK).lines()
	if at := list[len(list)-1]; at["id"] != sent["id"] || at["reach"] != "computer" {
		t.Errorf("the ledger says %v of its first", at)
	}
	for _, wrong := range [][]string{
		{"send", "--bucket", sandbox.Bucket, "--link-endpoint-url", "files.example.com", path},
		{"send", "--bucket", sandbox.Bucket, "--link-endpoint-url", "http://files.example.com", path},
		{"link-endpoint", "s3://" + sandbox.Bucket + "/folder/", outside},
		{"link-endpoint", "s3://" + sandbox.Bucket, "http://files.example.com"},
		{"link-endpoint", "--forget"},
	} {
		if got := r.run(wrong...).is(cli.Usage); got.out != "" || strings.Count(got.err, "\n") > 3 {
			t.Errorf("%v: %q, %q", wrong, got.out, got.err)
		}
	}
}

// TestUploadSettingsOnTheCommandLine: as the AWS CLI names them, over what the window remembers for the destination.
func TestUploadSettingsOnTheCommandLine(t *testing.T) {
	r := atStore(t)
	path, prefix := r.write("a.txt", "a"), folder()
	remembered := desk.Destination{Bucket: sandbox.Bucket, Prefix: prefix}
	r.desk(func(d *desk.Desk) {
		if err := d.SetUpload(t.Context(), remembered, desk.UploadSettings{CacheControl: "no-store", Tags: map[string]string{"team": "blue"}}); err != nil {
			t.Fatal(err)
		}
		s := d.Settings()
		s.SetNaming(desk.DestinationNaming{Destination: remembered, Template: "named-{name}"})
		if err := d.SaveSettings(s); err != nil {
			t.Fatal(err)
		}
	})
	header := func(line map[string]any) http.Header {
		t.Helper()
		_, h := download(t, line["url"].(string))
		return h
	}
	send := func(more ...string) map[string]any {
		t.Helper()
		return r.run(append([]string{"send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, path}, more...)...).is(cli.OK).line()
	}
	plain := send()
	if h := header(plain); h.Get("Cache-Control") != "no-store" || plain["key"] != prefix+"named-a.txt" {
		t.Errorf("what is remembered: %q, %v", h.Get("Cache-Control"), plain["key"])
	}
	own := send("--cache-control", "max-age=5", "--metadata", "draft=yes,by=A\\,B", "--key-template", "{name}", "--content-disposition", `attachment; filename="x.txt"`)
	if h := header(own); h.Get("Cache-Control") != "max-age=5" || h.Get("X-Amz-Meta-Draft") != "yes" || h.Get("X-Amz-Meta-By") != "A,B" ||
		h.Get("Content-Disposition") != `attachment; filename="x.txt"` || own["key"] != prefix+"a.txt" {
		t.Errorf("what flags say: %v, %v", h, own["key"])
	}
	if u, err := url.Parse(own["url"].(string)); err != nil || u.Query().Has("response-content-disposition") {
		t.Error("the link says another name than the object")
	}
	if h := header(send("--cache-control", "", "--unguessable=false")); h.Get("Cache-Control") != "" {
		t.Errorf("taken out for one call: %q", h.Get("Cache-Control"))
	}
	warned := r.run("send", "--bucket", sandbox.Bucket, "--prefix", prefix, "--storage-class", "GLACIER", path)
	if !strings.Contains(warned.err, "their links will not work") {
		t.Errorf("of an archive it says %q", warned.err)
	}
	for _, wrong := range [][]string{
		{"--storage-class", "a b"}, {"--sse", "rot13"}, {"--sse-kms-key-id", "x"}, {"--bucket-key-enabled"}, {"--acl", "all"},
		{"--tagging", "a=b&a=c"}, {"--tagging", "=x"}, {"--tagging", "%zz=1"}, {"--metadata", "no value"}, {"--metadata", "a b=c"},
		{"--cache-control", "no\nstore"},
	} {
		got := r.run(append([]string{"send", "--bucket", sandbox.Bucket, path}, wrong...)...).is(cli.Usage)
		if got.out != "" || strings.Count(got.err, "\n") > 3 || got.err == "" {
			t.Errorf("%q: %q", wrong, got.err)
		}
	}
}

// desk does something as the window of this computer would.
func (r *rig) desk(do func(*desk.Desk)) {
	r.t.Helper()
	d, err := desk.Open(r.t.Context(), desk.Options{Home: r.home})
	if err != nil {
		r.t.Fatal(err)
	}
	do(d)
	if err := d.Close(); err != nil {
		r.t.Fatal(err)
	}
}

// TestIgnoredSettingsAreInTheJSON: a script reads of what the store has left out, and people do.
func TestIgnoredSettingsAreInTheJSON(t *testing.T) {
	r := atStore(t)
	prefix := folder()
	send := func(more ...string) ran {
		t.Helper()
		return r.run(append([]string{"send", "--bucket", sandbox.Bucket, "--prefix", prefix, r.write("a.txt", "a"), r.write("b.txt", "b")}, more...)...).is(cli.OK)
	}
	for _, line := range send("--json", "--quiet", "--sse", "AES256", "--tagging", "a=b").lines() {
		if sentFields(t, line); !slices.Equal(line["ignored"].([]any), []any{"sse"}) {
			t.Errorf("%s: ignored is %v", line["key"], line["ignored"])
		}
	}
	for _, line := range send("--json", "--tagging", "a=b").lines() {
		if ignored := line["ignored"].([]any); len(ignored) != 0 {
			t.Errorf("%s: ignored is %v", line["key"], ignored)
		}
	}
	if got := send("--sse", "AES256"); strings.Count(got.err, "without encrypting") != 1 {
		t.Errorf("it says %q", got.err)
	}
}

// TestNoLinkThatFailsIsCalledWorking: where nobody is found at the link endpoint, nothing says that the link works.
func TestNoLinkThatFailsIsCalledWorking(t *testing.T) {
	r := atStore(t)
	got := r.run("send", "--bucket", sandbox.Bucket, "--prefix", folder(), "--link-endpoint-url", "https://files.invalid", r.write("a.txt", "a")).is(cli.Failed)
	if strings.Contains(got.err, "works") || !strings.Contains(got.err, "the link ends ") || !strings.Contains(got.err, "finds no such host") {
		t.Errorf("it says %q", got.err)
	}
}
