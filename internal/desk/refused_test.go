package desk_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/teststore"
)

// TestLinkThatAPolicyRefuses: MinIO with a policy that lets the profile read, and no link of its own.
func TestLinkThatAPolicyRefuses(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	key, secret, token, _ := m.Session(time.Hour, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"},
		{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::*","Condition":{"StringEquals":{"s3:authType":"REST-QUERY-STRING"}}}]}`)
	minioProfile(t, m, key, secret, token, "")
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	s := one(t, send(t, d, desk.Destination{Bucket: teststore.Bucket}, desk.SendOptions{Expires: time.Hour}, path))
	if s.State != desk.Sent || code(s.Trouble) != "LinkRefusedPolicy" || !s.Refused() || s.Good(time.Now()) {
		t.Errorf("%s, %v", s.State, s.Trouble)
	}
	if e := entry(t, d, s.ID); e.Standing(time.Now()) != desk.Refused {
		t.Errorf("%+v", e)
	}
	if r := d.Renew(context.Background(), s.ID, time.Hour, desk.VerifyAuto); r.State != desk.Failed || code(r.Trouble) != "LinkRefusedPolicy" {
		t.Errorf("%s, %v", r.State, r.Trouble)
	}
}

// TestLinkRefusedInTheStoresWords: AWS names the service or the condition in some of its refusals. These are its words
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html), which no store here says.
func TestLinkRefusedInTheStoresWords(t *testing.T) {
	for said, want := range map[string]string{
		"User: arn:aws:iam::123456789012:user/alice is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action": "LinkRefusedKMS",
		"User: arn:aws:iam::123456789012:user/alice is not authorized to perform: s3:GetObject because no VPC endpoint policy allows the s3:GetObject action":                                                 "LinkRefusedNetwork",
		"Access Denied": "LinkRefused",
	} {
		atStore(t)
		endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
			if r.Method == http.MethodPut {
				pass(w)
				return
			}
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>"+said+"</Message></Error>")
		})
		d := openDesk(t, desk.Options{})
		to := dest(t)
		to.Endpoint = endpoint
		path := filepath.Join(t.TempDir(), "a.txt")
		write(t, path, "hello")
		s := one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour}, path))
		if s.State != desk.Sent || code(s.Trouble) != want || !s.Refused() {
			t.Errorf("%q: %s, %v, want %s", said, s.State, s.Trouble, want)
		}
	}
}
