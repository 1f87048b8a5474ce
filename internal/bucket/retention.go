package bucket

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// Retention is how long a bucket's Object Lock keeps what is put there, unless a request says otherwise.
type Retention struct {
	Mode string // "GOVERNANCE" or "COMPLIANCE"; "" where nothing is kept by default
	Days int    // a year counts 365
}

// DefaultRetention asks how long a bucket keeps what is put there. A bucket, or a store, without Object Lock keeps nothing.
func DefaultRetention(ctx context.Context, c *s3.Client, bucket string) (Retention, error) {
	out, err := c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: aws.String(bucket)})
	var api smithy.APIError
	if errors.As(err, &api) && slices.Contains([]string{
		"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration", "NotImplemented", "MethodNotAllowed",
	}, api.ErrorCode()) {
		return Retention{}, nil
	}
	if err != nil {
		return Retention{}, fmt.Errorf("ask how long s3://%s keeps objects: %w", bucket, err)
	}
	if out.ObjectLockConfiguration == nil || out.ObjectLockConfiguration.Rule == nil || out.ObjectLockConfiguration.Rule.DefaultRetention == nil {
		return Retention{}, nil
	}
	r := out.ObjectLockConfiguration.Rule.DefaultRetention
	return Retention{Mode: string(r.Mode), Days: int(aws.ToInt32(r.Days)) + 365*int(aws.ToInt32(r.Years))}, nil
}

// DeleteVersion removes one version of an object, or a marker, for good.
func DeleteVersion(ctx context.Context, c *s3.Client, bucket, key, version string) error {
	_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), VersionId: aws.String(version)})
	if err != nil {
		return fmt.Errorf("delete a version of s3://%s/%s: %w", bucket, key, err)
	}
	return nil
}
