package signer

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// place is where a bucket's objects are, and the region that requests there are signed for.
type place struct {
	url    *url.URL
	region string
}

// spot is what a place is remembered by: it is another one once the bucket's region is known.
type spot struct{ bucket, region string }

// where asks the SDK where a bucket is, once for each region: resolving costs more than signing.
func (s *Signer) where(ctx context.Context, bucket string) (place, error) {
	region, _ := s.regionOf(bucket)
	if p, ok := s.buckets.Load(spot{bucket, region}); ok {
		return p.(place), nil
	}
	p, err := s.resolve(ctx, bucket, region, s.accelerate)
	if err == nil {
		s.buckets.Store(spot{bucket, region}, p)
	}
	return p, err
}

func (s *Signer) resolve(ctx context.Context, bucket, region string, accelerate bool) (place, error) {
	o := s.client.Options()
	fips := o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled
	doing := func(err error) error { return fmt.Errorf("find the address of bucket %q: %w", bucket, err) }
	if accelerate && (isAccessPoint(bucket) || o.BaseEndpoint != nil || o.UsePathStyle || fips || strings.Contains(bucket, ".")) {
		return place{}, doing(ErrAcceleration)
	}
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(ctx, s3.EndpointParameters{
		Bucket:         aws.String(bucket),
		Region:         aws.String(region),
		Endpoint:       o.BaseEndpoint,
		ForcePathStyle: aws.Bool(o.UsePathStyle),
		Accelerate:     aws.Bool(accelerate),
		UseFIPS:        aws.Bool(fips),
		UseDualStack:   aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
		UseArnRegion:   aws.Bool(s.arnRegion),
	})
	if err != nil {
		return place{}, doing(err)
	}
	p := place{url: &endpoint.URI, region: region}
	p.url.Path, p.url.RawPath = strings.TrimRight(p.url.Path, "/"), ""
	ways, _ := smithyauth.GetAuthOptions(&endpoint.Properties)
	for _, way := range ways {
		if in, ok := smithyhttp.GetSigV4SigningRegion(&way.SignerProperties); ok && in != "" {
			p.region = in // of an access point, its own
		}
	}
	if p.url.Host == "" {
		return place{}, doing(errors.New("it has none"))
	}
	return p, nil
}
