package courier

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/signer"
)

// part is one part of a multipart upload; it has an ETag once the store is known to have it.
type part struct {
	piece
	etag   string
	listed *listedPart // what the store says it has from an earlier process, to be held against the file
}

// listedPart is a part in the answer to ListParts.
type listedPart struct {
	PartNumber int
	ETag       string
	Size       int64
	Sums       []sumXML `xml:",any"`
}

// sumXML is a checksum; the element's name says which.
type sumXML struct {
	XMLName xml.Name
	Value   string `xml:",chardata"`
}

// find gives the checksum of an algorithm, and "" when there is none.
func find(sums []sumXML, algorithm string) string {
	for _, s := range sums {
		if s.XMLName.Local == "Checksum"+algorithm {
			return s.Value
		}
	}
	return ""
}

// is reports whether what the store has is this piece of the file.
func (l *listedPart) is(p piece, way proof) bool {
	if l == nil || l.Size != p.size {
		return false
	}
	if way.algorithm == "" {
		return unquote(l.ETag) == way.kept(p.sum)
	}
	return find(l.Sums, way.algorithm) == way.kept(p.sum)
}

// isByETag reports the same of a store that lists no checksums of parts, though it has checked them (SeaweedFS): an ETag
// that is the MD5 of the piece says as much, for which it is read once more.
func (c *Courier) isByETag(ctx context.Context, f io.ReaderAt, l *listedPart, p piece, way proof) bool {
	if l == nil || l.Size != p.size || way.algorithm == "" || find(l.Sums, way.algorithm) != "" || !isMD5(unquote(l.ETag)) {
		return false
	}
	last := rung(rungs - 1)
	again, err := c.measure(ctx, f, p.offset, p.size, last)
	return err == nil && unquote(l.ETag) == last.kept(again.sum)
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
	switch {
	case u.uploadID == "":
		// The store refuses a taken key only when the parts are put together; better to know before sending them.
		if !u.Overwrite && !u.ours && c.Exists(ctx, u.Bucket, u.Key) {
			return c.already(ctx, u, f)
		}
		if err := c.create(ctx, u); err != nil {
			return Receipt{}, err
		}
	case u.parts == nil:
		if err := c.list(ctx, u); err != nil {
			if isCode(err, "NoSuchUpload") && !u.completing && u.Again {
				// It may have been put together just before the earlier process ended.
				if receipt, err := c.already(ctx, u, f); err == nil {
					return receipt, nil
				}
			}
			return Receipt{}, err
		}
	}
	groupCtx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var group errgroup.Group
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
			return c.gate.pass(groupCtx, fail, func() error {
				return c.sendPart(groupCtx, u, f, i, offset, min(u.partSize, size-offset))
			})
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
	err := unchanged(u)
	if err == nil {
		err = c.unmixed(ctx, u, f)
	}
	if err != nil {
		return Receipt{}, err
	}
	return c.putTogether(ctx, u)
}

// already is called when the key is taken, and finds out whether an earlier process's upload has taken it: then it
// is done. The file is read for that, but only where the size fits.
func (c *Courier) already(ctx context.Context, u *Upload, f *os.File) (Receipt, error) {
	refused := fmt.Errorf("s3://%s/%s: %w", u.Bucket, u.Key, ErrTaken)
	if !u.Again {
		return Receipt{}, refused
	}
	h, err := c.head(ctx, u.Bucket, u.Key)
	size := u.opened.Size()
	if err != nil || h.Get("Content-Length") != fmt.Sprint(size) {
		return Receipt{}, refused
	}
	if u.partSize == 0 {
		u.partSize = partSize(size, c.part)
	}
	way := rung(u.proof)
	parts, err := c.measureParts(ctx, f, size, u.partSize, way)
	if err == nil {
		err = unchanged(u)
	}
	if err != nil {
		return Receipt{}, err
	}
	return c.taken(ctx, u, size, way.joined(parts), true)
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
func (c *Courier) create(ctx context.Context, u *Upload) error {
	const op = "start the multipart upload"
	size := u.opened.Size()
	u.partSize = partSize(size, c.part)
	u.keeps()
	way := rung(u.proof)
	err := c.try(ctx, u, func(int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.CreateMultipart(ctx, o, signer.CreateOptions{
			ContentType: u.ContentType, Algorithm: way.algorithm, FullObject: way.whole, Settings: u.Settings,
		})
		if err != nil {
			return err
		}
		request, done := settle(ctx)
		defer done()
		_, answer, err := c.ask(request, op, signed, nil, c.stall)
		if err != nil {
			var refusal *StoreError
			u.doubt = u.doubt || !errors.As(err, &refusal) || refusal.Status >= 500 // else it was a clear no
			return err
		}
		var x struct {
			UploadID string `xml:"UploadId"`
		}
		if err := xml.Unmarshal(answer, &x); err != nil || x.UploadID == "" {
			u.doubt = true
			e := &StoreError{Op: op, Status: 200}
			e.read(answer)
			return e
		}
		u.uploadID = x.UploadID
		return nil
	})
	if err != nil {
		return err
	}
	u.completing = false
	u.parts = make([]part, (size+u.partSize-1)/u.partSize)
	u.keeps()
	return nil
}

// list asks the store which parts it has of an upload that another process has begun.
func (c *Courier) list(ctx context.Context, u *Upload) error {
	const op = "list the parts"
	parts := make([]part, (u.opened.Size()+u.partSize-1)/u.partSize)
	for after, more := 0, true; more; {
		var page struct {
			XMLName     xml.Name
			IsTruncated bool
			Next        int          `xml:"NextPartNumberMarker"`
			Parts       []listedPart `xml:"Part"`
		}
		err := c.try(ctx, u, func(int) error {
			signed, err := c.signer.ListParts(ctx, signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}, u.uploadID, after)
			if err != nil {
				return err
			}
			_, answer, err := c.ask(ctx, op, signed, nil, c.stall)
			if err != nil {
				return err
			}
			if err := xml.Unmarshal(answer, &page); err != nil || page.XMLName.Local != "ListPartsResult" {
				e := &StoreError{Op: op, Status: 200}
				e.read(answer)
				return e
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i := range page.Parts {
			if n := page.Parts[i].PartNumber; n >= 1 && n <= len(parts) {
				parts[n-1].listed = &page.Parts[i]
			}
		}
		more = page.IsTruncated && page.Next > after
		after = page.Next
	}
	u.parts = parts
	return nil
}

// sendPart measures and carries one part, unless the store has it already. It is called inside the gate.
func (c *Courier) sendPart(ctx context.Context, u *Upload, f *os.File, index int, offset, size int64) error {
	if u.unproven.Load() {
		return nil
	}
	way := rung(u.proof)
	p, err := c.measure(ctx, f, offset, size, way)
	if err != nil {
		return err
	}
	if l := u.parts[index].listed; l.is(p, way) || c.isByETag(ctx, f, l, p, way) {
		u.parts[index] = part{piece: p, etag: l.ETag}
		u.Moved(size)
		return nil
	}
	op := fmt.Sprintf("upload part %d", index+1)
	return c.try(ctx, u, func(int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.UploadPart(ctx, o, u.uploadID, index+1, size, way.travels(p.sum))
		if err != nil {
			return err
		}
		h, _, err := c.carry(ctx, op, signed, source{at: f, path: u.Path}, p, u.Moved)
		if err != nil {
			u.cut.Store(true)
			return c.blame(ctx, u, f, p, err)
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
	Sum        *sumXML
}

// putTogether has the store put the parts together, and holds its word against the file's sum. The store may be
// silent for long meanwhile, or for ever behind a firewall that has forgotten the connection: after a while it is
// asked again, and says then that there is no such upload any more if it was done.
func (c *Courier) putTogether(ctx context.Context, u *Upload) (Receipt, error) {
	way := rung(u.proof)
	list := completeXML{Parts: make([]partXML, len(u.parts))}
	for i, p := range u.parts {
		list.Parts[i] = partXML{PartNumber: i + 1, ETag: p.etag}
		if way.algorithm != "" {
			list.Parts[i].Sum = &sumXML{xml.Name{Local: "Checksum" + way.algorithm}, way.kept(p.sum)}
		}
	}
	payload, err := xml.Marshal(list)
	if err != nil {
		return Receipt{}, fmt.Errorf("list the parts: %w", err)
	}
	size, expected := u.opened.Size(), way.joined(u.parts)

	var receipt Receipt
	another := false // the very bytes are there, and not by this upload, as far as is known
	err = c.try(ctx, u, func(int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		opt := signer.CompleteOptions{BodySize: int64(len(payload)), ObjectSize: size, Overwrite: u.Overwrite || u.ours}
		if way.whole {
			opt.Sum = signer.Sum{Header: way.header, Value: expected}
		}
		signed, err := c.signer.CompleteMultipart(ctx, o, u.uploadID, opt)
		if err != nil {
			return err
		}
		request, done := settle(ctx)
		defer done()
		again := u.completing || u.Again // an answer may have been lost, in this Send or in an earlier one
		u.completing = true
		_, answer, err := c.ask(request, "complete", signed, bytes.NewReader(payload), c.complete)
		said := ""
		if err == nil {
			receipt, said, err = completed(answer, way)
		}
		if isCode(err, "ConditionalRequestConflict") {
			return errConflict
		}
		if isCode(err, "PreconditionFailed", "NoSuchUpload") {
			// After a lost answer, both mean that the store may have done it already.
			first := err
			another = isCode(first, "PreconditionFailed")
			if receipt, err = c.taken(request, u, size, expected, again); errors.Is(err, ErrTaken) && isCode(first, "NoSuchUpload") {
				return first
			}
			return err
		}
		if err != nil {
			return err
		}
		proof := expected
		if said != "" {
			if proof, err = c.fits(request, u, said, expected); err != nil {
				return err
			}
		}
		if proof == "" {
			u.ours = true
			return errGarbled
		}
		receipt.Size, receipt.Checksum = size, way.text(proof, u.partSize)
		return nil
	})
	if err != nil && ctx.Err() != nil && u.completing && !errors.Is(context.Cause(ctx), ErrPaused) {
		// What the store was asked for cannot be taken back.
		if late, found := c.arrived(ctx, u, size, expected); found {
			receipt, err = late, nil
		}
	}
	if errors.Is(err, errConflict) {
		c.startAnew(ctx, u)
		return Receipt{}, errConflict
	}
	if errors.Is(err, errGarbled) {
		u.Moved(-u.counted())
		u.forget() // there is no such upload any more
		return Receipt{}, ErrProof
	}
	switch {
	case err != nil:
	case u.cut.Load(), another:
		c.abort(ctx, u) // what was cut off may arrive in an upload that is done
	default:
		u.forget()
	}
	return receipt, err
}

// errConflict: another write to the same key was under way, and this upload is of no use any more.
var errConflict = errors.New("another write to the key was under way")

// errGarbled is ErrProof of a whole object, which trying the same again does not mend.
var errGarbled = errors.New("the store has put the parts together to something else")

// completed reads the answer to a complete, which may be an error inside a success: the store sends its 200
// before it knows. said is what it says of the object in terms of the proof, "" when it says nothing.
func completed(answer []byte, way proof) (r Receipt, said string, err error) {
	var x struct {
		XMLName xml.Name
		ETag    string
		Sums    []sumXML `xml:",any"`
	}
	if err := xml.Unmarshal(answer, &x); err != nil || x.XMLName.Local != "CompleteMultipartUploadResult" {
		e := &StoreError{Op: "complete", Status: 200}
		e.read(answer)
		return Receipt{}, "", e
	}
	r.ETag = unquote(x.ETag)
	if said = find(x.Sums, way.algorithm); way.algorithm == "" {
		said = r.ETag
	}
	return r, said, nil
}
