package signer

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Outside is a signer for the same store at another address: a public name for one that is uploaded to by an inside one.
// The host is part of what is signed, so a link works only at the address that it was signed for. Credentials, region and
// clock are shared; buckets stand in path or host as the profile says for its endpoint. An empty endpoint is the signer
// itself; what is no http(s) URL, and plain http to another machine without allowHTTP, is ErrEndpoint and ErrPlainHTTP.
func (s *Signer) Outside(endpoint string, allowHTTP bool) (*Signer, error) {
	if endpoint == "" {
		return s, nil
	}
	if err := checkEndpoint(endpoint, allowHTTP); err != nil {
		return nil, err
	}
	if have, ok := s.outside.Load(endpoint); ok {
		return have.(*Signer), nil
	}
	client := s3.New(s.client.Options(), func(o *s3.Options) {
		o.BaseEndpoint = aws.String(endpoint)
		o.UsePathStyle = !s.virtual
		// These are other addresses of AWS's own.
		o.UseAccelerate = false
		o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateUnset
		o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateUnset
	})
	made := &Signer{
		profile: s.profile, region: s.region, client: client, transport: s.transport, credentials: s.credentials, way: s.way,
		v4: s.v4, now: s.now, skew: s.skew, virtual: s.virtual,
		store: s.store, regions: s.regions, asking: s.asking, asked: s.asked, arnRegion: s.arnRegion, attempts: s.attempts, payer: s.payer,
	}
	have, _ := s.outside.LoadOrStore(endpoint, made)
	return have.(*Signer), nil
}

// Host is the host at which a bucket's requests arrive, without a port.
func (s *Signer) Host(ctx context.Context, bucket string) (string, error) {
	at, err := s.where(ctx, bucket)
	if err != nil {
		return "", err
	}
	return at.url.Hostname(), nil
}
