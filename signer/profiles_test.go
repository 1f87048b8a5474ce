package signer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill/signer"
)

func TestProfilesAreThoseOfTheAWSCLI(t *testing.T) {
	isolate(t, `
# a comment
[default]
region = eu-central-1

[profile work]
sso_session = corp
region = us-east-1 # trailing comment
[sso-session corp]
sso_start_url = https://example.com
[profile "with space"]
role_arn = arn:aws:iam::1:role/x
source_profile = default
[profile proc]
credential_process = /bin/true
[profile minio]
services = local
[services local]
s3 =
  endpoint_url = http://127.0.0.1:9000
[not a profile]
[plain]
`, staticKeys+`[minio]
aws_access_key_id = a
aws_secret_access_key = b
[only-here]
aws_access_key_id = a
aws_secret_access_key = b
aws_session_token = c
`)
	got, err := signer.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	want := []signer.Profile{
		{Name: "default", Kind: signer.KindStatic, Base: signer.KindStatic, Region: "eu-central-1"},
		{Name: "minio", Kind: signer.KindStatic, Base: signer.KindStatic, Endpoint: "http://127.0.0.1:9000"},
		{Name: "only-here", Kind: signer.KindSession, Base: signer.KindSession},
		{Name: "proc", Kind: signer.KindProcess, Base: signer.KindProcess},
		{Name: "with space", Kind: signer.KindRole, Base: signer.KindStatic, Account: "1", Role: "arn:aws:iam::1:role/x"},
		{Name: "work", Kind: signer.KindSSO, Region: "us-east-1", Problem: &signer.ProfileError{Profile: "work", Fault: signer.FaultSetting, About: "sso_region"}},
	}
	if d := cmp.Diff(want, got, cmp.Transformer("text", func(e *signer.ProfileError) string { return fmt.Sprint(e) })); d != "" {
		t.Error(d)
	}
}

func TestEnvironmentStandsAsAProfile(t *testing.T) {
	isolate(t, "", staticKeys)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_REGION", "eu-west-3")
	list, err := signer.Profiles()
	if err != nil || len(list) != 2 || list[0] != (signer.Profile{Name: signer.EnvironmentProfile, Kind: signer.KindEnvironment, Base: signer.KindEnvironment, Region: "eu-west-3"}) {
		t.Fatalf("%v, %v", list, err)
	}
	for profile, key := range map[string]string{signer.EnvironmentProfile: "AKIDENV", "": "AKIDENV", "default": "AKIDEXAMPLE"} {
		p, err := open(t, signer.Options{Profile: profile}).Get(context.Background(), signer.Object{Bucket: "bucket", Key: "k", Expires: 1e9}, signer.GetOptions{})
		if err != nil || !strings.HasPrefix(query(t, p).Get("X-Amz-Credential"), key+"/") {
			t.Errorf("profile %q signed with %s, want %s (%v)", profile, query(t, p).Get("X-Amz-Credential"), key, err)
		}
	}
}

func TestNoFilesAtAll(t *testing.T) {
	isolate(t, "", "")
	list, err := signer.Profiles()
	if err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
	s := open(t, signer.Options{})
	_, err = s.Get(context.Background(), signer.Object{Bucket: "bucket", Key: "k", Expires: 1e9}, signer.GetOptions{})
	if !errors.Is(err, signer.ErrNoCredentials) {
		t.Errorf("%v, want ErrNoCredentials", err)
	}
}

func TestUnknownProfile(t *testing.T) {
	isolate(t, "", staticKeys)
	_, err := signer.Open(context.Background(), signer.Options{Profile: "nobody"})
	if !errors.Is(err, signer.ErrNoProfile) {
		t.Errorf("%v, want ErrNoProfile", err)
	}
}

func TestBrokenFilesNameTheLine(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
	}{
		{"[default]\nregion = x\nthis is not a setting\n[profile later]\nregion = y\n", 3},
		{"region = x\n[default]\n", 1},
		{"[default\nregion = x\n", 1},
		{"[default] trailing\n", 1},
		{"[default]\n\x00\xff\n", 2},
		{"[default]\n= value\n", 2},
		{"[default]\nregion = \"\n", 2},
		{"[default]\ns3 =\n  addressing_style = '\n", 3},
		{"\ufeff[default]\nregion = x\n", 1},
	} {
		isolate(t, c.text, staticKeys)
		list, err := signer.Profiles()
		var file *signer.FileError
		if !errors.As(err, &file) || file.Line != c.line || !strings.HasSuffix(file.Path, "config") {
			t.Errorf("%q: %v, want line %d", c.text, err, c.line)
		}
		if len(list) == 0 {
			t.Errorf("%q: what could be read is not listed", c.text)
		}
		if err != nil && strings.Contains(err.Error(), "this is not") {
			t.Errorf("the error repeats the line, which may be a secret: %v", err)
		}
		// Signing with what the SDK makes of such a file could reach another store than the person's.
		for _, profile := range []string{"", "default"} {
			if _, err := signer.Open(context.Background(), signer.Options{Profile: profile}); !errors.As(err, &file) || file.Line != c.line {
				t.Errorf("%q: profile %q opens: %v", c.text, profile, err)
			}
		}
	}
}

func TestSessionEnds(t *testing.T) {
	isolate(t, "", staticKeys)
	ends, known, err := open(t, signer.Options{}).Session(context.Background())
	if err != nil || !known || !ends.IsZero() {
		t.Errorf("long-lived keys: %v %v %v", ends, known, err)
	}
	isolate(t, "", staticKeys+"aws_session_token = t\n")
	if _, known, err = open(t, signer.Options{}).Session(context.Background()); err != nil || known {
		t.Errorf("a token without an end is known to end: %v", err)
	}
}
