package desk

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
	"github.com/google/uuid"

	"waybill/internal/courier"
	"waybill/internal/ledger"
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
	// LinkEndpoint is where the page's link and all that is sent by it lead; nil is what is remembered for the bucket.
	LinkEndpoint *LinkEndpoint
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

	LinkEndpoint string // the address that all of it is signed for; "" is the store's own
	Reach        Reach  // as far as the address says by itself

	Posts bool // files come by a form whose policy the store checks; else by URLs for one file each

	Made    time.Time
	Asked   time.Duration
	Ends    time.Time // the earliest end of all its signatures; zero when Because is signer.Unknown
	Because signer.Because
	Closed  time.Time // zero: it was not closed
	Denied  bool      // when it was closed, a policy was made that refuses what was signed
	Tidied  bool      // it is over, and what it had in the bucket beside the files is gone
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
	Reach    Reach  // of PageURL, and of all other ways
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
	Accept      []string          // which of the request's kinds go this way; none is all
	MaxSize     int64             // bytes
}

// Upload is a presigned request for one file.
type Upload struct {
	Method string
	URL    string
	Header map[string]string // to be sent exactly
	Key    string
	Accept []string // which of the request's kinds go here; none is all
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
	Shell  Shell
	Key    string // of the one upload that it is for; "" for the form, which takes any number of files
	Accept []string
	Text   string
}

// CheckRequest says in words what is wrong with the options, or returns nil.
func CheckRequest(o RequestOptions) error {
	kinds, err := ParseKinds(strings.Join(o.Kinds, ","))
	switch {
	case err != nil:
		return err
	case o.Expires < 0 || o.Expires > 0 && o.Expires < time.Second:
		return trouble("ExpiresTooShort", args{"Given": FormatExpires(o.Expires)}, nil)
	case o.Expires > signer.MaxExpires:
		return trouble("ExpiresTooLong", args{"Given": FormatExpires(o.Expires)}, nil)
	case o.Files < 0, o.Files > mostSlots, o.Files*len(groups(kinds, false)) > mostSlots:
		a := args{"Given": o.Files, "Most": mostSlots}
		if types := len(groups(kinds, false)); types > 1 { // each of them needs a place for every file
			a["Types"], a["Most"] = types, mostSlots/types
		}
		return trouble("FilesRange", a, nil)
	case o.Large > 0 && o.Files > 0:
		return trouble("LargeOfSome", args{"Given": o.Large, "Files": o.Files}, nil)
	case o.Large > mostAnyFiles:
		return trouble("LargeRange", args{"Given": o.Large, "Most": mostAnyFiles}, nil)
	case o.MaxSize < 0:
		return trouble("MaxSizeRange", args{"Given": o.MaxSize}, nil)
	case o.MaxSize > mostSize(o):
		return trouble("MaxSizeNoWay", args{"Given": FormatMaxSize(o.MaxSize), "Most": FormatMaxSize(mostSize(o))}, nil)
	case !fits(o.From, 200), !fits(o.For, 200):
		return trouble("RequestWords", args{"Most": 200}, nil)
	case !fits(o.Message, 4000):
		return trouble("RequestWords", args{"Most": 4000}, nil)
	}
	return nil
}

// mostSize is how large a file may be by a request with these options, in bytes, at a store that takes forms.
func mostSize(o RequestOptions) int64 { return newRequestPlan(o, "", true).largest() }

// fits reports whether a text has at most so many characters.
func fits(text string, most int) bool { return utf8.RuneCountInString(text) <= most }

// ParseMaxSize reads a size such as 20MB or 5GiB, in bytes; "" and "0" are any.
func ParseMaxSize(s string) (int64, error) {
	if strings.TrimSpace(s) == "" {
		return 0, nil
	}
	n, err := humanize.ParseBytes(s)
	if err != nil || n > fullParts*signer.MaxPut {
		return 0, trouble("MaxSizeRange", args{"Given": s}, err)
	}
	return int64(n), nil // #nosec G115 -- at most 4.88 TiB
}

// Request makes a request: folder, page and ways. dest.Prefix is where its own folder is made.
func (d *Desk) Request(ctx context.Context, dest Destination, o RequestOptions) (*Ways, error) {
	if d.ledger == nil {
		return nil, d.notKept(d.noLedger())
	}
	if err := CheckRequest(o); err != nil {
		return nil, err
	}
	o.Kinds, _ = ParseKinds(strings.Join(o.Kinds, ",")) // which CheckRequest has read
	if o.Expires == 0 {
		o.Expires = time.Hour
	}
	dest, err := dest.clean()
	if err != nil {
		return nil, err
	}
	name := folderName(d.now().Local().Format("2006-01-02"), o.For)
	record := ledger.Request{
		ID: uuid.Must(uuid.NewV7()).String(), Bucket: dest.Bucket, Prefix: dest.Prefix,
		Folder: dest.Prefix + name + "/", Page: dest.Prefix + name + ".html", Asked: o.Expires,
	}
	where := scene{store: dest.Store, bucket: dest.Bucket, key: record.Folder, path: record.Folder, permission: "s3:PutObject"}
	if err := signer.CheckKey(formFolder(record.Folder) + strings.Repeat("x", 255)); err != nil {
		return nil, trouble("PrefixTooLong", args{"Prefix": dest.Prefix[:min(60, len(dest.Prefix))] + "…"}, nil)
	}
	opened, err := d.open(ctx, dest.Store)
	if err != nil {
		return nil, explain(err, where)
	}
	at, given := d.linkEndpoint(o.LinkEndpoint, dest.Store, dest.Bucket), d.uploadSettings(nil, dest)
	o.LinkEndpoint = &at
	if err := at.check(); err != nil {
		return nil, err
	}
	if err := d.lookAhead(ctx, opened, at, dest.Bucket); err != nil {
		return nil, explain(err, where)
	}
	store := dest.pinned(opened)
	record.Profile, record.Region, record.Endpoint = store.Profile, store.Region, store.Endpoint
	record.Sandbox, record.AllowHTTP = store.Sandbox, store.AllowHTTP
	for corrected := false; ; corrected = true {
		m := &making{desk: d, options: o, signer: opened, record: record, given: given}
		ways, err := m.make(ctx)
		if err == nil {
			d.signalChange()
			return ways, nil
		}
		m.undo(context.WithoutCancel(ctx))
		if t := (*Trouble)(nil); errors.As(err, &t) && strings.HasPrefix(t.Code, "Ledger") {
			return nil, d.notKept(t)
		}
		// Where the store says that the clock here is wrong, all is signed once more with the store's time.
		if !corrected && d.correctClock(opened, err) != nil {
			continue
		}
		return nil, explain(err, where)
	}
}

// notKept says that there is no request, since the ledger, which knows what to look for and what to tidy, takes none.
func (d *Desk) notKept(why *Trouble) *Trouble {
	t := trouble("RequestNotKept", args{"Path": d.ledgerPath()}, why)
	t.Help, t.Detail = why.Help, why.Detail
	return t
}

// Ways signs all of a request anew, to the same end: no URL is kept. When the credentials no longer reach that end,
// EndsEarlier says so. Neither the page nor anything else in the bucket is changed by it.
func (d *Desk) Ways(ctx context.Context, id string) (*Ways, error) {
	record, err := d.requestRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	r := requestOf(record)
	where := r.scene("s3:PutObject")
	switch r.Standing(d.now()) {
	case RequestClosed:
		return nil, trouble("RequestClosed", where.args(), nil)
	case RequestEnded:
		return nil, trouble("RequestEnded", where.args(), nil)
	}
	opened, err := d.openRequest(ctx, record)
	if err != nil {
		return nil, explain(err, where)
	}
	plan, err := planOf(record)
	if err != nil {
		return nil, explain(err, where)
	}
	w, err := newWays(d, opened, record, plan, r.Last())
	if err != nil {
		return nil, explain(err, where)
	}
	ways, err := w.sign(ctx)
	if err != nil {
		return nil, explain(err, where)
	}
	if record.Page != "" {
		if err := w.link(ctx, ways, VerifyNone); err != nil {
			return nil, explain(err, r.scene("s3:GetObject"))
		}
	}
	if err := w.html(ways); err != nil {
		return nil, explain(err, where)
	}
	return ways, nil
}

// EndsEarlier says that the ways end before the request did, or returns nil.
func (w *Ways) EndsEarlier() *Trouble {
	a := scene{store: w.Request.Destination.Store}.args()
	switch {
	case w.Request.Ends.IsZero():
		return nil
	case w.Ends.IsZero():
		return trouble("EndUnknown", a, nil)
	case !w.Ends.Before(w.Request.Ends.Truncate(time.Second)):
		return nil
	}
	a["Ends"] = inMinutes(w.Ends)
	return trouble("WaysEndEarly", a, nil)
}

// inMinutes is a moment as sentences have it, with its time zone.
func inMinutes(t time.Time) string { return t.Local().Format("2 Jan 15:04 MST") }

// PageUnwritten says why a request's page cannot be written to a file: before the request is made, with "" for its ID, or
// afterwards.
func PageUnwritten(path, id string, err error) *Trouble {
	return trouble("RequestPageFile", args{"Path": visible(path), "ID": id, "Fault": Fault(err)}, err)
}

// Requests gives all requests from the ledger, newest first, with the counts of the last look. It asks no store.
func (d *Desk) Requests(ctx context.Context) ([]Request, error) {
	from := d.readable()
	if from == nil {
		return nil, d.noLedger()
	}
	records, err := from.Requests(ctx)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	list := make([]Request, len(records))
	for i, r := range records {
		list[i] = requestOf(r)
	}
	return list, nil
}

// RequestOf finds one request in the ledger.
func (d *Desk) RequestOf(ctx context.Context, id string) (Request, error) {
	r, err := d.requestRecord(ctx, id)
	return requestOf(r), err
}

func (d *Desk) requestRecord(ctx context.Context, id string) (ledger.Request, error) {
	if d.ledger == nil {
		return ledger.Request{}, d.noLedger()
	}
	r, err := d.ledger.GetRequest(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return r, trouble("NoSuchRequest", args{"Given": courier.RedactText(id)}, nil)
	}
	if err != nil {
		return r, ledgerTrouble(err, d.ledgerPath())
	}
	return r, nil
}

// ForgetRequests takes requests that have ended or were closed out of the ledger; what has arrived stays in the bucket.
// It gives the number of those that were there. One that is open, whose form or URLs still work, or that a rule still refuses,
// is a Trouble, and then none is forgotten.
func (d *Desk) ForgetRequests(ctx context.Context, ids ...string) (int, error) {
	for _, id := range ids {
		record, err := d.requestRecord(ctx, id)
		if err != nil {
			return 0, err
		}
		r := requestOf(record)
		if r.Standing(d.now()) == RequestOpen {
			return 0, trouble("RequestStillOpen", r.scene("").args(), nil)
		}
		if d.now().Before(r.Last()) {
			a := r.scene("").args()
			a["Ends"] = inMinutes(r.Last())
			// Its rule stays until the end, and only the ledger knows of it.
			if r.Denied {
				return 0, trouble("RequestStillDenied", a, nil)
			}
			// What comes until then would be shown by nobody.
			if plan, err := planOf(record); err != nil || plan.worksWhenClosed() {
				return 0, trouble("RequestStillWorks", a, err)
			}
		}
		// Nobody would do it later. What is left where the store cannot be reached any more is a page that has ended, and
		// uploads that waybill clean finds; a rule would stay.
		if err := d.tidyRequest(ctx, record); err != nil {
			if record.Denied {
				return 0, err
			}
			d.log.Info("a request is forgotten untidied", "error", err)
		}
	}
	n, err := d.ledger.ForgetRequests(ctx, ids...)
	if err != nil {
		return 0, ledgerTrouble(err, d.ledgerPath())
	}
	d.signalChange()
	return n, nil
}
