package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/courier"
	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// refusals stands between the desk and a MinIO, and counts what was refused for its region. before sees each request first.
type refusals struct {
	URL string
	mu  sync.Mutex
	n   int
}

func watchRefusals(t *testing.T, m *teststore.MinIO, before func(*http.Request)) *refusals {
	t.Helper()
	target, err := url.Parse(m.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	c := &refusals{}
	on := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ModifyResponse: func(r *http.Response) error {
			if r.StatusCode == http.StatusBadRequest {
				c.mu.Lock()
				c.n++
				c.mu.Unlock()
			}
			return nil
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before(r)
		on.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

// wants wants so many refusals since it was asked last.
func (c *refusals) wants(t *testing.T, n int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n != n {
		t.Errorf("%d requests were refused, want %d", c.n, n)
	}
	c.n = 0
}

// TestStoreInItsOwnRegion: a store that takes one region only, and a profile that says another. The first answer tells;
// what is sent, linked and asked for afterwards is right at once, in another process too.
func TestStoreInItsOwnRegion(t *testing.T) {
	ctx := context.Background()
	m := teststore.StartMinIOIn(t, "eu-west-1")
	at := watchRefusals(t, m, func(*http.Request) {})
	isolate(t, "[default]\nregion = us-west-2\nendpoint_url = "+at.URL+"\n",
		fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", m.Key, m.Secret))
	to := desk.Destination{Bucket: teststore.Bucket}
	for name, first := range map[string]func(d *desk.Desk) error{
		"send": func(d *desk.Desk) error {
			sent := sendOne(t, d, to, desk.SendOptions{Expires: time.Hour}, "a.txt", "hello")
			if sent.State != desk.Sent || sent.Trouble != nil || !sent.Link.Verified || !strings.Contains(sent.Link.URL, "eu-west-1") {
				t.Errorf("%s, %v", sent.State, sent.Trouble)
			}
			return nil
		},
		"parts": func(d *desk.Desk) error {
			sent := sendOne(t, d, to, desk.SendOptions{Expires: time.Hour, PartSize: 5 << 20}, "big.bin", strings.Repeat("0123456789abcdef", 11<<16))
			if sent.State != desk.Sent || sent.Trouble != nil || !sent.Link.Verified {
				t.Errorf("%s, %v", sent.State, sent.Trouble)
			}
			return nil
		},
		"browse": func(d *desk.Desk) error {
			_, err := d.Browse(ctx, desk.Store{}, teststore.Bucket, "", "")
			return err
		},
		"request": func(d *desk.Desk) error {
			ways, err := d.Request(ctx, to, desk.RequestOptions{Expires: time.Hour, Files: 2})
			if err == nil && (!ways.Verified || !strings.Contains(ways.Uploads[0].URL, "eu-west-1")) {
				t.Errorf("%+v", ways)
			}
			return err
		},
		"forms": func(d *desk.Desk) error {
			ways, err := d.Request(ctx, to, desk.RequestOptions{Expires: time.Hour, Large: -1})
			if err == nil && (!ways.Verified || len(ways.Posts) == 0 || !strings.Contains(ways.Posts[0].Fields["x-amz-credential"], "/eu-west-1/")) {
				t.Errorf("%+v", ways)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			d := openDesk(t, desk.Options{Home: home})
			if err := first(d); err != nil {
				t.Fatal(err)
			}
			at.wants(t, 1)
			again := openDesk(t, desk.Options{Home: home})
			links, err := again.Links(ctx, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range links {
				link, err := again.CopyLink(ctx, e.ID)
				if err != nil {
					t.Fatal(err)
				}
				if _, _, status := download(t, link.URL); status != 200 {
					t.Errorf("a copied link answers %d", status)
				}
			}
			last := sendOne(t, again, to, desk.SendOptions{Expires: time.Hour}, "b.txt", "hello")
			at.wants(t, 0)
			// Of what came from another computer, nobody knows here where it is; trying the link tells.
			var exported bytes.Buffer
			if _, err := again.ExportAll(ctx, &exported); err != nil {
				t.Fatal(err)
			}
			moved := filepath.Join(t.TempDir(), "moved.jsonl")
			write(t, moved, exported.String())
			there := openDesk(t, desk.Options{})
			if _, err := there.ImportFile(ctx, moved); err != nil {
				t.Fatal(err)
			}
			renewed := there.Renew(ctx, last.ID, time.Hour, desk.VerifyAll)
			if renewed.Trouble != nil || !renewed.Link.Verified || !strings.Contains(renewed.Link.URL, "eu-west-1") {
				t.Errorf("%+v, %v", renewed.Link, renewed.Trouble)
			}
			at.wants(t, 1)
		})
	}
}

// TestRegionChangesHalfway: in the middle of an upload, a store comes back in another region. The rest is signed for it,
// and what had arrived is not sent again.
func TestRegionChangesHalfway(t *testing.T) {
	m := teststore.StartMinIOIn(t, "us-east-1")
	const parts, before = 8, 3
	var mu sync.Mutex
	seen, moved := map[string]int{}, false
	at := watchRefusals(t, m, func(r *http.Request) {
		number := r.URL.Query().Get("partNumber")
		if r.Method != http.MethodPut || number == "" {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if len(seen) == before && !moved {
			moved = true
			m.MoveTo("eu-central-1")
		}
		seen[number]++
	})
	isolate(t, "[default]\nregion = us-east-1\nendpoint_url = "+at.URL+"\n",
		fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", m.Key, m.Secret))
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "big.bin")
	big := strings.Repeat("0123456789abcdef", parts*(5<<20)/16)
	write(t, path, big)
	sent := one(t, send(t, d, desk.Destination{Bucket: teststore.Bucket}, desk.SendOptions{PartSize: 5 << 20, Concurrency: 1}, path))
	if sent.State != desk.Sent || !sent.Link.Verified || !strings.Contains(sent.Link.URL, "eu-central-1") {
		t.Fatalf("%s, %v", sent.State, sent.Trouble)
	}
	if body, _, _ := download(t, sent.Link.URL); string(body) != big {
		t.Error("something else arrived")
	}
	once := 0
	for _, n := range seen {
		if n == 1 {
			once++
		}
	}
	if len(seen) != parts || once < parts-2 {
		t.Errorf("parts were sent so often: %v", seen)
	}
	at.wants(t, 1)
}

// TestLocked: in a bucket with Object Lock, files arrive with their sums, and whoever revokes a link is told that its
// content stays. What the store itself refuses is said in words.
func TestLocked(t *testing.T) {
	ctx := context.Background()
	m := teststore.StartMinIO(t, false)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	c := m.Client(m.Key, m.Secret, "")
	const bucket = "locked"
	if _, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(bucket), ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{
		Bucket: aws.String(bucket), ObjectLockConfiguration: &types.ObjectLockConfiguration{
			ObjectLockEnabled: types.ObjectLockEnabledEnabled,
			Rule:              &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeCompliance, Days: aws.Int32(1)}},
		},
	}); err != nil {
		t.Fatal(err)
	}
	d := openDesk(t, desk.Options{})
	to := desk.Destination{Bucket: bucket}
	small := sendOne(t, d, to, desk.SendOptions{Expires: time.Hour}, "small.txt", "hello")
	big := sendOne(t, d, to, desk.SendOptions{Expires: time.Hour, PartSize: 5 << 20}, "big.bin", strings.Repeat("0123456789abcdef", 11<<16))
	for _, sent := range []desk.Transfer{small, big} {
		if sent.State != desk.Sent || sent.Trouble != nil || !sent.Link.Verified || !strings.HasPrefix(sent.Checksum, "crc64nvme:") {
			t.Fatalf("%s: %s, %v", sent.Name, sent.State, sent.Trouble)
		}
	}
	if _, err := c.PutObjectLegalHold(ctx, &s3.PutObjectLegalHoldInput{
		Bucket: aws.String(bucket), Key: aws.String(big.Key), LegalHold: &types.ObjectLockLegalHold{Status: types.ObjectLockLegalHoldStatusOn},
	}); err != nil {
		t.Fatal(err)
	}
	until := time.Now().Add(24 * time.Hour).Local().Format("2 Jan 2006")
	for id, hold := range map[string]bool{small.ID: false, big.ID: true} {
		r, err := d.Revocable(ctx, id)
		if err != nil || !r.Versioned || r.LegalHold != hold || time.Until(r.LockedUntil).Round(time.Hour) != 24*time.Hour {
			t.Errorf("%+v, %v", r, err)
		}
		asked := r.Question(desk.RevokeDelete)
		if !strings.Contains(asked, "stays in the bucket, locked until "+until) || strings.Contains(asked, "legal hold") != hold {
			t.Error(asked)
		}
	}
	e, err := revoke(d, small.ID, desk.RevokeDelete)
	if err != nil || !e.CanUndo {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, _, status := download(t, small.Link.URL); status != 404 {
		t.Errorf("%d of a revoked link", status)
	}
	if _, err := d.Unrevoke(ctx, small.ID); err != nil {
		t.Error(err)
	}
	if e, err = revoke(d, big.ID, desk.RevokeRename); err != nil || !e.CanUndo {
		t.Errorf("%+v, %v", e, err)
	}
	// The store's own refusal: of the version itself, which Waybill never asks for.
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String(small.Key)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(small.Key), VersionId: h.VersionId})
	if refused := desk.Explain(err); refused == nil || refused.Code != "ObjectLocked" {
		t.Errorf("%v", refused)
	}
}

// TestTries: the profile says how often a store that has no time is asked, by transfers and by lists alike.
func TestTries(t *testing.T) {
	for _, c := range []struct {
		config string
		want   int64
	}{{"max_attempts = 1\n", 1}, {"max_attempts = 2\nretry_mode = adaptive\n", 2}} {
		t.Run(c.config, func(t *testing.T) {
			var puts, lists atomic.Int64
			config, credentials := sandboxProfile()
			isolate(t, config+c.config, credentials)
			endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
				switch {
				case r.Method == http.MethodPut:
					puts.Add(1)
				case r.URL.Query().Has("list-type"):
					lists.Add(1)
				default:
					pass(w)
					return
				}
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = io.WriteString(w, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
			})
			d := openDesk(t, desk.Options{})
			at := desk.Store{Endpoint: endpoint}
			path := filepath.Join(t.TempDir(), "a.txt")
			write(t, path, "hello")
			sent := one(t, send(t, d, desk.Destination{Store: at, Bucket: sandbox.Bucket}, desk.SendOptions{}, path))
			if sent.State != desk.Failed || sent.Trouble.Code != "SlowDown" || puts.Load() != c.want {
				t.Errorf("%s, %v after %d tries", sent.State, sent.Trouble, puts.Load())
			}
			if _, err := d.Browse(context.Background(), at, sandbox.Bucket, "", ""); err == nil || lists.Load() != c.want {
				t.Errorf("%v after %d tries", err, lists.Load())
			}
		})
	}
}

// TestAboutObjectLock: an upload that lacks what Object Lock wants is not one that a lock forbids.
func TestAboutObjectLock(t *testing.T) {
	for message, c := range map[string]struct {
		status int
		code   string
		want   bool
	}{
		"Access Denied because object protected by object lock.": {403, "AccessDenied", true},
		"forbidden by object lock":                               {403, "AccessDenied", true},
		"Object is WORM protected and cannot be overwritten":     {400, "InvalidRequest", true},
		"Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters": {400, "InvalidRequest", false},
		"Bucket is missing Object Lock Configuration":                                                                {400, "InvalidRequest", false},
	} {
		if said := desk.Explain(&courier.StoreError{Status: c.status, Code: c.code, Message: message}); (said.Code == "ObjectLocked") != c.want {
			t.Errorf("%q is %s", message, said.Code)
		}
	}
}
