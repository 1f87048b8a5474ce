package signer

import (
	"crypto/x509"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"waybill/internal/network"
)

// httpClient is the client of everything that a profile's settings are about: stores, STS, SSO, signing in. Its transport
// is what uploads go by, too.
func httpClient(settings map[string]string) (*awshttp.BuildableClient, error) {
	roots, err := trusted(CABundle(settings["ca_bundle"]))
	if err != nil {
		return nil, err
	}
	return clientOf(roots), nil
}

func clientOf(roots *x509.CertPool) *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { network.Here().Apply(t, roots) })
}

// NewTransport is a transport for what no profile is about, such as the list of versions: it takes the same proxies, and
// trusts AWS_CA_BUNDLE too. The error is a *CABundleError.
func NewTransport() (*http.Transport, error) {
	roots, err := trusted(CABundle(""))
	if err != nil {
		return nil, err
	}
	return network.Transport(roots), nil
}

// transportOf takes the SDK's own transport, so that proxies and trust hold for uploads as they hold for the SDK's calls.
func transportOf(cfg aws.Config) *http.Transport {
	if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		return b.GetTransport()
	}
	return network.Transport(nil)
}

// directClient is the SDK's client of a configuration without its proxies, for the agent of a container and the metadata
// of an instance: they are asked on the wire, whatever the address.
func directClient(cfg aws.Config) aws.HTTPClient {
	client, ok := cfg.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		return cfg.HTTPClient
	}
	return client.WithTransportOptions(func(t *http.Transport) { t.Proxy = nil })
}

// CABundle is the file of certificates that are trusted besides the system's: AWS_CA_BUNDLE, else what the profile names.
func CABundle(profiles string) string {
	if path := os.Getenv("AWS_CA_BUNDLE"); path != "" {
		return path
	}
	return profiles
}

// trusted is what the system trusts, and the certificates of a file; nil is the system alone.
func trusted(bundle string) (*x509.CertPool, error) {
	if bundle == "" {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	return pool, TrustFile(pool, bundle)
}
