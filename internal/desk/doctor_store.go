package desk

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/network"
	"waybill/signer"
)

// askStore asks the store: whether somebody is there, how fast, what its clock says, and whether it takes what the profile
// signs. The two requests change nothing, and nobody is asked for a code.
func (x *examiner) askStore(ctx context.Context) {
	switch {
	case x.Offline:
		x.say("not asked", "offline was wanted")
		return
	case x.d == nil:
		x.say("not asked", "there is no home")
		return
	case x.store.Sandbox && !x.sandboxRuns():
		x.say("not asked", "the sandbox does not run here")
		return
	}
	about := scene{store: x.store, bucket: x.bucket()}
	opened, err := x.d.open(ctx, x.store)
	if err != nil {
		x.fails("open", explain(err, about))
		return
	}
	x.sayf("asked", "%s, region %s", storeName(x.store), opened.Region())
	address, err := opened.Address(ctx, about.bucket)
	if err != nil {
		x.fails("address", explain(err, about))
		return
	}
	if !x.anybodyThere(ctx, opened, address, about) {
		return
	}
	x.signed(signer.Quiet(ctx), opened, about)
}

// bucket is the one that was sent to last, of the store that is asked.
func (x *examiner) bucket() string {
	if s := x.d.Settings(); s.Destination.Store == x.store {
		return s.Destination.Bucket
	}
	return ""
}

func (x *examiner) sandboxRuns() bool {
	x.d.mu.Lock()
	defer x.d.mu.Unlock()
	return x.Store.Sandbox || x.d.sandbox != nil
}

// anybodyThere asks without a signature, and takes the time of each part.
func (x *examiner) anybodyThere(ctx context.Context, opened *signer.Signer, address string, about scene) bool {
	u, err := url.Parse(address)
	if err != nil {
		x.say("address", "cannot be read")
		return false
	}
	shown := u.Scheme + "://" + u.Host + u.Path
	if u.Path != "/" && u.Path != "/"+about.bucket { // an endpoint's own
		shown = bareAddress(address)
	}
	x.say("address", shown)
	x.say("proxy", wayTo(network.Here(), u))
	t := opened.Transport()
	defer t.CloseIdleConnections()
	client := &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	timed, watch := network.Watch(ctx)
	req, err := http.NewRequestWithContext(timed, http.MethodHead, address, nil)
	if err != nil {
		x.say("address", "cannot be asked")
		return false
	}
	resp, err := client.Do(req)
	timing := watch.Timing()
	x.say("times", timesOf(timing))
	if err != nil {
		x.fails("answer", explain(err, about))
		return false
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	_ = resp.Body.Close()
	x.sayf("answer", "HTTP %s, unsigned", resp.Status)
	x.say("server", orDefault(resp.Header.Get("Server"), "does not say"))
	if s := timing.Secure; s != nil && len(s.PeerCertificates) > 0 {
		x.sayf("tls", "%s, certificate by %s", tls.VersionName(s.Version), s.PeerCertificates[0].Issuer)
	}
	x.clock(resp.Header, timing)
	return true
}

// clock compares the store's clock with this computer's.
func (x *examiner) clock(h http.Header, t network.Timing) {
	off, store := x.d.clockOff(h, t)
	switch {
	case store.IsZero():
		x.say("clock", "the answer has no time")
	case off == 0:
		x.say("clock", "as the store's")
	case off < 0:
		x.sayf("clock", "%s behind the store's", -off)
	default:
		x.sayf("clock", "%s ahead of the store's", off)
	}
	if off.Abs() >= leastSkew {
		x.wrong(trouble("ClockOff", args{"Off": roughly(off), "Behind": off < 0}, nil))
	}
}

// signed asks for something cheap with the profile's credentials. That a profile may not ask for it is no fault: it may
// send all the same.
func (x *examiner) signed(ctx context.Context, opened *signer.Signer, about scene) {
	ends, known, err := opened.Session(ctx)
	if err != nil {
		x.fails("credentials", explain(err, about))
		return
	}
	switch {
	case !known:
		x.say("credentials", "there, end not known")
	case ends.IsZero():
		x.say("credentials", "there, without an end")
	default:
		x.say("credentials", "there, until "+ends.UTC().Format(time.RFC3339))
	}
	begun := time.Now()
	what := "the list of buckets"
	if about.bucket != "" {
		what = "the bucket"
		_, err = opened.Client().HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(about.bucket)})
	} else {
		_, err = opened.Client().ListBuckets(ctx, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1)})
	}
	took := time.Since(begun).Round(time.Millisecond)
	if err == nil {
		x.sayf("signed", "%s, answered in %s", what, took)
		return
	}
	about.permission = "s3:ListBucket"
	if about.bucket == "" {
		about.permission = "s3:ListAllMyBuckets"
	}
	t := explain(err, about)
	if t.Denied() { // many may send and not look
		x.sayf("signed", "%s, refused in %s: %s", what, took, troubleLine(t))
		return
	}
	x.fails("signed", t)
}

// timesOf writes how long the parts of a request took.
func timesOf(t network.Timing) string {
	var parts []string
	for _, p := range []struct {
		name string
		took time.Duration
	}{{"name", t.DNS}, {"connection", t.Connect}, {"TLS", t.TLS}, {"answer", t.Answer}, {"all", t.Total}} {
		if p.took > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", p.name, p.took.Round(100*time.Microsecond)))
		}
	}
	if len(parts) == 0 {
		return "nothing was reached"
	}
	return strings.Join(parts, ", ")
}
