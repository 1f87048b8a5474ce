package desk

import (
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"waybill/signer"
)

func TestKinds(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "*": "", "pdf, image/*": ".pdf image/*", ".PDF;*.docx Application/PDF": ".pdf .docx application/pdf", "tar.gz": ".tar.gz", "pdf pdf": ".pdf", "pdf,*/*": "",
	} {
		kinds, err := ParseKinds(given)
		if got := strings.Join(kinds, " "); err != nil || got != want {
			t.Errorf("%q: %q, %v", given, got, err)
		}
	}
	for _, given := range []string{"a/b/c", "image/", "/png", "..", "<script>", `"`, "é", "image/*png", ".", strings.Repeat("x", 50)} {
		if kinds, err := ParseKinds(given); err == nil {
			t.Errorf("%q: %q", given, kinds)
		}
	}
}

// TestTypesOfKinds: nothing that a browser runs is ever a file's type in the store.
func TestTypesOfKinds(t *testing.T) {
	for kind, want := range map[string]string{
		".pdf": "application/pdf", "image/*": "image/", "image/png": "image/png", ".html": anyType, ".svg": anyType, "text/html": anyType, ".xhtml": anyType,
		"text/*": anyType, "application/*": anyType, ".js": anyType, "image/svg+xml": anyType, ".nobodyknows": anyType, ".csv": "text/csv", "*/*": anyType,
	} {
		if got := typeOfKind(kind); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	if got := groups([]string{".pdf", "image/*", ".html", "application/pdf", ".xyz1"}, false); len(got) != 2 || got[0].contentType != "application/pdf" || len(got[1].accept) != 3 {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]bool{"a.pdf": true, "a.PDF": true, "b.png": true, "c.txt": false, "pdf": false, "c.exe": false} {
		if got := asked([]string{".pdf", "image/*"}, name, anyType); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !asked([]string{"image/*"}, "no ending", "image/png") {
		t.Error("a type that the browser gave counts where the name says nothing")
	}
}

func TestArrivalNames(t *testing.T) {
	for _, c := range []struct {
		said, below string
		form        bool
		want        string
	}{
		{"a.txt", "file-1", false, "a.txt"}, {"", "file-1", false, "file-1"}, {"../../etc/passwd", "file-1", false, "etc/passwd"},
		{`..\..\x`, "f", false, "x"}, {"", "kT3rZ0aQ9bXd/a b.txt", true, "a b.txt"}, {"", "kT3rZ0aQ9bXd/../x/./y", true, "x/y"}, {"", "only", true, "only"},
		{"", "kT3rZ0aQ9bXd/", true, "kT3rZ0aQ9bXd"}, {"/", "//", true, "file"}, {"a\x00b\u202e", "f", false, "a[U+0000]b[U+202E]"}, {"e\u0301", "f", false, "é"},
		{"", "a/b", false, "a/b"}, {"", "files/kT3rZ0aQ9bXd/a b.txt", true, "a b.txt"}, {"", "files/a.txt", true, "a.txt"}, {"", "large-1", true, "large-1"},
		{"", "files/0123456789abcdef0123/a.txt", true, "a.txt"}, {"", "files/0123456789abcdef0123456789abcdef/a/b.txt", true, "a/b.txt"},
		// What a program puts there is somebody's own.
		{"", "files/photos/a.jpg", true, "photos/a.jpg"}, {"", "files/<script>alert(1)</script>.pdf", true, "<script>alert(1)</script>.pdf"},
		{"", "files/Presentation/a.pdf", true, "Presentation/a.pdf"}, {"", "files/202611260915/a.pdf", true, "202611260915/a.pdf"},
		{"", "files/holidays2026/a.jpg", true, "holidays2026/a.jpg"}, {"", "kT3rZ0aQ9bXd/a.txt", false, "kT3rZ0aQ9bXd/a.txt"},
	} {
		if got := arrivalName(c.said, c.below, c.form); got != c.want {
			t.Errorf("%q below %q: %q, want %q", c.said, c.below, got, c.want)
		}
	}
	for header, want := range map[string]string{
		signer.Disposition("é 日本.pdf", false): "é 日本.pdf", `attachment; filename="a.txt"`: "a.txt", `attachment; filename=a b.txt; x`: "a b.txt", "": "", "inline": "",
		`attachment; filename*=UTF-8''%`: "", "\x00": "", `attachment; filename="../x"`: "../x",
	} {
		if got := dispositionName(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

// FuzzArrivalName: whatever somebody says their file is called, the name reads as it is, leads down, and is not too long.
func FuzzArrivalName(f *testing.F) {
	for _, seed := range []string{"a.txt", "../x", "\u202e", `a\b`, "attachment; filename*=UTF-8''%ff", strings.Repeat("é/", 900), "CON", " ", `{"name":"x"}`} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, said, below string) {
		for _, name := range []string{
			arrivalName(said, below, true), arrivalName(dispositionName(said), below, false), arrivalName(noteName([]byte(said)), below, false),
		} {
			if name == "" || len(name) > mostOfName || !utf8.ValidString(name) || Visible(name) != name || path.Clean("/"+name) != "/"+name {
				t.Errorf("%q below %q is %q", said, below, name)
			}
			for _, local := range localNames([]Arrival{{Name: name}}) {
				if strings.HasPrefix(path.Base(local), ".") || strings.HasPrefix(local, "/") || strings.HasPrefix(path.Clean(local), "..") || len(path.Base(local)) > 255 {
					t.Errorf("%q is saved as %q", name, local)
				}
			}
		}
	})
}

// FuzzParseKinds: what is read is what HTML's accept and a policy can have.
func FuzzParseKinds(f *testing.F) {
	for _, seed := range []string{"pdf, image/*", "*", "a/b", ".tar.gz", "<>", "text/html;charset=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		kinds, err := ParseKinds(given)
		if err != nil {
			return
		}
		again, err := ParseKinds(strings.Join(kinds, ","))
		if err != nil || !slices.Equal(kinds, again) || len(kinds) > mostKinds {
			t.Errorf("%q: %q, %q, %v", given, kinds, again, err)
		}
		for _, g := range groups(kinds, true) {
			if strings.Contains(g.contentType, "html") || strings.Contains(g.contentType, "svg") || strings.ContainsAny(g.contentType, "*\"<> ") || !strings.Contains(g.contentType, "/") {
				t.Errorf("%q has the type %q", given, g.contentType)
			}
		}
	})
}

func TestFolderNames(t *testing.T) {
	for given, want := range map[string]string{"": "d-", "Zoë": "d-zoë-", "a/../b": "d-a-b-", "  ": "d-", strings.Repeat("x", 60): "d-" + strings.Repeat("x", 24) + "-", "日本 ?*": "d-日本-"} {
		got := folderName("d", given)
		if len(got) != len(want)+26 || !strings.HasPrefix(got, want) || got == folderName("d", given) {
			t.Errorf("%q: %q, want %q…", given, got, want)
		}
	}
}
