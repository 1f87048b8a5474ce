package instance

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// listen opens a named pipe that nobody but this person can open, under a name that nobody can have taken before.
func listen(string) (net.Listener, string, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, "", fmt.Errorf("find out whose process this is: %w", err)
	}
	address := `\\.\pipe\waybill-` + rand.Text()
	l, err := winio.ListenPipe(address, &winio.PipeConfig{
		// No access for anybody, but all of it for the owner, and none from another machine.
		SecurityDescriptor: "D:P(D;;GA;;;NU)(A;;GA;;;" + user.User.Sid.String() + ")",
		InputBufferSize:    64 << 10, OutputBufferSize: 64 << 10,
	})
	return l, address, err
}

// sweep has nothing to do: a pipe ends with its process.
func sweep(string) {}

func dial(ctx context.Context, address string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, address)
}

// samePerson leaves it to the pipe's access list, and to its name, which stands in the person's own folder only.
func samePerson(net.Conn) error { return nil }

// letInFront allows the first instance to come to the front: Windows lets only that process decide in which the person
// has just done something, and that is this one.
func letInFront() {
	const anybody = ^uintptr(0) // ASFW_ANY
	_, _, _ = windows.NewLazySystemDLL("user32.dll").NewProc("AllowSetForegroundWindow").Call(anybody)
}
