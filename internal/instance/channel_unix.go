//go:build unix

package instance

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxSocket is how long the path of a socket may be, in bytes: 104 on macOS with a zero at the end, 108 on Linux.
const maxSocket = 103

// Names of what is laid down.
const (
	socketName  = "window.sock"
	shortPrefix = "waybill-"
)

// listen opens a socket in the home, or in a short place where the home's path is too long for one or its file system
// has none.
func listen(home string) (net.Listener, string, error) {
	l, path, err := listenAt(filepath.Join(home, socketName))
	if err == nil {
		return l, path, nil
	}
	dir, made := shortPlace()
	if made != nil {
		return nil, "", errors.Join(err, made)
	}
	l, path, err = listenAt(filepath.Join(dir, socketName))
	if err != nil {
		_ = os.Remove(dir)
	}
	return l, path, err
}

func listenAt(path string) (net.Listener, string, error) {
	if len(path) > maxSocket {
		return nil, "", fmt.Errorf("%s is too long for a socket", path)
	}
	_ = os.Remove(path) // of one that was killed; this process holds the lock
	l, err := new(net.ListenConfig).Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, "", err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil, "", err
	}
	return l, path, nil
}

// shortPlace makes a folder of the person's own, with a short path, under a name that nobody can have taken before.
func shortPlace() (string, error) {
	name := shortPrefix + strings.ToLower(rand.Text()[:10])
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) && len(filepath.Join(dir, name, socketName)) <= maxSocket {
		if dir := filepath.Join(dir, name); os.Mkdir(dir, 0o700) == nil {
			return dir, nil
		}
	}
	for _, dir := range []string{os.TempDir(), "/tmp"} {
		if len(filepath.Join(dir, name, socketName)) <= maxSocket {
			if dir := filepath.Join(dir, name); os.Mkdir(dir, 0o700) == nil {
				return dir, nil
			}
		}
	}
	return "", errors.New("there is no place for a socket")
}

// sweep takes away the socket at an address, and the folder that was made for it.
func sweep(address string) {
	info, err := os.Lstat(address)
	if err == nil && info.Mode()&os.ModeSocket != 0 && filepath.Base(address) == socketName {
		_ = os.Remove(address)
	}
	if dir := filepath.Dir(address); strings.HasPrefix(filepath.Base(dir), shortPrefix) {
		_ = os.Remove(dir) // if it is empty
	}
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "unix", address)
}

// samePerson makes sure that who is at the other end is the same person.
func samePerson(conn net.Conn) error {
	socket, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.New("this is no socket")
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	var uid int
	var asked error
	if err := raw.Control(func(fd uintptr) { uid, asked = peer(int(fd)) }); err != nil {
		return err
	}
	if asked != nil {
		return fmt.Errorf("find out who is at the other end: %w", asked)
	}
	if uid != syscall.Geteuid() {
		return errors.New("somebody else is at the other end")
	}
	return nil
}

// letInFront is for Windows.
func letInFront() {}
