package cli_test

import (
	"bytes"
	"crypto/rand"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

// folder is a prefix of the test's own in the shared store.
func folder() string { return "cli-" + rand.Text()[:8] + "/" }

func TestSendPrintsALinkForEachFile(t *testing.T) {
	r := atStore(t)
	text := rand.Text()
	path := r.write("Quarterly report – final.pdf", "%PDF-1.7\n"+text)
	got := r.run("send", "--bucket", sandbox.Bucket, "--prefix", folder(), "--expires", "2h", path).is(cli.OK)
	link, rest, ok := strings.Cut(got.out, "\n")
	if !ok || rest != "" {
		t.Fatalf("standard output is %q, want one line", got.out)
	}
	body, header := download(t, link)
	if body != "%PDF-1.7\n"+text || header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%q of type %q", body, header.Get("Content-Type"))
	}
	_, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil || params["filename"] != "Quarterly report – final.pdf" {
		t.Errorf("%q (%v)", header.Get("Content-Disposition"), err)
	}
	if !regexp.MustCompile(`^Quarterly report – final\.pdf, 35 B: the link works until .*, as asked; tried, it works, on this computer only\n$`).MatchString(got.err) {
		t.Errorf("standard error is %q", got.err)
	}
	if quiet := r.run("send", "--quiet", "--bucket", sandbox.Bucket, path).is(cli.OK); quiet.err != "" {
		t.Errorf("--quiet says %q", quiet.err)
	}
	many := r.run("send", "--bucket", sandbox.Bucket, "--prefix", folder(), path, r.write("b", "b"), r.write("c", "c")).is(cli.OK)
	if n := len(regexp.MustCompile(`(?m)^http://\S+$`).FindAllString(many.out, -1)); n != 3 || strings.Count(many.out, "\n") != 3 {
		t.Errorf("%d links in:\n%s", n, many.out)
	}
}

func TestSendJSON(t *testing.T) {
	r := atStore(t)
	prefix := folder()
	want := map[string]string{ // path below the folder → text
		"one.txt": "one", "two <&>.md": "two", "empty": "",
		"album/a.jpg": "a", "album/2026/b c.jpg": "b", "album/2026/11/ü.jpg": "c",
	}
	for name, text := range want {
		r.write(name, text)
	}
	before := time.Now().Truncate(time.Second)
	got := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--expires", "36h",
		filepath.Join(r.dir, "one.txt"), filepath.Join(r.dir, "two <&>.md"), filepath.Join(r.dir, "empty"), filepath.Join(r.dir, "album")).is(cli.OK)
	lines := got.lines()
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d", len(lines), len(want))
	}
	for _, line := range lines {
		sentFields(t, line)
		name, ok := strings.CutPrefix(line["key"].(string), prefix)
		text, sent := want[name]
		if !ok || !sent || line["file"] != filepath.Join(r.dir, name) {
			t.Fatalf("key %q of %q", line["key"], line["file"])
		}
		delete(want, name)
		ends, err := time.Parse(time.RFC3339, line["ends"].(string))
		if err != nil || !strings.HasSuffix(line["ends"].(string), "Z") || ends.Sub(before) < 36*time.Hour || ends.Sub(before) > 36*time.Hour+time.Minute {
			t.Errorf("%s ends %v (%v)", name, line["ends"], err)
		}
		if line["bucket"] != sandbox.Bucket || line["size"] != float64(len(text)) || line["ends_because"] != "requested" || line["verified"] != true ||
			line["id"] == "" || line["etag"] == "" || line["content_type"] == "" || !strings.HasPrefix(line["checksum"].(string), "crc64nvme:") {
			t.Errorf("%v", line)
		}
		if body, _ := download(t, line["url"].(string)); body != text {
			t.Errorf("%s holds %q", name, body)
		}
	}
	if strings.Contains(got.out, `\u0026`) {
		t.Error("the URLs cannot be cut out by hand")
	}
}

func TestSendFlags(t *testing.T) {
	r := atStore(t)
	path := r.write("page.html", "<p>hello</p>")
	prefix := folder()
	send := func(flags ...string) ran {
		t.Helper()
		return r.run(append(append([]string{"send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix}, flags...), path)...)
	}
	first := send("--inline", "--content-type", "text/x-mine", "--verify-link", "none").is(cli.OK).line()
	if first["content_type"] != "text/x-mine" || first["verified"] != false {
		t.Errorf("%v", first)
	}
	if _, header := download(t, first["url"].(string)); header.Get("Content-Type") != "text/x-mine" || !strings.HasPrefix(header.Get("Content-Disposition"), "inline") {
		t.Errorf("%v", header)
	}
	if second := send().is(cli.OK).line(); second["key"] != prefix+"page (2).html" {
		t.Errorf("without a terminal, ask means keep-both; the key is %v", second["key"])
	}
	r.write(path, "changed")
	if third := send("--on-clash", "replace").is(cli.OK).line(); third["key"] != first["key"] {
		t.Errorf("replace went to %v", third["key"])
	}
	if body, _ := download(t, first["url"].(string)); body != "changed" {
		t.Errorf("replace left %q", body)
	}
	skipped := send("--on-clash", "skip").is(cli.OK).line()
	fields(t, skipped, "file", "bucket", "key", "skipped")
	if skipped["skipped"] != true || skipped["key"] != first["key"] {
		t.Errorf("%v", skipped)
	}
	big := r.write("big.bin", strings.Repeat(rand.Text(), 500_000)) // 13 MB
	parts := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, "--part-size", "5MiB", "--concurrency", "2", big).is(cli.OK).line()
	if etag := parts["etag"].(string); !strings.HasSuffix(etag, "-3") {
		t.Errorf("13 MB in parts of 5 MiB have the ETag %s", etag)
	}
}

// before stands between a command and the store; hold may keep a request waiting, and is told when one is over.
func before(t *testing.T, hold func(r *http.Request) (over func())) (endpoint string) {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		over := hold(r)
		proxy.ServeHTTP(w, r)
		over()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// wait waits for something that must come.
func wait(t *testing.T, what string, came <-chan struct{}) {
	t.Helper()
	select {
	case <-came:
	case <-time.After(30 * time.Second):
		t.Errorf("%s did not come", what)
	}
}

// TestBareURLsComeInTheOrderOfTheArguments: with no name beside it, a link is known by its place, also when what
// was named first is sent last.
func TestBareURLsComeInTheOrderOfTheArguments(t *testing.T) {
	tried := make(chan struct{}, 16) // the links of those that are quick
	endpoint := before(t, func(r *http.Request) func() {
		switch slow := strings.HasSuffix(r.URL.Path, "/slow.txt"); {
		case slow && r.Method == http.MethodPut:
			wait(t, "the first of the quick ones", tried)
			wait(t, "the second of the quick ones", tried)
		case !slow && r.Method == http.MethodGet:
			return func() { tried <- struct{}{} }
		}
		return func() {}
	})
	r := at(t, endpoint, store.Keys().AccessKeyID, store.Keys().SecretAccessKey, "")
	got := r.run("send", "--bucket", sandbox.Bucket, "--prefix", folder(),
		r.write("slow.txt", "slow"), filepath.Join(r.dir, "gone.txt"), r.write("quick.txt", "quick"), r.write("quicker.txt", "quicker")).is(cli.Failed)
	if !regexp.MustCompile(`^\S+/slow\.txt\?\S+\n\S+/quick\.txt\?\S+\n\S+/quicker\.txt\?\S+\n$`).MatchString(got.out) {
		t.Errorf("standard output is\n%s", got.out)
	}
	if !regexp.MustCompile(`(?s)^slow\.txt, .*\nwaybill: gone\.txt is not there\..*\nquick\.txt, .*\nquicker\.txt, [^\n]*\n$`).MatchString(got.err) {
		t.Errorf("standard error is\n%s", got.err)
	}
}

// lineSeen says when the first line was written to it.
type lineSeen struct {
	bytes.Buffer
	once sync.Once
	line chan struct{}
}

func (l *lineSeen) Write(p []byte) (int, error) {
	defer l.once.Do(func() { close(l.line) })
	return l.Buffer.Write(p)
}

// TestJSONLinesComeAtOnce: they bear the file's name, so none waits for those before.
func TestJSONLinesComeAtOnce(t *testing.T) {
	out := &lineSeen{line: make(chan struct{})}
	endpoint := before(t, func(r *http.Request) func() {
		if strings.HasSuffix(r.URL.Path, "/slow.txt") && r.Method == http.MethodPut {
			wait(t, "the line of the quick one", out.line)
		}
		return func() {}
	})
	r := at(t, endpoint, store.Keys().AccessKeyID, store.Keys().SecretAccessKey, "")
	var errs bytes.Buffer
	args := []string{"send", "--json", "--bucket", sandbox.Bucket, "--prefix", folder(), r.write("slow.txt", "slow"), r.write("quick.txt", "quick")}
	status := cli.Run(t.Context(), args, cli.Environment{In: strings.NewReader(""), Out: out, Err: &errs, Version: "test"})
	lines := r.look(ran{t, args, status, out.String(), errs.String()}).is(cli.OK).lines()
	if len(lines) != 2 || !strings.HasSuffix(lines[0]["key"].(string), "/quick.txt") || !strings.HasSuffix(lines[1]["key"].(string), "/slow.txt") {
		t.Errorf("%v", lines)
	}
}

// TestEveryLogLevelIsSafe: at debug too, run's own look finds no signature and no secret.
func TestEveryLogLevelIsSafe(t *testing.T) {
	r := atStore(t)
	path := r.write("a.txt", "a")
	for _, level := range []string{"debug", "info", "warn", "error"} {
		r.run("send", "--json", "--log-level", level, "--bucket", sandbox.Bucket, "--prefix", folder(), path).is(cli.OK)
		r.run("send", "--log-level", level, "--bucket", "no-such-bucket", path).is(cli.Failed)
		r.run("links", "--log-level", level).is(cli.OK)
	}
}
