package courier

import (
	"context"
	"encoding/hex"
)

// fits finds what proves that an object is this upload's, of which the store says said: the sum that was expected, or,
// where the proof is MD5 and the file went in parts, the MD5 of all its bytes. S3 makes an ETag of the sums of the parts
// then; "rclone serve s3" has the MD5 of the whole. Each part was held against its own sum already. "" is that nothing
// proves it.
func (c *Courier) fits(ctx context.Context, u *Upload, said, expected string) (proof string, err error) {
	switch {
	case said == expected:
		return expected, nil
	case rung(u.proof).algorithm != "", !ofParts(expected), !isMD5(said):
		return "", nil
	}
	all, err := c.allMD5(ctx, u)
	if err != nil || all != said {
		return "", err
	}
	return said, nil
}

// allMD5 is the MD5 of all bytes of an upload: of a stream as they went by, of a file read once more.
func (c *Courier) allMD5(ctx context.Context, u *Upload) (string, error) {
	if u.all != nil {
		return hex.EncodeToString(u.all.Sum(nil)), nil
	}
	f, info, err := OpenRegular(u.Path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	if !same(u.opened, info) {
		return "", ErrChanged
	}
	whole, err := c.measure(ctx, f, 0, info.Size(), rung(rungs-1))
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(whole.sum), nil
}
