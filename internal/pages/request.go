package pages

import (
	"io"
	"time"
)

// Request is what the page says on which somebody without an account uploads files, and what its script needs for
// that. All its URLs are keys.
type Request struct {
	ID         string // the page remembers under it what was sent, for going on after a reload
	From       string // who asks; "" says nothing of it
	For        string // who is asked; "" says nothing of it
	Message    string // the asker's own words; may have several lines
	Made, Ends time.Time
	Files      int      // how many files may come; 0 is any number
	MaxSize    int64    // bytes of one file at most; 0 is what the ways below take
	Kinds      []string // as the accept attribute of HTML has them: ".pdf", "image/*", "text/plain"; none is any kind
	Online     string   // a link to the same page in the bucket, which needs no CORS; "" on that page itself
	Posts      []Post
	Slots      []Slot
}

// Post is a way for any number of files: a form that the store checks against a policy (POST Object of S3). It takes
// what has one content type.
type Post struct {
	URL    string
	Fields map[string]string // all but key, Content-Type and file
	Folder string            // each key is this, a random folder that the page chooses, a slash, and the file's name
	// ContentType is what the field must say: a whole type, or a beginning such as "image/" for which the browser's own
	// word is taken.
	ContentType string
	Accept      []string // which of Request.Kinds go this way; none is all
	MaxSize     int64    // bytes that the policy allows, at most 5 GiB
}

// Slot is a way for one file: its key is fixed and is never overwritten. The file's name travels in
// Content-Disposition, which is not signed.
type Slot struct {
	Key         string
	ContentType string   // is signed
	Accept      []string // which of Request.Kinds go here; none is all
	Put         *Call    // of the whole file, at most 5 GiB; nil where there are parts only
	Parts       *Parts   // for large files, and those that shall go on after a reload; nil where there are none
}

// Call is a presigned request.
type Call struct {
	URL    string
	Header map[string]string // to be sent exactly
}

// Parts is a multipart upload that was started already, with every request that puts a file into it.
type Parts struct {
	// URL is that of each part, with {number} (from 1) and {signature} where they differ.
	URL        string
	Signatures []string // one a part; how large the parts are, the page decides: at least 5 MiB, but for the last
	List       []string // what the store has, a thousand parts each
	Complete   Call
}

// WriteRequest writes the page of a request. Nothing is written if one of its URLs is none.
func WriteRequest(w io.Writer, r Request) error { panic("to be written by the helper `page`") }
