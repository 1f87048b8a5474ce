package gui

import (
	"bufio"
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// privateBus starts a session bus of the test's own.
func privateBus(t *testing.T) {
	t.Helper()
	daemon := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = daemon.Wait() }) // its context is over by then
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// portal stands in for the desktop's portal, whose chooser no test can click in; what goes over the bus is as
// its documentation has it.
type portal struct {
	bus     *dbus.Conn
	answers chan answer // what it will say
	asked   chan map[string]dbus.Variant
}

type answer struct {
	status uint32
	uris   []string
}

// OpenFile answers at once, even before the caller has its handle.
func (p *portal) OpenFile(sender dbus.Sender, _, _ string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	p.asked <- options
	say := <-p.answers
	token, _ := options["handle_token"].Value().(string)
	handle := dbus.ObjectPath("/org/freedesktop/portal/desktop/request/" +
		strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_") + "/" + token)
	results := map[string]dbus.Variant{"uris": dbus.MakeVariant(say.uris)}
	if err := p.bus.Emit(handle, "org.freedesktop.portal.Request.Response", say.status, results); err != nil {
		return "", dbus.MakeFailedError(err)
	}
	return handle, nil
}

// newPortal is the desktop's chooser on a bus of the test's own.
func newPortal(t *testing.T) *portal {
	t.Helper()
	startTestApp(t)
	privateBus(t)
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	p := &portal{bus: bus, answers: make(chan answer, 1), asked: make(chan map[string]dbus.Variant, 1)}
	if err := bus.Export(p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.FileChooser"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.portal.Desktop", 0); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestChooserOfTheDesktop(t *testing.T) {
	p := newPortal(t)
	p.answers <- answer{0, []string{"file:///home/alice/a+b%20c%25d%23.txt", "file:///home/alice/%E6%97%A5%E6%9C%AC.png"}}
	paths, err := chooseFiles(context.Background(), false)
	if want := []string{"/home/alice/a+b c%d#.txt", "/home/alice/日本.png"}; err != nil || !slices.Equal(paths, want) {
		t.Errorf("%q, %v; want %q", paths, err, want)
	}
	if asked := <-p.asked; asked["multiple"].Value() != true || asked["directory"].Value() != false {
		t.Errorf("it was asked for %v", asked)
	}
	p.answers <- answer{1, nil}
	if paths, err := chooseFiles(context.Background(), true); err != nil || paths != nil {
		t.Errorf("nothing chosen: %q, %v", paths, err)
	}
	if asked := <-p.asked; asked["directory"].Value() != true {
		t.Error("it was not asked for a folder")
	}
}

func TestNoChooserIsAnError(t *testing.T) {
	startTestApp(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nobody"))
	t.Setenv("PATH", t.TempDir()) // no zenity either
	if paths, err := chooseFiles(context.Background(), false); err == nil {
		t.Errorf("%q from nowhere", paths)
	}
}
