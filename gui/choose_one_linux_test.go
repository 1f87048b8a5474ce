package gui

import (
	"path/filepath"
	"testing"
)

func TestChooserOfOneFile(t *testing.T) {
	p := newPortal(t)
	p.answers <- answer{0, []string{"file:///home/alice/a%20key.pem"}}
	if path, err := chooseOne(t.Context(), "Choose"); err != nil || path != "/home/alice/a key.pem" {
		t.Errorf("%q, %v", path, err)
	}
	if asked := <-p.asked; asked["multiple"].Value() == true || asked["directory"].Value() == true {
		t.Errorf("it was asked for %v", asked)
	}
	p.answers <- answer{1, nil}
	if path, err := chooseOne(t.Context(), "Choose"); err != nil || path != "" {
		t.Errorf("nothing chosen: %q, %v", path, err)
	}
	<-p.asked
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nobody"))
	t.Setenv("PATH", t.TempDir()) // no zenity either
	if path, err := chooseOne(t.Context(), "Choose"); err == nil {
		t.Errorf("%q from nowhere", path)
	}
}
