package cli

import "golang.org/x/sys/windows"

// echoOff keeps a console from showing what is typed; lines are still edited and interrupted as usual.
func echoOff(fd int) error {
	console := windows.Handle(fd) // #nosec G115 -- it was one before
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return err
	}
	mode &^= windows.ENABLE_ECHO_INPUT
	return windows.SetConsoleMode(console, mode|windows.ENABLE_PROCESSED_INPUT|windows.ENABLE_LINE_INPUT)
}
