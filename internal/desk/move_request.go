package desk

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"waybill/internal/ledger"
	"waybill/signer"
)

// A request moves whole, since nothing in the ledger's line of it is a secret: its page's link, its form and its URLs are signed
// whenever they are wanted, by the profile, and none is kept. What is done for a request by itself, removing its page and its
// unfinished uploads, is done by each computer that knows it; so from elsewhere only names are believed that a request can have.

// moveRequest is a request without what is of one computer only.
type moveRequest struct {
	ID        string      `json:"id"`
	Profile   string      `json:"profile,omitempty"`
	Region    string      `json:"region,omitempty"`
	Endpoint  string      `json:"endpoint,omitempty"`
	AllowHTTP bool        `json:"allow_http,omitempty"`
	Account   string      `json:"account,omitempty"`
	Bucket    string      `json:"bucket"`
	Prefix    string      `json:"prefix,omitempty"`
	Folder    string      `json:"folder"`
	Page      string      `json:"page,omitempty"`
	Plan      requestPlan `json:"plan"`
	Made      time.Time   `json:"made"`
	Asked     int64       `json:"asked"` // seconds
	Ends      *time.Time  `json:"ends,omitempty"`
	Because   string      `json:"ends_because,omitempty"`
	Closed    *time.Time  `json:"closed,omitempty"`
	Denied    bool        `json:"denied,omitempty"`
	Looked    *time.Time  `json:"looked,omitempty"`
	Tidied    bool        `json:"tidied,omitempty"`
}

// moveArrival is a file that has come by the request whose line is before it.
type moveArrival struct {
	Key         string    `json:"key"`
	Name        string    `json:"name"`
	Size        int64     `json:"size"` // bytes
	ContentType string    `json:"content_type,omitempty"`
	ETag        string    `json:"etag,omitempty"`
	Checksum    string    `json:"checksum,omitempty"`
	Came        time.Time `json:"came"`
	Seen        bool      `json:"seen,omitempty"`
	Gone        bool      `json:"gone,omitempty"`
}

// mostMovedArrivals is how many arrivals a request may have here: what is looked at, and as many that are gone.
const mostMovedArrivals = 2 * mostArrivals

// moveRequestOf is a request as it is written; the error is of what no Waybill of this form has kept. Words are made readable,
// as those of records are. Who pays is said anew.
func moveRequestOf(r ledger.Request) (*moveRequest, error) {
	plan, err := planOf(r)
	if err != nil {
		return nil, err
	}
	plan.RequesterPays, plan.LinkEndpoint = false, withoutUser(plan.LinkEndpoint)
	plan.From, plan.For, plan.Message = visible(plan.From), visible(plan.For), visibleLines(plan.Message)
	return &moveRequest{
		ID: r.ID, Profile: r.Profile, Region: r.Region, Endpoint: withoutUser(r.Endpoint), AllowHTTP: r.AllowHTTP, Account: r.Account,
		Bucket: r.Bucket, Prefix: r.Prefix, Folder: r.Folder, Page: r.Page, Plan: plan, Made: r.Made.UTC(), Asked: int64(r.Asked / time.Second),
		Ends: exactly(r.Ends), Because: r.Because, Closed: exactly(r.Closed), Denied: r.Denied, Looked: exactly(r.Looked), Tidied: r.Tidied,
	}, nil
}

func visibleLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = visible(line)
	}
	return strings.Join(lines, "\n")
}

func (r *moveRequest) moved() ledger.Request {
	return ledger.Request{
		ID: r.ID, Profile: r.Profile, Region: r.Region, Endpoint: r.Endpoint, AllowHTTP: r.AllowHTTP, Account: r.Account,
		Bucket: r.Bucket, Prefix: r.Prefix, Folder: r.Folder, Page: r.Page, Content: r.Plan.text(), Made: r.Made.Truncate(time.Microsecond),
		Asked: time.Duration(r.Asked) * time.Second, Ends: orZero(r.Ends), Because: r.Because, Closed: orZero(r.Closed), Denied: r.Denied,
		Looked: orZero(r.Looked), Tidied: r.Tidied,
	}
}

// aRequestFolder is the last part of a request's folder, as folderName makes it.
var aRequestFolder = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}-([^/]+-)?[a-z2-7]{26}/$`)

// check refuses what no Waybill writes.
func (r *moveRequest) check() error {
	wrong := func(what string) error { return fmt.Errorf("%w: a request has no %s that can be", errMoveText, what) }
	for _, text := range append([]string{r.Profile, r.Region, r.Account, r.Bucket, r.Prefix, r.Folder, r.Page, r.Because}, r.Plan.texts()...) {
		if visible(text) != text {
			return wrong("text")
		}
	}
	name, within := strings.CutPrefix(r.Folder, r.Prefix)
	switch {
	case uuid.Validate(r.ID) != nil || !anID.MatchString(r.ID):
		return wrong("id")
	case !addresses(r.Endpoint), !addresses(r.Plan.LinkEndpoint):
		return wrong("endpoint")
	case CheckBucket(r.Bucket) != nil || !within || !aRequestFolder.MatchString(name) || signer.CheckKey(r.Folder) != nil:
		return wrong("folder")
	case r.Page != "" && r.Page != strings.TrimSuffix(r.Folder, "/")+".html":
		return wrong("page")
	case r.Asked < 1 || r.Asked > int64(signer.MaxExpires/time.Second):
		return wrong("time")
	case !plausible(&r.Made) || !plausible(r.Ends) || !plausible(r.Closed) || !plausible(r.Looked):
		return wrong("moment")
	case visibleLines(r.Plan.Message) != r.Plan.Message:
		return wrong("message")
	case !r.Plan.possible(r.Folder):
		return wrong("way")
	}
	return nil
}

// texts are those of a plan that are shown, or sent to a store, as one line.
func (p requestPlan) texts() []string {
	list := append([]string{p.From, p.For}, p.Kinds...)
	for _, f := range p.Forms {
		list = append(append(list, f.ContentType), f.Accept...)
	}
	for _, s := range p.Slots {
		list = append(append(list, s.Key, s.ContentType, s.Upload), s.Accept...)
	}
	return list
}

// possible reports whether a plan is one that newRequestPlan could have made for a folder.
func (p requestPlan) possible(folder string) bool {
	kinds, err := ParseKinds(strings.Join(p.Kinds, ","))
	if err != nil || !slices.Equal(kinds, p.Kinds) || p.settings().Check(true) != nil || p.RequesterPays ||
		CheckRequest(RequestOptions{From: p.From, For: p.For, Message: p.Message, Files: p.Files, Kinds: p.Kinds, MaxSize: p.MaxSize}) != nil {
		return false
	}
	if len(p.Forms) > mostSlots || len(p.Slots) > mostSlots {
		return false
	}
	for _, f := range p.Forms {
		if f.ContentType == "" {
			return false
		}
	}
	for _, s := range p.Slots {
		name, within := strings.CutPrefix(s.Key, folder)
		if !within || name == "" || strings.Contains(name, "/") || signer.CheckKey(s.Key) != nil || s.ContentType == "" ||
			s.Parts < 0 || s.Parts > fullParts || len(s.Upload) > mostOfName {
			return false
		}
	}
	return true
}

func moveArrivalOf(a ledger.Arrival) *moveArrival {
	return &moveArrival{
		Key: a.Key, Name: a.Name, Size: a.Size, ContentType: a.ContentType, ETag: a.ETag, Checksum: a.Checksum, Came: a.Came.UTC(), Seen: a.Seen, Gone: a.Gone,
	}
}

func (a *moveArrival) moved(of *moveRequest) ledger.Arrival {
	return ledger.Arrival{
		Request: of.ID, Key: a.Key, Name: a.Name, Size: a.Size, ContentType: a.ContentType, ETag: a.ETag, Checksum: a.Checksum,
		Came: a.Came.Truncate(time.Microsecond), Seen: a.Seen, Gone: a.Gone,
	}
}

// check refuses what could not have come by a request. Names were made harmless when they came, and have to be so still.
func (a *moveArrival) check(of *moveRequest) error {
	for _, text := range []string{a.ContentType, a.ETag, a.Checksum} {
		if visible(text) != text {
			return fmt.Errorf("%w: an arrival has no text that can be", errMoveText)
		}
	}
	if !strings.HasPrefix(a.Key, of.Folder) || len(a.Key) > mostOfName || !utf8.ValidString(a.Key) || a.Name == "" || cleanName(a.Name) != a.Name ||
		a.Size < 0 || !plausible(&a.Came) {
		return fmt.Errorf("%w: an arrival is none of its request", errMoveText)
	}
	return nil
}

// exportRequests writes the requests with what has arrived by them. Those into the sandbox stay, and so does one that no import
// would take. An arrival that none would take is left away: the store tells of it again.
func (d *Desk) exportRequests(ctx context.Context, from *ledger.Ledger, out *moveWriter, m *Moving) error {
	records, err := from.Requests(ctx)
	if err != nil {
		return ledgerTrouble(err, d.ledgerPath())
	}
	slices.Reverse(records) // oldest first, as the links
	for _, record := range records {
		if record.Sandbox {
			if requestOf(record).Standing(d.now()) == RequestOpen {
				m.SandboxRequests++
			}
			continue
		}
		r, err := moveRequestOf(record)
		if err == nil {
			err = r.check()
		}
		if err == nil {
			err = (ledger.MovedRequest{Request: r.moved()}).Check()
		}
		if err != nil {
			m.LeftOut++
			continue
		}
		m.Requests++
		if err := out.write(moveLine{Request: r}); err != nil {
			return err
		}
		arrivals, err := from.Arrivals(ctx, record.ID)
		if err != nil {
			return ledgerTrouble(err, d.ledgerPath())
		}
		for _, one := range arrivals[:min(len(arrivals), mostMovedArrivals)] {
			a := moveArrivalOf(one)
			if a.check(r) != nil || one.HoldsSecret() {
				continue
			}
			if err := out.write(moveLine{Arrival: a}); err != nil {
				return err
			}
		}
	}
	return nil
}

// laterRequest chooses of two lines of one request: the one that is here, unless it was closed or tidied up after there since.
// What was done to a request cannot be undone but for its rule, which is looked for in vain if it is gone.
func laterRequest(have, came ledger.Request) ledger.Request {
	if came.Closed.After(have.Closed) {
		have.Closed, have.Page, have.Denied = came.Closed, "", have.Denied || came.Denied
	}
	if came.Tidied && !have.Tidied {
		have.Tidied, have.Page, have.Denied = true, "", came.Denied
	}
	return have
}
