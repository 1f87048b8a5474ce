//go:build !linux

package gui

import "context"

// chooseKeyFile asks for one file with the system's own chooser. Nothing chosen is no error.
func chooseKeyFile(ctx context.Context) (string, error) { return zenityKey(ctx) }
