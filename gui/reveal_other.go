//go:build !windows

package gui

import (
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
)

// showInFolder asks the system's file manager to show a file, or the folder that it is in.
func (u *ui) showInFolder(path string) error {
	if runtime.GOOS == "darwin" {
		return exec.CommandContext(u.ctx, "open", "-R", path).Start()
	}
	return u.app.OpenURL(&url.URL{Scheme: "file", Path: filepath.Dir(path)})
}
