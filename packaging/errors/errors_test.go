package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

func TestPageIsUpToDate(t *testing.T) {
	if err := run(root, true); err != nil {
		t.Error(err)
	}
}

// TestPageFollowsTheTable: a row that is changed, added or taken out makes the page out of date.
func TestPageFollowsTheTable(t *testing.T) {
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(root, name)) // #nosec G304 -- the repository's own
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for name, change := range map[string]func(string) string{
		"as it is": func(s string) string { return s },
		"a word":   func(s string) string { return strings.Replace(s, "There is no bucket", "There never was a bucket", 1) },
		"a row":    func(s string) string { return strings.Replace(s, `"NoSuchBucket":`, `"NoSuchPail":`, 1) },
		"a group":  func(s string) string { return strings.Replace(s, "// What stores say.", "// What they say.", 1) },
	} {
		dir := t.TempDir()
		for path, text := range map[string]string{
			"internal/desk/table.go": change(read("internal/desk/table.go")), "internal/desk/aliases.go": read("internal/desk/aliases.go"), file: read(file),
		} {
			path = filepath.Join(dir, path)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		if err := run(dir, true); (name == "as it is") != (err == nil) || err != nil && !errors.Is(err, errOutOfDate) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSaid(t *testing.T) {
	for text, want := range map[string]string{
		"Nothing to fill.":                  "Nothing to fill.",
		`"{{.Given}}" is not it.`:           `"‹given›" is not it.`,
		"It is{{with .A}} {{.}}{{end}} so.": "It is ‹a› so.",
		"{{if .Off}}Off by {{.Off}}{{if .Behind}}, behind{{else}}, ahead{{end}}.{{else}}Off.{{end}}": "Off by ‹off›, behind. *or* Off.",
		"Use a|b, <c> or *.": `Use a\|b, &lt;c> or \*.`,
	} {
		if got, err := said(text); err != nil || got != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}
