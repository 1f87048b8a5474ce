package courier

import (
	"context"
	"crypto/md5" // #nosec G501 -- Content-MD5 is the proof of stores that know no other
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/minio/crc64nvme"

	"waybill/signer"
)

// proof is one way of proving that what arrived is what was sent: a sum that travels in a header, which makes the
// store refuse anything else.
type proof struct {
	name      string // as the ledger and --json have it
	header    string // of the request, and of the answer
	algorithm string // as CreateMultipartUpload has it; "" where the store needs no telling
	whole     bool   // an object of parts has the sum of all its bytes, rather than a sum of its parts' sums
	sum       func() hash.Hash
}

// rungs is how many steps the ladder of proofs has.
const rungs = 4

// rung is a step of the ladder, from the best proof down. A store that does not know one is sent the next; every
// store knows the last.
func rung(i int32) proof {
	return [rungs]proof{
		{"crc64nvme", "X-Amz-Checksum-Crc64nvme", "CRC64NVME", true, func() hash.Hash { return crc64nvme.New() }},
		{"crc32c", "X-Amz-Checksum-Crc32c", "CRC32C", false, func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }},
		{"sha256", "X-Amz-Checksum-Sha256", "SHA256", false, sha256.New},
		{"md5", "Content-Md5", "", false, md5.New},
	}[i]
}

// rungNamed finds a step by the proof's name.
func rungNamed(name string) (i int32, ok bool) {
	for i := range int32(rungs) {
		if rung(i).name == name {
			return i, true
		}
	}
	return 0, false
}

// last reports whether there is no further step.
func last(i int32) bool { return i == rungs-1 }

// travels is the sum as a request's header has it.
func (p proof) travels(sum []byte) signer.Sum {
	return signer.Sum{Header: p.header, Value: base64.StdEncoding.EncodeToString(sum)}
}

// kept is what the store says of an object that was sent in one piece: its checksum, or the ETag that MD5 makes.
func (p proof) kept(sum []byte) string {
	if p.algorithm == "" {
		return hex.EncodeToString(sum)
	}
	return base64.StdEncoding.EncodeToString(sum)
}

// joined is what the store says of an object that was put together from parts.
func (p proof) joined(parts []part) string {
	if p.whole {
		crc := uint64(0)
		for _, one := range parts {
			crc = combineCRC(crc, binary.BigEndian.Uint64(one.sum), one.size)
		}
		return base64CRC(crc)
	}
	h := p.sum()
	for _, one := range parts {
		_, _ = h.Write(one.sum)
	}
	return fmt.Sprintf("%s-%d", p.kept(h.Sum(nil)), len(parts))
}

// said finds in the answer to a HEAD what joined and kept expect.
func (p proof) said(h http.Header) string {
	if p.algorithm == "" {
		return unquote(h.Get("ETag"))
	}
	return h.Get(p.header)
}

// text names a proof and its value as the ledger and --json have it. A sum of sums depends on the size of the parts, in
// bytes, which stands behind it: not every store can be asked for that later.
func (p proof) text(value string, partSize int64) string {
	name := p.name
	if p.algorithm == "" {
		name = "etag"
	}
	if !p.whole && ofParts(value) {
		return fmt.Sprintf("%s:%s@%d", name, value, partSize)
	}
	return name + ":" + value
}

// proofIn takes apart what text has put together; partSize is 0 where none is said.
func proofIn(text string) (way proof, value string, partSize int64, ok bool) {
	name, value, ok := strings.Cut(text, ":")
	if name == "etag" {
		name = rung(rungs - 1).name
	}
	i, known := rungNamed(name)
	if !ok || !known {
		return proof{}, "", 0, false
	}
	value, size, sized := strings.Cut(value, "@")
	if sized {
		if partSize, _ = strconv.ParseInt(size, 10, 64); partSize <= 0 {
			return proof{}, "", 0, false
		}
	}
	return rung(i), value, partSize, true
}

// ofParts reports whether a sum is one of the sums of parts: "SUM-NUMBER".
func ofParts(value string) bool { return strings.Contains(value, "-") }

// piece is a stretch of a file with its sum.
type piece struct {
	offset, size int64
	sum          []byte
}

// measure reads a piece once and computes its sum.
func (c *Courier) measure(ctx context.Context, f io.ReaderAt, offset, size int64, p proof) (piece, error) {
	buffer := c.buffers.Get().(*[]byte)
	defer c.buffers.Put(buffer)
	h := p.sum()
	for done := int64(0); done < size; {
		if ctx.Err() != nil {
			return piece{}, context.Cause(ctx)
		}
		chunk := (*buffer)[:min(int64(len(*buffer)), size-done)]
		n, err := f.ReadAt(chunk, offset+done)
		_, _ = h.Write(chunk[:n])
		done += int64(n)
		if errors.Is(err, io.EOF) && done < size {
			return piece{}, ErrChanged // it was cut off behind our back
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return piece{}, fmt.Errorf("read: %w", err)
		}
	}
	return piece{offset: offset, size: size, sum: h.Sum(nil)}, nil
}

// errUnproven: the store took the bytes and did not say that it knows their sum. It may not know the algorithm.
var errUnproven = errors.New("the store did not check what arrived")

// proven holds a store's answer to an upload against what was sent. A success that is not S3's is none: a
// network's login page says 200 as well. What fails here was counted as sent, so that is taken back.
func (u *Upload) proven(op string, p piece, answer http.Header) error {
	way := rung(u.proof)
	err := ofStore(op, answer)
	if err == nil && way.algorithm != "" { // MD5 is checked by every store
		switch answer.Get(way.header) {
		case way.travels(p.sum).Value:
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
	return &StoreError{Op: op, Status: http.StatusOK, HTML: isPage(answer)}
}

// isPage reports whether an answer is a web page, which no store gives.
func isPage(answer http.Header) bool {
	return strings.HasPrefix(answer.Get("Content-Type"), "text/html")
}

// refusesChecksum reports whether a store does not know the algorithm of a checksum. Such stores say so in many
// ways.
func refusesChecksum(err error) bool {
	var s *StoreError
	if !errors.As(err, &s) {
		return false
	}
	switch s.Code {
	case "NotImplemented":
		return true
	case "InvalidArgument", "InvalidRequest", "UnsupportedArgument", "MalformedHeader":
		said := strings.ToLower(s.Message)
		return strings.Contains(said, "checksum") || strings.Contains(said, "crc") || strings.Contains(said, "sha256")
	}
	return false
}
