package signer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/signer"
)

func TestDefaultProfile(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "default"},
		{map[string]string{"AWS_DEFAULT_PROFILE": "old"}, "old"},
		{map[string]string{"AWS_PROFILE": "work", "AWS_DEFAULT_PROFILE": "old"}, "work"},
		{map[string]string{"AWS_PROFILE": "work", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, signer.EnvironmentProfile},
		{map[string]string{"AWS_PROFILE": "work", "AWS_ACCESS_KEY_ID": "a"}, "work"}, // half a pair of keys is none
	} {
		isolate(t, "[profile work]\nregion = eu-west-1\n[profile old]\nregion = eu-west-2\n", staticKeys)
		for name, value := range c.env {
			t.Setenv(name, value)
		}
		if got := signer.DefaultProfile(); got != c.want {
			t.Errorf("%v: %q, want %q", c.env, got, c.want)
		}
	}
}

// TestEnvironmentsProfileThatIsGone: AWS_PROFILE is as binding as a flag, and the error says whose name it was.
func TestEnvironmentsProfileThatIsGone(t *testing.T) {
	isolate(t, "", staticKeys)
	t.Setenv("AWS_PROFILE", "nobody")
	_, err := signer.Open(context.Background(), signer.Options{})
	var gone *signer.NoProfileError
	if !errors.Is(err, signer.ErrNoProfile) || !errors.As(err, &gone) || gone.Name != "nobody" {
		t.Errorf("%v", err)
	}
	if _, err := signer.Open(context.Background(), signer.Options{Profile: "default"}); err != nil {
		t.Errorf("a profile that is named wins over AWS_PROFILE: %v", err)
	}
	isolate(t, "", "")
	if _, err = signer.Open(context.Background(), signer.Options{Profile: signer.EnvironmentProfile}); !errors.Is(err, signer.ErrNoCredentials) {
		t.Errorf("the environment's credentials, where there are none: %v", err)
	}
}

// TestHintsSpeakOfTheirOwnCredentials: the environment's hint at an end is not about keys in a file, nor a
// file's about keys in the environment.
func TestHintsSpeakOfTheirOwnCredentials(t *testing.T) {
	const inFile, inEnvironment = "2026-11-24T12:10:00Z", "2026-11-24T12:20:00Z"
	session := staticKeys + "aws_session_token = TOKEN\nx_security_token_expires = " + inFile + "\n"
	for profile, want := range map[string]string{"default": inFile, signer.EnvironmentProfile: inEnvironment, "": inEnvironment} {
		isolate(t, "", session)
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
		t.Setenv("AWS_SESSION_TOKEN", "TOKEN")
		t.Setenv("AWS_CREDENTIAL_EXPIRATION", inEnvironment)
		ends, known, err := open(t, signer.Options{Profile: profile}).Session(context.Background())
		if err != nil || !known || ends.Format(time.RFC3339) != want {
			t.Errorf("profile %q ends %v, known %v (%v), want %s", profile, ends, known, err, want)
		}
	}
	isolate(t, "", staticKeys+"aws_session_token = TOKEN\n")
	t.Setenv("AWS_CREDENTIAL_EXPIRATION", inEnvironment) // left over from another session
	if _, known, err := open(t, signer.Options{}).Session(context.Background()); err != nil || known {
		t.Errorf("an end that is about other credentials was believed (%v)", err)
	}
}

// TestKeysByHandKnowNothingOfThePerson: the sandbox works whatever files and environment say about other stores.
func TestKeysByHandKnowNothingOfThePerson(t *testing.T) {
	isolate(t, "this is no config file", "nor is this")
	for name, value := range map[string]string{
		"AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL_S3": "https://elsewhere.example.com", "AWS_USE_DUALSTACK_ENDPOINT": "true",
		"AWS_USE_FIPS_ENDPOINT": "true", "AWS_CA_BUNDLE": "/nowhere.pem", "AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "x",
		"AWS_SESSION_TOKEN": "x", "AWS_REGION": "eu-west-1",
	} {
		t.Setenv(name, value)
	}
	s := open(t, signer.Options{Endpoint: "http://127.0.0.1:9000", Region: "us-east-1", Keys: &signer.Keys{AccessKeyID: "HAND", SecretAccessKey: "secret"}})
	p, err := s.Get(context.Background(), signer.Object{Bucket: "bucket", Key: "k", Expires: time.Hour}, signer.GetOptions{})
	if err != nil || !strings.HasPrefix(p.URL, "http://127.0.0.1:9000/bucket/k?") || p.Because != signer.Requested {
		t.Fatalf("%v, %v", p, err)
	}
	q := query(t, p)
	if !strings.HasPrefix(q.Get("X-Amz-Credential"), "HAND/20261124/us-east-1/") || q.Has("X-Amz-Security-Token") {
		t.Errorf("signed with %s", q.Get("X-Amz-Credential"))
	}
}

func TestProfilesThatDoNotFitTogether(t *testing.T) {
	for name, text := range map[string]string{
		"a role of nobody":           "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = nobody\n",
		"a role without a source":    "[default]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = Nonsense\n",
		"a session that is not here": "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = x\n",
	} {
		isolate(t, text, "")
		if _, err := signer.Open(context.Background(), signer.Options{}); !errors.Is(err, signer.ErrProfile) {
			t.Errorf("%s: %v, want ErrProfile", name, err)
		}
	}
}

// TestWhatAProcessPrintedIsToldNobody: what comes out of a credential_process may be keys, also where it is not
// what was expected. The signer and the SDK's client keep it to themselves.
func TestWhatAProcessPrintedIsToldNobody(t *testing.T) {
	const marker = "wJalrXUtnFEMI-MARKER"
	for name, script := range map[string]string{
		"fails":               "echo SecretAccessKey=" + marker + "; exit 3",
		"fails aloud":         "echo " + marker + " >&2; exit 3",
		"no JSON":             "echo " + marker,
		"half of it":          `echo '{"Version":1,"SecretAccessKey":"` + marker + `"}'`,
		"of another kind":     `echo '{"Version":1,"AccessKeyId":"` + marker + `","SecretAccessKey":["` + marker + `"]}'`,
		"an end that is none": `echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"` + marker + `","Expiration":"soon"}'`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "process.sh")
			if err := os.WriteFile(path, []byte(script+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			isolate(t, "[default]\ncredential_process = sh "+path+"\n", "")
			log, err := os.Create(filepath.Join(t.TempDir(), "log"))
			if err != nil {
				t.Fatal(err)
			}
			stderr := os.Stderr
			os.Stderr = log // as a script has it, or a service
			t.Cleanup(func() {
				os.Stderr = stderr
				_ = log.Close()
				if text, err := os.ReadFile(log.Name()); err != nil || strings.Contains(string(text), marker) {
					t.Errorf("%q, %v", text, err)
				}
			})
			s := open(t, signer.Options{Endpoint: "http://127.0.0.1:1"})
			_, signing := s.Get(context.Background(), signer.Object{Bucket: "bucket", Key: "k", Expires: time.Hour}, signer.GetOptions{})
			_, _, session := s.Session(context.Background())
			_, asking := s.Client().ListBuckets(context.Background(), nil)
			for what, err := range map[string]error{"sign": signing, "session": session, "ask": asking} {
				var failed *signer.CredentialsError
				if !errors.As(err, &failed) || !strings.Contains(err.Error(), "credential_process: ") {
					t.Errorf("%s: %v, want a *CredentialsError about the process", what, err)
				}
				if text := everyWord(err); strings.Contains(text, marker) {
					t.Errorf("%s: told %q", what, text)
				}
			}
		})
	}
}

// everyWord is what an error and all that it wraps would print.
func everyWord(err error) string {
	if err == nil {
		return ""
	}
	text := fmt.Sprintf("%v\n%+v\n", err, err)
	switch wrapping := err.(type) { //nolint:errorlint // it is the chain itself that is walked
	case interface{ Unwrap() error }:
		text += everyWord(wrapping.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range wrapping.Unwrap() {
			text += everyWord(e)
		}
	}
	return text
}

func TestTrustedCertificatesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{empty, filepath.Join(dir, "gone.pem"), dir} {
		isolate(t, "[profile p]\nca_bundle = "+path+"\n", staticKeys)
		var bundle *signer.CABundleError
		if _, err := signer.Open(context.Background(), signer.Options{Profile: "p"}); !errors.As(err, &bundle) || bundle.Path != path {
			t.Errorf("ca_bundle %s: %v", path, err)
		}
		if _, err := signer.Open(context.Background(), signer.Options{Profile: "default"}); err != nil {
			t.Errorf("another profile's ca_bundle: %v", err)
		}
		t.Setenv("AWS_CA_BUNDLE", path)
		if _, err := signer.Open(context.Background(), signer.Options{Profile: "default"}); !errors.As(err, &bundle) || bundle.Path != path {
			t.Errorf("AWS_CA_BUNDLE %s: %v", path, err)
		}
	}
}

// TestWhereSettingsComeFrom: what is given wins over the environment, and that over the profile.
func TestWhereSettingsComeFrom(t *testing.T) {
	const text = "[default]\nregion = eu-central-1\nendpoint_url = https://profile.example.com\n"
	for _, c := range []struct {
		env              map[string]string
		options          signer.Options
		region, endpoint string
	}{
		{nil, signer.Options{}, "eu-central-1", "https://profile.example.com"},
		{map[string]string{"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL_S3": "https://env.example.com"}, signer.Options{}, "eu-west-1", "https://env.example.com"},
		{map[string]string{"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "https://env.example.com"}, signer.Options{}, "eu-west-1", "https://env.example.com"},
		{map[string]string{"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL_S3": "https://env.example.com"},
			signer.Options{Region: "us-west-2", Endpoint: "https://flag.example.com"}, "us-west-2", "https://flag.example.com"},
		{map[string]string{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL_S3": "https://env.example.com"}, signer.Options{}, "eu-central-1", ""},
	} {
		isolate(t, text, staticKeys)
		for name, value := range c.env {
			t.Setenv(name, value)
		}
		if s := open(t, c.options); s.Region() != c.region || s.Endpoint() != c.endpoint {
			t.Errorf("%v, %+v: %s in %q, want %s in %q", c.env, c.options, s.Endpoint(), s.Region(), c.endpoint, c.region)
		}
	}
	isolate(t, "", staticKeys)
	if s := open(t, signer.Options{}); s.Region() != "us-east-1" || s.Endpoint() != "" {
		t.Errorf("nothing named: %s in %q", s.Endpoint(), s.Region())
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true,
		"example.com": false, "10.0.0.1": false, "localhost.example.com": false, "::": false, "0.0.0.0": false, "": false,
	} {
		if got := signer.Loopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

func TestRedact(t *testing.T) {
	for given, want := range map[string]string{
		"https://b.example.com/a%20b?X-Amz-Signature=abc": "https://b.example.com/a%20b?…",
		"https://user:secret@b.example.com/a":             "https://b.example.com/a",
		"https://b.example.com/a":                         "https://b.example.com/a",
		"://X-Amz-Signature=abc":                          "(a URL that cannot be read)",
	} {
		if got := signer.Redact(given); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
	}
}
