package teststore

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Server is a running S3 server of one make or another, with the bucket Bucket in it and the keys of whoever owns that.
type Server struct {
	Endpoint string
	Key      string
	Secret   string
	Region   string
}

// newServer picks an address and keys for a server over plain http.
func newServer(t testing.TB) (s Server, address string) {
	t.Helper()
	address = freeAddress(t)
	return Server{Endpoint: "http://" + address, Key: "key" + rand.Text()[:12], Secret: rand.Text() + rand.Text(), Region: "us-east-1"}, address
}

// Client is the SDK's client with the owner's keys.
func (s Server) Client() *s3.Client {
	return s3.New(s3.Options{
		Region: s.Region, BaseEndpoint: aws.String(s.Endpoint), UsePathStyle: true, RetryMaxAttempts: 1,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		HTTPClient:                 &http.Client{Timeout: 10 * time.Second},
		Credentials:                credentials.NewStaticCredentialsProvider(s.Key, s.Secret, ""),
	})
}

// ready makes the bucket as soon as the server does that.
func (s Server) ready(t testing.TB, p *program) Server {
	t.Helper()
	client := s.Client()
	p.until("makes a bucket", func(ctx context.Context) error {
		_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(Bucket)})
		return err
	})
	return s
}

// program is one that runs until the test ends.
type program struct {
	t    testing.TB
	name string
	said *said
	done chan struct{}
}

// run starts a program, in a folder that is its home too.
func run(t testing.TB, dir string, env []string, path string, args ...string) *program {
	t.Helper()
	p := &program{t, filepath.Base(path), &said{}, make(chan struct{})}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), path, args...) // #nosec G204 -- a server that the tests name
	cmd.Dir = dir
	cmd.Env = append(append(withoutAWS(os.Environ()), "HOME="+dir), env...)
	cmd.Stdout, cmd.Stderr = p.said, p.said
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	go func() {
		defer close(p.done)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-p.done
	})
	return p
}

// until asks again and again: these servers have no other way to say that they are ready.
func (p *program) until(what string, ask func(context.Context) error) {
	p.t.Helper()
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
		err := ask(ctx)
		cancel()
		if err == nil {
			return
		}
		select {
		case <-p.done:
			p.t.Fatalf("%s has ended before it %s: %v\n%s", p.name, what, err, p.said)
		case <-deadline.C:
			p.t.Fatalf("%s, until it %s: %v\n%s", p.name, what, err, p.said)
		case <-again.C:
		}
	}
}

// said is what a program has printed, the end of it.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text.Len() > 1<<20 {
		s.text.Reset()
	}
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.text.String()
	return text[max(0, len(text)-4000):]
}

// installed finds a server where make puts it, or on the path.
func installed(t testing.TB, name string) string {
	t.Helper()
	if dir := os.Getenv("WAYBILL_STORES"); dir != "" {
		if at := filepath.Join(dir, name); isFile(at) {
			return at
		}
	}
	at, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("these tests need %s: run them by make test-stores, which brings it", name)
	}
	return at
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// port is the part of an address after the last colon.
func port(address string) string { return address[strings.LastIndex(address, ":")+1:] }
