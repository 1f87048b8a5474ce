package signer_test

import (
	"errors"
	"strings"
	"testing"

	"waybill/signer"
)

// TestAnEndpointsErrorHoldsNoKey: not of its query, and not where the scheme was forgotten, so that a name looks like one.
func TestAnEndpointsErrorHoldsNoKey(t *testing.T) {
	isolate(t, staticKeys, "")
	for endpoint, wanted := range map[string]error{
		"http://bob:PLANTED@x.test/?token=PLANTED#PLANTED": signer.ErrPlainHTTP, "bob:PLANTED@x.test:9000": signer.ErrEndpoint, "ftp://bob:PLANTED@x.test/?PLANTED": signer.ErrEndpoint,
		"https://x.test/?token=PLANTED": signer.ErrEndpointParts, "https://x.test#PLANTED": signer.ErrEndpointParts,
	} {
		if _, err := signer.Open(t.Context(), signer.Options{Endpoint: endpoint}); !errors.Is(err, wanted) || strings.Contains(err.Error(), "PLANTED") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}
