package desk

import (
	"context"
	"strings"
	"time"

	"waybill/signer"
)

// SandboxProfile is the name under which the built-in sandbox stands in the list of profiles.
const SandboxProfile = "sandbox"

// Store names the S3 service behind a profile, with what the person overrode.
type Store struct {
	Profile  string `json:"profile,omitempty"`  // a section of the AWS files; "" is what the AWS CLI would take
	Region   string `json:"region,omitempty"`   // "" leaves it to the profile
	Endpoint string `json:"endpoint,omitempty"` // "" leaves it to the profile; else an http(s) URL
	Sandbox  bool   `json:"sandbox,omitempty"`  // the store inside this program; the other fields are ignored
	// AllowHTTP is the person's word that plain http to another machine is fine for this store.
	AllowHTTP bool `json:"allow_http,omitempty"`
}

// Destination is where the next drop goes: profile + bucket + prefix.
type Destination struct {
	Store
	Bucket string `json:"bucket"`
	Prefix string `json:"prefix"` // "" or clean: no leading slash, one trailing
}

// Clash says what happens when the name is taken in the bucket.
type Clash string

// What may happen on a clash. Nothing is overwritten unless the person chose ClashReplace.
const (
	ClashAsk      Clash = "ask"       // SendOptions.Ask decides; without one it means ClashKeepBoth
	ClashKeepBoth Clash = "keep-both" // "name (2).ext"
	ClashReplace  Clash = "replace"   // the object that is there is overwritten
	ClashSkip     Clash = "skip"      // the file is not sent
)

// Verify says which links are fetched once before they are shown as good.
type Verify string

// Which links are verified: all of a drop of up to twenty files and a sample of a larger one unless chosen.
const (
	VerifyAuto   Verify = ""
	VerifyAll    Verify = "all"
	VerifySample Verify = "sample"
	VerifyNone   Verify = "none"
)

// SendOptions is what a drop may be told. The zero value is the default everywhere but Expires.
type SendOptions struct {
	Expires     time.Duration `json:"expires"` // how long the links shall last; 1 s to 7 days, see ParseExpires
	OnClash     Clash         `json:"on_clash"`
	ContentType string        `json:"content_type,omitempty"` // "" finds it from name and content
	Inline      bool          `json:"inline,omitempty"`       // the link shows the file in the browser instead of downloading it
	Verify      Verify        `json:"verify,omitempty"`
	Template    Template      `json:"template,omitempty"`    // how keys are made of names; "" takes the names as they are
	Unguessable bool          `json:"unguessable,omitempty"` // a random folder in each key, which nobody can guess
	Bundle      bool          `json:"bundle,omitempty"`      // a page with all that was sent, as the drop's last transfer
	Title       string        `json:"title,omitempty"`       // of that page; "" leaves it to the files
	SkipHidden  bool          `json:"skip_hidden,omitempty"` // hidden files below a dropped folder are left out
	Concurrency int           `json:"concurrency,omitempty"` // requests in flight; 0 takes the default
	// LinkEndpoint is where links lead; nil is what is remembered for the bucket. A drop's plan has what was taken.
	LinkEndpoint *LinkEndpoint `json:"link_endpoint,omitempty"`
	// Upload is what the objects get besides their bytes; nil is what is remembered for the destination. A drop's plan has
	// what was taken.
	Upload   *UploadSettings `json:"upload,omitempty"`
	PartSize int64           `json:"part_size,omitempty"` // bytes of a part; 0 takes what fits the file
	// RequesterPays says that the person pays for requests about the bucket, and for the links.
	RequesterPays bool `json:"requester_pays,omitempty"`
	// Patience is how long a network that was lost is waited for, once the store has answered; 0 takes the desk's.
	Patience time.Duration `json:"-"`
	// AwaitSignIn makes transfers whose session has ended wait until somebody signs in, here or elsewhere, instead of
	// failing. Pausing and cancelling end the wait.
	AwaitSignIn bool `json:"-"`
	// Ask is called (from any goroutine) on a clash under ClashAsk, with the transfer whose key is taken. When the
	// context is over, the answer is not wanted any more.
	Ask func(ctx context.Context, t Transfer) Clash `json:"-"`
}

// State is where a transfer stands.
type State string

// The states of a transfer, in the words of the design.
const (
	Queued    State = "queued"
	Sending   State = "sending"
	Paused    State = "paused"
	Verifying State = "verifying"
	Sent      State = "sent"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	Skipped   State = "skipped" // the name was taken and the person chose to skip
)

// Over reports whether nothing more will happen to a transfer in this state.
func (s State) Over() bool {
	return s == Sent || s == Failed || s == Cancelled || s == Skipped
}

// Transfer is one file on its way: a snapshot, safe to keep and to read from any goroutine.
type Transfer struct {
	ID          string // unique in the ledger
	Path        string // on this machine, absolute
	Name        string // as a person reads it: the path below what was dropped; control characters are made visible
	Destination Destination
	Key         string        // the whole key in the bucket, prefix included; may change on a clash
	Size        int64         // bytes
	Done        int64         // bytes the store has, at most Size
	Speed       float64       // bytes a second, smoothed; 0 when unknown
	Left        time.Duration // 0 when unknown
	State       State
	ContentType string
	ETag        string
	Checksum    string // "crc64nvme:<base64>", or the proof that the store supports
	Link        *Link  // when Sent; nil when it was sent and no link could be made
	// Waiting is why nothing moves, when Sending: the network is lost, or the session has ended (NeedsSignIn then). It
	// goes on by itself when that is over.
	Waiting *Trouble
	Kind    Kind
	Trouble *Trouble // when Failed; also when Sent and the link could not be verified or recorded
}

// Link is a presigned GET with the moment at which it really ends. Its URL is a key: it is shown and copied,
// never logged and never stored.
type Link struct {
	ID       string
	URL      string
	Ends     time.Time // zero when Because is signer.Unknown
	Because  signer.Because
	Verified bool // fetched once by its own URL
	// CloudFront says that a distribution answers it, not the store.
	CloudFront bool
	// At is the link endpoint that it was signed for; "" is the store's own address.
	At    string
	Reach Reach
	// ownName: the object says itself what it is called.
	ownName bool
	// RequesterPays says that whoever signed it pays for each time it is opened.
	RequesterPays bool
}

// Outlook is what a link made now would be, for telling a person before the upload.
type Outlook struct {
	Ends    time.Time // zero when Because is signer.Unknown
	Because signer.Because
	Warning *Trouble // set when the link would end before the time asked for, or its end cannot be known
	// Stretch says that Desk.Stretch may get a longer session: the link ends with that of a role which may allow more.
	Stretch bool
}

// Kind is what a line of the ledger is about.
type Kind string

// The kinds of lines.
const (
	KindFile   Kind = ""       // a file, or an object that was there
	KindBundle Kind = "bundle" // the page of a bundle
)

// What marks links that are answered, or paid for, in another way.
const (
	viaCloudFront = "cloudfront" // a distribution answers them, not the store
	viaRequester  = "requester"  // whoever signed them pays
)

// via is the mark of a link.
func (l *Link) via() string {
	switch {
	case l.CloudFront:
		return viaCloudFront
	case l.RequesterPays:
		return viaRequester
	}
	return ""
}

// Entry is a line of the ledger: a sent file and its link, without a URL.
type Entry struct {
	ID          string
	Name        string
	Path        string // where the file was on this machine; "" for a link to what was already there
	Destination Destination
	Account     string // the AWS account whose credentials signed it; "" where that is not known
	Key         string
	Size        int64
	ContentType string
	ETag        string
	Checksum    string
	Note        string // the person's own words
	Kind        Kind
	Bundle      string // the ID of a page that it stands on; "" for none
	Files       int    // how many stand on it, of the page of a bundle
	CloudFront  bool   // its link is a distribution's, and may last for years
	// LinkEndpoint is the address that the link was signed for, and is signed for again; "" is the store's own.
	LinkEndpoint string
	Reach        Reach // as it looked when the link was signed
	ownName      bool  // the object says itself what it is called
	State        State
	Sent         time.Time
	Asked        time.Duration // how long the link was to last
	Signed       time.Time     // when the link was made last
	Ends         time.Time     // zero when Because is signer.Unknown
	Because      signer.Because
	Revoked      time.Time // when the object was taken away; zero: it was not
	CanUndo      bool      // what was taken away can be brought back
	Verified     bool
	Inline       bool
	TroubleCode  string // why it failed, or why its link is not good
	TroubleText  string // the same as an English sentence
	// RequesterPays says that whoever signed its link pays for each time it is opened.
	RequesterPays bool
}

// Live reports whether the entry's link still works at the moment now, as far as can be known here. A link whose
// end is not known is given up when the time that was asked for is over: none is signed for longer.
func (e Entry) Live(now time.Time) bool {
	return e.State == Sent && e.Revoked.IsZero() && !e.Refused() && now.Before(e.Last())
}

// Last is the moment after which the link cannot work.
func (e Entry) Last() time.Time {
	if e.Ends.IsZero() {
		if e.Signed.After(e.Sent) {
			return e.Signed.Add(e.Asked)
		}
		return e.Sent.Add(e.Asked)
	}
	return e.Ends
}

// Refused reports whether the file was sent and its link leads nowhere: the profile may put but not get, or
// could not sign any more.
func (e Entry) Refused() bool {
	return e.State == Sent && leadsNowhere(e.TroubleCode)
}

// Codes of troubles that say that a file was sent without a link that works.
const (
	codeLinkRefused = "LinkRefused" // or one that begins so
	codeLinkNotMade = "LinkNotMade"
)

// Refused reports whether the link of a sent file leads nowhere, as with Entry.Refused.
func (t Transfer) Refused() bool {
	return t.State == Sent && t.Trouble != nil && leadsNowhere(t.Trouble.Code)
}

// leadsNowhere reports whether a trouble says that a file was sent without a link that works.
func leadsNowhere(code string) bool {
	return strings.HasPrefix(code, codeLinkRefused) || code == codeLinkNotMade
}

// Good reports whether the link of a transfer is one to give away at the moment now.
func (t Transfer) Good(now time.Time) bool {
	return t.State == Sent && t.Link != nil && t.Trouble == nil && (t.Link.Ends.IsZero() || now.Before(t.Link.Ends))
}

// Profile is a choice in the list of profiles.
type Profile struct {
	signer.Profile
	Sandbox bool
}

// Trouble says why the profile cannot work, nil where nothing speaks against it.
func (p Profile) Trouble() *Trouble {
	if p.Problem == nil {
		return nil
	}
	return explain(p.Problem, scene{store: Store{Profile: p.Name}})
}

// Settings are the choices remembered between starts. They hold nothing secret.
type Settings struct {
	Destination Destination   `json:"destination"`
	Expires     time.Duration `json:"expires"` // nanoseconds
	OnClash     Clash         `json:"on_clash"`
	Verify      Verify        `json:"verify"`
	Inline      bool          `json:"inline"`
	Appearance  string        `json:"appearance"` // one of the Appearance constants
	SkipHidden  bool          `json:"skip_hidden,omitempty"`
	LimitRate   int64         `json:"limit_rate,omitempty"` // bytes a second that the window sends at most; 0 is no limit
	Recent      []Destination `json:"recent,omitempty"`     // newest first
	// OnClose is what becomes of what is being sent when the window is closed.
	OnClose OnClose `json:"closing,omitempty"`
	// Silent leaves out the notification that a drop is over.
	Silent bool `json:"silent,omitempty"`
	// Bundle makes one page, and one link, of the files of a drop.
	Bundle bool `json:"bundle,omitempty"`
	// Remind is how long before a link ends the window says so; 0 is never.
	Remind time.Duration `json:"remind,omitempty"` // nanoseconds
	// Naming is how keys are made at a destination; those that are not here take names as they are.
	Naming []DestinationNaming `json:"naming,omitempty"`
	// Distributions answer links that last longer than seven days. SetDistribution changes them.
	Distributions []Distribution `json:"distributions,omitempty"`
	// LinkEndpoints are the addresses at which others reach buckets. SetLinkEndpoint changes them.
	LinkEndpoints []BucketLinkEndpoint `json:"link_endpoints,omitempty"`
	// Uploads are the upload settings of destinations. SetUpload changes them.
	Uploads []DestinationUpload `json:"uploads,omitempty"`
	// RequesterPays are the buckets whose requests the person pays for. SetRequesterPays changes them.
	RequesterPays []string `json:"requester_pays,omitempty"`
	// Updates is about newer versions. AllowUpdates, SkipUpdate and LookForUpdate change it.
	Updates Updates `json:"updates,omitzero"`
	// Requests is what was chosen for the request that was made last.
	Requests RequestChoices `json:"requests,omitzero"`
}

// OnClose says what becomes of what is being sent when the window is closed.
type OnClose string

// What may become of it. What is in the background needs a trace on the desktop, such as an icon in the tray.
const (
	OnCloseAsk        OnClose = "ask"
	OnCloseBackground OnClose = "background" // it goes on without a window
	OnCloseQuit       OnClose = "quit"       // the next start goes on with it
)

// DestinationNaming is how keys are made at one destination.
type DestinationNaming struct {
	Destination Destination `json:"destination"`
	Template    Template    `json:"template,omitempty"`
	Unguessable bool        `json:"unguessable,omitempty"`
}

// Distribution is a CloudFront distribution in front of a bucket.
type Distribution struct {
	Bucket     string            `json:"bucket"`
	CloudFront signer.CloudFront `json:"cloudfront"`
}
