//go:build linux

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// trayHost is the part of a desktop that shows icons in a tray: it keeps what registers, reads its menu, and clicks.
type trayHost struct {
	d     *desktop
	bus   *dbus.Conn
	mu    sync.Mutex
	item  string // the one that registered last, by its name on the bus
	where dbus.ObjectPath
}

// The names of a tray's keeper, and of what is in it (https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/).
const (
	trayKeeper = "org.kde.StatusNotifierWatcher"
	trayItem   = "org.kde.StatusNotifierItem"
	trayMenu   = "com.canonical.dbusmenu"
)

// session connects to the session bus of the desktop.
func (d *desktop) session() *dbus.Conn {
	d.t.Helper()
	var address string
	for _, e := range d.env {
		if value, ok := strings.CutPrefix(e, "DBUS_SESSION_BUS_ADDRESS="); ok {
			address = value
		}
	}
	bus, err := dbus.Connect(address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = bus.Close() })
	return bus
}

// own takes a name on the bus.
func own(d *desktop, bus *dbus.Conn, name string) {
	d.t.Helper()
	if reply, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		d.t.Fatalf("own %s: %v, %v", name, reply, err)
	}
}

// showTray gives the desktop a tray.
func (d *desktop) showTray() *trayHost {
	d.t.Helper()
	h := &trayHost{d: d, bus: d.session()}
	const at = "/StatusNotifierWatcher"
	if err := h.bus.Export(h, at, trayKeeper); err != nil {
		d.t.Fatal(err)
	}
	if _, err := prop.Export(h.bus, at, prop.Map{trayKeeper: {
		"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitTrue},
		"ProtocolVersion":                {Value: int32(0), Emit: prop.EmitTrue},
		"RegisteredStatusNotifierItems":  {Value: []string{}, Emit: prop.EmitTrue},
	}}); err != nil {
		d.t.Fatal(err)
	}
	own(d, h.bus, trayKeeper)
	return h
}

// RegisterStatusNotifierItem is what an icon calls that wants to be seen.
func (h *trayHost) RegisterStatusNotifierItem(where string, sender dbus.Sender) *dbus.Error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.item, h.where = string(sender), dbus.ObjectPath(where)
	return nil
}

// of is an object of the icon.
func (h *trayHost) of(path dbus.ObjectPath) dbus.BusObject {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bus.Object(h.item, path)
}

// property is one of the icon's.
func property[T any](h *trayHost, name string) (value T, err error) {
	h.mu.Lock()
	where := h.where
	h.mu.Unlock()
	if where == "" {
		return value, fmt.Errorf("nothing is in the tray")
	}
	got, err := h.of(where).GetProperty(trayItem + "." + name)
	if err == nil {
		err = got.Store(&value)
	}
	return value, err
}

// choice is one line of the icon's menu.
type choice struct {
	id      int32
	label   string
	enabled bool
}

// menu reads the icon's menu.
func (h *trayHost) menu() (choices []choice, err error) {
	at, err := property[dbus.ObjectPath](h, "Menu")
	if err != nil {
		return nil, err
	}
	var revision uint32
	var root struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	if err := h.of(at).Call(trayMenu+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		return nil, err
	}
	for _, child := range root.Children {
		var c struct {
			ID       int32
			Props    map[string]dbus.Variant
			Children []dbus.Variant
		}
		if err := dbus.Store([]any{child.Value()}, &c); err != nil {
			return nil, err
		}
		label, _ := c.Props["label"].Value().(string)
		enabled, said := c.Props["enabled"].Value().(bool)
		choices = append(choices, choice{c.ID, label, enabled || !said})
	}
	return choices, nil
}

// shows waits until the menu has a line that begins so, and gives it.
func (h *trayHost) shows(label string, within time.Duration) (found choice) {
	h.d.t.Helper()
	await(h.d.t, within, "the tray to show "+label, func() (bool, string) {
		menu, err := h.menu()
		at := slices.IndexFunc(menu, func(c choice) bool { return strings.HasPrefix(c.label, label) })
		if err != nil || at < 0 {
			return false, fmt.Sprint(menu, err)
		}
		found = menu[at]
		return true, ""
	})
	return found
}

// click chooses a line of the menu.
func (h *trayHost) click(label string) {
	h.d.t.Helper()
	c := h.shows(label, soon)
	if !c.enabled {
		h.d.t.Fatalf("%q cannot be chosen", c.label)
	}
	at, err := property[dbus.ObjectPath](h, "Menu")
	if err == nil {
		err = h.of(at).Call(trayMenu+".Event", 0, c.id, "clicked", dbus.MakeVariant(""), uint32(0)).Err
	}
	if err != nil {
		h.d.t.Fatal(err)
	}
}

// picture is the icon's first picture.
func (h *trayHost) picture() (pixels []byte) {
	h.d.t.Helper()
	await(h.d.t, soon, "a picture in the tray", func() (bool, string) {
		list, err := property[[]struct {
			Width, Height int32
			Pixels        []byte
		}](h, "IconPixmap")
		if err != nil || len(list) == 0 || len(list[0].Pixels) != int(4*list[0].Width*list[0].Height) {
			return false, fmt.Sprint(err)
		}
		pixels = list[0].Pixels
		return true, ""
	})
	return pixels
}

func TestTheTrayShowsAndDoes(t *testing.T) {
	p := newWorkplace(t, 1400, 640)
	tray := p.showTray()
	w := p.waybill()
	w.see("Drop files or folders here", inTime)
	tray.shows("Nothing is being sent", soon)
	if c := tray.shows("No link to copy", soon); c.enabled {
		t.Error("nothing can be copied")
	}
	idle := tray.picture()
	small := p.write(noise(10_000), "a_b & c.txt")
	p.setClipboard(small)
	w.press("ctrl+v")
	p.links(1, inTime)
	p.setClipboard(nothingYet)
	if c := tray.shows("Copy last link: ", soon); !strings.Contains(c.label, "a__b & c.txt") || !strings.Contains(c.label, "ends ") {
		t.Errorf("%q", c.label)
	}
	tray.click("Copy last link: ")
	p.checkLink(p.links(1, inTime)[0], small, "a_b & c.txt")

	p.road.pace.perSecond.Store(4 << 20)
	p.setClipboard(p.write(noise(40<<20), "film.bin"))
	w.press("ctrl+v")
	if c := tray.shows("Sending 1 file, ", inTime); c.enabled || !strings.Contains(c.label, " %") {
		t.Errorf("%+v", c)
	}
	await(t, inTime, "the icon to show how far it is", func() (bool, string) { return !slices.Equal(tray.picture(), idle), "" })
	if tip, err := property[struct {
		Name  string
		Icons []struct {
			Width, Height int32
			Pixels        []byte
		}
		Title, Text string
	}](tray, "ToolTip"); err != nil || !strings.HasPrefix(tip.Title, "Waybill: Sending 1 file") {
		t.Errorf("%q, %v", tip.Title, err)
	}
	tray.click("Pause all")
	tray.shows("1 file is paused, ", soon)
	w.see("Paused", soon)
	tray.click("Resume all")
	tray.shows("Sending 1 file, ", soon)
	other := p.fileManager(p.mkdir("elsewhere"))
	other.focus()
	tray.click("Open Waybill")
	w.inFront()
	tray.click("Quit")
	w.see("1 file is not sent yet", soon)
	w.click("Close, go on later")
	if status := w.program.status(soon); status != 0 {
		t.Errorf("status %d: %s", status, w.program.err.String())
	}
}
