package signer_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/signer"
)

// TestQuotedNames: the AWS CLI takes the quotes off a name, and the SDK does not. Keys of another store must not be used at AWS
// for want of an endpoint, whatever stands in quotes.
func TestQuotedNames(t *testing.T) {
	const keys = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = very-SECRET\n"
	const rest = "region = eu-north-1\nendpoint_url = https://s3.example.com\ns3 =\n    addressing_style = virtual\n"
	for name, c := range map[string]struct{ profile, config, credentials, environment string }{
		"keys beside it":          {"with space", "[profile \"with space\"]\n" + rest, "[with space]\n" + keys, ""},
		"keys in it":              {"with space", "[profile 'with space']\n" + rest + keys, "", ""},
		"by the environment":      {"", "[profile \"with space\"]\n" + rest, "[with space]\n" + keys, "with space"},
		"without need":            {"plain", "[profile \"plain\"]\n" + rest, "[plain]\n" + keys, ""},
		"in the credentials file": {"plain", "", "[\"plain\"]\n" + rest + keys, ""},
		"default":                 {"", "[profile \"default\"]\n" + rest, "[default]\n" + keys, ""},
		"beside another": {
			"plain", "[profile \"with space\"]\nendpoint_url = https://other.example.com\n[profile plain]\n" + rest, "[plain]\n" + keys, "",
		},
		"a services section": {
			"plain", "[services \"my store\"]\ns3 =\n    endpoint_url = https://s3.example.com\n[profile plain]\nservices = my store\nendpoint_url = https://other.example.com\n" +
				"region = eu-north-1\ns3 =\n    addressing_style = virtual\n", "[plain]\n" + keys, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, c.config, c.credentials)
			if c.environment != "" {
				t.Setenv("AWS_PROFILE", c.environment)
			}
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			t.Setenv("TMP", temp) // Windows
			s := open(t, signer.Options{Profile: c.profile})
			if s.Endpoint() != "https://s3.example.com" || s.Region() != "eu-north-1" {
				t.Errorf("%q in %q", s.Endpoint(), s.Region())
			}
			p, err := s.Get(context.Background(), signer.Object{Bucket: "bucket", Key: "k", Expires: time.Hour}, signer.GetOptions{})
			if err != nil || !strings.HasPrefix(p.URL, "https://bucket.s3.example.com/k?") {
				t.Errorf("%s, %v", p.URL, err)
			}
			if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

// TestQuotedSources: a role whose source stands in quotes, and a session that does, lead to credentials as with the AWS CLI.
func TestQuotedSources(t *testing.T) {
	isolate(t, "[profile \"the base\"]\nregion = eu-west-1\n"+
		"[profile role]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = the base\nregion = eu-north-1\n"+
		"[sso-session \"my corp\"]\nsso_region = eu-west-1\nsso_start_url = https://corp.example.com/start\n"+
		"[profile sso]\nsso_session = my corp\nsso_account_id = 111122223333\nsso_role_name = x\nregion = eu-north-1\n",
		"[the base]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = very-SECRET\n")
	for _, profile := range []string{"role", "sso"} {
		if s := open(t, signer.Options{Profile: profile}); s.Region() != "eu-north-1" {
			t.Errorf("%s is in %q", profile, s.Region())
		}
	}
}

// TestServicesOfQuotedNames: what is for S3 alone is not for STS.
func TestServicesOfQuotedNames(t *testing.T) {
	a := atAWS(t, "", "[base]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = very-SECRET\n")
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"} { // the files are to say it
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	put(t, os.Getenv("AWS_CONFIG_FILE"), "[profile \"the role\"]\nrole_arn = "+roleA+"\nsource_profile = base\nservices = mine\nendpoint_url = "+a.URL+"\n"+
		"[services mine]\ns3 =\n    endpoint_url = https://s3.example.com\n")
	s := openNow(t, signer.Options{Profile: "the role"})
	if _, _, err := s.Session(context.Background()); err != nil || s.Endpoint() != "https://s3.example.com" || len(a.Calls("AssumeRole")) != 1 {
		t.Errorf("%q, %v", s.Endpoint(), err)
	}
}
