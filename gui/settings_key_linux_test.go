package gui

import (
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestChooserOfAKey(t *testing.T) {
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
	p.answers <- answer{0, []string{"file:///home/alice/a%20key.pem"}}
	if path, err := chooseKeyFile(t.Context()); err != nil || path != "/home/alice/a key.pem" {
		t.Errorf("%q, %v", path, err)
	}
	if asked := <-p.asked; asked["multiple"].Value() == true || asked["directory"].Value() == true {
		t.Errorf("it was asked for %v", asked)
	}
	p.answers <- answer{1, nil}
	if path, err := chooseKeyFile(t.Context()); err != nil || path != "" {
		t.Errorf("nothing chosen: %q, %v", path, err)
	}
	<-p.asked
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nobody"))
	t.Setenv("PATH", t.TempDir()) // no zenity either
	if path, err := chooseKeyFile(t.Context()); err == nil {
		t.Errorf("%q from nowhere", path)
	}
}
