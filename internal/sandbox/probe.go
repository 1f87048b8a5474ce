package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/network"
)

// probe asks the server for the bucket, with a signed request: when that goes well, it is this server, it has
// these keys, and the bucket is there.
func (s state) probe(ctx context.Context) error {
	// One request, no proxy, and no connection left open behind it.
	transport := network.Direct()
	transport.DisableKeepAlives = true
	if s.Certificate != "" {
		pem, err := os.ReadFile(s.Certificate) // #nosec G304 -- named by whoever started the sandbox
		if err != nil {
			return fmt.Errorf("read its certificate: %w", err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	client := s3.New(s3.Options{
		Region: Region, BaseEndpoint: aws.String(s.endpoint()), UsePathStyle: true,
		Credentials:      credentials.NewStaticCredentialsProvider(s.AccessKeyID, s.SecretAccessKey, ""),
		HTTPClient:       &http.Client{Transport: transport},
		RetryMaxAttempts: 1,
	})
	_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(Bucket)})
	var owned *types.BucketAlreadyOwnedByYou
	var exists *types.BucketAlreadyExists
	if err == nil || errors.As(err, &owned) || errors.As(err, &exists) {
		return nil
	}
	return fmt.Errorf("make the bucket %q ready: %w", Bucket, err)
}
