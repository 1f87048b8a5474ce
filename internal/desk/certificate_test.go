package desk_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// authority signs certificates, and is trusted by whoever is pointed at its file.
type authority struct {
	cert *x509.Certificate
	key  *rsa.PrivateKey
	file string
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-30 * 24 * time.Hour), NotAfter: time.Now().Add(30 * 24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{key: key, file: filepath.Join(t.TempDir(), "authority.pem")}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	write(t, a.file, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return a
}

// trusted is the setting by which a profile trusts it.
func (a *authority) trusted() string { return "ca_bundle = " + a.file + "\n" }

// issue makes a server's certificate, good for 127.0.0.1 but for what change does to it. Nil for the authority is one that
// signs itself.
func issue(t *testing.T, by *authority, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "store.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, any(key)
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// secure is an https server that answers like an empty bucket.
func secure(t *testing.T, c *tls.Config) (endpoint string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, "<ListBucketResult></ListBucketResult>")
	}))
	server.TLS = c
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// TestCertificates: a TLS server with each kind of bad certificate.
func TestCertificates(t *testing.T) {
	ours, theirs := newAuthority(t, "Our Own CA"), newAuthority(t, "Somebody's CA")
	day := func(d time.Duration) string { return time.Now().Add(d).Local().Format("2 Jan 2006") }
	for name, c := range map[string]struct {
		by     *authority
		change func(*x509.Certificate)
		row    string
		holds  string
	}{
		"good":             {ours, nil, "", ""},
		"unknown":          {theirs, nil, "Certificate", "AWS_CA_BUNDLE"},
		"signed by itself": {nil, nil, "CertificateSelfSigned", "nobody but itself"},
		"another host": {ours, func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, []string{"minio.example", "s3.example"}
		}, "CertificateHost", "minio.example, s3.example"},
		"ended": {ours, func(c *x509.Certificate) {
			c.NotAfter = time.Now().Add(-2 * time.Hour)
		}, "CertificateExpired", day(-2 * time.Hour)},
		"not begun": {ours, func(c *x509.Certificate) {
			c.NotBefore = time.Now().Add(2 * time.Hour)
		}, "CertificateNotYet", day(2 * time.Hour)},
		"SHA-1": {ours, func(c *x509.Certificate) {
			c.SignatureAlgorithm = x509.SHA1WithRSA
		}, "CertificateWeak", "SHA-256"},
		"a common name only": {ours, func(c *x509.Certificate) {
			c.Subject.CommonName, c.IPAddresses = "127.0.0.1", nil
		}, "CertificateWeak", "alternative names"},
		"for clients": {ours, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		}, "Certificate", "not one that this computer trusts"},
	} {
		t.Run(name, func(t *testing.T) {
			endpoint := secure(t, &tls.Config{Certificates: []tls.Certificate{issue(t, c.by, c.change)}, MinVersion: tls.VersionTLS12})
			if c.row == "" {
				isolate(t, "[default]\nendpoint_url = "+endpoint+"\n"+ours.trusted(), "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
				if told := listing(openDesk(t, desk.Options{})); told != nil {
					t.Errorf("%v", told)
				}
				return
			}
			meets(t, endpoint, ours.trusted(), c.row, c.holds)
		})
	}
}

// TestVersionsOfTLS: servers that are behind, that want a certificate of the client, that break off, or speak no TLS.
func TestVersionsOfTLS(t *testing.T) {
	ours := newAuthority(t, "Our Own CA")
	good := []tls.Certificate{issue(t, ours, nil)}
	clients := x509.NewCertPool()
	clients.AddCert(ours.cert)
	for name, c := range map[string]struct {
		config *tls.Config
		row    string
		holds  string
	}{
		"TLS 1.1":               {&tls.Config{Certificates: good, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "TLSVersion", "TLS 1.2"}, // #nosec G402 -- what is to be refused
		"a client's, TLS 1.3":   {&tls.Config{Certificates: good, MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}, "ClientCertificate", "client certificates"},
		"a client's, TLS 1.2":   {&tls.Config{Certificates: good, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}, "RefusesTLS", "secure"},
		"nobody's, by an alert": {&tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, io.ErrUnexpectedEOF }}, "RefusesTLS", "secure"},
	} {
		t.Run(name, func(t *testing.T) { meets(t, secure(t, c.config), ours.trusted(), c.row, c.holds) })
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	t.Run("no TLS", func(t *testing.T) {
		meets(t, strings.Replace(plain.URL, "http://", "https://", 1), ours.trusted(), "NotTLS", "https")
	})
	t.Run("TLS only", func(t *testing.T) { // Go's server resets the connection, and the SDK's list never reads its words
		isolate(t, "[default]\nendpoint_url = "+strings.Replace(secure(t, &tls.Config{Certificates: good, MinVersion: tls.VersionTLS12}), "https://", "http://", 1)+"\n",
			"[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
		if told := sending(t, openDesk(t, desk.Options{})); code(told) != "WantsHTTPS" {
			t.Errorf("%v", told)
		}
	})
}

// meets wants a list and a file both to fail at an endpoint with a row of the table, in words that hold a text. The
// settings are more lines of the profile.
func meets(t *testing.T, endpoint, settings, row, holds string) {
	t.Helper()
	isolate(t, "[default]\nmax_attempts = 1\nendpoint_url = "+endpoint+"\n"+settings, "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
	d := openDesk(t, desk.Options{})
	for way, told := range map[string]*desk.Trouble{"list": listing(d), "file": sending(t, d)} {
		if code(told) != row {
			t.Errorf("a %s: %s\n%s\nwant %s", way, told, told.Detail, row)
			continue
		}
		if words := told.What.String() + " " + told.Help.String(); !strings.Contains(words, holds) {
			t.Errorf("a %s: %s", way, words)
		}
	}
}
