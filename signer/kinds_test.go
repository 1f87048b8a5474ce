package signer_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/testaws"
	"waybill/signer"
)

const (
	roleA = "arn:aws:iam::111122223333:role/a"
	roleB = "arn:aws:iam::444455556666:role/b"
)

// atAWS gives a test AWS files, a home and the services that give credentials.
func atAWS(t *testing.T, config, credentials string) *testaws.AWS {
	t.Helper()
	isolate(t, config, credentials)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return testaws.Start(t)
}

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openNow opens a profile with the real clock.
func openNow(t *testing.T, o signer.Options) *signer.Signer {
	t.Helper()
	o.Now = time.Now
	return open(t, o)
}

// signs signs with a profile, and gives the access key and the end.
func signs(t *testing.T, s *signer.Signer, length time.Duration) (key string, p signer.Presigned) {
	t.Helper()
	p, err := s.Get(t.Context(), signer.Object{Bucket: "bucket", Key: "k", Expires: length}, signer.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	key, _, _ = strings.Cut(query(t, p).Get("X-Amz-Credential"), "/")
	return key, p
}

// ssoCache is a cached token in the AWS CLI's form.
func ssoCache(t *testing.T, name string, fields map[string]any) string {
	t.Helper()
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return put(t, filepath.Join(os.Getenv("HOME"), ".aws", "sso", "cache", name+".json"), string(text))
}

// The SHA-1 of "corp" and of "https://corp.awsapps.com/start", which the AWS CLI names their tokens after.
const (
	shaOfCorp     = "ee0bfd2552fbd840c02cc48b6e823320543c450f"
	shaOfStartURL = "a51746d4aa793ae07b25e90c3a5db96fc7832bd7"
)

func TestEveryKindSigns(t *testing.T) {
	const base = "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n"
	token := filepath.Join(t.TempDir(), "token")
	future := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for name, c := range map[string]struct {
		config  string
		environ map[string]string
		prepare func(t *testing.T, a *testaws.AWS)
		who     string // to whom the services gave credentials
		account string
	}{
		"source_profile": {config: "[profile p]\nrole_arn = " + roleA + "\nsource_profile = base\n", who: roleA, account: "111122223333"},
		"source_profile of itself": {
			config: "[profile p]\nrole_arn = " + roleA + "\nsource_profile = p\naws_access_key_id = AKIDSELF\naws_secret_access_key = s\n", who: roleA, account: "111122223333"},
		"two roles": {
			config: "[profile p]\nrole_arn = " + roleB + "\nsource_profile = q\n[profile q]\nrole_arn = " + roleA + "\nsource_profile = base\n",
			who:    roleB, account: "444455556666"},
		"credential_source Environment": {
			config:  "[profile p]\nrole_arn = " + roleA + "\ncredential_source = Environment\n",
			environ: map[string]string{"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s"}, who: roleA, account: "111122223333"},
		"credential_source Ec2InstanceMetadata": {config: "[profile p]\nrole_arn = " + roleA + "\ncredential_source = Ec2InstanceMetadata\n", who: roleA, account: "111122223333"},
		"credential_source EcsContainer": {
			config: "[profile p]\nrole_arn = " + roleA + "\ncredential_source = EcsContainer\n",
			prepare: func(t *testing.T, a *testaws.AWS) {
				t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", a.ContainerURI())
				t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", testaws.ContainerToken)
			}, who: roleA, account: "111122223333"},
		"container": {
			config: "[profile p]\nregion = eu-west-1\n",
			prepare: func(t *testing.T, a *testaws.AWS) {
				t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", a.ContainerURI())
				t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", put(t, filepath.Join(t.TempDir(), "token"), testaws.ContainerToken+"\n"))
			}, who: "container"},
		"web identity": {
			config:  "[profile p]\nrole_arn = " + roleA + "\nweb_identity_token_file = " + token + "\n",
			prepare: func(t *testing.T, _ *testaws.AWS) { put(t, token, "JWT\n") }, who: roleA, account: "111122223333"},
		"SSO": {
			config: "[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n",
			prepare: func(t *testing.T, a *testaws.AWS) {
				a.Tokens["good"] = true
				ssoCache(t, shaOfCorp, map[string]any{"accessToken": "good", "expiresAt": future})
			}, who: "Reader", account: "111122223333"},
		"SSO, refreshed": {
			config: "[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n",
			prepare: func(t *testing.T, a *testaws.AWS) {
				a.Refresh = "refresh"
				ssoCache(t, shaOfCorp, map[string]any{"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "refresh",
					"clientId": testaws.ClientID, "clientSecret": testaws.ClientSecret, "registrationExpiresAt": future})
			}, who: "Reader", account: "111122223333"},
		"SSO, legacy": {
			config: "[profile p]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Reader\n",
			prepare: func(t *testing.T, a *testaws.AWS) {
				a.Tokens["good"] = true
				ssoCache(t, shaOfStartURL, map[string]any{"accessToken": "good", "expiresAt": future})
			}, who: "Reader", account: "111122223333"},
		"SSO below a role": {
			config: "[profile p]\nrole_arn = " + roleB + "\nsource_profile = s\n[profile s]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n",
			prepare: func(t *testing.T, a *testaws.AWS) {
				a.Tokens["good"] = true
				ssoCache(t, shaOfCorp, map[string]any{"accessToken": "good", "expiresAt": future})
			}, who: roleB, account: "444455556666"},
		"aws login": {
			config: "[profile p]\nregion = eu-west-1\nlogin_session = arn:aws:iam::111122223333:user/alice\n",
			prepare: func(t *testing.T, a *testaws.AWS) {
				a.Refresh = "refresh"
				loginCache(t, "2020-01-01T00:00:00Z")
			}, who: "login", account: "111122223333"},
	} {
		t.Run(name, func(t *testing.T) {
			a := atAWS(t, c.config, base)
			for k, v := range c.environ {
				t.Setenv(k, v)
			}
			if c.prepare != nil {
				c.prepare(t, a)
			}
			given := map[string]string{}
			a.Grant = func(who string, length time.Duration) testaws.Keys {
				k := testaws.Keys{ID: "ASIA" + strings.Map(alphanumeric, who), Secret: "s", Token: "t", Ends: time.Now().Add(length).UTC().Truncate(time.Second)}
				given[k.ID] = who
				return k
			}
			s := openNow(t, signer.Options{Profile: "p"})
			key, p := signs(t, s, 30*time.Minute)
			if c.who == "login" { // a quarter of an hour
				if p.Because != signer.Credentials {
					t.Errorf("ends because of %s", p.Because)
				}
			} else if p.Because != signer.Requested {
				t.Errorf("ends because of %s", p.Because)
			}
			if given[key] != c.who {
				t.Errorf("signed with %s of %q, want %q", key, given[key], c.who)
			}
			if s.Account() != c.account {
				t.Errorf("account %q, want %q", s.Account(), c.account)
			}
			signs(t, s, 30*time.Minute)
			if n := len(a.Calls("AssumeRole")); n > 2 {
				t.Errorf("a role was assumed %d times", n)
			}
		})
	}
}

func alphanumeric(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// loginCache is what "aws login" leaves for arn:aws:iam::111122223333:user/alice.
func loginCache(t *testing.T, ends string) string {
	t.Helper()
	const key = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFDZHUzOG1Pzq+6F0mjMlOSp1syN9LRPBuHMoCFXTcXhoAoGCCqGSM49
AwEHoUQDQgAE9qhj+KtcdHj1kVgwxWWWw++tqoh7H7UHs7oXh8jBbgF47rrYGC+t
djiIaHK3dBvvdE7MGj5HsepzLm3Kj91bqA==
-----END EC PRIVATE KEY-----
`
	text, err := json.Marshal(map[string]any{
		"accessToken": map[string]string{"accessKeyId": "ASIAOLD", "secretAccessKey": "s", "sessionToken": "t", "accountId": "111122223333", "expiresAt": ends},
		"tokenType":   "aws_sigv4", "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "refresh", "idToken": "i", "dpopKey": key,
	})
	if err != nil {
		t.Fatal(err)
	}
	return put(t, filepath.Join(os.Getenv("HOME"), ".aws", "login", "cache", "5778c30d3fe8c123cb2ab0d5a82c81b6fdcedfb868a6625f6f5bf6f05a7f129b.json"), string(text))
}

// TestWhatARoleIsAskedFor: the settings of a role reach STS, and nothing that the profile does not say.
func TestWhatARoleIsAskedFor(t *testing.T) {
	a := atAWS(t, "[profile p]\nrole_arn = "+roleA+"\nsource_profile = base\nexternal_id = ext\nduration_seconds = 900\nrole_session_name = alice\n"+
		"[profile q]\nrole_arn = "+roleA+"\nsource_profile = base\n", "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n")
	signs(t, openNow(t, signer.Options{Profile: "p"}), time.Minute)
	v := a.Calls("AssumeRole")[0].Values
	if v["RoleArn"] != roleA || v["ExternalId"] != "ext" || v["DurationSeconds"] != "900" || v["RoleSessionName"] != "alice" || !strings.Contains(v["Authorization"], "AKIDBASE/") {
		t.Errorf("asked for %v", v)
	}
	signs(t, openNow(t, signer.Options{Profile: "q"}), time.Minute)
	v = a.Calls("AssumeRole")[1].Values
	if v["ExternalId"] != "" || v["DurationSeconds"] != "" || !strings.HasPrefix(v["RoleSessionName"], "waybill-") {
		t.Errorf("asked for %v", v)
	}
	// The CLI's region and retries are those of STS and S3 alike.
	isolate(t, "[default]\nregion = eu-north-1\nmax_attempts = 7\nretry_mode = adaptive\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n", staticKeys)
	s := openNow(t, signer.Options{})
	if o := s.Client().Options(); o.RetryMaxAttempts != 7 || o.RetryMode != "adaptive" {
		t.Errorf("%d attempts, %s", o.RetryMaxAttempts, o.RetryMode)
	}
	if _, p := signs(t, s, time.Minute); !strings.HasPrefix(p.URL, "https://bucket.s3-fips.dualstack.eu-north-1.amazonaws.com/") {
		t.Errorf("signed for %s", signer.Redact(p.URL))
	}
}

func TestS3Settings(t *testing.T) {
	for settings, want := range map[string]string{
		"addressing_style = path":         "https://s3.eu-west-1.amazonaws.com/bucket/k",
		"addressing_style = virtual":      "https://bucket.s3.eu-west-1.amazonaws.com/k",
		"addressing_style = auto":         "https://bucket.s3.eu-west-1.amazonaws.com/k",
		"use_accelerate_endpoint = true":  "https://bucket.s3-accelerate.amazonaws.com/k",
		"use_accelerate_endpoint = false": "https://bucket.s3.eu-west-1.amazonaws.com/k",
		"use_dualstack_endpoint = true":   "https://bucket.s3.dualstack.eu-west-1.amazonaws.com/k",
	} {
		isolate(t, "[default]\nregion = eu-west-1\ns3 =\n  "+settings+"\n", staticKeys)
		if _, p := signs(t, open(t, signer.Options{}), time.Minute); !strings.HasPrefix(p.URL, want+"?") {
			t.Errorf("%s: %s, want %s", settings, signer.Redact(p.URL), want)
		}
	}
}

// TestKeysThatChangeInTheirFile: what a tool writes there while a signer is open signs from the next refusal on.
func TestKeysThatChangeInTheirFile(t *testing.T) {
	isolate(t, "", staticKeys+"aws_session_token = old\n")
	s := openNow(t, signer.Options{})
	if key, _ := signs(t, s, time.Minute); key != "AKIDEXAMPLE" {
		t.Fatal(key)
	}
	put(t, os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), "[default]\naws_access_key_id = AKIDNEWER\naws_secret_access_key = s\naws_session_token = newer\n")
	if key, _ := signs(t, s, time.Minute); key != "AKIDEXAMPLE" {
		t.Errorf("%s signs although nobody refused the one before", key)
	}
	s.Renew()
	if key, _ := signs(t, s, time.Minute); key != "AKIDNEWER" {
		t.Errorf("%s signs after the refusal", key)
	}
}

// TestTheInstanceIsAskedOnlyWhereAProfileSaysSo: a laptop does not wait for a service that is not there.
func TestTheInstanceIsAskedOnlyWhereAProfileSaysSo(t *testing.T) {
	a := atAWS(t, "[profile p]\nregion = eu-west-1\n", "")
	_, _, err := openNow(t, signer.Options{Profile: "p"}).Session(t.Context())
	if !errors.Is(err, signer.ErrNoCredentials) || len(a.Calls("instance")) > 0 {
		t.Errorf("%v after %d questions", err, len(a.Calls("instance")))
	}
}

// TestContainerAddresses: plain http goes to this machine and to the addresses of ECS and EKS only.
func TestContainerAddresses(t *testing.T) {
	for uri, fine := range map[string]bool{
		"http://10.0.0.1/creds": false, "http://192.0.2.1/": false, "ftp://192.0.2.1/": false, "nonsense": false,
		"http://169.254.170.23/v1": true, "http://[fd00:ec2::23]/v1": true, "http://127.0.0.1:1/": true, "https://192.0.2.1/": true,
	} {
		isolate(t, "[profile p]\nrole_arn = "+roleA+"\ncredential_source = EcsContainer\n", "")
		t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)
		list, err := signer.Profiles()
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %v", list, err)
		}
		if list[1].Problem == nil != fine {
			t.Errorf("%s: %v", uri, list[1].Problem)
		}
	}
}

// TestRolesThatMayNotBeAssumed name the role.
func TestRolesThatMayNotBeAssumed(t *testing.T) {
	a := atAWS(t, "[profile p]\nrole_arn = "+roleA+"\nsource_profile = base\n", "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n")
	a.Denied[roleA] = true
	_, _, err := openNow(t, signer.Options{Profile: "p"}).Session(t.Context())
	var denied *signer.RoleError
	if !errors.As(err, &denied) || denied.Role != roleA || denied.Profile != "p" {
		t.Errorf("%v", err)
	}
	if n := len(a.Calls("AssumeRole")); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestSSOSessionsThatEnded are told from permissions that are missing.
func TestSSOSessionsThatEnded(t *testing.T) {
	const config = "[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
	future := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for name, token := range map[string]map[string]any{
		"none":                 nil,
		"ended":                {"accessToken": "good", "expiresAt": "2020-01-01T00:00:00Z"},
		"ended, refused":       {"accessToken": "x", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "r", "clientId": testaws.ClientID, "clientSecret": testaws.ClientSecret, "registrationExpiresAt": future},
		"client ended as well": {"accessToken": "x", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "r", "clientId": testaws.ClientID, "clientSecret": testaws.ClientSecret, "registrationExpiresAt": "2020-01-01T00:00:00Z"},
		"revoked":              {"accessToken": "revoked", "expiresAt": future},
		"broken":               {"accessToken": 7},
	} {
		atAWS(t, config, "")
		if token != nil {
			ssoCache(t, shaOfCorp, token)
		}
		_, _, err := openNow(t, signer.Options{Profile: "p"}).Session(t.Context())
		var out *signer.SignedOutError
		if !errors.Is(err, signer.ErrSignedOut) || !errors.As(err, &out) || out.Profile != "p" || out.Kind != signer.KindSSO {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := atAWS(t, config, "")
	a.Tokens["good"], a.Denied["Reader"] = true, true
	ssoCache(t, shaOfCorp, map[string]any{"accessToken": "good", "expiresAt": future})
	_, _, err := openNow(t, signer.Options{Profile: "p"}).Session(t.Context())
	var missing *signer.PermissionSetError
	if errors.Is(err, signer.ErrSignedOut) || !errors.As(err, &missing) || missing.Role != "Reader" {
		t.Errorf("%v", err)
	}
}

// TestProcessesThatDoNotAnswer end in time, with whatever they have started.
func TestProcessesThatDoNotAnswer(t *testing.T) {
	for script, want := range map[string]error{
		"exit 3":               signer.ErrProcessFailed,
		"/nowhere/program":     signer.ErrProcessMissing,
		"echo nothing":         signer.ErrProcessOutput,
		`echo '{"Version":2}'`: signer.ErrProcessOutput,
		`echo '{"Version":1}'`: signer.ErrProcessOutput,
	} {
		isolate(t, "[default]\ncredential_process = "+script+"\n", "")
		_, _, err := openNow(t, signer.Options{}).Session(t.Context())
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", script, err, want)
		}
	}
	isolate(t, "[default]\ncredential_process = sleep 5; sleep 5\n", "")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, _, err := openNow(t, signer.Options{}).Session(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
