package desk_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
	"waybill/internal/teststore"
	"waybill/signer"
)

// minioProfile is a profile that leads to a MinIO, with the given credentials.
func minioProfile(t *testing.T, m *teststore.MinIO, key, secret, token, more string) {
	t.Helper()
	text := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", key, secret)
	if token != "" {
		text += "aws_session_token = " + token + "\n"
	}
	isolate(t, "[default]\nendpoint_url = "+m.Endpoint+"\n", text+more)
	if m.CA != "" {
		t.Setenv("AWS_CA_BUNDLE", m.CA)
	}
}

func openDesk(t *testing.T, o desk.Options) *desk.Desk {
	t.Helper()
	if o.Home == "" {
		o.Home = t.TempDir()
	}
	d, err := desk.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// TestMinIO sends to a second server, over http, and over https with a certificate of the test's own that only
// AWS_CA_BUNDLE makes trusted.
func TestMinIO(t *testing.T) {
	for scheme, https := range map[string]bool{"http": false, "https": true} {
		t.Run(scheme, func(t *testing.T) {
			m := teststore.StartMinIO(t, https)
			minioProfile(t, m, m.Key, m.Secret, "", "")
			d := openDesk(t, desk.Options{})
			buckets, err := d.Buckets(context.Background(), desk.Store{})
			if err != nil || len(buckets) != 1 || buckets[0] != teststore.Bucket {
				t.Errorf("buckets %v, %v", buckets, err)
			}
			dir := t.TempDir()
			names := []string{"a b+c%d?e#f&g.txt", "日本語 é 🎉.txt", strings.Repeat("n", 251) + ".txt", "empty"}
			for _, name := range names {
				text := name
				if name == "empty" {
					text = ""
				}
				write(t, filepath.Join(dir, name), text)
			}
			big := strings.Repeat(rand.Text(), 1<<20) // 26 MiB: more than one part
			write(t, filepath.Join(dir, "big.bin"), big)
			to := desk.Destination{Bucket: teststore.Bucket, Prefix: "alice"}
			for _, s := range send(t, d, to, desk.SendOptions{Expires: time.Hour}, dir) {
				if s.State != desk.Sent || s.Trouble != nil || !s.Link.Verified || !strings.HasPrefix(s.Checksum, "crc64nvme:") {
					t.Errorf("%s: %s, %v", s.Name, s.State, s.Trouble)
					continue
				}
				if https {
					continue // the download below trusts nobody but the system
				}
				body, _, status := download(t, s.Link.URL)
				want, err := os.ReadFile(s.Path)
				if err != nil || status != 200 || !bytes.Equal(body, want) {
					t.Errorf("%s: status %d, %d bytes of %d", s.Name, status, len(body), len(want))
				}
			}
			prefixes, err := d.Prefixes(context.Background(), desk.Destination{Bucket: teststore.Bucket, Prefix: "alice"})
			if err != nil || len(prefixes) != 1 || prefixes[0] != "alice/"+filepath.Base(dir)+"/" {
				t.Errorf("folders %v, %v", prefixes, err)
			}
			if https {
				if err := os.Unsetenv("AWS_CA_BUNDLE"); err != nil {
					t.Fatal(err)
				}
				distrustful := openDesk(t, desk.Options{})
				s := one(t, send(t, distrustful, to, desk.SendOptions{}, filepath.Join(dir, "empty")))
				if s.State != desk.Failed || code(s.Trouble) != "CertificateSelfSigned" {
					t.Errorf("without the bundle: %s, %v", s.State, s.Trouble)
				}
			}
		})
	}
}

func allow(actions ...string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["%s"],"Resource":["arn:aws:s3:::*"]}]}`,
		strings.Join(actions, `","`))
}

// TestPermissions: each missing permission is named, and a link that could not be tried is not shown as good.
func TestPermissions(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	to := desk.Destination{Bucket: teststore.Bucket}
	as := func(t *testing.T, policy string) *desk.Desk {
		key, secret, token, ends := m.Session(time.Hour, policy)
		minioProfile(t, m, key, secret, token, "x_security_token_expires = "+ends.Format(time.RFC3339)+"\n")
		return openDesk(t, desk.Options{})
	}
	t.Run("no list", func(t *testing.T) {
		d := as(t, allow("s3:PutObject", "s3:GetObject"))
		if names, err := d.Buckets(context.Background(), desk.Store{}); err == nil && len(names) > 0 {
			t.Errorf("buckets %v", names) // MinIO hides what may not be listed instead of refusing
		}
		_, err := d.Prefixes(context.Background(), to)
		if trouble := desk.Explain(err); trouble == nil || code(trouble) != "AccessDenied" || !strings.Contains(trouble.Error(), "s3:ListBucket") {
			t.Errorf("%v", err)
		}
		if s := one(t, send(t, d, to, desk.SendOptions{}, path)); s.State != desk.Sent || !s.Link.Verified {
			t.Errorf("a bucket that cannot be listed can be used: %s, %v", s.State, s.Trouble)
		}
	})
	t.Run("no put", func(t *testing.T) {
		s := one(t, send(t, as(t, allow("s3:GetObject")), to, desk.SendOptions{}, path))
		if s.State != desk.Failed || code(s.Trouble) != "AccessDenied" || !strings.Contains(s.Trouble.Error(), "s3:PutObject") {
			t.Errorf("%s, %v", s.State, s.Trouble)
		}
	})
	t.Run("no get", func(t *testing.T) {
		s := one(t, send(t, as(t, allow("s3:PutObject")), to, desk.SendOptions{}, path))
		if s.State != desk.Sent || s.Link.Verified || s.Trouble == nil || code(s.Trouble) != "LinkRefused" || !strings.Contains(s.Trouble.Error(), "s3:GetObject") {
			t.Errorf("%s, %v", s.State, s.Trouble)
		}
	})
	t.Run("get, but not there", func(t *testing.T) {
		made := as(t, allow("s3:PutObject")).LinkTo(context.Background(), desk.Store{}, teststore.Bucket, "a.txt", desk.SendOptions{})
		if made.State != desk.Failed || code(made.Trouble) != "AccessDenied" || !strings.Contains(made.Trouble.Error(), "s3:GetObject") {
			t.Errorf("%s, %v", made.State, made.Trouble)
		}
	})
}

// TestSessionEndsFirst: credentials of a real session end before the link was to, and this is said before the
// upload and in the link.
func TestSessionEndsFirst(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	key, secret, token, ends := m.Session(15*time.Minute, "")
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	to := desk.Destination{Bucket: teststore.Bucket}

	minioProfile(t, m, key, secret, token, "x_security_token_expires = "+ends.Format(time.RFC3339)+"\n")
	d := openDesk(t, desk.Options{})
	o, err := d.Outlook(context.Background(), desk.Store{}, time.Hour)
	if err != nil || o.Because != signer.Credentials || !o.Ends.Equal(ends) || o.Warning == nil || code(o.Warning) != "EndsEarly" {
		t.Errorf("%+v, %v; want an end at %v", o, err, ends)
	}
	if o, err = d.Outlook(context.Background(), desk.Store{}, 5*time.Minute); err != nil || o.Warning != nil || o.Because != signer.Requested {
		t.Errorf("%+v, %v", o, err)
	}
	s := one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour}, path))
	if s.State != desk.Sent || s.Link.Because != signer.Credentials || !s.Link.Ends.Equal(ends) {
		t.Errorf("%s: ends %v because %s; the session ends %v", s.State, s.Link.Ends, s.Link.Because, ends)
	}

	minioProfile(t, m, key, secret, token, "x_security_token_expires = "+ends.Format(time.RFC3339)+
		"\n[keys]\naws_access_key_id = "+m.Key+"\naws_secret_access_key = "+m.Secret+"\nendpoint_url = "+m.Endpoint+
		"\n[elsewhere]\naws_access_key_id = "+m.Key+"\naws_secret_access_key = "+m.Secret+"\n")
	d = openDesk(t, desk.Options{})
	if o, err = d.Outlook(context.Background(), desk.Store{}, time.Hour); err != nil || o.Warning == nil || !strings.Contains(o.Warning.Help.String(), `"keys"`) {
		t.Errorf("who could make longer links is not said: %+v, %v", o, err)
	}

	minioProfile(t, m, key, secret, token, "")
	d = openDesk(t, desk.Options{})
	if o, err = d.Outlook(context.Background(), desk.Store{}, time.Hour); err != nil || o.Because != signer.Unknown || o.Warning == nil || !o.Ends.IsZero() {
		t.Errorf("a token that does not say when it ends: %+v, %v", o, err)
	}
	s = one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour}, path))
	if s.State != desk.Sent || s.Link.Because != signer.Unknown || !s.Link.Ends.IsZero() {
		t.Fatalf("%s: %+v", s.State, s.Link)
	}
	// What is copied with keys that do not end has an end that is known: when the time asked for is over.
	minioProfile(t, m, m.Key, m.Secret, "", "")
	again, err := d.CopyLink(context.Background(), s.ID)
	if err != nil || again.Because != signer.Requested || time.Until(again.Ends) > time.Hour || time.Until(again.Ends) < 59*time.Minute {
		t.Errorf("copied: %+v, %v", again, err)
	}
}

// TestClockAnHourOff: MinIO refuses what is signed with a wrong clock in both directions; the store's own time
// is taken instead, and the person is told.
func TestClockAnHourOff(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	path := filepath.Join(t.TempDir(), "a.txt")
	for name, off := range map[string]time.Duration{"ahead": time.Hour, "behind": -61 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			minioProfile(t, m, m.Key, m.Secret, "", "")
			write(t, path, name)
			d := openDesk(t, desk.Options{Now: func() time.Time { return time.Now().Add(off) }})
			drop := d.Send(context.Background(), desk.Destination{Bucket: teststore.Bucket}, desk.SendOptions{Expires: time.Hour}, []string{path})
			s := one(t, collect(t, drop))
			if s.State != desk.Sent || !s.Link.Verified {
				t.Fatalf("%s: %v", s.State, s.Trouble)
			}
			if left := time.Until(s.Link.Ends); left < 55*time.Minute || left > time.Hour {
				t.Errorf("the link ends in %v", left)
			}
			if n := drop.Notices(); len(n) != 1 || code(n[0]) != "ClockCorrected" || !strings.Contains(n[0].Error(), name) {
				t.Errorf("notices %v", n)
			}
		})
	}
}

// TestCredentialsEndHalfway: a role's session of MinIO's own STS is refused in the middle of an upload, as it is
// when it has ended. A new one is asked for, and signs the rest; what had arrived is not sent again.
func TestCredentialsEndHalfway(t *testing.T) {
	const partsOfFirst = 3
	m := teststore.StartMinIO(t, false)
	target, err := url.Parse(m.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	var mu sync.Mutex
	first, refused := "", 0
	accepted := map[string]int{} // parts, by session
	shortened := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.URL.Query().Get("X-Amz-Security-Token")
		if token != "" && r.URL.Query().Has("partNumber") {
			mu.Lock()
			if first == "" {
				first = token
			}
			ended := token == first && accepted[first] == partsOfFirst
			if ended {
				refused++
			} else {
				accepted[token]++
			}
			mu.Unlock()
			if ended {
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, `<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>`)
				return
			}
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(shortened.Close)
	isolate(t, "[default]\nendpoint_url = "+shortened.URL+"\nrole_arn = arn:xxx:xxx:xxx:xxxx\nsource_profile = base\n",
		fmt.Sprintf("[base]\naws_access_key_id = %s\naws_secret_access_key = %s\n", m.Key, m.Secret))
	t.Setenv("AWS_ENDPOINT_URL_STS", m.Endpoint)
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "big.bin")
	const parts = 12
	big := strings.Repeat("0123456789abcdef", parts*(5<<20)/16)
	write(t, path, big)
	s := one(t, send(t, d, desk.Destination{Bucket: teststore.Bucket}, desk.SendOptions{PartSize: 5 << 20}, path))
	if s.State != desk.Sent || !s.Link.Verified || s.Link.Because == signer.Unknown {
		t.Fatalf("%s, %v", s.State, s.Trouble.Detail)
	}
	if body, _, _ := download(t, s.Link.URL); string(body) != big {
		t.Error("something else arrived")
	}
	mu.Lock()
	defer mu.Unlock()
	all := 0
	for _, n := range accepted {
		all += n
	}
	if refused == 0 || len(accepted) != 2 || all != parts {
		t.Errorf("%d parts were refused, and %d of %d went under %d sessions", refused, all, parts, len(accepted))
	}
	left, err := m.Client(m.Key, m.Secret, "").ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{
		Bucket: aws.String(teststore.Bucket), Prefix: aws.String(s.Key)})
	if err != nil || len(left.Uploads) > 0 {
		t.Errorf("unfinished: %v, %v", left, err)
	}
}
