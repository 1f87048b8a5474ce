package update

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// within is how long looking may take altogether.
const within = 30 * time.Second

// Request is one look.
type Request struct {
	Source
	Transport http.RoundTripper // carries proxies and trust; nil is Go's own
	Now       time.Time
	// Seen is the newest version that a manifest has named before, "" for none: an older manifest is not believed.
	Seen string
	// Within bounds the look; 0 is half a minute.
	Within time.Duration
}

// StatusError is an answer that is neither the manifest nor its signature.
type StatusError struct{ Status int }

// Error implements error.
func (e *StatusError) Error() string {
	return fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))
}

// Fetch gets the manifest and believes it, or says why not. What it sends is two plain GET requests that say nothing of
// the person, the computer or the version.
func Fetch(ctx context.Context, r Request) (Manifest, error) {
	if r.Within == 0 {
		r.Within = within
	}
	ctx, cancel := context.WithTimeout(ctx, r.Within)
	defer cancel()
	if _, err := r.key(); err != nil {
		return Manifest{}, err
	}
	signed, err := r.get(ctx, r.URL, maxManifest)
	if err != nil {
		return Manifest{}, fmt.Errorf("get the manifest: %w", err)
	}
	signature, err := r.get(ctx, r.URL+".minisig", maxSignature)
	if err != nil {
		return Manifest{}, fmt.Errorf("get the manifest's signature: %w", err)
	}
	m, err := r.Open(signed, signature, r.Now)
	if err != nil {
		return Manifest{}, err
	}
	if r.Seen != "" && Compare(m.Version, r.Seen) < 0 {
		return Manifest{}, fmt.Errorf("%w: %s after %s", ErrOlder, m.Version, r.Seen)
	}
	return m, nil
}

// get reads one file whole.
func (r Request) get(ctx context.Context, address string, most int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || !safe(u) {
		return nil, ErrAddress
	}
	plain := u.Scheme == "http"
	client := &http.Client{
		Transport: r.Transport,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			req.Header.Del("Referer")
			if !safe(req.URL) || req.URL.Scheme == "http" && !plain {
				return ErrAddress
			}
			if len(via) >= 10 {
				return errors.New("redirected ten times")
			}
			return nil
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, ErrAddress
	}
	req.Header.Set("User-Agent", "Waybill")
	req.Header.Set("Accept-Encoding", "identity") // what is counted is what comes
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, &StatusError{resp.StatusCode}
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(data)) > most:
		return nil, ErrTooLarge
	}
	return data, nil
}

// safe reports whether nobody between can change or read what comes: https, or plain http within this computer.
func safe(u *url.URL) bool {
	host := u.Hostname()
	switch u.Scheme {
	case "https":
		return host != ""
	case "http":
		ip := net.ParseIP(host)
		return host == "localhost" || ip != nil && ip.IsLoopback()
	}
	return false
}
