package signer

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Home is where a bucket is.
type Home struct {
	Store  string // an endpoint or, of AWS, the partition: within one, names of buckets are unique
	Bucket string
	Region string
}

// Regions remembers in which regions buckets are, for all signers that share it. It is safe for concurrent use.
type Regions struct {
	mu     sync.Mutex
	homes  map[Home]found // by a Home without its region
	learnt func(Home)
}

// found is where a bucket is; kept says that learnt knows it.
type found struct {
	region string
	kept   bool
}

// NewRegions starts with what is known already. learnt is called with what is new of buckets that are used; it may be nil.
func NewRegions(known []Home, learnt func(Home)) *Regions {
	r := &Regions{homes: make(map[Home]found, len(known)), learnt: learnt}
	for _, h := range known {
		r.homes[Home{Store: h.Store, Bucket: h.Bucket}] = found{h.Region, true}
	}
	return r
}

func (r *Regions) find(store, bucket string) (found, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, known := r.homes[Home{Store: store, Bucket: bucket}]
	return f, known
}

// note remembers where a bucket is. What is only seen in a list is not told: there may be thousands.
func (r *Regions) note(h Home, used bool) {
	at := Home{Store: h.Store, Bucket: h.Bucket}
	r.mu.Lock()
	before := r.homes[at]
	had := before.kept && before.region == h.Region
	r.homes[at] = found{h.Region, had || used}
	r.mu.Unlock()
	if used && !had && r.learnt != nil {
		r.learnt(h)
	}
}

// regionOf is the region that requests about a bucket are signed for; sure says that somebody who must know has named it.
func (s *Signer) regionOf(bucket string) (region string, sure bool) {
	if f, known := s.regions.find(s.store, bucket); known {
		return f.region, true
	}
	return s.region, false
}

// PartitionOf names the part of AWS that a region belongs to
// (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
func PartitionOf(region string) string {
	for _, p := range []struct{ prefix, name string }{
		{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"}, {"us-isob-", "aws-iso-b"},
		{"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.name
		}
	}
	return "aws"
}

// Partition is the part of AWS that the store belongs to; other stores call theirs "aws", whatever their region is called.
func (s *Signer) Partition() string { return PartitionAt(s.Endpoint(), s.region) }

// PartitionAt is the part of AWS that a region at an endpoint belongs to; the endpoint of another store, whose policies know
// no other name, has "aws".
func PartitionAt(endpoint, region string) string {
	if !IsAmazon(endpoint) {
		return "aws"
	}
	return PartitionOf(region)
}

// IsAmazon reports whether an endpoint is one of AWS's own, as "" is, which leaves it to the region. The domains are those of the
// SDK's partitions (internal/endpoints/awsrulesfn/partitions.json).
func IsAmazon(endpoint string) bool {
	if endpoint == "" {
		return true
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	return slices.ContainsFunc([]string{
		".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn", ".amazonaws.eu", ".api.amazonwebservices.eu",
	}, func(domain string) bool { return strings.HasSuffix(host, domain) })
}

// KnowRegion tells the signer where a bucket of AWS is, as its own list of buckets does. Of a store with an endpoint of
// its own, the region is what its owner calls it, and nothing is learned.
func (s *Signer) KnowRegion(bucket, region string) {
	if s.Endpoint() == "" && looksLikeRegion(region) {
		s.regions.note(Home{s.store, bucket, region}, false)
	}
}

// Answered tells the signer that a store has done what a presigned request asks for: so its region was the right one.
func (s *Signer) Answered(p Presigned) {
	if p.Bucket == "" || s.Endpoint() != "" || isAccessPoint(p.Bucket) {
		return
	}
	if f, _ := s.regions.find(s.store, p.Bucket); !f.kept || f.region != p.Region {
		s.regions.note(Home{s.store, p.Bucket, p.Region}, true)
	}
}

// Elsewhere is what a refusal says of the region that a bucket is in.
type Elsewhere struct {
	Status        int    // of HTTP
	Code, Message string // S3's
	Region        string // x-amz-bucket-region, or Region in the XML; "" where neither is there
	Endpoint      string // Endpoint in the XML, or the host of Location; "" where neither is there
}

// Relocate takes a refusal of a request that was signed for a region, and reports whether the bucket is known to be in
// another one by now, so that the same request, signed anew, may succeed. S3 refuses in several ways: 301
// PermanentRedirect, 307 TemporaryRedirect while a bucket is new, 400 with AuthorizationHeaderMalformed,
// AuthorizationQueryParametersError or IllegalLocationConstraintException, and a HEAD with a bare status
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). A redirect is never followed as it is: the
// signature would not fit, and a signed URL would be told to another host.
func (s *Signer) Relocate(ctx context.Context, bucket, signedFor string, e Elsewhere) bool {
	if bucket == "" || isAccessPoint(bucket) || !e.aboutRegion() {
		return false
	}
	if now, sure := s.regionOf(bucket); sure && now != signedFor && (e.region() == "" || e.region() == now) {
		return true // another request has been told meanwhile
	}
	region := e.region()
	if region == "" && e.Status == http.StatusMovedPermanently && s.Endpoint() == "" {
		region = s.ask(ctx, bucket)
	}
	if region == "" && s.Endpoint() != "" && storeName(aws.String(s.Endpoint()), "") == s.store {
		region = s.region // what was learned of this store does not hold any more, and it does not say what does
	}
	if region == "" || region == signedFor {
		return false
	}
	s.regions.note(Home{s.store, bucket, region}, true)
	return true
}

// aboutRegion reports whether a refusal can be one for the wrong region.
func (e Elsewhere) aboutRegion() bool {
	switch e.Status {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect:
		return true
	case http.StatusBadRequest:
		switch e.Code {
		case "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError", "IllegalLocationConstraintException", "InvalidRegion",
			"MissingFields": // which is what MinIO says of a presigned PUT, and names its region beside it
			return true
		case "", "BadRequest": // a HEAD has no body to explain itself with
			return e.Region != ""
		}
	}
	return false
}

var (
	// inMessage is "… the region 'us-east-1' is wrong; expecting 'eu-west-1'", or "The us-west-2 location constraint is
	// incompatible for the region specific endpoint this request was sent to."
	inMessage = regexp.MustCompile(`expecting '([a-z0-9-]+)'|The ([a-z0-9-]+) location constraint is incompatible`)
	// inHost is bucket.s3.eu-west-1.amazonaws.com, and the older bucket.s3-eu-west-1.amazonaws.com.
	inHost = regexp.MustCompile(`(?:^|\.)s3(?:\.dualstack|-fips\.dualstack|-fips)?[.-]([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$`)
)

// region is the region that a refusal names, "" where it names none.
func (e Elsewhere) region() string {
	found := e.Region
	if m := inMessage.FindStringSubmatch(e.Message); found == "" && m != nil {
		found = m[1] + m[2]
		if found == "unspecified" { // which is how a bucket without a constraint is named
			found = "us-east-1"
		}
	}
	if m := inHost.FindStringSubmatch(e.Endpoint); found == "" && m != nil {
		found = m[1]
	}
	if !looksLikeRegion(found) {
		return ""
	}
	return found
}

// looksLikeRegion keeps what a store says from being anything else, in a host's name for one.
func looksLikeRegion(name string) bool {
	ok := name != "" && len(name) <= 64
	for i := 0; i < len(name) && ok; i++ {
		ok = alnum(name[i]) || name[i] == '-' || name[i] == '_'
	}
	return ok
}

const (
	askTime  = 5 * time.Second // how long AWS has to say where a bucket is
	askAgain = time.Minute     // when it is asked again after it could not say, or not be reached
)

// Locate finds out where a bucket of AWS is, where nobody has said it yet: a link that was signed for another region would
// fail at whoever opens it. It takes one request, which is not signed and which anybody may make, and no other one within
// askAgain. Whoever sends or looks before need not call it, since the answer tells.
func (s *Signer) Locate(ctx context.Context, bucket string) {
	if s.Endpoint() != "" || CheckBucket(bucket) != nil || isAccessPoint(bucket) {
		return
	}
	if _, sure := s.regionOf(bucket); sure {
		return
	}
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return
	}
	last, before := s.asked[bucket]
	if _, sure := s.regionOf(bucket); sure || before && s.now().Sub(last) < askAgain {
		return
	}
	if region := s.ask(ctx, bucket); region != "" {
		s.regions.note(Home{s.store, bucket, region}, true)
	}
	if ctx.Err() == nil {
		s.asked[bucket] = s.now()
	}
}

// ask has AWS say in which region a bucket is, "" where it does not: every answer about a bucket that exists says so, a
// refusal as well (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html).
func (s *Signer) ask(ctx context.Context, bucket string) string {
	at, err := s.resolve(ctx, bucket, s.region, false)
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, at.url.String()+"/", nil)
	if err != nil {
		return ""
	}
	resp, err := s.transport.RoundTrip(req) // which follows nothing
	if err != nil {
		return ""
	}
	_ = resp.Body.Close()
	if region := resp.Header.Get("X-Amz-Bucket-Region"); looksLikeRegion(region) {
		return region
	}
	return ""
}

// RegionOf is the region that requests about a bucket are signed for, as far as it is known.
func (s *Signer) RegionOf(bucket string) string {
	if p, ok, err := ParseAccessPoint(bucket); ok && err == nil {
		return p.Region
	}
	region, _ := s.regionOf(bucket)
	return region
}

// storeName is what Regions know a signer's store by.
func storeName(endpoint *string, region string) string {
	if endpoint != nil {
		return strings.TrimRight(aws.ToString(endpoint), "/")
	}
	return PartitionOf(region)
}
