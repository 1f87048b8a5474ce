package gui

import (
	"os/exec"
	"syscall"
)

// showInFolder asks Explorer to show a file. Explorer reads its command line in a way of its own: quoted as a whole, as
// Go would quote it for a path with a space, it is not understood.
func (u *ui) showInFolder(path string) error {
	cmd := exec.CommandContext(u.ctx, "explorer")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `explorer /select,"` + path + `"`}
	return cmd.Start()
}
