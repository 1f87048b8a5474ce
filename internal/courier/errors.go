package courier

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"waybill/signer"
)

// Errors that a caller may want to tell apart.
var (
	// ErrChanged: the file was not the same at the end of reading as at the beginning.
	ErrChanged = errors.New("the file changed while it was read")
	// ErrNotRegular: a device, a FIFO, a socket or a folder.
	ErrNotRegular = errors.New("not a regular file")
	// ErrTaken: the key is taken, and the upload was not to overwrite.
	ErrTaken = errors.New("the key is taken")
	// ErrOverwrite: the store says that the key is taken, and the upload was to overwrite.
	ErrOverwrite = errors.New("the store says that the key is taken, and does not overwrite it")
	// ErrProof: the store holds something else than what was sent.
	ErrProof = errors.New("the store's checksum differs from the file's")
	// ErrPartSize: the sum of an object depends on how large its parts were, and the store does not say that.
	ErrPartSize = errors.New("the store does not say how large the parts are")
	// ErrStalled: no byte moved for too long.
	ErrStalled = errors.New("no byte moved")
	// ErrPaused, as a context's cause, makes Send return without removing what the store already has.
	ErrPaused = errors.New("paused")
	// ErrTooLarge: over what S3 can hold.
	ErrTooLarge = errors.New("the file is larger than the store can hold")
)

// StoreError is a refusal by the store, or by whatever answered in its place. It holds nothing secret:
// ExpiredToken answers echo the token and SignatureDoesNotMatch ones the canonical request, so only the known
// harmless parts are kept.
type StoreError struct {
	Op         string // what was being done: "put", "upload part 3", "complete", …
	Status     int    // the HTTP status
	Code       string // S3's code; "" when the answer was not S3's XML
	Message    string // S3's message, redacted
	RequestID  string
	Region     string        // of the bucket, where the answer tells
	Endpoint   string        // the host that a redirect names
	Bucket     string        // that the request was about
	SignedFor  string        // the region that the request was signed for
	Moved      bool          // it was signed anew for the region of an earlier refusal
	Date       time.Time     // the store's clock; zero when the answer has none
	RetryAfter time.Duration // what the answer asks for; 0 when it does not
	HTML       bool          // the answer was a web page: a proxy or a captive portal
	WantsTLS   bool          // the answer said that this port speaks https only
	Ahead      time.Duration // what the store's clock is ahead of this computer's; 0 without a Date
	Away       bool          // the answer is no word of S3's, and sends on to another host, as a login page of a network does
}

// Error names operation, status, code and message.
func (e *StoreError) Error() string {
	s := fmt.Sprintf("%s: HTTP %d", e.Op, e.Status)
	if e.Code != "" {
		s += " " + e.Code
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.HTML {
		s += ": the answer is a web page"
	}
	if e.RequestID != "" {
		s += " (request " + e.RequestID + ")"
	}
	return s
}

// transient reports whether the same request may succeed a moment later.
func (e *StoreError) transient() bool {
	switch e.Code {
	case "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable", "ConditionalRequestConflict", "OperationAborted":
		return true
	case "NotImplemented":
		return false
	}
	if e.Status == http.StatusOK && e.Code == "" {
		return !e.HTML // an answer that arrived in pieces; the store may have done what it was asked
	}
	switch e.Status {
	case http.StatusInsufficientStorage:
		return false
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true // in HTML, too: a proxy before a store that is being started anew
	}
	return e.Status >= 500 && !e.HTML || e.Status == http.StatusTooManyRequests
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// refusal is storeError, with what the store's clock is ahead of this computer's.
func (c *Courier) refusal(op string, signed signer.Presigned, r *http.Response) *StoreError {
	e := storeError(op, signed, r)
	if !e.Date.IsZero() {
		e.Ahead = e.Date.Sub(c.signer.Clock())
	}
	return e
}

// storeError reads a refusal. It does not close the body.
func storeError(op string, signed signer.Presigned, r *http.Response) *StoreError {
	e := &StoreError{
		Bucket: signed.Bucket, SignedFor: signed.Region,
		Op: op, Status: r.StatusCode,
		RequestID: r.Header.Get("X-Amz-Request-Id"),
	}
	e.Date, _ = http.ParseTime(r.Header.Get("Date"))
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	at := e.read(body).Elsewhere(r.StatusCode, r.Header)
	e.Region, e.Endpoint = at.Region, at.Endpoint
	if e.Code == "" && strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		e.HTML = true
	}
	if to, err := r.Location(); err == nil && e.Code == "" && e.Region == "" && r.Request != nil {
		e.Away = to.Host != r.Request.URL.Host
	}
	if e.Code == "" && r.Request != nil && r.Request.Method == http.MethodHead {
		// A HEAD has no body to explain itself with.
		e.Code = map[int]string{403: "AccessDenied", 404: "NoSuchKey", 412: "PreconditionFailed"}[r.StatusCode]
	}
	return e
}

// read takes code and message out of S3's XML, and gives all of it.
func (e *StoreError) read(body []byte) signer.Refusal {
	x, ok := signer.ReadRefusal(body)
	if !ok {
		head := strings.ToLower(string(body[:min(len(body), 512)]))
		e.HTML = strings.Contains(head, "<html") || strings.Contains(head, "<!doctype html")
		// In the words of Go, which MinIO and many others are written in, and of nginx.
		e.WantsTLS = strings.Contains(head, "an http request to an https server") || strings.Contains(head, "http request was sent to https port")
		return x
	}
	e.Code, e.Message = x.Code, RedactText(x.Message)
	if e.RequestID == "" {
		e.RequestID = x.RequestID
	}
	return x
}

// secretParam is a parameter of a presigned URL with its value.
var secretParam = regexp.MustCompile(`(?i)((?:X-Amz-(?:Signature|Security-Token|Credential)|Signature|Key-Pair-Id)=)[^&\s"'<>]+`)

// secretField is a field of a form that was signed, with its value: as JSON, as HTML, or as curl is given it. A policy
// holds the token too.
var secretField = regexp.MustCompile(`(?i)((?:x-amz-(?:signature|security-token|credential)|policy)["'\\]*\s*(?:[:=,]|value=)\s*["'\\]*)[a-z0-9+/=]{20,}`)

// secretUser is who is named in a URL with a password: the address of a proxy, or of a store.
var secretUser = regexp.MustCompile(`(://)[^/\s"'<>@]*:[^/\s"'<>]*@`)

// RedactText takes the values of signing parameters, of a signed form's fields, and names with passwords in URLs, out of a
// text.
func RedactText(s string) string {
	s = secretUser.ReplaceAllString(s, "${1}…@")
	return secretField.ReplaceAllString(secretParam.ReplaceAllString(s, "${1}…"), "${1}…")
}

// HostError is what went wrong on the way to a host, before or instead of an answer.
type HostError struct {
	Host string // with its port, if the URL names one
	Err  error
}

// Error names the failure.
func (e *HostError) Error() string { return e.Err.Error() }

// Unwrap gives the failure.
func (e *HostError) Unwrap() error { return e.Err }

// plain takes the URL out of an error of net/http: it is a key. The host is kept.
func plain(op string, err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
		if u, e := url.Parse(failed.URL); e == nil {
			err = &HostError{u.Host, err}
		}
	}
	return fmt.Errorf("%s: %w", op, err)
}

// bent reports whether the store got other bytes than were signed.
func bent(err error) bool {
	return isCode(err, "BadDigest", "XAmzContentChecksumMismatch", "InvalidDigest")
}

// transient reports whether a store's refusal is one that time may mend.
func transient(err error) bool {
	var s *StoreError
	return errors.As(err, &s) && s.transient() || errors.Is(err, ErrProof)
}
