package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"waybill/internal/sandbox"
)

// TestMain also plays other processes, see role_test.go.
func TestMain(m *testing.M) {
	if role := os.Getenv("SANDBOX_TEST_ROLE"); role != "" {
		if err := play(role, os.Getenv("SANDBOX_TEST_DIR")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func start(t *testing.T, dir string) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func client(s *sandbox.Sandbox, secret string) *s3.Client {
	return s3.New(s3.Options{
		Region: sandbox.Region, BaseEndpoint: aws.String(s.Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(s.Keys().AccessKeyID, secret, ""),
	})
}

func TestDataKeysAndPortSurviveARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sandbox")
	first := start(t, dir)
	put(t, first, "a/b.txt", "hello")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if c, err := net.Dial("tcp", strings.TrimPrefix(first.Endpoint(), "http://")); err == nil {
		_ = c.Close()
		t.Error("somebody still listens after Close")
	}
	second := start(t, dir)
	if second.Keys() != first.Keys() || second.Endpoint() != first.Endpoint() || !second.Owned() {
		t.Errorf("%s %s became %s %s", first.Keys(), first.Endpoint(), second.Keys(), second.Endpoint())
	}
	if body := get(t, second, "a/b.txt"); body != "hello" {
		t.Errorf("%q came back", body)
	}
}

func TestWrongSecretIsRefused(t *testing.T) {
	s := start(t, t.TempDir())
	_, err := client(s, "not the secret").ListBuckets(context.Background(), &s3.ListBucketsInput{})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "SignatureDoesNotMatch" {
		t.Errorf("%v, want SignatureDoesNotMatch", err)
	}
	var http *smithyhttp.ResponseError
	if !errors.As(err, &http) || http.HTTPStatusCode() != 403 {
		t.Errorf("%v, want 403", err)
	}
}

func TestTakenPortMovesTheSandbox(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	squatter, err := net.Listen("tcp", strings.TrimPrefix(first.Endpoint(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = squatter.Close() }()
	if second := start(t, dir); second.Endpoint() == first.Endpoint() {
		t.Error("the port of somebody else was taken")
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes mean little there")
	}
	dir := filepath.Join(t.TempDir(), "new")
	s := start(t, dir)
	put(t, s, "x", "x")
	modes := map[string]os.FileMode{
		dir: 0o700, filepath.Join(dir, "data"): 0o700, filepath.Join(dir, "meta"): 0o700,
		filepath.Join(dir, "sandbox.json"): 0o600, filepath.Join(dir, "lock"): 0o600,
		filepath.Join(dir, "data", sandbox.Bucket, "x"): 0o600,
	}
	for path, want := range modes {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
	}
}

func TestDamagedStateIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sandbox.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Start(context.Background(), dir); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("%v", err)
	}
}

func TestNothingPrintsTheSecret(t *testing.T) {
	s := start(t, t.TempDir())
	k := s.Keys()
	if len(k.AccessKeyID) != 20 || len(k.SecretAccessKey) != 40 {
		t.Errorf("keys of %d and %d characters; AWS has 20 and 40", len(k.AccessKeyID), len(k.SecretAccessKey))
	}
	var b bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&b, nil))
	log.Info("x", "keys", k, "sandbox", s)
	_, _ = fmt.Fprintf(&b, "%v %+v %#v %q %v %+v %#v %s", k, k, k, k, s, s, s, s)
	if strings.Contains(b.String(), k.SecretAccessKey) {
		t.Error(b.String())
	}
}

func put(t *testing.T, s *sandbox.Sandbox, key, body string) {
	t.Helper()
	if _, err := client(s, s.Keys().SecretAccessKey).PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(sandbox.Bucket), Key: aws.String(key), Body: strings.NewReader(body),
	}); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s *sandbox.Sandbox, key string) string {
	t.Helper()
	out, err := client(s, s.Keys().SecretAccessKey).GetObject(context.Background(), &s3.GetObjectInput{
		Bucket: aws.String(sandbox.Bucket), Key: aws.String(key),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Body.Close() }()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
