//go:build !windows

package cli

import "golang.org/x/sys/unix"

// echoOff keeps a terminal from showing what is typed; lines are still edited and interrupted as usual.
func echoOff(fd int) error {
	t, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return err
	}
	t.Lflag &^= unix.ECHO
	t.Lflag |= unix.ICANON | unix.ISIG
	t.Iflag |= unix.ICRNL
	return unix.IoctlSetTermios(fd, setTermios, t)
}
