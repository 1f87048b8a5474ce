package gui

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"

	"fyne.io/fyne/v2/lang"
	"github.com/godbus/dbus/v5"
)

// chooseFiles asks with the desktop's own chooser, through its portal; without a portal, with the chooser of
// zenity, matedialog or qarma. Nothing chosen is no error; an error says that there is no chooser.
func chooseFiles(ctx context.Context, folder bool) ([]string, error) {
	paths, err := portalChooser(ctx, folder)
	if err != nil && ctx.Err() == nil {
		return zenityChooser(ctx, folder)
	}
	return paths, err
}

// portalChooser asks the desktop's portal for files, or for folders.
func portalChooser(ctx context.Context, folder bool) ([]string, error) {
	return askPortal(ctx, "OpenFile", chooserTitle(folder), map[string]dbus.Variant{
		"multiple": dbus.MakeVariant(true), "directory": dbus.MakeVariant(folder), "accept_label": dbus.MakeVariant(lang.L("Send")),
	})
}

// chooseOne asks for one file as chooseFiles does for several. Nothing chosen is no error.
func chooseOne(ctx context.Context, title string) (string, error) {
	paths, err := askPortal(ctx, "OpenFile", title, map[string]dbus.Variant{"accept_label": dbus.MakeVariant(lang.L("Open"))})
	switch {
	case err != nil && ctx.Err() == nil:
		return zenityOne(ctx, title)
	case err != nil || len(paths) == 0:
		return "", err
	}
	return paths[0], nil
}

// chooseSave asks where to save a file, as chooseFiles does. Not every portal asks before it gives a file that is there.
func chooseSave(ctx context.Context, name string) (chosenFile, error) {
	paths, err := askPortal(ctx, "SaveFile", lang.L("Save as"), map[string]dbus.Variant{
		"current_name": dbus.MakeVariant(name), "accept_label": dbus.MakeVariant(lang.L("Save")),
	})
	switch {
	case err != nil && ctx.Err() == nil:
		return zenitySaver(ctx, name)
	case err != nil || len(paths) == 0:
		return chosenFile{}, err
	}
	return chosenFile{paths[0], false}, nil
}

// chooseTarget asks for a folder in which files are to be put, as chooseFiles does, beginning with the last one. Nothing
// chosen is no error.
func chooseTarget(ctx context.Context, last string) (string, error) {
	options := map[string]dbus.Variant{"directory": dbus.MakeVariant(true), "accept_label": dbus.MakeVariant(lang.L("Download"))}
	if last != "" {
		options["current_folder"] = dbus.MakeVariant(append([]byte(last), 0)) // a path, ended as in C
	}
	paths, err := askPortal(ctx, "OpenFile", targetTitle(), options)
	switch {
	case err != nil && ctx.Err() == nil:
		return zenityTarget(ctx, last)
	case err != nil || len(paths) == 0:
		return "", err
	}
	return paths[0], nil
}

// askPortal speaks to the desktop portal itself
// (https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html): the module
// there is for it decodes the addresses it is given as forms, which makes a space of every plus sign.
func askPortal(ctx context.Context, method, title string, options map[string]dbus.Variant) ([]string, error) {
	bus, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("reach the desktop portal: %w", err)
	}
	defer func() { _ = bus.Close() }()
	// The answer comes as a signal under a name that the asker may choose, so as not to miss it.
	token := "waybill" + strings.ToLower(rand.Text())
	sender := strings.ReplaceAll(strings.TrimPrefix(bus.Names()[0], ":"), ".", "_")
	answer := dbus.ObjectPath("/org/freedesktop/portal/desktop/request/" + sender + "/" + token)
	if err := bus.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(answer),
		dbus.WithMatchInterface("org.freedesktop.portal.Request"), dbus.WithMatchMember("Response")); err != nil {
		return nil, fmt.Errorf("wait for the desktop portal: %w", err)
	}
	signals := make(chan *dbus.Signal, 4)
	bus.Signal(signals)
	options["handle_token"], options["modal"] = dbus.MakeVariant(token), dbus.MakeVariant(true)
	portal := bus.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
	if err := portal.CallWithContext(ctx, "org.freedesktop.portal.FileChooser."+method, 0, "", title, options).Err; err != nil {
		return nil, fmt.Errorf("ask the desktop portal for files: %w", err)
	}
	for {
		select {
		case s, ok := <-signals:
			if !ok {
				return nil, fmt.Errorf("ask the desktop portal for files: %w", dbus.ErrClosed)
			}
			if s.Path == answer {
				return chosenPaths(s.Body)
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// chosenPaths reads the portal's answer: 0 and the addresses of what was chosen, 1 when the person chose nothing.
func chosenPaths(body []any) ([]string, error) {
	var status uint32
	var results map[string]dbus.Variant
	if err := dbus.Store(body, &status, &results); err != nil {
		return nil, fmt.Errorf("read the desktop portal's answer: %w", err)
	}
	if status == 1 {
		return nil, nil
	}
	uris, ok := results["uris"].Value().([]string)
	if status != 0 || !ok {
		return nil, fmt.Errorf("the desktop portal ended with status %d", status)
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
