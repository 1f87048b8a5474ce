package signer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/testaws"
	"waybill/signer"
)

const (
	ssoProfile = "[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n" +
		"[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
	legacyProfile = "[profile p]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Reader\n"
	// registeredAs is the file that the AWS CLI names for the client of ssoProfile:
	//	hashlib.sha1(json.dumps({"tool": "botocore", "startUrl": …, "region": "eu-west-1", "scopes": None, "session_name": "corp"}, sort_keys=True).encode()).hexdigest()
	registeredAs = "a5ef4a75f83137c047e4ff336d1dade82162017b"
)

// browser plays the system's: it loads the page, follows where that leads, and keeps what it ended at.
type browser struct {
	t     *testing.T
	pages chan string
}

func newBrowser(t *testing.T) *browser { return &browser{t, make(chan string, 10)} }

func (b *browser) open(_ context.Context, address string) error {
	go func() { b.pages <- load(b.t, address) }()
	return nil
}

func load(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, address, nil)
	if err != nil {
		t.Error(err)
		return ""
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(resp.Body)
	return resp.Status + " " + string(text)
}

func ssoFile(name string) string {
	return filepath.Join(os.Getenv("HOME"), ".aws", "sso", "cache", name+".json")
}

// cached reads a file of the AWS CLI's cache, which nobody else may read.
func cached(t *testing.T, path string) map[string]any {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %v", path, info.Mode())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

// TestSignInByTheBrowser: what is left behind is what the AWS CLI leaves behind, and credentials come of it.
func TestSignInByTheBrowser(t *testing.T) {
	a := atAWS(t, ssoProfile, "")
	b := newBrowser(t)
	var steps []signer.SignInStep
	how := signer.SignIn{Open: b.open, Show: func(s signer.SignInStep) { steps = append(steps, s) }}
	if err := signer.SignInSSO(t.Context(), signer.Options{Profile: "p"}, how); err != nil {
		t.Fatal(err)
	}
	if page := <-b.pages; !strings.HasPrefix(page, "200 OK") || !strings.Contains(page, "You are signed in") {
		t.Errorf("the browser ends at %s", page)
	}
	if len(steps) != 1 || !steps[0].Opened || steps[0].Code != "" || time.Until(steps[0].Until) < 9*time.Minute {
		t.Errorf("steps %+v", steps)
	}
	token := cached(t, ssoFile(shaOfCorp))
	fields := []string{"accessToken", "clientId", "clientSecret", "expiresAt", "refreshToken", "region", "registrationExpiresAt", "startUrl"}
	if got := slices.Sorted(maps.Keys(token)); !slices.Equal(got, fields) {
		t.Errorf("the token has %q", got)
	}
	if token["region"] != "eu-west-1" || token["startUrl"] != "https://corp.awsapps.com/start" {
		t.Errorf("%v", token)
	}
	for _, name := range []string{"expiresAt", "registrationExpiresAt"} {
		if ends, err := time.Parse("2006-01-02T15:04:05Z", token[name].(string)); err != nil || !ends.After(time.Now()) {
			t.Errorf("%s is %v", name, token[name])
		}
	}
	registered := cached(t, ssoFile(registeredAs))
	if got := slices.Sorted(maps.Keys(registered)); !slices.Equal(got, []string{"clientId", "clientSecret", "expiresAt", "grantTypes", "scopes"}) {
		t.Errorf("the registration has %q", got)
	}
	if v := a.Calls("RegisterClient")[0].Values; v["scopes"] != "sso:account:access" || v["redirectUris"] != "http://127.0.0.1/oauth/callback" || v["issuerUrl"] != "https://corp.awsapps.com/start" {
		t.Errorf("registered %v", v)
	}
	s := openNow(t, signer.Options{Profile: "p"})
	signs(t, s, time.Minute)

	// Signing in again needs no other client, and the list says who is signed in.
	if err := signer.SignInSSO(t.Context(), signer.Options{Profile: "p"}, how); err != nil || len(a.Calls("RegisterClient")) != 1 {
		t.Errorf("%v, registered %d times", err, len(a.Calls("RegisterClient")))
	}
	list, err := signer.Profiles()
	if err != nil || len(list) != 1 || list[0].SignedOut || !list[0].Renews || list[0].Account != "111122223333" || time.Until(list[0].Ends) < 59*time.Minute {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestSignInByACode where no browser can be opened, where the service or the profile knows no other way, or by choice.
func TestSignInByACode(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		how    func(b *browser) signer.SignIn
		old    bool
		opened bool
		file   string
	}{
		"no browser": {ssoProfile, func(*browser) signer.SignIn { return signer.SignIn{} }, false, false, shaOfCorp},
		"none that opens": {ssoProfile, func(*browser) signer.SignIn {
			return signer.SignIn{Open: func(context.Context, string) error { return errors.New("none") }}
		}, false, false, shaOfCorp},
		"an old service":      {ssoProfile, func(b *browser) signer.SignIn { return signer.SignIn{Open: b.open} }, true, true, shaOfCorp},
		"the legacy form":     {legacyProfile, func(b *browser) signer.SignIn { return signer.SignIn{Open: b.open} }, false, true, shaOfStartURL},
		"the person's choice": {ssoProfile, func(b *browser) signer.SignIn { return signer.SignIn{Open: b.open, DeviceCode: true} }, false, true, shaOfCorp},
	} {
		t.Run(name, func(t *testing.T) {
			a := atAWS(t, c.config, "")
			a.Pending, a.NoBrowserFlow = 1, c.old
			var step signer.SignInStep
			how := c.how(newBrowser(t))
			how.Show = func(s signer.SignInStep) { step = s }
			if err := signer.SignInSSO(t.Context(), signer.Options{Profile: "p"}, how); err != nil {
				t.Fatal(err)
			}
			if step.Code != testaws.DeviceCode || !strings.HasSuffix(step.URL, "user_code="+testaws.DeviceCode) || step.Opened != c.opened {
				t.Errorf("%+v", step)
			}
			if token := cached(t, ssoFile(c.file)); !a.Tokens[token["accessToken"].(string)] {
				t.Error("the cached token is not the one that was given")
			}
			signs(t, openNow(t, signer.Options{Profile: "p"}), time.Minute)
		})
	}
}

// TestSignInThatComesToNothing leaves nothing behind, and what was there as it was.
func TestSignInThatComesToNothing(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		code   bool
		want   error
	}{
		"refused in the browser": {"denied", false, signer.ErrSignInDenied},
		"refused by the code":    {"denied", true, signer.ErrSignInDenied},
		"too late":               {"expired", true, signer.ErrSignInTimeout},
	} {
		a := atAWS(t, ssoProfile, "")
		a.Answer = c.answer
		old := ssoCache(t, shaOfCorp, map[string]any{"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z"})
		before, _ := os.ReadFile(old)
		b := newBrowser(t)
		err := signer.SignInSSO(t.Context(), signer.Options{Profile: "p"}, signer.SignIn{Open: b.open, DeviceCode: c.code})
		if after, _ := os.ReadFile(old); !errors.Is(err, c.want) || !bytes.Equal(after, before) {
			t.Errorf("%s: %v", name, err)
		}
		if page := <-b.pages; !c.code && !strings.Contains(page, "You are not signed in") {
			t.Errorf("%s: the browser ends at %s", name, page)
		}
	}
	for _, code := range []bool{false, true} {
		a := atAWS(t, ssoProfile, "")
		a.Pending = -1
		ctx, cancel := context.WithCancel(t.Context())
		how := signer.SignIn{DeviceCode: code, Open: func(context.Context, string) error { return nil }, Show: func(signer.SignInStep) { cancel() }}
		if err := signer.SignInSSO(ctx, signer.Options{Profile: "p"}, how); !errors.Is(err, context.Canceled) {
			t.Errorf("code %v: %v", code, err)
		}
		if _, err := os.Stat(ssoFile(shaOfCorp)); err == nil {
			t.Error("a token was kept")
		}
	}
	atAWS(t, "", staticKeys)
	if err := signer.SignInSSO(t.Context(), signer.Options{Profile: "default"}, signer.SignIn{}); !errors.Is(err, signer.ErrNotSSO) {
		t.Errorf("%v", err)
	}
}

// TestStrangersAtTheDoor: any page in the browser can call the address that the browser comes back to. Without the
// state it is not heard.
func TestStrangersAtTheDoor(t *testing.T) {
	atAWS(t, ssoProfile, "")
	b := newBrowser(t)
	how := signer.SignIn{Open: func(_ context.Context, address string) error {
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		door := u.Query().Get("redirect_uri")
		for _, query := range []string{"?code=stolen", "?code=stolen&state=guessed", "?error=access_denied", ""} {
			if page := load(t, door+query); !strings.HasPrefix(page, "400 ") {
				t.Errorf("%s: %s", query, page)
			}
		}
		return b.open(t.Context(), address)
	}}
	if err := signer.SignInSSO(t.Context(), signer.Options{Profile: "p"}, how); err != nil {
		t.Error(err)
	}
}

// TestWatch: a sign-in elsewhere and an edited file are noticed, also where folders come into being only then.
func TestWatch(t *testing.T) {
	atAWS(t, "", staticKeys)
	changed, err := signer.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	config := os.Getenv("AWS_CONFIG_FILE")
	for _, c := range []struct {
		what string
		do   func()
	}{
		{"a config file that comes", func() { put(t, config, "[default]\nregion = eu-west-1\n") }},
		{"one that is replaced", func() {
			put(t, config+".new", "[default]\nregion = eu-west-2\n")
			if err := os.Rename(config+".new", config); err != nil {
				t.Fatal(err)
			}
		}},
		{"one that is changed", func() { put(t, config, "[default]\nregion = eu-west-3\n") }},
		{"aws sso login", func() { ssoCache(t, shaOfCorp, map[string]any{"accessToken": "x"}) }},
		{"again", func() { ssoCache(t, shaOfCorp, map[string]any{"accessToken": "y"}) }},
		{"aws login", func() { loginCache(t, "2020-01-01T00:00:00Z") }},
	} {
		c.do()
		select {
		case <-changed:
		case <-time.After(10 * time.Second):
			t.Errorf("%s is not noticed", c.what)
		}
		select { // several events are one change
		case <-changed:
		case <-time.After(400 * time.Millisecond):
		}
	}
	put(t, filepath.Join(filepath.Dir(config), "something-else"), "x")
	select {
	case <-changed:
		t.Error("a file that is nobody's was reported")
	case <-time.After(500 * time.Millisecond):
	}
}
