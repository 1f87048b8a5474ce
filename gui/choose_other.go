//go:build !linux

package gui

import "context"

// chooseSave asks with the system's own chooser where to save a file. Nothing chosen is no error.
func chooseSave(ctx context.Context, name string) (chosenFile, error) { return zenitySaver(ctx, name) }

// chooseTarget asks with the system's own chooser for a folder in which files are to be put. Nothing chosen is no error.
func chooseTarget(ctx context.Context, last string) (string, error) { return zenityTarget(ctx, last) }

// chooseFiles asks with the system's own chooser. Nothing chosen is no error.
func chooseFiles(ctx context.Context, folder bool) ([]string, error) {
	return zenityChooser(ctx, folder)
}

// chooseOne asks for one file with the system's own chooser. Nothing chosen is no error.
func chooseOne(ctx context.Context, title string) (string, error) { return zenityOne(ctx, title) }
