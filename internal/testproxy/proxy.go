// Package testproxy is a real proxy for tests: it makes tunnels (CONNECT) and passes plain http on, wants a password,
// refuses, keeps silent or reads along as it is told, and resolves names that only it knows. net/http takes no proxy to
// this computer's own addresses, so tests go to such a name. It is used by tests only and never linked into the program.
package testproxy

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/elazarl/goproxy"
)

// Service is a name that servers of TLS are for, as net/http/httptest has it.
const Service = "example.com"

// Proxy is a running proxy. Its fields may be changed under Set while it runs.
type Proxy struct {
	Address string // host and port
	URL     string // of http, without a password

	mu sync.Mutex
	// Password is what the user "alice" has to give; "" lets everybody through.
	Password string
	// Ways are what it wants to be signed in by when it does not let somebody through.
	Ways []string
	// Refuse is the status that it refuses with; 0 lets through.
	Refuse int
	// Silent takes connections and answers nothing.
	Silent bool
	// HangsUp closes connections instead of answering.
	HangsUp bool
	// ReadsAlong ends TLS itself, with certificates of an authority of its own.
	ReadsAlong bool

	seen []string
	open chan struct{}
}

// Start runs a proxy until the test ends.
func Start(t testing.TB) *Proxy {
	t.Helper()
	p := &Proxy{open: make(chan struct{}), Ways: []string{`Basic realm="company"`}}
	inner := goproxy.NewProxyHttpServer()
	inner.Logger = log.New(io.Discard, "", 0)
	inner.KeepAcceptEncoding = true // it is signed
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}
	inner.Tr = &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // #nosec G402 -- it is a test's
	inner.ConnectDial = func(network, address string) (net.Conn, error) { return dial(context.Background(), network, address) }
	inner.OnRequest().HandleConnectFunc(func(host string, _ *goproxy.ProxyCtx) (*goproxy.ConnectAction, string) {
		if p.is(func() bool { return p.ReadsAlong }) {
			return goproxy.MitmConnect, host
		}
		return goproxy.OkConnect, host
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, inner) }))
	t.Cleanup(func() {
		close(p.open)
		inner.Tr.CloseIdleConnections()
		server.Close()
	})
	p.URL, p.Address = server.URL, strings.TrimPrefix(server.URL, "http://")
	return p
}

// serve does what the proxy is told, and leaves the rest to the library.
func (p *Proxy) serve(w http.ResponseWriter, r *http.Request, inner http.Handler) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.Host)
	password, refuse, silent, hangsUp, ways := p.Password, p.Refuse, p.Silent, p.HangsUp, p.Ways
	p.mu.Unlock()
	given, _ := strings.CutPrefix(r.Header.Get("Proxy-Authorization"), "Basic ")
	switch {
	case silent:
		select {
		case <-p.open:
		case <-r.Context().Done():
		}
	case hangsUp:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	case password != "" && given != base64.StdEncoding.EncodeToString([]byte("alice:"+password)):
		for _, way := range ways {
			w.Header().Add("Proxy-Authenticate", way)
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusProxyAuthRequired)
		_, _ = io.WriteString(w, "<html><body>The company wants to know who you are.</body></html>")
	case refuse != 0:
		w.WriteHeader(refuse)
	default:
		inner.ServeHTTP(w, r)
	}
}

// Set changes fields under the lock.
func (p *Proxy) Set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *Proxy) is(what func() bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return what()
}

// Seen gives what was asked for since the last time, as "CONNECT store.test:9000".
func (p *Proxy) Seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := p.seen
	p.seen = nil
	return seen
}

// With is the proxy's address with a password for "alice".
func (p *Proxy) With(password string) string {
	return (&url.URL{Scheme: "http", User: url.UserPassword("alice", password), Host: p.Address}).String()
}

// Authority is the file of the authority that a proxy that reads along signs with.
func Authority(t testing.TB) string {
	t.Helper()
	return file(t, goproxy.GoproxyCa.Certificate[0])
}

// Services puts TLS before a server of plain http, under a name that only the proxy can resolve. It gives the address, and
// the file of the certificate to trust.
func Services(t testing.TB, plain string) (address, ca string) {
	t.Helper()
	to, err := url.Parse(plain)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(to))
	t.Cleanup(s.Close)
	return Named(s.URL), file(t, s.Certificate().Raw)
}

// Named is the address of an https server of a test's under the name that its certificate has besides 127.0.0.1.
func Named(address string) string { return strings.Replace(address, "127.0.0.1", Service, 1) }

// Bundle puts files of certificates into one.
func Bundle(t testing.TB, files ...string) string {
	t.Helper()
	var all []byte
	for _, f := range files {
		data, err := os.ReadFile(f) // #nosec G304 -- a test's own
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return written(t, all)
}

func file(t testing.TB, der []byte) string {
	t.Helper()
	return written(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func written(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
