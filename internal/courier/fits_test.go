package courier_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/courier"
)

// ofTheWhole is a store that knows Content-MD5 only, and whose ETag is the MD5 of all bytes also where these came in
// parts, as with "rclone serve s3". What arrived may be changed by bent before it is named.
func ofTheWhole(t *testing.T, bent func([]byte) []byte) string {
	t.Helper()
	inner, err := url.Parse(knowsOnly(t, []string{"Crc64nvme", "Crc32c", "Sha256"}, false))
	if err != nil {
		t.Fatal(err)
	}
	composite := regexp.MustCompile(`[0-9a-f]{32}-\d+`)
	var mu sync.Mutex
	named := map[string]string{} // the composite, and what it is called instead
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(inner); r.Out.Host = r.In.Host },
		ModifyResponse: func(r *http.Response) error {
			mu.Lock()
			defer mu.Unlock()
			if etag := composite.FindString(r.Header.Get("ETag")); etag != "" {
				r.Header.Set("ETag", `"`+named[etag]+`"`)
			}
			if !isComplete(r.Request) || r.StatusCode != http.StatusOK {
				return nil
			}
			answer, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			whole := md5.Sum(bent(object(t, r.Request.URL.Path)))
			etag := composite.Find(answer)
			named[string(etag)] = hex.EncodeToString(whole[:])
			answer = bytes.ReplaceAll(answer, etag, []byte(named[string(etag)]))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
			r.Header.Set("Content-Length", fmt.Sprint(len(answer)))
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// object is what the store has at a URL's path.
func object(t *testing.T, path string) []byte {
	t.Helper()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	out, err := direct(t).signer.Client().GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		t.Error(err)
		return nil
	}
	defer func() { _ = out.Body.Close() }()
	all, err := io.ReadAll(out.Body)
	if err != nil {
		t.Error(err)
	}
	return all
}

// TestETagOfTheWhole: an ETag that is the MD5 of all bytes proves an object of parts as well as one of their sums, of a
// file and of a stream, and a wrong one does not.
func TestETagOfTheWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t, ofTheWhole(t, func(b []byte) []byte { return b }), courier.Options{PartSize: courier.MinPart})
	path, content := file(t, 2*courier.MinPart+1)
	whole := md5.Sum(content)
	want := "etag:" + hex.EncodeToString(whole[:])
	for name, send := range map[string]func(*courier.Upload) (courier.Receipt, error){
		"file": func(u *courier.Upload) (courier.Receipt, error) { return r.Send(within(t, time.Minute), u) },
		"stream": func(u *courier.Upload) (courier.Receipt, error) {
			return r.Stream(within(t, time.Minute), u, bytes.NewReader(content), 0)
		},
	} {
		u := r.upload(path)
		u.Key += name
		receipt, err := send(u)
		if err != nil || receipt.Checksum != want {
			t.Fatalf("%s: %+v, %v, want %s", name, receipt, err, want)
		}
		r.holds(u.Key, content)
		if err := r.Verify(context.Background(), path, u.Bucket, u.Key, receipt.Checksum); err != nil {
			t.Errorf("verify the %s: %v", name, err)
		}
	}
	garbles := newRig(t, ofTheWhole(t, func(b []byte) []byte { return append(b, '!') }), courier.Options{PartSize: courier.MinPart})
	u := garbles.upload(path)
	u.Key += "garbled"
	if _, err := garbles.Send(within(t, time.Minute), u); !errors.Is(err, courier.ErrProof) {
		t.Errorf("%v, want ErrProof", err)
	}
	if direct(t).Exists(context.Background(), u.Bucket, u.Key) {
		t.Error("what nobody has proven is there")
	}
	direct(t).clean(u.Key)
}

// TestPartsOfAnySize: a store that does not say how large the parts were (Ceph's gives the size of all of it) can be held
// against the file all the same, since the receipt has it; without it, nobody is told that the file has changed.
func TestPartsOfAnySize(t *testing.T) {
	t.Parallel()
	inner, err := url.Parse(knowsOnly(t, []string{"Crc64nvme", "Crc32c", "Sha256"}, false))
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(inner); r.Out.Host = r.In.Host }}
	whole := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead && r.URL.Query().Has("partNumber") {
			w.Header().Set("Content-Length", whole)
			w.Header().Set("ETag", `"x"`)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	r := newRig(t, server.URL, courier.Options{PartSize: courier.MinPart})
	path, content := file(t, 2*courier.MinPart+1)
	whole = fmt.Sprint(len(content))
	u := r.upload(path)
	receipt, err := r.Send(within(t, time.Minute), u)
	if err != nil {
		t.Fatal(err)
	}
	sum, size, ok := bytes.Cut([]byte(receipt.Checksum), []byte("@"))
	if !ok || string(size) != fmt.Sprint(courier.MinPart) {
		t.Errorf("%s does not say how large its parts are", receipt.Checksum)
	}
	if err := r.Verify(context.Background(), path, u.Bucket, u.Key, receipt.Checksum); err != nil {
		t.Error(err)
	}
	if err := r.Verify(context.Background(), path, u.Bucket, u.Key, string(sum)); err == nil || errors.Is(err, courier.ErrChanged) || errors.Is(err, courier.ErrProof) {
		t.Errorf("without the size: %v", err)
	}
	// A stream goes in parts of another size where it may become large.
	u.Key += ".stream"
	if receipt, err = r.Stream(within(t, time.Minute), u, bytes.NewReader(content), 50<<30); err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(context.Background(), path, u.Bucket, u.Key, receipt.Checksum); err != nil {
		t.Errorf("%s: %v", receipt.Checksum, err)
	}
	u.Key = strings.TrimSuffix(u.Key, ".stream")
	for _, bent := range []string{"", "etag", "crc7:x", string(sum) + "@", string(sum) + "@-1", string(sum) + "@x", string(sum) + "@1"} {
		if err := r.Verify(context.Background(), path, u.Bucket, u.Key, bent); err == nil {
			t.Errorf("%q proves something", bent)
		}
	}
}
