package courier

import (
	"context"
	"crypto/md5" // #nosec G501 -- an ETag is one
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/minio/crc64nvme"

	"waybill/signer"
)

// Fetch writes an object to w and proves that it is the object: by the CRC64NVME of all its bytes or, where the store has
// none, by the MD5 that is the ETag of an object that was not put together, and always by its size. It goes on where the
// network was lost, as long as the object stays the same: one that is another by then is ErrChanged, and bytes that are
// not its own are ErrProof. moved is called with the bytes that have come.
func (c *Courier) Fetch(ctx context.Context, bucket, key string, w io.Writer, moved func(int64)) error {
	if err := c.gate.enter(ctx); err != nil {
		return err
	}
	defer c.gate.leave()
	var h http.Header
	err := c.try(ctx, nil, func(int) (err error) {
		h, err = c.head(ctx, bucket, key)
		return err
	})
	if err != nil {
		return err
	}
	f := &fetching{courier: c, bucket: bucket, key: key, to: w, moved: moved, etag: h.Get("ETag"), sums: newSums()}
	if f.size, err = strconv.ParseInt(h.Get("Content-Length"), 10, 64); err != nil {
		return fmt.Errorf("fetch s3://%s/%s: the store does not say how large it is", bucket, key)
	}
	if err := c.try(ctx, nil, func(int) error { return f.more(ctx) }); err != nil {
		return err
	}
	return f.proven(h)
}

// fetching is an object on its way here.
type fetching struct {
	courier     *Courier
	bucket, key string
	to          io.Writer
	moved       func(int64)
	etag        string // with quotes; each answer has to be of the same object
	size, done  int64
	sums        sums
}

// more asks for what is not here yet, and takes as much of it as comes.
func (f *fetching) more(ctx context.Context) error {
	const op = "fetch"
	if f.done == f.size {
		return nil
	}
	c := f.courier
	signed, err := c.signer.Get(ctx, signer.Object{Bucket: f.bucket, Key: f.key, Expires: linkTime}, signer.GetOptions{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := newWatch(c.stall, cancel)
	defer watch.timer.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, signed.URL, nil)
	if err != nil {
		return plain(op, err)
	}
	req.Header.Set("If-Match", f.etag)
	want := http.StatusOK
	if f.done > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", f.done))
		want = http.StatusPartialContent
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return plain(op, reason(ctx, err))
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode == http.StatusPreconditionFailed, resp.StatusCode < 300 && resp.Header.Get("ETag") != "" && resp.Header.Get("ETag") != f.etag:
		return fmt.Errorf("fetch s3://%s/%s: %w", f.bucket, f.key, ErrChanged)
	case resp.StatusCode >= 300:
		return storeError(op, signed, resp)
	case resp.StatusCode != want:
		return fmt.Errorf("fetch s3://%s/%s: the store knows no ranges", f.bucket, f.key)
	}
	if err := ofStore(op, resp.Header); err != nil {
		return err
	}
	c.answered.Store(time.Now().UnixNano())
	return f.take(ctx, resp.Body, watch)
}

// reason is why a context has ended a request, where it has.
func reason(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// take writes what comes, and no more than there is.
func (f *fetching) take(ctx context.Context, from io.Reader, w *watch) error {
	buffer := *f.courier.buffers.Get().(*[]byte)
	defer f.courier.buffers.Put(&buffer)
	for {
		n, err := from.Read(buffer)
		if f.done+int64(n) > f.size {
			return fmt.Errorf("fetch s3://%s/%s: more came than there is: %w", f.bucket, f.key, ErrProof)
		}
		if n > 0 {
			if _, err := f.to.Write(buffer[:n]); err != nil {
				return &WriteError{err}
			}
			_, _ = f.sums.Write(buffer[:n]) // hashes take everything
			f.done += int64(n)
			f.moved(int64(n))
			w.saw(int64(n), false)
		}
		switch {
		case f.done == f.size:
			return nil
		case errors.Is(err, io.EOF):
			return plain("fetch", io.ErrUnexpectedEOF)
		case err != nil:
			return plain("fetch", reason(ctx, err))
		}
	}
}

// proven holds what has come against what the store said of the object.
func (f *fetching) proven(h http.Header) error {
	etag, encryption := unquote(h.Get("ETag")), h.Get("X-Amz-Server-Side-Encryption")
	wrong := false
	switch sum := h.Get("X-Amz-Checksum-Crc64nvme"); {
	case sum != "":
		wrong = sum != f.sums.checksum()
	case isMD5(etag) && !strings.HasPrefix(encryption, "aws:kms") &&
		h.Get("X-Amz-Server-Side-Encryption-Customer-Algorithm") == "":
		wrong = etag != f.sums.etag()
	}
	if wrong {
		return fmt.Errorf("fetch s3://%s/%s: %w", f.bucket, f.key, ErrProof)
	}
	return nil
}

// sums are what an object's bytes are known by: its CRC64NVME, or the MD5 that is the ETag of what was not put together.
type sums struct {
	crc hash.Hash64
	md5 hash.Hash
}

func newSums() sums { return sums{crc64nvme.New(), md5.New()} } // #nosec G401

// Write implements io.Writer.
func (s sums) Write(p []byte) (int, error) {
	_, _ = s.crc.Write(p)
	return s.md5.Write(p)
}

func (s sums) checksum() string { return base64CRC(s.crc.Sum64()) }
func (s sums) etag() string     { return hex.EncodeToString(s.md5.Sum(nil)) }

// isMD5 reports whether an ETag looks like the MD5 of a whole object.
func isMD5(etag string) bool { return len(etag) == 2*md5.Size && !strings.Contains(etag, "-") }

// Provable reports whether Same can tell an object from another by these.
func Provable(checksum, etag string) bool {
	return strings.HasPrefix(checksum, "crc64nvme:") || isMD5(etag)
}

// Same reads a file to its end, and reports whether it has an object's bytes: by its checksum, as "crc64nvme:…", or else
// by its ETag, without quotes.
func (c *Courier) Same(ctx context.Context, f *os.File, checksum, etag string) (bool, error) {
	buffer := *c.buffers.Get().(*[]byte)
	defer c.buffers.Put(&buffer)
	for all := newSums(); ; {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := f.Read(buffer)
		_, _ = all.Write(buffer[:n])
		if errors.Is(err, io.EOF) {
			if crc, ok := strings.CutPrefix(checksum, "crc64nvme:"); ok {
				return crc == all.checksum(), nil
			}
			return etag == all.etag(), nil
		}
		if err != nil {
			return false, fmt.Errorf("read %s: %w", f.Name(), err)
		}
	}
}

// WriteError is what kept bytes that have come from being written here.
type WriteError struct{ Err error }

// Error says what.
func (e *WriteError) Error() string { return "write what has come: " + e.Err.Error() }

// Unwrap gives the system's error.
func (e *WriteError) Unwrap() error { return e.Err }
