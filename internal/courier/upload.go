package courier

import (
	"context"
	"crypto/md5" // #nosec G501 -- Content-MD5 is the proof of stores that know no other
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/crc64nvme"

	"waybill/signer"
)

// Upload is one file on its way. The caller keeps it from a pause to the next Send; it belongs to one Send at
// a time.
type Upload struct {
	Path        string // on this machine
	Bucket, Key string
	ContentType string
	Overwrite   bool
	// Moved is called with the number of bytes that have just been read for sending, negative when a try
	// failed and they will be sent again. It is called from many goroutines, often; it must be quick.
	Moved func(bytes int64)

	// What a paused multipart upload knows of itself.
	uploadID string
	partSize int64
	parts    []part
	opened   os.FileInfo
	cut      atomic.Bool // a part was cut off on its way
	// completing: the store was asked to put the parts together, and may have done so.
	completing bool
	proof      int32       // the rung of the ladder that this upload stands on, from its first byte to its last
	unproven   atomic.Bool // the store took a part without proof
	ours       bool        // what has the key is this very upload, which the store took without proof
}

// Receipt is what the store has said about an object that arrived.
type Receipt struct {
	Size     int64  // bytes
	ETag     string // without quotes; not a hash
	Checksum string // "crc64nvme:…", "md5:…" or "etag:…", each with the value as the store has it
}

// rungs of the ladder of proofs.
const (
	proofCRC = iota // CRC64NVME, in a header that the store enforces
	proofMD5        // Content-MD5, which every store enforces
)

// piece is a stretch of a file with its sums.
type piece struct {
	offset, size int64
	crc          uint64
	md5          [md5.Size]byte
}

// sum is the header that makes the store refuse anything but the piece.
func (p piece) sum(proof int32) signer.Sum {
	if proof == proofCRC {
		return signer.Sum{Header: "X-Amz-Checksum-Crc64nvme", Value: base64CRC(p.crc)}
	}
	return signer.Sum{Header: "Content-Md5", Value: base64.StdEncoding.EncodeToString(p.md5[:])}
}

// Send carries the file to its key. On a cancelled context it removes what the store already has of it, unless
// the context's cause is ErrPaused: then calling Send again with the same Upload goes on. So it does after an error
// that is Unreachable, with nobody there to remove anything; whoever gives up instead calls Abort.
func (c *Courier) Send(ctx context.Context, u *Upload) (Receipt, error) {
	if u.Moved == nil {
		u.Moved = func(int64) {}
	}
	f, info, err := OpenRegular(u.Path)
	if err != nil {
		return Receipt{}, err
	}
	defer func() { _ = f.Close() }()
	if info.Size() > MaxSize {
		return Receipt{}, fmt.Errorf("send %s: %w", u.Path, ErrTooLarge)
	}
	if u.uploadID != "" && !same(u.opened, info) {
		c.abort(ctx, u)
		return Receipt{}, fmt.Errorf("send %s: %w", u.Path, ErrChanged)
	}
	u.opened = info
	if u.uploadID == "" {
		u.proof, u.ours = c.proof.Load(), false
	}

	receipt, err := c.send(ctx, u, f)
	if u.proof == proofCRC && (refusesChecksum(err) || errors.Is(err, errUnproven)) {
		c.startAnew(ctx, u)
		u.unproven.Store(false)
		c.proof.Store(proofMD5)
		u.proof = proofMD5
		receipt, err = c.send(ctx, u, f)
	}
	if err != nil && !errors.Is(err, ErrPaused) && (ctx.Err() != nil || !Unreachable(err)) {
		c.abort(ctx, u)
	}
	return receipt, err
}

func (c *Courier) send(ctx context.Context, u *Upload, f *os.File) (Receipt, error) {
	size := u.opened.Size()
	if size > c.part {
		return c.sendParts(ctx, u, f)
	}
	release, err := c.slot(ctx)
	if err != nil {
		return Receipt{}, err
	}
	defer release()
	whole, err := c.measure(ctx, f, 0, size, u.proof)
	if err == nil {
		// What was measured is what was there before and after; from here on the store refuses anything else.
		err = unchanged(u)
	}
	if err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	err = c.try(ctx, func(attempt int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.Put(ctx, o, signer.PutOptions{
			Size: size, ContentType: u.ContentType, Sum: whole.sum(u.proof), Overwrite: u.Overwrite || u.ours,
		})
		if err != nil {
			return err
		}
		header, err := c.carry(ctx, "put", signed, f, whole, u.Moved)
		if isCode(err, "PreconditionFailed") {
			receipt, err = c.taken(ctx, u, whole, hex.EncodeToString(whole.md5[:]), attempt > 0)
			return err
		}
		if err != nil {
			return u.blame(err)
		}
		if err := u.proven("put", whole, header); err != nil {
			u.ours = errors.Is(err, errUnproven)
			return err
		}
		receipt = Receipt{Size: size, ETag: unquote(header.Get("ETag")), Checksum: proofText(u.proof, whole)}
		return nil
	})
	return receipt, err
}

// carry sends one piece under its signature, with a watch on its progress. A cancel that comes when all of it is
// on its way waits a moment for the answer: the store is about to have the piece, and would have it after an
// abort as well.
func (c *Courier) carry(ctx context.Context, op string, signed signer.Presigned, f io.ReaderAt, p piece, moved func(int64)) (http.Header, error) {
	request, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	b := newBody(f, p, moved, stallTime, cancel)
	over := make(chan struct{})
	defer close(over)
	stop := context.AfterFunc(ctx, func() {
		if !b.cut() {
			select {
			case <-over:
			case <-time.After(answerTime):
			}
		}
		cancel(context.Cause(ctx))
	})
	defer stop()
	header, _, err := c.do(request, op, signed, b)
	b.end(err != nil)
	return header, err
}

// measure reads a piece once and computes the sums that the store will be told.
func (c *Courier) measure(ctx context.Context, f io.ReaderAt, offset, size int64, proof int32) (piece, error) {
	buffer := c.buffers.Get().(*[]byte)
	defer c.buffers.Put(buffer)
	p := piece{offset: offset, size: size}
	digest := md5.New() // #nosec G401 -- see the import
	for done := int64(0); done < size; {
		if ctx.Err() != nil {
			return p, context.Cause(ctx)
		}
		chunk := (*buffer)[:min(int64(len(*buffer)), size-done)]
		n, err := f.ReadAt(chunk, offset+done)
		p.crc = crc64nvme.Update(p.crc, chunk[:n])
		if proof == proofMD5 {
			_, _ = digest.Write(chunk[:n])
		}
		done += int64(n)
		if errors.Is(err, io.EOF) && done < size {
			return p, ErrChanged // it was cut off behind our back
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return p, fmt.Errorf("read: %w", err)
		}
	}
	digest.Sum(p.md5[:0])
	return p, nil
}

// taken is called when the store says that the key is taken. If the answer to an earlier try was lost, it may
// be this very upload that took it; etag is what it would have then, for stores that know no CRC64NVME.
func (c *Courier) taken(ctx context.Context, u *Upload, whole piece, etag string, again bool) (Receipt, error) {
	refused := fmt.Errorf("s3://%s/%s: %w", u.Bucket, u.Key, ErrTaken)
	if !again {
		return Receipt{}, refused
	}
	signed, err := c.signer.Head(ctx, signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime})
	if err != nil {
		return Receipt{}, err
	}
	h, _, err := c.do(ctx, "look at the object", signed, nil)
	if err != nil || h.Get("Content-Length") != strconv.FormatInt(whole.size, 10) {
		return Receipt{}, refused
	}
	r := Receipt{Size: whole.size, ETag: unquote(h.Get("ETag"))}
	switch {
	case u.proof == proofCRC && h.Get("X-Amz-Checksum-Crc64nvme") == base64CRC(whole.crc):
		r.Checksum = proofText(proofCRC, whole)
	case u.proof == proofMD5 && r.ETag == etag:
		r.Checksum = "etag:" + etag
	default:
		return Receipt{}, refused
	}
	return r, nil
}

// startAnew takes back what was counted of parts that the store has, and removes them.
func (c *Courier) startAnew(ctx context.Context, u *Upload) {
	for _, p := range u.parts {
		if p.etag != "" {
			u.Moved(-p.size)
		}
	}
	c.abort(ctx, u)
}

// abort removes what the store has of an unfinished multipart upload. It does so even when the context is
// over, since that is the usual reason; a failure leaves parts that nobody sees but the bill, and is not worth
// hiding the first error for.
func (c *Courier) abort(ctx context.Context, u *Upload) {
	id := u.uploadID
	u.uploadID, u.parts = "", nil
	if id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
	// A part that was cut off on its way may still be at work in the store and arrive after the abort, so S3's
	// documentation wants a look afterwards, and another abort if need be.
	for pause := 50 * time.Millisecond; pause < 2*time.Second && ctx.Err() == nil; pause *= 2 {
		_ = c.try(ctx, func(int) error {
			signed, err := c.signer.AbortMultipart(ctx, o, id)
			if err != nil {
				return err
			}
			_, _, err = c.do(ctx, "abort", signed, nil)
			return err
		})
		if !u.cut.Load() {
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		signed, err := c.signer.ListParts(ctx, o, id, 0)
		if err != nil {
			return
		}
		if _, _, err = c.do(ctx, "look at the parts", signed, nil); isCode(err, "NoSuchUpload", "NoSuchKey") {
			return
		}
	}
}

// Abort removes what the store has of an upload that was paused or lost its store.
func (c *Courier) Abort(ctx context.Context, u *Upload) { c.abort(ctx, u) }

// blame says that the file changed where the store says that the bytes differ from the signed sum and the file
// is indeed another one by now.
func (u *Upload) blame(err error) error {
	if isCode(err, "BadDigest", "XAmzContentChecksumMismatch", "InvalidDigest") {
		if changed := unchanged(u); changed != nil {
			return changed
		}
	}
	// A file cut off while it is sent ends the body early.
	if errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "ContentLength=") {
		if changed := unchanged(u); changed != nil {
			return changed
		}
	}
	return err
}

// OpenRegular opens a file for reading if it is a regular one. A FIFO would block the opening itself, so it is
// looked at first.
func OpenRegular(path string) (*os.File, os.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("send: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("send %s: %w", path, ErrNotRegular)
	}
	f, err := os.Open(path) // #nosec G304 -- the person named it
	if err != nil {
		return nil, nil, fmt.Errorf("send: %w", err)
	}
	if info, err = f.Stat(); err != nil {
		_ = f.Close()
		return nil, nil, fmt.Errorf("send: %w", err)
	}
	return f, info, nil
}

// unchanged looks whether the file at the path is still the one that was opened.
func unchanged(u *Upload) error {
	now, err := os.Stat(u.Path)
	if err != nil || !same(u.opened, now) {
		return fmt.Errorf("send %s: %w", u.Path, ErrChanged)
	}
	return nil
}

func same(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// errUnproven: the store took the bytes and did not say that it knows their sum. It may not know CRC64NVME.
var errUnproven = errors.New("the store did not check what arrived")

// proven holds a store's answer to an upload against what was sent. A success that is not S3's is none: a
// network's login page says 200 as well. What fails here was counted as sent, so that is taken back.
func (u *Upload) proven(op string, p piece, answer http.Header) error {
	err := ofStore(op, answer)
	if err == nil && u.proof == proofCRC { // MD5 is checked by every store
		switch answer.Get("X-Amz-Checksum-Crc64nvme") {
		case base64CRC(p.crc):
		case "":
			err = errUnproven
		default:
			err = ErrProof
		}
	}
	if err != nil {
		u.Moved(-p.size)
	}
	return err
}

// ofStore wants the ETag that S3 gives with every object and part.
func ofStore(op string, answer http.Header) error {
	if answer.Get("ETag") != "" {
		return nil
	}
	return &StoreError{Op: op, Status: http.StatusOK, HTML: strings.HasPrefix(answer.Get("Content-Type"), "text/html")}
}

// proofText names the proof as the ledger and --json have it.
func proofText(proof int32, whole piece) string {
	if proof == proofCRC {
		return "crc64nvme:" + base64CRC(whole.crc)
	}
	return "md5:" + base64.StdEncoding.EncodeToString(whole.md5[:])
}

func isCode(err error, codes ...string) bool {
	var s *StoreError
	return errors.As(err, &s) && slices.Contains(codes, s.Code)
}

// refusesChecksum reports whether a store does not know CRC64NVME. Such stores say so in many ways.
func refusesChecksum(err error) bool {
	var s *StoreError
	if !errors.As(err, &s) {
		return false
	}
	switch s.Code {
	case "NotImplemented":
		return true
	case "InvalidArgument", "InvalidRequest", "UnsupportedArgument", "MalformedHeader":
		return strings.Contains(strings.ToLower(s.Message), "checksum") || strings.Contains(strings.ToLower(s.Message), "crc64")
	}
	return false
}

func unquote(etag string) string { return strings.Trim(etag, `"`) }
