package autostart

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheSessionStartsIt(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("APPIMAGE", "")
	t.Setenv("FLATPAK_ID", "")
	if On() {
		t.Fatal("nobody asked for it")
	}
	if err := Set(false); err != nil {
		t.Errorf("what is not there cannot be removed: %v", err)
	}
	if err := Set(true); err != nil || !On() {
		t.Fatalf("%v", err)
	}
	path := filepath.Join(config, "autostart", "io.github.waybill_app.Waybill.desktop")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), argument+"\n") {
		t.Fatalf("%v in %s", err, text)
	}
	if out, err := exec.CommandContext(t.Context(), "desktop-file-validate", path).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
	// A desktop's own settings switch it off in the file.
	off := strings.Replace(string(text), "enabled=true", "enabled=false", 1)
	if err := os.WriteFile(path, []byte(off), 0o600); err != nil || On() {
		t.Errorf("it is off: %v", err)
	}
	if err := Set(true); err != nil || !On() {
		t.Errorf("%v", err)
	}
	if err := Set(false); err != nil || On() {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
}

// TestAFlatpakSaysThatItCannot, instead of writing an entry that no session reads.
func TestAFlatpakSaysThatItCannot(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("FLATPAK_ID", ID)
	if err := Set(true); !errors.Is(err, errFlatpak) || On() {
		t.Errorf("%v, on: %v", err, On())
	}
	if left, err := os.ReadDir(config); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
}

// TestARemovedProgramIsNotTried: the entry names what has to be there, which GLib reads as a session does.
func TestARemovedProgramIsNotTried(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("FLATPAK_ID", "")
	program := t.TempDir() + `/gone \ away`
	t.Setenv("APPIMAGE", program)
	if err := Set(true); err != nil {
		t.Fatal(err)
	}
	path, there := Entry()
	text, err := os.ReadFile(path)
	if want := "\nTryExec=" + strings.ReplaceAll(program, `\`, `\\`) + "\n"; !there || err != nil || !strings.Contains(string(text), want) {
		t.Fatalf("%v in %s, want %q", err, text, want)
	}
	if out, err := exec.CommandContext(t.Context(), "gio", "launch", path).CombinedOutput(); err == nil {
		t.Errorf("it was started: %s", out)
	}
}

// TestOddPaths: what a desktop starts is the program, wherever it lies; an AppImage is started by its own file.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"plain", "with blank", `a "quote" $HOME`, "`back` \\slash\\", "100%f", "it's; rm & co"} {
		t.Setenv("XDG_CONFIG_HOME", t.TempDir())
		dir := filepath.Join(t.TempDir(), name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		program, started := filepath.Join(dir, "waybill.AppImage"), filepath.Join(t.TempDir(), "started")
		if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s' \"$*\" >'"+started+"'.new\nmv '"+started+"'.new '"+started+"'\n"), 0o700); err != nil { // #nosec G306 -- it is to be run
			t.Fatal(err)
		}
		t.Setenv("APPIMAGE", program)
		if err := Set(true); err != nil {
			t.Fatal(err)
		}
		path, err := entry()
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "gio", "launch", path).CombinedOutput(); err != nil {
			text, _ := os.ReadFile(path)
			t.Errorf("%q: %v: %s\n%s", name, err, out, text)
			continue
		}
		var got []byte
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			if got, err = os.ReadFile(started); err == nil {
				break
			}
		}
		if string(got) != argument {
			t.Errorf("%q was started with %q, %v", name, got, err)
		}
	}
}

// TestThePackagesProgram is named by its place in the system, which stays the same when a package moves the file; any other
// by its own path, whatever the PATH of this terminal leads to.
func TestThePackagesProgram(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	program, place := filepath.Join(t.TempDir(), "waybill"), filepath.Join(bin, "waybill")
	if err := os.WriteFile(program, nil, 0o700); err != nil { // #nosec G306 -- it is to be found as a program
		t.Fatal(err)
	}
	if err := os.Symlink(program, place); err != nil {
		t.Fatal(err)
	}
	if got := command(program); got != program {
		t.Errorf("%q", got)
	}
	if got := commandOf(place, program); got != place {
		t.Errorf("%q", got)
	}
}
