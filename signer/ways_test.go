package signer_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/signer"
)

// policyOf reads a form's policy.
func policyOf(t *testing.T, f signer.PresignedPost) (expiration string, conditions []string) {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(f.Fields["policy"])
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Expiration string
		Conditions []json.RawMessage
	}
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Conditions {
		conditions = append(conditions, string(c))
	}
	return p.Expiration, conditions
}

func TestFormSaysWhatItDemands(t *testing.T) {
	isolate(t, "", staticKeys+"aws_session_token = TOKEN\nx_security_token_expires = 2026-11-24T12:10:00Z\n")
	s := open(t, signer.Options{Profile: "default"})
	folder := signer.Object{Bucket: "bucket", Key: "in/é/", Expires: time.Hour}
	f, err := s.Post(context.Background(), folder, signer.PostOptions{ContentType: "application/pdf", MaxSize: 20})
	if err != nil {
		t.Fatal(err)
	}
	if f.URL != "https://bucket.s3.us-east-1.amazonaws.com/" || f.Because != signer.Credentials || !f.Ends.Equal(noon.Truncate(time.Second).Add(10*time.Minute)) || f.MaxSize != 20 {
		t.Errorf("%v", f)
	}
	expiration, conditions := policyOf(t, f)
	if expiration != "2026-11-24T13:00:00.000Z" {
		t.Errorf("expires %s", expiration)
	}
	all := strings.Join(conditions, "\n")
	for _, want := range []string{
		`{"bucket":"bucket"}`, `["starts-with","$key","in/é/"]`, `["eq","$Content-Type","application/pdf"]`, `["content-length-range",0,20]`,
		`{"success_action_status":"201"}`, `{"Content-Disposition":"attachment"}`, `{"x-amz-security-token":"TOKEN"}`, `{"x-amz-credential":"AKIDEXAMPLE/20261124/us-east-1/s3/aws4_request"}`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}
	if len(conditions) != 10 || f.Fields["x-amz-security-token"] != "TOKEN" || len(f.Fields["x-amz-signature"]) != 64 {
		t.Errorf("%d conditions", len(conditions))
	}
	family, err := s.Post(context.Background(), folder, signer.PostOptions{ContentType: "image/", MaxSize: 6 << 30})
	if _, conditions = policyOf(t, family); err != nil || family.MaxSize != signer.MaxPut || !strings.Contains(strings.Join(conditions, ""), `["starts-with","$Content-Type","image/"]`) {
		t.Errorf("%v, %q", err, conditions)
	}
	week := folder
	week.Expires = 8 * 24 * time.Hour
	long, err := s.Post(context.Background(), week, signer.PostOptions{})
	if expiration, _ = policyOf(t, long); err != nil || expiration != "2026-12-01T12:00:00.000Z" {
		t.Errorf("%s, %v", expiration, err)
	}
	for _, key := range []string{"in", "", "../", "in/../"} {
		if _, err := s.Post(context.Background(), signer.Object{Bucket: "bucket", Key: key}, signer.PostOptions{}); err == nil {
			t.Errorf("a form for %q", key)
		}
	}
}

// TestFormIsTheSDKs holds signature and address against the SDK's own.
func TestFormIsTheSDKs(t *testing.T) {
	isolate(t, "[default]\nregion = eu-central-1\n", staticKeys)
	s := open(t, signer.Options{})
	ours, err := s.Post(context.Background(), signer.Object{Bucket: "dots.in.name", Key: "in/", Expires: time.Hour}, signer.PostOptions{})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := s3.NewPresignClient(s.Client()).PresignPostObject(context.Background(), &s3.PutObjectInput{Bucket: aws.String("dots.in.name"), Key: aws.String("in/x")})
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSuffix(ours.URL, "/") != strings.TrimSuffix(theirs.URL, "/") {
		t.Errorf("%s, want %s", ours.URL, theirs.URL)
	}
	for name := range theirs.Values {
		if name == "key" {
			continue
		}
		if _, ok := ours.Fields[strings.ToLower(name)]; !ok && ours.Fields[name] == "" {
			t.Errorf("the SDK's form has the field %s", name)
		}
	}
}

func TestPartsDifferInTwoPlaces(t *testing.T) {
	isolate(t, "", staticKeys)
	s := open(t, signer.Options{})
	o := signer.Object{Bucket: "bucket", Key: "a b/é&partNumber=1&", Expires: time.Hour}
	p, err := s.Parts(context.Background(), o, "id/+&partNumber=1&x=", 1001)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Signatures) != 1001 || len(p.List) != 2 || strings.Count(p.URL, "{") != 2 || !p.Ends.Equal(noon.Truncate(time.Second).Add(time.Hour)) {
		t.Errorf("%v", p)
	}
	for _, n := range []int{1, 7, 1001} {
		one, err := s.UploadPart(context.Background(), o, "id/+&partNumber=1&x=", n, 0, signer.Sum{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.NewReplacer("{number}", fmt.Sprint(n), "{signature}", p.Signatures[n-1]).Replace(p.URL); got != one.URL {
			t.Errorf("part %d:\n%s\n%s", n, got, one.URL)
		}
	}
	if !strings.Contains(p.List[1], "part-number-marker=1000") || p.Complete.Header.Get("If-None-Match") != "*" || p.Complete.Method != http.MethodPost {
		t.Errorf("%s, %v", signer.Redact(p.List[1]), p.Complete)
	}
	if _, err := s.Parts(context.Background(), o, "id", 0); !errors.Is(err, signer.ErrPartCount) {
		t.Error(err)
	}
}

// TestWaysAreNotPrinted in whatever form.
func TestWaysAreNotPrinted(t *testing.T) {
	isolate(t, "", staticKeys)
	s := open(t, signer.Options{})
	f, err := s.Post(context.Background(), signer.Object{Bucket: "bucket", Key: "in/"}, signer.PostOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Parts(context.Background(), signer.Object{Bucket: "bucket", Key: "in/x"}, "id", 2)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "form", f, "parts", p)
	said := fmt.Sprint(f, p) + fmt.Sprintf("%v %+v %#v %s %v %+v %#v %s", f, f, f, f, p, p, p, p) + log.String()
	for _, secret := range []string{f.Fields["x-amz-signature"], f.Fields["policy"], p.Signatures[0], p.Signatures[1]} {
		if strings.Contains(said, secret) {
			t.Errorf("%q", said)
		}
	}
	if signer.Bare(p.Complete.URL) != "https://bucket.s3.us-east-1.amazonaws.com/in/x" {
		t.Errorf("%s", signer.Bare(p.Complete.URL))
	}
}

func BenchmarkParts(b *testing.B) {
	s, err := signer.Open(context.Background(), signer.Options{Keys: &signer.Keys{AccessKeyID: "AKID", SecretAccessKey: "secret"}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Parts(context.Background(), signer.Object{Bucket: "bucket", Key: "key", Expires: time.Hour}, "id", 1000); err != nil {
			b.Fatal(err)
		}
	}
}
