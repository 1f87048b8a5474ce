package desk

import (
	"errors"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"waybill/signer"
)

const someUUID = "0f8fad5b-d9cb-469f-a165-70867728950e"

// someNaming is a moment at which no two of year, month, day, hour, minute and second are the same.
func someNaming() Naming {
	return Naming{Now: time.Date(2026, 11, 25, 14, 5, 33, 0, time.UTC), User: "alice", UUID: someUUID}
}

func mustParse(t *testing.T, text string) Template {
	t.Helper()
	made, err := ParseTemplate(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return made
}

func TestTemplateKey(t *testing.T) {
	for _, c := range []struct{ template, relative, want string }{
		{"", "report.pdf", "report.pdf"},
		{"", "photos/2026/a.jpg", "photos/2026/a.jpg"},
		{"{name}", "photos/2026/a.jpg", "photos/2026/a.jpg"},
		{" {name} ", "a.txt", "a.txt"},
		{"{date}/{name}", "report.pdf", "2026-11-25/report.pdf"},
		{"{date}/{name}", "photos/2026/a.jpg", "2026-11-25/photos/2026/a.jpg"},
		{"{stem}-{uuid}{ext}", "photos/2026/a.jpg", "photos/2026/a-" + someUUID + ".jpg"},
		{"{uuid}{ext}", "photos/a", "photos/" + someUUID},
		{"{user}/{date}/{time}/{name}", "a.jpg", "alice/2026-11-25/14-05-33/a.jpg"},
		{"inbox/{date} {time} {name}", "a/b.jpg", "inbox/a/2026-11-25 14-05-33 b.jpg"},
		{"{stem} of {date}{ext}", "backup.tar.gz", "backup of 2026-11-25.tar.gz"},
		{"{stem}-x{ext}", ".profile", ".profile-x"},
		{"{stem}-x{ext}", "archive.tar", "archive-x.tar"},
		{"{ext}/{name}", "a.jpg", ".jpg/a.jpg"},
		{"{ext}/{name}", "README", "README"}, // an empty folder is none
		{".{ext}/{name}", "README", "_/README"},
		{"..{ext}/{name}", "README", "__/README"},
		{".{ext}/{name}", "a.jpg", "..jpg/a.jpg"},
		{".{ext}", "README", "_"},
		{"{{{stem}}}{ext}", "a.jpg", "{a}.jpg"},
		{"{{name}}", "a.jpg", "{name}"},
		{"{stem}/{stem}{ext}", "x/a.jpg", "a/x/a.jpg"},
		{"fixed", "x/a.jpg", "x/fixed"},
		{"{name}", `we "quote" + 100%?#&.txt`, `we "quote" + 100%?#&.txt`},
		{"{name}", "日本/🎉.png", "日本/🎉.png"},
		{"{name}", "e\u0301.txt", "é.txt"},
		{"e\u0301/{name}", "a.txt", "é/a.txt"},
		{"e{name}", "\u0301.txt", "é.txt"}, // what meets at a seam is one character too
		{"{name}", "invoice\u202Efdp.exe", "invoice_fdp.exe"},
		{"{name}", "a\n\x00b\xff", "a__b_"},
		{"{name}", "a/../b.txt", "a/__/b.txt"},
		{"{name}", "./a//b.txt", "_/a/b.txt"},
		{"{name}", "/etc/passwd", "etc/passwd"},
		{"{name}", "..", "__"},
		{"{name}", "folder/", "folder/_"},
		{"{name}", "", "_"},
	} {
		if got := mustParse(t, c.template).key(c.relative, someNaming()); got != c.want {
			t.Errorf("%q of %q is %q, want %q", c.template, c.relative, got, c.want)
		}
	}
}

func TestTemplateRefused(t *testing.T) {
	for text, want := range map[string]string{
		"{nam}": "TemplateWord", "{}": "TemplateWord", "{Name}": "TemplateWord", "{ name }": "TemplateWord", "{da/te}/{name}": "TemplateWord",
		"{name": "TemplateBraces", "name}": "TemplateBraces", "{name}}": "TemplateBraces", "{{name}": "TemplateBraces", "{": "TemplateBraces",
		"{na{me}}": "TemplateBraces", "{name}{": "TemplateBraces", "{name}/}": "TemplateBraces",
		"/{name}": "TemplateSlash", "{date}/": "TemplateSlash", "a//{name}": "TemplateSlash", "/": "TemplateSlash",
		"./{name}": "TemplateDots", "../{name}": "TemplateDots", "{date}/../{name}": "TemplateDots", "..": "TemplateDots", "{date}/.": "TemplateDots",
		"a\x00{name}": "TemplateCharacters", "\u202e{name}": "TemplateCharacters", "\xff{name}": "TemplateCharacters", "a\n{name}": "TemplateCharacters",
		"{ext}": "TemplateEmpty", "{date}/{ext}": "TemplateEmpty", "{ext}{ext}": "TemplateEmpty",
		strings.Repeat("é", 512) + "{name}": "TemplateTooLong",
	} {
		made, err := ParseTemplate(text)
		var told *Trouble
		if !errors.As(err, &told) || CodeOf(told) != want || made != "" {
			t.Errorf("%q: %q, %v, want %s", text, made, err, want)
			continue
		}
		for _, sentence := range []string{told.What.String(), told.Help.String()} {
			if sentence = strings.ReplaceAll(sentence, "\uFFFD", "?"); !strings.HasSuffix(sentence, ".") || strings.Contains(sentence, "{{.") ||
				strings.Contains(sentence, "<no value>") || visible(sentence) != sentence {
				t.Errorf("%q is told as %q", text, sentence)
			}
		}
	}
	if _, err := ParseTemplate("{date}/{nome}"); !strings.Contains(err.Error(), `"{nome}"`) {
		t.Errorf("%v does not say which word", err)
	}
	for _, word := range TemplateWords() { // the help names every word there is
		if help := trouble("TemplateWord", nil, nil).Help.String(); !strings.Contains(help, "{"+word+"}") {
			t.Errorf("%q lacks {%s}", help, word)
		}
	}
}

// TestTemplateUnparsed: settings that were edited by hand must not lose a file's name.
func TestTemplateUnparsed(t *testing.T) {
	for _, text := range []Template{"{", "{nope}", "/", "{ext}", "\xff"} {
		if got := text.key("a/b.txt", someNaming()); got != "a/b.txt" {
			t.Errorf("%q gives %q", text, got)
		}
	}
}

func TestTemplateWithAnUnguessablePart(t *testing.T) {
	at := NewNaming(time.Now(), true)
	secret := regexp.MustCompile(`^[a-z2-7]{26}$`)
	seen := map[string]bool{}
	for range 1000 {
		key := mustParse(t, "{date}/{name}").key("photos/a.jpg", at)
		parts := strings.Split(key, "/")
		if len(parts) != 4 || parts[1] != "photos" || parts[3] != "a.jpg" || !secret.MatchString(parts[2]) {
			t.Fatalf("%q has no unguessable folder before the file", key)
		}
		if seen[parts[2]] {
			t.Fatalf("%q came twice", parts[2])
		}
		seen[parts[2]] = true
	}
	if bits := len(unguessable()) * 5; bits < 128 {
		t.Errorf("%d bits", bits)
	}
	// Every place has every character: none is left out, none is fixed.
	var places [26]map[byte]bool
	for s := range seen {
		for i := range places {
			if places[i] == nil {
				places[i] = map[byte]bool{}
			}
			places[i][s[i]] = true
		}
	}
	for i, p := range places {
		if len(p) != 32 {
			t.Errorf("place %d has %d of 32 characters in a thousand", i, len(p))
		}
	}
	if got := mustParse(t, "{name}").key("a.jpg", Naming{Now: at.Now}); got != "a.jpg" {
		t.Errorf("%q, though nobody asked", got)
	}
}

func TestTemplateUUIDIsNewForEachFile(t *testing.T) {
	at := someNaming()
	at.UUID = ""
	made := mustParse(t, "{uuid}{ext}")
	one, other := made.key("a.jpg", at), made.key("a.jpg", at)
	form := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jpg$`)
	if one == other || !form.MatchString(one) || !form.MatchString(other) {
		t.Errorf("%q and %q", one, other)
	}
	// Within one name it is one.
	if key := mustParse(t, "{uuid}/{uuid}").key("a", at); path.Dir(key) != path.Base(key) {
		t.Errorf("%q has two", key)
	}
}

func TestTemplatePreviewStandsStill(t *testing.T) {
	at := Naming{Now: time.Date(2026, 11, 25, 14, 5, 33, 0, time.UTC), User: "alice", Unguessable: true}
	made := mustParse(t, "{date}/{stem}-{uuid}{ext}")
	first := made.Preview("report.pdf", at)
	if first != made.Preview("report.pdf", at) {
		t.Error("the preview changes")
	}
	if form := regexp.MustCompile(`^2026-11-25/[a-z2-7]{26}/report-[0-9a-f-]{36}\.pdf$`); !form.MatchString(first) {
		t.Errorf("%q", first)
	}
	if got := Template("").Preview("report.pdf", someNaming()); got != "report.pdf" {
		t.Errorf("%q", got)
	}
}

func TestTemplateUser(t *testing.T) {
	for name, want := range map[string]string{
		"alice": "alice", `ACME\alice`: "alice", "Max Muster": "Max Muster", "a/b": "a_b", "": "user", " ": "user", `ACME\`: "user",
		"e\u0301lise": "élise", "a\x00b\u202e": "a_b_", "alice@example.com": "alice@example.com", "\xff": "_",
	} {
		if got := safeUser(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	if at := NewNaming(time.Now(), false); at.User == "" || safeUser(at.User) != at.User || at.Unguessable {
		t.Errorf("%+v", at)
	}
	at := someNaming()
	at.User = "../.."
	if got := mustParse(t, "{user}/{name}").key("a", at); got != ".._../a" {
		t.Errorf("%q", got)
	}
	at.User = ".."
	if got := mustParse(t, "{user}/{name}").key("a", at); got != "__/a" {
		t.Errorf("%q", got)
	}
}

// TestTemplateKeysCanBeNumbered: a clash gives the next name beside the taken one, in the same folder, and its
// extension stays an extension.
func TestTemplateKeysCanBeNumbered(t *testing.T) {
	at := someNaming()
	at.Secret = "secret"
	for _, c := range []struct{ template, relative, want string }{
		{"{date}/{name}", "x/a.tar.gz", "2026-11-25/x/secret/a (2).tar.gz"},
		{"{stem} {date}{ext}", "a.jpg", "secret/a 2026-11-25 (2).jpg"},
		{"{date}", "a.jpg", "secret/2026-11-25 (2)"},
		{"{name}", ".profile", "secret/.profile (2)"},
		{"{name}.{date}", "a.jpg", "secret/a.jpg (2).2026-11-25"},
	} {
		if got := numbered(mustParse(t, c.template).key(c.relative, at), 2); got != c.want {
			t.Errorf("%q of %q is numbered %q, want %q", c.template, c.relative, got, c.want)
		}
	}
}

// FuzzTemplate: whatever template is accepted and whatever a file is called, the key is one that S3 and browsers
// leave as it is, and so is the next one beside it.
func FuzzTemplate(f *testing.F) {
	for _, template := range []string{
		"", "{name}", "{date}/{name}", "{stem}-{uuid}{ext}", "{user}/{time}/{name}", "{{{stem}}}", "{ext}/{name}", ".{ext}", "..{ext}/x", "{stem}{{",
		"e{name}", "{nope}", "/", "a//b", "..", "{", "}", " {name} ", "\xff", "\u202e", "{ext}", "{stem}/{stem}/{ext}{name}",
	} {
		for _, name := range []string{"a.tar.gz", "photos/2026/a.jpg", "../../x", "..", ".", "", "/", "a//b/", "\u0301", "e\u0301", "\xff/\x00", ".ext", "…", `a\b`} {
			f.Add(template, name, "alice", true)
		}
	}
	f.Add("{user}/{name}", "a", "..", false)
	f.Add("{user}", "a", "/", false)
	f.Fuzz(func(t *testing.T, template, relative, user string, unguessable bool) {
		made, err := ParseTemplate(template)
		if err != nil {
			if told := Explain(err); told.What.String() == "" || told.Help.String() == "" {
				t.Fatalf("%q: no words for %v", template, err)
			}
			return
		}
		if again, err := ParseTemplate(string(made)); err != nil || again != made {
			t.Fatalf("%q parsed again is %q, %v", made, again, err)
		}
		at := someNaming()
		at.User, at.Unguessable, at.Secret = user, unguessable, user
		key := made.key(relative, at)
		if again := made.key(relative, at); again != key && at.Secret != "" {
			t.Fatalf("%q and then %q", key, again)
		}
		for _, k := range []string{key, numbered(key, 2)} {
			if err := signer.CheckKey(k); err != nil && !errors.Is(err, signer.ErrKeyTooLong) {
				t.Fatalf("%q of %q is %q: %v", made, relative, k, err)
			}
			if strings.Contains(k, "//") || strings.HasSuffix(k, "/") || !utf8.ValidString(k) || visible(k) != k || !norm.NFC.IsNormalString(k) {
				t.Fatalf("%q of %q is %q", made, relative, k)
			}
		}
		if path.Dir(numbered(key, 2)) != path.Dir(key) {
			t.Fatalf("%q is numbered %q", key, numbered(key, 2))
		}
	})
}
