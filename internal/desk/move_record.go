package desk

import (
	"fmt"
	"net/url"
	"regexp"
	"time"

	"waybill/internal/ledger"
)

// moveRecord is a record without what is of one computer only: where the file lay, and which drop it belonged to.
type moveRecord struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Profile     string     `json:"profile,omitempty"`
	Region      string     `json:"region,omitempty"`
	Endpoint    string     `json:"endpoint,omitempty"`
	AllowHTTP   bool       `json:"allow_http,omitempty"`
	Account     string     `json:"account,omitempty"`
	Bucket      string     `json:"bucket"`
	Prefix      string     `json:"prefix,omitempty"`
	Key         string     `json:"key"`
	Size        int64      `json:"size"` // bytes
	ContentType string     `json:"content_type,omitempty"`
	ETag        string     `json:"etag,omitempty"`
	Checksum    string     `json:"checksum,omitempty"`
	State       State      `json:"state"`
	TroubleCode string     `json:"trouble_code,omitempty"`
	Trouble     string     `json:"trouble,omitempty"`
	Created     time.Time  `json:"created"`
	Asked       int64      `json:"asked"` // seconds
	Ends        *time.Time `json:"ends,omitempty"`
	Because     string     `json:"ends_because,omitempty"`
	Verified    bool       `json:"verified,omitempty"`
	Inline      bool       `json:"inline,omitempty"`
	Signed      *time.Time `json:"signed,omitempty"`
	Note        string     `json:"note,omitempty"`
	Kind        string     `json:"kind,omitempty"`
	Via         string     `json:"via,omitempty"`
	Revoked     *time.Time `json:"revoked,omitempty"`
	Undo        string     `json:"undo,omitempty"`
	Files       []string   `json:"files,omitempty"` // what stands on a page
	At          string     `json:"link_endpoint,omitempty"`
	OwnName     bool       `json:"own_name,omitempty"`
}

// moveRecordOf is a record as it is written. One that has failed may hold what a person mistyped: that is made readable,
// so that check takes it on the other computer.
func moveRecordOf(m ledger.Moved) *moveRecord {
	r := m.Record
	out := &moveRecord{
		ID: r.ID, Name: r.Name, Profile: r.Profile, Region: r.Region, Endpoint: withoutUser(r.Endpoint), AllowHTTP: r.AllowHTTP,
		Account: r.Account, Bucket: r.Bucket, Prefix: r.Prefix, Key: r.Key, Size: r.Size, ContentType: r.ContentType, ETag: r.ETag,
		Checksum: r.Checksum, State: State(r.State), TroubleCode: r.TroubleCode, Trouble: r.Trouble, Created: r.Created.UTC(),
		Asked: int64(r.Asked / time.Second), Ends: exactly(r.Ends), Because: r.Because, Verified: r.Verified, Inline: r.Inline,
		Signed: exactly(r.Signed), Note: r.Note, Kind: r.Kind, Via: r.Via, Revoked: exactly(r.Revoked), Undo: r.Undo, Files: m.Files,
		At: withoutUser(r.At), OwnName: r.OwnName,
	}
	for _, text := range out.texts() {
		*text = visible(*text)
	}
	if out.State != Sent && !addresses(out.Endpoint) {
		out.Endpoint = ""
	}
	if !addresses(out.At) {
		out.At = ""
	}
	return out
}

// texts are those that a terminal or the window shows as one line. The endpoint is not among them: changed, it would be another.
func (r *moveRecord) texts() []*string {
	return []*string{
		&r.Name, &r.Profile, &r.Region, &r.Account, &r.Bucket, &r.Prefix, &r.ContentType, &r.ETag, &r.Checksum, &r.TroubleCode, &r.Because, &r.Kind, &r.Via,
	}
}

// addresses reports whether an endpoint is one that a file could have gone to, or none.
func addresses(endpoint string) bool {
	if endpoint == "" {
		return true
	}
	u, err := url.Parse(endpoint)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "http" || u.Scheme == "https") && visible(endpoint) == endpoint
}

func (r *moveRecord) moved() ledger.Moved {
	return ledger.Moved{Files: r.Files, Record: ledger.Record{
		ID: r.ID, Name: r.Name, Profile: r.Profile, Region: r.Region, Endpoint: r.Endpoint, AllowHTTP: r.AllowHTTP,
		Account: r.Account, Bucket: r.Bucket, Prefix: r.Prefix, Key: r.Key, Size: r.Size, ContentType: r.ContentType, ETag: r.ETag,
		Checksum: r.Checksum, State: string(r.State), TroubleCode: r.TroubleCode, Trouble: r.Trouble, Created: r.Created.Truncate(time.Microsecond),
		Asked: time.Duration(r.Asked) * time.Second, Ends: orZero(r.Ends), Because: r.Because, Verified: r.Verified, Inline: r.Inline,
		Signed: orZero(r.Signed), Note: r.Note, Kind: r.Kind, Via: unpaid(r.Via), Revoked: orZero(r.Revoked), Undo: r.Undo,
		At: r.At, OwnName: r.OwnName,
	}}
}

// importable reports whether an import would take the record: one that it refuses makes the whole file one that nobody can use.
func (r *moveRecord) importable() bool { return r.check() == nil && r.moved().Check() == nil }

func exactly(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Truncate(time.Microsecond)
}

// anID is what names a record.
var anID = regexp.MustCompile(`^[0-9A-Za-z._-]{1,64}$`)

// check refuses what no Waybill writes.
func (r *moveRecord) check() error {
	wrong := func(what string) error { return fmt.Errorf("%w: a record has no %s that can be", errMoveText, what) }
	if !anID.MatchString(r.ID) {
		return wrong("id")
	}
	for _, text := range r.texts() {
		if visible(*text) != *text { // it would move the cursor of a terminal, or read as something else
			return wrong("text")
		}
	}
	switch {
	case !addresses(r.Endpoint), !addresses(r.At):
		return wrong("endpoint")
	case !r.State.Over():
		return wrong("state")
	case r.State == Sent && (CheckBucket(r.Bucket) != nil || r.Key == ""):
		return wrong("object")
	case r.Size < 0:
		return wrong("size")
	case r.Asked < 0 || r.Asked > int64(maxDistributed/time.Second):
		return wrong("time for its link")
	case !plausible(&r.Created) || !plausible(r.Ends) || !plausible(r.Signed) || !plausible(r.Revoked):
		return wrong("moment")
	case len(r.Files) > maxBundled:
		return wrong("page")
	}
	for _, id := range r.Files {
		if !anID.MatchString(id) {
			return wrong("page")
		}
	}
	return nil
}

// plausible reports whether a moment is one that the ledger can keep and a person can read.
func plausible(t *time.Time) bool { return t == nil || t.Year() >= 1970 && t.Year() <= 9999 }

// unpaid is the mark of a link that came from elsewhere. That somebody pays for it is said anew, by who pays.
func unpaid(via string) string {
	if via == viaRequester {
		return ""
	}
	return via
}
