package desk

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Exported is a line of the ledger as programs read it. It has no URL: none is kept.
type Exported struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Kind        string     `json:"kind"` // file or bundle
	Bucket      string     `json:"bucket"`
	Key         string     `json:"key"`
	Endpoint    string     `json:"endpoint"` // "" for what the profile says
	Profile     string     `json:"profile"`
	Account     string     `json:"account"` // "" where it is not known
	Size        int64      `json:"size"`    // bytes
	ContentType string     `json:"content_type"`
	ETag        string     `json:"etag"`
	Checksum    string     `json:"checksum"`
	Sent        time.Time  `json:"sent"`
	Ends        *time.Time `json:"ends"` // null when it is not known
	EndsBecause string     `json:"ends_because"`
	State       string     `json:"state"`
	Verified    bool       `json:"verified"`
	Reach       Reach      `json:"reach"`         // "" where it is not known
	At          string     `json:"link_endpoint"` // "" for the store's own address
	Revoked     *time.Time `json:"revoked"`       // null when it was not
	Note        string     `json:"note"`
	Error       string     `json:"error"`
}

// Export is the entry as programs read it.
func (e Entry) Export(now time.Time) Exported {
	profile := e.Destination.Profile
	if e.Destination.Sandbox {
		profile = SandboxProfile
	}
	kind := "file"
	if e.Kind != KindFile {
		kind = string(e.Kind)
	}
	return Exported{
		ID: e.ID, Name: e.Name, Kind: kind, Bucket: e.Destination.Bucket, Key: e.Key, Endpoint: e.Destination.Endpoint,
		Profile: profile, Account: e.Account, Size: e.Size, ContentType: e.ContentType, ETag: e.ETag, Checksum: e.Checksum,
		Sent: e.Sent.UTC().Truncate(time.Second), Ends: Second(e.Ends), EndsBecause: string(e.Because),
		State: string(e.Standing(now)), Verified: e.Verified, Reach: e.Reach, At: e.LinkEndpoint, Revoked: Second(e.Revoked), Note: e.Note, Error: e.TroubleText,
	}
}

// Second is a moment in UTC to the whole second, nil for the zero time.
func Second(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// WriteJSON writes one object a line.
func WriteJSON(w io.Writer, entries []Entry, now time.Time) error {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for _, e := range entries {
		if err := lines.Encode(e.Export(now)); err != nil {
			return fmt.Errorf("write the list: %w", err)
		}
	}
	return nil
}

// WriteCSV writes a table as RFC 4180 has it, but for its line ends, with a first line of names. A spreadsheet takes a
// cell that begins like a formula for one, so that has an apostrophe put before it
// (https://owasp.org/www-community/attacks/CSV_Injection).
func WriteCSV(w io.Writer, entries []Entry, now time.Time) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{
		"id", "name", "kind", "bucket", "key", "endpoint", "profile", "account", "size", "content_type", "etag", "checksum",
		"sent", "ends", "ends_because", "state", "verified", "revoked", "note", "error", "reach", "link_endpoint",
	}) // Error has what went wrong
	for _, e := range entries {
		x := e.Export(now)
		cells := []string{
			x.ID, x.Name, x.Kind, x.Bucket, x.Key, x.Endpoint, x.Profile, x.Account, strconv.FormatInt(x.Size, 10), x.ContentType,
			x.ETag, x.Checksum, x.Sent.Format(time.RFC3339), written(x.Ends), x.EndsBecause, x.State, strconv.FormatBool(x.Verified),
			written(x.Revoked), x.Note, x.Error, string(x.Reach), x.At,
		}
		for i, c := range cells {
			if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
				cells[i] = "'" + c
			}
		}
		_ = out.Write(cells)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

func written(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}
