package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

// TestEmptyFlags: a flag that is given nothing is a mistake of a script, and does nothing; but where nothing is a value.
func TestEmptyFlags(t *testing.T) {
	r := atStore(t)
	where := "s3://" + sandbox.Bucket + "/" + folder()
	for flag, args := range map[string][]string{
		"download": {"requests", "--download", "", "x"}, "html": {"request", "--html", "", where}, "expires": {"renew", "--expires", "", "x"},
		"profile": {"links", "--profile", ""}, "search": {"links", "--search", "", "--forget", "--yes"}, "state": {"links", "--state", ""},
		"kinds": {"request", "--kinds", "", where}, "bucket": {"send", "--bucket", "", "x"}, "endpoint-url": {"profiles", "--endpoint-url", " "},
		"limit-rate": {"resume", "--limit-rate", ""}, "domain": {"cloudfront", "--domain", ""}, "cors": {"request", "--cors", "", where},
	} {
		if got := r.run(args...).is(cli.Usage); got.out != "" || got.err != "waybill: --"+flag+" has no value; give it one, or leave it out\n" {
			t.Errorf("%q says %q", args, got.err)
		}
	}
	r.run("send", "--bucket", sandbox.Bucket, "--prefix", "", "--verify-link", "none", r.write(folder()+"a.txt", "a")).is(cli.OK)
	r.run("request", "--for", "", "--from", "", "--message", "", "--cors", "no", where).is(cli.OK)
}

// TestWordsForFlags: a value that a flag cannot have is said in words, and so is a command that is none.
func TestWordsForFlags(t *testing.T) {
	r := atStore(t)
	where := "s3://" + sandbox.Bucket + "/" + folder()
	for want, args := range map[string][]string{
		`--files "1.5" is not a whole number`:        {"request", "--files", "1.5", where},
		`--large "many" is not a whole number`:       {"request", "--large", "many", where},
		`--concurrency "x" is not a whole number`:    {"send", "--concurrency", "x", "a"},
		`--json "maybe" is neither true nor false`:   {"links", "--json=maybe"},
		`there are no completions for "foo"; name`:   {"completion", "foo"},
		`name a shell: bash, zsh, fish or powers`:    {"completion"},
		`"foo" is no command; waybill --help lists`:  {"help", "foo"},
		`"bar" is no command; waybill --help lists`:  {"help", "send", "bar"},
		`waybill takes no "x"`:                       {"--version", "x"},
		`--html names one file, for the page of one`: {"requests", "--ways", "--html", "x", "a", "b"},
		`--html, --force and --commands go with`:     {"requests", "--html", "x"},
		`--html - writes the page to standard out`:   {"request", "--html", "-", "--json", where},
	} {
		if got := r.run(args...).is(cli.Usage); got.out != "" || !strings.Contains(got.err, want) || strings.Contains(got.err, "strconv") {
			t.Errorf("%q says %q%q", args, got.out, got.err)
		}
	}
	large := r.run("request", "--large", "2", "--files", "2", where).is(cli.Usage)
	ten := r.run("request", "--files", "200", "--kinds", "pdf,png,jpg,gif,txt,csv,zip,mp3,mp4,docx", where).is(cli.Usage)
	if !strings.Contains(large.err, "this one is for 2") || !strings.Contains(ten.err, "its kinds are of 10 content types") || !strings.Contains(ten.err, "Choose at most 20,") {
		t.Errorf("%q, %q", large.err, ten.err)
	}
	if version, long := r.run("version").is(cli.OK), r.run("--version").is(cli.OK); version.out != long.out || long.out == "" {
		t.Errorf("%q, %q", version.out, long.out)
	}
	if help := r.run("help", "send").is(cli.OK); !strings.Contains(help.out, "--key-template") {
		t.Errorf("%q", help.out)
	}
}

// TestPageFiles: whether a page can be written is known before there is a request, and one can be had afterwards.
func TestPageFiles(t *testing.T) {
	r := atStore(t)
	where := "s3://" + sandbox.Bucket + "/" + folder()
	if _, err := os.Stat("/proc/version"); err == nil { // a folder that takes no file, not even root's
		got := r.run("request", "--html", "/proc/request.html", where).is(cli.Failed)
		if !strings.Contains(got.err, "The request's page cannot be written to /proc/request.html: ") || !strings.Contains(got.err, "no request was made") || got.out != "" {
			t.Errorf("%q%q", got.out, got.err)
		}
		if list := r.run("requests", "--all", "--json").is(cli.OK).lines(); len(list) != 0 {
			t.Errorf("%v", list)
		}
	}
	made := r.run("request", "--html", "-", "--cors", "no", where).is(cli.OK)
	if !strings.HasPrefix(strings.ToLower(made.out), "<!doctype html>") || strings.Contains(made.out, "\nhttp") {
		t.Errorf("%.200q", made.out)
	}
	if _, err := os.Stat("-"); err == nil {
		t.Error("there is a file called -")
	}
	id := r.run("requests", "--json").is(cli.OK).line()["id"].(string)
	page := filepath.Join(r.dir, "later.html")
	line := r.run("requests", "--json", "--ways", "--html", page, id[:len(id)-2]).is(cli.OK).line()
	text, err := os.ReadFile(page)
	if err != nil || line["html"] != page || !strings.Contains(string(text), "</html>") {
		t.Errorf("%v: %v, %.80q", err, line["html"], text)
	}
	if again := r.run("requests", "--ways", "--html", page, id).is(cli.Usage); !strings.Contains(again.err, "is there already") {
		t.Errorf("%q", again.err)
	}
	r.run("requests", "--ways", "--html", page, "--force", id).is(cli.OK)
}

// TestCommandLinesSayWhatTheyAreFor, and what a store says that refuses.
func TestCommandLinesSayWhatTheyAreFor(t *testing.T) {
	r := atStore(t)
	where := "s3://" + sandbox.Bucket + "/" + folder()
	got := r.run("request", "--files", "1", "--kinds", "pdf,png", "--commands", "--cors", "no", where).is(cli.OK)
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	if len(lines) != 9 {
		t.Fatalf("%d lines: %q", len(lines), got.out)
	}
	want := regexp.MustCompile(`^# (curl, in sh or bash|PowerShell): one file, once, as file-[12]\.(pdf|png) \(\.(pdf|png)\)$`)
	for i := 1; i < 9; i += 2 {
		if !want.MatchString(lines[i]) || strings.HasPrefix(lines[i+1], "#") {
			t.Errorf("%q above %.40q", lines[i], lines[i+1])
		}
	}
	command := func(line, file string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", strings.TrimSuffix(line, "FILE")+"'"+file+"'").CombinedOutput()
		return string(out), err
	}
	file := r.write("a.pdf", "x")
	if out, err := command(lines[2], file); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := command(lines[2], file); err == nil || !strings.Contains(out, "PreconditionFailed") {
		t.Errorf("a used place: %v: %s", err, out)
	}
	if out, err := command(lines[2], r.dir); err == nil || !strings.Contains(out, "is a folder") {
		t.Errorf("a folder: %v: %s", err, out)
	}
	form := strings.Split(r.run("request", "--commands", "--cors", "no", where).is(cli.OK).out, "\n")
	if form[1] != "# curl, in sh or bash: any number of files (any kind)" {
		t.Errorf("%q", form[1])
	}
	if out, err := command(form[2], r.dir); err == nil || !strings.Contains(out, "is a folder") {
		t.Errorf("a folder: %v: %s", err, out)
	}
	if out, err := command(strings.Replace(form[2], "Content-Type=application/", "Content-Type=text/", 1), file); err == nil || !strings.Contains(out, "AccessDenied") {
		t.Errorf("another type: %v: %s", err, out)
	}
}

// TestTheSandboxEndsWithTheCommand, and whoever hands something out of it is told.
func TestTheSandboxEndsWithTheCommand(t *testing.T) {
	r := newRig(t, "", "")
	key := "s3://" + sandbox.Bucket + "/a.txt"
	alone := func(args ...string) string {
		t.Helper()
		out, err := r.child(t.Context(), args).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v: %s", args, err, out)
		}
		return string(out)
	}
	alone("send", "--sandbox", r.write("a.txt", "a"))
	for want, args := range map[string][]string{
		"The sandbox ends with this command, and its links rest until it runs again: waybill sandbox": {"link", "--sandbox", key},
		"The sandbox ends with this command, and nothing can be sent to it until it runs again:":      {"request", "--sandbox", "--cors", "no", "s3://" + sandbox.Bucket + "/in/"},
	} {
		if out := alone(args...); !strings.Contains(out, want) {
			t.Errorf("%q says %s", args, out)
		}
	}
	if out := alone("request", "--sandbox", "--expires", "2d", "--cors", "no", "s3://"+sandbox.Bucket+"/in/"); !strings.Contains(out, "takes an upload form for an hour only, so the request of 2d has places for 20 files") {
		t.Errorf("%s", out)
	}
}

// TestAdviceFits what was asked for.
func TestAdviceFits(t *testing.T) {
	r := atStore(t)
	if got := r.run("import", filepath.Join(r.dir, "nothere")).is(cli.Failed); !strings.HasPrefix(got.err, "waybill: nothere is not there.\n  Check the name, then import it again.\n") {
		t.Errorf("%q", got.err)
	}
	where := "s3://" + sandbox.Bucket + "/" + folder()
	id := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", folder(), r.write("a.txt", "a")).is(cli.OK).line()["id"].(string)
	r.run("revoke", "--yes", id).is(cli.OK)
	if got := r.run("verify", id).is(cli.Failed); !strings.Contains(got.err, "The link to a.txt was revoked") {
		t.Errorf("%q", got.err)
	}
	ended := r.run("request", "--json", "--cors", "no", "--expires", "1s", where).is(cli.OK).line()["id"].(string)
	waitFor(t, "its end", func() bool { return strings.Contains(r.run("requests", "--json", "--all").out, `"state":"ended"`) })
	if got := r.run("requests", "--close", "--yes", ended).is(cli.Failed); !strings.Contains(got.err, "The request has ended already.\n  There is nothing left to close") {
		t.Errorf("%q", got.err)
	}
	if got := r.run("requests", "--forget", ended).is(cli.OK); !strings.Contains(got.err, "1 request forgotten") {
		t.Errorf("%q", got.err)
	}
	r.run("request", "--cors", "no", where).is(cli.OK)
	if got := r.run("clean", where).is(cli.OK); !strings.Contains(got.err, "those of open requests wait for whoever was asked") || strings.Contains(got.err, "resume") {
		t.Errorf("%q", got.err)
	}
	t.Setenv("WAYBILL_HOME", "")
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "")
	if got := r.run("links").is(cli.Failed); !strings.Contains(got.err, "Set HOME, or name a folder in WAYBILL_HOME.") {
		t.Errorf("%q", got.err)
	}
}

// TestNamesThatCannotBeSeen are written as their numbers wherever they are shown, by the rule of the pages.
func TestNamesThatCannotBeSeen(t *testing.T) {
	r := atStore(t)
	where := "s3://" + sandbox.Bucket + "/" + folder()
	id := r.run("request", "--json", "--for", "Zo\u202Eë", "--cors", "no", where).is(cli.OK).line()["id"].(string)
	if list := r.run("requests").is(cli.OK); !strings.Contains(list.out, "Zo[U+202E]ë") || strings.Contains(list.out, "\u202E") {
		t.Errorf("%q", list.out)
	}
	out, err := r.child(t.Context(), []string{"__complete", "requests", ""}).Output()
	if err != nil || !strings.Contains(string(out), id+"\tZo[U+202E]ë") {
		t.Errorf("%q, %v", out, err)
	}
}

// TestManualCanBeRead: paragraphs are whole, flags say what they take, and examples stay as they are.
func TestManualCanBeRead(t *testing.T) {
	page := atStore(t).run("man").is(cli.OK).out
	for _, want := range []string{
		"\\fBwaybill\\fR [options] [FILE...]\n", "\\fBwaybill send\\fR [flags] PATH...\n", "own AWS profile signed,\nand gives you links",
		"\\fB\\-\\-bucket\\fR \\fISTRING\\fR\n", "\\fB\\-\\-expires\\fR \\fISTRING\\fR\n",
		".nf\n  waybill send \\-\\-bucket team\\-share \\-\\-prefix alice/ \\-\\-expires 1d report.pdf\n", "\n.fi\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the manual page", want)
		}
	}
	if strings.Contains(page, "minimized") { // which is understood, and not shown
		t.Error("--minimized is on the manual page")
	}
	if man, err := exec.LookPath("man"); err == nil {
		cmd := exec.CommandContext(t.Context(), man, "--warnings", "-l", "-")
		cmd.Env = append(os.Environ(), "MANWIDTH=80", "LC_ALL=C.UTF-8")
		cmd.Stdin = strings.NewReader(page)
		var complaints strings.Builder
		cmd.Stderr = &complaints
		out, err := cmd.Output()
		if err != nil || complaints.Len() > 0 || !strings.Contains(string(out), "waybill links --state ended --forget") {
			t.Errorf("%v, %s", err, complaints.String())
		}
	}
}

// TestNothingIsSentNothingIsMissed: commands that record nothing say nothing of a ledger that cannot be used, and a request
// that is not made says so, once.
func TestNothingIsSentNothingIsMissed(t *testing.T) {
	r := atStore(t)
	if err := os.MkdirAll(filepath.Join(r.home, "ledger.db"), 0o700); err != nil { // which no ledger can be
		t.Fatal(err)
	}
	for _, args := range [][]string{{"profiles"}, {"paths"}, {"cors", "s3://" + sandbox.Bucket}} {
		if got := r.run(args...); strings.Contains(got.err, "ledger") {
			t.Errorf("%q says %q", args, got.err)
		}
	}
	got := r.run("request", "--cors", "no", "s3://"+sandbox.Bucket+"/in/").is(cli.Failed)
	if strings.Count(got.err, "ledger cannot be") != 1 || !strings.HasPrefix(got.err, "waybill: No request was made: ") {
		t.Errorf("%q", got.err)
	}
}
