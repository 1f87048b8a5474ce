// Package bucket asks a store things: which buckets there are, what is in them, what an object is like. It
// uses the SDK's own client, with the credentials that the signer holds; it carries no file.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// ErrNotAStore says that the answer was a success, and not S3's: a network's login page says 200 to everything.
var ErrNotAStore = errors.New("the answer is not an S3 store's")

// Named is a bucket in a store's list.
type Named struct{ Name, Region string } // Region is "" where the store does not say

// List names the buckets that the client may list, in the store's order. Many may list none and use one all
// the same.
func List(ctx context.Context, c *s3.Client) ([]Named, error) {
	var names []Named
	pages := s3.NewListBucketsPaginator(c, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return names, fmt.Errorf("list the buckets: %w", err)
		}
		if isPage(page.ResultMetadata) {
			return names, fmt.Errorf("list the buckets: %w", ErrNotAStore)
		}
		for _, b := range page.Buckets {
			names = append(names, Named{aws.ToString(b.Name), aws.ToString(b.BucketRegion)})
		}
	}
	return names, nil
}

// Prefixes names the folders directly below a prefix, each with the prefix and a trailing slash: those of a first page, which are
// for choosing from.
func Prefixes(ctx context.Context, c *s3.Client, bucket, prefix string) ([]string, error) {
	page, err := Objects(ctx, c, bucket, prefix, "")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(page.Lines))
	for _, l := range page.Lines {
		if l.Folder {
			names = append(names, l.Key)
		}
	}
	return names, nil
}

// Upload is a multipart upload that was started and is neither put together nor removed.
type Upload struct {
	Key, ID string
	Started time.Time
}

// Uploads finds the unfinished multipart uploads below a prefix. MinIO takes a prefix for a whole key, and lists all only
// where it is asked for all; so where nothing is below a prefix, a store that is not AWS is asked for that too.
func Uploads(ctx context.Context, c *s3.Client, bucket, prefix string) ([]Upload, error) {
	list, err := uploads(ctx, c, bucket, prefix)
	if err != nil || len(list) > 0 || prefix == "" || c.Options().BaseEndpoint == nil {
		return list, err
	}
	if all, err := uploads(ctx, c, bucket, ""); err == nil { // else what the store said first holds
		list = slices.DeleteFunc(all, func(u Upload) bool { return !strings.HasPrefix(u.Key, prefix) })
	}
	return list, nil
}

func uploads(ctx context.Context, c *s3.Client, bucket, prefix string) ([]Upload, error) {
	var list []Upload
	pages := s3.NewListMultipartUploadsPaginator(c, &s3.ListMultipartUploadsInput{Bucket: aws.String(bucket), Prefix: aws.String(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return list, fmt.Errorf("list the unfinished uploads in s3://%s/%s: %w", bucket, prefix, err)
		}
		if isPage(page.ResultMetadata) {
			return list, fmt.Errorf("list the unfinished uploads in s3://%s/%s: %w", bucket, prefix, ErrNotAStore)
		}
		for _, u := range page.Uploads {
			list = append(list, Upload{Key: aws.ToString(u.Key), ID: aws.ToString(u.UploadId), Started: aws.ToTime(u.Initiated)})
		}
	}
	return list, nil
}

// Object is what a store says of one object.
type Object struct {
	Size        int64 // bytes
	ContentType string
	ETag        string // with its quotes
	CRC64NVME   string // base64; "" when the store has none
	Disposition string // Content-Disposition as whoever put it there has said it
	Modified    time.Time
	Date        time.Time // the store's clock; zero when the answer has none
	// What Object Lock says, where the client may see it: nobody removes this version before the one, nor while the other.
	LockedUntil time.Time // zero: there is no retention
	LegalHold   bool
}

// Head looks at one object.
func Head(ctx context.Context, c *s3.Client, bucket, key string) (Object, error) {
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil {
		return Object{}, fmt.Errorf("look at s3://%s/%s: %w", bucket, key, err)
	}
	if aws.ToString(h.ETag) == "" {
		return Object{}, fmt.Errorf("look at s3://%s/%s: %w", bucket, key, ErrNotAStore)
	}
	return Object{
		Size: aws.ToInt64(h.ContentLength), ContentType: aws.ToString(h.ContentType), ETag: aws.ToString(h.ETag),
		CRC64NVME: aws.ToString(h.ChecksumCRC64NVME), Disposition: aws.ToString(h.ContentDisposition), Modified: aws.ToTime(h.LastModified),
		Date:        dateOf(h.ResultMetadata),
		LockedUntil: aws.ToTime(h.ObjectLockRetainUntilDate), LegalHold: h.ObjectLockLegalHoldStatus == types.ObjectLockLegalHoldStatusOn,
	}, nil
}

// dateOf is what the store's clock said when it answered.
func dateOf(m middleware.Metadata) time.Time {
	date, _ := awsmiddleware.GetServerTime(m)
	return date
}

// isPage reports whether an answer that should have been S3's XML was a web page, in which the SDK finds an empty
// list.
func isPage(m middleware.Metadata) bool {
	answer, ok := awsmiddleware.GetRawResponse(m).(*smithyhttp.Response)
	return ok && strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html")
}
