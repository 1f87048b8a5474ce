package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaultOfOneSystem: what only one system's compiler would refuse is found, though its C code cannot be compiled here.
func TestFaultOfOneSystem(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module example.org/m\n\ngo 1.26.0\n",
		"main.go":         "package main\n\nfunc main() { println(number()) }\n",
		"other.go":        "//go:build !darwin\n\npackage main\n\nfunc number() int { return 1 }\n",
		"beauty_linux.go": "package main\n\nimport \"os\"\n\nvar _ = os.Getpid()\n",
		"apple_darwin.go": "package main\n\n// #include <Cocoa/Cocoa.h>\nimport \"C\"\n\nfunc number() int { return int(C.number) + missing }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "")
	for _, target := range []string{"linux/amd64", "windows/amd64"} {
		if err := check(t.Context(), dir, target); err != nil {
			t.Errorf("%s: %v", target, err)
		}
	}
	err := check(t.Context(), dir, "darwin/arm64")
	if err == nil || !strings.Contains(err.Error(), "undefined: missing") || strings.Contains(err.Error(), "C.number") {
		t.Errorf("darwin: %v", err)
	}
	if err := check(t.Context(), dir, "darwin"); err == nil {
		t.Error("a target without a processor is taken")
	}
}
