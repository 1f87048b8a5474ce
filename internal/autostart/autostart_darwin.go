package autostart

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// agent is a launch agent of the person's own (man 5 launchd.plist). It holds from the next login on.
func agent() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "Library", "LaunchAgents", ID+".plist"), nil
}

func on() bool {
	_, there := kept()
	return there
}

func kept() (path string, there bool) {
	path, err := agent()
	if err == nil {
		_, err = os.Lstat(path)
	}
	return path, err == nil
}

func forEverybody() bool { return false } // no package of Waybill's sets it

func add(program string) error {
	path, err := agent()
	if err != nil {
		return err
	}
	var escaped strings.Builder
	if err := xml.EscapeText(&escaped, []byte(program)); err != nil {
		return err
	}
	return write(path, `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>`+ID+`</string>
	<key>ProgramArguments</key>
	<array>
		<string>`+escaped.String()+`</string>
		<string>`+argument+`</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`)
}

func remove() error {
	path, err := agent()
	if err == nil {
		err = os.Remove(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
