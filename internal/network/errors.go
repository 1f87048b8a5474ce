package network

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Errors that a ProxyError may wrap.
var (
	// ErrSilent: the proxy took the connection and did not answer.
	ErrSilent = errors.New("it does not answer")
	// ErrHungUp: the proxy closed the connection instead of answering.
	ErrHungUp = errors.New("it closed the connection without an answer")
)

// ProxyError says that a proxy did not let a connection through. It holds neither its user name nor its password.
type ProxyError struct {
	Proxy   string // its host and port
	Status  int    // of its answer to CONNECT; 0 when it gave none
	Schemes []string
	Err     error // why it gave none; nil when it gave one
}

// Error names the proxy and what it said.
func (e *ProxyError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("the proxy %s: %v", e.Proxy, e.Err)
	}
	text := fmt.Sprintf("the proxy %s: HTTP %d %s", e.Proxy, e.Status, http.StatusText(e.Status))
	if len(e.Schemes) > 0 {
		text += " (" + strings.Join(e.Schemes, ", ") + ")"
	}
	return text
}

// Unwrap gives the reason why there was no answer.
func (e *ProxyError) Unwrap() error { return e.Err }

// TakesPasswords reports whether the proxy can be given a password in its address: it wants one in the way of Basic, or
// does not say in which.
func (e *ProxyError) TakesPasswords() bool {
	for _, s := range e.Schemes {
		if strings.EqualFold(s, "Basic") {
			return true
		}
	}
	return len(e.Schemes) == 0
}

// RetryableError tells the SDK that what the proxy has refused it will refuse again.
func (e *ProxyError) RetryableError() bool {
	return e.Status == 0 && e.Err != nil && !errors.Is(e.Err, ErrSilent)
}

// AddressError is a variable that names no proxy, though it has a value. The value may be a password's.
type AddressError struct{ Variable string }

// Error names the variable.
func (e *AddressError) Error() string { return e.Variable + " is not the address of a proxy" }

// RetryableError tells the SDK that the variable will say the same again.
func (e *AddressError) RetryableError() bool { return false }
