package signer

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Addressing is where a bucket's name stands in requests to a store.
type Addressing string

// The ways of addressing a bucket, in the words of the AWS CLI's addressing_style.
const (
	AddressingPath    Addressing = "path"    // https://store/bucket/key
	AddressingVirtual Addressing = "virtual" // https://bucket.store/key
)

// NewProfile is a profile with keys of its own that is to be written into the AWS files.
type NewProfile struct {
	Name            string
	AccessKeyID     string
	SecretAccessKey string
	Region          string     // "" names none
	Endpoint        string     // "" for AWS; else an http(s) URL
	Addressing      Addressing // "" leaves it to what is usual: path for an endpoint, virtual for AWS
}

// Field is a part of a NewProfile.
type Field string

// The parts of a NewProfile, as the AWS files call them.
const (
	FieldName     Field = "name"
	FieldKeyID    Field = "aws_access_key_id"
	FieldSecret   Field = "aws_secret_access_key" // #nosec G101 -- the name of a setting
	FieldRegion   Field = "region"
	FieldEndpoint Field = "endpoint_url"
	FieldStyle    Field = "addressing_style"
)

// FieldError is a part of a new profile that cannot stand in the AWS files. It never holds what was given: that may be a
// secret in the wrong field.
type FieldError struct {
	Field Field
	Err   error
}

// Error names the part and its fault.
func (e *FieldError) Error() string { return fmt.Sprintf("%s: %v", e.Field, e.Err) }

// Unwrap gives the fault.
func (e *FieldError) Unwrap() error { return e.Err }

// Faults of the parts of a new profile.
var (
	ErrFieldEmpty      = errors.New("is missing")
	ErrFieldCharacters = errors.New("has characters that the AWS files cannot hold")
	ErrFieldTooLong    = errors.New("is too long")
	ErrFieldWord       = errors.New("is not one of its words")
)

// maxField is how long a value may be, in bytes: IAM's longest access key ID has 128, and no store's secret comes near
// this.
const maxField = 512

// maxName is how long the name of a new profile may be, in bytes.
const maxName = 64

// Check looks at what is to be written, without a look at the files. A profile's name has ASCII letters, digits and
// . _ @ + - only, and begins with a letter or digit: white space and quotes are read in one way by the AWS CLI and in another by
// the SDKs, and a Python under Windows reads other letters in its own encoding. The error is a *FieldError, or what is wrong
// with the endpoint.
func (p NewProfile) Check(allowHTTP bool) error {
	if err := checkName(p.Name); err != nil {
		return &FieldError{FieldName, err}
	}
	for _, f := range []struct {
		field  Field
		value  string
		needed bool
	}{
		{FieldKeyID, p.AccessKeyID, true}, {FieldSecret, p.SecretAccessKey, true}, {FieldRegion, p.Region, false}, {FieldEndpoint, p.Endpoint, false},
	} {
		switch {
		case f.value == "" && f.needed:
			return &FieldError{f.field, ErrFieldEmpty}
		case len(f.value) > maxField:
			return &FieldError{f.field, ErrFieldTooLong}
		case f.value != "" && !writable(f.value), f.field == FieldRegion && f.value != "" && !looksLikeRegion(f.value):
			return &FieldError{f.field, ErrFieldCharacters}
		}
	}
	switch p.Addressing {
	case "", AddressingPath, AddressingVirtual:
	default:
		return &FieldError{FieldStyle, ErrFieldWord}
	}
	if p.Endpoint == "" {
		return nil
	}
	switch u, err := url.Parse(p.Endpoint); {
	case err != nil:
		return ErrEndpoint // without the text, which may hold a password
	case u.Host != "" && (u.User != nil || u.RawQuery != "" || u.Fragment != ""):
		return ErrEndpointParts // a password in it would stand in the config file, which is no place for one
	}
	return checkEndpoint(p.Endpoint, allowHTTP)
}

// checkName looks at a name for a new profile.
func checkName(name string) error {
	switch {
	case name == "":
		return ErrFieldEmpty
	case len(name) > maxName:
		return ErrFieldTooLong
	case !alnum(name[0]), strings.EqualFold(name, "default") && name != "default": // which some programs take for "default"
		return ErrFieldCharacters
	}
	for i := range len(name) {
		if !alnum(name[i]) && strings.IndexByte("._@+-", name[i]) < 0 {
			return ErrFieldCharacters
		}
	}
	return nil
}

// writable reports whether a value comes back from the AWS files as it was written, whoever reads them: printable ASCII
// without white space, no quotes around it, and no sign of a comment at its beginning.
func writable(value string) bool {
	for i := range len(value) {
		if value[i] <= ' ' || value[i] > '~' {
			return false
		}
	}
	return strings.IndexByte(`#;"'`, value[0]) < 0
}

// style is the addressing_style that has to be written: none where it is what Waybill and the AWS CLI take anyway.
func (p NewProfile) style() Addressing {
	usual := AddressingVirtual
	if p.Endpoint != "" {
		usual = AddressingPath
	}
	if p.Addressing == usual {
		return ""
	}
	return p.Addressing
}
