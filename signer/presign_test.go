package signer_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/signer"
)

// isolate points the AWS settings of a test at files of its own and clears everything else.
func isolate(t *testing.T, configText, credentialsText string) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // restored afterwards
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"config": configText, "credentials": credentialsText} {
		path := filepath.Join(dir, name)
		if text != "" {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
}

const staticKeys = "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n"

// noon is a moment with a fraction of a second, as clocks have it.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 700_000_000, time.UTC)

func open(t testing.TB, o signer.Options) *signer.Signer {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	s, err := signer.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func query(t testing.TB, p signer.Presigned) url.Values {
	t.Helper()
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func TestEndIsTheEarliestOfThree(t *testing.T) {
	session := func(extra string) string {
		return staticKeys + "aws_session_token = TOKEN\n" + extra
	}
	process := func(ends string) string {
		return fmt.Sprintf("[default]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"SessionToken\":\"T\",\"Expiration\":\"%s\"}'\n", ends)
	}
	second := noon.Truncate(time.Second)
	// The SDK's cache compares ends with the real clock, so these lie in the real future.
	soon := time.Now().Add(30 * time.Minute).UTC().Truncate(time.Second)
	for _, c := range []struct {
		name                string
		config, credentials string
		now                 time.Time
		expires             time.Duration
		ends                time.Time
		because             signer.Because
		seconds             string
	}{
		{"as asked", "", staticKeys, noon, time.Hour, second.Add(time.Hour), signer.Requested, "3600"},
		{"seven days", "", staticKeys, noon, signer.MaxExpires, second.Add(signer.MaxExpires), signer.Requested, "604800"},
		{"eight days", "", staticKeys, noon, 8 * 24 * time.Hour, second.Add(signer.MaxExpires), signer.Limit, "604800"},
		{"half a second", "", staticKeys, noon, 500 * time.Millisecond, second.Add(time.Second), signer.Requested, "1"},
		{"a second and a half", "", staticKeys, noon, 1500 * time.Millisecond, second.Add(time.Second), signer.Requested, "1"},
		{"negative", "", staticKeys, noon, -time.Hour, second.Add(time.Second), signer.Requested, "1"},
		{"a token without an end", "", session(""), noon, time.Hour, time.Time{}, signer.Unknown, "3600"},
		{"a token with a hint", "", session("x_security_token_expires = 2026-11-24T12:10:00Z\n"), noon, time.Hour,
			second.Add(10 * time.Minute), signer.Credentials, "3600"},
		{"a token with a later hint", "", session("aws_session_expiration = 2026-11-24T18:00:00Z\n"), noon, time.Hour,
			second.Add(time.Hour), signer.Requested, "3600"},
		{"a process that ends first", process(soon.Format(time.RFC3339)), "", time.Now(), time.Hour, soon, signer.Credentials, "3600"},
	} {
		t.Run(c.name, func(t *testing.T) {
			isolate(t, c.config, c.credentials)
			s := open(t, signer.Options{Profile: "default", Now: func() time.Time { return c.now }})
			p, err := s.Get(context.Background(), signer.Object{Bucket: "bucket", Key: "key", Expires: c.expires}, signer.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !p.Ends.Equal(c.ends) || p.Because != c.because {
				t.Errorf("ends %v because %s, want %v because %s", p.Ends, p.Because, c.ends, c.because)
			}
			if got := query(t, p).Get("X-Amz-Expires"); got != c.seconds {
				t.Errorf("X-Amz-Expires=%s, want %s", got, c.seconds)
			}
		})
	}
}

func TestLinkCanBeUsedByAnyBrowser(t *testing.T) {
	isolate(t, "", staticKeys)
	s := open(t, signer.Options{})
	p, err := s.Get(context.Background(), signer.Object{Bucket: "bucket", Key: "a/é ü.pdf", Expires: time.Hour},
		signer.GetOptions{Filename: "é ü.pdf"})
	if err != nil {
		t.Fatal(err)
	}
	q := query(t, p)
	if got := q.Get("X-Amz-SignedHeaders"); got != "host" {
		t.Errorf("signed headers %q, want exactly host", got)
	}
	if len(p.Header) != 0 {
		t.Errorf("a link wants headers %v", p.Header)
	}
	if got, want := q.Get("response-content-disposition"), `attachment; filename="_ _.pdf"; filename*=UTF-8''%C3%A9%20%C3%BC.pdf`; got != want {
		t.Errorf("disposition %s, want %s", got, want)
	}
}

func TestUploadIsBoundToTypeLengthSumAndFreeName(t *testing.T) {
	isolate(t, "", staticKeys)
	s := open(t, signer.Options{})
	p, err := s.Put(context.Background(), signer.Object{Bucket: "bucket", Key: "key", Expires: time.Hour}, signer.PutOptions{
		Size: 42, ContentType: "text/plain; charset=utf-8", Sum: signer.Sum{Header: "X-Amz-Checksum-Crc64nvme", Value: "AAAAAAAAAAA="},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := query(t, p).Get("X-Amz-SignedHeaders"), "content-length;content-type;host;if-none-match;x-amz-checksum-crc64nvme"; got != want {
		t.Errorf("signed headers %s, want %s", got, want)
	}
	want := http.Header{
		"Content-Type": {"text/plain; charset=utf-8"}, "If-None-Match": {"*"}, "X-Amz-Checksum-Crc64nvme": {"AAAAAAAAAAA="},
	}
	if fmt.Sprint(p.Header) != fmt.Sprint(want) || p.ContentLength != 42 {
		t.Errorf("send %v and %d bytes, want %v and 42", p.Header, p.ContentLength, want)
	}
}

// TestAddressesAreTheSDKs holds where a request leads against the SDK's own presigner.
func TestAddressesAreTheSDKs(t *testing.T) {
	for _, c := range []struct{ name, config, endpoint string }{
		{"AWS", "[default]\nregion = eu-central-1\n", ""},
		{"AWS, dual stack", "[default]\nregion = eu-central-1\nuse_dualstack_endpoint = true\n", ""},
		{"AWS, FIPS", "[default]\nregion = us-east-2\nuse_fips_endpoint = true\n", ""},
		{"AWS, China", "[default]\nregion = cn-north-1\n", ""},
		{"AWS, path style", "[default]\nregion = eu-central-1\ns3 =\n  addressing_style = path\n", ""},
		{"endpoint of the profile", "[default]\nendpoint_url = https://minio.example.com:9000\n", ""},
		{"endpoint with a path", "[default]\nendpoint_url = https://example.com/storage/\n", ""},
		{"endpoint of a services section", "[default]\nservices = mine\n[services mine]\ns3 =\n  endpoint_url = https://s3.example.org\n", ""},
		{"endpoint by flag", "[default]\nregion = auto\n", "https://abc.r2.example.net"},
		{"endpoint, virtual hosts", "[default]\ns3 =\n  addressing_style = virtual\n", "https://s3.example.net"},
	} {
		t.Run(c.name, func(t *testing.T) {
			isolate(t, c.config, staticKeys)
			s := open(t, signer.Options{Endpoint: c.endpoint})
			sdk := s3.NewPresignClient(s.Client())
			for _, key := range []string{"a.txt", "a b+c%d?e#f&g=h.txt", "ü/日本語/🎉.pdf", `"quoted" 'it''s'`, "trailing/", "a//b", ".hidden", "x:y@z!$*(),;[]|\\^`{}~"} {
				for _, bucket := range []string{"team-share", "dots.in.name"} {
					ours, err := s.Get(context.Background(), signer.Object{Bucket: bucket, Key: key, Expires: time.Hour}, signer.GetOptions{})
					if err != nil {
						t.Fatal(err)
					}
					theirs, err := sdk.PresignGetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
					if err != nil {
						t.Fatal(err)
					}
					a, _, _ := strings.Cut(ours.URL, "?")
					b, _, _ := strings.Cut(theirs.URL, "?")
					if a != b {
						t.Errorf("%s in %s: %s, the SDK has %s", key, bucket, a, b)
					}
				}
			}
		})
	}
}

func TestStoreClockIsUsedForSigning(t *testing.T) {
	isolate(t, "", staticKeys)
	s := open(t, signer.Options{})
	if off := s.SetSkew(noon.Add(time.Hour)); off != time.Hour {
		t.Errorf("off by %v, want 1h", off)
	}
	p, err := s.Get(context.Background(), signer.Object{Bucket: "bucket", Key: "key", Expires: time.Hour}, signer.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := query(t, p).Get("X-Amz-Date"); got != "20261124T130000Z" {
		t.Errorf("signed at %s, want the store's 13:00", got)
	}
	if want := noon.Truncate(time.Second).Add(2 * time.Hour); !p.Ends.Equal(want) {
		t.Errorf("ends %v, want %v", p.Ends, want)
	}
	if off := s.SetSkew(noon.Add(time.Second)); off != 0 || !s.Now().Equal(noon) {
		t.Errorf("a second of network delay was taken for a wrong clock: %v", off)
	}
}

func TestNothingSecretIsPrinted(t *testing.T) {
	isolate(t, "", staticKeys+"aws_session_token = TOKEN\n")
	p, err := open(t, signer.Options{}).Get(context.Background(), signer.Object{Bucket: "bucket", Key: "key", Expires: time.Hour}, signer.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	signature := query(t, p).Get("X-Amz-Signature")
	for _, text := range []string{fmt.Sprint(p), fmt.Sprintf("%+v", p), fmt.Sprintf("%#v", p), p.LogValue().String()} {
		if strings.Contains(text, signature) || strings.Contains(text, "TOKEN") || strings.Contains(text, "AKID") {
			t.Errorf("a secret in %q", text)
		}
	}
}

func TestEndpointsOverPlainHTTP(t *testing.T) {
	isolate(t, "", staticKeys)
	for endpoint, allowed := range map[string]bool{
		"http://127.0.0.1:9000": true, "http://localhost:9000": true, "http://[::1]:9000": true, "https://example.com": true,
		"http://example.com": false, "http://192.168.1.5:9000": false, "http://127.0.0.1.example.com": false,
		"ftp://example.com": false, "example.com": false, "https://": false,
	} {
		_, err := signer.Open(context.Background(), signer.Options{Endpoint: endpoint})
		if (err == nil) != allowed {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if _, err := signer.Open(context.Background(), signer.Options{Endpoint: "http://example.com", AllowHTTP: true}); err != nil {
		t.Errorf("allowed by hand: %v", err)
	}
}

func BenchmarkGet(b *testing.B) {
	s, err := signer.Open(context.Background(), signer.Options{Keys: &signer.Keys{AccessKeyID: "AKID", SecretAccessKey: "secret"}})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		o := signer.Object{Bucket: "team-share", Key: fmt.Sprintf("alice/2026/file-%d.pdf", i), Expires: time.Hour}
		if _, err := s.Get(context.Background(), o, signer.GetOptions{Filename: "file.pdf"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "links/s")
}
