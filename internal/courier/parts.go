package courier

import (
	"bytes"
	"context"
	"crypto/md5" // #nosec G501 -- the ETag of a multipart object is made of MD5s
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/signer"
)

// part is one part of a multipart upload; it has an ETag once the store has it.
type part struct {
	piece
	etag string
}

// partSize makes parts of at least want bytes, larger where there would be more than 10,000: whole MiB, so
// that reads stay aligned.
func partSize(size, want int64) int64 {
	least := (size + MaxParts - 1) / MaxParts
	if least > want {
		want = (least + 1<<20 - 1) >> 20 << 20
	}
	return min(want, MaxPart)
}

// sendParts carries a file in parts, several at once, and has the store put them together.
func (c *Courier) sendParts(ctx context.Context, u *Upload, f *os.File) (Receipt, error) {
	size := u.opened.Size()
	if u.uploadID == "" {
		// The store refuses a taken key only when the parts are put together; better to know before sending them.
		if !u.Overwrite && c.Exists(ctx, u.Bucket, u.Key) {
			return Receipt{}, fmt.Errorf("s3://%s/%s: %w", u.Bucket, u.Key, ErrTaken)
		}
		id, err := c.create(ctx, u)
		if err != nil {
			return Receipt{}, err
		}
		u.uploadID, u.partSize, u.completing = id, partSize(size, c.part), false
		u.parts = make([]part, (size+u.partSize-1)/u.partSize)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(partsAtOnce)
	for i := range u.parts {
		if u.parts[i].etag != "" {
			continue // sent before a pause
		}
		if groupCtx.Err() != nil || u.unproven.Load() {
			break
		}
		group.Go(func() error {
			offset := int64(i) * u.partSize
			return c.sendPart(groupCtx, u, f, i, offset, min(u.partSize, size-offset))
		})
	}
	if err := group.Wait(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return Receipt{}, cause
		}
		return Receipt{}, err
	}
	if cause := context.Cause(ctx); cause != nil {
		return Receipt{}, cause
	}
	if u.unproven.Load() {
		return Receipt{}, errUnproven
	}
	// Each part arrived as it was measured; that they belong together is what this says.
	if err := unchanged(u); err != nil {
		return Receipt{}, err
	}
	return c.complete(ctx, u)
}

// Exists looks whether the key is taken. Not knowing (no permission to look, say) is no: the store has the
// last word anyway.
func (c *Courier) Exists(ctx context.Context, bucket, key string) bool {
	signed, err := c.signer.Head(ctx, signer.Object{Bucket: bucket, Key: key, Expires: linkTime})
	if err != nil {
		return false
	}
	const op = "look at the object"
	h, _, err := c.do(ctx, op, signed, nil)
	return err == nil && ofStore(op, h) == nil
}

// settle gives a request that changes something in the store the time to be answered after the person has
// cancelled or paused: what was done is known then, and can be undone or gone on with.
func settle(ctx context.Context) (outliving context.Context, done func()) {
	outliving, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-outliving.Done():
		case <-time.After(answerTime):
			cancel(context.Cause(ctx))
		}
	})
	return outliving, func() { stop(); cancel(nil) }
}

// create starts a multipart upload.
func (c *Courier) create(ctx context.Context, u *Upload) (id string, err error) {
	err = c.try(ctx, func(int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.CreateMultipart(ctx, o, u.ContentType, u.proof == proofCRC)
		if err != nil {
			return err
		}
		request, done := settle(ctx)
		defer done()
		_, answer, err := c.do(request, "start the multipart upload", signed, nil)
		if err != nil {
			return err
		}
		var x struct {
			UploadID string `xml:"UploadId"`
		}
		if err := xml.Unmarshal(answer, &x); err != nil || x.UploadID == "" {
			e := &StoreError{Op: "start the multipart upload", Status: 200}
			e.read(answer)
			return e
		}
		id = x.UploadID
		return nil
	})
	return id, err
}

// sendPart measures and carries one part.
func (c *Courier) sendPart(ctx context.Context, u *Upload, f *os.File, index int, offset, size int64) error {
	release, err := c.slot(ctx)
	if err != nil {
		return err
	}
	defer release()
	if u.unproven.Load() {
		return nil
	}
	p, err := c.measure(ctx, f, offset, size, u.proof)
	if err != nil {
		return err
	}
	op := fmt.Sprintf("upload part %d", index+1)
	return c.try(ctx, func(int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.UploadPart(ctx, o, u.uploadID, index+1, size, p.sum(u.proof))
		if err != nil {
			return err
		}
		h, err := c.carry(ctx, op, signed, f, p, u.Moved)
		if err != nil {
			u.cut.Store(true)
			return u.blame(err)
		}
		if err := u.proven(op, p, h); errors.Is(err, errUnproven) {
			u.unproven.Store(true) // the others end in peace: one that is cut off may come to life after the abort
			return nil
		} else if err != nil {
			return err
		}
		u.parts[index] = part{piece: p, etag: h.Get("ETag")}
		return nil
	})
}

// completeXML is the body of CompleteMultipartUpload.
type completeXML struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUpload"`
	Parts   []partXML
}

type partXML struct {
	XMLName    xml.Name `xml:"Part"`
	PartNumber int
	ETag       string
	Checksum   string `xml:"ChecksumCRC64NVME,omitempty"`
}

// complete has the store put the parts together, and holds its word against the file's sum.
func (c *Courier) complete(ctx context.Context, u *Upload) (Receipt, error) {
	whole := piece{size: u.opened.Size()}
	list := completeXML{Parts: make([]partXML, len(u.parts))}
	etags := md5.New() // #nosec G401 -- see the import
	for i, p := range u.parts {
		list.Parts[i] = partXML{PartNumber: i + 1, ETag: p.etag}
		if u.proof == proofCRC {
			list.Parts[i].Checksum = base64CRC(p.crc)
		}
		whole.crc = combineCRC(whole.crc, p.crc, p.size)
		_, _ = etags.Write(p.md5[:])
	}
	payload, err := xml.Marshal(list)
	if err != nil {
		return Receipt{}, fmt.Errorf("list the parts: %w", err)
	}
	expected := fmt.Sprintf("%s-%d", hex.EncodeToString(etags.Sum(nil)), len(u.parts))

	var receipt Receipt
	err = c.try(ctx, func(int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		opt := signer.CompleteOptions{BodySize: int64(len(payload)), ObjectSize: whole.size, Overwrite: u.Overwrite}
		if u.proof == proofCRC {
			opt.Sum = whole.sum(u.proof)
		}
		signed, err := c.signer.CompleteMultipart(ctx, o, u.uploadID, opt)
		if err != nil {
			return err
		}
		request, done := settle(ctx)
		defer done()
		again := u.completing // an answer may have been lost, in this Send or in the one before a pause
		u.completing = true
		_, answer, err := c.do(request, "complete", signed, bytes.NewReader(payload))
		if err == nil {
			receipt, err = completed(answer)
		}
		if isCode(err, "PreconditionFailed", "NoSuchUpload") {
			// After a lost answer, both mean that the store may have done it already.
			first := err
			if receipt, err = c.taken(request, u, whole, expected, again); errors.Is(err, ErrTaken) && isCode(first, "NoSuchUpload") {
				return first
			}
			return err
		}
		if err != nil {
			return err
		}
		switch {
		case u.proof == proofCRC:
			if receipt.Checksum != "" && receipt.Checksum != base64CRC(whole.crc) {
				return ErrProof
			}
			receipt.Checksum = "crc64nvme:" + base64CRC(whole.crc)
		case receipt.ETag != expected:
			return ErrProof
		default:
			receipt.Checksum = "etag:" + receipt.ETag
		}
		receipt.Size = whole.size
		return nil
	})
	switch {
	case err != nil:
	case u.cut.Load():
		c.abort(ctx, u) // what was cut off may arrive in an upload that is done
	default:
		u.uploadID, u.parts = "", nil
	}
	return receipt, err
}

// completed reads the answer to a complete, which may be an error inside a success: the store sends its 200
// before it knows.
func completed(answer []byte) (Receipt, error) {
	var x struct {
		XMLName  xml.Name
		ETag     string
		Checksum string `xml:"ChecksumCRC64NVME"`
	}
	if err := xml.Unmarshal(answer, &x); err != nil || x.XMLName.Local != "CompleteMultipartUploadResult" {
		e := &StoreError{Op: "complete", Status: 200}
		e.read(answer)
		return Receipt{}, e
	}
	return Receipt{ETag: unquote(x.ETag), Checksum: x.Checksum}, nil
}
