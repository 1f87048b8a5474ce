package autostart

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/windows/registry"
)

// run is where Windows keeps what it starts, for one person and for everybody. The installers write the same value.
const (
	run   = `Software\Microsoft\Windows\CurrentVersion\Run`
	value = "Waybill"
)

func on() bool { return in(registry.CURRENT_USER) }

func forEverybody() bool { return in(registry.LOCAL_MACHINE) }

func kept() (where string, there bool) { return `HKCU\` + run + `\` + value, on() }

func in(root registry.Key) bool {
	key, err := registry.OpenKey(root, run, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer func() { _ = key.Close() }()
	_, _, err = key.GetStringValue(value)
	return err == nil
}

func add(program string) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, run, registry.SET_VALUE)
	if err != nil {
		return err
	}
	return errors.Join(key.SetStringValue(value, `"`+program+`" `+argument), key.Close())
}

func remove() error {
	key, err := registry.OpenKey(registry.CURRENT_USER, run, registry.SET_VALUE)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = key.Close() }()
	if err := key.DeleteValue(value); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
