package desk_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// TestBrokenSettingsAreKept: what cannot be read is put aside before something else is written, a few times, and said.
func TestBrokenSettingsAreKept(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home [1]") // which is no pattern
	path := filepath.Join(home, "settings.json")
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.Local)
	d := newDesk(t, desk.Options{Home: home, Now: func() time.Time { return at }})
	if d.SettingsTrouble() != nil || d.SureSettings() != nil {
		t.Fatal("settings that are not there are none that cannot be read")
	}
	const most = 5
	for n := range most + 2 {
		broken := fmt.Sprintf(`{"destination":{"bucket":"b-%d"},`, n)
		write(t, path, broken)
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if code(d.SettingsTrouble()) != "SettingsUnreadable" || code(d.SureSettings()) != "SettingsUnsure" {
			t.Errorf("%v, %v", d.SettingsTrouble(), d.SureSettings())
		}
		if n > 1 { // two in the same second
			at = at.Add(time.Minute)
		}
		if err := d.SetLinkEndpoint(desk.Store{}, "team-share", desk.LinkEndpoint{URL: "https://files.example.com"}); err != nil {
			t.Fatal(err)
		}
		kept, err := fs.Glob(os.DirFS(home), "settings.json.broken-*")
		if err != nil || len(kept) != min(n+1, most) {
			t.Fatalf("%d: %q", n, kept)
		}
		newest := filepath.Join(home, kept[len(kept)-1])
		text, err := os.ReadFile(newest)
		info, _ := os.Stat(newest)
		if err != nil || string(text) != broken || info.Mode().Perm() != 0o600 {
			t.Errorf("%s holds %q, %v, %v", newest, text, info.Mode(), err)
		}
		said := d.SettingsTrouble()
		if code(said) != "SettingsAside" || !strings.Contains(said.What.String(), newest) || d.SureSettings() != nil {
			t.Errorf("it says %v", said)
		}
		if d.Settings().LinkEndpointOf(desk.Store{}, "team-share").URL == "" {
			t.Error("the new choice is not there")
		}
	}
}

// TestNoExportOfDefaults: what stands in the place of choices that nobody can read would take the place of others elsewhere.
func TestNoExportOfDefaults(t *testing.T) {
	d := newDesk(t, desk.Options{})
	write(t, filepath.Join(d.Home(), "settings.json"), "{")
	path := filepath.Join(t.TempDir(), "waybill.jsonl")
	if _, err := d.ExportFile(t.Context(), path, false); code(err) != "SettingsUnsure" {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("something was written: %v", err)
	}
}

// TestGoByDefaults: what cannot be read makes way for the defaults, and what can be read stays.
func TestGoByDefaults(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "settings.json")
	d := newDesk(t, desk.Options{Home: home})
	good := `{"destination":{"bucket":"team-share"}}`
	for _, c := range []struct {
		there, bucket string
		kept          int
	}{{good, "team-share", 0}, {good[:20], "", 1}} {
		write(t, path, c.there)
		if err := d.GoByDefaults(); err != nil || d.SureSettings() != nil {
			t.Errorf("%v, %v", err, d.SureSettings())
		}
		if kept, err := filepath.Glob(path + ".broken-*"); err != nil || len(kept) != c.kept {
			t.Errorf("%q is kept of %q", kept, c.there)
		}
		if got := d.Settings().Destination.Bucket; got != c.bucket {
			t.Errorf("the next drop goes to %q", got)
		}
	}
}
