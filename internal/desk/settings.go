package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// The appearances that can be chosen.
const (
	AppearanceSystem = "system"
	AppearanceLight  = "light"
	AppearanceDark   = "dark"
)

// maxRecent is how many destinations are remembered.
const maxRecent = 8

// Settings gives the remembered choices, with defaults filled in.
func (d *Desk) Settings() Settings {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.settings
	s.Recent = slices.Clone(s.Recent)
	return s
}

// SaveSettings remembers choices. The destination also becomes the newest of the recent ones.
func (d *Desk) SaveSettings(s Settings) error { return d.saveSettings(s, false) }

// saveSettings is SaveSettings; distributions says that these are what was changed. Else they are what stands in the
// file: a window that has been open for long knows nothing of what the command line has set meanwhile.
func (d *Desk) saveSettings(s Settings, distributions bool) error {
	s = withDefaults(s)
	if !distributions {
		s.Distributions = d.loadSettings().Distributions
	}
	if s.Destination.Bucket != "" {
		recent := slices.DeleteFunc(slices.Clone(s.Recent), func(r Destination) bool { return r == s.Destination })
		s.Recent = slices.Insert(recent, 0, s.Destination)
		s.Recent = s.Recent[:min(len(s.Recent), maxRecent)]
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settings = s
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	if err := writePrivately(d.settingsPath(), data); err != nil {
		return trouble("SettingsNotSaved", args{"Path": d.settingsPath()}, err)
	}
	return nil
}

func (d *Desk) settingsPath() string { return filepath.Join(d.home, "settings.json") }

// loadSettings reads the settings; what cannot be read is as if nothing had been chosen yet.
func (d *Desk) loadSettings() Settings {
	var s Settings
	data, err := os.ReadFile(d.settingsPath())
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.log.Warn("the settings cannot be read", "error", err)
		s = Settings{}
	}
	return withDefaults(s)
}

func withDefaults(s Settings) Settings {
	if s.Expires < time.Second || s.Expires > maxDistributed {
		s.Expires = time.Hour
	}
	if !slices.Contains([]Clash{ClashAsk, ClashKeepBoth, ClashReplace, ClashSkip}, s.OnClash) {
		s.OnClash = ClashKeepBoth
	}
	if !slices.Contains([]Verify{VerifyAuto, VerifyAll, VerifySample, VerifyNone}, s.Verify) {
		s.Verify = VerifyAuto
	}
	if !slices.Contains([]Closing{ClosingAsk, ClosingBackground, ClosingQuit}, s.Closing) {
		s.Closing = ClosingAsk
	}
	if !slices.Contains([]string{AppearanceSystem, AppearanceLight, AppearanceDark}, s.Appearance) {
		s.Appearance = AppearanceSystem
	}
	return s
}

// writePrivately replaces a file at once: whoever reads it finds the old or the new one, never a half.
func writePrivately(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".settings-*") // 0600 by its own contract
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
