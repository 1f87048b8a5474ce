package desk

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"strings"

	"waybill/internal/network"
	"waybill/signer"
)

// network is which proxies hold, and whose certificates are trusted. Nothing is asked but the system.
func (x *examiner) network(context.Context) {
	proxies := network.Here()
	for _, name := range proxies.Wrong() {
		x.wrong(trouble("ProxyAddress", args{"Variable": name}, nil))
		x.sayf("wrong", "%s is no address", name)
	}
	ask := []struct{ name, address string }{{"proxy for https", "https://s3.amazonaws.com/"}, {"proxy for http", "http://s3.amazonaws.com/"}}
	if x.d != nil && x.d.CanUpdate() {
		ask = append(ask, struct{ name, address string }{"proxy for newer versions", x.d.updates.URL})
	}
	for _, a := range ask {
		if u, err := url.Parse(a.address); err == nil {
			x.say(a.name, wayTo(proxies, u))
		}
	}
	bundle := signer.CABundle("")
	if bundle == "" {
		x.say("certificates", "those that the system trusts")
		return
	}
	if err := signer.TrustFile(x509.NewCertPool(), bundle); err != nil {
		x.fails("certificates", explain(err, scene{}))
		return
	}
	x.sayf("certificates", "those that the system trusts, and %d in %s", certificatesIn(bundle), bundle)
}

// wayTo says how a request goes.
func wayTo(proxies *network.Proxies, u *url.URL) string {
	via, err := proxies.For(u)
	switch {
	case err != nil:
		return err.Error()
	case via.Proxy == nil:
		return "none"
	case via.From == network.System:
		return fmt.Sprintf("%s (the system's settings)", via.Host())
	}
	text := fmt.Sprintf("%s (%s", via.Host(), via.From)
	if via.Proxy.User != nil {
		text += ", with a user name"
	}
	return text + ")"
}

// certificatesIn counts the certificates of a file.
func certificatesIn(path string) (n int) {
	data, _ := os.ReadFile(path) // #nosec G304 -- the person's own setting; it was read before
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, "CERTIFICATE") {
			n++
		}
	}
	return n
}
