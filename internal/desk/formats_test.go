package desk_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"waybill/internal/desk"
)

// hostileName is a name that a form of a link could trip over. Where a form cannot keep it, the fields say what
// becomes of it; empty is the name itself.
type hostileName struct{ name, shown, saved, onWindows string }

var hostileNames = []hostileName{
	{name: "report.pdf"},
	{name: "it's.txt"},
	{name: "‘typographic’ ‚quotes‛ “two” „more”.txt"},
	{name: "''''"},
	{name: `"quoted".txt`, onWindows: "_quoted_.txt"},
	{name: "a b; rm -rf ~ $(x) `y` && z | w.txt", onWindows: "a b; rm -rf ~ $(x) `y` && z _ w.txt"},
	{name: "$HOME ${PATH} $env:TEMP.txt", onWindows: "$HOME ${PATH} $env_TEMP.txt"},
	{name: "-rf"}, {name: "--output=x"}, {name: "-"}, {name: "~"}, {name: "~root"},
	{name: "–dash", onWindows: "–dash"},
	{name: "100 %.txt"}, {name: "%PATH% %s %2F.txt"}, {name: "a+b=c&d;e,f.txt"}, {name: "@file"}, {name: "#1 and #0.txt"},
	{name: "[a](b)*_.md", onWindows: "[a](b)__.md"},
	{name: "a[1].txt"}, {name: "[", onWindows: "["}, {name: "{a,b}[1-3].txt"}, {name: "a`b.txt"},
	{name: "![x](y) <b>&amp;</b> &#65; |$x^2$| ~~z~~ **w** www.example.com https://a.example",
		saved: "a.example", onWindows: "a.example"},
	{name: "<script>alert(1)<!-- x.html", onWindows: "_script_alert(1)_!-- x.html"},
	{name: `back\slash`, onWindows: "back_slash"}, {name: `trailing\`, onWindows: "trailing_"},
	{name: "C:name", onWindows: "C_name"}, {name: "stream.txt:$DATA", onWindows: "stream.txt_$DATA"}, {name: "why?*.txt", onWindows: "why__.txt"},
	{name: "NUL.txt", onWindows: "_NUL.txt"}, {name: "dots...", onWindows: "dots___"}, {name: "space ", onWindows: "space_"},
	{name: "  two  spaces  .txt"}, {name: ".hidden"}, {name: "!important!!.txt"},
	{name: "Übergrößenträger.txt"}, {name: "日本 é 🎉👩‍👩‍👧.png"}, {name: "مرحبا.txt"},
	{name: "two\nlines\r\n.txt", shown: "two_lines__.txt", saved: "two_lines__.txt", onWindows: "two_lines__.txt"},
	{name: "bell\a escape\x1b[31m nul\x00 tab\t.txt", shown: "bell_ escape_[31m nul_ tab_.txt",
		saved: "bell_ escape_[31m nul_ tab_.txt", onWindows: "bell_ escape_[31m nul_ tab_.txt"},
	{name: "bad\xffutf8", shown: "bad_utf8", saved: "bad_utf8", onWindows: "bad_utf8"},
	{name: "..", saved: "download", onWindows: "download"}, {name: ".", saved: "download", onWindows: "download"},
	{name: "a/../../etc/passwd", saved: "passwd", onWindows: "passwd"},
}

func (h hostileName) asShown() string     { return firstOf(h.shown, h.name) }
func (h hostileName) asSaved() string     { return firstOf(h.saved, h.name) }
func (h hostileName) asOnWindows() string { return firstOf(h.onWindows, h.name) }

func firstOf(texts ...string) string {
	return texts[slices.IndexFunc(texts, func(s string) bool { return s != "" })]
}

const someURL = "https://s3.example/b/k%20x?X-Amz-Signature=abc&response-content-disposition=attachment%3B%20filename%3D%22a%22"

func copied(f desk.Format, name, link string) string {
	return desk.CopyText(f, []desk.NamedLink{{Name: name, URL: link}})
}

// need fails a test for which a program is missing: make test brings it.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%v; packaging/deps.sh test installs it", err)
	}
}

// TestFormatCommandsFetch has a shell run the command lines, against a server that knows one link to the letter, as a
// signature does, and looks at the names and the bytes of the files they leave.
func TestFormatCommandsFetch(t *testing.T) {
	var signed sync.Map
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := signed.Load(r.RequestURI); !ok {
			http.Error(w, "SignatureDoesNotMatch", http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, "%s\x00\xff\n", r.RequestURI)
	}))
	defer server.Close()
	for _, c := range []struct {
		format  desk.Format
		program string
	}{{desk.FormatCurl, "curl"}, {desk.FormatWget, "wget"}} {
		t.Run(c.program, func(t *testing.T) {
			need(t, c.program)
			for _, h := range hostileNames {
				// as the signer escapes a key and a name
				query := "/b/folder/k" + strings.ReplaceAll(url.QueryEscape(h.name), "+", "%20") + "?X-Amz-Signature=abc&response-content-disposition=" +
					url.QueryEscape(`attachment; filename="x"; filename*=UTF-8''`+url.PathEscape(h.name))
				signed.Store(query, true)
				folder := t.TempDir()
				line := copied(c.format, "folder/"+h.name, server.URL+query)
				if strings.Contains(line, "\n") {
					t.Errorf("%q: the command is more than a line: %q", h.name, line)
				}
				run(t, folder, line)
				onlyFile(t, folder, h.asSaved(), query+"\x00\xff\n")
			}
		})
	}
}

// run has a shell run a command line in a folder, where the language of the machine is none.
func run(t *testing.T, folder, line string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", line)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+t.TempDir(), "http_proxy=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
}

// TestFormatCommandsFetchFromAStore: what a store says of the signature, once a program has had the link in hand.
func TestFormatCommandsFetchFromAStore(t *testing.T) {
	need(t, "curl")
	need(t, "wget")
	from := filepath.Join(t.TempDir(), "folder")
	for _, h := range hostileNames {
		if !strings.ContainsAny(h.name, "/\x00") && strings.Trim(h.name, ".") != "" { // a name that a file can have
			write(t, filepath.Join(from, h.name), "content of "+h.name)
		}
	}
	transfers := send(t, newDesk(t, desk.Options{}), dest(t), desk.SendOptions{Expires: time.Hour, Verify: desk.VerifyNone}, from)
	if len(transfers) < 30 {
		t.Fatalf("only %d were sent", len(transfers))
	}
	for _, sent := range transfers {
		if sent.State != desk.Sent || sent.Link == nil {
			t.Errorf("%s: %s, %v", sent.Name, sent.State, sent.Trouble)
			continue
		}
		content, err := os.ReadFile(sent.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []desk.Format{desk.FormatCurl, desk.FormatWget} {
			folder := t.TempDir()
			run(t, folder, copied(f, sent.Name, sent.Link.URL))
			onlyFile(t, folder, path.Base(sent.Name), string(content))
		}
	}
}

// onlyFile checks that a folder holds this file and nothing else.
func onlyFile(t *testing.T, folder, name, content string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("want the file %q, found %v, %v", name, entries, err)
		return
	}
	if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != content {
		t.Errorf("%q holds %q, %v, want %q", name, got, err, content)
	}
}

// TestFormatCommandsFail: what the store refuses is no file that looks sent.
func TestFormatCommandsFail(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for format, program := range map[desk.Format]string{desk.FormatCurl: "curl", desk.FormatWget: "wget"} {
		t.Run(program, func(t *testing.T) {
			need(t, program)
			cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", copied(format, "a.txt", server.URL+"/gone"))
			cmd.Dir = t.TempDir()
			if out, err := cmd.CombinedOutput(); err == nil {
				t.Errorf("no error: %s", out)
			}
			if got, err := os.ReadFile(filepath.Join(cmd.Dir, "a.txt")); err == nil && len(got) > 0 {
				t.Errorf("the refusal was saved: %q", got)
			}
		})
	}
}

// shellWords has a shell read command lines, and gives the words of them that follow the program's name.
func shellWords(t *testing.T, lines string) []string {
	t.Helper()
	said := `say() { printf '%s\0' "$@"; }; curl() { say "$@"; }; wget() { say "$@"; }; `
	out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", said+lines).Output()
	if err != nil {
		t.Fatalf("%s: %v", lines, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

func TestFormatCommandsAreOneWordEach(t *testing.T) {
	for _, h := range hostileNames {
		file := h.asSaved()
		if strings.HasPrefix(file, "-") || strings.HasPrefix(file, "~") {
			file = "./" + file
		}
		links := []desk.NamedLink{{Name: "folder/" + h.name, URL: someURL}, {Name: "b", URL: someURL + "&b"}}
		got := shellWords(t, desk.CopyText(desk.FormatCurl, links)+"\n"+desk.CopyText(desk.FormatWget, links))
		want := []string{
			"-fgL", "-o", file, someURL, "-fgL", "-o", "b", someURL + "&b",
			"-O", file, someURL, "-O", "b", someURL + "&b",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: the shell reads %q", h.name, got)
		}
	}
}

// powerShellTokens cuts a command line into words as PowerShell would. There is no PowerShell where these tests run;
// so this follows about_Quoting_Rules and about_Parsing, as far as CopyText needs them: single-quoted strings, which
// any of ' ‘ ’ ‚ ‛ opens and ends, in which two of them stand for the second and all else for itself; words of
// letters, digits, "-" and "$"; { } ; & and =. Strings come out with a ' before them. Anything else is an error,
// above all what PowerShell would expand or run: double quotes, backticks, parentheses, a bare $(.
func powerShellTokens(line string) ([]string, error) {
	var tokens []string
	quote := func(r rune) bool { return strings.ContainsRune("'‘’‚‛", r) }
	runes := []rune(line)
	for i := 0; i < len(runes); {
		switch r := runes[i]; {
		case r == ' ':
			i++
		case strings.ContainsRune("{};&=", r):
			tokens = append(tokens, string(r))
			i++
		case quote(r):
			text := []rune{'\''}
			for i++; ; i++ {
				if i == len(runes) {
					return nil, fmt.Errorf("a string does not end: %s", line)
				}
				if quote(runes[i]) {
					if i++; i == len(runes) || !quote(runes[i]) {
						break
					}
				}
				text = append(text, runes[i])
			}
			// What follows a string without a gap would become part of the same argument.
			if i < len(runes) && !strings.ContainsRune(" ;}", runes[i]) {
				return nil, fmt.Errorf("a string is followed by %q: %s", runes[i], line)
			}
			tokens = append(tokens, string(text))
		case r == '$' || r == '-' || r < utf8.RuneSelf && unicode.IsLetter(r):
			start := i
			i++
			for i < len(runes) && (runes[i] == '-' || runes[i] < utf8.RuneSelf && unicode.IsLetter(runes[i])) {
				i++
			}
			tokens = append(tokens, string(runes[start:i]))
		default:
			return nil, fmt.Errorf("%q at %d: %s", r, i, line)
		}
	}
	return tokens, nil
}

// powerShellFile reads a command line of FormatPowerShell: the file that it leaves, and the link that it fetches.
func powerShellFile(line string) (file, link string, err error) {
	tokens, err := powerShellTokens(line)
	if err != nil {
		return "", "", err
	}
	var strs []string
	for i, token := range tokens {
		if token[0] == '\'' {
			strs = append(strs, token[1:])
			tokens[i] = "'"
		}
	}
	switch strings.Join(tokens, " ") {
	case "& { $ProgressPreference = ' ; Invoke-WebRequest -UseBasicParsing -Uri ' -OutFile ' }":
		if strings.ContainsAny(strs[2], "[]*?`") {
			return "", "", fmt.Errorf("Windows PowerShell takes %q for a pattern", strs[2])
		}
		return strings.TrimPrefix(strs[2], "./"), strs[1], nil
	case "& { $ErrorActionPreference = ' ; $ProgressPreference = ' ; Invoke-WebRequest -UseBasicParsing -Uri ' -OutFile ' ; Rename-Item -LiteralPath ' -NewName ' }":
		if strings.ContainsAny(strs[3], "[]*?`") || strs[3] != strs[4] || strs[0] != "Stop" {
			return "", "", fmt.Errorf("it renames another file than the one it fetched: %q", strs)
		}
		return strs[5], strs[2], nil
	}
	return "", "", fmt.Errorf("it reads %q", tokens)
}

func TestFormatPowerShell(t *testing.T) {
	for _, h := range hostileNames {
		line := copied(desk.FormatPowerShell, "folder/"+h.name, someURL)
		file, link, err := powerShellFile(line)
		if err != nil || file != h.asOnWindows() || link != someURL || strings.Contains(line, "\n") {
			t.Errorf("%q: it saves %q from %q, %v", h.name, file, link, err)
		}
	}
}

// TestFormatPowerShellTokenizer holds the tokenizer against the examples of about_Quoting_Rules.
func TestFormatPowerShellTokenizer(t *testing.T) {
	for line, want := range map[string]string{
		`x 'The value of $(2+3) is 5.'`: "'The value of $(2+3) is 5.",
		`x 'don''t'`:                    "'don't",
		"x 'We’’re open'":               "'We’re open",
		"x 'a’ ":                        "'a",
		`x 'Use a double-quote (") to begin a "string" ` + "`n'": "'Use a double-quote (\") to begin a \"string\" `n",
	} {
		if got, err := powerShellTokens(line); err != nil || len(got) != 2 || got[1] != want {
			t.Errorf("%s reads as %q, %v", line, got, err)
		}
	}
	for _, line := range []string{"x 'a", `x "a"`, "x $(a)", "x 'a'b", "x `a", "x 'a’'"} {
		if got, err := powerShellTokens(line); err == nil {
			t.Errorf("%s reads as %q", line, got)
		}
	}
}

// onlyLink reads a page that shall hold nothing but one link.
func onlyLink(page string) (text, href string, err error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(strings.TrimSuffix(page, "\n")), body)
	if err != nil {
		return "", "", err
	}
	if len(nodes) == 1 && nodes[0].Data == "p" { // Markdown's paragraph
		p := nodes[0]
		if p.FirstChild == nil || p.FirstChild != p.LastChild {
			return "", "", fmt.Errorf("not one link: %s", page)
		}
		nodes = []*html.Node{p.FirstChild}
	}
	if len(nodes) != 1 || nodes[0].Data != "a" || len(nodes[0].Attr) != 1 || nodes[0].Attr[0].Key != "href" {
		return "", "", fmt.Errorf("not one link: %s", page)
	}
	for c := range nodes[0].ChildNodes() {
		if c.Type != html.TextNode {
			return "", "", fmt.Errorf("not only text: %s", page)
		}
		text += c.Data
	}
	return text, nodes[0].Attr[0].Val, nil
}

// markdownPage is what CommonMark, or CommonMark with what GitHub adds to it, makes of a text.
func markdownPage(text string, options ...goldmark.Option) (string, error) {
	var page bytes.Buffer
	err := goldmark.New(options...).Convert([]byte(text), &page)
	return page.String(), err
}

// readAsPage gives a format's link back, read by an HTML parser and, where it is Markdown, by a Markdown parser
// before.
func readAsPage(f desk.Format, name, link string) (text, href string, err error) {
	line := copied(f, name, link)
	if f == desk.FormatHTML {
		return onlyLink(line)
	}
	plain, err := markdownPage(line)
	if err != nil {
		return "", "", err
	}
	github, err := markdownPage(line, goldmark.WithExtensions(extension.GFM))
	if err != nil {
		return "", "", err
	}
	if plain != github {
		return "", "", fmt.Errorf("GitHub reads it differently: %s, %s", plain, github)
	}
	return onlyLink(plain)
}

func TestFormatHTMLAndMarkdownHoldNameAndLink(t *testing.T) {
	for _, f := range []desk.Format{desk.FormatHTML, desk.FormatMarkdown} {
		for _, h := range hostileNames {
			if text, href, err := readAsPage(f, h.name, someURL); err != nil || text != h.asShown() || href != someURL {
				t.Errorf("%s of %q reads as %q to %q, %v", f, h.name, text, href, err)
			}
		}
	}
}

func TestFormatMarkdownStaysReadable(t *testing.T) {
	got := desk.CopyText(desk.FormatMarkdown, []desk.NamedLink{{Name: "[x](y)*_.md", URL: someURL}, {Name: "plain (2).tar.gz", URL: someURL}})
	if want := `[\[x\](y)\*\_.md](<` + someURL + ">)\n[plain (2).tar.gz](<" + someURL + ">)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFormatURLIsTheLink(t *testing.T) {
	if got := desk.CopyText(desk.FormatURL, []desk.NamedLink{{Name: "a", URL: someURL}, {Name: "b", URL: someURL}}); got != someURL+"\n"+someURL {
		t.Errorf("%s", got)
	}
}

// FuzzFormats: whatever a file is called, each form is read back as one name and one link. The link has the name in
// it, as the signer escapes it.
func FuzzFormats(f *testing.F) {
	for _, h := range hostileNames {
		f.Add(h.name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		escaped := strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
		link := "https://[::1]:9000/b/" + escaped + "?X-Amz-Signature=ab&response-content-disposition=" + escaped

		// A name that needs no treatment stays as it is; any other becomes a name that needs none.
		asIs := visibleName(name)
		plain := asIs && !strings.Contains(name, "/") && name != "." && name != ".." && name != ""
		same := func(form, got string, still bool) {
			if still && got != name || !visibleName(got) {
				t.Errorf("%s: %q has become %q", form, name, got)
			}
		}

		words := shellWords(t, copied(desk.FormatCurl, name, link)+"\n"+copied(desk.FormatWget, name, link))
		if len(words) != 7 || words[3] != link || words[6] != link || words[2] != words[5] || strings.HasPrefix(words[2], "-") {
			t.Fatalf("%q: the shell reads %q", name, words)
		}
		same("shell", strings.TrimPrefix(words[2], "./"), plain)

		file, got, err := powerShellFile(copied(desk.FormatPowerShell, name, link))
		if err != nil || got != link || file == "" || strings.ContainsAny(file, `<>:"/\|?*`) || strings.TrimRight(file, ". ") != file {
			t.Fatalf("%q: PowerShell saves %q from %q, %v", name, file, got, err)
		}
		windows := plain && !strings.ContainsAny(name, `<>:"/\|?*`) && strings.TrimRight(name, ". ") == name
		same("PowerShell", strings.TrimPrefix(file, "_"), windows && !strings.HasPrefix(name, "_"))

		for _, form := range []desk.Format{desk.FormatHTML, desk.FormatMarkdown} {
			if name == "" {
				continue // an empty text is none to show; no file has one
			}
			// Markdown's readers write the brackets of an IPv6 address as %5B and %5D, whatever stands before them.
			page := strings.Replace(link, "[::1]", "s3.example", 1)
			text, href, err := readAsPage(form, name, page)
			if err != nil || href != page {
				t.Fatalf("%s of %q reads as %q to %q, %v", form, name, text, href, err)
			}
			same(string(form), text, asIs)
		}
	})
}

// visibleName reports whether a name is UTF-8 without control characters and without those that turn text around.
func visibleName(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || r == utf8.RuneError || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	})
}
