package sandbox_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/sandbox"
)

// certificate makes one for 127.0.0.1.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for path, data := range map[string][]byte{cert: certPEM, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(certPEM)
	return cert, key, roots
}

func TestTLS(t *testing.T) {
	cert, key, roots := certificate(t)
	dir := t.TempDir()
	s, err := sandbox.Start(context.Background(), dir, sandbox.WithTLS(cert, key))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.HasPrefix(s.Endpoint(), "https://127.0.0.1:") {
		t.Fatal(s.Endpoint())
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	res, err := (&http.Client{Transport: transport}).Get(s.Endpoint() + "/" + sandbox.Bucket + "/none")
	if err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("%v, %v, want 403", res, err)
	}
	if _, err := sandbox.Start(context.Background(), dir); err == nil {
		t.Error("somebody who wants http gets https")
	}
	out, err := process("visitor", dir).CombinedOutput() // learns of the certificate from the state file
	if err != nil || !strings.HasPrefix(string(out), s.Endpoint()+" ") {
		t.Errorf("%s, %v", out, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if again := start(t, dir); !strings.HasPrefix(again.Endpoint(), "http://") {
		t.Error(again.Endpoint())
	}
}

func TestBadCertificateIsSaid(t *testing.T) {
	cert, _, _ := certificate(t)
	dir := t.TempDir()
	if _, err := sandbox.Start(context.Background(), dir, sandbox.WithTLS(cert, cert)); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%v", err)
	}
	start(t, dir)
}
