package signer

import (
	"net/http"
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

// MaxExpires is the longest a presigned request may live: 604,800 seconds, by Signature Version 4.
const MaxExpires = 7 * 24 * time.Hour

// Presigned is a request that anybody who holds it can make until it ends. Its URL is a key.
type Presigned struct {
	Method string
	URL    string
	// Header is exactly what has to be sent besides Host and Content-Length: every signed header, nothing else.
	Header http.Header
	// ContentLength is signed for an upload with a body; -1 where none was signed.
	ContentLength int64
	// Ends is the moment at which the store stops accepting it; zero when Because is Unknown.
	Ends    time.Time
	Because Because
}

// Kind is how a profile gets its credentials, in the words of the AWS CLI's documentation.
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
	KindUnknown     Kind = "unknown"
)

// EnvironmentProfile is the name under which credentials from the environment stand in the list.
const EnvironmentProfile = "(environment)"

// Profile is a named section of the AWS config and credentials files, as the AWS CLI reads them.
type Profile struct {
	Name     string
	Kind     Kind
	Region   string // "" when the profile names none
	Endpoint string // "" for AWS
}
