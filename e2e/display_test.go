//go:build linux

package e2e

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"strings"
	"testing"
)

// desktop is a screen with a window manager and a session bus, in a home of its own.
type desktop struct {
	*home
	size image.Point
	// reading is what was last read, so that an unchanged picture is not read again.
	reading reading
	kept    bool // keepPicture has done its work
}

// newDesktop starts a desktop with a screen of this size.
func newDesktop(t *testing.T, width, height int) *desktop {
	t.Helper()
	needWindow(t)
	d := &desktop{home: newHome(t), size: image.Pt(width, height)}
	d.startDisplay()
	d.startBus()
	d.startWindowManager()
	return d
}

// startDisplay starts an X server that draws into memory. It looks for a free number itself, and lets in only
// those who have the cookie.
func (d *desktop) startDisplay() {
	d.t.Helper()
	cookie := d.write(authority(), "Xauthority")
	number, numberEnd, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	defer number.Close()
	cmd := d.command("Xvfb", "-displayfd", "3", "-auth", cookie, "-nolisten", "tcp", "-noreset", "-dpi", "96",
		"-screen", "0", fmt.Sprintf("%dx%dx24", d.size.X, d.size.Y))
	cmd.ExtraFiles = []*os.File{numberEnd}
	server := start(d.t, cmd)
	if err := numberEnd.Close(); err != nil {
		d.t.Fatal(err)
	}
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		d.t.Fatalf("Xvfb named no display (%v): %s", err, server.err.String())
	}
	d.env = append(d.env, "DISPLAY=:"+strings.TrimSpace(line), "XAUTHORITY="+cookie)
}

// authority is an Xauthority file with one random cookie, good for whichever number the display gets.
func authority() []byte {
	cookie := make([]byte, 16)
	_, _ = rand.Read(cookie) // it never fails
	const anyFamily = 0xFFFF
	var file []byte
	file = binary.BigEndian.AppendUint16(file, anyFamily)
	for _, field := range []string{"", "", "MIT-MAGIC-COOKIE-1", string(cookie)} { // address, number, name, data
		file = binary.BigEndian.AppendUint16(file, uint16(len(field)))
		file = append(file, field...)
	}
	return file
}

// startBus starts a session bus, so that nothing talks to the one of whoever runs the tests.
func (d *desktop) startBus() {
	d.t.Helper()
	address := "unix:path=" + d.path("run", "bus")
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	start(d.t, d.command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address))
	await(d.t, soon, "the session bus", func() (bool, string) {
		_, err := os.Stat(d.path("run", "bus"))
		return err == nil, fmt.Sprint(err)
	})
}

// windowManagerRules keep openbox out of the way: no borders, so that a window is all of its own making, and
// no keys of its own, so that every chord reaches the program, but for one that closes a window as its cross would.
const windowManagerRules = `<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <theme><keepBorder>no</keepBorder></theme>
  <focus><focusNew>yes</focusNew></focus>
  <keyboard><keybind key="` + closeKey + `"><action name="Close"/></keybind></keyboard>
  <mouse><context name="Client">
    <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
  </context></mouse>
  <applications><application class="*"><decor>no</decor></application></applications>
</openbox_config>
`

// closeKey closes a window.
const closeKey = "W-F4"

// startWindowManager starts openbox: without one, X windows get no keyboard focus, and nothing can be dropped.
func (d *desktop) startWindowManager() {
	d.t.Helper()
	rules := d.write([]byte(windowManagerRules), "config", "openbox", "rc.xml")
	start(d.t, d.command("openbox", "--sm-disable", "--config-file", rules))
	await(d.t, soon, "the window manager", func() (bool, string) {
		out, err := run(d.t, d.command("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"))
		return err == nil && strings.Contains(out, "window id"), out
	})
}
