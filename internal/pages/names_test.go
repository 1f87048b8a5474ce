package pages

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"Angebot Müller & Söhne.docx": "Angebot Müller & Söhne.docx",
		"日本語 (コピー).png":               "日本語 (コピー).png",
		"invoice\u202Efdp.exe":        "invoice[U+202E]fdp.exe",
		"a\u2066b\u2069c\u200Fd":      "a[U+2066]b[U+2069]c[U+200F]d",
		"a\x00b\nc\x1b[31m\x7f\u0085": "a[U+0000]b[U+000A]c[U+001B][31m[U+007F][U+0085]",
		"a\u2028b\u200Bc\uFEFFd":      "a[U+2028]b[U+200B]c[U+FEFF]d",
		"bad\xff\xfeutf":              "bad\uFFFDutf",
		"می\u200Cخواهم.txt":           "می\u200Cخواهم.txt", // Persian needs it
		"👨\u200D👩\u200D👧.png":         "👨\u200D👩\u200D👧.png",
		"٣\u0600.txt":                 "٣\u0600.txt", // a sign of its own, though of the class of formats
		`<script>alert(1)</script>`:   `<script>alert(1)</script>`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
		if got := Visible(Visible(in)); got != want {
			t.Errorf("a second time, Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTitle(t *testing.T) {
	for in, want := range map[string]title{
		"a.pdf":             {"", "a.pdf", "PDF"},
		"photos/2026/a.jpg": {"photos/2026/", "a.jpg", "JPG"},
		"../../x":           {"../../", "x", ""},
		".profile":          {"", ".profile", ""},
		"a.docume":          {"", "a.docume", ""},
		"a.é":               {"", "a.é", ""},
		"x/":                {"", "x/", ""},
		"a.\u202Epdf":       {"", "a.[U+202E]pdf", ""},
	} {
		if got := newTitle(in); got != want {
			t.Errorf("newTitle(%q) = %+v, want %+v", in, got, want)
		}
	}
}

func TestSafeNames(t *testing.T) {
	long := strings.Repeat("ü", 512)
	for _, test := range []struct {
		name           string
		posix, windows string
	}{
		{"report.pdf", "report.pdf", "report.pdf"},
		{"photos/a.jpg", "photos/a.jpg", "photos/a.jpg"},
		{"../../x", "__/__/x", "__/__/x"},
		{"/etc/passwd", "etc/passwd", "etc/passwd"},
		{"a/./b//c", "a/b/c", "a/b/c"},
		{"..", "__", "__"},
		{"", "file", "file"},
		{"///", "file", "file"},
		{`..\..\x`, ".._.._x", ".._.._x"},
		{`C:\Windows\x.exe`, "C:_Windows_x.exe", "C__Windows_x.exe"},
		{"C:/x", "C:/x", "C_/x"},
		{"-rf", "-rf", "-rf"},
		{"~/x", "~/x", "~/x"},
		{"a\nb\r\x00c", "a_b__c", "a_b__c"},
		{"invoice\u202Efdp.exe", "invoice_fdp.exe", "invoice_fdp.exe"},
		{"bad\xffutf", "bad_utf", "bad_utf"},
		{`it's "so" ‘typographic’`, `it's "so" ‘typographic’`, `it's _so_ ‘typographic’`},
		{"what?*<>|", "what?*<>|", "what_____"},
		{"NUL", "NUL", "_NUL"},
		{"nul.txt", "nul.txt", "_nul.txt"},
		{"com¹.tar.gz", "com¹.tar.gz", "_com¹.tar.gz"},
		{"aux /a", "aux /a", "aux_/a"},
		{"dots...", "dots...", "dots_"},
		{"space ", "space ", "space_"},
		{"x.waybill-part", "x.waybill-part_", "x.waybill-part_"},
		{"x.WAYBILL-PART", "x.WAYBILL-PART_", "x.WAYBILL-PART_"},
		{long + ".pdf", strings.Repeat("ü", 98) + ".pdf", strings.Repeat("ü", 98) + ".pdf"},
		{strings.Repeat("a", 1024), strings.Repeat("a", 200), strings.Repeat("a", 200)},
	} {
		if got := safeNames([]string{test.name}, posix)[0]; got != test.posix {
			t.Errorf("for POSIX, %q is saved as %q, want %q", test.name, got, test.posix)
		}
		if got := safeNames([]string{test.name}, windows)[0]; got != test.windows {
			t.Errorf("for Windows, %q is saved as %q, want %q", test.name, got, test.windows)
		}
	}
}

func TestSafeNamesDoNotMeet(t *testing.T) {
	names := []string{"a.txt", "A.TXT", "a (2).txt", "a\x01.txt", "a_.txt", "dir", "dir/x", "Dir/X", "é.txt", "e\u0301.txt", "straße", "STRASSE", "tar.tar.gz", "b", "b"}
	want := []string{"a.txt", "A (2).TXT", "a (2) (2).txt", "a_.txt", "a_ (2).txt", "dir (2)", "dir/x", "Dir/X (2)", "é.txt", "e\u0301 (2).txt", "straße", "STRASSE", "tar.tar.gz", "b", "b (2)"}
	got := safeNames(slices.Clone(names), posix)
	for i := range names {
		if got[i] != want[i] {
			t.Errorf("%q is saved as %q, want %q", names[i], got[i], want[i])
		}
	}
}

func TestTenThousandOfOneName(t *testing.T) {
	names := slices.Repeat([]string{"photos/a.jpg"}, 10_000)
	start := time.Now()
	got := safeNames(names, windows)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if got[0] != "photos/a.jpg" || got[9_999] != "photos/a (10000).jpg" {
		t.Errorf("the first is %q, the last %q", got[0], got[9_999])
	}
}

func FuzzSafeNames(f *testing.F) {
	for _, seed := range []string{"a", "../x", "a/b", "NUL.", "\u202E", "-", "~", "a\\b", "x.waybill-part", "\xff", "a. ", strings.Repeat("é/", 300), strings.Repeat("x", 300) + ".tar.gz"} {
		f.Add(seed, "a/B", "a")
		f.Add(seed, seed, strings.ToUpper(seed))
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, s := range []system{posix, windows} {
			got := safeNames([]string{a, b, c}, s)
			seen := map[string]bool{}
			for _, name := range got {
				if !filepath.IsLocal(name) || !utf8.ValidString(name) || strings.ContainsFunc(name, hidden) || strings.Contains(name, `\`) {
					t.Fatalf("%q is no safe name", name)
				}
				for part := range strings.SplitSeq(name, "/") {
					if part == "" || part == "." || part == ".." || len(part)+len(partEnding) > 255 || strings.HasSuffix(fold(part), partEnding) {
						t.Fatalf("%q has the part %q", name, part)
					}
					if s == windows && (strings.ContainsAny(part, `<>:"|?*`) || strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") || device(part)) {
						t.Fatalf("Windows cannot have %q", part)
					}
				}
				if seen[fold(name)] {
					t.Fatalf("%q is there twice: %q", name, got)
				}
				seen[fold(name)] = true
			}
			for _, name := range got {
				for other := range seen {
					if strings.HasPrefix(fold(name), other+"/") {
						t.Fatalf("%q is in the file %q", name, other)
					}
				}
			}
		}
	})
}
