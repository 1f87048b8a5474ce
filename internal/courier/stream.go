package courier

import (
	"bytes"
	"context"
	"crypto/md5" // #nosec G501 -- an ETag may be one
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/signer"
)

// streamParts is how many parts of a stream are in memory at once.
const streamParts = 3

// mostStreamPart is how large the parts of a stream are at the most, in bytes, where 10,000 of them are enough: they are in
// memory, and a part size that suits files may be a gigabyte.
const mostStreamPart = 64 << 20

// sized is a stream in the place of a file: there is nothing of it but its size.
type sized int64

func (s sized) Name() string       { return "" }
func (s sized) Size() int64        { return int64(s) }
func (s sized) Mode() fs.FileMode  { return 0 }
func (s sized) ModTime() time.Time { return time.Time{} }
func (s sized) IsDir() bool        { return false }
func (s sized) Sys() any           { return nil }

// Stream carries what r gives, of a size that nobody knows yet; about is a guess at it in bytes, for the size of the
// parts. A part is in memory while it is sent, since its sum is signed before. What was read cannot be read again, so
// a stream is not gone on with: after a failure, as after a cancel, the store has nothing of it.
func (c *Courier) Stream(ctx context.Context, u *Upload, r io.Reader, about int64) (Receipt, error) {
	if u.Moved == nil {
		u.Moved = func(int64) {}
	}
	first := make([]byte, partSize(about+about/8, min(c.part, mostStreamPart))) // a guess leaves room
	n, err := io.ReadFull(r, first)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return c.Put(ctx, u, first[:n])
	case err != nil:
		return Receipt{}, fmt.Errorf("read the stream: %w", err)
	case !u.Overwrite && c.Exists(ctx, u.Bucket, u.Key):
		return Receipt{}, u.isTaken()
	}
	receipt, err := c.stream(ctx, u, r, first)
	if err != nil {
		c.abort(ctx, u)
		c.removeOurs(ctx, u)
	}
	return receipt, err
}

func (c *Courier) stream(ctx context.Context, u *Upload, r io.Reader, first []byte) (Receipt, error) {
	for u.proof = c.proof.Load(); ; u.proof++ { // what the store can prove shows with the first part
		u.opened = sized(int64(len(first)))
		err := c.create(ctx, u)
		if err == nil {
			u.parts = make([]part, 1)
			err = c.gate.pass(ctx, func(error) {}, func() (err error) {
				u.parts[0], err = c.carryPart(ctx, u, 0, first)
				return err
			})
		}
		if err == nil && u.unproven.Load() {
			err = errUnproven
		}
		if err == nil {
			break
		}
		if last(u.proof) || !refusesChecksum(err) && !errors.Is(err, errUnproven) {
			return Receipt{}, err
		}
		c.startAnew(ctx, u)
		u.unproven.Store(false)
		c.proof.Store(u.proof + 1)
	}
	size := int64(len(first))
	u.partSize = size // and not what a file of this size would go in
	if rung(u.proof).algorithm == "" {
		u.all = md5.New() // #nosec G401 -- see fits
		_, _ = u.all.Write(first)
	}
	groupCtx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var group errgroup.Group
	group.SetLimit(streamParts - 1)   // and one that is being read
	giveUp := func(why error) error { // no part is of use any more, not even one that is on its way
		fail(why)
		_ = group.Wait()
		return why
	}
	sent := []*part{&u.parts[0]}
	for more := true; more && groupCtx.Err() == nil; {
		if len(sent) == MaxParts {
			return Receipt{}, giveUp(fmt.Errorf("send a stream in parts of %d bytes: %w", len(first), ErrTooLarge))
		}
		chunk := make([]byte, len(first))
		n, err := io.ReadFull(r, chunk)
		more = err == nil
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return Receipt{}, giveUp(fmt.Errorf("read the stream: %w", err))
		}
		if n == 0 {
			break
		}
		size += int64(n)
		if u.all != nil {
			_, _ = u.all.Write(chunk[:n])
		}
		index, one := len(sent), &part{}
		sent = append(sent, one)
		group.Go(func() error {
			return c.gate.pass(groupCtx, fail, func() (err error) {
				*one, err = c.carryPart(groupCtx, u, index, chunk[:n])
				return err
			})
		})
	}
	err := group.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return Receipt{}, cause
	}
	if err == nil && u.unproven.Load() {
		err = errUnproven
	}
	if err != nil {
		return Receipt{}, err
	}
	u.parts, u.opened = make([]part, len(sent)), sized(size)
	for i, p := range sent {
		u.parts[i] = *p
	}
	return c.putTogether(ctx, u)
}

// carryPart carries one part that is in memory. It is called inside the gate.
func (c *Courier) carryPart(ctx context.Context, u *Upload, index int, chunk []byte) (sent part, err error) {
	way, from, size := rung(u.proof), bytes.NewReader(chunk), int64(len(chunk))
	p, err := c.measure(ctx, from, 0, size, way)
	if err != nil {
		return sent, err
	}
	op := fmt.Sprintf("upload part %d", index+1)
	err = c.try(ctx, u, func(int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.UploadPart(ctx, o, u.uploadID, index+1, size, way.travels(p.sum))
		if err != nil {
			return err
		}
		h, _, err := c.carry(ctx, op, signed, source{at: from}, p, u.Moved)
		if err != nil {
			u.cut.Store(true)
			return err
		}
		if err := u.proven(op, p, h); errors.Is(err, errUnproven) {
			u.unproven.Store(true)
			return nil
		} else if err != nil {
			return err
		}
		sent = part{piece: p, etag: h.Get("ETag")}
		return nil
	})
	return sent, err
}
