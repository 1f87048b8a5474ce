package desk

import (
	"errors"
	"strings"

	"golang.org/x/sys/windows"
)

// isRefused reports whether nobody listens at a port.
func isRefused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }

// isBroken reports whether a connection was there and is not any more.
func isBroken(err error) bool {
	return errors.Is(err, windows.WSAECONNRESET) || errors.Is(err, windows.WSAECONNABORTED)
}

// noRoute reports whether no network leads there.
func noRoute(err error) bool {
	return errors.Is(err, windows.WSAENETUNREACH) || errors.Is(err, windows.WSAEHOSTUNREACH) || errors.Is(err, windows.WSAENETDOWN)
}

// saysNoRoute reports the same of an error that kept nothing but its words.
func saysNoRoute(words string) bool {
	return strings.Contains(words, windows.WSAENETUNREACH.Error()) || strings.Contains(words, windows.WSAEHOSTUNREACH.Error())
}

// noFamily reports whether this computer does not speak that version of IP.
func noFamily(err error) bool {
	return errors.Is(err, windows.WSAEAFNOSUPPORT) || errors.Is(err, windows.WSAEADDRNOTAVAIL)
}
