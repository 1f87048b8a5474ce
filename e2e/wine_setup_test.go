//go:build linux && wine

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	uninstallKey = `HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Waybill`
	loginKey     = `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`
	fileMenu     = `HKCU\Software\Classes\*\shell\Waybill`
	folderMenu   = `HKCU\Software\Classes\Directory\shell\Waybill`
)

// TestWineSetup installs Waybill for one person, without a word, uses it in a terminal and by its window, upgrades it,
// and removes it.
func TestWineSetup(t *testing.T) {
	w := newWine(t)
	setup := installer(t, "-setup.exe")
	local := w.variable("LOCALAPPDATA")
	folder := local + `\Programs\Waybill`
	before := w.variable("PATH")

	w.runs(setup, "/S")
	w.installed(folder)
	if got, want := w.variable("PATH"), before+";"+folder; got != want {
		t.Errorf("PATH is %q, want %q", got, want)
	}

	file := w.write([]byte("Grüße aus Windows\n"), "files", "grüße.txt")
	t.Run("terminal", func(t *testing.T) { (&wine{w.of(t)}).inTerminal(folder, file) })
	t.Run("window", func(t *testing.T) { (&wine{w.of(t)}).byWindow(folder, setup, file) })
	t.Run("box", func(t *testing.T) { (&wine{w.of(t)}).saysInBox(folder) })

	// What is chosen by an upgrade is chosen, and the rest stays as it was chosen before.
	w.runs(setup, "/S", "/LOGIN=1", "/MENU=0")
	w.registered(loginKey, "Waybill", `"`+folder+`\waybill.exe" --minimised`)
	w.absent(fileMenu)
	w.absent(folderMenu)
	w.runs(setup, "/S", "/SENDTO=0")
	w.registered(loginKey, "Waybill", `"`+folder+`\waybill.exe" --minimised`)
	w.absent(fileMenu)
	if _, err := os.Stat(w.disk(w.variable("APPDATA") + `\Microsoft\Windows\SendTo\Waybill.lnk`)); err == nil {
		t.Error(`"Send to" still has Waybill`)
	}

	// Everything is there that the uninstaller has to remove, and something that is not its own.
	w.runs(setup, "/S", "/MENU=1", "/SENDTO=1")
	w.registered(folderMenu, "MUIVerb", "@"+folder+`\waybill.exe,-101`)
	mine := folder + `\mine.txt`
	if err := os.WriteFile(w.disk(mine), []byte("not Waybill's"), 0o600); err != nil {
		t.Fatal(err)
	}
	quiet, _ := w.registry(uninstallKey, "QuietUninstallString")
	w.runs("cmd", "/c", strings.ReplaceAll(quiet, `"`, "")) // no space is in it here
	await(t, inTime, "Waybill to be removed", func() (bool, string) {
		_, err := os.Stat(w.disk(folder + `\uninstall.exe`))
		return err != nil, quiet
	})
	if got := w.variable("PATH"); got != before {
		t.Errorf("PATH is %q, and was %q", got, before)
	}
	w.exists(mine, local+`\Waybill\ledger.db`)
	if err := os.RemoveAll(w.disk(folder)); err != nil {
		t.Fatal(err)
	}
	if found := w.remains(); len(found) > 0 {
		t.Errorf("left behind:\n%s", strings.Join(found, "\n"))
	}
}

// of is the same desktop for a part of a test.
func (w *wine) of(t *testing.T) *desktop {
	d, h := *w.desktop, *w.home
	d.home, h.t = &h, t
	return &d
}

// installed checks what the installer has put where.
func (w *wine) installed(folder string) {
	w.t.Helper()
	program := folder + `\waybill.exe`
	w.exists(program, folder+`\waybill.com`, folder+`\LICENSE.txt`, folder+`\docs\windows.md`)
	for _, key := range []string{fileMenu, folderMenu} {
		w.registered(key, "MUIVerb", "@"+program+",-101")
		w.registered(key+`\command`, "", `"`+program+`" "%1"`)
	}
	w.registered(uninstallKey, "DisplayName", "Waybill")
	w.registered(uninstallKey, "DisplayVersion", builtVersion(w.t))
	w.registered(uninstallKey, "InstallLocation", folder)
	w.absent(`HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\Waybill`)
	if value, there := w.registry(loginKey, "Waybill"); there {
		w.t.Errorf("it starts at login, which nobody asked for: %s", value)
	}
	roaming := w.variable("APPDATA") + `\Microsoft\Windows\`
	for _, shortcut := range []string{roaming + `Start Menu\Programs\Waybill.lnk`, roaming + `SendTo\Waybill.lnk`} {
		content, err := os.ReadFile(w.disk(shortcut))
		if err != nil {
			w.t.Error(err)
		}
		if !bytes.Contains(content, []byte(program)) {
			w.t.Errorf("%s does not lead to %s", shortcut, program)
		}
	}
}

// inTerminal uses Waybill as a shell finds it: PATH says where, PATHEXT that waybill.com is meant.
func (w *wine) inTerminal(folder, file string) {
	w.t.Helper()
	if got := w.runs("cmd", "/c", "waybill", "version"); !strings.HasPrefix(got, "waybill "+builtVersion(w.t)+" windows/amd64 ") {
		w.t.Errorf("it says %q", got)
	}
	if e := w.run("cmd", "/c", "waybill", "send", "--no-such-flag"); e.status != 2 || e.out != "" || !strings.Contains(e.err, "--no-such-flag") {
		w.t.Errorf("a wrong flag: status %d, %q, %q", e.status, e.out, e.err)
	}

	// A terminal, since Ctrl+C is a terminal's. The sandbox runs while files are sent and the link is opened.
	keys, keyboard, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	defer keyboard.Close()
	cmd := w.command("script", "--quiet", "--return", "--command", `wine '`+folder+`\waybill.com' sandbox`, "/dev/null")
	cmd.Stdin = keys
	sandbox := start(w.t, cmd)
	_ = keys.Close() // script has its own
	await(w.t, inTime, "the sandbox", func() (bool, string) {
		said := sandbox.out.String()
		return strings.Contains(said, "Ctrl+C"), said
	})
	e := w.run("cmd", "/c", "waybill", "send", "--sandbox", "--json", seen(file))
	var sent struct{ Key, URL string }
	if err := json.Unmarshal([]byte(e.out), &sent); err != nil || e.status != 0 {
		w.t.Fatalf("status %d, %v in %q; %s", e.status, err, e.out, e.err)
	}
	if sent.Key != filepath.Base(file) {
		w.t.Errorf("the key is %q", sent.Key)
	}
	w.checkLink(sent.URL, file, filepath.Base(file))
	if e := w.run("cmd", "/c", "waybill", "send", "--sandbox", `C:\no\such.txt`); e.status != 1 {
		w.t.Errorf("a missing file: status %d, %s", e.status, e.err)
	}
	if _, err := keyboard.Write([]byte{3}); err != nil { // Ctrl+C
		w.t.Fatal(err)
	}
	_ = keyboard.Close()
	if status := sandbox.status(soon); status != 130 {
		w.t.Errorf("interrupted: status %d, want 130; it said %q", status, sandbox.out.String())
	}
}

// byWindow sends a file by the window as Explorer starts it, and tries to upgrade Waybill meanwhile.
func (w *wine) byWindow(folder, setup, file string) {
	w.t.Helper()
	window := w.open(`Wine desktop`, w.command("wine", "explorer", "/desktop=waybill,1100x750",
		folder+`\waybill.exe`, "--sandbox", seen(file)))
	window.see("Link copied", inTime)
	picture, err := w.look()
	if err == nil {
		err = savePicture(filepath.Join("..", "build", "windows.png"), picture)
	}
	if err != nil {
		w.t.Error(err)
	}
	w.checkLink(w.links(1, soon)[0], file, filepath.Base(file))

	program, err := os.Stat(w.disk(folder + `\waybill.exe`))
	if err != nil {
		w.t.Fatal(err)
	}
	if e := w.run(setup, "/S"); e.status != 3 {
		w.t.Errorf("an upgrade while it runs: status %d, want 3", e.status)
	}
	if now, err := os.Stat(w.disk(folder + `\waybill.exe`)); err != nil || !os.SameFile(program, now) {
		w.t.Errorf("the program that runs was replaced: %v", err)
	}
	window.press("ctrl+q")
	await(w.t, inTime, "an upgrade to work when it is closed", func() (bool, string) {
		e := w.run(setup, "/S")
		return e.status == 0, e.err
	})
}

// saysInBox starts Waybill where it has no terminal, with a file that is not there.
func (w *wine) saysInBox(folder string) {
	w.t.Helper()
	box := w.open(`^Waybill$`, w.command("wine", "start", "/wait", folder+`\waybill.exe`, `C:\no such file.txt`))
	box.see("such file.txt", soon)
	box.press("Return")
	box.program.status(soon)
}
