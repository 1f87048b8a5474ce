package desk

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"
)

// publicStores are where stores live whose certificates every computer trusts: one that it does not is somebody else's,
// who reads along.
var publicStores = []string{
	".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".r2.cloudflarestorage.com", ".backblazeb2.com", ".wasabisys.com",
	".digitaloceanspaces.com", ".your-objectstorage.com", ".scw.cloud", ".idrivee2.com", ".googleapis.com",
}

// ofCertificate knows why the other side could not show that it is the store.
func ofCertificate(err error, a args) string {
	var whole *tls.CertificateVerificationError
	var chain []*x509.Certificate
	if errors.As(err, &whole) {
		chain = whole.UnverifiedCertificates
	}
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &hostname):
		a["Names"] = strings.Join(hostname.Certificate.DNSNames, ", ")
		if len(hostname.Certificate.DNSNames)+len(hostname.Certificate.IPAddresses) == 0 {
			return "CertificateWeak" // it has a common name only, which is not looked at any more
		}
		return "CertificateHost"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if invalid.Cert.NotBefore.After(time.Now()) {
			a["From"] = invalid.Cert.NotBefore.Local().Format("2 Jan 2006 15:04")
			return "CertificateNotYet"
		}
		a["Until"] = invalid.Cert.NotAfter.Local().Format("2 Jan 2006 15:04")
		return "CertificateExpired"
	case strings.Contains(err.Error(), "insecure algorithm"), strings.Contains(err.Error(), "keys are insecure"):
		return "CertificateWeak"
	case errors.As(err, &unknown):
		return ofStrangeCertificate(chain, a)
	case errors.As(err, &invalid), whole != nil:
		return "Certificate"
	}
	return ""
}

// ofStrangeCertificate knows who may have made a certificate that nobody trusts.
func ofStrangeCertificate(chain []*x509.Certificate, a args) string {
	if len(chain) == 0 {
		return "Certificate"
	}
	if last := chain[len(chain)-1]; isPublicStore(a["Host"]) {
		a["Issuer"] = visible(cmp.Or(last.Issuer.CommonName, strings.Join(last.Issuer.Organization, ", "), "?"))
		return "CertificateIntercepted"
	}
	if bytes.Equal(chain[0].RawIssuer, chain[0].RawSubject) {
		return "CertificateSelfSigned"
	}
	return "Certificate"
}

func isPublicStore(host any) bool {
	name, _ := host.(string)
	if bare, _, err := net.SplitHostPort(name); err == nil {
		name = bare
	}
	for _, suffix := range publicStores {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return true
		}
	}
	return false
}

// isOfCertificate reports whether a code says that a certificate is not trusted.
func isOfCertificate(code string) bool { return strings.HasPrefix(code, "Certificate") }

// isOfTLS reports whether a code says that two do not come to speak TLS with each other, or only one of them wants to.
func isOfTLS(code string) bool {
	switch code {
	case "NotTLS", "RefusesTLS", "WantsHTTPS", "TLSVersion", "ClientCertificate":
		return true
	}
	return false
}
