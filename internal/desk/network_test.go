package desk_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"waybill/internal/courier"
	"waybill/internal/desk"
	"waybill/signer"
)

// nameServer answers every question about a name in one way, and is the one that this process asks until the test ends.
func nameServer(t *testing.T, says dnsmessage.RCode) {
	t.Helper()
	var listen net.ListenConfig
	server, err := listen.ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		question := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(question)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(question[:n]) != nil {
				continue
			}
			m.Response, m.RCode, m.RecursionAvailable, m.Additionals = true, says, true, nil
			if answer, err := m.Pack(); err == nil {
				_, _ = server.WriteTo(answer, from)
			}
		}
	}()
	resolving(t, "udp", server.LocalAddr().String())
}

// resolving has this process ask for names at an address until the test ends.
func resolving(t *testing.T, network, address string) {
	t.Helper()
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
}

// nowhere is an address to which no network leads: a multicast group has no connections
// (Linux: tcp_v4_connect and tcp_v6_connect in net/ipv4/tcp_ipv4.c and net/ipv6/tcp_ipv6.c).
const nowhere, nowhereIPv6 = "224.0.0.1", "[ff0e::1]"

func TestLookups(t *testing.T) {
	t.Run("no such name", func(t *testing.T) {
		nameServer(t, dnsmessage.RCodeNameError)
		meets(t, "https://store.example", "", "NoSuchHost", "store.example")
	})
	t.Run("the name server fails", func(t *testing.T) {
		nameServer(t, dnsmessage.RCodeServerFailure)
		meets(t, "https://store.example", "", "NameServer", "store.example")
	})
	t.Run("no network to the name server", func(t *testing.T) {
		resolving(t, "tcp", nowhere+":53")
		meets(t, "https://store.example", "", "NoRoute", "store.example")
	})
}

func TestRoutesToNowhere(t *testing.T) {
	meets(t, "https://"+nowhere, "", "NoRoute", nowhere)
	meets(t, "https://"+nowhereIPv6, "", "NoIPv6", nowhereIPv6)
	var listen net.ListenConfig
	closed, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	meets(t, "http://"+closed.Addr().String(), "", "StoreDown", closed.Addr().String())
}

// TestBrokenConnections: the other side takes the connection and resets it.
func TestBrokenConnections(t *testing.T) {
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1))
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}
	}()
	meets(t, "http://"+l.Addr().String(), "", "ConnectionLost", "broke")
}

// TestSilence: a store that takes the request and says nothing.
func TestSilence(t *testing.T) {
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(over); server.Close() })
	isolate(t, "[default]\nmax_attempts = 1\nendpoint_url = "+server.URL+"\n", "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
	d := openDesk(t, desk.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := d.Prefixes(ctx, desk.Destination{Bucket: "team-share"}); code(desk.Explain(err)) != "TimedOut" {
		t.Errorf("%v", err)
	}
	s, err := signer.Open(t.Context(), signer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := courier.New(s, courier.Options{Stall: 50 * time.Millisecond, Patience: time.Second})
	defer c.Close()
	if err := c.Probe(t.Context(), signer.Presigned{Method: http.MethodGet, URL: server.URL}); code(desk.Explain(err)) != "Stalled" || !errors.Is(err, courier.ErrStalled) {
		t.Errorf("%v", err)
	}
}

// TestStrangersAnswer: who answers in a store's place, and how.
func TestStrangersAnswer(t *testing.T) {
	const page = "<!DOCTYPE html><html><title>Hotel Wi-Fi</title></html>"
	html := map[string]string{"Content-Type": "text/html; charset=utf-8"}
	to := func(where string) map[string]string {
		return map[string]string{"Content-Type": "text/html", "Location": where}
	}
	for name, c := range map[string]struct {
		says answer
		row  string
	}{
		"a page with 200":                 {answer{status: 200, header: html, body: page}, "NotAStore"},
		"a page with 404":                 {answer{status: 404, header: html, body: page}, "NotAStore"},
		"a login page elsewhere":          {answer{status: 302, header: to("http://login.hotel.example/?from=x"), body: page}, "CaptivePortal"},
		"a login page elsewhere, 303":     {answer{status: 303, header: to("https://login.hotel.example/"), body: page}, "CaptivePortal"},
		"a login is needed (RFC 6585)":    {answer{status: 511, header: html, body: page}, "CaptivePortal"},
		"a path of its own":               {answer{status: 302, header: to("/login"), body: page}, "NotAStore"},
		"a gateway without its store":     {answer{status: 502, header: html, body: "<html><h1>502 Bad Gateway</h1></html>"}, "Gateway"},
		"a gateway that waits in vain":    {answer{status: 504, header: html, body: "<html><h1>504 Gateway Time-out</h1></html>"}, "Gateway"},
		"a proxy that wants a password":   {answer{status: 407, header: html, body: page}, "ProxyPassword"},
		"S3's own redirect":               {answer{status: 307, code: "TemporaryRedirect", header: map[string]string{"Location": "https://team-share.s3-eu-west-1.amazonaws.com/"}}, "PermanentRedirect"},
		"no words at all":                 {answer{status: 500, body: " "}, "InternalError"},
		"a store that is full":            {answer{status: 507, code: "SomethingOfItsOwn"}, "QuotaExceeded"},
		"a code that nobody has heard of": {answer{status: 400, code: "SomethingOfItsOwn", message: "The moon is full."}, "Refused"},
		"nothing but such a code":         {answer{status: 400, code: "SomethingOfItsOwn"}, "Refused"},
	} {
		t.Run(name, func(t *testing.T) {
			d, a := atAnswers(t)
			*a = c.says
			// The SDK follows a 307.
			if told := listing(d); c.says.status != http.StatusTemporaryRedirect && code(told) != c.row {
				t.Errorf("a list: %v", told)
			}
			if c.row == "InternalError" || c.row == "Gateway" {
				return // the courier tries these for a while
			}
			told := sending(t, d)
			if code(told) != c.row {
				t.Errorf("a file: %s\n%s", told, told.Detail)
			}
			if c.row == "Refused" && !strings.Contains(told.Error(), "The moon is full") && !strings.Contains(told.Error(), "SomethingOfItsOwn") {
				t.Errorf("%s", told)
			}
		})
	}
}

// TestNetworkLostForAWhile: once the store has answered, a lost network is waited for, and the wait has words.
func TestNetworkLostForAWhile(t *testing.T) {
	atStore(t)
	to := dest(t)
	gone, told := make(chan struct{}), make(chan struct{})
	to.Endpoint = tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.URL.Query().Has("partNumber") {
			select {
			case <-told: // the network is back
			case <-gone:
				_, _ = io.Copy(io.Discard, r.Body)
				panic(http.ErrAbortHandler)
			}
		}
		if isCreate(r) {
			defer close(gone)
		}
		pass(w)
	})
	d := openDesk(t, desk.Options{})
	path := t.TempDir() + "/big.bin"
	write(t, path, strings.Repeat("x", 11<<20))
	waited := false
	var last desk.Transfer
	for e := range d.Send(t.Context(), to, desk.SendOptions{PartSize: 5 << 20}, []string{path}).Events() {
		if last = e; e.Waiting != nil && !waited {
			waited = true
			if code(e.Waiting) != "NetworkLost" {
				t.Errorf("%v", e.Waiting)
			}
			close(told)
		}
	}
	if !waited || last.State != desk.Sent {
		t.Errorf("waited %v, then %s, %v", waited, last.State, last.Trouble)
	}
}
