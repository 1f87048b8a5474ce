package courier

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"waybill/internal/network"
)

// Unreachable reports whether an error says that nobody was there to answer, or went away while asked.
func Unreachable(err error) bool { return isNetwork(err) }

// isNetwork reports whether an error is the network's: something that time may mend. A name that does not
// exist, a certificate that is refused and a port where nobody listens will be the same in a second, but for
// the last: a store that is being started.
func isNetwork(err error) bool {
	if isCertificate(err) || IsAlert(err) {
		return false
	}
	var proxy *network.ProxyError
	if errors.As(err, &proxy) && (proxy.Status != 0 || errors.Is(err, network.ErrSilent) || errors.Is(err, network.ErrHungUp)) {
		return false // a word of the proxy's, or its silence; see Courier.network
	}
	var file *fs.PathError // a system call's error may look like the network's, whatever the call was about
	if errors.As(err, &file) {
		return false
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.Temporary() || dns.IsTimeout
	}
	var op net.Error
	// net/http has no value for a connection that the store closed just as it was to be used again.
	return strings.Contains(err.Error(), "server closed idle connection") || errors.Is(err, ErrStalled) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNREFUSED) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &op)
}

// isCertificate reports whether the other side could not show that it is the store.
func isCertificate(err error) bool {
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	return errors.As(err, &unknown) || errors.As(err, &hostname) || errors.As(err, &invalid) || errors.As(err, &record)
}

// IsAlert reports whether the other side ended the connection by a TLS alert: it refuses this client's
// certificate, version or ciphers. crypto/tls has no type for it but the name of an operation.
func IsAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
