package desk

import (
	"errors"
	"net/http"
	"strings"

	"waybill/internal/network"
)

// ofProxy knows what a proxy on the way can do, and what can be wrong with its address.
func ofProxy(err error, a args) string {
	var address *network.AddressError
	if errors.As(err, &address) {
		a["Variable"] = address.Variable
		return "ProxyAddress"
	}
	var proxy *network.ProxyError
	if !errors.As(err, &proxy) {
		return ""
	}
	a["Proxy"], a["Status"] = proxy.Proxy, proxy.Status
	switch {
	case proxy.Status == http.StatusProxyAuthRequired && proxy.TakesPasswords():
		return "ProxyPassword"
	case proxy.Status == http.StatusProxyAuthRequired:
		a["Ways"] = strings.Join(proxy.Schemes, ", ")
		return "ProxySignOn"
	case proxy.Status >= http.StatusInternalServerError:
		return "ProxyCannotReach"
	case proxy.Status != 0:
		return "ProxyRefused"
	case errors.Is(err, network.ErrSilent), errors.Is(err, network.ErrHungUp):
		return "ProxySilent"
	}
	return "Proxy"
}

// isOfProxy reports whether a code is one of ofProxy's.
func isOfProxy(code string) bool { return strings.HasPrefix(code, "Proxy") }
