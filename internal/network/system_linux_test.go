package network

import (
	"bufio"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// resolver stands in for the desktop's portal; what goes over the bus is as its documentation has it.
type resolver struct{ asked chan string }

// Lookup answers as GNOME's does.
func (r resolver) Lookup(uri string) ([]string, *dbus.Error) {
	r.asked <- uri
	switch {
	case strings.Contains(uri, "direct"):
		return []string{"direct://"}, nil
	case strings.Contains(uri, "socks"):
		return []string{"socks://proxy:1080", "direct://"}, nil
	}
	return []string{"http://proxy:3128", "direct://"}, nil
}

// TestTheDesktopsSettings, as its portal tells them over a real bus.
func TestTheDesktopsSettings(t *testing.T) {
	daemon := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = daemon.Wait() }) // its context is over by then
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	ask := func(text string) string {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		via, err := Here().For(u)
		if err != nil || via.Proxy == nil {
			return ""
		}
		return via.From + " " + via.Proxy.String()
	}
	for _, name := range []string{"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"} {
		t.Setenv(name, "")
	}
	if got := ask("https://x.test/"); got != "" {
		t.Errorf("without a portal: %s", got)
	}
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	r := resolver{make(chan string, 10)}
	if err := bus.Export(r, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.ProxyResolver"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	if got := ask("https://x.test/bucket/key?X-Amz-Signature=secret"); got != "system http://proxy:3128" {
		t.Errorf("%q", got)
	}
	if got := <-r.asked; got != "https://x.test/" {
		t.Errorf("the portal was asked about %s", got)
	}
	if got := ask("https://direct.test/"); got != "" {
		t.Errorf("%q", got)
	}
	if got := ask("https://socks.test/"); got != "system socks5://proxy:1080" {
		t.Errorf("%q", got)
	}
	t.Setenv("HTTPS_PROXY", "http://mine:1")
	if got := ask("https://x.test/"); got != "HTTPS_PROXY http://mine:1" {
		t.Errorf("%q", got)
	}
}
