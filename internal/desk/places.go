package desk

import (
	"os"
	"path/filepath"
	"runtime"

	"waybill/internal/autostart"
)

// Place is where Waybill keeps something.
type Place struct {
	What   string // home, ledger, settings, sandbox, running, window, cache or login
	Path   string // where the system keeps login in its registry: the value's name
	Exists bool
}

// Places says where Waybill keeps what it keeps, whether it is there yet or not; home is as in Options. Nothing of it is
// made by asking. Home holds the ledger and all that lies beside it. Whoever removes home, window, cache and login has removed
// everything but the program.
func Places(home string) ([]Place, error) {
	home, err := homeFolder(home)
	if err != nil {
		return nil, err
	}
	places := []Place{
		{What: "home", Path: home},
		{What: "ledger", Path: filepath.Join(home, "ledger.db")},
		{What: "settings", Path: filepath.Join(home, "settings.json")},
		{What: "sandbox", Path: filepath.Join(home, "sandbox")},
		{What: "running", Path: filepath.Join(home, "running")},
	}
	if config, err := windowFolder(); err == nil {
		places = append(places, Place{What: "window", Path: filepath.Join(config, "fyne", autostart.ID)})
	}
	if cache, err := os.UserCacheDir(); err == nil {
		places = append(places, Place{What: "cache", Path: filepath.Join(cache, "fyne", autostart.ID)})
	}
	for i, p := range places {
		_, err := os.Lstat(p.Path)
		places[i].Exists = err == nil
	}
	if where, there := autostart.Entry(); where != "" {
		places = append(places, Place{What: "login", Path: where, Exists: there})
	}
	return places, nil
}

// windowFolder is where the window's toolkit keeps what windows remember.
func windowFolder() (string, error) {
	if runtime.GOOS != "darwin" {
		return os.UserConfigDir()
	}
	user, err := os.UserHomeDir()
	return filepath.Join(user, "Library", "Preferences"), err
}
