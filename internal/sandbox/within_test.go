package sandbox

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// TestWithin: a key that leads out of its folder is refused, whichever separator a file system takes, and one that is no
// UTF-8.
func TestWithin(t *testing.T) {
	for _, key := range []string{"in/../out", `in\..\out`, `in/..\out`, "./a", "..", "no utf-8 \xff"} {
		_, err := within{}.PutObject(t.Context(), s3response.PutObjectInput{Key: aws.String(key)})
		if !errors.Is(err, s3err.GetAPIError(s3err.ErrBadRequest)) {
			t.Errorf("%q: %v", key, err)
		}
	}
}
