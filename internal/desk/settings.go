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

	"waybill/internal/whole"
)

// The appearances that can be chosen.
const (
	AppearanceSystem = "system"
	AppearanceLight  = "light"
	AppearanceDark   = "dark"
)

// maxRecent is how many destinations are remembered.
const maxRecent = 8

// Settings gives the remembered choices, with defaults filled in. What another process has written meanwhile holds.
func (d *Desk) Settings() Settings {
	stamp := d.settingsStamp()
	d.mu.Lock()
	defer d.mu.Unlock()
	if stamp != "" && stamp != d.stamp {
		d.stamp, d.settings = stamp, d.loadSettings()
	}
	s := d.settings
	s.Recent = slices.Clone(s.Recent)
	return s
}

// SaveSettings remembers choices. The destination also becomes the newest of the recent ones. What has a method of its
// own to change it stays as it is in the file: whoever has asked for the settings a while ago does not know it.
func (d *Desk) SaveSettings(s Settings) error {
	d.saving.Lock()
	defer d.saving.Unlock()
	s.keep(d.loadSettings())
	return d.writeSettings(s)
}

// changeSettings changes what has a method of its own for that.
func (d *Desk) changeSettings(change func(*Settings)) error {
	d.saving.Lock()
	defer d.saving.Unlock()
	s := d.Settings()
	s.keep(d.loadSettings())
	change(&s)
	return d.writeSettings(s)
}

// keep leaves what has a method of its own to change it as it is.
func (s *Settings) keep(as Settings) {
	s.Distributions, s.RequesterPays, s.Updates = as.Distributions, as.RequesterPays, as.Updates
	s.LinkEndpoints, s.Uploads = as.LinkEndpoints, as.Uploads
}

// writeSettings puts settings in their place, while saving is held.
func (d *Desk) writeSettings(s Settings) error {
	s = withDefaults(s)
	if s.Destination.Bucket != "" {
		recent := slices.DeleteFunc(slices.Clone(s.Recent), func(r Destination) bool { return r == s.Destination })
		s.Recent = slices.Insert(recent, 0, s.Destination)
		s.Recent = s.Recent[:min(len(s.Recent), maxRecent)]
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settings = s // for this process, also when the file cannot be written
	err = d.putAside()
	if err == nil {
		err = writePrivately(d.settingsPath(), data)
	}
	if err != nil {
		return trouble("SettingsNotSaved", args{"Path": d.settingsPath()}, err)
	}
	d.stamp = d.settingsStamp()
	return nil
}

// settingsStamp changes whenever the settings' file does; "" where there is none.
func (d *Desk) settingsStamp() string {
	info, err := os.Stat(d.settingsPath())
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
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
		d.log.Debug("the settings cannot be read", "error", err) // SettingsTrouble tells it
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
	if !slices.Contains([]OnClose{OnCloseAsk, OnCloseBackground, OnCloseQuit}, s.OnClose) {
		s.OnClose = OnCloseAsk
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
	if err := whole.Write(path, whole.Bytes(data)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
