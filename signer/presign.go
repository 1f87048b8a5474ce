package signer

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

// unsignedPayload stands for the body's hash: a presigned request is made before its body is known, and what
// the body must be is bound by length and checksum headers instead.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// Object names what a request is about, and how long it may be made.
type Object struct {
	Bucket, Key string
	// Expires is cut to whole seconds; under one second is one, over MaxExpires is MaxExpires, with Because
	// saying so.
	Expires time.Duration
}

// GetOptions shape what a link delivers.
type GetOptions struct {
	Filename    string // the name under which it is saved; "" leaves it to the URL
	Inline      bool   // shown in the browser rather than saved
	ContentType string // overrides what the store has; "" does not
}

// Get presigns a link. Its only signed header is Host, so any browser can follow it.
func (s *Signer) Get(ctx context.Context, o Object, opt GetOptions) (Presigned, error) {
	q := url.Values{}
	if opt.Filename != "" || opt.Inline {
		q.Set("response-content-disposition", Disposition(opt.Filename, opt.Inline))
	}
	if opt.ContentType != "" {
		q.Set("response-content-type", opt.ContentType)
	}
	return s.presign(ctx, http.MethodGet, o, q, nil, 0)
}

// Head presigns a look at an object, checksums included.
func (s *Signer) Head(ctx context.Context, o Object) (Presigned, error) {
	return s.presign(ctx, http.MethodHead, o, nil, http.Header{"X-Amz-Checksum-Mode": {"ENABLED"}}, 0)
}

// HeadPart presigns a look at one part of an object that was put together; number counts from 1.
func (s *Signer) HeadPart(ctx context.Context, o Object, number int) (Presigned, error) {
	return s.presign(ctx, http.MethodHead, o, url.Values{"partNumber": {strconv.Itoa(number)}}, nil, 0)
}

// Delete presigns the removal of an object.
func (s *Signer) Delete(ctx context.Context, o Object) (Presigned, error) {
	return s.presign(ctx, http.MethodDelete, o, nil, nil, 0)
}

// Sum is the proof that travels with a body: the name of an S3 checksum header or of Content-MD5, and its
// value. The zero Sum is no proof.
type Sum struct {
	Header string // "X-Amz-Checksum-Crc64nvme" for one, or "Content-Md5"
	Value  string // base64
}

func (s Sum) set(h http.Header) {
	if s.Header != "" {
		h.Set(s.Header, s.Value)
	}
}

// PutOptions are what an upload must carry; all of it is signed, so the store refuses anything else.
type PutOptions struct {
	Size        int64 // bytes
	ContentType string
	Sum         Sum
	Settings    ObjectSettings
	Overwrite   bool // without it, the store refuses when the key is taken (If-None-Match: *)
}

// Put presigns the upload of a whole object, at most 5 GiB.
func (s *Signer) Put(ctx context.Context, o Object, opt PutOptions) (Presigned, error) {
	h := http.Header{}
	if opt.ContentType != "" {
		h.Set("Content-Type", opt.ContentType)
	}
	if !opt.Overwrite {
		h.Set("If-None-Match", "*")
	}
	opt.Sum.set(h)
	opt.Settings.setOn(h)
	return s.presign(ctx, http.MethodPut, o, nil, h, opt.Size)
}

// CreateOptions are what a multipart upload is started with.
type CreateOptions struct {
	ContentType string
	Algorithm   string // of the checksum of each part, "CRC64NVME" for one; "" is none
	FullObject  bool   // the object gets a checksum of all its bytes, rather than one of its parts' checksums
	Settings    ObjectSettings
}

// CreateMultipart presigns the start of a multipart upload.
func (s *Signer) CreateMultipart(ctx context.Context, o Object, opt CreateOptions) (Presigned, error) {
	h := http.Header{}
	if opt.ContentType != "" {
		h.Set("Content-Type", opt.ContentType)
	}
	if opt.Algorithm != "" {
		h.Set("X-Amz-Checksum-Algorithm", opt.Algorithm)
		kind := "COMPOSITE"
		if opt.FullObject {
			kind = "FULL_OBJECT"
		}
		h.Set("X-Amz-Checksum-Type", kind)
	}
	opt.Settings.setOn(h)
	return s.presign(ctx, http.MethodPost, o, url.Values{"uploads": {""}}, h, 0)
}

// UploadPart presigns one part of a multipart upload; number counts from 1 to 10,000.
func (s *Signer) UploadPart(ctx context.Context, o Object, uploadID string, number int, size int64, sum Sum) (Presigned, error) {
	h := http.Header{}
	sum.set(h)
	q := url.Values{"partNumber": {strconv.Itoa(number)}, "uploadId": {uploadID}}
	return s.presign(ctx, http.MethodPut, o, q, h, size)
}

// CompleteOptions are what the whole object must be for the store to put it together.
type CompleteOptions struct {
	BodySize   int64 // bytes of the XML list of parts
	ObjectSize int64 // bytes of the whole object
	Sum        Sum   // of all bytes of the object; the zero Sum where the store has none of that kind
	Overwrite  bool
}

// CompleteMultipart presigns the end of a multipart upload.
func (s *Signer) CompleteMultipart(ctx context.Context, o Object, uploadID string, opt CompleteOptions) (Presigned, error) {
	h := http.Header{"Content-Type": {"application/xml"}}
	if !opt.Overwrite {
		h.Set("If-None-Match", "*")
	}
	if opt.Sum.Header != "" {
		opt.Sum.set(h)
		h.Set("X-Amz-Checksum-Type", "FULL_OBJECT")
		h.Set("X-Amz-Mp-Object-Size", strconv.FormatInt(opt.ObjectSize, 10))
	}
	return s.presign(ctx, http.MethodPost, o, url.Values{"uploadId": {uploadID}}, h, opt.BodySize)
}

// AbortMultipart presigns the removal of an unfinished multipart upload.
func (s *Signer) AbortMultipart(ctx context.Context, o Object, uploadID string) (Presigned, error) {
	return s.presign(ctx, http.MethodDelete, o, url.Values{"uploadId": {uploadID}}, nil, 0)
}

// ListParts presigns a look at the parts that a store has of an unfinished multipart upload, from the part after
// the marker on; 0 is from the beginning.
func (s *Signer) ListParts(ctx context.Context, o Object, uploadID string, after int) (Presigned, error) {
	q := url.Values{"uploadId": {uploadID}}
	if after > 0 {
		q.Set("part-number-marker", strconv.Itoa(after))
	}
	return s.presign(ctx, http.MethodGet, o, q, nil, 0)
}

// presign signs one request.
func (s *Signer) presign(ctx context.Context, method string, o Object, q url.Values, h http.Header, size int64) (Presigned, error) {
	m, err := s.moment(ctx, method, o)
	if err != nil {
		return Presigned{}, err
	}
	return s.presignAt(ctx, m, method, o, q, h, size)
}

// moment is what requests are signed with that shall end together.
type moment struct {
	creds   aws.Credentials
	signed  time.Time
	seconds time.Duration
	ends    time.Time // as in Presigned
	because Because
}

// moment gets credentials for a request that is about to be made, and says when what they sign now will end.
func (s *Signer) moment(ctx context.Context, method string, o Object) (moment, error) {
	if err := CheckBucket(o.Bucket); err != nil {
		return moment{}, fmt.Errorf("sign %s: %w", method, err)
	}
	if err := CheckKey(o.Key); err != nil {
		return moment{}, fmt.Errorf("sign %s of %q: %w", method, o.Key, err)
	}
	seconds, because := clamp(o.Expires)
	now := s.Now()
	creds, credsEnd, known, err := s.credentials.get(ctx, s.now().Add(seconds))
	if err != nil {
		return moment{}, fmt.Errorf("sign %s of s3://%s/%s: %w", method, o.Bucket, o.Key, err)
	}
	// The end is counted from the second that is signed, not from the one in which the person reads it.
	signed := now.UTC().Truncate(time.Second)
	m := moment{creds: creds, signed: signed, seconds: seconds, ends: signed.Add(seconds), because: because}
	switch {
	case !known:
		m.ends, m.because = time.Time{}, Unknown
	case !credsEnd.IsZero() && credsEnd.Before(m.ends):
		m.ends, m.because = credsEnd.UTC().Truncate(time.Second), Credentials
	}
	return m, nil
}

// presignAt is the one place where the signature of a URL is made.
func (s *Signer) presignAt(ctx context.Context, m moment, method string, o Object, q url.Values, h http.Header, size int64) (Presigned, error) {
	at, err := s.where(ctx, o.Bucket)
	if err != nil {
		return Presigned{}, err
	}
	u := *at.url
	u.Path = at.url.Path + "/" + o.Key
	u.RawPath = httpbinding.EscapePath(u.Path, false)
	if q == nil {
		q = url.Values{}
	}
	if s.payer(o.Bucket) {
		q.Set(requestPayer, requesterPays)
	}
	q.Set("X-Amz-Expires", strconv.FormatInt(int64(m.seconds/time.Second), 10))
	u.RawQuery = q.Encode()
	if h == nil {
		h = http.Header{}
	}
	req := (&http.Request{Method: method, URL: &u, Host: u.Host, Header: h, ContentLength: size}).WithContext(ctx)
	link, signedHeader, err := s.v4.PresignHTTP(ctx, m.creds, req, unsignedPayload, "s3", at.region, m.signed)
	if err != nil {
		return Presigned{}, fmt.Errorf("sign %s of s3://%s/%s: %w", method, o.Bucket, o.Key, err)
	}
	signedHeader.Del("Host")
	signedHeader.Del("Content-Length")
	return Presigned{
		Method: method, URL: link, Header: signedHeader, ContentLength: size, Ends: m.ends, Because: m.because,
		Bucket: o.Bucket, Region: at.region,
	}, nil
}

// clamp makes a duration one that a signature can carry: whole seconds from one to seven days. The SDK would
// turn 500 ms into zero, and sign eight days for the store to refuse later.
func clamp(d time.Duration) (time.Duration, Because) {
	if d > MaxExpires {
		return MaxExpires, Limit
	}
	return max(d.Truncate(time.Second), time.Second), Requested
}
