//go:build linux && wine

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWinePackages runs tests of packages as Windows programs: those that need no other server.
func TestWinePackages(t *testing.T) {
	w := newWine(t)
	overlay := w.write(wineDeletes(t), "overlay.json")
	for room, tests := range map[string]struct{ run, skip string }{
		"signer":           {skip: "EndIsTheEarliestOfThree/a_process|WhatAProcess|ProcessesThat|RealSTS"}, // those want sh, the last a MinIO
		"internal/ledger":  {},
		"internal/sandbox": {skip: "SameFolderIsShared"}, // wine 8 does not say where a symbolic link leads
		"internal/desk":    {run: "Path|Windows|Dropped|Template|Naming|Folder"},
		"internal/cli":     {run: "Console"},
	} {
		t.Run(room, func(t *testing.T) {
			w := &wine{w.of(t)}
			test := w.path("tmp", filepath.Base(room)+".exe")
			build := exec.CommandContext(t.Context(), "go", "test", "-c", "-trimpath", "-buildvcs=false", "-tags=migrated_fynedo",
				"-overlay="+overlay, "-o", test, ".")
			build.Dir = filepath.Join("..", filepath.FromSlash(room))
			build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			e := w.runIn(build.Dir, test, "-test.v", "-test.timeout=3m", "-test.run="+tests.run, "-test.skip="+tests.skip)
			passed := len(regexp.MustCompile(`(?m)^--- PASS`).FindAllString(e.out, -1))
			skipped := regexp.MustCompile(`(?m)^--- SKIP: (\S+)`).FindAllString(e.out, -1)
			t.Logf("%d passed, skipped: %q", passed, skipped)
			if e.status != 0 || passed == 0 {
				t.Errorf("status %d\n%s%s", e.status, tail(good.ReplaceAllString(e.out, ""), 6000), tail(e.err, 2000))
			}
		})
	}
}

// good is what a test says that has nothing to say.
var good = regexp.MustCompile(`(?m)^(=== \w+ .*| *--- PASS: .*)\n`)

// wineDeletes is an overlay for Go's library: wine 8 says that it has not implemented what Windows 10 has for deleting
// files, in other words than Windows did before it had it. Tests remove their folders by it.
func wineDeletes(t *testing.T) []byte {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(strings.TrimSpace(string(root)), "src", "internal", "syscall", "windows", "at_windows.go")
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(source), "case STATUS_INVALID_INFO_CLASS,", "case NTStatus(0xC0000002), STATUS_INVALID_INFO_CLASS,", 1)
	if changed == string(source) {
		t.Fatalf("%s has changed; see what wine says there", path)
	}
	replacement := filepath.Join(t.TempDir(), "at_windows.go")
	if err := os.WriteFile(replacement, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: replacement}})
	if err != nil {
		t.Fatal(err)
	}
	return overlay
}
