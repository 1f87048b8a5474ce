package desk_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/teststore"
)

// checked runs a check to its end, and gives its steps by their names.
func checked(t *testing.T, d *desk.Desk, to desk.Destination, o desk.CheckOptions) (*desk.Check, map[string]desk.CheckStep) {
	t.Helper()
	c, err := d.Check(t.Context(), to, o)
	if err != nil {
		t.Fatal(err)
	}
	return c, stepsOf(t, c)
}

func stepsOf(t *testing.T, c *desk.Check) map[string]desk.CheckStep {
	t.Helper()
	last := map[string]desk.CheckStep{}
	for s := range c.Events() {
		before, known := last[s.ID]
		if !known && s.State != desk.CheckRunning {
			t.Errorf("the first news of %s is %s", s.ID, s.State)
		}
		if known && before.State != desk.CheckRunning {
			t.Errorf("%s went from %s to %s", s.ID, before.State, s.State)
		}
		last[s.ID] = s
	}
	for id, s := range last {
		if s.State == desk.CheckRunning {
			t.Errorf("%s never ended", id)
		}
		if strings.Contains(s.Result.String(), "{{") || strings.Contains(s.Result.String(), "<no value>") {
			t.Errorf("%s says %q", id, s.Result)
		}
	}
	return last
}

func agreed(context.Context, desk.CheckQuestion) bool { return true }

// states wants each of the named steps to have come to a state.
func states(t *testing.T, steps map[string]desk.CheckStep, want map[desk.CheckState]string) {
	t.Helper()
	for state, ids := range want {
		for _, id := range strings.Fields(ids) {
			if s, ok := steps[id]; !ok || s.State != state {
				t.Errorf("%s is %q, want %q: %s %v", id, s.State, state, s.Result, s.Trouble)
			}
		}
	}
}

// TestCheck looks at a store where all is allowed, and leaves nothing.
func TestCheck(t *testing.T) {
	d := newDesk(t, desk.Options{})
	to := dest(t)
	put(t, to.Prefix+"/already.txt", "there")
	asked := 0
	c, steps := checked(t, d, to, desk.CheckOptions{Consent: func(_ context.Context, q desk.CheckQuestion) bool {
		asked++
		if q.Locked || !strings.Contains(q.Text.String(), "sandbox/"+to.Prefix+"/.waybill-check-") {
			t.Errorf("%+v: %s", q, q.Text)
		}
		return true
	}})
	for _, s := range c.Steps() {
		t.Logf("%-10s %-8s %s", s.ID, s.State, s.Result)
	}
	states(t, steps, map[desk.CheckState]string{
		desk.CheckFine: "profile name tls clock access answer list uploads buckets put get delete multipart parts abort speed",
	})
	if asked != 1 || !c.Works() || c.Summary().String() != "Everything works here." || c.Left() != nil {
		t.Errorf("asked %d times, %q, %v", asked, c.Summary(), c.Left())
	}
	if f := steps["answer"].Facts; f.RoundTrip <= 0 || f.FirstByte <= 0 {
		t.Errorf("%+v", f)
	}
	if f := steps["speed"].Facts; f.PutSpeed <= 0 || f.GetSpeed <= 0 {
		t.Errorf("%+v", f)
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys) != 1 || len(unfinished) != 0 {
		t.Errorf("left %q %q", keys, unfinished)
	}
}

// TestCheckReadOnly writes nothing, by whatever way it comes to that.
func TestCheckReadOnly(t *testing.T) {
	to := dest(t)
	put(t, to.Prefix+"/already.txt", "there")
	var written []string
	atProxy(t, func(r *http.Request) {
		if r.Method == http.MethodPut || r.Method == http.MethodPost {
			written = append(written, r.Method+" "+r.URL.Path)
		}
	})
	d := openDesk(t, desk.Options{})
	for name, o := range map[string]desk.CheckOptions{
		"nobody asked": {}, "told so": {ReadOnly: true, Consent: agreed},
		"refused": {Consent: func(context.Context, desk.CheckQuestion) bool { return false }},
	} {
		c, steps := checked(t, d, to, o)
		states(t, steps, map[desk.CheckState]string{
			desk.CheckFine: "list uploads get parts abort", desk.CheckSkipped: "put multipart speed",
		})
		// Before anybody is asked, the deletion of what is not there tells whether what is put could be removed.
		open := 2
		if name == "refused" {
			open = 1
			states(t, steps, map[desk.CheckState]string{desk.CheckFine: "delete"})
		}
		if _, missing, unknown := c.Missing(); missing != 0 || unknown != open || c.Works() != o.ReadOnly {
			t.Errorf("%s: %d missing, %d unknown, works: %v", name, missing, unknown, c.Works())
		}
	}
	if len(written) > 0 {
		t.Errorf("%q", written)
	}
}

// TestCheckWay: what is wrong on the way to the store is said at its step, and the rest is not tried.
func TestCheckWay(t *testing.T) {
	_, keys := sandboxProfile()
	for name, c := range map[string]struct{ endpoint, step, code string }{
		"no such name": {"https://no-such-host.invalid", "name", "NoSuchHost"},
		"nobody there": {"http://127.0.0.1:1", "answer", "StoreDown"},
		"no TLS":       {strings.Replace(store.Endpoint(), "http:", "https:", 1), "tls", "NotTLS"},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, "[default]\nendpoint_url = "+c.endpoint+"\n", keys)
			check, steps := checked(t, openDesk(t, desk.Options{}), dest(t), desk.CheckOptions{Consent: agreed})
			states(t, steps, map[desk.CheckState]string{desk.CheckFailed: c.step, desk.CheckSkipped: "list put get delete abort"})
			if tr := steps[c.step].Trouble; code(tr) != c.code {
				t.Errorf("%v", tr)
			}
			if check.Works() || check.Summary().String() != "The store cannot be used as it stands." {
				t.Errorf("%s", check.Summary())
			}
		})
	}
	t.Run("no such bucket", func(t *testing.T) {
		d := newDesk(t, desk.Options{})
		_, steps := checked(t, d, desk.Destination{Bucket: "no-such-bucket"}, desk.CheckOptions{Consent: agreed})
		states(t, steps, map[desk.CheckState]string{desk.CheckFine: "name clock", desk.CheckFailed: "access", desk.CheckSkipped: "list put"})
		if code(steps["access"].Trouble) != "NoSuchBucket" {
			t.Error(steps["access"].Trouble)
		}
	})
	t.Run("no profile", func(t *testing.T) {
		isolate(t, "", "")
		_, steps := checked(t, openDesk(t, desk.Options{}), desk.Destination{Store: desk.Store{Profile: "nobody"}, Bucket: "some-bucket"}, desk.CheckOptions{})
		states(t, steps, map[desk.CheckState]string{desk.CheckFailed: "profile", desk.CheckSkipped: "name put"})
	})
	t.Run("wrong secret", func(t *testing.T) {
		config, _ := sandboxProfile()
		isolate(t, config, "[default]\naws_access_key_id = "+store.Keys().AccessKeyID+"\naws_secret_access_key = wrong\n")
		_, steps := checked(t, openDesk(t, desk.Options{}), dest(t), desk.CheckOptions{Consent: agreed})
		states(t, steps, map[desk.CheckState]string{desk.CheckFailed: "access", desk.CheckSkipped: "list put"})
		if code(steps["access"].Trouble) != "SignatureDoesNotMatch" {
			t.Error(steps["access"].Trouble)
		}
	})
}

// TestCheckMinIO looks at a second store, over https, where the certificate's issuer and end are seen; distrusted, that is
// said.
func TestCheckMinIO(t *testing.T) {
	m := teststore.StartMinIO(t, true)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	to := desk.Destination{Bucket: teststore.Bucket, Prefix: "alice"}
	c, steps := checked(t, openDesk(t, desk.Options{}), to, desk.CheckOptions{Consent: agreed})
	for _, s := range c.Steps() {
		t.Logf("%-10s %-8s %s", s.ID, s.State, s.Result)
	}
	states(t, steps, map[desk.CheckState]string{
		desk.CheckFine: "profile name tls clock access answer list uploads buckets versions lock put get delete multipart parts abort speed",
	})
	f := steps["tls"].Facts
	if f.TLS != "TLS 1.3" || f.Issuer != "Waybill's tests" || time.Until(f.Ends) < 24*time.Hour || time.Until(f.Ends) > 49*time.Hour {
		t.Errorf("%+v", f)
	}
	t.Setenv("AWS_CA_BUNDLE", "")
	_, steps = checked(t, openDesk(t, desk.Options{}), to, desk.CheckOptions{Consent: agreed})
	states(t, steps, map[desk.CheckState]string{desk.CheckFailed: "tls", desk.CheckSkipped: "clock list put"})
	if code(steps["tls"].Trouble) != "CertificateSelfSigned" {
		t.Error(steps["tls"].Trouble)
	}
}

// TestCheckDeniedByAPolicy: a refusal that says which policy it comes from is a missing permission like any other, and the
// rest is looked at all the same. The words are AWS's
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html).
func TestCheckDeniedByAPolicy(t *testing.T) {
	to := dest(t)
	for policy, row := range map[string]string{
		"because no identity-based policy allows the s3:PutObject action": "AccessDenied",
		"with an explicit deny in a service control policy":               "AccessDeniedOrganization",
		"because no permissions boundary allows the s3:PutObject action":  "AccessDeniedBoundary",
		"with an explicit deny in a VPC endpoint policy":                  "AccessDeniedNetwork",
		"with an explicit deny in a resource-based policy":                "AccessDeniedPolicy",
	} {
		_, credentials := sandboxProfile()
		isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
			if q := r.URL.Query(); r.Method != http.MethodPut && !q.Has("object-lock") && !q.Has("policy") {
				pass(w)
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::111122223333:assumed-role/a/b is not authorized to perform: "+
				"s3:PutObject on resource: \"arn:aws:s3:::x/y\" "+policy+"</Message></Error>")
		})+"\n", credentials)
		c, steps := checked(t, openDesk(t, desk.Options{}), to, desk.CheckOptions{Consent: agreed})
		states(t, steps, map[desk.CheckState]string{desk.CheckMissing: "put policy multipart", desk.CheckFine: "list delete parts abort", desk.CheckUnknown: "lock"})
		if s := steps["put"]; code(s.Trouble) != row || s.Missed != "s3:PutObject" || c.Failed() > 0 {
			t.Errorf("%s: %s, %q, %d failed", policy, code(s.Trouble), s.Missed, c.Failed())
		}
	}
}

// TestCheckWithUploadSettings: what a check puts has the settings of what is sent there, but for what would show it to others
// or lay it down in an archive; and a permission that is missing for them is told apart from the one to put. MinIO and
// versitygw ask for none of that kind, so the refusals are in AWS's words.
func TestCheckWithUploadSettings(t *testing.T) {
	var refused atomic.Value // the permission that is
	var seen []http.Header
	_, credentials := sandboxProfile()
	isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		starts := r.Method == http.MethodPut && !r.URL.Query().Has("uploadId") || r.Method == http.MethodPost && r.URL.Query().Has("uploads")
		if starts {
			seen = append(seen, r.Header.Clone())
		}
		asks := map[string]bool{
			"s3:PutObjectTagging": starts && r.Header.Get("X-Amz-Tagging") != "", "s3:PutObjectAcl": starts && r.Header.Get("X-Amz-Acl") != "",
			"s3:GetObjectTagging": r.Method == http.MethodGet && r.URL.Query().Has("tagging"),
		}
		if no := refused.Load().(string); asks[no] {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/a is not authorized to perform: "+no+
				" on resource: \"arn:aws:s3:::x/y\" because no identity-based policy allows the "+no+" action</Message></Error>")
			return
		}
		pass(w)
	})+"\n", credentials)
	d, to := openDesk(t, desk.Options{}), dest(t)
	if err := d.SetUpload(t.Context(), to, desk.UploadSettings{
		Tags: map[string]string{"project": "atlas"}, ACL: "bucket-owner-full-control", StorageClass: "DEEP_ARCHIVE", Metadata: map[string]string{"by": "me"},
	}); err != nil {
		t.Fatal(err)
	}
	for no, broken := range map[string][]desk.Feature{
		"":                    nil,
		"s3:PutObjectTagging": {desk.FeatureSend, desk.FeatureRequests}, "s3:PutObjectAcl": {desk.FeatureSend, desk.FeatureRequests},
		"s3:GetObjectTagging": {desk.FeatureRequests},
	} {
		refused.Store(no)
		c, _ := checked(t, d, to, desk.CheckOptions{Consent: agreed})
		var missing []desk.Feature
		for _, a := range c.Abilities() {
			if len(a.Missing) > 0 {
				if missing = append(missing, a.Feature); !slices.Equal(a.Missing, []string{no}) {
					t.Errorf("without %q, %s misses %q", no, a.Feature, a.Missing)
				}
			}
		}
		if slices.Sort(missing); !slices.Equal(missing, slices.Sorted(slices.Values(broken))) || c.Works() != (no == "") || c.Left() != nil {
			t.Errorf("without %q: %q do not work; all works: %v, left %v", no, missing, c.Works(), c.Left())
		}
		if _, missing, _ := c.Missing(); missing != min(len(broken), 1) {
			t.Errorf("without %q, %d permissions are missing", no, missing)
		}
		if no != "" && !strings.Contains(c.Policy(), no) {
			t.Errorf("%s is not in the policy", no)
		}
		if keys, unfinished := inBucket(t, to.Prefix); len(keys)+len(unfinished) > 0 {
			t.Errorf("left %q %q", keys, unfinished)
		}
	}
	for _, h := range seen {
		if h.Get("X-Amz-Tagging") != "project=atlas" || h.Get("X-Amz-Acl") != "bucket-owner-full-control" || h.Get("X-Amz-Meta-By") != "me" || h.Get("X-Amz-Storage-Class") != "" {
			t.Errorf("it was put with %v", h)
		}
	}
	if len(seen) < 4 {
		t.Errorf("%d were begun", len(seen))
	}
}

// TestCheckClock measures how far this computer's clock is off, and goes on with the store's time.
func TestCheckClock(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	for _, off := range []time.Duration{0, 20 * time.Second, -3 * time.Hour, time.Hour} {
		d := openDesk(t, desk.Options{Now: func() time.Time { return time.Now().Add(off) }})
		c, steps := checked(t, d, desk.Destination{Bucket: teststore.Bucket}, desk.CheckOptions{Consent: agreed})
		s := steps["clock"]
		if got := s.Facts.ClockOff; (got-off).Abs() > 2*time.Second || s.State != desk.CheckFine || !c.Works() {
			t.Errorf("%v off is measured as %v: %s; %s", off, got, s.Result, c.Summary())
		}
		if said := s.Result.String(); off < 0 && !strings.Contains(said, " 3 h behind ") || off != 0 && !strings.Contains(said, map[bool]string{true: "behind", false: "ahead"}[off < 0]) {
			t.Errorf("%v: %q", off, said)
		}
	}
}

// TestCheckOfAll: what is never tried does not count against the rest, and is told.
func TestCheckOfAll(t *testing.T) {
	c, _ := checked(t, newDesk(t, desk.Options{}), dest(t), desk.CheckOptions{Features: desk.AllFeatures(), Consent: agreed})
	if _, missing, unknown := c.Missing(); missing != 0 || unknown != 4 || !c.Works() {
		t.Errorf("%d missing, %d unknown, works: %t: %s", missing, unknown, c.Works(), c.Summary())
	}
}

// TestCheckMissing names what is missing, and what works all the same. Each missing permission is found by the step that
// needs it.
func TestCheckMissing(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	to := desk.Destination{Bucket: teststore.Bucket, Prefix: "alice"}
	for _, c := range []struct {
		name          string
		allowed       []string
		missing, fine string // steps
		works, not    []desk.Feature
	}{
		{
			"no delete", []string{"s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:ListBucket", "s3:ListBucketMultipartUploads"},
			"delete", "put get multipart parts abort list uploads",
			[]desk.Feature{desk.FeatureSend, desk.FeatureLink, desk.FeatureClean}, []desk.Feature{desk.FeatureRevoke},
		},
		{
			"no abort", []string{"s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListMultipartUploadParts"},
			"abort list uploads", "put get delete",
			[]desk.Feature{desk.FeatureLink, desk.FeatureRevoke}, []desk.Feature{desk.FeatureSend, desk.FeatureClean, desk.FeatureBrowse},
		},
		{"read only", []string{"s3:GetObject", "s3:ListBucket"}, "put abort parts", "list", []desk.Feature{desk.FeatureBrowse}, []desk.Feature{desk.FeatureSend}},
		{"no get", []string{"s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"}, "get parts list", "put delete abort", nil, []desk.Feature{desk.FeatureLink}},
	} {
		t.Run(c.name, func(t *testing.T) {
			key, secret, token, _ := m.Session(time.Hour, allow(c.allowed...))
			minioProfile(t, m, key, secret, token, "")
			check, steps := checked(t, openDesk(t, desk.Options{}), to, desk.CheckOptions{Consent: agreed})
			states(t, steps, map[desk.CheckState]string{desk.CheckMissing: c.missing, desk.CheckFine: c.fine})
			for _, a := range check.Abilities() {
				said := a.Say(a.Feature.Name().String()).String()
				for _, f := range c.works {
					if a.Feature == f && a.State() != desk.CheckFine {
						t.Error(said)
					}
				}
				for _, f := range c.not {
					if a.Feature == f && a.State() != desk.CheckMissing {
						t.Error(said)
					}
				}
			}
			_, missing, _ := check.Missing()
			if missing == 0 || check.Works() || !strings.Contains(check.Summary().String(), "missing") {
				t.Errorf("%d missing, %s", missing, check.Summary())
			}
			for id, s := range steps {
				if s.State == desk.CheckMissing && (s.Trouble == nil && id != "buckets" || !strings.Contains(s.Result.String(), s.Permission)) {
					t.Errorf("%s: %s, %v", id, s.Result, s.Trouble)
				}
			}
			if c.name == "no delete" && code(check.Left()) != "CheckStays" || c.name != "no delete" && check.Left() != nil {
				t.Errorf("%v", check.Left())
			}
		})
	}
}

// TestCheckNamesAKey: AWS says which permission it has missed, which may be one of a key.
func TestCheckNamesAKey(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	_, keys := sandboxProfile()
	endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		switch {
		case r.URL.Query().Has("partNumber"):
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/alice is not authorized to perform: "+
				"kms:Decrypt on resource: "+key+" because no identity-based policy allows the kms:Decrypt action</Message></Error>")
			return
		case r.Method == http.MethodPut:
			w.Header().Set("X-Amz-Server-Side-Encryption", "aws:kms")
			w.Header().Set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", key)
		}
		pass(w)
	})
	isolate(t, "[default]\nendpoint_url = "+endpoint+"\n", keys)
	to := dest(t)
	c, steps := checked(t, openDesk(t, desk.Options{}), to, desk.CheckOptions{Consent: agreed, Features: []desk.Feature{desk.FeatureSend}})
	states(t, steps, map[desk.CheckState]string{desk.CheckFine: "put get delete abort", desk.CheckMissing: "multipart"})
	if s := steps["multipart"]; s.Missed != "kms:Decrypt" || !strings.Contains(s.Result.String(), "kms:Decrypt") || !strings.Contains(s.Trouble.Error(), "kms:Decrypt") {
		t.Errorf("%+v", s)
	}
	if said := c.Abilities()[0].Say("Sending").String(); said != "Sending needs kms:Decrypt." || c.Works() {
		t.Errorf("%q", said)
	}
	if f := steps["put"].Facts; f.Key != key || f.Encryption != "aws:kms" || !strings.Contains(c.Policy(), key) || !strings.Contains(c.Policy(), "kms:Decrypt") {
		t.Errorf("%+v: %s", f, c.Policy())
	}
	if objects, unfinished := inBucket(t, to.Prefix); len(objects)+len(unfinished) > 0 {
		t.Errorf("%q %q", objects, unfinished)
	}
}
