package desk_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
	"waybill/internal/teststore"
	"waybill/signer"
)

// policed is a MinIO that holds whoever signs to a policy, and all that Waybill does there. Root looks on.
type policed struct {
	t      *testing.T
	minio  *teststore.MinIO
	root   *s3.Client
	bucket string
	front  string // where the desk's requests go
	passes atomic.Pointer[func(*http.Request)]
	small  string // files to send
	large  string
}

func newPoliced(t *testing.T, bucket string) *policed {
	t.Helper()
	m := teststore.StartMinIO(t, false)
	p := &policed{t: t, minio: m, root: m.Client(m.Key, m.Secret, ""), bucket: bucket}
	target, err := url.Parse(m.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	on := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}, // what is cancelled has nobody to be told
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if see := p.passes.Load(); see != nil {
			(*see)(r)
		}
		on.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.front = server.URL
	dir := t.TempDir()
	p.small, p.large = filepath.Join(dir, "small.txt"), filepath.Join(dir, "large.bin")
	write(t, p.small, "small")
	write(t, p.large, strings.Repeat("0123456789abcdef", 11<<16)) // 11 MiB: three parts
	return p
}

// see has each request looked at; nil ends that.
func (p *policed) see(do func(*http.Request)) {
	if do == nil {
		p.passes.Store(nil)
		return
	}
	p.passes.Store(&do)
}

// desk opens one whose profile may do what a policy says, and nothing else.
func (p *policed) desk(t *testing.T, policy string) *desk.Desk {
	t.Helper()
	key, secret, token, ends := p.minio.Session(time.Hour, policy)
	isolate(t, "[default]\nendpoint_url = "+p.front+"\n", fmt.Sprintf(
		"[default]\naws_access_key_id = %s\naws_secret_access_key = %s\naws_session_token = %s\nx_security_token_expires = %s\n",
		key, secret, token, ends.Format(time.RFC3339)))
	return openDesk(t, desk.Options{})
}

// job is something that Waybill does; the error says that it does not work.
type job struct {
	name    string
	feature desk.Feature
	do      func(ctx context.Context, d *desk.Desk, to desk.Destination) error
}

// jobs are all that Waybill asks of a store for a destination. Each is on its own.
func (p *policed) jobs(t *testing.T) []job {
	good := func(transfers ...desk.Transfer) error {
		for _, s := range transfers {
			if s.State != desk.Sent || s.Trouble != nil || s.Link == nil {
				return fmt.Errorf("%s: %s, %w", s.Name, s.State, s.Trouble)
			}
		}
		return nil
	}
	// What was sent is sent, whether its link opens or not.
	arrived := func(transfers ...desk.Transfer) error {
		for _, s := range transfers {
			if s.State != desk.Sent {
				return fmt.Errorf("%s: %s, %w", s.Name, s.State, s.Trouble)
			}
		}
		return nil
	}
	sends := func(d *desk.Desk, to desk.Destination, o desk.SendOptions, paths ...string) desk.Transfer {
		o.PartSize, o.Verify = 5<<20, desk.VerifyAll
		return one(t, send(t, d, to, o, paths...))
	}
	leaves := func(d *desk.Desk, to desk.Destination, why error) desk.Transfer {
		ctx, leave := context.WithCancelCause(context.Background())
		defer leave(nil)
		var parts atomic.Int64
		p.see(func(r *http.Request) {
			if r.Method == http.MethodPut && r.URL.Query().Has("partNumber") && parts.Add(1) == 3 {
				leave(why)
			}
		})
		defer p.see(nil)
		drop := d.Send(ctx, to, desk.SendOptions{PartSize: 5 << 20, Concurrency: 1}, []string{p.large})
		var last desk.Transfer
		for last = range drop.Events() {
			continue
		}
		return last
	}
	return []job{
		{"send", desk.FeatureSend, func(_ context.Context, d *desk.Desk, to desk.Destination) error {
			return arrived(sends(d, to, desk.SendOptions{}, p.small))
		}},
		{"send in parts", desk.FeatureSend, func(_ context.Context, d *desk.Desk, to desk.Destination) error {
			return arrived(sends(d, to, desk.SendOptions{}, p.large))
		}},
		{"keep both", desk.FeatureSend, func(_ context.Context, d *desk.Desk, to desk.Destination) error {
			first, second := sends(d, to, desk.SendOptions{}, p.small), sends(d, to, desk.SendOptions{}, p.small)
			if first.Key == second.Key {
				return fmt.Errorf("both are %s", first.Key)
			}
			return arrived(first, second)
		}},
		{"resume", desk.FeatureSend, func(ctx context.Context, d *desk.Desk, to desk.Destination) error {
			leaves(d, to, desk.ErrLeave)
			list := interrupted(t, d)
			if len(list) != 1 {
				return fmt.Errorf("%d interrupted", len(list))
			}
			listed := false
			p.see(func(r *http.Request) {
				listed = listed || r.Method == http.MethodGet && r.URL.Query().Has("uploadId")
			})
			defer p.see(nil)
			drop, err := d.Resume(ctx, list[0], desk.Attendance{})
			if err != nil {
				return err
			}
			again := collect(t, drop)
			if !listed {
				return errors.New("the parts were not asked for")
			}
			return arrived(again...)
		}},
		{"cancel", desk.FeatureSend, func(ctx context.Context, d *desk.Desk, to desk.Destination) error {
			last := leaves(d, to, nil)
			out, err := p.root.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: aws.String(p.bucket), Prefix: aws.String(last.Key)})
			if err == nil && len(out.Uploads) > 0 {
				err = errors.New("an unfinished upload stays")
			}
			return err
		}},
		{"open the link", desk.FeatureLink, func(_ context.Context, d *desk.Desk, to desk.Destination) error {
			key := p.put(to, "there.txt")
			made := d.LinkTo(context.Background(), desk.Store{}, p.bucket, key, desk.SendOptions{})
			if err := good(made); err != nil {
				return err
			}
			if body, _, status := download(t, made.Link.URL); status != http.StatusOK || string(body) != "there" {
				return fmt.Errorf("HTTP %d: %s", status, body)
			}
			return nil
		}},
		{"choose a folder", desk.FeatureBrowse, func(ctx context.Context, d *desk.Desk, to desk.Destination) error {
			key := p.put(to, "folder/there.txt")
			names, err := d.Prefixes(ctx, to)
			if err != nil || len(names) == 0 {
				return fmt.Errorf("%q: %w", names, err)
			}
			page, err := d.Browse(ctx, desk.Store{}, p.bucket, to.Prefix+"/folder/", "")
			if err != nil || len(page.Lines) != 1 || page.Lines[0].Key != key {
				return fmt.Errorf("%+v: %w", page, err)
			}
			return nil
		}},
		{"clean", desk.FeatureClean, func(ctx context.Context, d *desk.Desk, to desk.Destination) error {
			key := to.Prefix + "/stale"
			out, err := p.root.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(p.bucket), Key: aws.String(key)})
			if err != nil {
				return err
			}
			defer func() {
				_, _ = p.root.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: aws.String(p.bucket), Key: aws.String(key), UploadId: out.UploadId})
			}()
			found, err := d.StaleUploads(ctx, desk.Store{}, p.bucket, key)
			if err != nil || len(found) != 1 {
				return fmt.Errorf("%+v: %w", found, err)
			}
			return d.RemoveUpload(ctx, desk.Store{}, p.bucket, found[0])
		}},
		{"revoke", desk.FeatureRevoke, func(ctx context.Context, d *desk.Desk, to desk.Destination) error {
			_, err := p.revokes(ctx, d, sends(d, to, desk.SendOptions{}, p.small), desk.RevokeDelete)
			return err
		}},
		{"bundle", desk.FeatureRequests, func(_ context.Context, d *desk.Desk, to desk.Destination) error {
			a, b := sends(d, to, desk.SendOptions{}, p.small), sends(d, to, desk.SendOptions{}, p.small)
			return good(d.Bundle(context.Background(), to, desk.SendOptions{Verify: desk.VerifyAll}, "Both", a.ID, b.ID))
		}},
		{"rename and back", desk.FeatureRequests, func(ctx context.Context, d *desk.Desk, to desk.Destination) error {
			e, err := p.revokes(ctx, d, sends(d, to, desk.SendOptions{}, p.small), desk.RevokeRename)
			if err == nil {
				_, err = d.Unrevoke(ctx, e.ID)
			}
			return err
		}},
		{"request", desk.FeatureRequests, func(ctx context.Context, d *desk.Desk, to desk.Destination) error {
			w, err := d.Request(ctx, to, desk.RequestOptions{})
			if err != nil {
				return err
			}
			if w.Trouble != nil {
				return w.Trouble
			}
			s, err := signer.Open(ctx, signer.Options{})
			if err != nil {
				return err
			}
			guest, f := place{t, s, p.bucket, http.DefaultClient}, w.Posts[0]
			if status, answer := guest.post(f.URL, f.Fields, f.Folder+"x/a.txt", f.ContentType, []byte("come")); status != http.StatusCreated {
				return fmt.Errorf("the guest: HTTP %d: %s", status, answer)
			}
			list, err := d.Arrivals(ctx, w.Request.ID)
			if err != nil || len(list) != 1 || list[0].ContentType == "" {
				return fmt.Errorf("%+v: %w", list, err)
			}
			brought, err := d.Download(ctx, w.Request.ID, t.TempDir(), nil, nil)
			if err != nil || len(brought) != 1 || brought[0].Trouble != nil {
				return fmt.Errorf("%+v: %w", brought, err)
			}
			_, err = d.CloseRequest(ctx, w.Request.ID, false)
			return err
		}},
		{"undo", desk.FeatureUndo, func(ctx context.Context, d *desk.Desk, to desk.Destination) error {
			sent := sends(d, to, desk.SendOptions{}, p.small)
			r, err := d.Revocable(ctx, sent.ID)
			if err != nil {
				return err
			}
			if !r.Versioned {
				return errors.New("nobody is told that it can be undone")
			}
			if _, err := d.Revoke(ctx, r, desk.RevokeDelete); err != nil {
				return err
			}
			_, err = d.Unrevoke(ctx, sent.ID)
			return err
		}},
		{"list the buckets", desk.FeatureBuckets, func(ctx context.Context, d *desk.Desk, _ desk.Destination) error {
			names, err := d.Buckets(ctx, desk.Store{})
			if err == nil && len(names) == 0 {
				err = errors.New("there are none")
			}
			return err
		}},
		{"read the CORS rules", desk.FeatureCORS, func(ctx context.Context, d *desk.Desk, _ desk.Destination) error {
			rules, err := d.CORS(ctx, desk.Store{}, p.bucket)
			if err == nil && rules.Trouble != nil && rules.Trouble.Code == "AccessDenied" {
				err = rules.Trouble
			}
			return err
		}},
	}
}

// put puts something there as root.
func (p *policed) put(to desk.Destination, name string) (key string) {
	p.t.Helper()
	key = strings.TrimSuffix(to.Prefix, "/") + "/" + name
	if _, err := p.root.PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(p.bucket), Key: aws.String(strings.TrimPrefix(key, "/")), Body: strings.NewReader("there"),
	}); err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimPrefix(key, "/")
}

func (p *policed) revokes(ctx context.Context, d *desk.Desk, sent desk.Transfer, how desk.Revoking) (desk.Entry, error) {
	if sent.State != desk.Sent {
		return desk.Entry{}, fmt.Errorf("it was not sent: %w", sent.Trouble)
	}
	r, err := d.Revocable(ctx, sent.ID)
	if err != nil {
		return desk.Entry{}, err
	}
	e, err := d.Revoke(ctx, r, how)
	if err != nil {
		return e, err
	}
	_, err = p.root.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(p.bucket), Key: aws.String(sent.Key)})
	if err == nil {
		return e, errors.New("it is still there")
	}
	return e, nil
}

// does runs the jobs of features, and gives what does not work, by the job's name.
func (p *policed) does(t *testing.T, policy string, to desk.Destination, features ...desk.Feature) map[string]error {
	t.Helper()
	d := p.desk(t, policy)
	failed := map[string]error{}
	for _, j := range p.jobs(t) {
		for _, f := range features {
			if f != j.feature {
				continue
			}
			at := to
			if j.name != "send" && j.name != "choose a folder" { // these are about the destination itself
				at.Prefix += "/" + strings.ReplaceAll(j.name, " ", "-") + rand.Text()[:4]
			}
			if err := j.do(t.Context(), d, at); err != nil {
				failed[j.name] = err
			}
		}
	}
	p.tidy(to.Prefix)
	return failed
}

// tidy empties a folder as root, so that jobs find it as they expect.
func (p *policed) tidy(prefix string) {
	ctx := context.Background()
	out, err := p.root.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(p.bucket), Prefix: aws.String(prefix)})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, o := range out.Contents {
		if _, err := p.root.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(p.bucket), Key: o.Key}); err != nil {
			p.t.Fatal(err)
		}
	}
}
