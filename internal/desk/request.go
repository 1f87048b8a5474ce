package desk

import (
	"context"
	"time"

	"waybill/signer"
)

// RequestOptions is what a request for files may be told. The zero value is any number of files of any kind and size
// for an hour.
type RequestOptions struct {
	From    string        // who asks; "" says nothing of it
	For     string        // who is asked; "" says nothing of it
	Message string        // the person's own words; may have several lines
	Expires time.Duration // how long files may come; 1 s to 7 days, 0 is an hour
	Files   int           // how many files may come, at most 200; 0 is any number
	Kinds   []string      // ".pdf", "image/*", "application/pdf"; none is any kind. See ParseKinds
	MaxSize int64         // bytes of one file at most; 0 is what the store takes
	// Large is how many files of any number may come in parts: those above 5 GiB, and those that shall go on after a
	// reload. 0 is 4, or none where MaxSize is small enough for the store to check it; less than 0 is none.
	Large int
}

// RequestStanding is where a request stands.
type RequestStanding string

// The standings of a request.
const (
	RequestOpen   RequestStanding = "open"
	RequestEnded  RequestStanding = "ended"
	RequestClosed RequestStanding = "closed" // by the person, before its end
)

// Request is a line of the ledger: a way in for somebody else, without its URLs.
type Request struct {
	ID          string
	Destination Destination // where the request's own folder lies
	Folder      string      // a whole prefix with a slash at its end: where the files go, and nothing else
	Page        string      // the key of its page in the bucket, beside the folder; "" where there is none any more
	Account     string      // the AWS account whose credentials signed it; "" where that is not known

	From, For, Message string
	Files              int // 0 is any number
	Kinds              []string
	MaxSize            int64 // bytes; 0 is any

	Posts bool // files come by a form whose policy the store checks; else by URLs for one file each

	Made    time.Time
	Asked   time.Duration
	Ends    time.Time // the earliest end of all its signatures; zero when Because is signer.Unknown
	Because signer.Because
	Closed  time.Time // zero: it was not closed
	Denied  bool      // when it was closed, a policy was made that refuses what was signed
	Looked  time.Time // when the store was last asked what has arrived; zero: never

	Arrived int   // files, as far as the store was asked
	New     int   // of these, not seen yet
	Size    int64 // bytes of these
}

// Standing is where the request stands at the moment now.
func (r Request) Standing(now time.Time) RequestStanding {
	switch {
	case !r.Closed.IsZero():
		return RequestClosed
	case !now.Before(r.Last()):
		return RequestEnded
	}
	return RequestOpen
}

// Last is the moment after which nothing of the request works.
func (r Request) Last() time.Time {
	if r.Ends.IsZero() {
		return r.Made.Add(r.Asked)
	}
	return r.Ends
}

// Ways is a request with all ways in, signed: its URLs, the form and the page are keys, shown and copied, never logged
// and never stored.
type Ways struct {
	Request Request
	// Ends is when these ways end: the request's end, or earlier where the credentials of today do not reach it, which
	// Request.EndsEarlier says. Zero when Because is signer.Unknown.
	Ends     time.Time
	Because  signer.Because
	PageURL  string // the page in the bucket; "" where there is none
	Verified bool   // PageURL was fetched once
	HTML     []byte // the same page as a file to send by mail
	HTMLName string // what to call that file
	Posts    []PostWay
	Uploads  []Upload
	Commands []Command
	// Trouble says what is not as it should be though the ways are there: the page's link could not be tried, the store
	// takes no forms.
	Trouble *Trouble
}

// PostWay is a form for any number of files of one type.
type PostWay struct {
	URL         string
	Fields      map[string]string // all but key, Content-Type and file
	Folder      string            // each key begins with it
	ContentType string            // what the field must say; a beginning where it ends with a slash
	MaxSize     int64             // bytes
}

// Upload is a presigned request for one file.
type Upload struct {
	Method string
	URL    string
	Header map[string]string // to be sent exactly
	Key    string
}

// Shell is what a command line is for.
type Shell string

// The shells.
const (
	ShellPOSIX      Shell = "sh"
	ShellPowerShell Shell = "powershell"
)

// Command is a command line that uploads. FILE, at its end, is to be replaced.
type Command struct {
	Shell Shell
	Key   string // of the one upload that it is for; "" for the form, which takes any number of files
	Text  string
}

// Request makes a request: folder, page and ways. dest.Prefix is where its own folder is made.
func (d *Desk) Request(ctx context.Context, dest Destination, o RequestOptions) (*Ways, error) {
	return nil, notYet()
}

// Ways signs all of a request anew, to the same end: no URL is kept. When the credentials no longer reach that end,
// EndsEarlier says so. Neither the page nor anything else in the bucket is changed by it.
func (d *Desk) Ways(ctx context.Context, id string) (*Ways, error) { return nil, notYet() }

// EndsEarlier says that the ways end before the request did, or returns nil.
func (w *Ways) EndsEarlier() *Trouble { return nil }

// Requests gives all requests from the ledger, newest first, with the counts of the last look. It asks no store.
func (d *Desk) Requests(ctx context.Context) ([]Request, error) { return nil, notYet() }

// RequestOf finds one request in the ledger.
func (d *Desk) RequestOf(ctx context.Context, id string) (Request, error) {
	return Request{}, notYet()
}

// ForgetRequests takes requests that have ended or were closed out of the ledger; what has arrived stays in the bucket.
// It gives the number of those that were there. One that is open is a Trouble, and then none is forgotten.
func (d *Desk) ForgetRequests(ctx context.Context, ids ...string) (int, error) { return 0, notYet() }

// CheckRequest says in words what is wrong with the options, or returns nil.
func CheckRequest(o RequestOptions) error { return nil }

// ParseKinds reads kinds as a person writes them, with commas or spaces between: pdf, .PDF, image/*, application/pdf.
func ParseKinds(s string) ([]string, error) { return nil, nil }

// ParseMaxSize reads a size such as 20MB or 5GiB, in bytes; "" and "0" are any.
func ParseMaxSize(s string) (int64, error) { return 0, nil }

func notYet() error { return trouble("NotYet", nil, nil) }
