//go:build darwin || freebsd

package instance

import "golang.org/x/sys/unix"

// peer is the user at the other end of a socket.
func peer(fd int) (uid int, err error) {
	const local = 0 // SOL_LOCAL
	c, err := unix.GetsockoptXucred(fd, local, unix.LOCAL_PEERCRED)
	if err != nil {
		return 0, err
	}
	return int(c.Uid), nil
}
