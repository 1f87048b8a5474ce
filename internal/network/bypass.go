package network

import (
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// bypassed reports whether a list of exceptions, as Windows and macOS keep it, names a host: names with * in them,
// networks, and <local> for names without a dot. The list is separated by commas or semicolons.
func bypassed(host, list string) bool {
	host = strings.ToLower(host)
	ip, notIP := netip.ParseAddr(host)
	for one := range strings.FieldsFuncSeq(strings.ToLower(list), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		if one == "<local>" && notIP != nil && !strings.Contains(host, ".") {
			return true
		}
		if notIP == nil && inNetwork(ip, one) {
			return true
		}
		if _, rest, has := strings.Cut(one, "://"); has {
			one = rest
		}
		if matched, err := path.Match(one, host); err == nil && matched {
			return true
		}
		if strings.HasPrefix(one, ".") && strings.HasSuffix(host, one) {
			return true
		}
	}
	return false
}

// inNetwork reports whether an address is in a network, which macOS may write short: 169.254/16.
func inNetwork(ip netip.Addr, text string) bool {
	base, bits, has := strings.Cut(text, "/")
	if !has {
		return false
	}
	for strings.Count(base, ".") < 3 && !strings.Contains(base, ":") {
		base += ".0"
	}
	network, err := netip.ParsePrefix(base + "/" + bits)
	return err == nil && network.Contains(ip.Unmap())
}

// proxyIn finds the proxy for a scheme among those of Windows' settings: one for each, or one under "" for all.
func proxyIn(by map[string]string, scheme string) *url.URL {
	found, ok := by[scheme]
	if !ok {
		found = by[""]
	}
	return firstProxy(found)
}

// firstProxy reads the first of a script's answers: host:port, or a kind and host:port as scripts write it.
func firstProxy(text string) *url.URL {
	first, _, _ := strings.Cut(text, ";")
	kind, host, two := strings.Cut(strings.TrimSpace(first), " ")
	if !two {
		kind, host = "", kind
	}
	scheme := map[string]string{"": "http", "PROXY": "http", "HTTP": "http", "HTTPS": "https", "SOCKS": "socks5", "SOCKS5": "socks5"}[strings.ToUpper(kind)]
	host = strings.TrimSpace(host)
	if host == "" || scheme == "" || strings.EqualFold(host, "DIRECT") {
		return nil
	}
	if !strings.Contains(host, "://") {
		host = scheme + "://" + host
	}
	if !isProxy(host) {
		return nil
	}
	u, err := url.Parse(host)
	if err != nil {
		return nil
	}
	return u
}
