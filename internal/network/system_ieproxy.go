//go:build windows || (darwin && cgo)

package network

import (
	"context"
	"net/url"
	"runtime"
	"sync"

	"github.com/mattn/go-ieproxy"
)

// asking is held while the library is asked: it keeps what it has read in variables of its own, without a lock.
var asking sync.Mutex //nolint:gochecknoglobals // it guards a library's own

// askSystem asks for the settings of Windows, or of macOS. They are read anew each time.
func askSystem(_ context.Context, u *url.URL) *url.URL {
	asking.Lock()
	defer asking.Unlock()
	conf := ieproxy.ReloadConf()
	if conf.Automatic.Active {
		if proxy := byScript(conf.Automatic, u); proxy != nil {
			return proxy
		}
	}
	if !conf.Static.Active || bypassed(u.Hostname(), conf.Static.NoProxy) {
		return nil
	}
	return proxyIn(conf.Static.Protocols, u.Scheme)
}

// byScript asks a PAC script, or the network for one. What macOS calls a proxy for https is not what the library looks
// for, so there the question is about http as well; scripts seldom tell them apart.
func byScript(script ieproxy.ProxyScriptConf, u *url.URL) *url.URL {
	found := script.FindProxyForURL(u.String())
	if found == "" && runtime.GOOS == "darwin" && u.Scheme == "https" {
		plain := *u
		plain.Scheme = "http"
		found = script.FindProxyForURL(plain.String())
	}
	return firstProxy(found)
}
