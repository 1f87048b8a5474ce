//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// floorAtOnce is how many files the floor sends at a time.
const floorAtOnce = 16

// floor is the least that a presigned upload can cost: sign, open, PUT, read the answer. It proves nothing, keeps
// nothing and makes no links. Plain http lets the kernel copy from file to socket; https trusts what SSL_CERT_FILE names.
func floor(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("floor", flag.ContinueOnError)
	endpoint := f.String("endpoint", "", "URL of the store")
	bucket := f.String("bucket", "", "bucket to send to")
	if err := f.Parse(args); err != nil || f.NArg() != 1 {
		return errors.Join(errUsage, err)
	}
	u := &putter{
		base: *endpoint + "/" + *bucket + "/",
		keys: aws.Credentials{
			AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		},
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: floorAtOnce, Protocols: new(http.Protocols)}},
	}
	// A store that offers HTTP/2 would get all files on one connection, which is slower.
	u.client.Transport.(*http.Transport).Protocols.SetHTTP1(true)
	root := f.Arg(0)
	files := make(chan string)
	failed := make(chan error, floorAtOnce)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	for range floorAtOnce {
		group.Go(func() {
			for file := range files {
				if err := u.put(ctx, file, keyOf(root, file)); err != nil {
					failed <- err
					cancel()
					return
				}
			}
		})
	}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		select {
		case files <- file:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	close(files)
	group.Wait()
	select {
	case first := <-failed:
		return first
	default:
		return err
	}
}

// keyOf names a file after the folder that is sent, or after itself.
func keyOf(root, file string) string {
	rel, err := filepath.Rel(root, file)
	if err != nil || rel == "." {
		return filepath.Base(file)
	}
	return filepath.ToSlash(rel)
}

// escape writes a key as S3 wants it in a URL that is signed: all but the unreserved characters and slashes.
func escape(key string) string {
	var b strings.Builder
	for _, c := range []byte(key) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			_, _ = fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// putter sends files to one bucket.
type putter struct {
	base   string
	keys   aws.Credentials
	signer *v4.Signer
	client *http.Client
}

func (u *putter) put(ctx context.Context, file, key string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	at, err := url.Parse(u.base + escape(key))
	if err != nil {
		return err
	}
	at.RawQuery = "X-Amz-Expires=3600"
	unsigned := &http.Request{Method: http.MethodPut, URL: at, Host: at.Host, Header: http.Header{}}
	link, _, err := u.signer.PresignHTTP(ctx, u.keys, unsigned, "UNSIGNED-PAYLOAD", "s3", region, time.Now())
	if err != nil {
		return err
	}
	var body io.Reader = f
	if info.Size() == 0 {
		body = http.NoBody // else it would be sent in chunks, which S3 refuses
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, link, body)
	if err != nil {
		return err
	}
	req.ContentLength = info.Size()
	resp, err := u.client.Do(req)
	if err != nil {
		var withURL *url.Error // the URL is a key, even if to a store that ends with bench
		if errors.As(err, &withURL) {
			err = withURL.Err
		}
		return fmt.Errorf("put %s: %w", file, err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("put %s: %s: %s", file, resp.Status, answer)
	}
	return err
}
