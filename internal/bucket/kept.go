package bucket

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/signer"
)

// ErrTags says that a store has given all that an object has, but not its tags.
var ErrTags = errors.New("the tags cannot be read")

// Kept gives the settings that an object has in the store. Its ACL is none of them: reading it needs a permission that few
// have. The tags are another request, made if they are wanted; where they cannot be read, the rest comes with an ErrTags.
func Kept(ctx context.Context, c *s3.Client, bucket, key string, tags bool) (signer.ObjectSettings, error) {
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		return signer.ObjectSettings{}, fmt.Errorf("look at s3://%s/%s: %w", bucket, key, err)
	}
	if aws.ToString(h.ETag) == "" {
		return signer.ObjectSettings{}, fmt.Errorf("look at s3://%s/%s: %w", bucket, key, ErrNotAStore)
	}
	kept := signer.ObjectSettings{
		StorageClass: string(h.StorageClass), SSE: string(h.ServerSideEncryption), KMSKey: aws.ToString(h.SSEKMSKeyId),
		Metadata: h.Metadata, CacheControl: aws.ToString(h.CacheControl), Disposition: aws.ToString(h.ContentDisposition),
	}
	if kept.SSE == signer.SSEKMS {
		kept.BucketKey = h.BucketKeyEnabled
	}
	if !tags {
		return kept, nil
	}
	t, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		return kept, fmt.Errorf("read the tags of s3://%s/%s: %w: %w", bucket, key, ErrTags, err)
	}
	for _, tag := range t.TagSet {
		if kept.Tags == nil {
			kept.Tags = map[string]string{}
		}
		kept.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return kept, nil
}
