package gui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2/lang"
	"github.com/ncruces/zenity"
)

func chooserTitle(folder bool) string {
	if folder {
		return lang.L("Choose folders to send")
	}
	return lang.L("Choose files to send")
}

// zenityChooser asks with the native chooser on Windows and macOS, elsewhere with one of the programs zenity,
// matedialog and qarma. Nothing chosen is no error.
func zenityChooser(ctx context.Context, folder bool) ([]string, error) {
	options := []zenity.Option{zenity.Context(ctx), zenity.Title(chooserTitle(folder))}
	if folder {
		options = append(options, zenity.Directory())
	}
	paths, err := zenity.SelectFileMultiple(options...)
	if errors.Is(err, zenity.ErrCanceled) {
		return nil, nil
	}
	return paths, err
}
