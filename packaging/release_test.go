package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const changelog = `# Changelog

The form is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## Unreleased

- Not yet.

## [1.10.0] - 2027-02-01

### Added

- The newest thing, with ` + "`a command`" + `.

### Changed

- ## is no heading here.

## 1.1.0 - 2027-01-01

- An older thing.

## 1.0.0

[1.10.0]: https://example.org/compare
`

// run runs a script of this folder, and gives what it printed and whether it ended well.
func run(t *testing.T, name string, args ...string) (out, complaint string, ok bool) {
	t.Helper()
	script, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), script, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &stdout, &stderr
	err = cmd.Run()
	return stdout.String(), stderr.String(), err == nil
}

func TestReleaseNotes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "CHANGELOG.md")
	if err := os.WriteFile(path, []byte(changelog), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ version, notes string }{
		{"1.10.0", "### Added\n\n- The newest thing, with `a command`.\n\n### Changed\n\n- ## is no heading here.\n"},
		{"1.1.0", "- An older thing.\n"},
		{"Unreleased", "- Not yet.\n"},
		{"1.0.0", ""}, // a heading with nothing below
		{"1.1", ""},
		{"1x1x0", ""},
		{"2.0.0", ""},
		{"", ""},
	} {
		out, complaint, ok := run(t, "release-notes.sh", c.version, path)
		if out != c.notes || ok != (c.notes != "") || ok != (complaint == "") {
			t.Errorf("%q: %v, %q, %q", c.version, ok, out, complaint)
		}
	}
}

// TestReleaseCheck: a tag that is not the version is refused, before anything is built.
func TestReleaseCheck(t *testing.T) {
	for _, tag := range []string{"v99.0.0", "99.0.0", "v", "v99.0.0-rc.1", ""} {
		if out, complaint, ok := run(t, "release-check.sh", tag); ok || out != "" || complaint == "" {
			t.Errorf("%q: %v, %q, %q", tag, ok, out, complaint)
		}
	}
}

// TestActionsArePinned: by commit, with the version beside it, and the same everywhere.
func TestActionsArePinned(t *testing.T) {
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%q, %v", files, err)
	}
	uses := regexp.MustCompile(`(?m)^\s*-?\s*uses:\s*(.*)$`)
	pinned := regexp.MustCompile(`^([\w-]+/[\w-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$`)
	pins := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range uses.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(found[1], "./") {
				continue
			}
			pin := pinned.FindStringSubmatch(found[1])
			if pin == nil {
				t.Errorf("%s: %s is not pinned", file, found[1])
				continue
			}
			if had := pins[pin[1]]; had != "" && had != pin[2] {
				t.Errorf("%s: another %s than elsewhere", file, pin[1])
			}
			pins[pin[1]] = pin[2]
		}
	}
	if len(pins) < 4 {
		t.Errorf("only %d actions were found", len(pins))
	}
}
