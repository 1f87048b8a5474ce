package gui

import (
	"context"
	"fmt"
	"net/url"

	"fyne.io/fyne/v2/lang"
	"github.com/rymdport/portal/filechooser"
)

// chooseFiles asks with the desktop's own chooser, through its portal; without a portal, with the chooser of
// zenity, matedialog or qarma. Nothing chosen is no error; an error says that there is no chooser.
func chooseFiles(ctx context.Context, folder bool) ([]string, error) {
	uris, err := filechooser.OpenFile("", chooserTitle(folder), &filechooser.OpenFileOptions{
		Multiple: true, Directory: folder, AcceptLabel: lang.L("Send"),
	})
	if err != nil {
		return zenityChooser(ctx, folder)
	}
	paths := make([]string, 0, len(uris))
	for _, uri := range uris {
		u, err := url.Parse(uri)
		if err != nil || u.Scheme != "file" {
			return nil, fmt.Errorf("the chooser gave %q, which is no file here", uri)
		}
		paths = append(paths, u.Path)
	}
	return paths, nil
}
