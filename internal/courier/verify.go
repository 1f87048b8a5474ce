package courier

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"waybill/signer"
)

// Verify holds an object against a file: the store's word for the object, and the same sum made of the file now.
// checksum is the proof that a Receipt gave. It is ErrProof when the store has something else by now than what was
// sent, ErrChanged when the file is not what was sent any more, and nil when all three are the same.
func (c *Courier) Verify(ctx context.Context, path, bucket, key, checksum string) error {
	way, expected, step, ok := proofIn(checksum)
	if !ok {
		return fmt.Errorf("verify s3://%s/%s: there is no proof %q", bucket, key, checksum)
	}
	h, err := c.head(ctx, bucket, key)
	if err != nil {
		return err
	}
	if said := way.said(h); said != expected {
		return fmt.Errorf("verify s3://%s/%s: the store has %q, and %q was sent: %w", bucket, key, said, expected, ErrProof)
	}
	f, info, err := OpenRegular(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	size := info.Size()
	changed := fmt.Errorf("verify %s: %w", path, ErrChanged)
	if h.Get("Content-Length") != strconv.FormatInt(size, 10) {
		return changed
	}
	joined := way.whole && size > 0 || ofParts(expected)
	if joined && !way.whole {
		if step == 0 {
			if step, err = c.sizeOfFirstPart(ctx, bucket, key); err != nil {
				return err
			}
		}
		if !strings.HasSuffix(expected, fmt.Sprintf("-%d", (size+step-1)/step)) {
			return fmt.Errorf("verify s3://%s/%s: %w", bucket, key, ErrPartSize)
		}
	}
	if step == 0 {
		step = max(size, 1)
	}
	parts, err := c.measureParts(ctx, f, size, step, way)
	if err != nil {
		return err
	}
	now := way.kept(parts[0].sum)
	if joined {
		now = way.joined(parts)
	}
	if now != expected {
		return changed
	}
	return nil
}

// sizeOfFirstPart asks how an object was put together; its composite sums depend on that.
func (c *Courier) sizeOfFirstPart(ctx context.Context, bucket, key string) (int64, error) {
	const op = "look at the first part"
	signed, err := c.signer.HeadPart(ctx, signer.Object{Bucket: bucket, Key: key, Expires: linkTime}, 1)
	if err != nil {
		return 0, err
	}
	var h http.Header
	if h, _, err = c.ask(ctx, op, signed, nil, c.stall); err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%s: the answer has no length", op)
	}
	return n, nil
}

// measureParts reads a file in steps, one after the other; an empty one has one empty part.
func (c *Courier) measureParts(ctx context.Context, f *os.File, size, step int64, way proof) ([]part, error) {
	var parts []part
	for offset := int64(0); offset < size || len(parts) == 0; offset += step {
		p, err := c.measure(ctx, f, offset, min(step, size-offset), way)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{piece: p})
	}
	return parts, nil
}
