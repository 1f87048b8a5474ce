package courier

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bytes"

	"waybill/signer"
)

// Upload is one file on its way. The caller keeps it from a pause to the next Send; it belongs to one Send at
// a time.
type Upload struct {
	Path        string // on this machine
	Bucket, Key string
	ContentType string
	Settings    signer.ObjectSettings
	Overwrite   bool
	// Again says that an earlier attempt may have come further than anybody knows: what has the key already is
	// looked at, and is this upload if it has its size and its sum.
	Again bool
	// Moved is called with the number of bytes that have just been read for sending, negative when a try
	// failed and they will be sent again. It is called from many goroutines, often; it must be quick.
	Moved func(bytes int64)
	// Waits is called with the reason when the network is lost, and with nil when it is back.
	Waits func(error)
	// Keep is called, before anything else happens, with what another process would need to go on with a
	// multipart upload: without an ID when it is about to be started, with one once it is.
	Keep func(Unfinished)

	// What a paused multipart upload knows of itself.
	uploadID string
	partSize int64
	parts    []part // nil when the store has to be asked first
	opened   os.FileInfo
	from     *Unfinished // what another process has left behind
	cut      atomic.Bool // a part was cut off on its way
	// completing: the store was asked to put the parts together, and may have done so.
	completing bool
	proof      int32       // the rung of the ladder that this upload stands on, from its first byte to its last
	unproven   atomic.Bool // the store took a part without proof
	ours       bool        // what has the key is this very upload, which the store took without proof or garbled
	loose      bool        // the whole file went out in one piece, and no answer came
	all        hash.Hash   // the MD5 of a stream as it goes by, where that may be the proof; nil for files
	touched    bool        // something was done to the file in a pause, which its size and time do not show

	mu    sync.Mutex
	lost  int // requests that wait for the network
	doubt bool
}

// Unfinished is what is kept of a multipart upload on this machine, so that another process can go on with it.
type Unfinished struct {
	UploadID string    `json:"upload_id"` // the store's; "" when it is not known whether there is one
	PartSize int64     `json:"part_size"` // bytes
	Proof    string    `json:"proof"`     // what it was started with, "crc64nvme" for one
	Size     int64     `json:"size"`      // the file's, in bytes
	Modified time.Time `json:"modified"`  // the file's
	// Doubt says that the store may have started another one of which it never told the name.
	Doubt bool `json:"doubt,omitempty"`
}

// Receipt is what the store has said about an object that arrived.
type Receipt struct {
	Size     int64  // bytes
	ETag     string // without quotes; not a hash
	Checksum string // "crc64nvme:…", "crc32c:…", "sha256:…" or "etag:…", each with the value as the store has it
}

// Continue makes the next Send go on with what another process has left behind.
func (u *Upload) Continue(x Unfinished) {
	u.Again, u.doubt = true, u.doubt || x.Doubt
	if i, ok := rungNamed(x.Proof); ok && x.UploadID != "" && x.PartSize > 0 {
		u.from, u.uploadID, u.partSize, u.proof, u.parts = &x, x.UploadID, x.PartSize, i, nil
	}
}

// Doubtful reports whether the store may have started a multipart upload of which it never told the name.
func (u *Upload) Doubtful() bool { return u.doubt }

// Unfinished reports whether the store may have parts of it.
func (u *Upload) Unfinished() bool { return u.uploadID != "" }

// Forget makes the next Send begin anew, under a Key that may be another: nothing of it is in the store.
func (u *Upload) Forget() {
	u.forget()
	u.ours, u.loose = false, false
}

// waits tells the caller that the network is lost for the first of the requests, and that it is back for the last.
func (u *Upload) waits(why error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	before := u.lost
	if why != nil {
		u.lost++
	} else {
		u.lost--
	}
	if u.Waits != nil && (before == 0 || u.lost == 0) {
		u.Waits(why)
	}
}

// keeps tells the caller what to keep.
func (u *Upload) keeps() {
	if u.Keep != nil {
		u.Keep(Unfinished{
			UploadID: u.uploadID, PartSize: u.partSize, Proof: rung(u.proof).name, Size: u.opened.Size(), Modified: u.opened.ModTime(),
			Doubt: u.doubt,
		})
	}
}

// mostRestarts bounds how often an upload is begun anew because of what the store says.
const mostRestarts = 3

// Send carries the file to its key. On a cancelled context, and on a failure, it removes what the store already
// has of it, unless the context's cause is ErrPaused or the failure is one after which the store cannot be
// reached: then calling Send again with the same Upload goes on.
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
	if err := c.recognise(ctx, u, info); err != nil {
		return Receipt{}, err
	}
	u.opened = info

	var receipt Receipt
	for restarts := 0; ; restarts++ {
		if u.uploadID == "" {
			u.proof = max(c.proof.Load(), u.proof)
		}
		receipt, err = c.send(ctx, u, f)
		if ctx.Err() != nil || restarts >= mostRestarts+rungs || !c.anew(ctx, u, err) {
			break
		}
	}
	switch {
	case err == nil, errors.Is(err, ErrPaused), c.outOfReach(err) && ctx.Err() == nil:
	default:
		c.abort(ctx, u)
		c.removeOurs(ctx, u)
	}
	return receipt, err
}

// recognise looks whether the file is still the one that an earlier Send, here or in another process, has begun
// to carry.
func (c *Courier) recognise(ctx context.Context, u *Upload, now os.FileInfo) error {
	switch {
	case u.uploadID == "":
	case u.from != nil && u.opened == nil:
		if now.Size() != u.from.Size || !now.ModTime().Equal(u.from.Modified) {
			c.abort(ctx, u) // the person wants the file as it is now
		}
	case !same(u.opened, now):
		c.startAnew(ctx, u)
		return fmt.Errorf("send %s: %w", u.Path, ErrChanged)
	default:
		u.touched = u.touched || touched(u.opened, now)
	}
	return nil
}

// anew reports whether an upload that failed can succeed from its beginning, and makes it ready for that.
func (c *Courier) anew(ctx context.Context, u *Upload, err error) bool {
	switch {
	case !last(u.proof) && (refusesChecksum(err) || errors.Is(err, errUnproven)):
		c.startAnew(ctx, u)
		u.unproven.Store(false)
		u.proof++
		c.proof.Store(u.proof)
	case isCode(err, "NoSuchUpload"):
		// Somebody has tidied up, or the store has; a part that was on its way meanwhile may have outlived that.
		c.startAnew(ctx, u)
	case isCode(err, "InvalidPart", "InvalidPartOrder"):
		u.Moved(-u.counted())
		u.parts = nil // what the store has, it will say
	case errors.Is(err, errConflict): // of parts, S3 wants a new upload then, not a new try
	case errors.Is(err, ErrProof) && u.uploadID == "" && u.ours && u.opened.Size() > c.part:
		// It was put together wrongly. What is there now is this upload's, so it is replaced.
	default:
		return false
	}
	return true
}

// outOfReach reports whether a failure is one after which the store could not be asked to remove anything, and
// the person may well come back with a network, with credentials, or to a store that works again.
func (c *Courier) outOfReach(err error) bool {
	var credentials *signer.CredentialsError
	var refusal *StoreError
	return c.network(err) || endedCredentials(err) || errors.As(err, &credentials) ||
		errors.As(err, &refusal) && refusal.transient() && refusal.Status >= 500
}

func (c *Courier) send(ctx context.Context, u *Upload, f *os.File) (Receipt, error) {
	if u.uploadID != "" || u.opened.Size() > c.part {
		return c.sendParts(ctx, u, f)
	}
	if err := c.gate.enter(ctx); err != nil {
		return Receipt{}, err
	}
	defer c.gate.leave()
	way := rung(u.proof)
	size := u.opened.Size()
	from := source{at: f}
	if size <= copyBuffer { // small enough to read it once
		buffer := c.buffers.Get().(*[]byte)
		defer c.buffers.Put(buffer)
		n, err := io.ReadFull(io.NewSectionReader(f, 0, size), (*buffer)[:size])
		if int64(n) < size {
			if err == nil || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				err = ErrChanged
			}
			return Receipt{}, fmt.Errorf("read %s: %w", u.Path, err)
		}
		from.at = bytes.NewReader((*buffer)[:size])
	}
	whole, err := c.measure(ctx, from.at, 0, size, way)
	if err == nil {
		// What was measured is what was there before and after; from here on the store refuses anything else.
		err = unchanged(u)
	}
	if err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	err = c.try(ctx, u, func(attempt int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.Put(ctx, o, signer.PutOptions{
			Size: size, ContentType: u.ContentType, Sum: way.travels(whole.sum), Settings: u.Settings, Overwrite: u.Overwrite || u.ours,
		})
		if err != nil {
			return err
		}
		header, loose, err := c.carry(ctx, "put", signed, from, whole, u.Moved)
		u.loose = u.loose || loose
		if isCode(err, "PreconditionFailed") {
			receipt, err = c.taken(ctx, u, size, way.kept(whole.sum), attempt > 0 || u.Again || u.loose)
			return err
		}
		if err != nil {
			return c.blame(ctx, u, f, whole, err)
		}
		if err := u.proven("put", whole, header); err != nil {
			u.ours = u.ours || errors.Is(err, errUnproven) || errors.Is(err, ErrProof)
			return err
		}
		receipt = Receipt{Size: size, ETag: unquote(header.Get("ETag")), Checksum: way.text(way.kept(whole.sum), size)}
		return nil
	})
	if err != nil && u.loose && ctx.Err() != nil {
		if late, found := c.arrived(ctx, u, size, way.kept(whole.sum)); found {
			return late, nil
		}
	}
	return receipt, err
}

// arrived looks, after a cancel or a pause, whether what went out without an answer has arrived all the same: then the
// file counts as sent, rather than being there without anybody knowing. The store may need a moment to put it there.
func (c *Courier) arrived(ctx context.Context, u *Upload, size int64, expected string) (Receipt, bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	for range 3 {
		if r, err := c.taken(ctx, u, size, expected, true); err == nil {
			return r, true
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return Receipt{}, false
}

// taken is called when the store says that the key is taken. If the answer to an earlier try was lost, it may
// be this very upload that took it; expected is what the store says of it then.
func (c *Courier) taken(ctx context.Context, u *Upload, size int64, expected string, again bool) (Receipt, error) {
	refused := fmt.Errorf("s3://%s/%s: %w", u.Bucket, u.Key, ErrTaken)
	if !again {
		return Receipt{}, refused
	}
	h, err := c.head(ctx, u.Bucket, u.Key)
	if err != nil || h.Get("Content-Length") != strconv.FormatInt(size, 10) {
		return Receipt{}, refused
	}
	way := rung(u.proof)
	proof, err := c.fits(ctx, u, way.said(h), expected)
	if err != nil || proof == "" {
		return Receipt{}, refused
	}
	u.Moved(max(size-u.counted(), 0))
	return Receipt{Size: size, ETag: unquote(h.Get("ETag")), Checksum: way.text(proof, u.partSize)}, nil
}

// counted is how many bytes of parts the store is known to have.
func (u *Upload) counted() (n int64) {
	for _, p := range u.parts {
		if p.etag != "" {
			n += p.size
		}
	}
	return n
}

// head looks at an object.
func (c *Courier) head(ctx context.Context, bucket, key string) (h http.Header, err error) {
	const op = "look at the object"
	err = c.located(ctx, func() error {
		signed, err := c.signer.Head(ctx, signer.Object{Bucket: bucket, Key: key, Expires: linkTime})
		if err != nil {
			return err
		}
		h, _, err = c.ask(ctx, op, signed, nil, c.stall)
		if err == nil {
			err = ofStore(op, h)
		}
		return err
	})
	return h, err
}

// Exists looks whether the key is taken. Not knowing (no permission to look, say) is no: the store has the
// last word anyway.
func (c *Courier) Exists(ctx context.Context, bucket, key string) bool {
	_, err := c.head(ctx, bucket, key)
	return err == nil
}

// removeOurs takes away an object that this upload has put there and nobody has proven: it has the file's name, and
// maybe not its bytes.
func (c *Courier) removeOurs(ctx context.Context, u *Upload) {
	if !u.ours {
		return
	}
	u.ours = false
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.stall)
	defer cancel()
	if signed, err := c.signer.Delete(ctx, signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}); err == nil {
		_, _, _ = c.do(ctx, "remove the object", signed, nil)
	}
}

// forget lets go of a multipart upload that is no more.
func (u *Upload) forget() {
	u.parts = nil
	u.uploadID, u.from, u.completing, u.touched = "", nil, false, false
	u.cut.Store(false)
}

// startAnew takes back what was counted of parts that the store has, and removes them.
func (c *Courier) startAnew(ctx context.Context, u *Upload) {
	u.Moved(-u.counted())
	c.abort(ctx, u)
}

// abort removes what the store has of an unfinished multipart upload. It does so even when the context is
// over, since that is the usual reason; a failure leaves parts that nobody sees but the bill, and is not worth
// hiding the first error for.
func (c *Courier) abort(ctx context.Context, u *Upload) {
	id := u.uploadID
	cut := u.cut.Load()
	u.forget()
	if id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if !c.abortID(ctx, signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}, id, cut) {
		u.doubt = true
	}
}

// abortID removes a multipart upload. A part that was cut off on its way may still be at work in the store and
// arrive after the abort, so S3's documentation wants a look afterwards, and another abort if need be.
// It reports whether the store has said that there is nothing left.
func (c *Courier) abortID(ctx context.Context, o signer.Object, id string, cut bool) (gone bool) {
	for pause := 50 * time.Millisecond; pause < 2*time.Second && ctx.Err() == nil; pause *= 2 {
		err := c.AbortID(ctx, o.Bucket, o.Key, id)
		if gone = err == nil || isCode(err, "NoSuchKey", "NoSuchBucket"); !cut || !gone {
			return gone
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		signed, err := c.signer.ListParts(ctx, o, id, 0)
		if err != nil {
			return false
		}
		if _, _, err = c.ask(ctx, "look at the parts", signed, nil, c.stall); isCode(err, "NoSuchUpload", "NoSuchKey") {
			return true
		}
		gone = false
	}
	return gone
}

// Abort removes what the store has of a paused upload.
func (c *Courier) Abort(ctx context.Context, u *Upload) {
	c.abort(ctx, u)
	c.removeOurs(ctx, u)
}

// AbortID removes a multipart upload that is known by its name only. One that is not there is removed; a web page's
// success is none.
func (c *Courier) AbortID(ctx context.Context, bucket, key, id string) error {
	return c.try(ctx, nil, func(int) error {
		signed, err := c.signer.AbortMultipart(ctx, signer.Object{Bucket: bucket, Key: key, Expires: linkTime}, id)
		if err != nil {
			return err
		}
		h, _, err := c.ask(ctx, "abort", signed, nil, c.stall)
		switch {
		case isCode(err, "NoSuchUpload"):
			return nil
		case err == nil && isPage(h):
			return &StoreError{Op: "abort", Status: http.StatusOK, HTML: true}
		}
		return err
	})
}

// blame says that the file changed where the store says that the bytes differ from the signed sum and the file
// is indeed another one by now, whatever its times say.
func (c *Courier) blame(ctx context.Context, u *Upload, f *os.File, p piece, err error) error {
	if bent(err) {
		if changed := unchanged(u); changed != nil {
			return changed
		}
		if now, failed := c.measure(ctx, f, p.offset, p.size, rung(u.proof)); failed == nil && !bytes.Equal(now.sum, p.sum) {
			return fmt.Errorf("send %s: %w", u.Path, ErrChanged)
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

// unmixed looks whether the parts belong to one and the same file. An editor, or a person with touch(1), may have given
// it its old time back; the system's own time of the last change tells, and then the parts are held against the file.
func (c *Courier) unmixed(ctx context.Context, u *Upload, f *os.File) error {
	now, err := f.Stat()
	if err == nil && !u.touched && !touched(u.opened, now) {
		return nil
	}
	for _, was := range u.parts {
		now, err := c.measure(ctx, f, was.offset, was.size, rung(u.proof))
		if err != nil {
			return err
		}
		if !bytes.Equal(now.sum, was.sum) {
			return fmt.Errorf("send %s: %w", u.Path, ErrChanged)
		}
	}
	return nil
}

// touched reports whether something was done to a file between two looks: to its bytes, or to its mode, owner or name.
func touched(a, b os.FileInfo) bool { return !changeTime(a).Equal(changeTime(b)) }

func same(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

func isCode(err error, codes ...string) bool {
	var s *StoreError
	return errors.As(err, &s) && slices.Contains(codes, s.Code)
}

func unquote(etag string) string { return strings.Trim(etag, `"`) }
