package courier

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"waybill/signer"
)

// Put sends bytes that are in memory: a page of links, which must not lie in a file on its way. They are proven as a
// file is. Of the upload, Bucket, Key, ContentType, Settings and Overwrite count; without that, a key that is taken is
// ErrTaken.
func (c *Courier) Put(ctx context.Context, what *Upload, data []byte) (Receipt, error) {
	if err := c.gate.enter(ctx); err != nil {
		return Receipt{}, err
	}
	defer c.gate.leave()
	u := &Upload{
		Bucket: what.Bucket, Key: what.Key, ContentType: what.ContentType, Settings: what.Settings, Overwrite: what.Overwrite,
		Moved: func(int64) {}, proof: c.proof.Load(),
	}
	for {
		r, err := c.put(ctx, u, data)
		if last(u.proof) || !refusesChecksum(err) && !errors.Is(err, errUnproven) {
			if err != nil {
				c.removeOurs(ctx, u)
			}
			return r, err
		}
		u.proof++
		c.proof.Store(u.proof)
	}
}

// put sends them on one rung of the ladder.
func (c *Courier) put(ctx context.Context, u *Upload, data []byte) (receipt Receipt, err error) {
	way, from := rung(u.proof), bytes.NewReader(data)
	size := int64(len(data))
	whole, err := c.measure(ctx, from, 0, size, way)
	if err != nil {
		return Receipt{}, err
	}
	err = c.try(ctx, u, func(attempt int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.Put(ctx, o, signer.PutOptions{
			Size: size, ContentType: u.ContentType, Sum: way.travels(whole.sum), Settings: u.Settings, Overwrite: u.Overwrite || u.ours,
		})
		if err != nil {
			return err
		}
		header, loose, err := c.carry(ctx, "put", signed, source{at: from}, whole, u.Moved)
		u.loose = u.loose || loose
		if isCode(err, "PreconditionFailed") {
			receipt, err = c.taken(ctx, u, size, way.kept(whole.sum), attempt > 0 || u.loose)
			return err
		}
		if err != nil {
			return err
		}
		if err := u.proven("put", whole, header); err != nil {
			u.ours = !u.Overwrite
			return fmt.Errorf("s3://%s/%s: %w", u.Bucket, u.Key, err)
		}
		receipt = Receipt{Size: size, ETag: unquote(header.Get("ETag")), Checksum: way.text(way.kept(whole.sum), size)}
		return nil
	})
	return receipt, err
}
