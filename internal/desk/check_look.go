package desk

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/signer"
)

const (
	checkTry      = 20 * time.Second // for one request of a check
	checkPatience = 15 * time.Second // for a network that is lost while a check removes what it has put
	roundTrips    = 5
)

// checking is a check that has a store to ask.
type checking struct {
	*Check
	signer    *signer.Signer
	courier   *courier.Courier
	key       string // of the tiny object
	uploadKey string // of the upload in parts

	readable  string // an object that is there already; "" for none that is known
	listed    bool   // the folder can be listed
	versioned bool
	suspended bool // the bucket has kept versions once, and a delete still leaves a marker, called "null"
	never     bool // it is known that the bucket keeps no versions, and no markers of what was deleted
	retention bucket.Retention

	deletes    error // what the store says to deleting what is not there
	deletesAre bool  // it was asked
}

func (r *checking) object() signer.Object {
	return signer.Object{Bucket: r.dest.Bucket, Key: r.key, Expires: 15 * time.Minute}
}

// once makes one request and measures it.
func (r *checking) once(ctx context.Context, op string, p signer.Presigned, err error, body []byte) (courier.Trial, error) {
	if err != nil {
		return courier.Trial{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, checkTry, courier.ErrStalled)
	defer cancel()
	return r.courier.Try(ctx, op, p, body, nil)
}

// knock asks for an object that is not there, which writes nothing and tells of the way to the store.
func (r *checking) knock(ctx context.Context) (courier.Trial, error) {
	p, err := r.signer.Get(ctx, r.object(), signer.GetOptions{})
	return r.once(ctx, "knock", p, err, nil)
}

// look does the steps that write nothing, and reports whether there is use in going on.
func (r *checking) look(ctx context.Context) bool {
	return r.way(ctx) && r.folder(ctx) && r.bucketRules(ctx) && ctx.Err() == nil
}

// way looks at the way to the store: the first request shows all of it.
func (r *checking) way(ctx context.Context) bool {
	name := r.begin("name")
	first, err := r.knock(ctx)
	if store, ok := skewOf(err, r.signer.Now()); ok { // said by the clock step
		r.signer.SetSkew(store)
		_, err = r.knock(ctx)
	}
	if courier.Relocated(ctx, r.signer, err) { // the signer knows from now on where the bucket is
		_, err = r.knock(ctx)
	}
	t := explain(err, scene{store: r.dest.Store, bucket: r.dest.Bucket, key: r.key, permission: permGet})
	if t != nil && (t.Code == "NoSuchKey" || t.Denied()) {
		t = nil
	}
	if ctx.Err() != nil {
		return false
	}
	p, _ := r.signer.Get(ctx, r.object(), signer.GetOptions{}) // it was signed a moment ago
	host := courier.HostOf(p)
	name.Facts = CheckFacts{Host: host, Addresses: first.Addresses, Proxy: first.Proxy, Lookup: first.DNS, Connect: first.Connect}
	a := args{"Host": host, "Addresses": strings.Join(first.Addresses, ", "), "Took": Took(first.DNS), "Proxy": first.Proxy}
	switch {
	case t != nil && (t.Code == "NoSuchHost" || t.Code == "NameServer" || isOfProxy(t.Code)):
		return r.fails(name, t)
	case first.Proxy != "":
		r.done(name, CheckFine, `The proxy {{.Proxy}} looks the name {{.Host}} up.`, a)
	case courier.IsAddress(host):
		r.done(name, CheckFine, `{{.Host}} is an address; no name has to be resolved.`, a)
	case len(first.Addresses) > 0:
		r.done(name, CheckFine, `{{.Host}} is {{.Addresses}}; finding that out took {{.Took}}.`, a)
	default:
		r.done(name, CheckFine, `{{.Host}} was found.`, a)
	}
	secure := r.begin("tls")
	if t != nil && (isOfCertificate(t.Code) || isOfTLS(t.Code)) {
		return r.fails(secure, t)
	}
	if first.Header == nil && t != nil { // nobody has answered
		const why = `Not tried, because of what went wrong before.`
		r.done(secure, CheckSkipped, why, nil)
		for _, id := range []string{"clock", "access"} {
			r.done(r.begin(id), CheckSkipped, why, nil)
		}
		return r.fails(r.begin("answer"), t)
	}
	r.encryption(secure, first.Secure, strings.HasPrefix(p.URL, "https:"), host)
	r.clock(first)
	access := r.begin("access")
	if t != nil {
		return r.fails(access, t)
	}
	access.Facts.Region = r.signer.RegionOf(r.dest.Bucket)
	r.done(access, CheckFine, `The store accepts the signature, for the region {{.Region}}.`, args{"Region": access.Facts.Region})
	return r.answerTime(ctx, first)
}

// fails ends a step, and with it the check.
func (r *checking) fails(s CheckStep, t *Trouble) bool {
	s.Trouble = t
	r.done(s, CheckFailed, t.What.ID, t.What.Args)
	return false
}

func (r *checking) encryption(s CheckStep, with *tls.ConnectionState, secure bool, host string) {
	switch {
	case with != nil && len(with.PeerCertificates) > 0:
		by := with.PeerCertificates[0]
		s.Facts.TLS, s.Facts.Ends = tls.VersionName(with.Version), by.NotAfter
		s.Facts.Issuer = by.Issuer.CommonName
		if len(by.Issuer.Organization) > 0 {
			s.Facts.Issuer = by.Issuer.Organization[0]
		}
		r.done(s, CheckFine, `{{.Version}}; the certificate is by {{.Issuer}} and good until {{.Ends}}.`,
			args{"Version": s.Facts.TLS, "Issuer": visible(s.Facts.Issuer), "Ends": Moment(s.Facts.Ends)})
	case !secure && signer.Loopback(host):
		r.done(s, CheckFine, `Nothing is encrypted, and nothing leaves this computer.`, nil)
	case !secure:
		r.done(s, CheckSkipped, `Nothing is encrypted: the store is reached by plain http, which was allowed.`, nil)
	default: // the connection was there before
		r.done(s, CheckUnknown, `{{.Host}} was found.`, args{"Host": host})
	}
}

// clock compares this computer's clock with the store's.
func (r *checking) clock(first courier.Trial) {
	s := r.begin("clock")
	off, store := r.desk.clockOff(first.Header, first.Timing)
	s.Facts.ClockOff = off
	a := args{"Off": off.Abs(), "Behind": off < 0}
	switch {
	case store.IsZero():
		r.done(s, CheckUnknown, `The store does not tell its time.`, nil)
	case off == 0:
		r.done(s, CheckFine, `This computer's clock and the store's agree.`, nil)
	case off.Abs() < leastSkew:
		r.done(s, CheckFine, `This computer's clock is {{.Off}} {{if .Behind}}behind{{else}}ahead of{{end}} the store's.`, a)
	default:
		r.signer.SetSkew(store)
		a["Off"] = roughly(off)
		s.Trouble = trouble("ClockCorrected", a, nil)
		r.done(s, CheckFine, `This computer's clock is {{.Off}} {{if .Behind}}behind{{else}}ahead of{{end}} the store's; Waybill signs with the store's time.`, a)
	}
}

// answerTime asks a few times more, on a connection that stands.
func (r *checking) answerTime(ctx context.Context, first courier.Trial) bool {
	s := r.begin("answer")
	var times []time.Duration
	for range roundTrips {
		again, err := r.knock(ctx)
		if ctx.Err() != nil {
			return false
		}
		if again.Header == nil {
			return r.fails(s, explain(err, r.scene("")))
		}
		times = append(times, again.Answer)
	}
	slices.Sort(times)
	s.Facts.RoundTrip, s.Facts.FirstByte = times[len(times)/2], first.Total
	r.done(s, CheckFine, `The store answers in {{.Took}}; the first time it took {{.First}}.`,
		args{"Took": Took(s.Facts.RoundTrip), "First": Took(s.Facts.FirstByte)})
	return true
}

// folder lists what there is: objects, unfinished uploads, buckets.
func (r *checking) folder(ctx context.Context) bool {
	s := r.begin("list")
	page, err := bucket.Objects(ctx, r.signer.Client(), r.dest.Bucket, r.dest.Prefix, "")
	if ctx.Err() != nil || r.verdict(s, err, `What is in the folder can be listed.`, nil) {
		return false
	}
	r.listed = err == nil
	for _, l := range page.Lines {
		if !l.Folder && l.Size > 0 {
			r.readable = l.Key
			break
		}
	}
	s = r.begin("uploads")
	_, err = bucket.Uploads(ctx, r.signer.Client(), r.dest.Bucket, r.dest.Prefix+checkName)
	if ctx.Err() != nil || r.verdict(s, err, `Unfinished uploads can be listed.`, nil) {
		return false
	}
	s = r.begin("buckets")
	names, err := bucket.List(ctx, r.signer.Client())
	if err == nil && !slices.ContainsFunc(names, func(n bucket.Named) bool { return n.Name == r.dest.Bucket }) {
		// MinIO leaves out of the list what may not be listed, instead of refusing it.
		s.Missed = permBuckets
		r.done(s, CheckMissing, `The store refuses it: {{.Permission}} is missing.`, args{"Permission": permBuckets})
		return ctx.Err() == nil
	}
	return ctx.Err() == nil && !r.verdict(s, err, `The buckets can be listed.`, nil)
}

// bucketRules asks for what the bucket does with what is put there.
func (r *checking) bucketRules(ctx context.Context) bool {
	s := r.begin("versions")
	keeps, err := bucket.Versioning(ctx, r.signer.Client(), r.dest.Bucket)
	if refused, ok := refusalIn(err); ok && slices.Contains([]string{"VersioningNotConfigured", "NotImplemented", "MethodNotAllowed"}, refused.code) {
		keeps, err = "", nil
	}
	r.versioned, r.never = keeps == types.BucketVersioningStatusEnabled, err == nil && keeps == ""
	r.suspended, s.Facts.Versioned = keeps == types.BucketVersioningStatusSuspended, r.versioned
	said := `The bucket keeps no versions.`
	if r.versioned {
		said = `The bucket keeps versions of what is replaced and deleted.`
	}
	if ctx.Err() != nil || r.verdict(s, err, said, nil) || !r.lock(ctx) {
		return false
	}
	s = r.begin("cors")
	rules, err := bucket.CORS(ctx, r.signer.Client(), r.dest.Bucket)
	said = `Pages that are sent by mail cannot upload here until a rule is added.`
	if allowed(rules) || err == nil && len(rules) == 0 && preflight(ctx, r.signer, r.dest.Bucket) {
		said = `Pages that are sent by mail can upload here.`
	}
	if ctx.Err() != nil || r.verdict(s, err, said, nil) {
		return false
	}
	s = r.begin("policy")
	_, err = bucket.HasPolicy(ctx, r.signer.Client(), r.dest.Bucket)
	if errors.Is(err, bucket.ErrPolicy) {
		err = nil // it was read
	}
	return ctx.Err() == nil && !r.verdict(s, err, `The bucket's policy can be read.`, nil)
}

// lock asks whether what is put here could be removed again.
func (r *checking) lock(ctx context.Context) bool {
	s := r.begin("lock")
	kept, err := bucket.DefaultRetention(ctx, r.signer.Client(), r.dest.Bucket)
	if ctx.Err() != nil {
		return false
	}
	t := explain(err, r.scene("s3:GetBucketObjectLockConfiguration"))
	switch {
	case t != nil && !t.Denied():
		return !r.verdict(s, err, "", nil)
	case t != nil:
		r.done(s, CheckUnknown, `Whether the bucket keeps objects by Object Lock may not be asked.`, nil)
	case kept.Days > 0:
		r.retention, s.Facts.Days = kept, kept.Days
		r.done(s, CheckFine, `The bucket keeps what is put there for {{.Days}} days ({{.Mode}}).`, args{"Days": kept.Days, "Mode": kept.Mode})
	default:
		r.done(s, CheckFine, `The bucket keeps nothing by Object Lock.`, nil)
	}
	return true
}
