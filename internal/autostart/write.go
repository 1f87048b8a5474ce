//go:build !windows

package autostart

import (
	"errors"
	"os"
	"path/filepath"
)

// id is the program's name towards the system, as in FyneApp.toml.
const id = "io.github.waybill_app.Waybill"

// write makes a file at once, so that no session reads a half of it.
func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".waybill-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
