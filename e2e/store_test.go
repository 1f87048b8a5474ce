//go:build linux

package e2e

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// store is the sandbox that runs in a home, seen with other eyes than Waybill's: those of Amazon's own library.
type store struct {
	t        *testing.T
	endpoint string
	region   string
	keyID    string
	secret   string
	bucket   string
	client   *s3.Client
}

// store asks how to reach the sandbox, which a window or a command of this home runs already.
func (h *home) store() *store {
	h.t.Helper()
	var said map[string]string
	out := h.must(program(h.t), "sandbox", "--json")
	if err := json.Unmarshal([]byte(out), &said); err != nil {
		h.t.Fatalf("read what waybill sandbox says: %v: %s", err, out)
	}
	s := &store{
		t: h.t, endpoint: said["AWS_ENDPOINT_URL_S3"], region: said["AWS_REGION"],
		keyID: said["AWS_ACCESS_KEY_ID"], secret: said["AWS_SECRET_ACCESS_KEY"], bucket: said["WAYBILL_SANDBOX_BUCKET"],
	}
	s.client = s3.New(s3.Options{
		BaseEndpoint: &s.endpoint, Region: s.region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(s.keyID, s.secret, ""),
	})
	return s
}

// makeBucket makes a bucket.
func (s *store) makeBucket(name string) {
	s.t.Helper()
	if _, err := s.client.CreateBucket(s.t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		s.t.Fatal(err)
	}
}

// keys lists what is in a bucket.
func (s *store) keys(bucket string) (keys []string) {
	s.t.Helper()
	pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, object := range page.Contents {
			keys = append(keys, *object.Key)
		}
	}
	return keys
}

// unfinished counts the multipart uploads that somebody has begun and neither completed nor given up.
func (s *store) unfinished(bucket string) int {
	s.t.Helper()
	list, err := s.client.ListMultipartUploads(s.t.Context(), &s3.ListMultipartUploadsInput{Bucket: &bucket})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(list.Uploads)
}

// environment is how a person gives a shell the keys.
func (s *store) environment(endpoint string) []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + s.keyID, "AWS_SECRET_ACCESS_KEY=" + s.secret,
		"AWS_REGION=" + s.region, "AWS_ENDPOINT_URL_S3=" + endpoint,
	}
}
