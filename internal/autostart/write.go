//go:build !windows

package autostart

import (
	"os"
	"path/filepath"

	"waybill/internal/whole"
)

// write makes a file at once, so that no session reads a half of it.
func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return whole.Write(path, whole.Bytes([]byte(text)))
}
