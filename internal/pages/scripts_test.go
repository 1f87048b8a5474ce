package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hostile are names that try to be more than names.
func hostile() []string {
	return []string{
		"plain.txt",
		"with spaces  and more.txt",
		"it's.txt",
		`double "quotes".txt`,
		"$(touch pwned-1).txt",
		"`touch pwned-2`.txt",
		"$HOME.txt",
		"'; touch pwned-3; '.txt",
		"\"; touch pwned-4; \".txt",
		"back\\slash.txt",
		"-rf",
		"--config",
		"~",
		"#1.txt",
		"{a,b}[1-3].txt",
		"*?.txt",
		"!!event!1.txt",
		"100%s%n%d.txt",
		"Größe – ‘typographic’ ‚quotes‛ “double”.txt",
		"日本語.txt",
		"עברית.txt",
		"line\nbreak\r.txt",
		"tab\there.txt",
		"rlo\u202Etxt.exe",
		"../../escape.txt",
		"/absolute.txt",
		"a/b/c.txt",
		"a/../../d.txt",
		".hidden",
		".config/autostart/x.desktop",
		"same.txt",
		"SAME.txt",
		"dir-and-file",
		"dir-and-file/inside.txt",
		"x.waybill-part",
		"x",
		"<script>alert(1)</script>",
		`"><img src=x onerror=alert(1)>.png`,
		"&amp;&lt;.txt",
		strings.Repeat("long ", 204) + ".txt",
		"-e \\n.txt",
		"EOF",
		")",
		"fi; done",
	}
}

// offered is a bundle of hostile names with a server that has them. What one of them holds is its number and its
// name, and then some bytes that no text has.
func offered(t *testing.T, names []string) (b Bundle, want [][]byte, server *httptest.Server) {
	t.Helper()
	want = make([][]byte, len(names))
	for i, name := range names {
		want[i] = append(fmt.Appendf(nil, "%d %s\n", i, name), 0, 0xff, '\r', '\n')
	}
	want[0] = nil // an empty file is a file
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &i); err != nil || i >= len(want) || r.URL.Query().Get("X-Amz-Signature") != "se'cret" {
			http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
			return
		}
		_, _ = w.Write(want[i])
	}))
	t.Cleanup(server.Close)
	b.Made = time.Date(2026, 11, 25, 14, 5, 9, 0, time.UTC)
	for i, name := range names {
		b.Files = append(b.Files, File{
			Name: name, Size: int64(len(want[i])), ContentType: "text/plain",
			URL: fmt.Sprintf("%s/%d/{a,b}[1-2]?x=$(touch+pwned-5)&y=%%22%%27&X-Amz-Signature=se'cret", server.URL, i),
		})
	}
	for i, f := range b.Files {
		b.Files[i].URL = strings.NewReplacer("{", "%7B", "}", "%7D").Replace(f.URL)
	}
	return b, want, server
}

// run runs a script in a folder of its own, by a shell, and gives what it said.
func run(t *testing.T, dir, script string, shell ...string) (status int, said string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.sh")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, shell[0], append(shell[1:], path)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// tree is every file below a folder.
func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		relative, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(relative)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// saved checks that a folder has exactly the files, whole, under their safe names.
func saved(t *testing.T, dir string, b Bundle, want [][]byte) {
	t.Helper()
	names := make([]string, len(b.Files))
	for i, f := range b.Files {
		names[i] = f.Name
	}
	got := tree(t, dir)
	for i, name := range safeNames(names, posix) {
		path := folderOf(b.Made) + "/" + name
		content, ok := got[path]
		if !ok {
			t.Errorf("%q was not saved as %q", b.Files[i].Name, path)
		} else if !bytes.Equal(content, want[i]) {
			t.Errorf("%q holds %q, want %q", path, content, want[i])
		}
		delete(got, path)
	}
	for path := range got {
		t.Errorf("%q was made as well", path)
	}
}

func (b Bundle) shell() string {
	names := make([]string, len(b.Files))
	for i, f := range b.Files {
		names[i] = f.Name
	}
	return shellScript(folderOf(b.Made), b.Files, safeNames(names, posix))
}

func TestShellScript(t *testing.T) {
	b, want, _ := offered(t, hostile())
	for _, shell := range [][]string{{"/bin/sh"}, {"bash"}, {"bash", "--posix", "-eu"}, {"zsh"}, {"busybox", "sh"}, {"ksh"}} {
		if _, err := exec.LookPath(shell[0]); err != nil && shell[0] != "/bin/sh" {
			continue
		}
		t.Run(strings.Join(shell, " "), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "here")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			status, said := run(t, dir, b.shell(), shell...)
			if status != 0 || !strings.Contains(said, fmt.Sprintf("All of %d files are in ./waybill-2026-11-25-140509", len(b.Files))) {
				t.Fatalf("status %d:\n%s", status, said)
			}
			saved(t, dir, b, want)
			if above := tree(t, filepath.Dir(dir)); len(above) != len(b.Files) {
				t.Errorf("outside of the current folder there are %d files, want none", len(above)-len(b.Files))
			}
		})
	}
}

// TestShellScriptPasted types the script into an interactive shell whose owner has aliases, noclobber and history
// expansion, and goes on using it.
func TestShellScriptPasted(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	b, want, _ := offered(t, hostile())
	dir := t.TempDir()
	rc := filepath.Join(t.TempDir(), "bashrc")
	aliases := "alias rm='echo rm' mv='echo mv' mkdir='echo mkdir' curl='echo curl'\nset -C -H\nshopt -s expand_aliases\nPS1= PS2=\nunset HISTFILE\n"
	if err := os.WriteFile(rc, []byte(aliases), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bash, "--noprofile", "--rcfile", rc, "-i")
	cmd.Dir = dir
	b.Files[1].URL += "&gone" // still there
	b.Files = append(b.Files, File{Name: "gone.txt", URL: strings.Replace(b.Files[0].URL, "cret", "", 1)})
	cmd.Stdin = strings.NewReader(b.shell() + "echo \"the terminal goes on after $?\"\n")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the terminal goes on after 1") {
		t.Fatalf("%v\n%s", err, out)
	}
	b.Files = b.Files[:len(b.Files)-1]
	saved(t, dir, b, want)
}

func TestShellScriptOverwritesNothing(t *testing.T) {
	b, want, _ := offered(t, []string{"empty", "mine.txt", "a link", "folder", "new.txt"})
	dir := t.TempDir()
	folder := filepath.Join(dir, folderOf(b.Made))
	if err := os.MkdirAll(filepath.Join(folder, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "mine.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../outside.txt", filepath.Join(folder, "a link")); err != nil {
		t.Fatal(err)
	}
	status, said := run(t, dir, b.shell(), "/bin/sh")
	for _, name := range []string{"mine.txt", "a link", "folder"} {
		if !strings.Contains(said, "skipped, it is there already: ./waybill-2026-11-25-140509/"+name+"\n") {
			t.Errorf("it does not say that %q was skipped:\n%s", name, said)
		}
	}
	if status != 0 {
		t.Errorf("status %d", status)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "mine.txt")); err != nil || string(got) != "mine" {
		t.Errorf("mine.txt holds %q now (%v)", got, err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "outside.txt")); err == nil {
		t.Error("a link was followed out of the folder")
	}
	if got, err := os.ReadFile(filepath.Join(folder, "new.txt")); err != nil || !bytes.Equal(got, want[4]) {
		t.Errorf("new.txt holds %q (%v)", got, err)
	}
}

// TestShellScriptFailures breaks one download in the middle and refuses another. The rest is saved, the two are named,
// nothing of them is left, and a second run gets them.
func TestShellScriptFailures(t *testing.T) {
	broken := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case broken && r.URL.Path == "/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("only this"))
		case broken && r.URL.Path == "/refused":
			http.Error(w, "<Error/>", http.StatusForbidden)
		default:
			_, _ = w.Write([]byte("whole " + r.URL.Path))
		}
	}))
	t.Cleanup(server.Close)
	var b Bundle
	for _, name := range []string{"one", "cut", "refused", "four"} {
		b.Files = append(b.Files, File{Name: name, URL: server.URL + "/" + name + "?X-Amz-Signature=secret"})
	}
	dir := t.TempDir()
	status, said := run(t, dir, b.shell(), "/bin/sh")
	if status != 1 || !strings.Contains(said, "Of 4 files, 2 could not be saved:\n  ./waybill-files/cut\n  ./waybill-files/refused\n") ||
		!strings.Contains(said, "FAILED: ./waybill-files/cut") || !strings.Contains(said, "403") {
		t.Errorf("status %d:\n%s", status, said)
	}
	if strings.Contains(said, "secret") {
		t.Errorf("the signature is in what it says:\n%s", said)
	}
	if got := tree(t, dir); len(got) != 2 || string(got["waybill-files/one"]) != "whole /one" || string(got["waybill-files/four"]) != "whole /four" {
		t.Errorf("there is %q", got)
	}
	broken = false
	if status, said := run(t, dir, b.shell(), "/bin/sh"); status != 0 {
		t.Errorf("status %d at the second run:\n%s", status, said)
	}
	if got := tree(t, dir); len(got) != 4 || string(got["waybill-files/cut"]) != "whole /cut" {
		t.Errorf("after the second run there is %q", got)
	}
}

// TestShellScriptTellsNobody puts a curl before the real one that writes down its arguments: anybody on the machine can
// read those, and a link is a key.
func TestShellScriptTellsNobody(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := offered(t, []string{"a", "b"})
	bin, dir := t.TempDir(), t.TempDir()
	log := filepath.Join(bin, "log")
	shim := "#!/bin/sh\nprintf '%s\\n' \"$*\" >>" + ShellQuote(log) + "\nexec " + ShellQuote(curl) + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "curl"), []byte(shim), 0o700); err != nil { // #nosec G306 -- a program
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	if status, said := run(t, dir, b.shell(), "/bin/sh"); status != 0 {
		t.Fatalf("status %d:\n%s", status, said)
	}
	arguments, err := os.ReadFile(log)
	if err != nil || strings.Count(string(arguments), "\n") != 2 {
		t.Fatalf("curl was not asked twice: %q, %v", arguments, err)
	}
	if strings.Contains(string(arguments), "Signature") || strings.Contains(string(arguments), "http") {
		t.Errorf("a link is in curl's arguments: %s", arguments)
	}
}

func TestPowerShellQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":                  `''`,
		"plain":             `'plain'`,
		"it's":              `'it''s'`,
		"‘a’ ‚b‛":           `'‘‘a’’ ‚‚b‛‛'`,
		"'‘’":               `'''‘‘’’'`,
		"$(calc) `n ${x}":   "'$(calc) `n ${x}'",
		`"double" “curly”`:  `'"double" “curly”'`,
		"two\nlines":        "'two\nlines'",
		"-Recurse":          `'-Recurse'`,
		"Größe 日本":          `'Größe 日本'`,
		"'; Remove-Item x;": `'''; Remove-Item x;'`,
	} {
		if got := PowerShellQuote(in); got != want {
			t.Errorf("PowerShellQuote(%q) = %s, want %s", in, got, want)
		}
	}
}

// readPowerShell reads a single-quoted string the way PowerShell's tokenizer does (ScanStringLiteral in
// tokenizer.cs): any of five characters is a quote, and two of them, alike or not, are the first one.
func readPowerShell(s string) (text, rest string, ok bool) {
	quote := func(r rune) bool { return strings.ContainsRune("'‘’‚‛", r) }
	runes := []rune(s)
	if len(runes) == 0 || !quote(runes[0]) {
		return "", s, false
	}
	var out []rune
	for i := 1; i < len(runes); i++ {
		if quote(runes[i]) {
			if i+1 == len(runes) || !quote(runes[i+1]) {
				return string(out), string(runes[i+1:]), true
			}
			out = append(out, runes[i])
			i++
			continue
		}
		out = append(out, runes[i])
	}
	return "", s, false
}

func FuzzPowerShellQuote(f *testing.F) {
	for _, name := range hostile() {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, in string) {
		in = strings.ToValidUTF8(in, "_")
		if got, rest, ok := readPowerShell(PowerShellQuote(in) + " next"); !ok || got != in || rest != " next" {
			t.Errorf("%q arrives as %q, %q, %v", in, got, rest, ok)
		}
	})
}

// TestPowerShellScript reads the script's lines as PowerShell would. There is no PowerShell on this machine to run it.
func TestPowerShellScript(t *testing.T) {
	b, _, _ := offered(t, hostile())
	names := make([]string, len(b.Files))
	for i, f := range b.Files {
		names[i] = f.Name
	}
	safe := safeNames(names, windows)
	script := powerShellScript(folderOf(b.Made), b.Files, safe)
	calls := 0
	for line := range strings.Lines(script) {
		rest, ok := strings.CutPrefix(line, "Get-WaybillFile ")
		if !ok {
			continue
		}
		name, rest, ok1 := readPowerShell(rest)
		link, rest, ok2 := readPowerShell(strings.TrimPrefix(rest, " "))
		if !ok1 || !ok2 || rest != "\n" {
			t.Fatalf("PowerShell would not read %q: rest %q", line, rest)
		}
		if name != "waybill-2026-11-25-140509/"+safe[calls] || link != b.Files[calls].URL {
			t.Errorf("call %d is for %q from %q", calls, name, link)
		}
		calls++
	}
	if calls != len(b.Files) {
		t.Errorf("%d calls for %d files", calls, len(b.Files))
	}
	if open, closed := strings.Count(script, "{"), strings.Count(script, "}"); open != closed {
		t.Errorf("%d braces open, %d close", open, closed)
	}
}
