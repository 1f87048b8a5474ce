package pages

import (
	"html/template"
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
// what has one content type. No sum of the file travels along; the page compares what the store says afterwards.
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
	// Look is a HEAD of the key, with checksums: when an answer was lost and the key is taken now, it says whether by this
	// very file. It tells size and sums of what was sent to this place, nothing else. Nil leaves it open.
	Look *Call
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
	// Note is a PUT of a small JSON object beside the file, {"name", "size", "modified", "checksum"}: an upload in parts
	// got its Content-Disposition when it was started, so the name cannot travel in it. Nil tells no name.
	Note *Call
}

// requestPage is what request.html fills in.
type requestPage struct {
	sheet
	Heading    said
	For        string
	Message    string
	Rules      []said // what may come, each a few words
	Single     bool   // one file is asked for
	Ends, Made *moment
	From       said   // who is to be asked for more time
	Accept     string // of the file chooser
	Data       requestData
	Scripts    template.JS
}

// WriteRequest writes the page of a request. Nothing is written if one of its URLs is none.
func WriteRequest(w io.Writer, r Request) error {
	data, origins, err := newRequestData(r)
	if err != nil {
		return err
	}
	page := requestPage{
		Heading: say("Send files here", "Hier können Dateien gesendet werden"), For: Visible(r.For), Message: shown(r.Message, "\n\t"),
		Rules: requestRules(r), Single: r.Files == 1, Ends: newMoment(r.Ends), Made: newMoment(r.Made),
		From: say("whoever sent this page", "wer diese Seite geschickt hat"), Accept: accept(r.Kinds), Data: data,
	}
	if r.From != "" {
		from := Visible(r.From)
		page.From = same(from)
		page.Heading = say(from+" asks for files", from+" bittet um Dateien")
		if page.Single {
			page.Heading = say(from+" asks for a file", from+" bittet um eine Datei")
		}
	}
	own, err := requestScripts()
	if err != nil {
		return err
	}
	page.Scripts = template.JS(own) // #nosec G203 -- embedded
	page.sheet, err = newSheetWith(page.Heading, []string{"page.css", "request/request.css"}, []string{own}, requestPolicy(origins))
	if err != nil {
		return err
	}
	return write(w, "request.html", page)
}

// requestScripts puts the parts of the page's script together, in an order in which each knows those before it.
func requestScripts() (string, error) {
	script := "(function () {\n\"use strict\";\n"
	for _, part := range []string{"sums", "words", "names", "memory", "reading", "store", "ways", "rows", "queue", "receipt", "page"} {
		text, err := asset("request/" + part + ".js")
		if err != nil {
			return "", err
		}
		script += text
	}
	return script + "})();\n", nil
}

// requestPolicy allows the page to talk to the stores of its URLs, and to compute in a worker that it makes itself.
func requestPolicy(origins []string) string {
	policy := "; worker-src blob:; connect-src"
	for _, origin := range origins {
		policy += " " + origin
	}
	if len(origins) == 0 {
		policy += " 'none'"
	}
	return policy
}

// requestRules are what a person should know before choosing a file.
func requestRules(r Request) []said {
	var rules []said
	switch {
	case r.Files == 1:
		rules = append(rules, say("One file", "Eine Datei"))
	case r.Files > 1:
		n := countFiles(r.Files)
		rules = append(rules, say("Up to "+n.EN, "Bis zu "+n.DE))
	}
	if len(r.Kinds) > 0 {
		rules = append(rules, kindList(r.Kinds))
	}
	if r.MaxSize > 0 {
		s := size(r.MaxSize)
		if r.Files == 1 {
			rules = append(rules, say("at most "+s.EN, "höchstens "+s.DE))
		} else {
			rules = append(rules, say("at most "+s.EN+" each", "je höchstens "+s.DE))
		}
	}
	if len(rules) == 0 {
		rules = append(rules, say("Any kind, any number", "Jede Art, beliebig viele"))
	}
	return rules
}
