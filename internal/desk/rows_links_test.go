package desk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
	"waybill/signer"
)

// TestLinkRows: links, pages and revoking, with what may go wrong in between.
func TestLinkRows(t *testing.T) {
	ctx := t.Context()
	d, to := newDesk(t, desk.Options{}), dest(t)
	sent := sendOne(t, d, to, desk.SendOptions{}, "a.txt", "hello")
	if told := desk.Explain(errors.New("the moon is full")); code(told) != "Unexpected" {
		t.Error(told)
	}

	// The store has something else than was sent, then so has the disk.
	put(t, sent.Key, "hullo")
	if _, err := d.Verify(ctx, sent.ID); code(err) != "VerifyObject" {
		t.Error(err)
	}
	r, err := d.Revocable(ctx, sent.ID)
	if err != nil || r.Replaced != 1 || code(desk.ReplacedSince(r)) != "ObjectReplaced" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, how := range []desk.Revoking{desk.RevokeDelete, desk.RevokeRename} {
		if asks := desk.Said(r.Ask(how)); !strings.HasSuffix(asks, ".") && !strings.HasSuffix(asks, "?") {
			t.Errorf("%q", asks)
		}
	}
	put(t, sent.Key, "hello")
	write(t, sent.Path, "hallo")
	if _, err := d.Verify(ctx, sent.ID); code(err) != "VerifyChanged" {
		t.Error(err)
	}
	linked := d.LinkTo(ctx, desk.Store{}, to.Bucket, sent.Key, desk.SendOptions{})
	if _, err := d.Verify(ctx, linked.ID); code(err) != "NothingToVerify" {
		t.Error(err)
	}
	failed := one(t, send(t, d, to, desk.SendOptions{}, "/dev/zero"))
	if _, err := d.Revocable(ctx, failed.ID); code(err) != "NothingToRevoke" {
		t.Error(err)
	}
	if made := d.Bundle(ctx, to, desk.SendOptions{}, "All", slices.Repeat([]string{sent.ID}, 2001)...); code(made.Trouble) != "BundleTooLarge" {
		t.Error(made.Trouble)
	}
	folder := filepath.Join(t.TempDir(), "folder")
	write(t, filepath.Join(folder, "a.txt"), "hello")
	if err := os.Symlink("nowhere", filepath.Join(folder, "dangling")); err != nil {
		t.Fatal(err)
	}
	drop := d.SendZip(ctx, to, desk.SendOptions{}, []string{folder})
	collect(t, drop)
	if n := drop.Notices(); len(n) != 1 || code(n[0]) != "LeftOut" {
		t.Errorf("%v", n)
	}

	// What is signed again ends at another time than before.
	e := desk.Entry{Destination: to, Ends: time.Now().Add(10 * 24 * time.Hour)}
	for want, again := range map[string]*desk.Link{
		"EndUnknown":      {Because: signer.Unknown},
		"CopyEndsAtLimit": {Ends: time.Now().Add(7 * 24 * time.Hour), Because: signer.Limit},
		"CopyEndsEarly":   {Ends: time.Now().Add(time.Hour), Because: signer.Credentials},
	} {
		if told := d.EndsEarlier(e, again); code(told) != want {
			t.Errorf("%v, want %s", told, want)
		}
	}
	w := &desk.Ways{Request: desk.Request{Ends: time.Now().Add(time.Hour)}, Ends: time.Now().Add(time.Minute)}
	if told := w.EndsEarlier(); code(told) != "WaysEndEarly" {
		t.Errorf("%v", told)
	}

	closed, err := desk.Open(ctx, desk.Options{Home: filepath.Join(t.TempDir(), "home")})
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := closed.Sandbox(ctx); code(err) != "SandboxFailed" {
		t.Error(err)
	}
	if _, err := closed.Links(ctx, 0); code(err) != "LedgerFailed" {
		t.Error(err)
	}
}

// TestPageThatCannotBeWritten: a file's link is renewed, and the store takes no page any more.
func TestPageThatCannotBeWritten(t *testing.T) {
	var refusing atomic.Bool
	_, credentials := sandboxProfile()
	isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if refusing.Load() && r.Method == http.MethodPut {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
			return
		}
		pass(w)
	})+"\n", credentials)
	d, to := openDesk(t, desk.Options{}), dest(t)
	sent := sendOne(t, d, to, desk.SendOptions{}, "a.txt", "hello")
	if page := d.Bundle(t.Context(), to, desk.SendOptions{}, "All", sent.ID); page.Trouble != nil {
		t.Fatal(page.Trouble)
	}
	refusing.Store(true)
	if again := d.Renew(t.Context(), sent.ID, time.Hour, desk.VerifyNone); code(again.Trouble) != "PageNotWritten" {
		t.Errorf("%v", again.Trouble)
	}
}

// TestPartsOfUnknownSize: a store that keeps a sum of sums, and says the whole object's size of its first part, as Ceph does.
func TestPartsOfUnknownSize(t *testing.T) {
	const sum = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=-3"
	_, credentials := sandboxProfile()
	isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method != http.MethodHead {
			pass(w)
			return
		}
		w.Header().Set("ETag", `"x-3"`)
		w.Header().Set("Content-Length", "5")
		w.Header().Set("X-Amz-Checksum-Sha256", sum)
	})+"\n", credentials)
	d := openDesk(t, desk.Options{})
	sent := sendOne(t, d, dest(t), desk.SendOptions{Verify: desk.VerifyNone}, "a.txt", "hello")
	if err := d.Proves(t.Context(), sent.ID, "sha256:"+sum); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Verify(t.Context(), sent.ID); code(err) != "VerifyParts" {
		t.Error(err)
	}
}

// TestSessionEndsWhileSending: the credentials end before the link is signed, and there are no others.
func TestSessionEndsWhileSending(t *testing.T) {
	atStore(t)
	once := filepath.Join(t.TempDir(), "once")
	ends := time.Now().Add(3 * time.Second)
	given := fmt.Sprintf(`{"Version":1,"AccessKeyId":%q,"SecretAccessKey":%q,"Expiration":%q}`,
		store.Keys().AccessKeyID, store.Keys().SecretAccessKey, ends.UTC().Format(time.RFC3339Nano))
	file := filepath.Join(t.TempDir(), "given.json")
	write(t, file, given)
	isolate(t, "[default]\ncredential_process = sh -c 'mkdir "+once+" 2>/dev/null && cat "+file+"'\nendpoint_url = "+
		tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
			if r.Method == http.MethodPut {
				<-time.After(time.Until(ends)) // a slow upload: it is signed in time, and the link is not
			}
			pass(w)
		})+"\n", "")
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	s := one(t, send(t, d, dest(t), desk.SendOptions{}, path))
	if s.State != desk.Sent || s.Link != nil || code(s.Trouble) != "LinkNotMade" {
		t.Errorf("%s, %+v, %v", s.State, s.Link, s.Trouble)
	}
}

// TestRequestRows: requests that cannot be tried, closed or downloaded from as they should be.
func TestRequestRows(t *testing.T) {
	ctx := t.Context()
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	if _, err := a.desk.Ways(ctx, "nobody"); code(err) != "NoSuchRequest" {
		t.Error(err)
	}
	w := a.ask(desk.RequestOptions{Large: -1})
	if err := a.desk.Undeny(ctx, w.Request.ID); code(err) != "NothingDenied" {
		t.Error(err)
	}
	asks, err := a.desk.Closable(ctx, w.Request.ID)
	if err != nil || !strings.HasSuffix(desk.Said(asks.Ask(true)), "again.") {
		t.Errorf("%+v, %v", asks, err)
	}
	a.sendByForm(w, map[string]string{"a.txt": "hello"})
	_, keys := sandboxProfile()

	// The file is another one when it is fetched than when it was listed.
	arrived := a.arrived(w.Request.ID)
	if len(arrived) != 1 {
		t.Fatalf("%+v", arrived)
	}
	isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/a.txt") {
			put(t, arrived[0].Key, "something else")
		}
		pass(w)
	})+"\n", keys)
	d := openDesk(t, desk.Options{Home: a.desk.Home()})
	if list, err := d.Download(ctx, w.Request.ID, t.TempDir(), nil, nil); err != nil || len(list) != 1 || code(list[0].Trouble) != "ArrivalChanged" {
		t.Errorf("%+v, %v", list, err)
	}

	// The page is gone as soon as it was written.
	isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, ".html") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
			return
		}
		pass(w)
	})+"\n", keys)
	made, err := openDesk(t, desk.Options{}).Request(ctx, dest(t), desk.RequestOptions{})
	if err != nil || code(made.Trouble) != "PageNotTried" {
		t.Errorf("%+v, %v", made, err)
	}

	// A store that knows no rules for pages, and lets none upload.
	without, says := atAnswers(t)
	*says = answer{status: http.StatusNotImplemented, code: "NotImplemented"}
	if c, err := without.CORS(ctx, desk.Store{}, "team-share"); err != nil || code(c.Trouble) != "CORSNever" {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestRulesThatDoNotHelp: a versitygw with users, whose bucket has no policy at first, and which does not hold forms to it.
func TestRulesThatDoNotHelp(t *testing.T) {
	ctx := t.Context()
	a := usersStore(t)
	w := a.ask(desk.RequestOptions{Files: 1})
	closed, err := a.desk.CloseRequest(ctx, w.Request.ID, true)
	if err != nil || code(closed.Still) != "NotDenied" || code(errors.Unwrap(closed.Still)) != "PolicyFirst" {
		t.Errorf("%+v, %v", closed, err)
	}
	mine := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["` + usersKey + `"]},"Action":"s3:*",` +
		`"Resource":["arn:aws:s3:::inbox","arn:aws:s3:::inbox/*"]}]}`
	if _, err := a.signer.Client().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String("inbox"), Policy: aws.String(mine)}); err != nil {
		t.Fatal(err)
	}
	form := a.ask(desk.RequestOptions{})
	if closed, err = a.desk.CloseRequest(ctx, form.Request.ID, true); err != nil || code(closed.Still) != "NotDenied" || code(errors.Unwrap(closed.Still)) != "PolicyNotHonoured" {
		t.Errorf("%+v, %v", closed, err)
	}

	// The rule is taken once, and no other change after it.
	target, err := url.Parse(a.signer.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	var written atomic.Int32
	road := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("policy") && r.Method != http.MethodGet && written.Add(1) > 1 {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
			return
		}
		on.ServeHTTP(w, r)
	}))
	t.Cleanup(road.Close)
	isolate(t, "[default]\nendpoint_url = "+road.URL+"\n", "[default]\naws_access_key_id = "+usersKey+"\naws_secret_access_key = "+usersSecret+"\n")
	d := openDesk(t, desk.Options{})
	last, err := d.Request(ctx, a.to, desk.RequestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if closed, err = d.CloseRequest(context.WithoutCancel(ctx), last.Request.ID, true); err != nil || code(closed.Still) != "NotDeniedNorUndone" {
		t.Errorf("%+v, %v", closed, err)
	}
}
