// Package bucket asks a store things: which buckets there are, what is in them, what an object is like. It
// uses the SDK's own client, with the credentials that the signer holds; it carries no file.
package bucket

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// List names the buckets that the client may list, in the store's order. Many may list none and use one all
// the same.
func List(ctx context.Context, c *s3.Client) ([]string, error) {
	var names []string
	pages := s3.NewListBucketsPaginator(c, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return names, fmt.Errorf("list the buckets: %w", err)
		}
		for _, b := range page.Buckets {
			names = append(names, aws.ToString(b.Name))
		}
	}
	return names, nil
}

// Prefixes names the folders directly below a prefix, each with the prefix and a trailing slash, at most a
// thousand: they are for choosing from.
func Prefixes(ctx context.Context, c *s3.Client, bucket, prefix string) ([]string, error) {
	page, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
		Bucket: aws.String(bucket), Prefix: aws.String(prefix), Delimiter: aws.String("/"),
	})
	if err != nil {
		return nil, fmt.Errorf("list s3://%s/%s: %w", bucket, prefix, err)
	}
	names := make([]string, 0, len(page.CommonPrefixes))
	for _, p := range page.CommonPrefixes {
		names = append(names, aws.ToString(p.Prefix))
	}
	return names, nil
}

// Object is what a store says of one object.
type Object struct {
	Size        int64 // bytes
	ContentType string
	ETag        string // with its quotes
	CRC64NVME   string // base64; "" when the store has none
	Modified    time.Time
}

// Head looks at one object.
func Head(ctx context.Context, c *s3.Client, bucket, key string) (Object, error) {
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil {
		return Object{}, fmt.Errorf("look at s3://%s/%s: %w", bucket, key, err)
	}
	return Object{
		Size: aws.ToInt64(h.ContentLength), ContentType: aws.ToString(h.ContentType), ETag: aws.ToString(h.ETag),
		CRC64NVME: aws.ToString(h.ChecksumCRC64NVME), Modified: aws.ToTime(h.LastModified),
	}, nil
}
