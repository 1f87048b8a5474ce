package network_test

import (
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/network"
	"waybill/internal/testproxy"
)

// ask makes one request by a new transport.
func ask(t *testing.T, address string, roots *x509.CertPool) (string, error) {
	t.Helper()
	transport := network.Transport(roots)
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return resp.Status + " " + string(text), err
}

// behind is a server of https that is reached through a proxy alone.
func behind(t *testing.T) (*testproxy.Proxy, string, *x509.CertPool) {
	t.Helper()
	for _, name := range []string{"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "NO_PROXY"} {
		t.Setenv(name, "")
	}
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	t.Cleanup(plain.Close)
	address, ca := testproxy.Services(t, plain.URL)
	address = testproxy.Named(address)
	data, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(data)
	p := testproxy.Start(t)
	t.Setenv("HTTPS_PROXY", p.URL)
	return p, address, roots
}

func TestThroughAProxy(t *testing.T) {
	p, address, roots := behind(t)
	got, err := ask(t, address, roots)
	if err != nil || got != "200 OK hello" {
		t.Fatalf("%q, %v", got, err)
	}
	if seen := p.Seen(); !slices.Equal(seen, []string{"CONNECT " + strings.TrimPrefix(address, "https://")}) {
		t.Errorf("the proxy has seen %q", seen)
	}
	const password = "pa/ss word@#1"
	p.Set(func() { p.Password = password })
	_, err = ask(t, address, roots)
	var refused *network.ProxyError
	if !errors.As(err, &refused) || refused.Status != http.StatusProxyAuthRequired || refused.Proxy != p.Address || !refused.TakesPasswords() {
		t.Errorf("without the password: %v", err)
	}
	t.Setenv("HTTPS_PROXY", p.With(password))
	if got, err := ask(t, address, roots); err != nil || got != "200 OK hello" {
		t.Errorf("with the password: %q, %v", got, err)
	}
	t.Setenv("HTTPS_PROXY", p.With("s3cr%et"))
	if _, err = ask(t, address, roots); err == nil || strings.Contains(err.Error(), "s3cr") || strings.Contains(err.Error(), "alice") {
		t.Errorf("the wrong password: %v", err)
	}
	p.Set(func() { p.Ways = []string{"Negotiate", "NTLM"} })
	if _, err = ask(t, address, roots); !errors.As(err, &refused) || refused.TakesPasswords() || !slices.Equal(refused.Schemes, []string{"Negotiate", "NTLM"}) {
		t.Errorf("a proxy of Windows: %v", err)
	}
	p.Set(func() { p.Password, p.Refuse = "", http.StatusForbidden })
	if _, err = ask(t, address, roots); !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
		t.Errorf("a proxy that refuses: %v", err)
	}
}

// TestProxiesThatDoNotAnswer are told from stores that do not.
func TestProxiesThatDoNotAnswer(t *testing.T) {
	p, address, roots := behind(t)
	p.Set(func() { p.HangsUp = true })
	_, err := ask(t, address, roots)
	var none *network.ProxyError
	if !errors.As(err, &none) || !errors.Is(err, network.ErrHungUp) || none.Proxy != p.Address {
		t.Errorf("a proxy that hangs up: %v", err)
	}
	p.Set(func() { p.HangsUp, p.Silent = false, true })
	begun := time.Now()
	if _, err = ask(t, address, roots); !errors.As(err, &none) || !errors.Is(err, network.ErrSilent) || none.RetryableError() {
		t.Errorf("a silent proxy: %v", err)
	}
	if took := time.Since(begun); took > 25*time.Second {
		t.Errorf("it took %v to notice", took)
	}
	t.Setenv("HTTPS_PROXY", "http://nobody.invalid:3128")
	if _, err = ask(t, address, roots); !errors.As(err, &none) || none.Proxy != "nobody.invalid:3128" || none.Status != 0 {
		t.Errorf("a proxy that is not there: %v", err)
	}
}

// TestPlainHTTPThroughAProxy takes HTTP_PROXY.
func TestPlainHTTPThroughAProxy(t *testing.T) {
	p, _, _ := behind(t)
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "plain") }))
	defer plain.Close()
	t.Setenv("HTTP_PROXY", p.URL)
	if got, err := ask(t, testproxy.Named(plain.URL), nil); err != nil || got != "200 OK plain" {
		t.Errorf("%q, %v", got, err)
	}
	if seen := p.Seen(); len(seen) != 1 || !strings.HasPrefix(seen[0], "GET "+testproxy.Service) {
		t.Errorf("the proxy has seen %q", seen)
	}
	if got, err := ask(t, plain.URL, nil); err != nil || got != "200 OK plain" || len(p.Seen()) > 0 {
		t.Errorf("this computer's own: %q, %v", got, err)
	}
}
