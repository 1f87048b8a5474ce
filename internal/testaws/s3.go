package testaws

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// How S3 refuses a request that came to another region's endpoint than the bucket's
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList).
const (
	Permanent = "301"          // PermanentRedirect, with x-amz-bucket-region and Endpoint
	Endpoint  = "301 endpoint" // with Endpoint in the XML only
	Silent    = "301 silent"   // with neither: what a HEAD in the older form is
	Temporary = "307"          // TemporaryRedirect with Location, while a bucket is new
	Illegal   = "400"          // IllegalLocationConstraintException, of regions since March 2019
	Field     = "400 field"    // AuthorizationHeaderMalformed with Region in the XML only
	Loop      = "loop"         // each region sends on to another one, which no documentation promises not to happen
)

// S3 plays the front of S3: an endpoint for each region, under AWS's own names of hosts. It knows where buckets are, refuses
// what comes to the wrong region or is signed for it, and passes on the rest, as it came, to a real store, which verifies the
// signature.
type S3 struct {
	sync.Mutex
	// Homes are the buckets' regions.
	Homes map[string]string
	// Store is the endpoint of the real store in each region.
	Store map[string]string
	// Refusal is how S3 refuses.
	Refusal string

	calls []S3Call
	tls   *httptest.Server
	ca    authority
}

// S3Call is a request that came.
type S3Call struct {
	Method, Host, Path string
	Query              url.Values
	Header             http.Header
	Region             string // that it was signed for; "" of one that was not signed
	Status             int    // that S3 itself answered with; 0 where the store has answered
}

// StartS3 plays S3 until the test ends, at the end of a road that was opened before.
func (r *Road) StartS3(t testing.TB) *S3 {
	t.Helper()
	s := &S3{Homes: map[string]string{}, Store: map[string]string{}, Refusal: Permanent, ca: newAuthority(t)}
	s.tls = httptest.NewUnstartedServer(s)
	s.tls.TLS = &tls.Config{GetCertificate: s.ca.certificate, MinVersion: tls.VersionTLS12}
	s.tls.StartTLS()
	t.Cleanup(s.tls.Close)
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, s.ca.pem, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", path)
	r.leadTo(strings.TrimPrefix(s.tls.URL, "https://"))
	t.Cleanup(func() { r.leadTo("") })
	return s
}

// Calls gives the requests that came, and forgets them.
func (s *S3) Calls() []S3Call {
	s.Lock()
	defer s.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}

// Client is somebody who comes by the road and knows nothing else.
func (s *S3) Client() *http.Client {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.ca.pem)
	return &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true,
	}}
}

// Set changes fields under the lock.
func (s *S3) Set(change func()) {
	s.Lock()
	defer s.Unlock()
	change()
}

// hostForm is what S3's names of hosts are made of
// (https://docs.aws.amazon.com/general/latest/gr/s3.html, https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html).
var hostForm = regexp.MustCompile(`^(?:(.+)\.)?(s3-accelerate|s3|s3-fips|s3-accesspoint|s3-accesspoint-fips)(?:\.dualstack)?(?:\.([a-z0-9-]+))?\.amazonaws\.com$`)

// scopeForm finds the region in a credential's scope: KEY/DAY/REGION/s3/aws4_request.
var scopeForm = regexp.MustCompile(`[^/=]+/\d{8}/([^/]*)/s3/aws4_request`)

// ServeHTTP implements http.Handler.
func (s *S3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := S3Call{Method: r.Method, Host: r.Host, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone()}
	scope := r.Header.Get("Authorization") + call.Query.Get("X-Amz-Credential")
	if m := scopeForm.FindStringSubmatch(scope); m != nil {
		call.Region = m[1]
	}
	var store string
	s.Lock()
	call.Status, store = s.judge(w, call)
	s.calls = append(s.calls, call)
	s.Unlock()
	if store != "" {
		target, err := url.Parse(store)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host // which is signed
		}}).ServeHTTP(w, r)
	}
}

// judge answers what is in the wrong place, and gives the store that answers the rest. The lock is held.
func (s *S3) judge(w http.ResponseWriter, c S3Call) (status int, store string) {
	m := hostForm.FindStringSubmatch(c.Host)
	if m == nil {
		http.Error(w, "no such host", http.StatusNotFound)
		return http.StatusNotFound, ""
	}
	bucket, kind, at := m[1], m[2], m[3]
	if bucket == "" {
		bucket, _, _ = strings.Cut(strings.TrimPrefix(c.Path, "/"), "/")
	}
	if bucket == "" {
		return s.list(w, c, at), ""
	}
	home, there := s.Homes[bucket]
	refuse := func(status int, code, message, more string, header ...string) (int, string) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		if c.Method != http.MethodHead {
			_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<Error><Code>%s</Code><Message>%s</Message>%s<RequestId>A1B2C3</RequestId><HostId>x</HostId></Error>`,
				code, escape(message), more)
		}
		return status, ""
	}
	const said = "X-Amz-Bucket-Region"
	if kind == "s3-accelerate" {
		at = home
	}
	endpoint := "<Endpoint>" + bucket + ".s3-" + home + ".amazonaws.com</Endpoint><Bucket>" + bucket + "</Bucket>"
	moved := "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."
	switch {
	case !there:
		return refuse(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist", "")
	case c.Region == "" && c.Method == http.MethodHead && home != at:
		return refuse(http.StatusMovedPermanently, "", "", "", said, home)
	case c.Region == "" && c.Method != http.MethodOptions && c.Method != http.MethodPost:
		return refuse(http.StatusForbidden, "AccessDenied", "Access Denied", "", said, home)
	case s.Refusal == Loop:
		next := map[string]string{"us-east-1": "eu-west-1", "eu-west-1": "ap-south-1", "ap-south-1": "sa-east-1"}[at]
		if next == "" {
			next = "us-east-1"
		}
		return refuse(http.StatusMovedPermanently, "PermanentRedirect", moved, "", said, next)
	case home != at:
		switch s.Refusal {
		case Endpoint:
			return refuse(http.StatusMovedPermanently, "PermanentRedirect", moved, endpoint)
		case Silent:
			return refuse(http.StatusMovedPermanently, "PermanentRedirect", moved, "")
		case Temporary:
			return refuse(http.StatusTemporaryRedirect, "TemporaryRedirect",
				"Please re-send this request to the specified temporary endpoint. Continue to use the original request endpoint for future requests.",
				endpoint, "Location", "https://"+bucket+".s3-"+home+".amazonaws.com"+c.Path)
		case Field:
			return refuse(http.StatusBadRequest, "AuthorizationHeaderMalformed", "The authorization header is malformed.", "<Region>"+home+"</Region>")
		case Illegal:
			return refuse(http.StatusBadRequest, "IllegalLocationConstraintException",
				"The "+home+" location constraint is incompatible for the region specific endpoint this request was sent to.", "", said, home)
		}
		return refuse(http.StatusMovedPermanently, "PermanentRedirect", moved, endpoint, said, home)
	case c.Region != home && c.Region != "" && c.Query.Has("X-Amz-Credential"):
		return refuse(http.StatusBadRequest, "AuthorizationQueryParametersError",
			"Error parsing the X-Amz-Credential parameter; the region '"+c.Region+"' is wrong; expecting '"+home+"'", "<Region>"+home+"</Region>", said, home)
	case c.Region != home && c.Region != "":
		return refuse(http.StatusBadRequest, "AuthorizationHeaderMalformed",
			"The authorization header is malformed; the region '"+c.Region+"' is wrong; expecting '"+home+"'", "<Region>"+home+"</Region>", said, home)
	}
	return 0, s.Store[home]
}

// list plays ListBuckets, whose answer tells regions to who asks for pages
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html). The lock is held.
func (s *S3) list(w http.ResponseWriter, c S3Call, at string) int {
	if c.Region != at || c.Method != http.MethodGet {
		w.WriteHeader(http.StatusForbidden)
		return http.StatusForbidden
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets>`)
	names := make([]string, 0, len(s.Homes))
	for name := range s.Homes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		region := ""
		if c.Query.Has("max-buckets") {
			region = "<BucketRegion>" + s.Homes[name] + "</BucketRegion>"
		}
		_, _ = fmt.Fprintf(w, "<Bucket><Name>%s</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate>%s</Bucket>", escape(name), region)
	}
	_, _ = fmt.Fprint(w, `</Buckets><Owner><ID>x</ID></Owner></ListAllMyBucketsResult>`)
	return http.StatusOK
}

// authority makes certificates for whatever name is asked for.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  []byte
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Waybill's tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return authority{key, template, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

func (a authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "s3"}, DNSNames: []string{hello.ServerName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, nil
}
