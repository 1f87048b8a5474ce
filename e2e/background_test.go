//go:build linux

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

// notified is a notification that the desktop was given.
type notified struct {
	id          uint32
	title, body string
	actions     []string
}

// notifications is the part of a desktop that shows them.
type notifications struct {
	d    *desktop
	bus  *dbus.Conn
	came chan notified
	next uint32
}

const (
	notifier   = "org.freedesktop.Notifications"
	notifierAt = "/org/freedesktop/Notifications"
)

// showNotifications gives the desktop somebody who shows notifications.
func (d *desktop) showNotifications() *notifications {
	d.t.Helper()
	n := &notifications{d: d, bus: d.session(), came: make(chan notified, 16)}
	if err := n.bus.Export(n, notifierAt, notifier); err != nil {
		d.t.Fatal(err)
	}
	own(d, n.bus, notifier)
	return n
}

// GetCapabilities is what a program asks before it says something.
func (n *notifications) GetCapabilities() ([]string, *dbus.Error) {
	return []string{"body", "actions", "body-markup"}, nil
}

// Notify is how it says it.
func (n *notifications) Notify(_ string, _ uint32, _, title, body string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.next++
	n.came <- notified{n.next, title, body, actions}
	return n.next, nil
}

// CloseNotification takes one back.
func (n *notifications) CloseNotification(uint32) *dbus.Error { return nil }

// wait waits for the next one.
func (n *notifications) wait() (got notified) {
	n.d.t.Helper()
	await(n.d.t, inTime, "a notification", func() (bool, string) {
		select {
		case got = <-n.came:
			return true, ""
		default:
			return false, ""
		}
	})
	return got
}

// choose presses a button of a notification.
func (n *notifications) choose(which notified, action string) {
	n.d.t.Helper()
	if !slices.Contains(which.actions, action) {
		n.d.t.Fatalf("%q has no %s", which.actions, action)
	}
	if err := n.bus.Emit(notifierAt, notifier+".ActionInvoked", which.id, action); err != nil {
		n.d.t.Fatal(err)
	}
}

// shut closes the window as its cross does.
func (w *window) shut() {
	w.t.Helper()
	w.press("super+F4")
}

// gone waits until no window of Waybill can be seen.
func (d *desktop) gone() {
	d.t.Helper()
	await(d.t, soon, "the window to be gone", func() (bool, string) {
		seen := d.waybills()
		return len(seen) == 0, fmt.Sprint(seen)
	})
}

// TestSendingGoesOnWithoutTheWindow: closed while a file is sent, the window goes and the upload goes on; a notification
// says that it is over, and copies; a second start brings the window back.
func TestSendingGoesOnWithoutTheWindow(t *testing.T) {
	p := newWorkplace(t, 960, 640)
	tray, notes := p.showTray(), p.showNotifications()
	p.road.limit.Store(8 << 20)
	w := p.waybill()
	w.see("Drop files or folders here", inTime)
	film := p.write(noise(24<<20), "film <b>1</b>.bin")
	p.setClipboard(film + "\n" + p.write(noise(1000), "notes.txt"))
	w.press("ctrl+v")
	tray.shows("Sending", inTime)
	w.shut()
	w.see("not sent yet", soon)
	w.click("Do not ask again")
	w.click("Keep sending in the background")
	p.gone()
	tray.shows("Sending", soon)
	if len(notes.came) > 0 {
		t.Errorf("too early: %+v", <-notes.came)
	}
	p.setClipboard(nothingYet)
	p.road.reopen()
	said := notes.wait()
	if said.title != "2 files are sent" || !strings.Contains(said.body, "2 links are on the clipboard and work until") {
		t.Errorf("%+v", said)
	}
	links := p.links(2, soon)
	for _, l := range links {
		if strings.Contains(said.title+said.body, "http") || p.fetch(l).name() == "" {
			t.Errorf("%+v, %s", said, l)
		}
	}
	p.setClipboard(nothingYet)
	notes.choose(said, "copy")
	if again := p.links(2, soon); !slices.Equal(again, links) {
		t.Error("other links were copied")
	}
	tray.shows("Nothing is being sent", soon)
	if !w.program.running() || len(notes.came) > 0 {
		t.Error("it is not only in the background, or it says more than once that the drop is over")
	}

	// A second start brings the window back; what was chosen is not asked again, and is in the settings.
	if status, said := p.another(p.write(noise(2000), "again.txt")); status != 0 {
		t.Errorf("status %d: %s", status, said)
	}
	w.inFront()
	w.see("again.txt", soon)
	p.links(1, inTime)
	if settings, err := os.ReadFile(p.path("waybill", "settings.json")); err != nil || !strings.Contains(string(settings), `"closing": "background"`) {
		t.Errorf("%v: %s", err, settings)
	}

	// With nothing to send, closing it ends it.
	w.shut()
	if status := w.program.status(soon); status != 0 {
		t.Errorf("status %d: %s", status, w.program.err.String())
	}
}

// TestItStartsOutOfTheWay: in the tray where there is one, else as an icon of the taskbar; never without a trace.
func TestItStartsOutOfTheWay(t *testing.T) {
	d := newDesktop(t, 960, 640)
	waybill := start(t, d.command(program(t), "--minimised", "--sandbox"))
	iconic := func() (bool, string) {
		out, _ := run(t, d.command("xdotool", "search", "--name", "^Waybill$")) // status 1: none
		for _, id := range strings.Fields(out) {
			if state, err := run(t, d.command("xprop", "-id", id, "WM_STATE")); err == nil && strings.Contains(state, "Iconic") {
				return true, ""
			}
		}
		return false, out
	}
	await(t, inTime, "an icon in the taskbar", iconic)
	if seen := d.waybills(); len(seen) > 0 {
		t.Errorf("%q are in the way", seen)
	}
	if status, said := d.another(); status != 0 {
		t.Errorf("status %d: %s", status, said)
	}
	await(t, soon, "the window", func() (bool, string) { return len(d.waybills()) == 1, "" })
	waybill.signal(syscall.SIGTERM)
	waybill.status(soon)

	tray := d.showTray()
	waybill = start(t, d.command(program(t), "--minimized", "--sandbox"))
	tray.shows("Nothing is being sent", inTime)
	tray.click("Open Waybill")
	await(t, soon, "the window", func() (bool, string) { return len(d.waybills()) == 1, "" })
	w := &window{desktop: d, program: waybill, id: d.waybills()[0]}
	w.see("Drop files or folders here", inTime)
	w.shut() // back to where it came from
	d.gone()
	tray.shows("Nothing is being sent", soon)
	// The tray goes: the window has to have another trace.
	if _, err := tray.bus.ReleaseName(trayKeeper); err != nil {
		t.Fatal(err)
	}
	await(t, soon, "an icon in the taskbar", iconic)
	if !waybill.running() {
		t.Error("it has ended")
	}
}
