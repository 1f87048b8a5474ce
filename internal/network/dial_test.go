package network

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

// TestASOCKSProxyThatDoesNotAnswer, at once or after its first word, holds nothing up for ever: net/http waits without a
// limit.
func TestASOCKSProxyThatDoesNotAnswer(t *testing.T) {
	for name, words := range map[string][]byte{"at all": nil, "after its first word": {5, 0}} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					t.Cleanup(func() { _ = conn.Close() })
					_, _ = conn.Write(words)
				}
			}()
			d := &dialer{limit: 100 * time.Millisecond, direct: new(net.Dialer).DialContext, proxies: map[string]bool{}}
			proxy := &url.URL{Scheme: "socks5", Host: l.Addr().String()}
			d.note(proxy)
			transport := &http.Transport{Proxy: http.ProxyURL(proxy), DialContext: d.dial}
			defer transport.CloseIdleConnections()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.test/", nil)
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			_, err = transport.RoundTrip(req)
			var silent *ProxyError
			if !errors.As(err, &silent) || !errors.Is(err, ErrSilent) || silent.Proxy != proxy.Host {
				t.Errorf("%v", err)
			}
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("it took %v to notice", took)
			}
		})
	}
}

// TestWaysToSignIn are read from headers as proxies write them.
func TestWaysToSignIn(t *testing.T) {
	for header, wanted := range map[string][]string{
		`Basic realm="company"`:                                  {"Basic"},
		`Negotiate, NTLM, Basic realm="a, b c, \"d\""`:           {"Negotiate", "NTLM", "Basic"},
		`Digest realm="x", qop="auth, auth-int", nonce=y, Basic`: {"Digest", "Basic"},
		"\x1b[31mred": nil, "": nil,
	} {
		if got := schemesIn(header); !slices.Equal(got, wanted) {
			t.Errorf("%q: %q", header, got)
		}
	}
}
