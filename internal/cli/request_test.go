package cli_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// shell runs a command line as it was printed, with a file's name in place of FILE.
func (r *rig) shell(command, file string) {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "sh", "-c", strings.TrimSuffix(command, "FILE")+"'"+file+"'")
	cmd.Env = append(os.Environ(), "CURL_CA_BUNDLE="+os.Getenv("AWS_CA_BUNDLE"))
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("%v: %s", err, out)
	}
}

// commandFor finds the command line for a shell and a key in the line of a request.
func commandFor(t *testing.T, line map[string]any, shell, key string) string {
	t.Helper()
	for _, c := range line["commands"].([]any) {
		if one := c.(map[string]any); one["shell"] == shell && one["key"] == key {
			return one["command"].(string)
		}
	}
	t.Fatalf("no command for %s and %q", shell, key)
	return ""
}

// TestRequest is the whole way: asked for, sent by the command lines, listed, downloaded and closed.
func TestRequest(t *testing.T) {
	for name, start := range map[string]func(*testing.T) (*rig, string){
		"sandbox": func(t *testing.T) (*rig, string) { return atStore(t), sandbox.Bucket },
		"MinIO, https": func(t *testing.T) (*rig, string) {
			m := teststore.StartMinIO(t, true)
			r := at(t, m.Endpoint, m.Key, m.Secret, "")
			t.Setenv("AWS_CA_BUNDLE", m.CA)
			return r, teststore.Bucket
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, bucket := start(t)
			where := "s3://" + bucket + "/" + folder()
			page := filepath.Join(r.dir, "request.html")
			line := r.run("request", "--json", "--for", "Zoë", "--from", "Alice", "--expires", "30m", "--html", page, "--cors", "no", where).is(cli.OK).line()
			fields(t, line, "id", "bucket", "prefix", "ends", "ends_because", "page_url", "verified", "reach", "html", "uploads", "post", "commands")
			id := line["id"].(string)
			if line["ends_because"] != "requested" || line["html"] != page || line["verified"] != true || len(line["uploads"].([]any)) != 0 {
				t.Errorf("%v", line)
			}
			info, err := os.Stat(page)
			if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
				t.Errorf("%v, %v", info, err)
			}
			r.shell(commandFor(t, line, "sh", ""), r.write("a b.txt", "hello"))

			exact := r.run("request", "--json", "--files", "2", "--kinds", "pdf", where).is(cli.OK).line()
			uploads := exact["uploads"].([]any)
			if len(uploads) != 2 || exact["post"] != nil {
				t.Fatalf("%v", exact)
			}
			fields(t, uploads[0].(map[string]any), "method", "url", "headers", "key", "accept")
			r.shell(commandFor(t, exact, "sh", uploads[1].(map[string]any)["key"].(string)), r.write("é.pdf", "a pdf"))

			list := r.run("requests", "--json").is(cli.OK).lines()
			if len(list) != 2 || list[0]["id"] != exact["id"] || list[1]["arrived"] != 1.0 || list[1]["new"] != 1.0 || list[1]["state"] != "open" || list[1]["for"] != "Zoë" {
				t.Errorf("%v", list)
			}
			fields(t, list[0], "id", "bucket", "prefix", "for", "from", "files", "kinds", "max_size", "made", "ends", "ends_because", "state", "denied", "arrived", "new", "size")
			table := r.run("requests").is(cli.OK).out
			if !regexp.MustCompile(`(?m)^ID +FOR +FOLDER +ENDS +STATE +FILES +NEW\n(.*\n)*` + id + ` +Zoë +s3://\S+ +.* +open +1 +1$`).MatchString(table) {
				t.Errorf("%s", table)
			}
			arrived := r.run("requests", "--json", id).is(cli.OK).line()
			fields(t, arrived, "request", "key", "name", "size", "content_type", "checksum", "came", "new", "gone", "too_large", "unasked")
			if arrived["name"] != "a b.txt" || arrived["size"] != 5.0 || arrived["new"] != true || arrived["content_type"] != "application/octet-stream" {
				t.Errorf("%v", arrived)
			}
			if again := r.run("requests", "--json", id).is(cli.OK).line(); again["new"] != false {
				t.Errorf("%v", again)
			}
			if plain := r.run("requests", exact["id"].(string)).is(cli.OK).out; !regexp.MustCompile(`(?m)^é\.pdf +5 B +\S+ \S+ \S+ +new$`).MatchString(plain) {
				t.Errorf("%s", plain)
			}

			inbox := filepath.Join(r.dir, "inbox")
			got := r.run("requests", "--download", inbox, "--json", id).is(cli.OK).line()
			fields(t, got, "request", "key", "name", "file", "size", "skipped")
			if text, err := os.ReadFile(filepath.Join(inbox, "a b.txt")); err != nil || string(text) != "hello" || got["file"] != filepath.Join(inbox, "a b.txt") {
				t.Errorf("%q, %v: %v", text, err, got)
			}
			if got := r.run("requests", "--download", inbox, "--json", id).is(cli.OK).line(); got["skipped"] != true {
				t.Errorf("%v", got)
			}

			again := r.run("requests", "--ways", "--json", id).is(cli.OK).line()
			if again["ends"] != line["ends"] || again["page_url"] == "" {
				t.Errorf("%v", again["ends"])
			}
			closed := r.run("requests", "--close", "--yes", "--json", id).is(cli.OK)
			object := closed.line()
			fields(t, object, "id", "closed", "denied", "works_until", "help")
			if object["works_until"] != line["ends"] || !strings.Contains(closed.err, "can go on uploading until") {
				t.Errorf("%v, %s", object, closed.err)
			}
			if got := r.run("requests", "--ways", "--json", id).is(cli.Failed); !strings.Contains(got.out, "RequestClosed") {
				t.Errorf("%s", got.out)
			}
			if denied := r.run("requests", "--close", "--deny", "--yes", id).is(cli.Failed); !strings.Contains(denied.err, "does not help") {
				t.Errorf("%s", denied.err)
			}
			if left := r.run("requests", "--json").is(cli.OK).lines(); len(left) != 1 {
				t.Errorf("%v", left)
			}
			if all := r.run("requests", "--json", "--all").is(cli.OK).lines(); len(all) != 2 || all[1]["state"] != "closed" {
				t.Errorf("%v", all)
			}
			if works := r.run("requests", "--forget", id).is(cli.Failed); !strings.Contains(works.err, "what was signed works until") {
				t.Errorf("%s", works.err)
			}
			if refused := r.run("requests", "--forget", exact["id"].(string)).is(cli.Failed); !strings.Contains(refused.err, "The request is open") {
				t.Errorf("%s", refused.err)
			}
		})
	}
}

// TestRequestForPeople prints the page's link and nothing else, with command lines on demand.
func TestRequestForPeople(t *testing.T) {
	r := atStore(t)
	where := "s3://" + sandbox.Bucket + "/" + folder()
	page := filepath.Join(r.dir, "p.html")
	got := r.run("request", "--html", page, "--commands", where).is(cli.OK)
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[2], "sh -c ") || !strings.HasPrefix(lines[4], "& { param($f)") {
		t.Fatalf("%d lines: %.300s", len(lines), got.out)
	}
	if body, h := download(t, lines[0]); !strings.Contains(body, "</html>") || !strings.HasPrefix(h.Get("Content-Disposition"), "inline") {
		t.Errorf("%v", h)
	}
	for _, want := range []string{"Files go to s3://sandbox/", "as asked; waybill requests ", "The page for mailing is in", "This rule is missing:", `"waybill-requests"`, "waybill cors --add s3://sandbox"} {
		if !strings.Contains(got.err, want) {
			t.Errorf("no %q in %s", want, got.err)
		}
	}
	// What is there is not written over, and nothing is made in vain.
	before := len(r.run("requests", "--json").is(cli.OK).lines())
	r.refusesPlain(fmt.Sprintf("--html %q is there already; name another file, or write over it with --force", page), "request", "--html", page, where)
	if after := len(r.run("requests", "--json").is(cli.OK).lines()); after != before {
		t.Errorf("%d requests, then %d", before, after)
	}
	r.run("request", "--html", page, "--force", "--cors", "no", where).is(cli.OK)
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(page), ".waybill-*")); err != nil || len(left) > 0 {
		t.Errorf("%q is left, %v", left, err)
	}
}

// refusesPlain wants a command line to be refused in these words.
func (r *rig) refusesPlain(what string, args ...string) {
	r.t.Helper()
	if got := r.run(args...).is(cli.Usage); got.out != "" || !strings.HasPrefix(got.err, "waybill: "+what) {
		r.t.Errorf("%q says\n%s\nwant\n%s", args, got.err, what)
	}
}

func TestRequestBadInput(t *testing.T) {
	r := atStore(t)
	where := "s3://sandbox/in"
	r.refuses(`"x" is not an S3 address.`, "Write it as s3://bucket/key.", "request", "x")
	r.refuses(`The folder "a/../b" has a "." or ".." in it, which S3 does not understand as a person would.`, "Write the folder out in full, such as team/alice/.", "request", "s3://sandbox/a/../b")
	r.refuses(`"8d" is longer than a signed link can last.`, "Choose at most 7d; S3 accepts no signature older than seven days.", "request", "--expires", "8d", where)
	r.refuses(`"<b>" is not a kind of file.`, "Write an ending such as .pdf, or a type such as image/* or application/pdf.", "request", "--kinds", "pdf,<b>", where)
	r.refuses(`"large" is not a size that a file can have.`, "Write it as 20MB or 5GiB; 0 is any size.", "request", "--max-size", "large", where)
	r.refuses(`201 is not a number of files that one request can have.`, "Choose at most 200, or 0 for any number.", "request", "--files", "201", where)
	r.refuses(`150 is not a number of files that one request can have: its kinds are of 2 content types, and a page holds 200 places, of which each file needs one of every type.`, "Choose at most 100, or 0 for any number.", "request", "--files", "150", "--kinds", "pdf,docx", where)
	r.refuses(`21 is not a number of large files that one request can have.`, "Choose at most 20.", "request", "--large", "21", where)
	r.refuses(`A text of the request has more than 200 characters.`, "Shorten it.", "request", "--for", strings.Repeat("x", 201), where)
	for _, c := range []struct {
		says string
		args []string
	}{
		{"name one place as s3://bucket/prefix; waybill request --help shows how", []string{"request"}},
		{"name one place as s3://bucket/prefix", []string{"request", where, where}},
		{"--cors \"maybe\" is none of ask, add, no", []string{"request", "--cors", "maybe", where}},
		{"--force is about the file that --html names", []string{"request", "--force", where}},
		{"--cors add is for the page that --html writes", []string{"request", "--cors", "add", where}},
		{"--large -1 is not a number of files", []string{"request", "--large", "-1", where}},
		{fmt.Sprintf("--html %q is a folder", r.dir), []string{"request", "--html", r.dir, where}},
		{"--html \"/no/such/folder/p.html\" lies in no folder", []string{"request", "--html", "/no/such/folder/p.html", where}},
		{"--ways, --download, --close, --undeny and --forget are jobs of their own", []string{"requests", "--ways", "--close", "x"}},
		{"name at least one ID; waybill requests lists them", []string{"requests", "--close"}},
		{"--deny goes with --close", []string{"requests", "--deny", "x"}},
		{"--all lists every request", []string{"requests", "--all", "x"}},
		{"there is nobody to ask whether the request shall be closed", []string{"requests", "--close", "x"}},
		{"name one bucket as s3://bucket", []string{"cors"}},
		{"CORS rules are a whole bucket's; write s3://sandbox", []string{"cors", "s3://sandbox/x"}},
		{"--add and --undo are opposites", []string{"cors", "--add", "--undo", "s3://sandbox"}},
		{"there is nobody to ask whether the rules shall be changed", []string{"cors", "--add", "s3://sandbox"}},
	} {
		r.refusesPlain(c.says, c.args...)
	}
	got := r.run("requests", "--json", "nothing").is(cli.Failed)
	if code, what, help := failure(t, got.line()); code != "NoSuchRequest" || what != `The ledger has no request "nothing".` || help != `"waybill requests" lists those there are.` {
		t.Errorf("%s: %s %s", code, what, help)
	}
	if got := r.run("requests").is(cli.OK); got.out != "" || !strings.Contains(got.err, "waybill request --help") {
		t.Errorf("%q, %q", got.out, got.err)
	}
	if got := r.run("request", "s3://no-such-bucket/x").is(cli.Failed); !strings.Contains(got.err, `no bucket "no-such-bucket"`) {
		t.Errorf("%s", got.err)
	}
	r.fails(sentence{"NoSuchBucket", `There is no bucket "no-such-bucket" in this store.`,
		`Check the spelling, and that the profile "default" belongs to the store that has it.`}, "request", "s3://no-such-bucket/x")
	for args, want := range map[string]int{"--max-size 20MB --large 4": 4, "--max-size 20MB": 0, "--large 0": 0, "": 4} {
		line := r.run(append(append([]string{"request", "--json"}, strings.Fields(args)...), where)...).is(cli.OK).line()
		body, _ := download(t, line["page_url"].(string))
		for n := 1; n <= 5; n++ {
			if has := strings.Contains(body, fmt.Sprintf("/large-%d?", n)); has != (n <= want) {
				t.Errorf("%q: the page has a place %d in parts: %v", args, n, has)
			}
		}
	}
	if left := r.run("requests", "--json", "--all").is(cli.OK).lines(); len(left) != 4 {
		t.Errorf("a request that was not made is in the ledger: %v", left)
	}
}

// TestCORS by the command line: shown, added, taken away.
func TestCORS(t *testing.T) {
	r := atStore(t)
	if got := r.run("cors", "s3://sandbox").is(cli.OK).out; !strings.Contains(got, "this rule is missing:\n{\n") {
		t.Errorf("%s", got)
	}
	if added := r.run("cors", "--add", "--yes", "--json", "s3://sandbox").is(cli.OK).line(); added["allowed"] != true || added["ours"] != true {
		t.Errorf("%v", added)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, store.Endpoint()+"/sandbox/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "null")
	req.Header.Set("Access-Control-Request-Method", "PUT")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v", resp.Header)
	}
	if got := r.run("cors", "s3://sandbox").is(cli.OK).out; !strings.Contains(got, "by Waybill's rule") {
		t.Errorf("%s", got)
	}
	if undone := r.run("cors", "--undo", "--yes", "--json", "s3://sandbox").is(cli.OK).line(); undone["allowed"] != false || undone["others"] != 0.0 {
		t.Errorf("%v", undone)
	}
	if again := r.run("cors", "--undo", "--yes", "s3://sandbox").is(cli.Failed); !strings.Contains(again.err, "has no CORS rule of Waybill's") {
		t.Errorf("%s", again.err)
	}
}
