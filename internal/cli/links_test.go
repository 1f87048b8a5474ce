package cli_test

import (
	"encoding/csv"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
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
		fields(t, lines[i], "id", "name", "kind", "bucket", "key", "endpoint", "profile", "account", "size", "content_type", "etag", "checksum",
			"sent", "ends", "ends_because", "state", "verified", "revoked", "note", "error", "reach", "link_endpoint")
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

// TestLinksAreChosen: by text and standing, in an order, as a table for spreadsheets, and forgotten.
func TestLinksAreChosen(t *testing.T) {
	r := atStore(t)
	prefix := folder()
	ids := map[string]any{}
	for name, text := range map[string]string{"apple.txt": "xx", "Pear.txt": "x"} {
		ids[name] = r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--expires", "1d", r.write(name, text)).is(cli.OK).line()["id"]
	}
	apple := ids["apple.txt"].(string)
	r.run("note", apple, "for Zoë").is(cli.OK)
	names := func(args ...string) string {
		all := ""
		for _, l := range r.run(append([]string{"links", "--json"}, args...)...).is(cli.OK).lines() {
			all += l["name"].(string) + " "
		}
		return all
	}
	for args, want := range map[string]string{
		"--sort name":          "apple.txt Pear.txt ",
		"--sort size":          "apple.txt Pear.txt ",
		"--search ZOË":         "apple.txt ",
		"--search pear":        "Pear.txt ",
		"--state ended":        "",
		"--state live,revoked": names(),
		apple:                  "apple.txt ",
	} {
		if got := names(strings.Fields(args)...); got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
	table, err := csv.NewReader(strings.NewReader(r.run("links", "--csv", "--sort", "name").is(cli.OK).out)).ReadAll()
	if err != nil || len(table) != 3 || table[0][0] != "id" || table[1][1] != "apple.txt" || table[1][18] != "for Zoë" {
		t.Errorf("%q, %v", table, err)
	}
	if line := r.run("links", "--json", apple).is(cli.OK).line(); line["note"] != "for Zoë" || line["kind"] != "file" || line["checksum"] == "" {
		t.Errorf("%v", line)
	}
	r.run("note", apple).is(cli.OK)
	if line := r.run("links", "--json", apple).is(cli.OK).line(); line["note"] != "" {
		t.Errorf("%v", line)
	}
	if asked := r.run("links", "--forget", "--search", "pear").is(cli.Usage); !strings.Contains(asked.err, "--yes forgets without asking") {
		t.Errorf("%q", asked.err)
	}
	if done := r.run("links", "--forget", "--yes", "--search", "pear").is(cli.OK); !strings.Contains(done.err, "1 entry forgotten") || names() != "apple.txt " {
		t.Errorf("%q, %s", done.err, names())
	}
	r.run("links", "--forget", apple).is(cli.OK)
	if got := names(); got != "" {
		t.Errorf("%q", got)
	}
}

// TestRenewSaysThatTheSessionEndsFirst, also where nobody has said how long the link shall last.
func TestRenewSaysThatTheSessionEndsFirst(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	key, secret, token, ends := m.Session(time.Hour, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}`)
	r := at(t, m.Endpoint, key, secret, "aws_session_token = "+token+"\nx_security_token_expires = "+ends.Format(time.RFC3339)+"\n")
	sent := r.run("send", "--json", "--bucket", teststore.Bucket, "--expires", "1d", r.write("a.txt", "a")).is(cli.OK).line()
	const warning = `when the session of the profile "default" ends, not after `
	for _, c := range []struct {
		args []string
		asks string
	}{{nil, "24h."}, {[]string{"--expires", "2d"}, "2d."}, {nil, "2d."}} {
		got := r.run(append([]string{"renew", sent["id"].(string)}, c.args...)...).is(cli.OK)
		if !strings.Contains(got.err, warning+c.asks) {
			t.Errorf("%v: %q, want %q", c.args, got.err, warning+c.asks)
		}
	}
}

// TestRenewAndRevoke by the command line.
func TestRenewAndRevoke(t *testing.T) {
	r := atStore(t)
	prefix := folder()
	sent := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--expires", "15m", r.write("it's ü.txt", "hello")).is(cli.OK).line()
	id := sent["id"].(string)
	renewed := r.run("renew", "--json", "--expires", "1d", id).is(cli.OK).line()
	sentFields(t, renewed)
	if renewed["id"] != id || renewed["verified"] != true || renewed["ends"].(string) <= sent["ends"].(string) {
		t.Errorf("%v", renewed)
	}
	if body, _ := download(t, renewed["url"].(string)); body != "hello" {
		t.Errorf("%q", body)
	}
	if plain := r.run("renew", "--ending-today", "--expires", "15m").is(cli.OK); strings.Count(plain.out, "http") > 1 {
		t.Errorf("%q", plain.out)
	}
	if no := r.run("revoke", id).is(cli.Usage); no.out != "" || !strings.Contains(no.err, "--yes revokes without asking") {
		t.Errorf("%q %q", no.out, no.err)
	}
	line := r.run("revoke", "--json", "--yes", "--rename", id).is(cli.OK).line()
	fields(t, line, "id", "bucket", "key", "revoked", "how", "can_undo")
	if line["how"] != "rename" || line["can_undo"] != true || line["revoked"] != true {
		t.Errorf("%v", line)
	}
	code, _, help := failure(t, r.run("renew", "--json", id).is(cli.Failed).line())
	if code != "LinkRevoked" || help == "" {
		t.Errorf("%s %s", code, help)
	}
	if back := r.run("revoke", "--undo", id).is(cli.OK); !strings.Contains(back.out, "is back") {
		t.Errorf("%q", back.out)
	}
	if body, _ := download(t, renewed["url"].(string)); body != "hello" {
		t.Errorf("%q", body)
	}
	// What somebody has put there since is not what was sent.
	r.run("send", "--bucket", sandbox.Bucket, "--prefix", prefix, "--on-clash", "replace", r.write("it's ü.txt", "another")).is(cli.OK)
	if code, _, _ = failure(t, r.run("revoke", "--json", "--yes", id).is(cli.Failed).line()); code != "ObjectReplaced" {
		t.Error(code)
	}
	if gone := r.run("revoke", "--yes", "--replaced", id).is(cli.OK); !strings.Contains(gone.out, "deleted") || !strings.Contains(gone.out, "cannot be undone") {
		t.Errorf("%q", gone.out)
	}
	code, _, _ = failure(t, r.run("revoke", "--json", "--yes", id).is(cli.Failed).line())
	if code != "LinkRevoked" {
		t.Error(code)
	}
	for _, wrong := range [][]string{
		{"renew"}, {"renew", "--ending-today", id}, {"renew", "--expires", "soon", id}, {"renew", "--verify-link", "perhaps", id}, {"revoke"},
		{"revoke", "--undo", "--rename", id}, {"note"}, {"note", id, "a", "b"}, {"bundle"}, {"bundle", "--prefix", "x", id}, {"revoke", id}, {"cloudfront", "s3://b-b", "--domain", "d.example"}, {"links", "--forget"}, {"links", "--sort", "colour"},
		{"links", "--state", "gone"}, {"links", "--csv", "--json"}, {"send", "--bucket", "b-b", "--title", "x", "f"},
		{"send", "--bucket", "b-b", "--key-template", "{nome}", "f"}, {"send", "--bucket", "b-b", "--expires", "30d", "f"},
		{"link", "--expires", "30d", "s3://b-b/k"}, {"cloudfront", "s3://b-b/key"}, {"cloudfront", "--domain", "d"}, {"cloudfront", "--forget"},
	} {
		if got := r.run(wrong...).is(cli.Usage); got.err == "" || got.out != "" {
			t.Errorf("%v: %q %q", wrong, got.out, got.err)
		}
	}
}

// TestBundleAndGlob: one link for many, and many links by a pattern.
func TestBundleAndGlob(t *testing.T) {
	r := atStore(t)
	prefix := folder()
	for _, name := range []string{"trip/a.txt", "trip/b.txt", "trip/in/c.md"} {
		r.write(name, name)
	}
	lines := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--bundle", "--title", "Our trip", filepath.Join(r.dir, "trip")).is(cli.OK).lines()
	if len(lines) != 4 {
		t.Fatalf("%d lines of 4", len(lines))
	}
	page := lines[3]
	if page["bundle"] != true || page["key"] != prefix+"Our trip.html" || lines[0]["bundle"] != nil {
		t.Errorf("%v", page)
	}
	if body, _ := download(t, page["url"].(string)); !strings.Contains(body, "Our trip") || !strings.Contains(body, "c.md") {
		t.Errorf("%.200s", body)
	}
	again := r.run("bundle", "--json", "--title", "two", lines[0]["id"].(string), lines[1]["id"].(string)).is(cli.OK).line()
	if again["bundle"] != true || again["key"] != prefix+"two.html" {
		t.Errorf("%v", again)
	}
	many := r.run("link", "--json", "s3://"+sandbox.Bucket+"/"+prefix+"**/*.txt").is(cli.OK).lines()
	if len(many) != 2 {
		t.Errorf("%v", many)
	}
	none := r.run("link", "s3://"+sandbox.Bucket+"/"+prefix+"*.pdf").is(cli.Failed)
	if !strings.Contains(none.err, "No object fits the pattern") {
		t.Errorf("%q", none.err)
	}
	keys := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--key-template", "{user}/{date}/{stem}-x{ext}", "--unguessable", r.write("k.txt", "x")).is(cli.OK).line()["key"].(string)
	if !regexp.MustCompile(`^` + regexp.QuoteMeta(prefix) + `[^/]+/20\d\d-\d\d-\d\d/[a-z2-7]{26}/k-x\.txt$`).MatchString(keys) {
		t.Error(keys)
	}
}

// TestManualAndCompletion come from the same source as --help.
func TestManualAndCompletion(t *testing.T) {
	r := atStore(t)
	page := r.run("man").is(cli.OK).out
	for _, want := range []string{".TH", "send", "renew", "revoke", "bundle", "expires", "exit status"} {
		if !strings.Contains(strings.ToLower(page), strings.ToLower(want)) {
			t.Errorf("no %q on the manual page", want)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if script := r.run("completion", shell).is(cli.OK).out; !strings.Contains(script, "waybill") {
			t.Errorf("%s: %.80s", shell, script)
		}
	}
	for args, want := range map[string][]string{
		"re":                  {"renew", "resume", "revoke"},
		"links --state ":      {"live", "ending-soon"},
		"send --on-clash ":    {"keep-both"},
		"links --profile ":    {"default"},
		"send --verify-link ": {"sample"},
		"links --log-level ":  {"debug"},
		"links --sort ":       {"size"},
		"send --expires ":     {"7d"},
	} {
		out, err := r.child(t.Context(), append([]string{"__complete"}, strings.Split(args, " ")...)).Output()
		for _, w := range want {
			if err != nil || !strings.Contains(string(out), w) {
				t.Errorf("%q: %q, %v", args, out, err)
			}
		}
	}
	sent := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", folder(), r.write("x.txt", "x")).is(cli.OK).line()
	if out, err := r.child(t.Context(), []string{"__complete", "renew", ""}).Output(); err != nil || !strings.Contains(string(out), sent["id"].(string)+"\tx.txt") {
		t.Errorf("%q, %v", out, err)
	}
}
