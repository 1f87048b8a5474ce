package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"waybill/internal/sandbox"
)

// TestMain also plays the other process: it attaches to the sandbox in a folder and says what it found.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SANDBOX_TEST_ATTACH"); dir != "" {
		s, err := sandbox.Start(context.Background(), dir)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(s.Endpoint(), s.Keys(), s.Owned())
		if err := s.Close(); err != nil {
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
	if _, err := client(first, first.Keys().SecretAccessKey).PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(sandbox.Bucket), Key: aws.String("a/b.txt"), Body: strings.NewReader("hello"),
	}); err != nil {
		t.Fatal(err)
	}
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
	out, err := client(second, second.Keys().SecretAccessKey).GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("a/b.txt")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Body.Close() }()
	if body, err := io.ReadAll(out.Body); err != nil || string(body) != "hello" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestWrongSecretIsRefused(t *testing.T) {
	s := start(t, t.TempDir())
	_, err := client(s, "not the secret").ListBuckets(context.Background(), &s3.ListBucketsInput{})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "SignatureDoesNotMatch" {
		t.Errorf("%v, want SignatureDoesNotMatch", err)
	}
}

func TestOtherProcessAttaches(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_ATTACH="+dir)
	out, err := cmd.CombinedOutput()
	if want := fmt.Sprintln(s.Endpoint(), s.Keys(), false); err != nil || string(out) != want {
		t.Fatalf("%q (%v), want %q", out, err, want)
	}
	if _, err := client(s, s.Keys().SecretAccessKey).ListBuckets(context.Background(), &s3.ListBucketsInput{}); err != nil {
		t.Errorf("the sandbox ended with the other process: %v", err)
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
	dir := filepath.Join(t.TempDir(), "new")
	s := start(t, dir)
	if _, err := client(s, s.Keys().SecretAccessKey).PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(sandbox.Bucket), Key: aws.String("x"), Body: strings.NewReader("x"),
	}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "data"), filepath.Join(dir, "sandbox.json"), filepath.Join(dir, "data", sandbox.Bucket, "x")} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
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

func TestKeysPrintNoSecret(t *testing.T) {
	k := sandbox.Keys{AccessKeyID: "id", SecretAccessKey: "hidden"}
	var b bytes.Buffer
	_, _ = fmt.Fprintf(&b, "%v %+v %#v %s", k, k, k, k.LogValue())
	if strings.Contains(b.String(), "hidden") {
		t.Error(b.String())
	}
}
