package desk_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// TestCheckCancelled: at whatever request of a check it is cancelled, before the store has heard of it or after it has
// answered, nothing stays in the bucket.
func TestCheckCancelled(t *testing.T) {
	_, keys := sandboxProfile()
	var asked atomic.Int64
	atProxy(t, func(*http.Request) { asked.Add(1) })
	checked(t, openDesk(t, desk.Options{}), dest(t), desk.CheckOptions{Consent: agreed})
	total := int(asked.Load())
	if total < 15 {
		t.Fatalf("only %d requests", total)
	}
	for at := 1; at <= total; at++ {
		for _, after := range []bool{false, true} {
			ctx, cancel := context.WithCancel(t.Context())
			var mu sync.Mutex
			n := 0
			endpoint := tampering(t, func(w http.ResponseWriter, _ *http.Request, pass func(http.ResponseWriter)) {
				mu.Lock()
				n++
				mine := n == at
				mu.Unlock()
				if mine && !after {
					cancel()
				}
				pass(w)
				if mine && after {
					cancel()
				}
			})
			isolate(t, "[default]\nendpoint_url = "+endpoint+"\n", keys)
			to := dest(t)
			c, err := openDesk(t, desk.Options{}).Check(ctx, to, desk.CheckOptions{Consent: agreed})
			if err != nil {
				t.Fatal(err)
			}
			stepsOf(t, c)
			cancel()
			if left := c.Left(); left != nil {
				t.Errorf("at request %d: %v", at, left)
			}
			if objects, unfinished := inBucket(t, to.Prefix); len(objects)+len(unfinished) > 0 {
				t.Errorf("cancelled at request %d of %d (after: %v): %q %q", at, total, after, objects, unfinished)
			}
		}
	}
}

// TestCheckCutOff: the network goes in the middle of a check. When it comes back in time, nothing stays; else the check says
// what may, and the next one removes it once it is old enough.
func TestCheckCutOff(t *testing.T) {
	newDesk(t, desk.Options{})
	for name, c := range map[string]struct {
		at    func(*http.Request) bool // whose answer is lost first
		back  bool
		stays string
	}{
		"the put's answer is lost":            {func(r *http.Request) bool { return r.Method == http.MethodPut }, true, ""},
		"the upload's name is lost":           {func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Query().Has("uploads") }, true, ""},
		"the part's answer is lost":           {func(r *http.Request) bool { return r.URL.Query().Has("partNumber") }, true, ""},
		"the network is gone after the put":   {func(r *http.Request) bool { return r.Method == http.MethodPut }, false, "CheckStays"},
		"the network is gone with the upload": {func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Query().Has("uploads") }, false, "CheckUploadStays"},
	} {
		t.Run(name, func(t *testing.T) {
			var cut, once atomic.Bool
			endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
				if cut.Load() {
					panic(http.ErrAbortHandler)
				}
				if c.at(r) && once.CompareAndSwap(false, true) {
					cut.Store(true)
					lost := new(unheard)
					pass(lost) // the store has done it
					if c.back {
						time.AfterFunc(700*time.Millisecond, func() { cut.Store(false) })
					}
					panic(http.ErrAbortHandler)
				}
				pass(w)
			})
			s := desk.Store{Endpoint: endpoint}
			to := desk.Destination{Store: s, Bucket: sandbox.Bucket, Prefix: dest(t).Prefix}
			home := t.TempDir()
			d := openDesk(t, desk.Options{Home: home})
			if !c.back {
				d.CheckWaits(time.Second)
			}
			check, steps := checked(t, d, to, desk.CheckOptions{Consent: agreed})
			if check.Works() {
				t.Errorf("it works: %+v", steps)
			}
			objects, unfinished := inBucket(t, to.Prefix)
			if c.stays == "" {
				if len(objects)+len(unfinished) > 0 || check.Left() != nil {
					t.Errorf("%q %q, %v", objects, unfinished, check.Left())
				}
				return
			}
			if code(check.Left()) != c.stays || len(objects)+len(unfinished) != 1 || !strings.Contains(strings.Join(append(objects, unfinished...), ""), "/.waybill-check-") {
				t.Fatalf("%q %q, %v", objects, unfinished, check.Left())
			}
			cut.Store(false)
			// Another check may be running, so what is young stays.
			checked(t, openDesk(t, desk.Options{Home: home}), to, desk.CheckOptions{Consent: agreed})
			if now, still := inBucket(t, to.Prefix); len(now) != len(objects) || len(still) != len(unfinished) {
				t.Errorf("what is young was removed: %q %q", now, still)
			}
		})
	}
}

// unheard takes an answer that nobody gets.
type unheard struct {
	header http.Header
	body   bytes.Buffer
}

func (n *unheard) Header() http.Header {
	if n.header == nil {
		n.header = http.Header{}
	}
	return n.header
}
func (n *unheard) Write(p []byte) (int, error) { return n.body.Write(p) }
func (n *unheard) WriteHeader(int)             {}

// TestCheckTidiesEarlier: what checks that were killed have left goes with the next one: what has the very name, is as small
// as a check's, and older than any check takes. Nothing else does.
func TestCheckTidiesEarlier(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	home := t.TempDir()
	to := desk.Destination{Bucket: teststore.Bucket, Prefix: "alice"}
	root := m.Client(m.Key, m.Secret, "")
	const old = "alice/.waybill-check-0b9d8f39-5c2d-4a6b-9a57-6a3f1d5f3c11"
	others := []string{
		"alice/.waybill-check-", "alice/.waybill-check-notes.txt", "alice/sub/.waybill-check-0b9d8f39-5c2d-4a6b-9a57-6a3f1d5f3c11",
		".waybill-check-0b9d8f39-5c2d-4a6b-9a57-6a3f1d5f3c11", "alice/.waybill-check-0b9d8f39-5c2d-4a6b-9a57-6a3f1d5f3c11.txt",
	}
	for _, key := range append([]string{old}, others...) {
		if _, err := root.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(teststore.Bucket), Key: aws.String(key), Body: strings.NewReader("x")}); err != nil {
			t.Fatal(err)
		}
	}
	// An upload as a killed check leaves it: by the one key that this home's checks use here.
	check, err := openDesk(t, desk.Options{Home: home}).Check(t.Context(), to, desk.CheckOptions{Consent: agreed})
	if err != nil {
		t.Fatal(err)
	}
	stepsOf(t, check)
	started := desk.CheckUploadKey(home, teststore.Bucket, "alice/")
	_, err = root.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String(teststore.Bucket), Key: aws.String(started)})
	if err != nil {
		t.Fatal(err)
	}
	there := func() (keys []string, uploads int) {
		out, err := root.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(teststore.Bucket)})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out.Contents {
			keys = append(keys, aws.ToString(o.Key))
		}
		list, err := root.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: aws.String(teststore.Bucket), Prefix: aws.String(started)})
		if err != nil {
			t.Fatal(err)
		}
		return keys, len(list.Uploads)
	}
	if keys, uploads := there(); len(keys) != 6 || uploads != 1 {
		t.Fatalf("a check has removed what is young: %q, %d uploads", keys, uploads)
	}
	// Two hours later; the store's clock is ours, so what is signed then is refused and signed again with the store's time.
	// What counts is the store's time, so nothing is old by a wrong clock here.
	wrong := openDesk(t, desk.Options{Home: home, Now: func() time.Time { return time.Now().Add(2 * time.Hour) }})
	if _, steps := checked(t, wrong, to, desk.CheckOptions{Consent: agreed}); steps["left"].State != "" {
		t.Errorf("with a wrong clock: %+v", steps["left"])
	}
	later := openDesk(t, desk.Options{Home: home})
	later.LeftAfter(0)
	if _, steps := checked(t, later, to, desk.CheckOptions{ReadOnly: true}); steps["left"].State != "" {
		t.Errorf("only looking: %+v", steps["left"])
	}
	found, err := later.StaleUploads(t.Context(), desk.Store{}, teststore.Bucket, "alice/")
	if err != nil || len(found) != 1 || !found[0].Ours {
		t.Errorf("waybill clean finds %+v, %v", found, err)
	}
	_, steps := checked(t, later, to, desk.CheckOptions{Consent: agreed})
	if s := steps["left"]; s.State != desk.CheckFine || s.Facts.Removed != 2 {
		t.Errorf("%+v", s)
	}
	if keys, uploads := there(); len(keys) != len(others) || uploads != 0 {
		t.Errorf("%q, %d uploads", keys, uploads)
	}
}

// TestCheckVersions: in a bucket that keeps versions, these go as well where the profile may remove them; else it says what
// stays, and puts nothing more there.
func TestCheckVersions(t *testing.T) {
	p := newPoliced(t, teststore.Bucket)
	p.version(teststore.Bucket)
	versions := func() (n int) {
		out, err := p.root.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String(teststore.Bucket)})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Versions) + len(out.DeleteMarkers)
	}
	to := desk.Destination{Bucket: teststore.Bucket, Prefix: "alice"}
	question := ""
	asks := func(_ context.Context, q desk.CheckQuestion) bool { question = q.Text.String(); return true }
	c, steps := checked(t, p.desk(t, p.policyOf(t, to, append(desk.UsualFeatures(), desk.FeatureUndo)...)), to, desk.CheckOptions{Consent: asks})
	states(t, steps, map[desk.CheckState]string{desk.CheckFine: "versions put get delete version speed"})
	if n := versions(); n != 0 || c.Left() != nil || !strings.Contains(question, "with its versions") {
		t.Errorf("%d versions stay, %v; asked %q", n, c.Left(), question)
	}
	// Where they are suspended, a delete leaves a marker all the same, so nothing is deleted before it was asked.
	suspended := &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended}
	if _, err := p.root.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: aws.String(teststore.Bucket), VersioningConfiguration: suspended}); err != nil {
		t.Fatal(err)
	}
	c, _ = checked(t, p.desk(t, p.policyOf(t, to, append(desk.UsualFeatures(), desk.FeatureUndo)...)), to, desk.CheckOptions{Consent: func(context.Context, desk.CheckQuestion) bool {
		if n := versions(); n != 0 {
			t.Errorf("%d markers before it was asked", n)
		}
		return true
	}})
	if n := versions(); n != 0 || c.Left() != nil || !c.Works() {
		t.Errorf("%d versions stay where they are suspended, %v; %s", n, c.Left(), c.Summary())
	}
	p.version(teststore.Bucket)
	// Who may delete but no versions, and may not ask whether there are any.
	c, steps = checked(t, p.desk(t, p.policyOf(t, to)), to, desk.CheckOptions{Consent: asks})
	states(t, steps, map[desk.CheckState]string{desk.CheckFine: "put get delete", desk.CheckMissing: "versions version", desk.CheckSkipped: "speed"})
	if n := versions(); n == 0 || n > 3 || code(c.Left()) != "CheckVersionStays" || !c.Works() {
		t.Errorf("%d versions stay, %v; %s", n, c.Left(), c.Summary())
	}
}

// TestCheckLocked: where Object Lock would keep what is put, that is said before, and without a yes nothing is put.
func TestCheckLocked(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	root := m.Client(m.Key, m.Secret, "")
	if _, err := root.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("locked"), ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := root.PutObjectLockConfiguration(t.Context(), &s3.PutObjectLockConfigurationInput{
		Bucket: aws.String("locked"), ObjectLockConfiguration: &types.ObjectLockConfiguration{
			ObjectLockEnabled: types.ObjectLockEnabledEnabled,
			Rule:              &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeGovernance, Days: aws.Int32(3)}},
		},
	}); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		out, err := root.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String("locked")})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Versions)
	}
	to := desk.Destination{Bucket: "locked"}
	var asked desk.CheckQuestion
	for _, yes := range []bool{false, true} {
		c, steps := checked(t, openDesk(t, desk.Options{}), to, desk.CheckOptions{Consent: func(_ context.Context, q desk.CheckQuestion) bool {
			asked = q
			if n := count(); n != 0 {
				t.Errorf("%d were put before anybody was asked", n)
			}
			return yes
		}})
		if !asked.Locked || asked.Days != 3 || !strings.Contains(asked.Text.String(), "keeps the object for 3 days") {
			t.Errorf("%+v", asked)
		}
		want := map[bool]int{false: 0, true: 1}[yes]
		if n := count(); n != want {
			t.Errorf("%d objects, want %d", n, want)
		}
		if yes {
			states(t, steps, map[desk.CheckState]string{desk.CheckFine: "put get delete multipart parts abort", desk.CheckSkipped: "version speed"})
			if code(c.Left()) != "CheckLocked" {
				t.Error(c.Left())
			}
		}
	}
}
