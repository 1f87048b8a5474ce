package signer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
)

// defaultScope is what is asked for where an sso-session names no scopes: the credentials of its accounts.
const defaultScope = "sso:account:access"

// callback is where the browser comes back to, on this machine only (RFC 8252, section 7.3). The port is chosen anew each
// time, and is no part of what is registered.
const (
	callbackPath = "/oauth/callback"
	callbackHost = "127.0.0.1"
)

// errNoBrowser: this way does not lead anywhere on this machine; a code does.
var errNoBrowser = errors.New("no browser could be opened")

// byBrowser signs in with the authorization code grant and PKCE (RFC 7636) in the system's browser.
func (s *signingIn) byBrowser(ctx context.Context) (ssoToken, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp4", callbackHost+":0")
	if err != nil {
		return ssoToken{}, fmt.Errorf("%w: %w", errNoBrowser, err)
	}
	back := newCallback(listener)
	defer back.close()
	r, err := s.register(ctx, "http://"+callbackHost+callbackPath)
	if err != nil {
		if isCodeOf(err, "InvalidRequestException", "InvalidClientMetadataException", "InvalidRedirectUriException", "UnsupportedGrantTypeException") {
			err = fmt.Errorf("%w: %w", errNoBrowser, err) // a service that does not know this way
		}
		return ssoToken{}, err
	}
	verifier, redirect := rand.Text()+rand.Text(), "http://"+listener.Addr().String()+callbackPath
	address, err := s.authorizeURL(ctx, r, verifier, redirect, back.state)
	if err != nil {
		return ssoToken{}, err
	}
	if err := s.how.Open(ctx, address); err != nil {
		return ssoToken{}, fmt.Errorf("%w: %w", errNoBrowser, err)
	}
	s.show(SignInStep{URL: address, Opened: true})
	code, err := back.wait(ctx)
	if err != nil {
		return ssoToken{}, err
	}
	out, err := s.client.CreateToken(ctx, &ssooidc.CreateTokenInput{
		ClientId: aws.String(r.ClientID), ClientSecret: aws.String(r.ClientSecret), GrantType: aws.String(grantCode),
		Code: aws.String(code), CodeVerifier: aws.String(verifier), RedirectUri: aws.String(redirect),
	})
	if err != nil {
		return ssoToken{}, fmt.Errorf("exchange the code: %w", err)
	}
	return s.exchanged(r, out), nil
}

// authorizeURL is the page on which the person agrees. No operation of the service's describes it: it stands beside
// them.
func (s *signingIn) authorizeURL(ctx context.Context, r registration, verifier, redirect, state string) (string, error) {
	o := s.client.Options()
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(ctx, ssooidc.EndpointParameters{
		Region: aws.String(o.Region), Endpoint: o.BaseEndpoint,
		UseFIPS:      aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		UseDualStack: aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
	})
	if err != nil {
		return "", fmt.Errorf("find the page to sign in: %w", err)
	}
	challenge := sha256.Sum256([]byte(verifier))
	u := endpoint.URI
	u.Path = strings.TrimRight(u.Path, "/") + "/authorize"
	u.RawQuery = url.Values{
		"response_type": {"code"}, "client_id": {r.ClientID}, "redirect_uri": {redirect}, "state": {state},
		"scopes": {strings.Join(r.Scopes, " ")}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
	}.Encode()
	return u.String(), nil
}

// callback waits for the browser to come back.
type callback struct {
	server *http.Server
	state  string // which the browser has to bring along
	came   chan url.Values
}

func newCallback(l net.Listener) *callback {
	c := &callback{state: rand.Text(), came: make(chan url.Values, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+callbackPath, c.handle)
	c.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = c.server.Serve(l) }()
	return c
}

// close lets the page be read to its end first.
func (c *callback) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if c.server.Shutdown(ctx) != nil {
		_ = c.server.Close()
	}
}

func (c *callback) handle(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "close")
	// Any page in the browser can call this address. What does not know the state is not heard.
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1 {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, page("This is not the page that Waybill waits for", "Go back to Waybill and sign in again."))
		return
	}
	if q.Get("code") == "" {
		_, _ = io.WriteString(w, page("You are not signed in", "Close this page and go back to Waybill."))
	} else {
		_, _ = io.WriteString(w, page("You are signed in", "Close this page and go back to Waybill."))
	}
	select {
	case c.came <- q:
	default: // a page that was loaded twice
	}
}

func page(title, text string) string {
	return "<!doctype html><html lang=en><meta charset=utf-8><title>Waybill</title><h1>" + title + "</h1><p>" + text + "</p></html>\n"
}

// wait gives the code that the browser brings.
func (c *callback) wait(ctx context.Context) (string, error) {
	select {
	case q := <-c.came:
		if code := q.Get("code"); code != "" {
			return code, nil
		}
		return "", fmt.Errorf("%w (%s)", ErrSignInDenied, word(q.Get("error")))
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// word keeps what a browser brings from being more than a word of OAuth's.
func word(text string) string {
	if len(text) > 40 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "no reason given"
	}
	return text
}
