package desk

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"waybill/signer"
)

// LinkEndpoint is the address at which others reach a store: a public name for one that is uploaded to by an inside one.
// Links are signed for it and tried through it. The zero value is the store's own address.
type LinkEndpoint struct {
	URL       string `json:"url,omitempty"`        // http or https, with a port and a path where it has these
	AllowHTTP bool   `json:"allow_http,omitempty"` // the person's word that plain http to others is fine
}

// BucketLinkEndpoint is the link endpoint of one bucket. It is not a folder's: what answers in a store's place sees
// requests for a bucket, and no folder has a host of its own.
type BucketLinkEndpoint struct {
	Store  Store  `json:"store"`
	Bucket string `json:"bucket"`
	LinkEndpoint
}

// ParseLinkEndpoint reads a link endpoint as a person writes it; "" is the store's own. Anything but an http(s) URL, and
// plain http to others without a word for it, is a *Trouble.
func ParseLinkEndpoint(text string, allowHTTP bool) (LinkEndpoint, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return LinkEndpoint{}, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		visible(text) != text {
		return LinkEndpoint{}, trouble("LinkEndpointWrong", nil, nil)
	}
	if u.Host, err = asBrowsersSay(u); err != nil {
		return LinkEndpoint{}, trouble("LinkEndpointWrong", nil, err)
	}
	if u.Scheme == "http" && !allowHTTP && !signer.Loopback(u.Hostname()) {
		return LinkEndpoint{}, trouble("LinkEndpointHTTP", args{"Host": u.Host}, nil)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return LinkEndpoint{URL: u.String(), AllowHTTP: allowHTTP && u.Scheme == "http"}, nil
}

// asBrowsersSay writes a URL's host as a browser sends it (https://url.spec.whatwg.org/#host-parsing): in small letters,
// in ASCII, and without the port that its scheme has anyway. What is signed is what is sent, so another writing of the same
// host would be signed for nobody.
func asBrowsersSay(u *url.URL) (string, error) {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if !strings.Contains(host, ":") { // no IPv6 address
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil && !isASCII(host) {
			return "", err
		}
		if err == nil {
			host = ascii
		}
	}
	switch {
	case port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme]:
		return net.JoinHostPort(host, port), nil
	case strings.Contains(host, ":"):
		return "[" + host + "]", nil
	}
	return host, nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// LinkEndpointOf is the link endpoint that is remembered for a bucket; the zero value where there is none.
func (s Settings) LinkEndpointOf(store Store, bucket string) LinkEndpoint {
	at := slices.IndexFunc(s.LinkEndpoints, func(e BucketLinkEndpoint) bool { return e.Bucket == bucket && e.Store.same(store) })
	if at < 0 {
		return LinkEndpoint{}
	}
	return s.LinkEndpoints[at].LinkEndpoint
}

// CheckProfile says that a store's profile is not there, or returns nil: what is remembered for it would never hold.
func CheckProfile(store Store) error {
	if store.Sandbox || store.Profile == "" {
		return nil
	}
	known, err := signer.Profiles()
	if slices.ContainsFunc(known, func(p signer.Profile) bool { return p.Name == store.Profile }) {
		return nil
	}
	if err == nil {
		err = &signer.NoProfileError{Name: store.Profile}
	}
	return explain(err, scene{store: store})
}

// SetLinkEndpoint remembers the link endpoint of a bucket, after a look at it; the zero one is forgotten.
func (d *Desk) SetLinkEndpoint(store Store, bucket string, e LinkEndpoint) error {
	if err := CheckBucket(bucket); err != nil {
		return err
	}
	e, err := ParseLinkEndpoint(e.URL, e.AllowHTTP)
	if err != nil {
		return err
	}
	if _, point, _ := signer.ParseAccessPoint(bucket); point && e.URL != "" {
		return trouble("AccessPointHere", args{"Bucket": bucket}, signer.ErrAccessPointHere)
	}
	if e != (LinkEndpoint{}) { // what was set for a profile that is gone can be forgotten
		if err := CheckProfile(store); err != nil {
			return err
		}
	}
	return d.changeSettings(func(s *Settings) {
		s.LinkEndpoints = slices.DeleteFunc(slices.Clone(s.LinkEndpoints), func(one BucketLinkEndpoint) bool {
			return one.Bucket == bucket && one.Store.same(store)
		})
		if e != (LinkEndpoint{}) {
			s.LinkEndpoints = append(s.LinkEndpoints, BucketLinkEndpoint{store, bucket, e})
		}
	})
}

// linkEndpoint is what was chosen, or what is remembered for the bucket.
func (d *Desk) linkEndpoint(chosen *LinkEndpoint, store Store, bucket string) LinkEndpoint {
	if chosen != nil {
		return *chosen
	}
	return d.Settings().LinkEndpointOf(store, bucket)
}

// check says what is wrong with a link endpoint that was chosen, nil for one that can be used.
func (e *LinkEndpoint) check() error {
	if e == nil {
		return nil
	}
	_, err := ParseLinkEndpoint(e.URL, e.AllowHTTP)
	return err
}

// recordedAt is a link endpoint that stands in the ledger: whoever has had it signed for has allowed it.
func recordedAt(address string) LinkEndpoint {
	return LinkEndpoint{URL: address, AllowHTTP: strings.HasPrefix(address, "http:")}
}

// host names the link endpoint to a person.
func (e LinkEndpoint) host() string {
	if u, err := url.Parse(e.URL); err == nil {
		return u.Host
	}
	return e.URL
}

// trouble says why a link that leads to the link endpoint did not open, nil where that has another reason than
// the endpoint. t is what its try has come to.
func (e LinkEndpoint) trouble(name string, err error, t *Trouble) *Trouble {
	if e.URL == "" || err == nil || t == nil {
		return nil
	}
	a := args{"Name": name, "Host": e.host()}
	switch code := t.Code; {
	case isOfCertificate(code):
		return trouble("LinkEndpointCertificate", a, err)
	case isOfTLS(code):
		return trouble("LinkEndpointScheme", a, err)
	case isOfProxy(code):
		return trouble("LinkEndpointDown", a, err)
	}
	switch t.Code {
	case "NoSuchHost", "NameServer":
		return trouble("LinkEndpointHost", a, err)
	case "StoreDown", "TimedOut", "ConnectionLost", "Stalled", "NoRoute", "NoIPv6":
		return trouble("LinkEndpointDown", a, err)
	case "SignatureDoesNotMatch":
		return trouble("LinkRefusedHost", a, err)
	case "NoSuchKey", "NoSuchBucket", "NotAStore", "CaptivePortal", "InvalidAccessKeyId", "MethodNotAllowed", "PermanentRedirect":
		return trouble("LinkRefusedOther", a, err)
	}
	return nil
}

// usable reports whether a link endpoint that came from elsewhere is one.
func (e BucketLinkEndpoint) usable() bool {
	clean, err := ParseLinkEndpoint(e.URL, e.AllowHTTP)
	return err == nil && clean == e.LinkEndpoint && clean != LinkEndpoint{} && CheckBucket(e.Bucket) == nil && e.Store.readable()
}

// LinkReach is from where a link to a bucket would work if it were made now, and the host that it would lead to; a link
// endpoint's host comes with its port, where it names one. It may ask a name server.
func (d *Desk) LinkReach(ctx context.Context, store Store, bucket string) (Reach, string, error) {
	opened, err := d.open(ctx, store)
	if err != nil {
		return ReachUnknown, "", err
	}
	at := d.linkEndpoint(nil, store, bucket)
	outside, err := opened.Outside(at.URL, at.AllowHTTP)
	if err != nil {
		return ReachUnknown, "", explain(err, scene{store: store, bucket: bucket})
	}
	host, err := outside.Host(ctx, bucket)
	if err != nil {
		return ReachUnknown, "", explain(err, scene{store: store, bucket: bucket})
	}
	reach := d.reaches.of(ctx, host)
	if at.URL != "" {
		host = at.host()
	}
	return reach, host, nil
}
