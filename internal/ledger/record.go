package ledger

import "time"

// Record is one transfer and the link to it.
type Record struct {
	ID   string
	Path string // on this machine; "" for a link to what was already there
	Name string // as a person reads it

	Profile, Region, Endpoint string
	Account                   string // the AWS account behind the profile; "" where it is not known
	Sandbox                   bool
	AllowHTTP                 bool
	Bucket, Prefix, Key       string

	Size                        int64 // bytes
	ContentType, ETag, Checksum string

	State                string // sent, failed, cancelled, skipped
	TroubleCode, Trouble string // why, without secrets

	Created  time.Time     // kept to the microsecond
	Asked    time.Duration // how long the link was to last; kept to the second, as S3 counts
	Ends     time.Time     // kept to the microsecond; zero: not known
	Because  string
	Verified bool
	Inline   bool
	Plan     string // of the drop that it belongs to; "" for none

	Signed  time.Time // when the link was made last; kept to the microsecond; zero is Created
	Note    string    // the person's own words
	Kind    string    // the desk's: "" is a file
	Via     string    // the desk's: what signed the link; "" is the store's own presigning
	Revoked time.Time // when the object was taken away; kept to the microsecond; zero: it was not
	Undo    string    // the desk's: how to bring it back; "" where nothing can
	At      string    // the link endpoint that the link was signed for; "" is the store's own
	Reach   string    // the desk's: from where the link works, as it looked from this computer
	OwnName bool      // the link says no name: the object has a Content-Disposition of its own
}

// holdsSecret looks at all that is text.
func (r Record) holdsSecret() bool {
	return secret(r.ID, r.Path, r.Name, r.Profile, r.Region, r.Endpoint, r.Bucket, r.Prefix, r.Key,
		r.ContentType, r.ETag, r.Checksum, r.State, r.TroubleCode, r.Trouble, r.Because, r.Plan,
		r.Account, r.Note, r.Kind, r.Via, r.Undo, r.At, r.Reach)
}
