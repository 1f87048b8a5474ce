package signer

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// MaxParts is how many parts an upload may have
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
const MaxParts = 10_000

// listedAtOnce is how many parts one answer lists at most.
const listedAtOnce = 1000

// PresignedParts is all that puts a file of unknown size into an upload that was started already. It is a key, so
// printing it shows no signature.
type PresignedParts struct {
	// URL is that of every part, but for its number and its signature: {number} counts from 1, {signature} is of
	// Signatures.
	URL        string
	Signatures []string
	List       []string  // what the store has, a thousand parts each
	Complete   Presigned // its body, the list of parts, is not signed
	Ends       time.Time
	Because    Because
}

// String shows the parts without their signatures.
func (p PresignedParts) String() string {
	return fmt.Sprintf("PUT %s in %d parts (until %s, %s)", Redact(p.URL), len(p.Signatures), p.Ends.Format(time.RFC3339), p.Because)
}

// GoString keeps %#v from printing the signatures.
func (p PresignedParts) GoString() string { return p.String() }

// LogValue keeps slog from printing the signatures.
func (p PresignedParts) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Parts signs n parts of a started upload, its end and the lists of what has come, all at one moment. How large a part
// is, nobody knows yet, so no length is signed; that nothing is overwritten is.
//
// The parts' URLs differ in two places, so that a page can hold thousands of them.
func (s *Signer) Parts(ctx context.Context, o Object, uploadID string, n int) (PresignedParts, error) {
	if n < 1 || n > MaxParts {
		return PresignedParts{}, fmt.Errorf("sign %d parts of s3://%s/%s: %w", n, o.Bucket, o.Key, ErrPartCount)
	}
	m, err := s.moment(ctx, http.MethodPut, o)
	if err != nil {
		return PresignedParts{}, err
	}
	p := PresignedParts{Signatures: make([]string, n), Ends: m.ends, Because: m.because}
	for i := range n {
		number := strconv.Itoa(i + 1)
		part, err := s.presignAt(ctx, m, http.MethodPut, o, url.Values{"partNumber": {number}, "uploadId": {uploadID}}, nil, 0)
		if err != nil {
			return PresignedParts{}, err
		}
		rest, signature, _ := strings.Cut(part.URL, "&X-Amz-Signature=")
		p.Signatures[i] = signature
		if i == 0 {
			p.URL = strings.Replace(rest, "&partNumber="+number+"&", "&partNumber={number}&", 1) + "&X-Amz-Signature={signature}"
		}
	}
	for after := 0; after < n; after += listedAtOnce {
		q := url.Values{"uploadId": {uploadID}}
		if after > 0 {
			q.Set("part-number-marker", strconv.Itoa(after))
		}
		list, err := s.presignAt(ctx, m, http.MethodGet, o, q, nil, 0)
		if err != nil {
			return PresignedParts{}, err
		}
		p.List = append(p.List, list.URL)
	}
	h := http.Header{"Content-Type": {"application/xml"}, "If-None-Match": {"*"}}
	p.Complete, err = s.presignAt(ctx, m, http.MethodPost, o, url.Values{"uploadId": {uploadID}}, h, 0)
	return p, err
}
