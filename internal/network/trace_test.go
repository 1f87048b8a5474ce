package network_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"testing"
	"time"

	"waybill/internal/network"
)

// TestTimesOfARequest: each part that took place has its time, also through a proxy.
func TestTimesOfARequest(t *testing.T) {
	p, address, roots := behind(t)
	transport := network.Transport(roots)
	defer transport.CloseIdleConnections()
	get := func() network.Timing {
		t.Helper()
		ctx, watch := network.Watch(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: transport}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		return watch.Timing()
	}
	first := get()
	if first.Connect <= 0 || first.TLS <= 0 || first.Answer <= 0 || first.Total < first.Connect+first.TLS || first.Total > 10*time.Second || first.Reused ||
		first.Secure == nil || first.Secure.Version != tls.VersionTLS13 || len(first.Secure.PeerCertificates) == 0 ||
		!first.Answered.After(first.Ready) || !first.Halfway().After(first.Ready) || !first.Halfway().Before(first.Answered) {
		t.Errorf("%+v", first)
	}
	if second := get(); !second.Reused || second.Connect != 0 || second.TLS != 0 || second.Secure != nil || second.Answer <= 0 {
		t.Errorf("%+v", second)
	}
	if len(p.Seen()) != 1 {
		t.Error("the second request did not use the connection")
	}
}
