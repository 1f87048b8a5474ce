package signer

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Because says which of its bounds ends a presigned request.
type Because string

// The reasons why a presigned request ends. The words are those of `waybill --json`.
const (
	Requested   Because = "requested"   // the time that was asked for is over
	Credentials Because = "credentials" // the credentials that signed it end first
	Limit       Because = "limit"       // more than seven days was asked for
	Unknown     Because = "unknown"     // the credentials are temporary and do not say when they end
)

// MaxExpires is the longest a presigned request may live: 604,800 seconds, by Signature Version 4
// (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, X-Amz-Expires).
const MaxExpires = 7 * 24 * time.Hour

// Presigned is a request that anybody who holds it can make until it ends. Its URL is a key: printing a
// Presigned shows where it leads and when it ends, never the signature.
type Presigned struct {
	Method string
	URL    string
	// Header is exactly what has to be sent besides Host and Content-Length: every signed header, nothing else.
	Header http.Header
	// ContentLength is the signed length of the body in bytes. It is 0 for a request without a body, and for an
	// empty one: Signature Version 4 has no way to sign a length of zero.
	ContentLength int64
	// Ends is the moment at which the store stops accepting it, by the store's clock where that is known; zero
	// when Because is Unknown.
	Ends    time.Time
	Because Because
	// Bucket and Region are what it was signed for; Bucket is "" for what no signer has signed.
	Bucket, Region string
}

// String shows the request without its signature.
func (p Presigned) String() string {
	return fmt.Sprintf("%s %s (until %s, %s)", p.Method, Redact(p.URL), p.Ends.Format(time.RFC3339), p.Because)
}

// GoString keeps %#v from printing the URL.
func (p Presigned) GoString() string { return p.String() }

// LogValue keeps slog from printing the URL.
func (p Presigned) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Redact cuts the query, which holds the signature and the token, from a presigned URL.
func Redact(presigned string) string {
	u, err := url.Parse(presigned)
	if err != nil {
		return "(a URL that cannot be read)"
	}
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	u.User = nil
	return u.String()
}

// Bare is a presigned URL without its query: where the request goes, and nothing that signs it.
func Bare(presigned string) string {
	bare, _, _ := strings.Cut(presigned, "?")
	return bare
}

// Kind is how a profile gets its credentials.
type Kind string

// The kinds of profile.
const (
	KindStatic      Kind = "static"
	KindSession     Kind = "session-token"
	KindRole        Kind = "assume-role"
	KindWebIdentity Kind = "web-identity"
	KindSSO         Kind = "sso"
	KindProcess     Kind = "credential_process"
	KindLogin       Kind = "login"
	KindEnvironment Kind = "environment"
	KindContainer   Kind = "container" // of an ECS task or an EKS pod
	KindInstance    Kind = "instance"  // of an EC2 instance, as the source of a role
	KindUnknown     Kind = "unknown"   // nothing in the files says where its credentials come from
)

// EnvironmentProfile is the name under which credentials from the environment stand in the list. No section
// of the files can have it: the AWS CLI allows no parentheses unquoted.
const EnvironmentProfile = "(environment)"

// Profile is a named section of the AWS config and credentials files, as the AWS CLI reads them.
type Profile struct {
	Name     string
	Kind     Kind
	Region   string // "" when the profile names none
	Endpoint string // "" for AWS
	// Account is the AWS account's number, "" where the files do not say.
	Account string
	// Role is the ARN of the role that is assumed, or the name of an SSO permission set; "" for none.
	Role string
	// Ends is when the session that files keep ends: an SSO token's, an "aws login" session's, a role's with MFA. It is
	// zero where nothing ends, or where nobody knows.
	Ends time.Time
	// Renews says that the session goes on beyond Ends by itself, for as long as its owner allows.
	Renews bool
	// SignedOut says that somebody has to sign in before this profile signs.
	SignedOut bool
	// Problem is why the profile cannot work, nil where nothing speaks against it.
	Problem *ProfileError
}
