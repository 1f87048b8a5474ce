package desk_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/testaws"
	"waybill/internal/teststore"
	"waybill/signer"
)

const (
	ssoConfig = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n" +
		"[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
	aRole = "arn:aws:iam::111122223333:role/a"
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

// throughBrowser signs in as a person does who agrees to everything.
func throughBrowser(t *testing.T) desk.SignInPrompt {
	return desk.SignInPrompt{Open: func(_ context.Context, address string) error {
		go func() {
			req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, address, nil)
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
		}()
		return nil
	}}
}

// TestSignInWhileATransferWaits: the credentials of an SSO session, which a real store takes, end in the middle of an
// upload, and so does the session. The transfer says so and waits; when somebody signs in, by Waybill or elsewhere, it
// goes on with the same multipart upload, and nothing that has arrived is sent again.
func TestSignInWhileATransferWaits(t *testing.T) {
	const parts, partsOfFirst = 10, 3
	m := teststore.StartMinIO(t, false)
	target, err := url.Parse(m.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	for name, signIn := range map[string]func(*testing.T, *testaws.AWS, *desk.Desk){
		"here": func(t *testing.T, _ *testaws.AWS, d *desk.Desk) {
			who, err := d.SignIn(t.Context(), desk.Store{}, throughBrowser(t))
			if err != nil || who.Profile != "default" || who.Account != "111122223333" || time.Until(who.Ends) < time.Minute {
				t.Errorf("%+v, %v", who, err)
			}
		},
		"elsewhere": func(t *testing.T, a *testaws.AWS, _ *desk.Desk) {
			a.SignedInElsewhere(t, "corp", "second", time.Now().Add(time.Hour))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			first, begun, created := "", 0, 0
			arrived := make(chan struct{}) // closed when the store has all parts of the first session
			accepted := map[string]int{}   // parts, by session
			forward := &httputil.ReverseProxy{
				ErrorLog: log.New(io.Discard, "", 0), // requests are given up when another one of their upload is refused
				Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
				ModifyResponse: func(resp *http.Response) error {
					mu.Lock()
					defer mu.Unlock()
					q := resp.Request.URL.Query()
					switch {
					case resp.StatusCode != http.StatusOK:
					case q.Has("uploads"):
						created++
					case q.Has("partNumber") && resp.Request.Method == http.MethodPut:
						token := q.Get("X-Amz-Security-Token")
						if accepted[token]++; token == first && accepted[token] == partsOfFirst {
							close(arrived)
						}
					}
					return nil
				},
			}
			shortened := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				token := q.Get("X-Amz-Security-Token")
				ended := false
				if q.Has("partNumber") && r.Method == http.MethodPut {
					mu.Lock()
					if first == "" {
						first = token
					}
					if token == first {
						begun++
						ended = begun > partsOfFirst
					}
					mu.Unlock()
				}
				if ended {
					_, _ = io.Copy(io.Discard, r.Body)
					<-arrived
					w.WriteHeader(http.StatusForbidden)
					_, _ = io.WriteString(w, `<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>`)
					return
				}
				forward.ServeHTTP(w, r)
			}))
			t.Cleanup(shortened.Close)
			a := atAWS(t, "[default]\nservices = local\n"+ssoConfig+"[services local]\ns3 =\n  endpoint_url = "+shortened.URL+"\n", "")
			granted := 0
			a.Grant = func(_ string, length time.Duration) testaws.Keys {
				if granted++; granted == 1 { // the whole SSO session ends with these
					clear(a.Tokens)
				}
				id, secret, token, ends := m.Session(length, "")
				return testaws.Keys{ID: id, Secret: secret, Token: token, Ends: ends}
			}
			a.SignedInElsewhere(t, "corp", "first", time.Now().Add(time.Hour))
			d := openDesk(t, desk.Options{})
			path := filepath.Join(t.TempDir(), "big.bin")
			big := strings.Repeat("0123456789abcdef", parts*(5<<20)/16)
			write(t, path, big)
			drop := d.Send(t.Context(), desk.Destination{Bucket: teststore.Bucket, Prefix: name}, desk.SendOptions{PartSize: 5 << 20, AwaitSignIn: true}, []string{path})
			var last desk.Transfer
			waited, going := false, false
			for e := range drop.Events() {
				last = e
				if e.Waiting != nil && !waited {
					waited = true
					if e.State != desk.Sending || code(e.Waiting) != "SignedOut" || !e.Waiting.NeedsSignIn() {
						t.Errorf("%s waits for %v", e.State, e.Waiting)
					}
					go signIn(t, a, d)
				}
				going = waited && e.Waiting == nil
			}
			if last.State != desk.Sent || !last.Link.Verified || !waited || !going {
				t.Fatalf("%s, %v; waited %v, went on %v", last.State, last.Trouble, waited, going)
			}
			if body, _, _ := download(t, last.Link.URL); string(body) != big {
				t.Error("something else arrived")
			}
			mu.Lock()
			defer mu.Unlock()
			all := 0
			for _, n := range accepted {
				all += n
			}
			// When the files are seen to change, a longer session may be asked for once more.
			if created != 1 || len(accepted) < 2 || accepted[first] != partsOfFirst || all != parts {
				t.Errorf("%d of %d parts went under %d sessions in %d uploads", all, parts, len(accepted), created)
			}
		})
	}
}

// TestWaitingForASignInCanBeCancelled, and without being told to wait a transfer fails at once.
func TestWaitingForASignInCanBeCancelled(t *testing.T) {
	atAWS(t, "[default]\n"+ssoConfig, "")
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	to := desk.Destination{Bucket: "team-share"}
	if s := one(t, send(t, d, to, desk.SendOptions{}, path)); s.State != desk.Failed || code(s.Trouble) != "SignedOut" {
		t.Errorf("%s, %v", s.State, s.Trouble)
	}
	drop := d.Send(t.Context(), to, desk.SendOptions{AwaitSignIn: true}, []string{path})
	state := desk.Queued
	for e := range drop.Events() {
		if state = e.State; e.Waiting != nil {
			drop.Cancel(e.ID)
		}
	}
	if state != desk.Cancelled {
		t.Errorf("%s after the cancel", state)
	}
}

// TestCodesAreAskedForThroughTheDesk: by whoever sets it, and signing in asks as well.
func TestCodesAreAskedForThroughTheDesk(t *testing.T) {
	a := atAWS(t, "[default]\nrole_arn = "+aRole+"\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\nduration_seconds = 3600\n",
		"[base]\naws_access_key_id = AKID\naws_secret_access_key = s\nendpoint_url = https://elsewhere.example.com\n")
	a.Code, a.Longest = "123456", 12*time.Hour
	d := openDesk(t, desk.Options{})
	_, err := d.Outlook(t.Context(), desk.Store{}, time.Hour)
	var nobody *desk.Trouble
	if !errors.As(err, &nobody) || code(nobody) != "MFA" || !strings.Contains(nobody.Error(), "arn:aws:iam::1:mfa/me") {
		t.Fatalf("%v", err)
	}
	asked := 0
	d.SetCode(func(_ context.Context, q signer.CodeQuestion) (string, error) {
		if q.Profile != "default" || q.Serial != "arn:aws:iam::1:mfa/me" {
			t.Errorf("asked %+v", q)
		}
		asked++
		return "123456", nil
	})
	changed := d.WatchProfiles(t.Context())
	if who, err := d.SignIn(t.Context(), desk.Store{}, desk.SignInPrompt{}); err != nil || asked != 1 || who.Account != "111122223333" {
		t.Fatalf("%+v, %v, asked %d times", who, err, asked)
	}
	select {
	case <-changed:
	case <-time.After(10 * time.Second):
		t.Error("the sign-in is not reported")
	}
	// Eight hours are more than the profile's own duration: that is a person's word, and another code.
	o, err := d.Outlook(t.Context(), desk.Store{}, 8*time.Hour)
	if err != nil || !o.Stretch || o.Warning == nil || !strings.Contains(o.Warning.Help.String(), "--longer-session") || asked != 1 {
		t.Fatalf("%+v, %v, asked %d times", o, err, asked)
	}
	if o, err = d.Stretch(t.Context(), desk.Store{}, 8*time.Hour); err != nil || o.Because != signer.Requested || o.Stretch || asked != 2 {
		t.Errorf("%+v, %v, asked %d times", o, err, asked)
	}
	a.Set(func() { a.Code = "654321" })
	if _, err = d.SignIn(t.Context(), desk.Store{}, desk.SignInPrompt{}); !errors.As(err, &nobody) || code(nobody) != "MFAWrong" || asked != 5 {
		t.Errorf("%v, asked %d times", err, asked)
	}
}

// TestSigningInThatIsGivenUp leaves the session that was there: what is under way goes on with it, and asks for nothing.
func TestSigningInThatIsGivenUp(t *testing.T) {
	a := atAWS(t, "[default]\nrole_arn = "+aRole+"\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\n",
		"[base]\naws_access_key_id = AKID\naws_secret_access_key = s\nendpoint_url = https://elsewhere.example.com\n")
	a.Code = "123456"
	d := openDesk(t, desk.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	d.SetCode(func(ctx context.Context, _ signer.CodeQuestion) (string, error) {
		switch asked++; asked {
		case 1:
			return "123456", nil
		case 2:
			return "", errors.New("the person gave no code")
		}
		cancel()
		<-ctx.Done()
		return "", context.Cause(ctx)
	})
	had, _, err := d.Session(t.Context(), desk.Store{})
	if err != nil || had.IsZero() {
		t.Fatalf("%v, %v", had, err)
	}
	var no *desk.Trouble
	if _, err := d.SignIn(t.Context(), desk.Store{}, desk.SignInPrompt{}); !errors.As(err, &no) || code(no) != "MFA" {
		t.Errorf("no code: %v", err)
	}
	if _, err := d.SignIn(ctx, desk.Store{}, desk.SignInPrompt{}); err == nil {
		t.Error("it is signed in without a code")
	}
	if asked != 3 {
		t.Fatalf("asked %d times", asked)
	}
	if has, _, err := d.Session(t.Context(), desk.Store{}); err != nil || !has.Equal(had) || asked != 3 {
		t.Errorf("until %v, was %v; %v; asked %d times", has, had, err, asked)
	}
}

// TestOutlookOfChainedRoles says why nothing helps.
func TestOutlookOfChainedRoles(t *testing.T) {
	atAWS(t, "[default]\nrole_arn = arn:aws:iam::444455556666:role/b\nsource_profile = q\n[profile q]\nrole_arn = "+aRole+"\nsource_profile = base\n",
		"[base]\naws_access_key_id = AKID\naws_secret_access_key = s\nendpoint_url = https://elsewhere.example.com\n")
	o, err := openDesk(t, desk.Options{}).Outlook(t.Context(), desk.Store{}, 8*time.Hour)
	if err != nil || o.Stretch || o.Warning == nil || !strings.Contains(o.Warning.Help.String(), "no more than an hour") {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestTroublesOfCredentials: each failure on the way to credentials has words of its own.
func TestTroublesOfCredentials(t *testing.T) {
	const base = "[base]\naws_access_key_id = AKID\naws_secret_access_key = s\n"
	const role = "role_arn = " + aRole + "\nsource_profile = base\n"
	token := filepath.Join(t.TempDir(), "token")
	for want, c := range map[string]struct {
		config  string
		prepare func(t *testing.T, a *testaws.AWS)
		names   string // what the words name
	}{
		"SignedOut":      {ssoConfig, nil, "default"},
		"SignedOutLogin": {"login_session = arn:aws:iam::1:user/x\n", nil, "aws login --profile default"},
		"SessionOver":    {"aws_access_key_id = AKID\naws_secret_access_key = s\naws_session_token = t\nx_security_token_expires = 2020-11-25T00:00:00Z\n", nil, "program"},
		"SessionOverEnvironment": {"", func(t *testing.T, _ *testaws.AWS) {
			for name, value := range map[string]string{
				"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t", "AWS_CREDENTIAL_EXPIRATION": "2020-11-25T00:00:00Z",
			} {
				t.Setenv(name, value)
			}
		}, "environment"},
		"PermissionSet": {ssoConfig, func(t *testing.T, a *testaws.AWS) {
			a.SignedInElsewhere(t, "corp", "x", time.Now().Add(time.Hour))
			a.Denied["Reader"] = true
		}, "111122223333"},
		"RoleDenied":  {role, func(_ *testing.T, a *testaws.AWS) { a.Denied[aRole] = true }, aRole},
		"RoleRefused": {role + "duration_seconds = 7200\n", nil, "exceeds the MaxSessionDuration"},
		"MFA":         {role + "mfa_serial = 77\n", nil, "77"},
		"WebIdentityEnded": {"role_arn = " + aRole + "\nweb_identity_token_file = " + token + "\n", func(t *testing.T, _ *testaws.AWS) {
			write(t, token, "jwt")
			stsSays(t, "ExpiredTokenException", "Token expired")
		}, "default"},
		"ExpiredToken": {role, func(t *testing.T, _ *testaws.AWS) {
			stsSays(t, "ExpiredToken", "The security token included in the request is expired")
		}, "default"},
		"InvalidAccessKeyId": {role, func(t *testing.T, _ *testaws.AWS) {
			stsSays(t, "InvalidClientTokenId", "The security token included in the request is invalid.")
		}, "default"},
		"ProfileTokenFile":        {"role_arn = " + aRole + "\nweb_identity_token_file = /nowhere/token\n", nil, "/nowhere/token"},
		"ProfileNotInEnvironment": {"role_arn = " + aRole + "\ncredential_source = Environment\n", nil, "default"},
		"ProfileNoContainer":      {"role_arn = " + aRole + "\ncredential_source = EcsContainer\n", nil, "default"},
		"ProfileSSOSession":       {"sso_session = gone\nsso_account_id = 1\nsso_role_name = x\n", nil, "[sso-session gone]"},
		"ProfileSetting":          {"sso_session = corp\nsso_account_id = 1\n" + strings.SplitN(ssoConfig, "\n", 4)[3], nil, "sso_role_name"},
		"ProfileNoSource":         {"role_arn = " + aRole + "\n", nil, "default"},
		"ProfileLoop":             {"role_arn = " + aRole + "\nsource_profile = b\n[profile b]\nrole_arn = " + aRole + "\nsource_profile = default\n", nil, "default → b → default"},
		"ProfileHalfKeys":         {"aws_access_key_id = AKID\n", nil, "aws_secret_access_key"},
		"ProfileDuration":         {role + "duration_seconds = 1h\n", nil, `"1h"`},
		"ProcessFailed":           {"credential_process = exit 7\n", nil, "default"},
		"ProcessMissing":          {"credential_process = /nowhere/helper 2>/dev/null\n", nil, "default"},
		"ProcessOutput":           {"credential_process = echo hello\n", nil, "default"},
		"StoreDown":               {role, func(t *testing.T, _ *testaws.AWS) { t.Setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1") }, "127.0.0.1:1"},
	} {
		t.Run(want, func(t *testing.T) {
			a := atAWS(t, "[default]\nmax_attempts = 1\n"+c.config, base)
			if c.prepare != nil {
				c.prepare(t, a)
			}
			_, _, err := openDesk(t, desk.Options{}).Session(t.Context(), desk.Store{})
			var trouble *desk.Trouble
			if !errors.As(err, &trouble) || code(trouble) != want {
				t.Fatalf("%v", err)
			}
			if words := trouble.What.String() + " " + trouble.Help.String(); !strings.Contains(words, c.names) || strings.Contains(words, "<no value>") {
				t.Errorf("%s", words)
			}
		})
	}
}

// stsSays makes STS refuse.
func stsSays(t *testing.T, code, message string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<ErrorResponse><Error><Type>Sender</Type><Code>"+code+"</Code><Message>"+message+"</Message></Error></ErrorResponse>")
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_STS", server.URL)
}

// TestSigningInSaysWhatToDo where it is not Waybill's to do.
func TestSigningInSaysWhatToDo(t *testing.T) {
	for want, config := range map[string]string{
		"SignInNotNeeded": "aws_access_key_id = AKID\naws_secret_access_key = s\n",
		"SignInSession":   "aws_access_key_id = AKID\naws_secret_access_key = s\naws_session_token = t\n",
		"SignInLogin":     "login_session = arn:aws:iam::1:user/x\n",
		"NoCredentials":   "region = eu-west-1\n",
	} {
		atAWS(t, "[default]\n"+config, "")
		_, err := openDesk(t, desk.Options{}).SignIn(t.Context(), desk.Store{}, desk.SignInPrompt{})
		var trouble *desk.Trouble
		if !errors.As(err, &trouble) || code(trouble) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for want, answer := range map[string]string{"SignInDenied": "denied", "SignInTimeout": "expired"} {
		a := atAWS(t, "[default]\n"+ssoConfig, "")
		a.Answer = answer
		_, err := openDesk(t, desk.Options{}).SignIn(t.Context(), desk.Store{}, desk.SignInPrompt{DeviceCode: true})
		var trouble *desk.Trouble
		if !errors.As(err, &trouble) || code(trouble) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	// The list says why a profile cannot work.
	atAWS(t, "[default]\nrole_arn = "+aRole+"\nsource_profile = gone\n", "")
	list, err := openDesk(t, desk.Options{}).Profiles()
	if err != nil || list[0].Trouble() == nil || code(list[0].Trouble()) != "ProfileSourceMissing" || list[1].Trouble() != nil {
		t.Errorf("%+v, %v", list, err)
	}
}
