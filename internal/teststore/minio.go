// Package teststore starts MinIO for tests: a second, stricter S3 server, with policies and with credentials
// that really end. It is used by tests only and never linked into the program.
package teststore

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Bucket is made ready in every server.
const Bucket = "team-share"

// Name is a name that the certificate of a server over https is for, and that nobody can resolve but a proxy of the tests'.
const Name = "store.test"

// MinIO is a running server with its root's keys.
type MinIO struct {
	Endpoint string
	Key      string
	Secret   string
	// CA is the file of the certificate to trust; "" for plain http.
	CA string
	// Region is the one that requests must be signed for.
	Region string

	t    testing.TB
	cmd  *exec.Cmd
	args []string
	env  []string
	log  bytes.Buffer
}

// StartMinIO runs a server until the test ends, over https with a certificate of its own if told so. The
// program is the one that make has built, named by WAYBILL_MINIO. settings is more of its
// environment, as KMS is.
func StartMinIO(t testing.TB, https bool, settings ...string) *MinIO {
	return start(t, https, "us-east-1", settings...)
}

// StartMinIOIn runs a server over plain http that takes requests signed for one region only, and knows buckets by
// names of hosts below the domains as well.
func StartMinIOIn(t testing.TB, region string, domains ...string) *MinIO {
	return start(t, false, region, "MINIO_SITE_REGION="+region, "MINIO_DOMAIN="+strings.Join(domains, ","))
}

// KMSKey is the name of the one key that StartMinIOWithKMS encrypts with.
const KMSKey = "waybill-key"

// StartMinIOWithKMS runs a server over plain http that can encrypt with a key of its KMS.
func StartMinIOWithKMS(t testing.TB) *MinIO { return start(t, false, "us-east-1", KMS()) }

// KMS is the setting of a server that can encrypt so.
func KMS() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // which never fails
	return "MINIO_KMS_SECRET_KEY=" + KMSKey + ":" + base64.StdEncoding.EncodeToString(secret)
}

func start(t testing.TB, https bool, region string, settings ...string) *MinIO {
	t.Helper()
	program := find(t)
	dir := t.TempDir()
	m := &MinIO{Key: "root" + rand.Text()[:12], Secret: rand.Text() + rand.Text(), Region: region, t: t}
	certs := filepath.Join(dir, "certs")
	scheme := "http"
	if https {
		scheme, m.CA = "https", filepath.Join(certs, "public.crt")
		certificate(t, certs)
	}
	address := freeAddress(t)
	m.Endpoint = scheme + "://" + address
	m.args = []string{program, "server", "--quiet", "--address", address, "--certs-dir", certs, filepath.Join(dir, "data")}
	m.env = append(withoutAWS(os.Environ()), "HOME="+dir, "MINIO_ROOT_USER="+m.Key, "MINIO_ROOT_PASSWORD="+m.Secret,
		"MINIO_BROWSER=off", "MINIO_UPDATE=off", "_MINIO_SERVER_DEBUG=off")
	m.env = append(m.env, settings...)
	m.launch()
	t.Cleanup(m.stop)
	m.ready()
	return m
}

// MoveTo stops the server and runs it again, at the same address and with all that it has, in another region.
func (m *MinIO) MoveTo(region string) {
	m.stop()
	m.Region = region
	m.env = append(m.env, "MINIO_SITE_REGION="+region) // the last one holds
	m.launch()
	m.ready()
}

func (m *MinIO) launch() {
	m.cmd = exec.CommandContext(context.WithoutCancel(m.t.Context()), m.args[0], m.args[1:]...) // #nosec G204 -- built by make
	m.cmd.Env, m.cmd.Stdout, m.cmd.Stderr = m.env, &m.log, &m.log
	if err := m.cmd.Start(); err != nil {
		m.t.Fatalf("start MinIO: %v", err)
	}
}

func (m *MinIO) stop() {
	_ = m.cmd.Process.Kill()
	_ = m.cmd.Wait()
}

// ready waits until the server answers, and makes the bucket.
func (m *MinIO) ready() {
	m.t.Helper()
	client := m.Client(m.Key, m.Secret, "")
	deadline := time.Now().Add(60 * time.Second)
	for made := false; ; {
		var err error
		if !made {
			_, err = client.CreateBucket(m.t.Context(), &s3.CreateBucketInput{Bucket: aws.String(Bucket)})
			made = err == nil || errors.As(err, new(*types.BucketAlreadyOwnedByYou))
		}
		if made { // its STS begins later than its S3
			_, err = m.assume(15*time.Minute, "")
		}
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			m.t.Fatalf("MinIO does not answer: %v\n%s", err, m.log.String())
		}
		time.Sleep(50 * time.Millisecond) // the server has no other way to say that it is ready
	}
}

// find looks where make puts the server.
func find(t testing.TB) string {
	t.Helper()
	if p := os.Getenv("WAYBILL_MINIO"); p != "" {
		return p
	}
	if p, err := exec.LookPath("minio"); err == nil {
		return p
	}
	t.Fatal("these tests need a MinIO server: run them by make test, which builds one, or name one in WAYBILL_MINIO")
	return ""
}

func withoutAWS(env []string) []string {
	var kept []string
	for _, pair := range env {
		if !strings.HasPrefix(pair, "AWS_") && !strings.HasPrefix(pair, "MINIO_") {
			kept = append(kept, pair)
		}
	}
	return kept
}

func freeAddress(t testing.TB) string {
	t.Helper()
	var c net.ListenConfig
	l, err := c.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// transport trusts the server's certificate.
func (m *MinIO) transport() http.RoundTripper {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if m.CA != "" {
		pemBytes, err := os.ReadFile(m.CA)
		if err != nil {
			m.t.Fatal(err)
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pemBytes)
		transport.TLSClientConfig.RootCAs = pool
	}
	return transport
}

// Client is the SDK's client with the given credentials.
func (m *MinIO) Client(key, secret, token string) *s3.Client {
	return s3.New(s3.Options{
		Region: m.Region, BaseEndpoint: aws.String(m.Endpoint), UsePathStyle: true, RetryMaxAttempts: 1,
		HTTPClient:  &http.Client{Transport: m.transport(), Timeout: 10 * time.Second},
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, token),
	})
}

// Session makes credentials that end after the duration, at least fifteen minutes, and may do only what the
// policy says; an empty policy is everything.
func (m *MinIO) Session(d time.Duration, policy string) (key, secret, token string, ends time.Time) {
	m.t.Helper()
	out, err := m.assume(d, policy)
	if err != nil {
		m.t.Fatalf("assume a role: %v", err)
	}
	c := out.Credentials
	return aws.ToString(c.AccessKeyId), aws.ToString(c.SecretAccessKey), aws.ToString(c.SessionToken), aws.ToTime(c.Expiration)
}

// assume asks the server's STS for credentials.
func (m *MinIO) assume(d time.Duration, policy string) (*sts.AssumeRoleOutput, error) {
	client := sts.New(sts.Options{
		Region: m.Region, BaseEndpoint: aws.String(m.Endpoint), HTTPClient: &http.Client{Transport: m.transport()},
		Credentials: credentials.NewStaticCredentialsProvider(m.Key, m.Secret, ""),
	})
	in := &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:xxx:xxx:xxx:xxxx"), RoleSessionName: aws.String("waybill"),
		DurationSeconds: aws.Int32(int32(d / time.Second)), // #nosec G115 -- minutes
	}
	if policy != "" {
		in.Policy = aws.String(policy)
	}
	return client.AssumeRole(m.t.Context(), in)
}

// certificate makes a certificate for 127.0.0.1 and Name that signs itself.
func certificate(t testing.TB, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Waybill's tests"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost", Name},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.MkdirAll(dir, 0o700),
		os.WriteFile(filepath.Join(dir, "public.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(filepath.Join(dir, "private.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
}
