package autostart

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/windows/registry"
)

// run is where Windows keeps what it starts for one person. The installer writes the same value.
const (
	run   = `Software\Microsoft\Windows\CurrentVersion\Run`
	value = "Waybill"
)

func on() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, run, registry.QUERY_VALUE)
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
