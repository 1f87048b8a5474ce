package gui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2/lang"
	"github.com/ncruces/zenity"
)

// zenitySaver asks with the same choosers where to save a file. They ask before they give one that is there.
func zenitySaver(ctx context.Context, name string) (chosenFile, error) {
	path, err := zenity.SelectFileSave(zenity.Context(ctx), zenity.Title(lang.L("Save as")), zenity.Filename(name), zenity.ConfirmOverwrite())
	if errors.Is(err, zenity.ErrCanceled) {
		return chosenFile{}, nil
	}
	return chosenFile{path, true}, err
}

// zenityTarget asks with the same choosers for one folder, in which files are to be put.
func zenityTarget(ctx context.Context, last string) (string, error) {
	options := []zenity.Option{zenity.Context(ctx), zenity.Title(targetTitle()), zenity.Directory()}
	if last != "" {
		options = append(options, zenity.Filename(last))
	}
	path, err := zenity.SelectFile(options...)
	if errors.Is(err, zenity.ErrCanceled) {
		return "", nil
	}
	return path, err
}

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

// zenityOne asks for one file as zenityChooser does for several.
func zenityOne(ctx context.Context, title string) (string, error) {
	path, err := zenity.SelectFile(zenity.Context(ctx), zenity.Title(title))
	if errors.Is(err, zenity.ErrCanceled) {
		return "", nil
	}
	return path, err
}
