package sandbox_test

import (
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/sandbox"
)

// TestListsEscapeKeys: XML cannot carry every key, so lists escape them for those who ask; one page after the other, and
// what is listed can be fetched.
func TestListsEscapeKeys(t *testing.T) {
	s := start(t, t.TempDir())
	c := client(s, s.Keys().SecretAccessKey)
	escape, bell := "\x1b", "\x07"
	if runtime.GOOS == "windows" { // whose files cannot be called so
		escape, bell = "ä", "ö"
	}
	keys := []string{"odd/a" + escape + "b", "odd/a b+c%d", "odd/" + bell + "/é", "plain"}
	for _, k := range keys {
		if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String(k), Body: strings.NewReader(k)}); err != nil {
			t.Fatalf("%q: %v", k, err)
		}
	}
	plain := func(escaped *string) string {
		t.Helper()
		key, err := url.QueryUnescape(aws.ToString(escaped))
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	var got []string
	in := &s3.ListObjectsV2Input{Bucket: aws.String(sandbox.Bucket), MaxKeys: aws.Int32(1), EncodingType: types.EncodingTypeUrl}
	for {
		page, err := c.ListObjectsV2(t.Context(), in)
		if err != nil || page.EncodingType != types.EncodingTypeUrl || len(got) > len(keys) {
			t.Fatalf("%+v, %v, after %q", page, err, got)
		}
		for _, o := range page.Contents {
			got = append(got, plain(o.Key))
		}
		if !aws.ToBool(page.IsTruncated) {
			break
		}
		in.ContinuationToken = page.NextContinuationToken
	}
	slices.Sort(got)
	if want := slices.Sorted(slices.Values(keys)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, k := range got {
		if _, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String(k)}); err != nil {
			t.Errorf("%q: %v", k, err)
		}
	}
	old, err := c.ListObjects(t.Context(), &s3.ListObjectsInput{
		Bucket: aws.String(sandbox.Bucket), Prefix: aws.String("odd/"), Delimiter: aws.String("/"), EncodingType: types.EncodingTypeUrl,
	})
	if err != nil || len(old.CommonPrefixes) != 1 || plain(old.CommonPrefixes[0].Prefix) != "odd/"+bell+"/" || plain(old.Prefix) != "odd/" || len(old.Contents) != 2 {
		t.Errorf("%+v, %v", old, err)
	}
	// Who does not ask gets keys as they are.
	bare, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(sandbox.Bucket), Prefix: aws.String("odd/a ")})
	if err != nil || bare.EncodingType != "" || len(bare.Contents) != 1 || aws.ToString(bare.Contents[0].Key) != "odd/a b+c%d" {
		t.Errorf("%+v, %v", bare, err)
	}
	if _, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(sandbox.Bucket), ContinuationToken: aws.String("=")}); err == nil {
		t.Error("a token that is none is taken")
	}
}
