package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	dialLimit   = 15 * time.Second // for a connection
	answerLimit = 15 * time.Second // for a proxy's tunnel
	mostSchemes = 8                // of a proxy's ways to sign in
)

// Transport is a transport that takes the proxies that hold here, and trusts roots; nil is what the system trusts. Its
// other settings are those of the AWS SDK. Each call gives a new one, with connections of its own.
func Transport(roots *x509.CertPool) *http.Transport { return Here().Transport(roots) }

// Transport is a transport that takes these proxies, and trusts roots; nil is what the system trusts.
func (p *Proxies) Transport(roots *x509.CertPool) *http.Transport {
	t := Direct()
	p.Apply(t, roots)
	return t
}

// Apply makes a transport take these proxies, and trust roots; nil leaves it to the system.
func (p *Proxies) Apply(t *http.Transport, roots *x509.CertPool) {
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.RootCAs = roots
	d := &dialer{limit: answerLimit, direct: (&net.Dialer{Timeout: dialLimit, KeepAlive: 30 * time.Second}).DialContext, proxies: map[string]bool{}}
	t.Proxy = func(r *http.Request) (*url.URL, error) {
		proxy, err := p.choose(r)
		if proxy != nil {
			d.note(proxy)
		}
		return proxy, err
	}
	t.DialContext = d.dial
	t.OnProxyConnectResponse = answered
}

// Direct is a transport that never takes a proxy: for what is on this computer, or on its wire alone.
func Direct() *http.Transport {
	t := awshttp.NewBuildableClient().GetTransport()
	t.Proxy = nil
	t.DialContext = (&net.Dialer{Timeout: dialLimit, KeepAlive: 30 * time.Second}).DialContext
	return t
}

// answered turns a proxy's refusal into an error that says whose it is; net/http's own is a few words of it.
func answered(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	e := &ProxyError{Proxy: proxy.Host, Status: answer.StatusCode}
	for _, challenges := range answer.Header.Values("Proxy-Authenticate") {
		e.Schemes = append(e.Schemes, schemesIn(challenges)...)
	}
	return e
}

// quoted is a parameter's value, which may have commas.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// schemesIn are the names of the ways to sign in in a header, which may have several with their parameters, all between
// commas (RFC 9110, 11.6.1).
func schemesIn(challenges string) (schemes []string) {
	for piece := range strings.SplitSeq(quoted.ReplaceAllString(challenges, `""`), ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(piece), " ")
		if isScheme(name) && len(schemes) < mostSchemes {
			schemes = append(schemes, name)
		}
	}
	return schemes
}

// isScheme tells a name from parameters, and from whatever else a proxy may write: people will read it.
func isScheme(name string) bool {
	return name != "" && len(name) <= 32 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}
