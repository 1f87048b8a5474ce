//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// store is a kind of S3 server that can be started here.
type store struct {
	name    string // as in -stores and in the report
	program string
	start   func(ctx context.Context, program, dir, scheme string) (*server, error)
}

// plain and secure are the schemes by which a store can be reached.
const (
	plain  = "http"
	secure = "https"
)

// pickSchemes reads a list of schemes.
func pickSchemes(list string) ([]string, error) {
	schemes := strings.Split(list, ",")
	for _, s := range schemes {
		if s != plain && s != secure {
			return nil, fmt.Errorf("%w: the scheme %q is neither http nor https", errUsage, s)
		}
	}
	return schemes, nil
}

// run starts the store in a folder of its own.
func (s *store) run(ctx context.Context, dir, scheme string) (*server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	srv, err := s.start(ctx, s.program, dir, scheme)
	if err != nil {
		return nil, fmt.Errorf("start the store %s over %s: %w", s.name, scheme, err)
	}
	srv.kind, srv.scheme = s.name, scheme
	return srv, nil
}

// stores are all there are; fallback stands in for those that are not installed.
var stores = []store{
	{name: "versitygw", program: "versitygw", start: startVersitygw},
	{name: "minio", program: "minio", start: startMinIO},
	{name: fallback, program: "waybill", start: startSandbox},
}

// fallback is Waybill's own sandbox, in a process of its own: the same versitygw, so it is no second opinion, but
// always there.
const fallback = "sandbox"

// pickStore reads the name of one.
func pickStore(name, waybill string) (store, error) {
	picked, err := pickStores(name, waybill)
	if err == nil && len(picked) != 1 {
		err = fmt.Errorf("%w: -store takes one store", errUsage)
	}
	if err != nil {
		return store{}, err
	}
	return picked[0], nil
}

// pickStores reads a list of names; without one it takes whichever are installed.
func pickStores(list, waybill string) ([]store, error) {
	var picked []store
	for _, s := range stores {
		if s.program = find(s.program); s.name == fallback {
			s.program = waybill
		}
		switch {
		case list == "" && s.name == fallback && len(picked) > 0:
		case list == "" && s.program == "":
			say("%s is not installed, so it is left out (make bench-peers)", s.name)
		case list == "" || slices.Contains(strings.Split(list, ","), s.name):
			if s.program == "" {
				return nil, fmt.Errorf("%s is not installed: make bench-peers", s.name)
			}
			picked = append(picked, s)
		}
	}
	for name := range strings.SplitSeq(list, ",") {
		if name != "" && !slices.ContainsFunc(stores, func(s store) bool { return s.name == name }) {
			return nil, fmt.Errorf("%w: there is no store %q", errUsage, name)
		}
	}
	return picked, nil
}

// server is a store that runs.
type server struct {
	*process
	kind        string // the store's name
	scheme      string
	ca          string // the file with the certificate to trust; "" for plain http
	version     string
	endpoint    string
	key, secret string
	data        string // the folder with a folder for each bucket
	client      *s3.Client
}

const region = "us-east-1"

// ready gives the server back when it answers a signed request, and ends it when it does not.
func (s *server) ready(ctx context.Context) (*server, error) {
	client, err := trusting(s.ca)
	if err != nil {
		s.stop()
		return nil, err
	}
	s.client = s3.New(s3.Options{
		HTTPClient: client, Region: region, BaseEndpoint: aws.String(s.endpoint), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(s.key, s.secret, ""),
	})
	err = s.wait(ctx, time.Minute, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		_, err := s.client.ListBuckets(ctx, &s3.ListBucketsInput{})
		return err
	})
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// makeBucket makes a bucket under a name that was not used before.
func (s *server) makeBucket(ctx context.Context) (string, error) {
	name := "bench-" + strings.ToLower(rand.Text()[:12])
	_, err := s.client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(name)})
	return name, err
}

// holds checks that a load has arrived: a program that fails quietly would be the fastest of all.
func (s *server) holds(ctx context.Context, bucket string, l load) error {
	var files int
	var bytes int64
	pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, o := range page.Contents {
			files++
			bytes += aws.ToInt64(o.Size)
		}
	}
	if files != l.files || bytes != l.bytes {
		return fmt.Errorf("%d files of %d bytes in all have arrived, not %d of %d", files, bytes, l.files, l.bytes)
	}
	return nil
}

// removeBucket takes a bucket and all that is in it from the disk, behind the server's back: that costs the server
// nothing, and no later run pays for it. A name is never used again.
func (s *server) removeBucket(bucket string) error {
	dir := filepath.Join(s.data, bucket)
	err := os.RemoveAll(dir)
	// After a program that was ended halfway, the server may still be writing.
	for try := 0; err != nil && try < 10; try++ {
		time.Sleep(100 * time.Millisecond)
		err = os.RemoveAll(dir)
	}
	return err
}

// settle waits until the server has done what it does after an answer.
func (s *server) settle(ctx context.Context) error {
	for range 20 {
		before, err := s.cpu()
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(150 * time.Millisecond):
		}
		if after, err := s.cpu(); err != nil || after <= before {
			return err
		}
	}
	return nil // it is never quite idle; foreign work shows up in the runs
}

// prepare gives a server what it needs before it starts: keys, an address, and a certificate for https.
func prepare(ctx context.Context, program, dir, scheme string) (s *server, address string, err error) {
	s = &server{version: goVersion(program), key: "bench", secret: rand.Text(), data: filepath.Join(dir, "data")}
	if address, err = freeAddress(ctx); err != nil {
		return nil, "", err
	}
	s.endpoint = scheme + "://" + address
	certs := filepath.Join(dir, "certs")
	if scheme == secure {
		s.ca = filepath.Join(certs, certFile)
		err = certificate(certs)
	}
	return s, address, errors.Join(err, os.MkdirAll(certs, 0o700), os.MkdirAll(s.data, 0o700))
}

func startVersitygw(ctx context.Context, program, dir, scheme string) (*server, error) {
	s, address, err := prepare(ctx, program, dir, scheme)
	if err != nil {
		return nil, err
	}
	env := environment(dir, "ROOT_ACCESS_KEY_ID="+s.key, "ROOT_SECRET_ACCESS_KEY="+s.secret)
	// Its default is one connection a request, which nobody would leave so who wants speed.
	args := []string{"--port", address, "--keep-alive", "--quiet"}
	if s.ca != "" {
		args = append(args, "--cert", s.ca, "--key", filepath.Join(filepath.Dir(s.ca), keyFile))
	}
	if s.process, err = start(dir, env, program, append(args, "posix", s.data)...); err != nil {
		return nil, err
	}
	return s.ready(ctx)
}

func startMinIO(ctx context.Context, program, dir, scheme string) (*server, error) {
	s, address, err := prepare(ctx, program, dir, scheme)
	if err != nil {
		return nil, err
	}
	env := environment(dir, "MINIO_ROOT_USER="+s.key, "MINIO_ROOT_PASSWORD="+s.secret,
		"MINIO_BROWSER=off", "MINIO_UPDATE=off")
	s.process, err = start(dir, env, program, "server", "--quiet", "--address", address,
		"--certs-dir", filepath.Join(dir, "certs"), s.data)
	if err != nil {
		return nil, err
	}
	return s.ready(ctx)
}

func startSandbox(ctx context.Context, program, dir, scheme string) (*server, error) {
	if scheme != plain {
		return nil, fmt.Errorf("%w: the sandbox speaks http only (-schemes http)", errUsage)
	}
	s := &server{version: "in " + filepath.Base(program), data: filepath.Join(dir, "sandbox", "data")}
	var err error
	s.process, err = start(dir, environment(dir, "WAYBILL_HOME="+dir), program, "sandbox", "--json", "--quiet")
	if err != nil {
		return nil, err
	}
	var said map[string]string
	err = s.wait(ctx, time.Minute, func(context.Context) error {
		text, err := os.ReadFile(s.log)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &said)
	})
	if err != nil {
		s.stop()
		return nil, err
	}
	s.endpoint = said["AWS_ENDPOINT_URL_S3"]
	s.key, s.secret = said["AWS_ACCESS_KEY_ID"], said["AWS_SECRET_ACCESS_KEY"]
	return s.ready(ctx)
}

// freeAddress is a loopback address that nobody listens at for the moment.
func freeAddress(ctx context.Context) (string, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", errors.Join(errors.New("no free port on 127.0.0.1"), err)
	}
	return l.Addr().String(), l.Close()
}
