package testaws_test

import (
	"context"
	"crypto/rand"
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

	"waybill/internal/desk"
	"waybill/internal/testaws"
	"waybill/internal/teststore"
)

// The desk against AWS as it is reached from outside: real names of hosts, TLS, a store that verifies every signature for
// its region, and S3's own ways of refusing what is for another one.

var road *testaws.Road

func TestMain(m *testing.M) {
	var err error
	if road, err = testaws.OpenRoad(); err != nil {
		panic(err)
	}
	code := m.Run()
	road.Close()
	os.Exit(code)
}

// Where the profile is, and where its buckets are.
const (
	away = "us-east-1"
	home = "eu-central-1"
)

// rig is AWS with a bucket in another region than the profile's.
type rig struct {
	*testaws.S3
	t     *testing.T
	store *teststore.MinIO
	home  string // Waybill's
}

const (
	point  = "arn:aws:s3:" + home + ":111122223333:accesspoint/point"
	bucket = teststore.Bucket
)

func newRig(t *testing.T, more string) *rig {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	m := teststore.StartMinIOIn(t, home, "s3."+home+".amazonaws.com", "s3-accelerate.amazonaws.com", "s3-accesspoint."+home+".amazonaws.com")
	r := &rig{S3: road.StartS3(t), t: t, store: m, home: filepath.Join(t.TempDir(), "home")}
	r.Homes = map[string]string{bucket: home, "point-111122223333": home, "point-abcdef-s3alias": home}
	r.Store = map[string]string{home: m.Endpoint}
	for name := range r.Homes {
		if name != bucket {
			if _, err := m.Client(m.Key, m.Secret, "").CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(name)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
	write(t, filepath.Join(dir, "config"), "[default]\nregion = "+away+"\n"+more)
	write(t, filepath.Join(dir, "credentials"), fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", m.Key, m.Secret))
	return r
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// again is the same AWS with a Waybill that knows nothing yet.
func (r *rig) again(t *testing.T) *rig {
	r.Calls()
	return &rig{S3: r.S3, t: t, store: r.store, home: filepath.Join(t.TempDir(), "home")}
}

// desk opens a desk of the rig's person, as another start of the program does.
func (r *rig) desk() *desk.Desk {
	r.t.Helper()
	d, err := desk.Open(context.Background(), desk.Options{Home: r.home})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = d.Close() })
	return d
}

// file makes a file of random bytes.
func file(t *testing.T, size int) string {
	t.Helper()
	data := make([]byte, size)
	_, _ = rand.Read(data)
	return write(t, filepath.Join(t.TempDir(), "report.bin"), string(data))
}

// sends sends a file, and gives the transfer in its last state.
func sends(d *desk.Desk, to string, o desk.SendOptions, path string) (last desk.Transfer) {
	o.Expires = time.Hour
	for t := range d.Send(context.Background(), desk.Destination{Bucket: to}, o, []string{path}).Events() {
		last = t
	}
	return last
}

// good wants a transfer to have a link that was tried, and that is signed for a region.
func (r *rig) good(t desk.Transfer, region string) {
	r.t.Helper()
	if t.State != desk.Sent || t.Trouble != nil || t.Link == nil || !t.Link.Verified {
		r.t.Fatalf("%s: %v", t.State, t.Trouble)
	}
	r.signedFor(t.Link.URL, region)
}

func (r *rig) signedFor(link, region string) {
	r.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		r.t.Fatal(err)
	}
	if scope := u.Query().Get("X-Amz-Credential"); !strings.Contains(scope, "/"+region+"/s3/") {
		r.t.Errorf("a link is signed for %q, want %s", scope[strings.Index(scope, "/")+1:], region)
	}
}

// refused counts what S3 itself has refused of signed requests, and what was asked without a signature. That nothing of it
// was a redirect that was followed with a signature shows in each region's requests.
func (r *rig) refused() (signed, unsigned int) {
	r.t.Helper()
	for _, c := range r.Calls() {
		switch {
		case c.Region == "" && c.Method == http.MethodHead: // a form has its signature in its body
			unsigned++
		case c.Status >= 300:
			signed++
			if strings.Contains(c.Host, home) && c.Region != home {
				r.t.Errorf("%s %s was followed with a signature for %s", c.Method, c.Host, c.Region)
			}
		}
	}
	return signed, unsigned
}

// wants wants so many refusals.
func (r *rig) wants(signed, unsigned int) {
	r.t.Helper()
	if s, u := r.refused(); s != signed || u != unsigned {
		r.t.Errorf("%d signed requests were refused, and %d were made without a signature; want %d and %d", s, u, signed, unsigned)
	}
}

// get follows a link as its reader does, over the same road.
func (r *rig) get(link string) int {
	r.t.Helper()
	resp, err := r.Client().Get(link)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
