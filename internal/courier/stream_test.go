package courier_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"waybill/internal/courier"
)

// TestPutAndStream carry what is in no file, in one piece and in parts, proven as files are: by a store that checks
// sums, and by one that is silent about them.
func TestPutAndStream(t *testing.T) {
	var puts atomic.Int64
	for name, c := range map[string]struct{ endpoint, proof string }{
		"checks": {store.Endpoint(), "crc64nvme:"},
		"silent": {silent(t, &puts), "etag:"},
	} {
		for _, size := range []int{0, 1000, courier.MinPart, 3*courier.MinPart + 1} {
			r := newRig(t, c.endpoint, courier.Options{PartSize: courier.MinPart})
			path, content := file(t, size)
			u := r.upload(path)
			receipt, err := r.Stream(context.Background(), u, iotest.HalfReader(bytes.NewReader(content)), int64(size)/2)
			if err != nil || receipt.Size != int64(size) || !strings.HasPrefix(receipt.Checksum, c.proof) {
				t.Fatalf("%s, %d bytes: %+v, %v", name, size, receipt, err)
			}
			r.holds(u.Key, content)
			again := r.upload(path)
			if _, err := r.Stream(context.Background(), again, bytes.NewReader(content), int64(size)); !errors.Is(err, courier.ErrTaken) {
				t.Errorf("%s, %d bytes: %v, want ErrTaken", name, size, err)
			}
			if _, err := r.Put(context.Background(), &courier.Upload{Bucket: u.Bucket, Key: u.Key, ContentType: u.ContentType}, []byte("page")); !errors.Is(err, courier.ErrTaken) {
				t.Errorf("%s: %v, want ErrTaken", name, err)
			}
			r.holds(u.Key, content)
			if put, err := r.Put(context.Background(), &courier.Upload{Bucket: u.Bucket, Key: u.Key, ContentType: u.ContentType, Overwrite: true}, []byte("page")); err != nil || !strings.HasPrefix(put.Checksum, c.proof) {
				t.Errorf("%s: %+v, %v", name, put, err)
			}
			r.holds(u.Key, []byte("page"))
			r.tidy()
		}
	}
}

// TestStreamInLargeParts: a part size that suits files, which are read from the disk, is not kept in memory three times.
func TestStreamInLargeParts(t *testing.T) {
	t.Parallel()
	const size = 64<<20 + 1
	r, parts, _ := watched(t, nil)
	r.Courier = newRig(t, r.signer.Endpoint(), courier.Options{PartSize: 1 << 30}).Courier
	path, content := file(t, size)
	u := r.upload(path)
	if receipt, err := r.Stream(within(t, time.Minute), u, bytes.NewReader(content), size); err != nil || receipt.Size != size || parts.Load() != 2 {
		t.Errorf("%+v, %v, %d parts", receipt, err, parts.Load())
	}
}

// TestStreamThatFails leaves nothing in the store, whatever fails: the reading, the store, or the person's patience.
func TestStreamThatFails(t *testing.T) {
	path, content := file(t, 3*courier.MinPart)
	broken := errors.New("broken")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		return r.URL.Query().Get("partNumber") == "2" && strings.Contains(r.URL.Path, "refused") && refuse(w, http.StatusForbidden, "AccessDenied", "no")
	})
	for name, c := range map[string]struct {
		from io.Reader
		ctx  context.Context
	}{
		"reading":   {io.MultiReader(bytes.NewReader(content[:2*courier.MinPart]), iotest.ErrReader(broken)), context.Background()},
		"refused":   {bytes.NewReader(content), context.Background()},
		"cancelled": {io.MultiReader(bytes.NewReader(content[:courier.MinPart+1]), readerFunc(func([]byte) (int, error) { cancel(); <-ctx.Done(); return 0, io.EOF })), ctx},
	} {
		r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
		u := r.upload(path)
		u.Key += name
		_, err := r.Stream(c.ctx, u, c.from, int64(len(content)))
		var refusal *courier.StoreError
		switch {
		case name == "reading" && errors.Is(err, broken), name == "refused" && errors.As(err, &refusal), name == "cancelled" && errors.Is(err, context.Canceled):
		default:
			t.Errorf("%s: %v", name, err)
		}
		if r.Exists(context.Background(), u.Bucket, u.Key) {
			t.Errorf("%s: there is an object", name)
		}
		r.tidy()
	}
}

// TestABrokenStreamWaitsForNoPart: where the reading fails, nobody waits until the parts before have arrived.
func TestABrokenStreamWaitsForNoPart(t *testing.T) {
	path, content := file(t, 2*courier.MinPart)
	broken := errors.New("broken")
	arriving := make(chan struct{})
	endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("partNumber") != "2" {
			return false
		}
		close(arriving)
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done() // the store is slow
		return true
	})
	r := newRig(t, endpoint, courier.Options{PartSize: courier.MinPart})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	breaks := readerFunc(func([]byte) (int, error) { <-arriving; return 0, broken })
	if _, err := r.Stream(ctx, r.upload(path), io.MultiReader(bytes.NewReader(content), breaks), int64(len(content))); !errors.Is(err, broken) || ctx.Err() != nil {
		t.Errorf("%v, want at once that it is broken", err)
	}
	r.tidy()
}

// readerFunc is a Reader made of a function.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
