package gui

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// The desktop's keeper of tray icons (https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/).
const trayWatcher = "org.kde.StatusNotifierWatcher"

// trayAsks is how long the desktop may take to say whether it has a tray.
const trayAsks = 3 * time.Second

// watchTray reports whether a desktop shows tray icons, and each change, until the context is over.
func watchTray(ctx context.Context, report func(there bool)) {
	bus, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		report(false)
		return
	}
	defer func() { _ = bus.Close() }()
	changes := make(chan *dbus.Signal, 16)
	bus.Signal(changes)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, trayWatcher)},
		{dbus.WithMatchInterface(trayWatcher)},
	} {
		if err := bus.AddMatchSignalContext(ctx, match...); err != nil {
			report(false)
			return
		}
	}
	for {
		report(trayThere(ctx, bus))
		select {
		case <-ctx.Done():
			return
		case s := <-changes:
			if s == nil { // the bus is gone, and the session with it
				report(false)
				return
			}
		}
	}
}

// trayThere asks whether somebody keeps tray icons, and somebody shows them.
func trayThere(ctx context.Context, bus *dbus.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, trayAsks)
	defer cancel()
	var kept bool
	if err := bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, trayWatcher).Store(&kept); err != nil || !kept {
		return false // asking itself might start it
	}
	var shown dbus.Variant
	err := bus.Object(trayWatcher, "/StatusNotifierWatcher").CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		trayWatcher, "IsStatusNotifierHostRegistered").Store(&shown)
	yes, is := shown.Value().(bool)
	return err == nil && is && yes
}
