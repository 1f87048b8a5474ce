//go:build !linux

package gui

import "context"

// chooseFiles asks with the system's own chooser. Nothing chosen is no error.
func chooseFiles(ctx context.Context, folder bool) ([]string, error) {
	return zenityChooser(ctx, folder)
}
