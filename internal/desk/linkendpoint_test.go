package desk_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// outside is a second address of a store: it takes requests for its own name only, and passes host and path on as they
// are, as a proxy in front of a store has to.
type outside struct {
	url    string
	served atomic.Int64
	client *http.Client
}

// startOutside stands in front of the store at inside, on localhost where that is on 127.0.0.1. With a certificate of
// the store's in ca, both speak https.
func startOutside(t *testing.T, inside, ca string) *outside {
	t.Helper()
	to, err := url.Parse(inside)
	if err != nil {
		t.Fatal(err)
	}
	o := &outside{client: http.DefaultClient}
	front := httptest.NewUnstartedServer(nil)
	name := "localhost:" + front.Listener.Addr().(*net.TCPAddr).AddrPort().String()[len("127.0.0.1:"):]
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if ca != "" {
		pool := x509.NewCertPool()
		pemBytes, err := os.ReadFile(ca)
		if err != nil {
			t.Fatal(err)
		}
		pool.AppendCertsFromPEM(pemBytes)
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	o.client = &http.Client{Transport: transport, Timeout: time.Minute}
	pass := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host // and Host stays as it came
		r.Out.Host = r.In.Host
	}}
	front.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != name {
			http.Error(w, "not my name", http.StatusMisdirectedRequest)
			return
		}
		o.served.Add(1)
		pass.ServeHTTP(w, r)
	})
	scheme := "http"
	if ca != "" {
		scheme = "https"
		pair, err := tls.LoadX509KeyPair(ca, filepath.Join(filepath.Dir(ca), "private.key"))
		if err != nil {
			t.Fatal(err)
		}
		front.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		front.StartTLS()
	} else {
		front.Start()
	}
	t.Cleanup(front.Close)
	t.Cleanup(transport.CloseIdleConnections)
	o.url = scheme + "://" + name
	return o
}

func (o *outside) get(t *testing.T, link string) (status int, body string, header http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := o.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text), resp.Header
}

func hostOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal("a link is none")
	}
	return u.Scheme + "://" + u.Host
}

// TestLinkEndpoint: what is handed to others leads to the bucket's link endpoint and works there, where a link for the
// store's own address does not; and it does so again when it is copied, renewed and signed anew by a desk that knows
// nothing of it but what the ledger has.
func TestLinkEndpoint(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) (inside, ca, bucket string){
		"sandbox": func(t *testing.T) (string, string, string) {
			atStore(t)
			return store.Endpoint(), "", sandbox.Bucket
		},
		"minio": func(t *testing.T) (string, string, string) {
			m := teststore.StartMinIO(t, false)
			minioProfile(t, m, m.Key, m.Secret, "", "")
			return m.Endpoint, "", teststore.Bucket
		},
		"minio https": func(t *testing.T) (string, string, string) {
			m := teststore.StartMinIO(t, true)
			minioProfile(t, m, m.Key, m.Secret, "", "")
			return m.Endpoint, m.CA, teststore.Bucket
		},
	} {
		t.Run(name, func(t *testing.T) {
			inside, ca, bucket := start(t)
			out := startOutside(t, inside, ca)
			home := t.TempDir()
			d := openDesk(t, desk.Options{Home: home})
			if err := d.SetLinkEndpoint(desk.Store{Profile: "default"}, bucket, desk.LinkEndpoint{URL: out.url + "/"}); err != nil {
				t.Fatal(err)
			}
			to := dest(t)
			to.Bucket = bucket
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.txt"), "the first")
			write(t, filepath.Join(dir, "b.txt"), "the second")
			list := send(t, d, to, desk.SendOptions{Expires: time.Hour, Bundle: true}, filepath.Join(dir, "a.txt"), filepath.Join(dir, "b.txt"))
			if len(list) != 3 {
				t.Fatalf("%d transfers", len(list))
			}
			works := func(what, link, body string) {
				t.Helper()
				if hostOf(t, link) != out.url {
					t.Errorf("%s leads to %s", what, hostOf(t, link))
				}
				if status, text, _ := out.get(t, link); status != http.StatusOK || !strings.Contains(text, body) {
					t.Errorf("%s: HTTP %d", what, status)
				}
			}
			for _, s := range list {
				if s.Trouble != nil || s.Link == nil || !s.Link.Verified || s.Link.At != out.url || s.Link.Reach != desk.ReachComputer {
					t.Fatalf("%s: %+v, %v", s.Name, s.Link, s.Trouble)
				}
			}
			if out.served.Load() < 3 {
				t.Error("the links were not tried through their endpoint")
			}
			works("the link", list[0].Link.URL, "the first")

			// A link for the inside address is refused there, and its signature by the store as well.
			own := d.LinkTo(t.Context(), desk.Store{}, bucket, list[0].Key, desk.SendOptions{LinkEndpoint: &desk.LinkEndpoint{}})
			if own.Link == nil || hostOf(t, own.Link.URL) != inside {
				t.Fatalf("%+v, %v", own.Link, own.Trouble)
			}
			if status, _, _ := out.get(t, strings.Replace(own.Link.URL, inside, out.url, 1)); status != http.StatusForbidden {
				t.Errorf("a link for the inside address: HTTP %d outside", status)
			}

			// The page, and the links on it.
			works("the page", list[2].Link.URL, "b.txt")
			_, page, _ := out.get(t, list[2].Link.URL)
			if inner := regexp.MustCompile(`https?://[^"/]+/`).FindAllString(page, -1); len(inner) < 2 {
				t.Error("the page has no links")
			} else {
				for _, link := range inner {
					if link != out.url+"/" {
						t.Errorf("the page leads to %s", link)
					}
				}
			}

			// Another desk that has the ledger, and nothing of the setting.
			if err := d.SetLinkEndpoint(desk.Store{}, bucket, desk.LinkEndpoint{}); err != nil {
				t.Fatal(err)
			}
			if s := d.Settings().LinkEndpoints; len(s) != 0 {
				t.Errorf("%+v is kept", s)
			}
			later := openDesk(t, desk.Options{Home: home})
			copied, err := later.CopyLink(t.Context(), list[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			works("the copied link", copied.URL, "the first")
			renewed := later.Renew(t.Context(), list[1].ID, 2*time.Hour, desk.VerifyAll)
			if renewed.Trouble != nil {
				t.Fatal(renewed.Trouble)
			}
			works("the renewed link", renewed.Link.URL, "the second")
			if again := later.Renew(t.Context(), list[2].ID, 2*time.Hour, desk.VerifyAll); again.Trouble != nil {
				t.Fatal(again.Trouble)
			} else {
				works("the renewed page", again.Link.URL, "b.txt")
			}
			home2 := later.RenewAllAt(t.Context(), &desk.LinkEndpoint{}, []string{list[0].ID}, time.Hour, desk.VerifyAll, nil)[0]
			if home2.Trouble != nil || hostOf(t, home2.Link.URL) != inside {
				t.Errorf("renewed for the store's own address: %+v, %v", home2.Link, home2.Trouble)
			}
			if e, err := later.Entry(t.Context(), list[0].ID); err != nil || e.LinkEndpoint != "" {
				t.Errorf("%q, %v", e.LinkEndpoint, err)
			}
			if e, err := later.Entry(t.Context(), list[1].ID); err != nil || e.LinkEndpoint != out.url || e.Reach != desk.ReachComputer {
				t.Errorf("%q, %q, %v", e.LinkEndpoint, e.Reach, err)
			}
		})
	}
}

// TestLinkEndpointOfARequest: all that a colleague uses leads there, also when it is signed again.
func TestLinkEndpointOfARequest(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	out := startOutside(t, m.Endpoint, "")
	home := t.TempDir()
	d := openDesk(t, desk.Options{Home: home})
	at := desk.LinkEndpoint{URL: out.url}
	for _, files := range []int{0, 2} {
		made, err := d.Request(t.Context(), desk.Destination{Bucket: teststore.Bucket, Prefix: "inbox/"}, desk.RequestOptions{Files: files, LinkEndpoint: &at})
		if err != nil {
			t.Fatal(err)
		}
		again, err := openDesk(t, desk.Options{Home: home}).Ways(t.Context(), made.Request.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []*desk.Ways{made, again} {
			if w.Trouble != nil || w.Reach != desk.ReachComputer {
				t.Errorf("%v, %q", w.Trouble, w.Reach)
			}
			text, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text)+string(w.HTML), strings.TrimPrefix(m.Endpoint, "http://")) {
				t.Error("something of it leads to the store's own address")
			}
			if status, page, _ := out.get(t, w.PageURL); status != http.StatusOK || !strings.Contains(page, out.url) {
				t.Errorf("the page: HTTP %d", status)
			}
			if files == 0 && (len(w.Posts) == 0 || !strings.HasPrefix(w.Posts[0].URL, out.url)) || files > 0 && len(w.Uploads) != files {
				t.Fatalf("%d forms, %d uploads", len(w.Posts), len(w.Uploads))
			}
		}
		if files == 0 {
			continue
		}
		up := again.Uploads[0]
		req, err := http.NewRequestWithContext(t.Context(), up.Method, up.URL, strings.NewReader("from outside"))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range up.Header {
			req.Header.Set(name, value)
		}
		resp, err := out.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("an upload through it: HTTP %d", resp.StatusCode)
		}
	}
}

// TestLinkEndpointThatFails: each way in which a link endpoint can be wrong is said in its own words, at once, and the
// file counts as sent.
func TestLinkEndpointThatFails(t *testing.T) {
	server := func(h http.HandlerFunc) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	inside, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	renaming := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(inside) }}) // which sets Host
	t.Cleanup(renaming.Close)
	tlsServer := httptest.NewTLSServer(http.NotFoundHandler())
	tlsServer.Config.ErrorLog = nil
	t.Cleanup(tlsServer.Close)
	var c net.ListenConfig
	closed, err := c.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down := "http://" + closed.Addr().String()
	_ = closed.Close()
	for code, endpoint := range map[string]string{
		"LinkRefusedHost":         renaming.URL,
		"LinkRefusedOther":        server(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>welcome</html>") }),
		"LinkEndpointDown":        down,
		"LinkEndpointHost":        "https://files.waybill.invalid",
		"LinkEndpointCertificate": tlsServer.URL,
		"LinkEndpointScheme":      strings.Replace(renaming.URL, "http:", "https:", 1),
	} {
		t.Run(code, func(t *testing.T) {
			d := newDesk(t, desk.Options{})
			path := filepath.Join(t.TempDir(), "a.txt")
			write(t, path, "a")
			began := time.Now()
			s := one(t, send(t, d, dest(t), desk.SendOptions{Expires: time.Hour, LinkEndpoint: &desk.LinkEndpoint{URL: endpoint}}, path))
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			if s.State != desk.Sent || desk.CodeOf(s.Trouble) != code || s.Link == nil || s.Link.Verified {
				t.Fatalf("%s, %v, %+v", s.State, s.Trouble, s.Link)
			}
			u, err := url.Parse(endpoint)
			if err != nil {
				t.Fatal(err)
			}
			if text := s.Trouble.What.String(); !strings.Contains(text, u.Host) || s.Trouble.Help.String() == "" {
				t.Errorf("%s", text)
			}
			if got := s.Refused(); got != strings.HasPrefix(code, "LinkRefused") {
				t.Errorf("refused: %v", got)
			}
		})
	}
}

func TestParseLinkEndpoint(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " https://files.example.com/ ": "https://files.example.com", //nolint:gocritic // as it is pasted
		"http://localhost:9000":              "http://localhost:9000",
		"https://files.example.com:8443/s3/": "https://files.example.com:8443/s3", "http://[::1]:9000": "http://[::1]:9000",
		// As a browser sends them, which is what the signature has to be for.
		"https://FILES.Example.com:443": "https://files.example.com", "http://LOCALHOST:80/S3": "http://localhost/S3", "https://localhost:80": "https://localhost:80",
		"https://Bücher.example": "https://xn--bcher-kva.example", "https://[2001:DB8::1]:443": "https://[2001:db8::1]", "https://my_files.example.com": "https://my_files.example.com",
		"http://①27.0.0.1": "http://127.0.0.1",
	} {
		if e, err := desk.ParseLinkEndpoint(text, false); err != nil || e.URL != want || e.AllowHTTP {
			t.Errorf("%q: %+v, %v", text, e, err)
		}
	}
	for text, code := range map[string]string{
		"files.example.com": "LinkEndpointWrong", "ftp://files.example.com": "LinkEndpointWrong", "https://": "LinkEndpointWrong",
		"https://me:secret@files.example.com": "LinkEndpointWrong", "https://files.example.com?x=1": "LinkEndpointWrong",
		"https://files.example.com#x": "LinkEndpointWrong", "http://files.example.com": "LinkEndpointHTTP", "http://10.0.0.1": "LinkEndpointHTTP",
		"https://bü\u200dcher.example": "LinkEndpointWrong",
	} {
		if _, err := desk.ParseLinkEndpoint(text, false); desk.CodeOf(err) != code {
			t.Errorf("%q: %v", text, err)
		}
	}
	// Nor is it taken where nobody has read it.
	d, plain := newDesk(t, desk.Options{}), &desk.LinkEndpoint{URL: "http://files.example.com"}
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	to := dest(t)
	sent := one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour}, path))
	_, asked := d.Request(t.Context(), to, desk.RequestOptions{LinkEndpoint: plain})
	for what, trouble := range map[string]*desk.Trouble{
		"send":    one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour, LinkEndpoint: plain}, path)).Trouble,
		"link":    d.LinkTo(t.Context(), to.Store, to.Bucket, sent.Key, desk.SendOptions{LinkEndpoint: plain}).Trouble,
		"renew":   d.RenewAllAt(t.Context(), plain, []string{sent.ID}, 0, desk.VerifyAll, nil)[0].Trouble,
		"bundle":  d.Bundle(t.Context(), to, desk.SendOptions{LinkEndpoint: plain}, "", sent.ID).Trouble,
		"request": desk.Explain(asked),
	} {
		if desk.CodeOf(trouble) != "LinkEndpointHTTP" {
			t.Errorf("%s: %v", what, trouble)
		}
	}
	if e, err := desk.ParseLinkEndpoint("http://files.example.com", true); err != nil || !e.AllowHTTP {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestLinkEndpointOfAnAccessPoint: there is none, which is said before anything is sent.
func TestLinkEndpointOfAnAccessPoint(t *testing.T) {
	isolate(t, "[default]\nregion = eu-central-1\n", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
	d := openDesk(t, desk.Options{})
	point := desk.Destination{Bucket: "arn:aws:s3:eu-central-1:111122223333:accesspoint:mine", Prefix: "a"}
	at := desk.LinkEndpoint{URL: "https://files.example.com"}
	if err := d.SetLinkEndpoint(point.Store, point.Bucket, at); code(err) != "AccessPointHere" {
		t.Errorf("remembered: %v", err)
	}
	if err := d.SetLinkEndpoint(point.Store, point.Bucket, desk.LinkEndpoint{}); err != nil {
		t.Errorf("forgotten: %v", err)
	}
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	for _, s := range send(t, d, point, desk.SendOptions{LinkEndpoint: &at}, path) {
		if s.State != desk.Failed || s.Trouble == nil || s.Trouble.Code != "AccessPointHere" {
			t.Errorf("sent: %s, %v", s.State, s.Trouble)
		}
	}
	if _, err := d.Request(t.Context(), point, desk.RequestOptions{LinkEndpoint: &at}); code(err) != "AccessPointHere" {
		t.Errorf("requested: %v", err)
	}
}

// TestReach: a link is said to work anywhere only where its host's name has public addresses, seen from here.
func TestReach(t *testing.T) {
	asked := map[string]int{}
	resolve := func(_ context.Context, host string) ([]netip.Addr, error) {
		asked[host]++
		known := map[string]string{
			"public.example.com": "203.0.113.7", "inner.example.com": "10.1.2.3", "here.example.com": "127.0.0.1",
			"six.example.com": "2606:2800:220:1::1", "unique.example.com": "fd12::1", "carrier.example.com": "100.64.3.4",
		}
		if host == "both.example.com" {
			return []netip.Addr{netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("192.168.1.1")}, nil
		}
		if known[host] == "" {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return []netip.Addr{netip.MustParseAddr(known[host])}, nil
	}
	d := newDesk(t, desk.Options{Resolve: resolve})
	to := dest(t)
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	s := one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour}, path))
	if s.Link.Reach != desk.ReachComputer {
		t.Errorf("the store's own address: %q", s.Link.Reach)
	}
	for host, want := range map[string]desk.Reach{
		"127.0.0.1": desk.ReachComputer, "[::1]": desk.ReachComputer, "localhost": desk.ReachComputer, "store.localhost": desk.ReachComputer,
		"0.0.0.0": desk.ReachComputer, "10.0.0.1": desk.ReachNetwork, "172.31.255.1": desk.ReachNetwork, "172.32.0.1": desk.ReachAnywhere,
		"192.168.0.9": desk.ReachNetwork, "169.254.3.4": desk.ReachNetwork, "100.127.0.1": desk.ReachNetwork, "100.128.0.1": desk.ReachAnywhere,
		"[fd00::1]": desk.ReachNetwork, "[fe80::1]": desk.ReachNetwork, "[2001:db8::1]": desk.ReachAnywhere, "[::ffff:10.0.0.1]": desk.ReachNetwork,
		"[64:ff9b::a00:1]": desk.ReachNetwork, "[64:ff9b::cb00:7107]": desk.ReachAnywhere,
		"nas": desk.ReachNetwork, "NAS.local": desk.ReachNetwork, "nas.home.arpa": desk.ReachNetwork, "minio.corp.internal": desk.ReachNetwork,
		"public.example.com": desk.ReachAnywhere, "inner.example.com": desk.ReachNetwork, "here.example.com": desk.ReachComputer,
		"six.example.com": desk.ReachAnywhere, "unique.example.com": desk.ReachNetwork, "carrier.example.com": desk.ReachNetwork,
		"both.example.com": desk.ReachNetwork, "nowhere.example.com": desk.ReachUnknown,
	} {
		for range 2 {
			made := d.RenewAllAt(t.Context(), &desk.LinkEndpoint{URL: "https://" + host + ":9000"}, []string{s.ID}, time.Hour, desk.VerifyNone, nil)[0]
			if made.Link == nil || made.Link.Reach != want {
				t.Errorf("%s: %+v, want %q", host, made.Link, want)
			}
		}
		if e, err := d.Entry(t.Context(), s.ID); err != nil || e.Reach != want {
			t.Errorf("the ledger has %q for %s, %v", e.Reach, host, err)
		}
		if asked[host] > 1 {
			t.Errorf("%s was looked up %d times", host, asked[host])
		}
	}
}

// TestReachDoesNotHold: a name server that does not answer holds no link for longer than a moment, and once only.
func TestReachDoesNotHold(t *testing.T) {
	d := newDesk(t, desk.Options{Resolve: func(ctx context.Context, _ string) ([]netip.Addr, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	began := time.Now()
	s := one(t, send(t, d, dest(t), desk.SendOptions{Expires: time.Hour, Verify: desk.VerifyNone, LinkEndpoint: &desk.LinkEndpoint{URL: "https://slow.example.com"}}, path))
	if took := time.Since(began); s.Link == nil || s.Link.Reach != desk.ReachUnknown || took > 5*time.Second {
		t.Errorf("%+v after %v", s.Link, took)
	}
}
