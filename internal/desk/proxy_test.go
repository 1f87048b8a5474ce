package desk_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/signer"
)

// passedOn is a trouble as a process passes it on.
type passedOn struct {
	Code, What, Help, Detail string
	WhatArgs, HelpArgs       map[string]any
}

// proxied is a process of its own that lists and sends, as its environment leads it: net/http looks at the environment's
// proxies once.
func proxied(ctx context.Context, home string) error {
	d, err := desk.Open(ctx, desk.Options{Home: home})
	if err != nil {
		return err
	}
	if key := os.Getenv("DESK_TEST_KEY"); key != "" {
		if err := d.SetDistribution("sandbox", signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net", KeyPairID: "K2JCJMDEHXQW5F", PrivateKey: key}); err != nil {
			return err
		}
	}
	path := filepath.Join(home, "a.txt")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		return err
	}
	var last desk.Transfer
	to, expires := desk.Destination{Bucket: os.Getenv("DESK_TEST_BUCKET"), Prefix: "proxied"}, time.Hour
	if os.Getenv("DESK_TEST_KEY") != "" {
		expires = 30 * 24 * time.Hour
	}
	for last = range d.Send(ctx, to, desk.SendOptions{Expires: expires, Verify: desk.VerifyAll}, []string{path}).Events() {
		continue
	}
	_, err = d.Prefixes(ctx, to)
	for _, t := range []*desk.Trouble{desk.Explain(err), last.Trouble} {
		if t == nil {
			t = &desk.Trouble{}
		}
		if err := json.NewEncoder(os.Stdout).Encode(passedOn{t.Code, t.What.ID, t.Help.ID, t.Detail, t.What.Args, t.Help.Args}); err != nil {
			return err
		}
	}
	return d.Close()
}

// behind has another process go through a proxy to AWS, and wants a list and a file to meet the same.
func behind(t *testing.T, proxy, row, holds string) {
	t.Helper()
	isolate(t, "[default]\nmax_attempts = 1\nregion = eu-central-1\n", "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
	for _, told := range behindProxy(t, proxy, "team-share") {
		words := told.What.String() + " " + told.Help.String()
		if code(told) != row || !strings.Contains(words, holds) {
			t.Errorf("%s: %s\n%s", told.Code, words, told.Detail)
		}
		if strings.Contains(words+told.Detail, "opensesame") {
			t.Errorf("the proxy's password is shown: %s\n%s", words, told.Detail)
		}
	}
}

// behindProxy gives what a list and a file have met in another process.
func behindProxy(t *testing.T, proxy, bucket string, more ...string) []*desk.Trouble {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "DESK_TEST_ROLE=proxied", "DESK_TEST_HOME="+t.TempDir(), "DESK_TEST_BUCKET="+bucket,
		"HTTPS_PROXY="+proxy, "NO_PROXY=", "https_proxy=", "no_proxy=")
	cmd.Env = append(cmd.Env, more...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	var met []*desk.Trouble
	for all := json.NewDecoder(bytes.NewReader(out)); all.More(); {
		var m passedOn
		if err := all.Decode(&m); err != nil {
			t.Fatal(err)
		}
		met = append(met, &desk.Trouble{Code: m.Code, What: desk.Text{ID: m.What, Args: m.WhatArgs}, Help: desk.Text{ID: m.Help, Args: m.HelpArgs}, Detail: m.Detail})
	}
	if len(met) != 2 {
		t.Fatalf("%s", out)
	}
	return met
}

// tunnels is a proxy that does what it is told with each CONNECT.
func tunnels(t *testing.T, do func(w http.ResponseWriter, r *http.Request)) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		do(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestProxiesThatRefuse(t *testing.T) {
	wantsPassword := tunnels(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") == "Basic YWxpY2U6cmlnaHQ=" { // alice:right
			t.Error("nobody has that password")
		}
		w.Header().Set("Proxy-Authenticate", `Basic realm="company"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	})
	t.Run("no password", func(t *testing.T) {
		behind(t, wantsPassword, "ProxyPassword", strings.TrimPrefix(wantsPassword, "http://"))
	})
	t.Run("a wrong password", func(t *testing.T) {
		behind(t, strings.Replace(wantsPassword, "://", "://alice:opensesame@", 1), "ProxyPassword", "does not accept those")
	})
	refuses := tunnels(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	t.Run("not to this host", func(t *testing.T) {
		behind(t, strings.Replace(refuses, "://", "://alice:opensesame@", 1), "ProxyRefused", strings.TrimPrefix(refuses, "http://"))
	})
	lost := tunnels(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	t.Run("not by the proxy either", func(t *testing.T) { behind(t, lost, "ProxyCannotReach", "amazonaws.com") })
	signsOn := tunnels(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", "NTLM")
		w.WriteHeader(http.StatusProxyAuthRequired)
	})
	t.Run("a sign-on", func(t *testing.T) { behind(t, signsOn, "ProxySignOn", "NTLM") })
	hangsUp := tunnels(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	t.Run("no answer", func(t *testing.T) {
		behind(t, hangsUp, "ProxySilent", strings.TrimPrefix(hangsUp, "http://"))
	})
	t.Run("down", func(t *testing.T) {
		var listen net.ListenConfig
		closed, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = closed.Close()
		behind(t, "http://alice:opensesame@"+closed.Addr().String(), "Proxy", closed.Addr().String())
	})
	t.Run("no such proxy", func(t *testing.T) {
		behind(t, "http://alice:opensesame@proxy.invalid:3128", "Proxy", "proxy.invalid")
	})
}

// TestProxyThatReadsAlong: a proxy that makes certificates for whatever host is asked for, as some companies have.
func TestProxyThatReadsAlong(t *testing.T) {
	behind(t, inspecting(t, newAuthority(t, "Example Corp Inspection"), http.NotFoundHandler()), "CertificateIntercepted", "Example Corp Inspection")
}

// TestDistributionThatRefuses: CloudFront's answer to a key pair that is in no key group of its
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html), by a proxy that
// answers in its place.
func TestDistributionThatRefuses(t *testing.T) {
	ours := newAuthority(t, "Ours")
	asked := 0
	proxy := inspecting(t, ours, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Host != "d111111abcdef8.cloudfront.net" || r.URL.Query().Get("Key-Pair-Id") == "" {
			t.Errorf("%s %s", r.Host, r.URL.Path)
		}
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>`)
	}))
	atStore(t)
	met := behindProxy(t, proxy, "sandbox", "DESK_TEST_KEY="+rsaKey(t), "AWS_CA_BUNDLE="+ours.file)
	if code(met[0]) != "" || code(met[1]) != "LinkRefusedDistribution" || asked != 1 {
		t.Errorf("%v, asked %d times", met, asked)
	}
}

// inspecting is a proxy with certificates of an authority's for every host, which answers in their place.
func inspecting(t *testing.T, by *authority, do http.Handler) (url string) {
	t.Helper()
	return tunnels(t, func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		conn, _, wrong := w.(http.Hijacker).Hijack()
		if err := errors.Join(err, wrong); err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = fmt.Fprint(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
		made := issue(t, by, func(c *x509.Certificate) { c.DNSNames = []string{host} })
		inside := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{made}, MinVersion: tls.VersionTLS12})
		asked, err := http.ReadRequest(bufio.NewReader(inside))
		if err != nil {
			return // whoever asks does not trust it
		}
		said := httptest.NewRecorder()
		do.ServeHTTP(said, asked)
		_ = said.Result().Write(inside)
	})
}
