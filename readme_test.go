package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPackagedDocumentsLeadSomewhere: what the documents of a package link to is in it.
func TestPackagedDocumentsLeadSomewhere(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "sh", "packaging/linux/docs.sh", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	links := 0
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s leads to %s, which is not in the package", path, m[1])
			}
		}
		return err
	})
	if err != nil || links < 20 {
		t.Errorf("%d links, %v", links, err)
	}
}

// TestReadmeNamesEveryDependency: whoever adds a module says why.
func TestReadmeNamesEveryDependency(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil || len(mod.Require) < 10 {
		t.Fatalf("%v, %d modules", err, len(mod.Require))
	}
	for _, r := range mod.Require {
		// The modules of one family share a line: the last part of their name stands in it.
		name := r.Path[strings.LastIndexByte(r.Path, '/')+1:]
		if !r.Indirect && !strings.Contains(string(readme), r.Path) && !strings.Contains(string(readme), name) {
			t.Errorf("README.md does not say why %s is there", r.Path)
		}
	}
}
