package signer

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
)

// Refusal is S3's XML of an error (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses).
// The message may echo tokens, and what was signed.
type Refusal struct {
	XMLName       xml.Name `xml:"Error"`
	Code, Message string
	RequestID     string `xml:"RequestId"`
	Region        string // that the bucket is in
	Endpoint      string // that the bucket has
}

// ReadRefusal reads the body of an answer; ok is false where it is no refusal of S3's.
func ReadRefusal(body []byte) (r Refusal, ok bool) {
	if err := xml.Unmarshal(body, &r); err != nil {
		return Refusal{}, false
	}
	return r, true
}

// Elsewhere is what an answer with this XML, which may be empty, says of the region that a bucket is in. The header knows
// best: a HEAD has nothing else.
func (r Refusal) Elsewhere(status int, h http.Header) Elsewhere {
	return Elsewhere{
		Status: status, Code: r.Code, Message: r.Message,
		Region:   cmp.Or(h.Get("X-Amz-Bucket-Region"), r.Region),
		Endpoint: cmp.Or(locationHost(h), r.Endpoint),
	}
}

// locationHost is the host that a redirect leads to, "" where it leads to none.
func locationHost(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// ElsewhereError is a refusal that the SDK's client was given, with what it says of the bucket's region. The SDK's own errors
// leave that out.
type ElsewhereError struct {
	Elsewhere
	Err error
}

// Error is the SDK's.
func (e *ElsewhereError) Error() string { return e.Err.Error() }

// Unwrap gives the SDK's error.
func (e *ElsewhereError) Unwrap() error { return e.Err }
