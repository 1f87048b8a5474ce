package signer

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Errors that a caller may want to tell apart.
var (
	// ErrNoProfile: the named profile stands in none of the files.
	ErrNoProfile = errors.New("no such profile")
	// ErrProfile: the profile's settings do not fit together, such as a role without a source of credentials.
	ErrProfile = errors.New("the profile cannot be used as it stands")
	// ErrNoCredentials: there is a profile, or nothing at all, but no credentials come of it.
	ErrNoCredentials = errors.New("no credentials")
	// ErrPlainHTTP: the endpoint would carry keys over plain http to another machine, and nobody allowed that.
	ErrPlainHTTP = errors.New("plain http to another machine")
	// ErrEndpoint: the endpoint is not an http or https URL with a host.
	ErrEndpoint = errors.New("not an http(s) URL")
	// ErrEndpointParts: the endpoint has a query or a fragment, or that of a new profile a user name or a password. It is an ErrEndpoint.
	ErrEndpointParts = fmt.Errorf("more than a host and a path: %w", ErrEndpoint)
)

// Keys are long-lived credentials given by hand, as the sandbox has them.
type Keys struct {
	AccessKeyID     string
	SecretAccessKey string
}

// Options is what a Signer is opened with.
type Options struct {
	Profile   string // "" is what the AWS CLI would take; EnvironmentProfile insists on the environment's
	Region    string // "" leaves it to the profile, then to us-east-1
	Endpoint  string // "" leaves it to the profile and the environment
	Keys      *Keys  // instead of a profile
	AllowHTTP bool   // plain http to another machine was said to be fine for this store
	// Accelerate sends and links through transfer acceleration, whatever the profile says.
	Accelerate bool
	// Regions are shared with other signers; nil are some of its own.
	Regions *Regions
	// RequestPayer reports whether the person pays for requests about a bucket; nil is for none.
	RequestPayer func(bucket string) bool
	// Now is the clock; nil is time.Now. A test sets it to a clock that is wrong.
	Now func() time.Time
	// Code asks a person for the code of an MFA device. It gives up when the context is over: the answer is not wanted
	// any more. An empty answer, or an error, is the person's no. Without it, a role with MFA gives no credentials unless
	// the AWS CLI or an earlier Waybill has kept some.
	Code func(ctx context.Context, q CodeQuestion) (string, error)
}

// Signer makes presigned requests with one profile's credentials. It is safe for concurrent use.
type Signer struct {
	profile     string
	region      string
	client      *s3.Client
	transport   *http.Transport
	credentials *keyring
	way         *chain // nil for keys that were given by hand
	v4          *v4.Signer
	now         func() time.Time
	skew        *atomic.Int64 // what the store's clock is ahead of this one's, in nanoseconds
	buckets     sync.Map      // spot → place, where a bucket's objects are
	store       string        // what Regions know the store by
	regions     *Regions
	asking      chan struct{}        // has one in it while somebody asks where a bucket is
	asked       map[string]time.Time // when that was asked last of a bucket, guarded by asking
	accelerate  bool
	arnRegion   bool // an access point may be in another region than the profile
	attempts    int  // how often a request is tried, as the profile says; 0 where it does not
	payer       func(bucket string) bool
	virtual     bool     // the profile wants buckets in the host of an endpoint of its own
	outside     sync.Map // endpoint → *Signer, see Outside
}

// Open reads the profile and makes it ready to sign. It asks nobody for credentials yet; a profile that has
// none is found out at the first use.
func Open(ctx context.Context, o Options) (*Signer, error) {
	section := o.Profile
	settings, err := profileSettings(&o)
	if err != nil {
		return nil, err
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	cfg, err := o.load(ctx, settings)
	if err != nil {
		return nil, err
	}
	var way *chain
	if o.Keys == nil {
		way = &chain{profile: section, cfg: cfg, code: o.Code, now: now}
	}
	return o.signer(cfg, settings, way)
}

// signer makes a Signer of a profile's settings. Without a way to credentials, they are those of the configuration.
func (o Options) signer(cfg aws.Config, settings map[string]string, way *chain) (*Signer, error) {
	now := o.Now
	if now == nil {
		now = time.Now
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	var source asker = way
	if way == nil {
		source = providerAsker{cfg.Credentials}
	}
	custom := o.Endpoint
	keys := newKeyring(source, now)
	opened := &Signer{profile: o.Profile, region: cfg.Region, credentials: keys, way: way, now: now, skew: new(atomic.Int64)}
	opened.virtual = settings["s3.addressing_style"] == "virtual"
	opened.accelerate = o.Accelerate || isTrue(settings["s3.use_accelerate_endpoint"])
	opened.arnRegion = usesARNRegion(settings)
	opened.attempts = cfg.RetryMaxAttempts
	opened.transport = transportOf(cfg)
	opened.regions, opened.payer = o.Regions, o.RequestPayer
	opened.asking, opened.asked = make(chan struct{}, 1), map[string]time.Time{}
	if opened.regions == nil {
		opened.regions = NewRegions(nil, nil)
	}
	if opened.payer == nil {
		opened.payer = func(string) bool { return false }
	}
	opened.client = s3.NewFromConfig(cfg, func(s *s3.Options) {
		s.Credentials = keys
		s.UseARNRegion = opened.arnRegion
		s.HTTPClient = withoutRedirects(transportOf(cfg))
		s.EndpointResolverV2 = &bucketsRegion{s.EndpointResolverV2, opened}
		s.APIOptions = append(s.APIOptions, opened.relocating, reading, opened.paying)
		if custom != "" {
			s.BaseEndpoint = aws.String(custom)
		}
		if s.BaseEndpoint != nil {
			// Self-hosted stores rarely answer to bucket.host; the profile says so where one does.
			s.UsePathStyle = settings["s3.addressing_style"] != "virtual"
		} else {
			s.UsePathStyle = settings["s3.addressing_style"] == "path"
			if isTrue(settings["s3.use_dualstack_endpoint"]) {
				s.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled
			}
		}
	})
	endpoint := opened.client.Options().BaseEndpoint
	if endpoint != nil {
		if err := checkEndpoint(*endpoint, o.AllowHTTP); err != nil {
			return nil, err
		}
	}
	opened.store = storeName(endpoint, cfg.Region)
	opened.v4 = v4.NewSigner(func(s *v4.SignerOptions) {
		s.DisableURIPathEscaping = true // S3 signs the path as it is sent
		s.DisableHeaderHoisting = true  // what an upload must carry stays in its headers
	})
	return opened, nil
}

// load has the SDK read files and environment. For a store that was given by hand it does not: whatever stands
// there, a profile that is gone or a wish for dual-stack addresses, is about another store. Names in quotes are what the SDK
// does not know as the AWS CLI does: it would find no endpoint for such a profile, and send its requests to AWS. It reads the
// profile from a copy then.
func (o Options) load(ctx context.Context, settings map[string]string) (aws.Config, error) {
	if o.Keys != nil {
		return aws.Config{
			Region: o.Region, HTTPClient: clientOf(nil),
			Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(o.Keys.AccessKeyID, o.Keys.SecretAccessKey, "")),
		}, nil
	}
	files, err := readFiles()
	if err != nil {
		return aws.Config{}, err
	}
	if files.quoted {
		section := o.Profile
		if section == "" {
			section = defaultSection()
		}
		return o.loadCopy(ctx, settings, files.withoutKeys(section))
	}
	return o.loadFiles(ctx, settings)
}

// loadFiles has the SDK read the files and the environment.
func (o Options) loadFiles(ctx context.Context, settings map[string]string, more ...func(*config.LoadOptions) error) (aws.Config, error) {
	client, err := httpClient(settings) // first: the SDK's own error about a file of certificates names no file
	if err != nil {
		return aws.Config{}, err
	}
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client),
		// A profile that assumes a role asks STS, which has a region too.
		config.WithDefaultRegion("us-east-1"),
		// A laptop is not an EC2 instance: the metadata service is asked only where a profile says so, see chain.build.
		config.WithEC2IMDSClientEnableState(imds.ClientDisabled),
		// The chain of this package takes the place of the SDK's.
		config.WithCredentialsProvider(aws.AnonymousCredentials{}),
	}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, append(load, more...)...)
	if err != nil {
		return cfg, fmt.Errorf("open profile %q: %w: %w", o.Profile, ErrProfile, err)
	}
	return cfg, nil
}

// TrustFile adds the certificates of a file to those that are trusted. The error is a *CABundleError.
func TrustFile(pool *x509.CertPool, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return &CABundleError{path, systemsWord(err)}
	}
	if !pool.AppendCertsFromPEM(data) {
		return &CABundleError{path, errors.New("there is no PEM certificate in it")}
	}
	return nil
}

// CABundleError is a file of trusted certificates, from AWS_CA_BUNDLE or a profile's ca_bundle, that is none.
type CABundleError struct {
	Path string
	Err  error
}

// Error names file and fault.
func (e *CABundleError) Error() string {
	return fmt.Sprintf("read the certificates in %s: %v", e.Path, e.Err)
}

// Unwrap gives the fault.
func (e *CABundleError) Unwrap() error { return e.Err }

// NoProfileError is an ErrNoProfile that knows the name: AWS_PROFILE may have chosen it, not the caller.
type NoProfileError struct{ Name string }

// Error names the profile.
func (e *NoProfileError) Error() string { return fmt.Sprintf("profile %q: %v", e.Name, ErrNoProfile) }

// Is makes it an ErrNoProfile.
func (e *NoProfileError) Is(target error) bool { return target == ErrNoProfile }

// profileSettings finds the settings behind the options and refuses a profile that is not there. It turns
// EnvironmentProfile into what the SDK understands: no profile at all.
func profileSettings(o *Options) (map[string]string, error) {
	if o.Keys != nil {
		return nil, nil
	}
	if o.Profile == EnvironmentProfile {
		o.Profile = ""
		if wayOfEnvironment() == nil {
			return nil, fmt.Errorf("open the environment's credentials: %w", ErrNoCredentials)
		}
	}
	files, broken := readFiles()
	section, wanted := o.Profile, o.Profile != ""
	if !wanted {
		section, wanted = defaultSection(), namedByEnvironment() != ""
	}
	settings, found := files.profiles[section]
	if !found && wanted {
		// A broken file may be the reason why it is not there, so that is said too.
		return nil, errors.Join(fmt.Errorf("open: %w", &NoProfileError{section}), broken)
	}
	if broken != nil {
		// The AWS CLI refuses such a file too. What the SDK makes of it may be another store than the person's.
		return nil, fmt.Errorf("open profile %q: %w", section, broken)
	}
	if _, fault := files.way(section); found && fault != nil && (wanted || wayOfEnvironment() == nil) {
		return nil, fmt.Errorf("open: %w", fault)
	}
	return settings, nil
}

// usesARNRegion reports whether an access point's own region is taken, as it is unless a switch says no; so does the
// AWS CLI (https://docs.aws.amazon.com/sdkref/latest/guide/feature-s3-access-point.html).
func usesARNRegion(settings map[string]string) bool {
	text := os.Getenv("AWS_S3_USE_ARN_REGION")
	for _, name := range []string{"s3_use_arn_region", "s3.use_arn_region"} {
		if text == "" {
			text = settings[name]
		}
	}
	return !strings.EqualFold(text, "false")
}

// isTrue reads a switch of the AWS files.
func isTrue(text string) bool { return strings.EqualFold(text, "true") }

// checkEndpoint wants an http or https URL, and https unless it stays on this machine or was allowed.
func checkEndpoint(endpoint string, allowHTTP bool) error {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ErrEndpoint // without the text, which may hold a password
	}
	bare := *u
	bare.User, bare.RawQuery, bare.ForceQuery, bare.Fragment, bare.RawFragment = nil, "", false, "", ""
	switch {
	case u.Host == "" && strings.Contains(endpoint, "@"): // a password without a scheme before it is not seen as one
		return ErrEndpoint
	case u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return fmt.Errorf("endpoint %q: %w", bare.String(), ErrEndpoint)
	case u.Scheme == "http" && !allowHTTP && !Loopback(u.Hostname()):
		return fmt.Errorf("endpoint %q: %w", bare.String(), ErrPlainHTTP)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return fmt.Errorf("endpoint %q: %w", bare.String(), ErrEndpointParts)
	}
	return nil
}

// Loopback reports whether a host can only be reached from this machine.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// Transport is a fresh transport for carrying bytes to the store: proxies and trust are those of the SDK.
func (s *Signer) Transport() *http.Transport { return s.transport.Clone() }

// Client is the SDK's client for asking the store things; it signs with the same credentials.
func (s *Signer) Client() *s3.Client { return s.client }

// Attempts is how often the profile, or the environment, lets a request be tried; 0 where neither says.
func (s *Signer) Attempts() int { return s.attempts }

// Region is the profile's region, or what stands in its place. Requests about a bucket are signed for RegionOf.
func (s *Signer) Region() string { return s.region }

// Endpoint is the custom endpoint, "" for AWS.
func (s *Signer) Endpoint() string { return aws.ToString(s.client.Options().BaseEndpoint) }

// Now is the store's time, as far as it is known: this machine's clock and the offset given to SetSkew.
func (s *Signer) Now() time.Time { return s.now().Add(time.Duration(s.skew.Load())) }

// Clock is this computer's own time.
func (s *Signer) Clock() time.Time { return s.now() }

// SetSkew tells the signer what the store's clock says while this machine's says now, from the Date of any
// answer. Requests are signed with the store's time from then on; a wrong clock at home no longer matters.
// Less than two seconds is the network, not the clock, and is forgotten.
func (s *Signer) SetSkew(store time.Time) time.Duration {
	d := store.Sub(s.now())
	if d.Abs() < 2*time.Second {
		d = 0
	}
	s.skew.Store(int64(d))
	return d
}
