package courier_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/courier"
	"waybill/signer"
)

// silent stands for a store that passes over headers it does not know: it takes a sum, checks nothing and says nothing.
func silent(t *testing.T, puts *atomic.Int64) (endpoint string) {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ModifyResponse: func(r *http.Response) error {
			for name := range r.Header {
				if strings.HasPrefix(name, "X-Amz-Checksum") {
					r.Header.Del(name)
				}
			}
			return nil
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			puts.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestStoreThatSaysNoChecksum: a store's silence is no proof, so the file goes again with a Content-MD5.
func TestStoreThatSaysNoChecksum(t *testing.T) {
	var puts atomic.Int64
	endpoint := silent(t, &puts)
	for size, proof := range map[int]string{1000: "etag:", 2*courier.MinPart + 1: "etag:"} {
		r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
		path, content := file(t, size)
		u := r.upload(path)
		var moved atomic.Int64
		u.Moved = func(n int64) { moved.Add(n) }
		receipt, err := r.Send(context.Background(), u)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(receipt.Checksum, proof) || moved.Load() != int64(size) {
			t.Errorf("%d bytes: proof %s, want %s…; %d moved", size, receipt.Checksum, proof, moved.Load())
		}
		r.holds(u.Key, content)

		// The next file does not pay for what is known by now, and a taken name is still refused.
		puts.Store(0)
		path, content = file(t, 100)
		next := r.upload(path)
		if _, err := r.Send(context.Background(), next); err != nil || puts.Load() != 1 {
			t.Errorf("%v after %d PUTs, want one", err, puts.Load())
		}
		r.holds(next.Key, content)
		path, _ = file(t, 100)
		clash := r.upload(path)
		clash.Key = next.Key
		if _, err := r.Send(context.Background(), clash); !errors.Is(err, courier.ErrTaken) {
			t.Errorf("%v, want ErrTaken", err)
		}
		r.holds(next.Key, content)
		r.tidy()
	}
}

// TestAnsweredByAWebPage: a network that wants a login first answers everything with a page, often with 200.
func TestAnsweredByAWebPage(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusFound, http.StatusForbidden, http.StatusBadGateway} {
		var asked atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<!DOCTYPE html><html><title>Hotel Wi-Fi</title></html>")
		}))
		t.Cleanup(server.Close)
		r := newRig(t, server.URL, courier.Options{PartSize: courier.MinPart})
		for _, size := range []int{0, 1000, courier.MinPart + 1} {
			path, _ := file(t, size)
			u := r.upload(path)
			u.Overwrite = true
			var moved atomic.Int64
			u.Moved = func(n int64) { moved.Add(n) }
			_, err := r.Send(context.Background(), u)
			var refusal *courier.StoreError
			if !errors.As(err, &refusal) || !refusal.HTML || refusal.Code != "" {
				t.Errorf("status %d, %d bytes: %v, want a web page", status, size, err)
			}
			if moved.Load() != 0 {
				t.Errorf("status %d, %d bytes: %d count as sent", status, size, moved.Load())
			}
		}
		link, err := r.signer.Get(context.Background(), signer.Object{Bucket: "sandbox", Key: "k", Expires: time.Minute}, signer.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Probe(context.Background(), link); err == nil {
			t.Errorf("status %d: a page was taken for the file", status)
		}
		if asked.Load() > 8 {
			t.Errorf("status %d: the page was asked for %d times", status, asked.Load())
		}
	}
}
