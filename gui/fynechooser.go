package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
)

// Fyne's own choosers are the last resort where the system has none.

// fyneChooser lets the person choose what to send: one file, or one folder.
func (u *ui) fyneChooser(folder bool, chosen func([]string)) {
	if folder {
		u.fyneFolder(chooserTitle(true), lang.L("Send"), func(path string) { chosen([]string{path}) })
		return
	}
	u.fyneFile(chooserTitle(false), func(path string) { chosen([]string{path}) })
}

// chooseFile lets the person choose one file for the program, by the system's chooser where there is one.
func (u *ui) chooseFile(title string, chosen func(path string)) {
	ask(u, func(ctx context.Context) (string, error) { return chooseOne(ctx, title) }, func(path string, err error) {
		switch {
		case err != nil:
			u.fyneFile(title, chosen)
		case path != "":
			chosen(path)
		}
	})
}

// fyneFile lets the person choose a file.
func (u *ui) fyneFile(title string, chosen func(path string)) {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil || file == nil {
			return
		}
		_ = file.Close() // only its name is wanted
		chosen(file.URI().Path())
	}, u.window)
	u.showChooser(d, title)
}

// fyneFolder lets the person choose a folder; confirm is what the button says.
func (u *ui) fyneFolder(title, confirm string, chosen func(path string)) {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		if err == nil && folder != nil {
			chosen(folder.Path())
		}
	}, u.window)
	d.SetConfirmText(confirm)
	u.showChooser(d, title)
}

// showChooser shows a chooser. While it is there, the keys are its own: see press.
func (u *ui) showChooser(d *dialog.FileDialog, title string) {
	d.SetTitleText(title)
	u.chooser = d
	d.SetOnClosed(func() { u.chooser = nil })
	d.Show()
}
