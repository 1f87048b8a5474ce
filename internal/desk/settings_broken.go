package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Settings that cannot be read hold choices all the same: how files are encrypted, where links lead. So nothing is made by
// the defaults in their place without a word, and a new choice does not write over them.

// mostBroken is how many of such files are kept; a file that is broken again and again shall not fill the disk.
const mostBroken = 5

// SettingsTrouble is nil, or says that the settings cannot be read, or that this desk has put such ones aside.
func (d *Desk) SettingsTrouble() *Trouble {
	if err := d.readableSettings(); err != nil {
		return trouble("SettingsUnreadable", args{"Path": d.settingsPath()}, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.aside
}

// SureSettings is a *Trouble where nobody knows what was chosen for uploads and links, so that none may be made: files
// might go without the encryption that was asked for.
func (d *Desk) SureSettings() error {
	if err := d.readableSettings(); err != nil {
		return trouble("SettingsUnsure", args{"Path": d.settingsPath()}, err)
	}
	return nil
}

// GoByDefaults puts the defaults in the place of settings that cannot be read, which are kept aside: somebody has said that
// this is fine. Settings that can be read stay.
func (d *Desk) GoByDefaults() error {
	d.saving.Lock()
	defer d.saving.Unlock()
	if d.readableSettings() == nil {
		return nil
	}
	return d.writeSettings(Settings{})
}

// Remember changes what nobody has chosen, such as the folder that was used last: that is no reason to put settings aside that
// cannot be read. Then it holds in this process.
func (d *Desk) Remember(change func(*Settings)) error {
	if d.readableSettings() == nil {
		return d.changeSettings(change)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.settings)
	return nil
}

// readableSettings says why the settings' file is as if it were not there, or returns nil.
func (d *Desk) readableSettings() error {
	data, err := os.ReadFile(d.settingsPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(data, new(Settings))
}

// putAside keeps a settings' file that cannot be read under another name, before another takes its place. It is called
// while mu is held.
func (d *Desk) putAside() error {
	path := d.settingsPath()
	info, err := os.Lstat(path)
	broken := d.readableSettings()
	if broken == nil || err == nil && info.IsDir() { // a folder is in the way, and nobody's choices
		return nil
	}
	base := path + ".broken-" + d.now().Format("20060102-150405")
	kept := base
	for n := 2; ; n++ {
		if _, err := os.Lstat(kept); errors.Is(err, fs.ErrNotExist) {
			break
		}
		kept = fmt.Sprintf("%s-%d", base, n)
	}
	if err := os.Rename(path, kept); err != nil {
		return fmt.Errorf("keep the settings that cannot be read: %w", err)
	}
	if err := os.Chmod(kept, 0o600); err != nil {
		d.log.Info("others may read what was put aside", "why", err)
	}
	d.aside = trouble("SettingsAside", args{"Kept": kept, "Path": path}, broken)
	all, err := fs.Glob(os.DirFS(d.home), filepath.Base(path)+".broken-*")
	if err != nil || len(all) <= mostBroken {
		return nil //nolint:nilerr // too many of them are no reason to keep no choice
	}
	slices.Sort(all) // by their time
	for _, old := range all[:len(all)-mostBroken] {
		if old = filepath.Join(d.home, old); old != kept {
			_ = os.Remove(old)
		}
	}
	return nil
}
