package bucket

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Settings is what an object has besides its bytes, as the signer's ObjectSettings are what it was to get.
type Settings struct {
	StorageClass string // "" is STANDARD
	SSE          string
	KMSKey       string
	BucketKey    *bool // nil where the store says nothing of it
	Tags         map[string]string
	Metadata     map[string]string
	CacheControl string
	Disposition  string
	ACL          string // always "": reading it needs a permission that few have
}

// ErrTags says that a store has given all that an object has, but not its tags.
var ErrTags = errors.New("the tags cannot be read")

// Kept gives the settings that an object has in the store. The tags are another request, made if they are wanted; where they cannot be read, the rest comes with an ErrTags.
func Kept(ctx context.Context, c *s3.Client, bucket, key string, tags bool) (Settings, error) {
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		return Settings{}, fmt.Errorf("look at s3://%s/%s: %w", bucket, key, err)
	}
	if aws.ToString(h.ETag) == "" {
		return Settings{}, fmt.Errorf("look at s3://%s/%s: %w", bucket, key, ErrNotAStore)
	}
	kept := Settings{
		StorageClass: string(h.StorageClass), SSE: string(h.ServerSideEncryption), KMSKey: aws.ToString(h.SSEKMSKeyId),
		Metadata: h.Metadata, CacheControl: aws.ToString(h.CacheControl), Disposition: aws.ToString(h.ContentDisposition),
	}
	if h.ServerSideEncryption == types.ServerSideEncryptionAwsKms {
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
