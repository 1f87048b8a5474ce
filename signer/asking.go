package signer

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	smithyendpoints "github.com/aws/smithy-go/endpoints"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The SDK's client knows one region. What stands here makes it ask about each bucket in the bucket's own.

// withoutRedirects is a client that follows none: the SDK's own follows 307 and 308, with the signature.
func withoutRedirects(t *http.Transport) *http.Client {
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// asked is what a request of the SDK's client turned out to be about, and what its last answer has said of the region.
type asked struct {
	bucket, region string
	said           Elsewhere
}

type askedKey struct{}

// bucketsRegion resolves addresses for the region that a bucket is known to be in.
type bucketsRegion struct {
	s3.EndpointResolverV2
	signer *Signer
}

// ResolveEndpoint implements s3.EndpointResolverV2. The signature's region comes with the address.
func (b *bucketsRegion) ResolveEndpoint(ctx context.Context, p s3.EndpointParameters) (smithyendpoints.Endpoint, error) {
	bucket := aws.ToString(p.Bucket)
	point, isPoint, _ := ParseAccessPoint(bucket)
	switch {
	case isPoint && aws.ToBool(p.ForcePathStyle):
		return smithyendpoints.Endpoint{}, ErrAccessPointHere
	case isPoint && point.Partition != PartitionOf(b.signer.region):
		return smithyendpoints.Endpoint{}, ErrARNPartition
	case isPoint && !b.signer.arnRegion && point.Region != b.signer.region:
		return smithyendpoints.Endpoint{}, ErrARNRegion
	}
	if bucket != "" {
		region, _ := b.signer.regionOf(bucket)
		p.Region = &region
		if a, ok := ctx.Value(askedKey{}).(*asked); ok {
			a.bucket, a.region = bucket, region
		}
	}
	return b.EndpointResolverV2.ResolveEndpoint(ctx, p)
}

// relocating makes a request that was refused for its region once more, in the right one.
func (s *Signer) relocating(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("WaybillRelocates", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		about := &asked{}
		ctx = context.WithValue(ctx, askedKey{}, about)
		out, metadata, err := next.HandleInitialize(ctx, in)
		if err != nil && about.bucket != "" && s.Relocate(ctx, about.bucket, about.region, about.said) {
			out, metadata, err = next.HandleInitialize(ctx, in)
		}
		switch {
		case err == nil:
			s.Answered(Presigned{Bucket: about.bucket, Region: about.region})
		case about.said.Region != "":
			err = &ElsewhereError{about.said, err}
		}
		return out, metadata, err
	}), middleware.After)
}

// maxRefusal bounds what is read of a refusal, in bytes.
const maxRefusal = 64 << 10

// reading notes what a refusal says of regions, before the SDK reads it.
func reading(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("WaybillReads", func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		about, known := ctx.Value(askedKey{}).(*asked)
		if resp, ok := out.RawResponse.(*smithyhttp.Response); ok && known {
			about.said = Elsewhere{}
			if resp.StatusCode >= http.StatusMultipleChoices {
				body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal)) // what fails here fails the SDK too
				resp.Body = struct {
					io.Reader
					io.Closer
				}{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
				said, _ := ReadRefusal(body)
				about.said = said.Elsewhere(resp.StatusCode, resp.Header)
			}
		}
		return out, metadata, err
	}), middleware.After)
}

// What says that the requester pays (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ObjectsinRequesterPaysBuckets.html):
// a header, and a parameter of a URL that is signed. With the parameter, who opens a link sends nothing else, and the
// account that has signed it pays.
const (
	requestPayer  = "x-amz-request-payer"
	requesterPays = "requester"
)

// Pays reports whether requests about a bucket are signed as paid for by their signer.
func (s *Signer) Pays(bucket string) bool { return s.payer(bucket) }

// paying adds the header to requests about buckets that the person pays for.
func (s *Signer) paying(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("WaybillPays", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		about, known := ctx.Value(askedKey{}).(*asked)
		if req, ok := in.Request.(*smithyhttp.Request); ok && known && about.bucket != "" && s.payer(about.bucket) {
			req.Header.Set(requestPayer, requesterPays)
		}
		return next.HandleFinalize(ctx, in)
	}), "ResolveEndpointV2", middleware.After)
}
