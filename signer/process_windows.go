package signer

import (
	"context"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// shell makes ready to run a command line, as it stands: Go would put a backslash before each of its quotes, which cmd.exe knows
// nothing of. With /S, that takes the outer quotes off and leaves those of a path with spaces in it.
func shell(ctx context.Context, command string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd.exe /S /C "` + command + `"`} // #nosec G204 -- the person's own setting
	if console, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleWindow").Call(); console == 0 {
		// A window's program has none to share, and Windows would show one for as long as the command runs.
		cmd.SysProcAttr.CreationFlags = windows.CREATE_NO_WINDOW
	}
	return cmd
}
