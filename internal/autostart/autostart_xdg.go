//go:build !darwin && !windows

package autostart

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// entry is a desktop entry in the person's autostart folder
// (https://specifications.freedesktop.org/autostart-spec/latest/).
func entry() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(config, "autostart", ID+".desktop"), nil
}

// on reports whether the entry is there, and not switched off by a desktop's own settings.
func on() bool {
	path, err := entry()
	if err != nil {
		return false
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		switch strings.ToLower(strings.ReplaceAll(strings.TrimSpace(line), " ", "")) {
		case "hidden=true", "x-gnome-autostart-enabled=false":
			return false
		}
	}
	return true
}

func kept() (path string, there bool) {
	path, err := entry()
	if err == nil {
		_, err = os.Lstat(path)
	}
	return path, err == nil
}

func forEverybody() bool { return false } // no package of Waybill's sets it

// errFlatpak: its folder of settings is one of its own, where no session looks, and its program is in nobody's path.
var errFlatpak = errors.New("a Flatpak cannot set that; use the desktop's own settings for what starts with the session")

func add(program string) error {
	if os.Getenv("FLATPAK_ID") != "" {
		return errFlatpak
	}
	path, err := entry()
	if err != nil {
		return err
	}
	return write(path, "[Desktop Entry]\nType=Application\nName=Waybill\nTryExec="+tried(program)+"\nExec="+command(program)+" "+argument+"\nIcon="+ID+"\nTerminal=false\nX-GNOME-Autostart-enabled=true\n")
}

func remove() error {
	path, err := entry()
	if err == nil {
		err = os.Remove(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// tried is what has to be there for the entry to count: a program that was removed is not missed at each login.
func tried(program string) string {
	if command(program) == packaged {
		return packaged
	}
	return strings.ReplaceAll(program, `\`, `\\`)
}

// packaged is where packages put the program, whatever it is a link to.
const packaged = "/usr/bin/waybill"

// command is how an entry names the program: by its place in the system where a package has put it there, else by its path,
// quoted. A bare word would be looked for in a session's PATH, which need not be that of a terminal
// (https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html).
func command(program string) string {
	return commandOf(packaged, program)
}

func commandOf(packaged, program string) string {
	if same(packaged, program) {
		return packaged
	}
	if !strings.ContainsAny(program, " \t\n\"'\\><~|&;$*?#()`%") {
		return program
	}
	quoted := strings.NewReplacer(`"`, `\"`, "`", "\\`", `$`, `\$`, `\`, `\\`).Replace(program)
	// Within the file, a backslash is written twice, and a percent sign begins a field.
	quoted = `"` + strings.NewReplacer(`\`, `\\`, `%`, `%%`).Replace(quoted) + `"`
	if strings.Contains(program, "%") {
		return "env " + quoted // GLib looks for the program under the name with two of them
	}
	return quoted
}

// same reports whether two paths lead to one file.
func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
