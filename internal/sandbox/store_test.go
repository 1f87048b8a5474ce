package sandbox_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc64"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/sandbox"
)

// sum is the CRC64NVME that S3 wants.
func sum(body []byte) *string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], crc64.Checksum(body, crc64.MakeTable(0x9A6C9329AC4BC9B5)))
	return aws.String(base64.StdEncoding.EncodeToString(b[:]))
}

// send sends body to a presigned PUT.
func send(t *testing.T, s *sandbox.Sandbox, in *s3.PutObjectInput, body io.Reader, size int64) (*http.Response, error) {
	t.Helper()
	in.Bucket = aws.String(sandbox.Bucket)
	signed, err := s3.NewPresignClient(client(s, s.Keys().SecretAccessKey)).PresignPutObject(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(signed.Method, signed.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header, req.ContentLength = signed.SignedHeader, size
	req.Header.Del("Host")
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
	return res, err
}

func TestNothingIsOverwritten(t *testing.T) {
	s := start(t, t.TempDir())
	for _, want := range []int{200, 412} {
		body := []byte("first")
		if want == 412 {
			body = []byte("other")
		}
		res, err := send(t, s, &s3.PutObjectInput{Key: aws.String("a"), IfNoneMatch: aws.String("*")}, bytes.NewReader(body), 5)
		if err != nil || res.StatusCode != want {
			t.Fatalf("%v, %v, want %d", res, err, want)
		}
	}
	if body := get(t, s, "a"); body != "first" {
		t.Errorf("%q is there", body)
	}
}

func TestWrongChecksumIsRefused(t *testing.T) {
	s := start(t, t.TempDir())
	body := []byte("what was meant")
	for _, c := range []struct {
		sum  *string
		want int
	}{{sum([]byte("something else")), 400}, {sum(body), 200}} {
		res, err := send(t, s, &s3.PutObjectInput{Key: aws.String("a"), IfNoneMatch: aws.String("*"), ChecksumCRC64NVME: c.sum}, bytes.NewReader(body), int64(len(body)))
		if err != nil || res.StatusCode != c.want {
			t.Errorf("%v, %v, want %d", res, err, c.want)
		}
	}
}

// Without a checksum the gateway keeps what came of an upload that was cut off. With one it must not.
func TestCutUploadIsNotKept(t *testing.T) {
	s := start(t, t.TempDir())
	half := io.MultiReader(bytes.NewReader(make([]byte, 4<<20)), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := send(t, s, &s3.PutObjectInput{Key: aws.String("a"), ChecksumCRC64NVME: sum(make([]byte, 8<<20))}, half, 8<<20); err == nil {
		t.Fatal("was not cut off")
	}
	time.Sleep(200 * time.Millisecond) // for the server to see it
	out, err := client(s, s.Keys().SecretAccessKey).ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String(sandbox.Bucket)})
	if err != nil || len(out.Contents) != 0 {
		t.Errorf("%d objects, %v", len(out.Contents), err)
	}
}

// files are those below dir whose path holds part.
func files(t *testing.T, dir, part string) (found []string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, part) {
			found = append(found, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAbortRemovesTheParts(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	ctx, c := context.Background(), client(s, s.Keys().SecretAccessKey)
	upload, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("a/b"),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeFullObject})
	if err != nil {
		t.Fatal(err)
	}
	for n := range int32(3) {
		if _, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("a/b"), UploadId: upload.UploadId,
			PartNumber: aws.Int32(n + 1), Body: bytes.NewReader(make([]byte, 5<<20)), ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme}); err != nil {
			t.Fatal(err)
		}
	}
	if len(files(t, filepath.Join(dir, "data"), *upload.UploadId)) < 3 {
		t.Fatal("the parts are somewhere else: this test looks in the wrong place")
	}
	if _, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("a/b"), UploadId: upload.UploadId}); err != nil {
		t.Fatal(err)
	}
	if left := files(t, filepath.Join(dir, "data"), ".sgwtmp"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}

	// What the gateway noted about the parts goes at the next start; what it notes about a living upload stays.
	living, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("a/b")})
	if err != nil {
		t.Fatal(err)
	}
	part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("a/b"), UploadId: living.UploadId,
		PartNumber: aws.Int32(1), Body: strings.NewReader("hello")})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = start(t, dir)
	if left := files(t, dir, *upload.UploadId); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if _, err := client(s, s.Keys().SecretAccessKey).CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(sandbox.Bucket), Key: aws.String("a/b"), UploadId: living.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag, ChecksumCRC64NVME: part.ChecksumCRC64NVME, ChecksumCRC32: part.ChecksumCRC32}}},
	}); err != nil {
		t.Error(err)
	}
	if body := get(t, s, "a/b"); body != "hello" {
		t.Errorf("%q came back", body)
	}
}

func TestStartIsQuick(t *testing.T) {
	dir := t.TempDir()
	for _, kind := range []string{"first", "again"} {
		began := time.Now()
		s := start(t, dir)
		took := time.Since(began)
		t.Logf("%s start: %v", kind, took)
		if took > 2*time.Second { // some 10 ms on an idle machine; the bound is for a busy one
			t.Errorf("%s start took %v", kind, took)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
