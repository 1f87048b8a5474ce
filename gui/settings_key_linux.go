package gui

import (
	"context"

	"fyne.io/fyne/v2/lang"
	"github.com/godbus/dbus/v5"
)

// chooseKeyFile asks for one file as chooseFiles does for several. Nothing chosen is no error.
func chooseKeyFile(ctx context.Context) (string, error) {
	paths, err := askPortal(ctx, "OpenFile", keyTitle(), map[string]dbus.Variant{"accept_label": dbus.MakeVariant(lang.L("Open"))})
	switch {
	case err != nil && ctx.Err() == nil:
		return zenityKey(ctx)
	case err != nil || len(paths) == 0:
		return "", err
	}
	return paths[0], nil
}
