package gui

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestBrokenSettingsAreSaid: at the start that they cannot be read, and after a choice where they are kept.
func TestBrokenSettingsAreSaid(t *testing.T) {
	home := t.TempDir()
	settings := filepath.Join(home, "settings.json")
	write(t, settings, `{"uploads": [`)
	withProfiles(t)
	r := open(t, home, Options{})
	r.ready()
	if got := r.says("unreadable"); !strings.Contains(got, "The settings cannot be read") || !strings.Contains(got, settings) {
		t.Errorf("at the start it says %q", got)
	}
	chips := map[string]*filterChip{}
	collect(r.settings.scroll.Content, chips)
	chips["1 hour before"].Tapped(nil)
	kept, err := filepath.Glob(settings + ".broken-*")
	if err != nil || len(kept) != 1 {
		t.Fatalf("%q is kept", kept)
	}
	if got := r.says("unreadable"); !strings.Contains(got, kept[0]) {
		t.Errorf("after a choice it says %q", got)
	}
}
