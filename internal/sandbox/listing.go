package sandbox

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/gofiber/fiber/v3"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// Lists are XML 1.0, which cannot carry some characters that a key may have. So S3 escapes keys for those who ask with
// encoding-type=url (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). The gateway does not look at
// that: a file whose name has such a character would be listed under another one, and could never be fetched.

// escapes is under which a request remembers that it asks for escaped keys.
type escapes struct{}

// heedEncoding is the middleware that looks what a list is asked for; the backend is not told.
func heedEncoding(ctx fiber.Ctx) error {
	if ctx.Query("encoding-type") == string(types.EncodingTypeUrl) {
		ctx.RequestCtx().SetUserValue(escapes{}, true)
	}
	return ctx.Next()
}

// escaping gives what writes keys into the answer to this request, and what the answer says of it.
func escaping(ctx context.Context) (func(*string) *string, types.EncodingType) {
	if asked, _ := ctx.Value(escapes{}).(bool); !asked {
		return func(s *string) *string { return s }, ""
	}
	return func(s *string) *string {
		if s == nil {
			return nil
		}
		return aws.String(strings.ReplaceAll(url.QueryEscape(*s), "%2F", "/"))
	}, types.EncodingTypeUrl
}

// ListObjectsV2 lists with keys escaped where that was asked for. Its tokens hold keys, which they must carry as they are.
func (w within) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input) (s3response.ListObjectsV2Result, error) {
	given := in.ContinuationToken
	if aws.ToString(given) != "" {
		key, err := base64.RawURLEncoding.DecodeString(*given)
		if err != nil {
			return s3response.ListObjectsV2Result{}, s3err.GetAPIError(s3err.ErrInvalidRequest)
		}
		in.ContinuationToken = aws.String(string(key))
	}
	list, err := w.Posix.ListObjectsV2(ctx, in)
	if err != nil {
		return list, err
	}
	list.ContinuationToken = given
	if next := aws.ToString(list.NextContinuationToken); next != "" {
		list.NextContinuationToken = aws.String(base64.RawURLEncoding.EncodeToString([]byte(next)))
	}
	var escaped func(*string) *string
	escaped, list.EncodingType = escaping(ctx)
	list.Prefix, list.Delimiter, list.StartAfter = escaped(list.Prefix), escaped(list.Delimiter), escaped(list.StartAfter)
	escapeKeys(list.Contents, list.CommonPrefixes, escaped)
	return list, nil
}

// ListObjects is the older list.
func (w within) ListObjects(ctx context.Context, in *s3.ListObjectsInput) (s3response.ListObjectsResult, error) {
	list, err := w.Posix.ListObjects(ctx, in)
	if err != nil {
		return list, err
	}
	var escaped func(*string) *string
	escaped, list.EncodingType = escaping(ctx)
	list.Prefix, list.Delimiter, list.Marker, list.NextMarker = escaped(list.Prefix), escaped(list.Delimiter), escaped(list.Marker), escaped(list.NextMarker)
	escapeKeys(list.Contents, list.CommonPrefixes, escaped)
	return list, nil
}

func escapeKeys(objects []s3response.Object, folders []types.CommonPrefix, escaped func(*string) *string) {
	for i := range objects {
		objects[i].Key = escaped(objects[i].Key)
	}
	for i := range folders {
		folders[i].Prefix = escaped(folders[i].Prefix)
	}
}
