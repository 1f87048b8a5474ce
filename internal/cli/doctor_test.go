//go:build unix

package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// parts are those of every report that has a desk.
func parts() []string {
	return []string{"Program", "System", "Home", "Ledger", "Settings", "Environment", "AWS files", "Profiles", "Network", "Store", "Last troubles"}
}

// doctored reads the report of a command: what is wrong, and what each part says.
func doctored(t *testing.T, got ran) (codes []string, facts map[string]string) {
	t.Helper()
	line := got.line()
	fields(t, line, "version", "made", "ok", "findings", "parts")
	for _, f := range line["findings"].([]any) {
		finding := f.(map[string]any)
		fields(t, finding, "part", "code", "message", "help")
		if finding["message"] == "" || finding["help"] == "" {
			t.Errorf("%v says too little", finding)
		}
		codes = append(codes, finding["code"].(string))
	}
	facts = map[string]string{}
	var names []string
	for _, p := range line["parts"].([]any) {
		part := p.(map[string]any)
		names = append(names, part["name"].(string))
		for _, f := range part["facts"].([]any) {
			fact := f.(map[string]any)
			facts[part["name"].(string)+"/"+fact["name"].(string)] = fact["value"].(string)
		}
	}
	for _, name := range parts() {
		if !slices.Contains(names, name) {
			t.Errorf("the part %q is missing: %q", name, names)
		}
	}
	if (len(codes) == 0) != line["ok"].(bool) || (got.status == 0) != line["ok"].(bool) {
		t.Errorf("ok is %v, with %q and status %d", line["ok"], codes, got.status)
	}
	return codes, facts
}

func TestDoctorFindsNothing(t *testing.T) {
	m := teststore.StartMinIO(t, true)
	r := at(t, m.Endpoint, m.Key, m.Secret, "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_CA_BUNDLE", m.CA)
	got := r.run("doctor").is(0)
	if !strings.HasPrefix(got.out, "# Waybill 1.2.3-test: nothing is wrong, as far as can be seen\n") {
		t.Errorf("it begins %.200s", got.out)
	}
	for _, part := range parts() {
		if !strings.Contains(got.out, "\n## "+part+"\n\n- ") {
			t.Errorf("%q is not in it:\n%s", part, got.out)
		}
	}
	codes, facts := doctored(t, r.run("doctor", "--json").is(0))
	if len(codes) > 0 {
		t.Errorf("%q", codes)
	}
	for name, wanted := range map[string]string{
		"Store/asked": "the default profile, region us-east-1", "Store/answer": "HTTP ", "Store/server": "MinIO", "Store/clock": "as the store's", "Store/tls": "TLS 1.3, certificate by CN=Waybill's tests",
		"Store/times": "connection ", "Store/credentials": "there, without an end", "Store/signed": "the list of buckets, answered in ",
		"Profiles/default": "static, endpoint " + m.Endpoint + ", in use", "Network/certificates": "those that the system trusts, and 1 in ",
		"Ledger/check": "sound", "Home/writable": "yes", "Program/waybill": "1.2.3-test", "Environment/AWS_CA_BUNDLE": m.CA, "Network/proxy for https": "none",
	} {
		if !strings.HasPrefix(facts[name], wanted) {
			t.Errorf("%s is %q, want %q", name, facts[name], wanted)
		}
	}
	if !strings.Contains(facts["Store/times"], "TLS ") || !strings.Contains(facts["Store/times"], "answer ") {
		t.Errorf("times %q", facts["Store/times"])
	}
	_, facts = doctored(t, r.run("doctor", "--json", "--offline").is(0))
	if facts["Store/not asked"] != "offline was wanted" || facts["Store/answer"] != "" {
		t.Errorf("%v", facts)
	}
	r.run("doctor", "me").is(2)
}

// TestDoctorWithBrokenThings: each is found, and whatever else there is to say is said.
func TestDoctorWithBrokenThings(t *testing.T) {
	for name, test := range map[string]struct {
		destroy func(t *testing.T, r *rig)
		code    string
		without []string // parts that cannot be had
		args    []string
	}{
		"a broken config file": {func(t *testing.T, r *rig) { r.write(os.Getenv("AWS_CONFIG_FILE"), "[default\nregion = x\n") }, "ConfigFile", nil, nil},
		"an unreadable file": {func(t *testing.T, r *rig) {
			path := os.Getenv("AWS_SHARED_CREDENTIALS_FILE")
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "ConfigFile", nil, nil},
		"a corrupt ledger": {func(t *testing.T, r *rig) {
			r.write(filepath.Join(r.home, "ledger.db"), strings.Repeat("no ledger ", 1000))
		}, "LedgerCorrupt", nil, nil},
		"broken settings": {func(t *testing.T, r *rig) { r.write(filepath.Join(r.home, "settings.json"), "{") }, "SettingsUnreadable", nil, nil},
		"no home": {func(t *testing.T, r *rig) {
			for _, name := range []string{"WAYBILL_HOME", "HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "USERPROFILE"} {
				t.Setenv(name, "")
			}
		}, "NoHome", []string{"Ledger", "Settings", "Last troubles"}, nil},
		"a home that cannot be": {func(t *testing.T, r *rig) {
			t.Setenv("WAYBILL_HOME", filepath.Join(r.write("file", "x"), "home"))
		}, "HomeUnwritable", nil, nil},
		"no network":         {func(t *testing.T, r *rig) { t.Setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1") }, "StoreDown", nil, nil},
		"no such name":       {func(t *testing.T, r *rig) { t.Setenv("AWS_ENDPOINT_URL_S3", "https://store.invalid") }, "NoSuchHost", nil, nil},
		"no bundle":          {func(t *testing.T, r *rig) { t.Setenv("AWS_CA_BUNDLE", r.write("ca.pem", "none")) }, "CABundle", nil, nil},
		"a proxy's nonsense": {func(t *testing.T, r *rig) { t.Setenv("HTTPS_PROXY", "http://a:b#c@d") }, "ProxyAddress", nil, nil},
		"no such profile":    {func(*testing.T, *rig) {}, "NoProfile", nil, []string{"--profile", "gone"}},
		"half a pair of keys": {func(t *testing.T, r *rig) {
			r.write(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), "[default]\naws_access_key_id = AKIAHALFAPAIROFKEYS\n")
		}, "ProfileHalfKeys", nil, nil},
		"a wrong secret": {func(t *testing.T, r *rig) {
			r.write(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), "[default]\naws_access_key_id = "+store.Keys().AccessKeyID+"\naws_secret_access_key = wrong-SECRET-KEY\n")
		}, "SignatureDoesNotMatch", nil, nil},
		"signed out": {func(t *testing.T, r *rig) { r.write(os.Getenv("AWS_CONFIG_FILE"), ssoConfig) }, "SignedOut", nil, []string{"--profile", "corp"}},
		"a clock that is wrong": {func(t *testing.T, r *rig) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", time.Now().Add(90*time.Minute).UTC().Format(http.TimeFormat))
			}))
			t.Cleanup(s.Close)
			t.Setenv("AWS_ENDPOINT_URL_S3", s.URL)
		}, "ClockOff", nil, nil},
		"a login page": {func(t *testing.T, r *rig) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = io.WriteString(w, "<html>Welcome to the hotel")
			}))
			t.Cleanup(s.Close)
			t.Setenv("AWS_ENDPOINT_URL_S3", s.URL)
		}, "NotAStore", nil, nil},
		"keys for everybody": {func(t *testing.T, r *rig) {
			if err := os.Chmod(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), 0o644); err != nil { // #nosec G302 -- that is the fault
				t.Fatal(err)
			}
		}, "OpenToOthers", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := atStore(t)
			t.Setenv("HOME", t.TempDir())
			test.destroy(t, r)
			got := r.run(append([]string{"doctor"}, test.args...)...).is(1)
			first, _, _ := strings.Cut(got.out, "\n")
			if !strings.HasSuffix(first, "wrong") || !strings.Contains(got.out, "\n1. ") {
				t.Errorf("it begins %.300s", got.out)
			}
			json := r.run(append([]string{"doctor", "--json"}, test.args...)...).is(1)
			if len(test.without) > 0 {
				for _, part := range parts() {
					if !slices.Contains(test.without, part) && !strings.Contains(json.out, `"name":"`+part+`"`) {
						t.Errorf("the part %q is missing", part)
					}
				}
				if !strings.Contains(json.out, `"code":"`+test.code+`"`) {
					t.Errorf("%s", json.out)
				}
				return
			}
			if codes, _ := doctored(t, json); !slices.Contains(codes, test.code) {
				t.Errorf("found %q, want %s\n%s", codes, test.code, got.out)
			}
		})
	}
}

// TestDoctorTellsNothing plants secrets wherever some may be, has things fail, and looks for them in every report, and for
// the home and the names of its owner.
func TestDoctorTellsNothing(t *testing.T) {
	user := "carlottavonstein"
	home := filepath.Join(t.TempDir(), user)
	secret := func(name string) string { return "PLANTED-" + name + "-0123456789abcdef" }
	planted := []string{"Zq9xV", "k7Q"} // which are searched for as whole words
	plant := func(name string) string {
		planted = append(planted, secret(name))
		return secret(name)
	}
	// A store that gives back all that it was sent, as S3 does with the token of a session and the canonical request.
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.Header().Set("Server", "Echo "+r.Header.Get("X-Amz-Security-Token"))
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, "<Error><Code>InvalidRequest</Code><Message>the secret Zq9xV of k7Q, the token %s of %s, https://x.test/b/k?X-Amz-Signature=%s&amp;X-Amz-Security-Token=%s, in 111122223333 by AKIAPLANTEDKEY000000 at %s</Message></Error>",
			r.Header.Get("X-Amz-Security-Token"), r.Header.Get("Authorization"), strings.Repeat("5a", 32), secret("url"), home+r.URL.Path)
	}))
	t.Cleanup(echo.Close)
	planted = append(planted, strings.Repeat("5a", 32), "AKIAPLANTEDKEY", "111122223333", user, home)
	r := newRig(t, "", "")
	process := r.write("give", "#!/bin/sh\necho '"+plant("process")+"' >&2\necho '{\"Version\": 1, \"SecretAccessKey\": \""+secret("process")+"\"}'\nexit 3\n")
	if err := os.Chmod(process, 0o700); err != nil { // #nosec G302 -- a program
		t.Fatal(err)
	}
	config := "# a comment with " + plant("comment") + "\n" +
		"[default]\nendpoint_url = " + echo.URL + "\nregion = eu-west-1\n" +
		"[profile session]\nendpoint_url = " + echo.URL + "\naws_access_key_id = ASIAPLANTEDKEY000001\naws_secret_access_key = " + plant("config-key") + " ; " + secret("comment") + "\naws_session_token = " + plant("config-token") + "\n" +
		"[profile process]\nendpoint_url = " + echo.URL + "\ncredential_process = " + process + " --password " + plant("process-argument") + "\n" +
		"[profile broken-endpoint]\nendpoint_url = http://bob:" + plant("endpoint") + "@127.0.0.1:1\naws_access_key_id = AKIAPLANTEDKEY000002\naws_secret_access_key = " + plant("more-key") + "\n" +
		"[profile path]\nendpoint_url = " + echo.URL + "/token-" + plant("path") + "/v1?" + plant("bare-query") + "\naws_access_key_id = AKIAPLANTEDKEY000005\naws_secret_access_key = Zq9xV\n" +
		"[profile short]\nendpoint_url = http://bob:k7Q@" + strings.TrimPrefix(echo.URL, "http://") + "/token-" + plant("short-path") + "\naws_access_key_id = AKIAPLANTEDKEY000006\naws_secret_access_key = Zq9xV\n" +
		"[profile nobody]\nendpoint_url = http://127.0.0.1:1/token-" + plant("nobody") + "/\naws_access_key_id = AKIAPLANTEDKEY000007\naws_secret_access_key = Zq9xV\n" +
		"[profile half]\naws_secret_access_key = " + plant("half") + "\n" +
		"[profile role]\nrole_arn = arn:aws:iam::111122223333:role/reader\nsource_profile = session\nexternal_id = " + plant("external") + "\nendpoint_url = " + echo.URL + "\n" +
		"[profile token]\nrole_arn = arn:aws:iam::111122223333:role/web\nweb_identity_token_file = " + home + "/token\n" + ssoConfig
	t.Setenv("AWS_CONFIG_FILE", r.write(filepath.Join(home, ".aws", "config"), config))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", r.write(filepath.Join(home, ".aws", "credentials"),
		"[default]\naws_access_key_id = AKIAPLANTEDKEY000003\naws_secret_access_key = "+plant("credentials-key")+"\n"))
	r.write(filepath.Join(home, ".aws", "sso", "cache", "9b12.json"), fmt.Sprintf(
		`{"accessToken": %q, "refreshToken": %q, "clientSecret": %q, "clientId": %q, "expiresAt": "2030-01-01T00:00:00Z", "region": "eu-west-1", "startUrl": "https://corp.awsapps.com/start"}`,
		plant("sso-token"), plant("sso-refresh"), plant("sso-client"), plant("sso-id")))
	r.write(filepath.Join(home, ".aws", "cli", "cache", "1.json"), fmt.Sprintf(`{"Credentials": {"SecretAccessKey": %q, "SessionToken": %q}}`, plant("cli-key"), plant("cli-token")))
	r.write(filepath.Join(home, ".aws", "login", "cache", "1.json"), fmt.Sprintf(`{"accessToken": {"secretAccessKey": %q}, "dpopKey": %q}`, plant("login-key"), plant("login-dpop")))
	r.write(filepath.Join(home, "token"), plant("web-identity"))
	r.home = filepath.Join(home, "waybill")
	t.Setenv("WAYBILL_HOME", r.home)
	r.write(filepath.Join(r.home, "settings.json"), fmt.Sprintf(`{"destination": {"profile": "broken-endpoint", "endpoint": "http://eve:%s@127.0.0.1:1", "bucket": "team-share", "prefix": %q}}`, plant("settings"), user+"/"))
	r.write(filepath.Join(r.home, "troubles.json"), fmt.Sprintf(
		`[{"at": "2026-01-01T00:00:00Z", "code": "Unexpected", "times": 2, "detail": "put https://b.test/k?X-Amz-Credential=AKIAPLANTEDKEY000004&X-Amz-Signature=%s from %s with %s by %s"}]`,
		strings.Repeat("5a", 32), home+"/secret plans.txt", secret("sso-token"), user))
	for name, value := range map[string]string{
		"HOME": home, "USERPROFILE": home, "USER": user, "LOGNAME": user, "USERNAME": user,
		"HTTPS_PROXY": "http://" + user + ":" + plant("proxy") + "@127.0.0.1:1", "HTTP_PROXY": "http://bob:" + plant("proxy") + "#@x", "https_proxy": "", "http_proxy": "",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN": plant("container"), "AWS_SOMETHING_NEW": plant("new"), "AWS_ENDPOINT_URL_SQS": "https://u:" + plant("sqs") + "@sqs.test/" + plant("variable-path") + "/?" + plant("query"),
		"AWS_ROLE_SESSION_NAME": plant("name"), "AWS_CA_BUNDLE": home + "/ca.pem", "WAYBILL_SIGN_PASSWORD": plant("signing"),
	} {
		t.Setenv(name, value)
	}
	clean := func(t *testing.T, got ran) {
		t.Helper()
		for _, text := range []string{got.out, got.err} {
			for _, one := range planted {
				if strings.Contains(strings.ToLower(text), strings.ToLower(one)) {
					t.Errorf("%q: %q is in it:\n%s", got.args, one, text)
				}
			}
			if i := strings.Index(text, "PLANTED-"); i >= 0 {
				t.Errorf("%q: a part of a secret is in it: %.60s", got.args, text[i:])
			}
		}
	}
	look := func(t *testing.T, wanted ...string) {
		t.Helper()
		for _, profile := range []string{"", "default", "session", "process", "broken-endpoint", "half", "role", "token", "corp", "gone", "path", "short", "nobody"} {
			args := []string{"doctor"}
			if profile != "" {
				args = append(args, "--profile", profile)
			}
			clean(t, r.run(args...))
			clean(t, r.run(append(args, "--json")...))
		}
		offline := r.run("doctor", "--offline")
		clean(t, offline)
		for _, text := range wanted {
			if !strings.Contains(offline.out, text) {
				t.Errorf("%q is not in it:\n%s", text, offline.out)
			}
		}
	}
	t.Run("all of it", func(t *testing.T) {
		look(t, "~/.aws/credentials", "- session: session-token", "role arn:aws:iam::…3333:role/reader", "AWS_SOMETHING_NEW: is set", "with a user name and a password",
			"~/secret plans.txt", "s3://team-share/USER/", "Unexpected ×2", "- path: static, endpoint "+echo.URL+", with a path, with a query")
	})
	t.Run("as things are asked", func(t *testing.T) { // with a bundle that can be read, more happens
		t.Setenv("AWS_CA_BUNDLE", "")
		t.Setenv("HTTPS_PROXY", "")
		t.Setenv("HTTP_PROXY", "")
		look(t)
		got := r.run("doctor", "--profile", "session")
		clean(t, got)
		if !strings.Contains(got.out, "InvalidRequest") {
			t.Errorf("the store was not asked:\n%s", got.out)
		}
		r.run("send", "--bucket", "bucket", "--profile", "session", r.write("file.txt", "x")).is(1)
		again := r.run("doctor", "--profile", "session")
		clean(t, again)
		if _, last, _ := strings.Cut(again.out, "## Last troubles"); !strings.Contains(last, "NotUnderstood") {
			t.Errorf("the failed file is not among the last troubles:\n%s", again.out)
		}
	})
	t.Run("a broken file", func(t *testing.T) {
		t.Setenv("AWS_CA_BUNDLE", "")
		r.write(filepath.Join(home, ".aws", "config"), config+"\nthis line is "+secret("comment")+"\n[\n")
		look(t, "is not as it should be")
	})
}

// TestDoctorRemembersTroubles, the last ones, and a drop's as one.
func TestDoctorRemembersTroubles(t *testing.T) {
	r := atStore(t)
	t.Setenv("HOME", t.TempDir())
	for range 3 {
		r.run("link", "s3://no-such-bucket-here/key").is(1)
	}
	files := []string{"send", "--bucket", sandbox.Bucket}
	for i := range 5 {
		files = append(files, filepath.Join(r.dir, fmt.Sprintf("gone-%d", i)))
	}
	r.run(files...).is(1)
	_, text, _ := strings.Cut(r.run("doctor").is(0).out, "## Last troubles")
	if !strings.Contains(text, "NoSuchKey ×3") && !strings.Contains(text, "NoSuchBucket ×3") || !strings.Contains(text, "FileGone ×5") {
		t.Errorf("remembers\n%s", text)
	}
	info, err := os.Stat(filepath.Join(r.home, "troubles.json"))
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info, err)
	}
}
