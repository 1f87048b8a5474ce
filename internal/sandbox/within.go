package sandbox

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// within is the gateway's backend, but for keys that S3 does not take and for those that name a way: "in/../out" is a file beside the folder "in", not in it.
// A form's policy that wants keys to begin with "in/" lets such a key pass, and the gateway only looks that it does not
// lead out of the bucket. S3 takes such a key for a name; a file system cannot, and that of Windows takes "\" for "/" too. Keys are UTF-8; a file system takes any bytes.
type within struct{ *posix.Posix }

// PutObject refuses such keys, and puts all others.
func (w within) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	if in.Key != nil && !utf8.ValidString(*in.Key) {
		return s3response.PutObjectOutput{}, s3err.GetAPIError(s3err.ErrBadRequest)
	}
	if in.Key != nil && slices.ContainsFunc(strings.FieldsFunc(*in.Key, isSeparator), func(s string) bool { return s == "." || s == ".." }) {
		return s3response.PutObjectOutput{}, s3err.GetAPIError(s3err.ErrBadRequest)
	}
	return w.Posix.PutObject(ctx, in)
}

func isSeparator(r rune) bool { return r == '/' || r == '\\' }
