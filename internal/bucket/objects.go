package bucket

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Listed is a line of a bucket's list: an object, or a folder.
type Listed struct {
	Key      string // whole; a folder's ends with a slash
	Folder   bool
	Size     int64  // bytes
	ETag     string // with its quotes
	Modified time.Time
}

// Page is a part of a bucket's list.
type Page struct {
	Lines []Listed
	Next  string // asks for the page after; "" for the last
}

// Objects lists a thousand objects and folders directly below a prefix, which need not end with a slash: what
// begins with it is found. after is a Page's Next, or "" for the first.
func Objects(ctx context.Context, c *s3.Client, bucket, prefix, after string) (Page, error) {
	in := &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: aws.String(prefix), Delimiter: aws.String("/")}
	if after != "" {
		in.ContinuationToken = aws.String(after)
	}
	return list(ctx, c, in)
}

// All goes through every object below a prefix, folders included in their keys. After an error it ends.
func All(ctx context.Context, c *s3.Client, bucket, prefix string) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		in := &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: aws.String(prefix)}
		for {
			page, err := list(ctx, c, in)
			if err != nil {
				yield(Listed{}, err)
				return
			}
			for _, l := range page.Lines {
				if !yield(l, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			in.ContinuationToken = aws.String(page.Next)
		}
	}
}

func list(ctx context.Context, c *s3.Client, in *s3.ListObjectsV2Input) (Page, error) {
	doing := fmt.Sprintf("list s3://%s/%s", aws.ToString(in.Bucket), aws.ToString(in.Prefix))
	// S3 writes XML 1.0, which has no words for some characters that a key may have; so they come escaped.
	in.EncodingType = types.EncodingTypeUrl
	answer, err := c.ListObjectsV2(ctx, in)
	if err != nil {
		return Page{}, fmt.Errorf("%s: %w", doing, err)
	}
	if isPage(answer.ResultMetadata) {
		return Page{}, fmt.Errorf("%s: %w", doing, ErrNotAStore)
	}
	plain := aws.ToString
	if answer.EncodingType == types.EncodingTypeUrl {
		plain = func(s *string) string {
			if text, err := url.QueryUnescape(aws.ToString(s)); err == nil {
				return text
			}
			return aws.ToString(s)
		}
	}
	page := Page{Lines: make([]Listed, 0, len(answer.CommonPrefixes)+len(answer.Contents))}
	for _, p := range answer.CommonPrefixes {
		page.Lines = append(page.Lines, Listed{Key: plain(p.Prefix), Folder: true})
	}
	for _, o := range answer.Contents {
		key := plain(o.Key)
		if strings.HasSuffix(key, "/") && aws.ToInt64(o.Size) == 0 {
			continue // a console's sign that there is a folder
		}
		page.Lines = append(page.Lines, Listed{Key: key, Size: aws.ToInt64(o.Size), ETag: aws.ToString(o.ETag), Modified: aws.ToTime(o.LastModified)})
	}
	if aws.ToBool(answer.IsTruncated) {
		page.Next = aws.ToString(answer.NextContinuationToken)
	}
	return page, nil
}

// Versioned reports whether the bucket keeps what is deleted.
func Versioned(ctx context.Context, c *s3.Client, bucket string) (bool, error) {
	v, err := Versioning(ctx, c, bucket)
	return v == types.BucketVersioningStatusEnabled, err
}

// Versioning is what a bucket does with versions. "" is nothing, and never has; where they are suspended, a delete still
// leaves a marker.
func Versioning(ctx context.Context, c *s3.Client, bucket string) (types.BucketVersioningStatus, error) {
	v, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: aws.String(bucket)})
	if err != nil {
		return "", fmt.Errorf("ask whether s3://%s keeps versions: %w", bucket, err)
	}
	return v.Status, nil
}

// Delete removes an object. In a versioned bucket it only covers it, and marker is what Uncover takes away again.
func Delete(ctx context.Context, c *s3.Client, bucket, key string) (marker string, err error) {
	d, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		return "", fmt.Errorf("delete s3://%s/%s: %w", bucket, key, err)
	}
	if isPage(d.ResultMetadata) {
		return "", fmt.Errorf("delete s3://%s/%s: %w", bucket, key, ErrNotAStore)
	}
	if aws.ToBool(d.DeleteMarker) {
		return aws.ToString(d.VersionId), nil
	}
	return "", nil
}

// Uncover removes the marker that Delete has left, and with it brings the object back.
func Uncover(ctx context.Context, c *s3.Client, bucket, key, marker string) error {
	_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), VersionId: aws.String(marker)})
	if err != nil {
		return fmt.Errorf("bring s3://%s/%s back: %w", bucket, key, err)
	}
	return nil
}

// ErrDiffers says that what a store has copied is not what was there.
var ErrDiffers = errors.New("the copy differs")

// sourceOf is how a copy's source begins; an access point has its objects below a word of its own
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html).
func sourceOf(bucket string) string {
	if strings.HasPrefix(bucket, "arn:") {
		return bucket + "/object/"
	}
	return bucket + "/"
}

// Move gives an object another key. S3 has no such request: it copies, and deletes once the copy is there and as
// large. An object of over 5 GiB is refused by the store. The copy has the storage class, the encryption, the tags and the
// metadata of what it was made of; it has no ACL but the bucket's usual one.
func Move(ctx context.Context, c *s3.Client, bucket, from, to string) error {
	doing := fmt.Sprintf("rename s3://%s/%s to %s", bucket, from, to)
	before, err := Head(ctx, c, bucket, from)
	if err != nil {
		return err
	}
	segments := strings.Split(from, "/")
	for i, s := range segments {
		segments[i] = strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
	}
	kept, err := Kept(ctx, c, bucket, from, false)
	if err != nil {
		return err
	}
	in := &s3.CopyObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(to), CopySource: aws.String(sourceOf(bucket) + strings.Join(segments, "/")),
		// A copy has metadata and tags of what it is a copy of; these it has only when they are asked for.
		StorageClass: types.StorageClass(kept.StorageClass), ServerSideEncryption: types.ServerSideEncryption(kept.SSE), BucketKeyEnabled: kept.BucketKey,
	}
	if kept.KMSKey != "" {
		in.SSEKMSKeyId = aws.String(kept.KMSKey)
	}
	_, err = c.CopyObject(ctx, in)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	copied, err := Head(ctx, c, bucket, to)
	if err != nil {
		return err
	}
	if copied.Size != before.Size {
		return fmt.Errorf("%s: %d bytes of %d: %w", doing, copied.Size, before.Size, ErrDiffers)
	}
	_, err = Delete(ctx, c, bucket, from)
	return err
}
