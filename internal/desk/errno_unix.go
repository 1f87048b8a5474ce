//go:build !windows

package desk

import (
	"errors"
	"strings"
	"syscall"
)

// isRefused reports whether nobody listens at a port.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// isBroken reports whether a connection was there and is not any more.
func isBroken(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// noRoute reports whether no network leads there.
func noRoute(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETDOWN)
}

// saysNoRoute reports the same of an error that kept nothing but its words.
func saysNoRoute(words string) bool {
	return strings.Contains(words, syscall.ENETUNREACH.Error()) || strings.Contains(words, syscall.EHOSTUNREACH.Error())
}

// noFamily reports whether this computer does not speak that version of IP.
func noFamily(err error) bool {
	return errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL)
}
