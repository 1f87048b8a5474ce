package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

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
