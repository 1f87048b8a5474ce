package network

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// Proxies decides which proxy a request takes. The environment is read when it is made; the system's settings are asked
// for when they are needed, and again after a while, since a laptop moves. It is safe for concurrent use.
type Proxies struct {
	environment func(*url.URL) (*url.URL, error)
	excepted    func(*url.URL) (*url.URL, error) // nil for what NO_PROXY names
	variables   map[string]Variable              // by the scheme of what is asked for
	system      *system
}

// Variable is an environment variable that names a proxy.
type Variable struct {
	Name  string
	wrong bool // it has a value that is no address
}

// Via is how a request goes.
type Via struct {
	Proxy *url.URL // nil goes directly. It may hold a password: show Host, nothing else
	// From says who has named the proxy: a variable's name, or System.
	From string
}

// System stands in Via.From for the system's settings.
const System = "system"

// Host is the proxy's name and port, "" without a proxy.
func (v Via) Host() string {
	if v.Proxy == nil {
		return ""
	}
	return v.Proxy.Host
}

// Here are the proxies that hold for this process.
func Here() *Proxies { return proxiesOf(httpproxy.FromEnvironment(), os.Getenv, newSystem(askSystem)) }

// proxiesOf reads an environment's settings.
func proxiesOf(c *httpproxy.Config, getenv func(string) string, s *system) *Proxies {
	p := &Proxies{environment: c.ProxyFunc(), system: s, variables: map[string]Variable{}}
	all := *c
	all.HTTPProxy, all.HTTPSProxy, all.CGI = "http://any", "http://any", false
	p.excepted = all.ProxyFunc()
	for scheme, value := range map[string]string{"http": c.HTTPProxy, "https": c.HTTPSProxy} {
		if value == "" {
			continue
		}
		name := scheme + "_proxy"
		if getenv(name) == "" {
			name = strings.ToUpper(name)
		}
		p.variables[scheme] = Variable{Name: name, wrong: !isProxy(value)}
	}
	return p
}

// isProxy reports whether a text names a proxy of a kind that net/http knows, as a URL or as host and port. An @ after the
// host is a password's / or # or ? that ends the host for whoever reads it: what looks like the host is the user's name.
func isProxy(text string) bool {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") {
		return false
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return true
	}
	return false
}

// For says how a request to a URL goes. The error is an *AddressError.
func (p *Proxies) For(u *url.URL) (Via, error) {
	if own(u.Hostname()) {
		return Via{}, nil
	}
	if v, named := p.variables[u.Scheme]; named {
		proxy, err := p.environment(u)
		switch {
		case v.wrong && !p.except(u):
			return Via{}, &AddressError{v.Name}
		case v.wrong, err != nil, proxy == nil: // an error is about HTTP_PROXY in a CGI script, where anybody could have set it
			return Via{}, nil //nolint:nilerr // it is as if it were not set
		}
		return Via{proxy, v.Name}, nil
	}
	if len(p.variables) > 0 || p.except(u) {
		return Via{}, nil // the environment has spoken
	}
	if proxy := p.system.proxy(u); proxy != nil {
		return Via{proxy, System}, nil
	}
	return Via{}, nil
}

// Wrong names the variables whose values are no addresses.
func (p *Proxies) Wrong() (names []string) {
	for _, scheme := range []string{"https", "http"} {
		if v := p.variables[scheme]; v.wrong {
			names = append(names, v.Name)
		}
	}
	return names
}

// except reports whether NO_PROXY names a URL's host.
func (p *Proxies) except(u *url.URL) bool {
	proxy, _ := p.excepted(u)
	return proxy == nil
}

// choose is For in the form of http.Transport.Proxy.
func (p *Proxies) choose(r *http.Request) (*url.URL, error) {
	via, err := p.For(r.URL)
	return via.Proxy, err
}

// own reports whether a host is this computer, or on its wire alone: the metadata of an instance and the agent of a
// container live at link-local addresses, and a proxy would ask for its own.
func own(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip == netip.MustParseAddr("fd00:ec2::254") || ip == netip.MustParseAddr("fd00:ec2::23")
}

// asker asks the system which proxy leads to a URL, of which it gets no more than scheme and host; nil is none.
type asker func(ctx context.Context, u *url.URL) *url.URL
