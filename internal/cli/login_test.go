//go:build unix

package cli_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
	"waybill/internal/testaws"
)

const ssoConfig = "[profile corp]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n" +
	"[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"

// atAWS is a computer with a home of its own and the services that give credentials.
func atAWS(t *testing.T, config, credentials string) (*rig, *testaws.AWS) {
	t.Helper()
	r := newRig(t, config, credentials)
	t.Setenv("HOME", t.TempDir())
	a := testaws.Start(t)
	a.Grant = func(who string, length time.Duration) testaws.Keys {
		return testaws.Keys{ID: "ASIAGRANTED", Secret: "granted-SECRET", Token: "granted-TOKEN", Ends: time.Now().Add(length)}
	}
	r.secrets = append(r.secrets, "granted-SECRET", "granted-TOKEN", testaws.ClientSecret)
	return r, a
}

// noSecretsAtHome wants Waybill's own folder free of all that was given out.
func noSecretsAtHome(t *testing.T, r *rig, a *testaws.AWS) {
	t.Helper()
	secrets := slices.Clone(r.secrets)
	for token := range a.Tokens {
		secrets = append(secrets, token)
	}
	files := 0
	err := filepath.WalkDir(r.home, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, secret := range append(secrets, a.Refresh) {
			if secret != "" && strings.Contains(string(text), secret) {
				t.Errorf("a secret is in %s", path)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestLoginByACode(t *testing.T) {
	r, a := atAWS(t, ssoConfig, "")
	got := r.run("login", "--profile", "corp", "--no-browser", "--json", "--log-level", "debug").is(0)
	line := got.line()
	fields(t, line, "profile", "account", "ends")
	if line["profile"] != "corp" || line["account"] != "111122223333" || line["ends"] == nil {
		t.Errorf("%v", line)
	}
	for _, said := range []string{testaws.DeviceCode, a.URL + "/device?user_code="} {
		if !strings.Contains(got.err, said) {
			t.Errorf("%q is not said:\n%s", said, got.err)
		}
	}
	for token := range a.Tokens {
		if strings.Contains(got.err+got.out, token) {
			t.Error("the token was printed")
		}
	}
	noSecretsAtHome(t, r, a)
}

func TestLoginInTheBrowser(t *testing.T) {
	r, a := atAWS(t, ssoConfig, "")
	// The browser is one that notes where it was sent; the test goes there.
	sent := filepath.Join(r.dir, "sent")
	opener := r.write("browser", "#!/bin/sh\nprintf %s \"$1\" > "+sent+".new && mv "+sent+".new "+sent+"\n")
	if err := os.Chmod(opener, 0o700); err != nil { // #nosec G302 -- a program
		t.Fatal(err)
	}
	t.Setenv("BROWSER", opener)
	over := make(chan struct{})
	go func() {
		defer close(over)
		for range 1000 {
			if address, err := os.ReadFile(sent); err == nil {
				if req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, string(address), nil); err == nil {
					if resp, err := http.DefaultClient.Do(req); err == nil {
						_ = resp.Body.Close()
					}
				}
				return
			}
			time.Sleep(10 * time.Millisecond) // there is no other way to hear of a file in all systems
		}
	}()
	got := r.run("login", "--profile", "corp").is(0)
	<-over
	if address, err := os.ReadFile(sent); err != nil || !strings.HasPrefix(string(address), "http://127.0.0.1:") || strings.Contains(string(address), "?") {
		t.Errorf("the browser's command line has %q, %v", address, err)
	}
	if !strings.Contains(got.err, `The profile "corp" is signed in; its credentials last until`) || len(a.Calls("Authorize")) != 1 {
		t.Errorf("says\n%s", got.err)
	}
	noSecretsAtHome(t, r, a)
}

func TestLoginThatDoesNotWork(t *testing.T) {
	r, a := atAWS(t, ssoConfig+"[profile keys]\naws_access_key_id = a\naws_secret_access_key = keys-SECRET-KEY\n", "")
	a.Answer = "denied"
	if got := r.run("login", "--profile", "corp", "--no-browser").is(1); !strings.Contains(got.err, "Signing in was refused in the browser.") {
		t.Errorf("says\n%s", got.err)
	}
	if got := r.run("login", "--profile", "keys").is(1); !strings.Contains(got.err, "nothing to sign in to") {
		t.Errorf("says\n%s", got.err)
	}
	if got := r.run("login", "--profile", "nobody").is(1); !strings.Contains(got.err, `There is no profile "nobody"`) {
		t.Errorf("says\n%s", got.err)
	}
	r.run("login", "corp").is(2)
}

func TestProfilesAreListed(t *testing.T) {
	r, _ := atAWS(t, ssoConfig+"[profile lost]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = gone\n", "[default]\naws_access_key_id = a\naws_secret_access_key = keys-SECRET-KEY\n")
	lines := r.run("profiles", "--json").is(0).lines()
	var names []string
	for _, l := range lines {
		fields(t, l, "name", "kind", "account", "role", "region", "endpoint", "ends", "renews", "signed_out", "problem")
		names = append(names, l["name"].(string))
	}
	if !slices.Equal(names, []string{"default", "corp", "lost", "sandbox"}) {
		t.Fatalf("%q", names)
	}
	if l := lines[1]; l["kind"] != "sso" || l["account"] != "111122223333" || l["role"] != "Reader" || l["signed_out"] != true || l["ends"] != nil || l["problem"] != nil {
		t.Errorf("%v", l)
	}
	if problem, _ := lines[2]["problem"].(map[string]any); problem["code"] != "ProfileSourceMissing" {
		t.Errorf("%v", lines[2])
	}
	got := r.run("profiles").is(0)
	if !strings.Contains(got.out, "signed out") || !strings.Contains(got.out, "cannot work") || !strings.Contains(got.err, `the profile "gone", which is not there`) {
		t.Errorf("prints\n%s%s", got.out, got.err)
	}
	r.run("login", "--profile", "corp", "--no-browser").is(0)
	if got = r.run("profiles").is(0); !strings.Contains(got.out, "signed in, renewed by itself") {
		t.Errorf("prints\n%s", got.out)
	}
	r.run("profiles", "corp").is(2)
}

// TestASessionThatHasEnded: nothing is tried with it, and every command names who can get another.
func TestASessionThatHasEnded(t *testing.T) {
	more := "aws_session_token = TOKEN\nx_security_token_expires = " + time.Now().Add(-24*time.Hour).UTC().Format(time.RFC3339) + "\n"
	r := at(t, store.Endpoint(), store.Keys().AccessKeyID, store.Keys().SecretAccessKey, more)
	bucket := "s3://" + sandbox.Bucket + "/"
	for _, args := range [][]string{
		{"send", "--bucket", sandbox.Bucket, "--prefix", folder(), r.write("a.txt", "a")},
		{"link", bucket + "a.txt"},
		{"request", bucket},
		{"check", bucket},
		{"doctor"},
	} {
		got := r.run(args...).is(cli.Failed)
		all := got.out + got.err
		if !strings.Contains(all, `The session of the profile "default" ended at`) || !strings.Contains(all, "Run the program again that got its session token") {
			t.Errorf("%q says %q", args, all)
		}
		for _, not := range []string{"waybill login", "Links made now", "ok  Who signs"} {
			if strings.Contains(all, not) {
				t.Errorf("%q says %q of %q", args, all, not)
			}
		}
	}
}
