package cli

import "golang.org/x/sys/unix"

// The kernel's names for a terminal's settings.
const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)
