package desk

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strings"

	"waybill/internal/courier"
)

// hostIn finds the name of whoever did not answer.
func hostIn(err error, s scene) string {
	var own *courier.HostError
	if errors.As(err, &own) && own.Host != "" {
		return own.Host
	}
	var sdks *url.Error
	if errors.As(err, &sdks) {
		if u, err := url.Parse(sdks.URL); err == nil && u.Host != "" {
			return u.Host
		}
	}
	if u, err := url.Parse(s.store.Endpoint); err == nil && u.Host != "" {
		return u.Host
	}
	return "the store"
}

// ofNetwork knows what lies between here and the store.
func ofNetwork(err error, s scene, a args) string {
	a["Host"] = hostIn(err, s)
	for _, kind := range []func(error, args) string{ofProxy, ofName, ofCertificate, ofTLS, ofRoute} {
		if code := kind(err, a); code != "" {
			return code
		}
	}
	var network net.Error
	var op *net.OpError
	switch {
	case errors.Is(err, courier.ErrStalled):
		return "Stalled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "TimedOut"
	case network != nil, errors.As(err, &op), errors.Is(err, net.ErrClosed), isBroken(err), strings.Contains(err.Error(), "EOF"):
		return "ConnectionLost"
	}
	return ""
}

// ofName knows why a name has no address.
func ofName(err error, a args) string {
	var name *net.DNSError
	if !errors.As(err, &name) {
		return ""
	}
	a["Host"] = name.Name
	switch {
	case saysNoRoute(name.Err): // it keeps words only
		return "NoRoute"
	case name.IsNotFound:
		return "NoSuchHost"
	}
	return "NameServer"
}

// ofTLS knows why no secure connection comes about, other than for a certificate of the store's.
func ofTLS(err error, _ args) string {
	var record tls.RecordHeaderError
	said := err.Error()
	switch {
	case errors.As(err, &record), strings.Contains(said, "server gave HTTP response to HTTPS client"):
		return "NotTLS"
	case strings.Contains(said, "tls: protocol version not supported"), strings.Contains(said, "tls: server selected unsupported protocol version"):
		return "TLSVersion"
	case strings.Contains(said, "tls: certificate required"), courier.IsAlert(err) && strings.Contains(said, "tls: bad certificate"):
		return "ClientCertificate"
	case courier.IsAlert(err):
		return "RefusesTLS"
	}
	return ""
}

// ofRoute knows what comes of asking for a connection.
func ofRoute(err error, _ args) string {
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "dial" && isIPv6(op.Addr) && (noRoute(err) || noFamily(err)):
		return "NoIPv6"
	case noRoute(err):
		return "NoRoute"
	case isRefused(err):
		return "StoreDown"
	}
	return ""
}

func isIPv6(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP != nil && tcp.IP.To4() == nil
}
