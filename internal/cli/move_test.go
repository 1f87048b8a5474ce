package cli_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

func TestExportAndImport(t *testing.T) {
	r := atStore(t)
	prefix := folder()
	sent := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, r.write("a.txt", "a"), r.write("b.txt", "b")).is(cli.OK).lines()
	asked := r.run("request", "--json", "--files", "2", "--for", "Bob", "--cors", "no", "s3://"+sandbox.Bucket+"/"+prefix).is(cli.OK).line()
	upload := asked["uploads"].([]any)[0].(map[string]any)
	r.shell(commandFor(t, asked, "sh", upload["key"].(string)), r.write("c.txt", "c"))
	file := filepath.Join(r.dir, "moved.jsonl")
	out := r.run("export", file).is(cli.OK)
	if out.out != "" || !strings.Contains(out.err, "moved.jsonl has the settings, 2 links, 1 request and ") || !strings.Contains(out.err, "No key, no token and no address of a link is in it.\n") {
		t.Errorf("%q, %q", out.out, out.err)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	text, err := os.ReadFile(file)
	if err != nil || signature.Match(text) {
		t.Errorf("a signature is in it, or %v", err)
	}
	for _, secret := range r.secrets {
		if strings.Contains(string(text), secret) {
			t.Error("a secret is in it")
		}
	}
	if got := r.run("export", "--json", file).is(cli.Failed); got.out != "" || !strings.HasPrefix(got.err, "waybill: moved.jsonl is there already.\n  Choose another name, or replace it with --force.\n") {
		t.Errorf("%q, %q", got.out, got.err)
	}
	piped := r.run("export", "-").is(cli.OK)
	_, body, _ := strings.Cut(piped.out, "\n") // the first line tells when
	if _, want, _ := strings.Cut(string(text), "\n"); body != want || !strings.HasPrefix(piped.err, "What was written has the settings, 2 links") {
		t.Errorf("standard output got %q, %q", piped.out, piped.err)
	}
	r.run("export", "--json", "-").is(cli.Usage)
	line := r.run("export", "--json", "--force", file).is(cli.OK).line()
	fields(t, line, "file", "links", "destinations", "templates", "distributions", "link_endpoints", "upload_settings", "sandbox_links_left", "interrupted_left", "requests", "requests_left", "links_left_out")
	if line["links"] != float64(2) || line["file"] != file {
		t.Errorf("%v", line)
	}

	// Another computer with the same profile: the links are there, and can be made anew.
	t.Setenv("WAYBILL_HOME", filepath.Join(t.TempDir(), "new"))
	in := r.run("import", "--json", file).is(cli.OK)
	line = in.line()
	fields(t, line, "file", "links", "added", "replaced", "kept", "requests", "requests_added", "requests_changed", "settings_left_out", "link_endpoints", "upload_settings", "keys_missing", "backups")
	if line["links"] != float64(2) || line["added"] != float64(2) || !strings.HasPrefix(in.err, "2 links came: 2 new here, 0 renewed or revoked later there, 0 different and kept as here.\n1 request came: 1 new here, 0 closed or ended there.\n") || !strings.Contains(in.err, "As it was before: ") {
		t.Errorf("%v, %q", line, in.err)
	}
	if list := r.run("links", "--json").is(cli.OK).lines(); len(list) != 2 {
		t.Errorf("%d links", len(list))
	}
	again := r.run("renew", "--json", sent[0]["id"].(string)).is(cli.OK).line()
	if body, _ := download(t, again["url"].(string)); body != "a" && body != "b" {
		t.Errorf("%q", body)
	}
	// What was asked for is known, what comes is listed and downloaded, and its ways are signed anew.
	if requests := r.run("requests", "--json").is(cli.OK).lines(); len(requests) != 1 || requests[0]["id"] != asked["id"] || requests[0]["for"] != "Bob" || requests[0]["new"] != float64(1) {
		t.Errorf("%v", requests)
	}
	inbox := filepath.Join(r.dir, "inbox")
	r.run("requests", "--download", inbox, asked["id"].(string)).is(cli.OK)
	if left, err := os.ReadDir(inbox); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	ways := r.run("requests", "--json", "--ways", asked["id"].(string)).is(cli.OK).line()
	if body, _ := download(t, ways["page_url"].(string)); !strings.Contains(body, "Bob") {
		t.Error("its page does not open")
	}
	// Where its file lay is known on the other computer only.
	if got := r.run("verify", sent[0]["id"].(string)).is(cli.Failed); !strings.Contains(got.err, "There is nothing to hold") {
		t.Errorf("%q", got.err)
	}
}

// TestImportSaysWhereLinksLead: where links lead, and what objects get, is not changed by a file without a word on it.
func TestImportSaysWhereLinksLead(t *testing.T) {
	r := atStore(t)
	r.desk(func(d *desk.Desk) {
		to := desk.Destination{Bucket: sandbox.Bucket, Prefix: "raw/"}
		s := d.Settings()
		s.OnClash = desk.ClashReplace
		if err := errors.Join(d.SaveSettings(s), d.SetLinkEndpoint(desk.Store{}, sandbox.Bucket, desk.LinkEndpoint{URL: outsideOf(t)}),
			d.SetUpload(t.Context(), to, desk.UploadSettings{CacheControl: "no-store"})); err != nil {
			t.Fatal(err)
		}
	})
	file := filepath.Join(r.dir, "moved.jsonl")
	out := r.run("export", "--json", file).is(cli.OK)
	if line := out.line(); line["link_endpoints"] != 1.0 || line["upload_settings"] != 1.0 || !strings.Contains(out.err, "1 link endpoint and upload settings of 1 destination.\n") {
		t.Errorf("%v, %q", line, out.err)
	}
	t.Setenv("WAYBILL_HOME", filepath.Join(t.TempDir(), "new"))
	in := r.run("import", "--json", file).is(cli.OK)
	for _, says := range []string{
		"A file that the window sends replaces what has its name from now on, as on the other computer.\n",
		"Links to s3://" + sandbox.Bucket + " lead to " + outsideOf(t) + " from now on.\n",
		"What goes to s3://" + sandbox.Bucket + "/raw/ gets the upload settings of the other computer from now on.\n",
	} {
		if !strings.Contains(in.err, says) {
			t.Errorf("%q, without %q", in.err, says)
		}
	}
	endpoints, uploads := in.line()["link_endpoints"].([]any), in.line()["upload_settings"].([]any)
	if len(endpoints) != 1 || endpoints[0].(map[string]any)["link_endpoint"] != outsideOf(t) || len(uploads) != 1 || uploads[0].(map[string]any)["prefix"] != "raw/" {
		t.Errorf("%v, %v", endpoints, uploads)
	}
	// Once more changes nothing, and says nothing.
	if again := r.run("import", file).is(cli.OK); strings.Contains(again.err, "from now on") {
		t.Errorf("%q", again.err)
	}
}

func TestImportOfSomethingElse(t *testing.T) {
	r := newRig(t, "", "")
	for text, says := range map[string]string{
		"hello\n": "waybill: x is no file that Waybill has exported.\n",
		`{"waybill_export":{"format":7,"version":"9.1.0"}}` + "\n":                        "waybill: x was exported by a newer Waybill, 9.1.0, so nothing was changed.\n  Install that version",
		`{"waybill_export":{"format":1,"version":"1"}}` + "\n" + `{"settings":{}}` + "\n": "waybill: x is damaged (its end is missing), so nothing was changed.\n  Copy it once more",
	} {
		if got := r.run("import", "--json", r.write("x", text)).is(cli.Failed); got.out != "" || !strings.HasPrefix(got.err, says) {
			t.Errorf("%q, want %q", got.err, says)
		}
	}
	for _, args := range [][]string{{"export"}, {"import"}, {"export", ""}, {"import", "a", "b"}} {
		if got := r.run(args...).is(cli.Usage); got.err != "waybill: name one file; waybill "+args[0]+" --help shows how\n" {
			t.Errorf("%q: %q", args, got.err)
		}
	}
}
