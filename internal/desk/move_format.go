package desk

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"waybill/internal/ledger"
	"waybill/signer"
)

// What moves to another computer is a text of one JSON object a line: a head, the settings, a line for each record of
// the ledger, and an end that says how many there were and the SHA-256 of all lines before it. Whoever wants to know what
// they carry along can read it; there is nothing in it to unpack, and no path of a file to write.

// moveFormat is the form that this version writes and reads.
const moveFormat = 1

// The most that such a text may have.
const (
	maxMove     = 1 << 30 // bytes; a million links have about half of it
	maxMoveLine = 1 << 20 // bytes; the page of a bundle with all it may have has about a tenth
)

type moveLine struct {
	Head     *moveHead   `json:"waybill_export,omitempty"`
	Settings *Settings   `json:"settings,omitempty"`
	Record   *moveRecord `json:"record,omitempty"`
	End      *moveEnd    `json:"end,omitempty"`
}

type moveHead struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of the program that made it
	Made    time.Time `json:"made"`
}

type moveEnd struct {
	Records int    `json:"records"`
	SHA256  string `json:"sha256"`
}

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
}

func moveRecordOf(m ledger.Moved) *moveRecord {
	r := m.Record
	return &moveRecord{
		ID: r.ID, Name: r.Name, Profile: r.Profile, Region: r.Region, Endpoint: withoutUser(r.Endpoint), AllowHTTP: r.AllowHTTP,
		Account: r.Account, Bucket: r.Bucket, Prefix: r.Prefix, Key: r.Key, Size: r.Size, ContentType: r.ContentType, ETag: r.ETag,
		Checksum: r.Checksum, State: State(r.State), TroubleCode: r.TroubleCode, Trouble: r.Trouble, Created: r.Created.UTC(),
		Asked: int64(r.Asked / time.Second), Ends: exactly(r.Ends), Because: r.Because, Verified: r.Verified, Inline: r.Inline,
		Signed: exactly(r.Signed), Note: r.Note, Kind: r.Kind, Via: r.Via, Revoked: exactly(r.Revoked), Undo: r.Undo, Files: m.Files,
	}
}

func (r *moveRecord) moved() ledger.Moved {
	return ledger.Moved{Files: r.Files, Record: ledger.Record{
		ID: r.ID, Name: r.Name, Profile: r.Profile, Region: r.Region, Endpoint: r.Endpoint, AllowHTTP: r.AllowHTTP,
		Account: r.Account, Bucket: r.Bucket, Prefix: r.Prefix, Key: r.Key, Size: r.Size, ContentType: r.ContentType, ETag: r.ETag,
		Checksum: r.Checksum, State: string(r.State), TroubleCode: r.TroubleCode, Trouble: r.Trouble, Created: r.Created.Truncate(time.Microsecond),
		Asked: time.Duration(r.Asked) * time.Second, Ends: orZero(r.Ends), Because: r.Because, Verified: r.Verified, Inline: r.Inline,
		Signed: orZero(r.Signed), Note: r.Note, Kind: r.Kind, Via: r.Via, Revoked: orZero(r.Revoked), Undo: r.Undo,
	}}
}

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

// withoutUser takes user name and password out of an endpoint.
func withoutUser(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	if u.User == nil {
		return endpoint
	}
	u.User = nil
	return u.String()
}

// moveWriter writes lines and sums them up.
type moveWriter struct {
	to      io.Writer
	sum     hash.Hash
	records int
}

func newMoveWriter(w io.Writer) *moveWriter { return &moveWriter{to: w, sum: sha256.New()} }

func (w *moveWriter) write(l moveLine) error {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		return fmt.Errorf("write a line: %w", err)
	}
	if line.Len() > maxMoveLine {
		return fmt.Errorf("write a line: %w", errMoveLine)
	}
	if l.Record != nil {
		w.records++
	}
	_, _ = w.sum.Write(line.Bytes()) // a hash never fails
	_, err := w.to.Write(line.Bytes())
	return err
}

func (w *moveWriter) end() error {
	return w.write(moveLine{End: &moveEnd{w.records, hex.EncodeToString(w.sum.Sum(nil))}})
}

// What may be wrong with a text that came from elsewhere.
var (
	errNotMove   = errors.New("it does not begin as an export does")
	errMoveNewer = errors.New("made by a newer version")
	errMoveText  = errors.New("a line is not as it should be")
	errMoveLine  = errors.New("a line is too long")
	errMoveSize  = errors.New("it is too large")
	errMoveCut   = errors.New("its end is missing")
	errMoveSum   = errors.New("its sum is not that of its lines")
	errMoveLines = errors.New("its lines are not in order")
	errMoveAfter = errors.New("something comes after its end")
)

// moveReader reads lines, and believes none of them.
type moveReader struct {
	from     *bufio.Reader
	sum      hash.Hash
	read     int64
	head     moveHead
	settings Settings
	left     int // settings that nothing can be made of
}

// newMoveReader reads head and settings. Of a newer form the error is errMoveNewer, and the head says which version made it.
func newMoveReader(r io.Reader) (*moveReader, error) {
	m := &moveReader{from: bufio.NewReaderSize(r, maxMoveLine), sum: sha256.New()}
	first, err := m.next()
	if err != nil {
		return m, fmt.Errorf("%w: %w", errNotMove, err)
	}
	if first.Head == nil || first.Head.Format < 1 {
		return m, errNotMove
	}
	m.head = *first.Head
	m.head.Version = visible(m.head.Version)
	if m.head.Format > moveFormat {
		return m, errMoveNewer
	}
	second, err := m.next()
	if err != nil {
		return m, err
	}
	if second.Settings == nil {
		return m, errMoveLines
	}
	m.settings, m.left = usable(*second.Settings)
	return m, nil
}

// next reads a line: one object that says exactly one thing.
func (m *moveReader) next() (moveLine, error) {
	var l moveLine
	line, err := m.from.ReadSlice('\n')
	m.read += int64(len(line))
	switch {
	case m.read > maxMove:
		return l, errMoveSize
	case errors.Is(err, bufio.ErrBufferFull):
		return l, errMoveLine
	case errors.Is(err, io.EOF):
		return l, errMoveCut
	case err != nil:
		return l, err
	case !utf8.Valid(line):
		return l, errMoveText
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return l, fmt.Errorf("%w: %w", errMoveText, err)
	}
	things := 0
	for _, there := range []bool{l.Head != nil, l.Settings != nil, l.Record != nil, l.End != nil} {
		if there {
			things++
		}
	}
	if things != 1 {
		return l, errMoveLines
	}
	if l.End == nil {
		_, _ = m.sum.Write(line) // a hash never fails
	}
	return l, nil
}

// records gives what comes after the settings. Whoever has got to its end without an error has read all that was written.
func (m *moveReader) records() iter.Seq2[ledger.Moved, error] {
	return func(yield func(ledger.Moved, error) bool) {
		for n := 0; ; n++ {
			l, err := m.next()
			switch {
			case err != nil:
			case l.End != nil:
				if err = m.checkEnd(*l.End, n); err == nil {
					return
				}
			case l.Record == nil:
				err = errMoveLines
			default:
				err = l.Record.check()
			}
			if err != nil {
				yield(ledger.Moved{}, err)
				return
			}
			if !yield(l.Record.moved(), nil) {
				return
			}
		}
	}
}

func (m *moveReader) checkEnd(end moveEnd, records int) error {
	if end.Records != records || end.SHA256 != hex.EncodeToString(m.sum.Sum(nil)) {
		return errMoveSum
	}
	if _, err := m.from.ReadByte(); !errors.Is(err, io.EOF) {
		return errMoveAfter
	}
	return nil
}

// anID is what names a record.
var anID = regexp.MustCompile(`^[0-9A-Za-z._-]{1,64}$`)

// check refuses what no Waybill writes.
func (r *moveRecord) check() error {
	wrong := func(what string) error { return fmt.Errorf("%w: a record has no %s that can be", errMoveText, what) }
	if !anID.MatchString(r.ID) {
		return wrong("id")
	}
	for _, text := range []string{
		r.Name, r.Profile, r.Region, r.Endpoint, r.Account, r.Bucket, r.Prefix, r.ContentType, r.ETag, r.Checksum, r.TroubleCode, r.Because, r.Kind, r.Via,
	} {
		if visible(text) != text { // it would move the cursor of a terminal, or read as something else
			return wrong("text")
		}
	}
	if r.Endpoint != "" {
		u, err := url.Parse(r.Endpoint)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
			return wrong("endpoint")
		}
	}
	switch {
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

// usable is what can be made of settings that came from elsewhere, and how much was left out.
func usable(s Settings) (_ Settings, left int) {
	fits := func(dest Destination) bool {
		clean, err := dest.clean()
		return err == nil && clean == dest && visible(dest.Profile+dest.Region+dest.Endpoint) == dest.Profile+dest.Region+dest.Endpoint
	}
	if s.Destination.Bucket != "" && !fits(s.Destination) {
		s.Destination, left = Destination{}, left+1
	}
	before := len(s.Recent) + len(s.Naming) + len(s.Distributions)
	s.Recent = slices.DeleteFunc(s.Recent, func(dest Destination) bool { return !fits(dest) })
	s.Naming = slices.DeleteFunc(s.Naming, func(n DestinationNaming) bool {
		_, err := ParseTemplate(string(n.Template))
		return !fits(n.Destination) || n.Template != "" && err != nil
	})
	s.Distributions = slices.DeleteFunc(s.Distributions, func(one Distribution) bool {
		c := one.CloudFront
		return CheckBucket(one.Bucket) != nil || c.Domain == "" || c.PrivateKey == "" || visible(c.Domain+c.KeyPairID+c.PrivateKey+c.OriginPath) != c.Domain+c.KeyPairID+c.PrivateKey+c.OriginPath
	})
	left += before - len(s.Recent) - len(s.Naming) - len(s.Distributions)
	if s.LimitRate < 0 || s.LimitRate > 1<<40 {
		s.LimitRate, left = 0, left+1
	}
	if s.Remind < 0 || s.Remind > signer.MaxExpires {
		s.Remind, left = 0, left+1
	}
	s.Recent = s.Recent[:min(len(s.Recent), maxRecent)]
	s.Updates = Updates{Look: s.Updates.Look}
	if !slices.Contains([]string{LookUnasked, LookYes, LookNo}, s.Updates.Look) {
		s.Updates.Look = LookUnasked
	}
	return withDefaults(s), left
}
