package network

import (
	"context"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// portalLimit is how long the desktop's portal may take. It answers from settings, or runs a PAC script.
const portalLimit = 5 * time.Second

// askSystem asks the desktop's portal, which knows the settings of GNOME, KDE and others
// (https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ProxyResolver.html). Neither a bus nor a
// portal is started for it.
func askSystem(ctx context.Context, u *url.URL) *url.URL {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address == "" || address == "autolaunch:" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, portalLimit)
	defer cancel()
	bus, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return nil
	}
	defer func() { _ = bus.Close() }()
	var found []string
	err = bus.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").
		CallWithContext(ctx, "org.freedesktop.portal.ProxyResolver.Lookup", dbus.FlagNoAutoStart, u.String()).Store(&found)
	if err != nil || len(found) == 0 {
		return nil
	}
	// The first is the one to take; direct:// is none.
	first := strings.Replace(found[0], "socks://", "socks5://", 1)
	if !isProxy(first) {
		return nil
	}
	proxy, err := url.Parse(first)
	if err != nil {
		return nil
	}
	return proxy
}
