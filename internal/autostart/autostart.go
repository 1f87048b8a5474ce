// Package autostart has the person's session start Waybill, out of the way, when they log in. What the system keeps of it
// is all there is: nothing is remembered beside it.
package autostart

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ID is the program's name towards the system, as in FyneApp.toml.
const ID = "io.github.waybill_app.Waybill"

// argument makes the start an unobtrusive one.
const argument = "--minimised"

// On reports whether the session starts Waybill.
func On() bool { return on() || ForEverybody() }

// ForEverybody reports whether somebody has set it for all who use this computer, which one of them cannot undo.
func ForEverybody() bool { return forEverybody() }

// Entry says where the system keeps the person's own entry, and whether there is one, be it switched off.
func Entry() (where string, there bool) { return kept() }

// Set has the session start Waybill from now on, or not any more.
func Set(yes bool) error {
	if !yes {
		if err := remove(); err != nil {
			return fmt.Errorf("stop starting at login: %w", err)
		}
		return nil
	}
	path, err := program()
	if err == nil {
		err = add(path)
	}
	if err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	return nil
}

// program is the file to start: an AppImage is one that shows its content elsewhere while it runs.
func program() (string, error) {
	if image := os.Getenv("APPIMAGE"); filepath.IsAbs(image) {
		return image, nil
	}
	path, err := os.Executable()
	if err == nil && strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7F }) {
		err = errors.New("the program's path has a control character in it")
	}
	return path, err
}
