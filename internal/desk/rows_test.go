package desk_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"waybill/internal/courier"
	"waybill/internal/desk"
	"waybill/internal/testupdates"
	"waybill/internal/update"
	"waybill/signer"
)

// TestTypedRows: what a person can type wrong.
func TestTypedRows(t *testing.T) {
	failing := func(_ any, err error) error { return err }
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf(".k%d", i))
	}
	long := strings.Repeat("x", 300)
	for want, err := range map[string]error{
		"ClashUnknown":     failing(desk.ParseClash("perhaps")),
		"VerifyUnknown":    failing(desk.ParseVerify("perhaps")),
		"ConcurrencyRange": failing(desk.CheckConcurrency(1000)),
		"LimitRange":       failing(desk.ParseLimitRate("fast")),
		"PartSizeRange":    failing(desk.ParsePartSize("1MiB")),
		"KindsTooMany":     failing(desk.ParseKinds(strings.Join(many, ","))),
		"LargeRange":       desk.CheckRequest(desk.RequestOptions{Large: 100_000}),
		"RequestWords":     desk.CheckRequest(desk.RequestOptions{For: long}),
		"BucketEmpty":      desk.CheckBucket(""),
		"BucketKind":       desk.CheckBucket("reports--usw2-az1--x-s3"),
		"AccessPointName":  desk.CheckBucket("arn:aws:s3:eu-west-1:111122223333:bucket/x"),
		"PayerUnknown":     failing(desk.ParseRequestPayer("somebody")),
		"PrefixCharacters": failing(desk.CleanPrefix("a\u202eb")),
		"KeyName":          desk.CheckKey("a/../b"),
		"KeyTooLongError":  desk.CheckKey(strings.Repeat("k", 1025)),
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if told := desk.NothingFits("*.never"); code(told) != "PatternEmpty" {
		t.Errorf("%v", told)
	}
}

// TestProfileRows: profiles and files that cannot be used, as they are on disk.
func TestProfileRows(t *testing.T) {
	const keys = "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n"
	none := filepath.Join(t.TempDir(), "none.pem")
	write(t, none, "no certificate")
	for want, c := range map[string]struct {
		config string
		store  desk.Store
	}{
		"NoProfile":               {"", desk.Store{Profile: "nobody"}},
		"ConfigFile":              {"[default\nregion = x\n", desk.Store{}},
		"ProfileInBrokenFile":     {"[default\nregion = x\n", desk.Store{Profile: "nobody"}},
		"CABundle":                {"[default]\nca_bundle = " + none + "\n", desk.Store{}},
		"PlainHTTP":               {"[default]\nendpoint_url = http://store.example\n", desk.Store{}},
		"Endpoint":                {"[default]\nendpoint_url = store.example\n", desk.Store{}},
		"ProfileSourceEmpty":      {"[default]\nrole_arn = " + aRole + "\nsource_profile = empty\n[profile empty]\nregion = x\n", desk.Store{}},
		"ProfileCredentialSource": {"[default]\nrole_arn = " + aRole + "\ncredential_source = Moon\n", desk.Store{}},
		"ProfileSetup":            {"[default]\nretry_mode = never\n", desk.Store{}},
	} {
		credentials := keys
		if strings.Contains(c.config, "role_arn") {
			credentials = ""
		}
		isolate(t, c.config, credentials)
		if _, err := openDesk(t, desk.Options{}).Prefixes(t.Context(), desk.Destination{Store: c.store, Bucket: "team-share"}); code(desk.Explain(err)) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	isolate(t, "[default]\nrole_arn = "+aRole+"\ncredential_source = EcsContainer\n", "")
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://store.example/credentials")
	if _, _, err := openDesk(t, desk.Options{}).Session(t.Context(), desk.Store{}); code(err) != "ProfileContainerURI" {
		t.Errorf("%v", err)
	}
	// A real one takes a minute; TestProcessTimeout of the signer waits for a shorter one.
	slow := &signer.ProcessError{Profile: "default", Err: fmt.Errorf("%w (1m0s)", signer.ErrProcessTimeout)}
	if told := desk.Explain(slow); code(told) != "ProcessTimeout" {
		t.Errorf("%v", told)
	}
}

// TestServicesThatGiveCredentials: STS, the SSO portal, its sign-in and "aws login", with the errors of their models
// (service/sts, sso, ssooidc and signin, types/errors.go of the SDK, and the common errors of AWS).
func TestServicesThatGiveCredentials(t *testing.T) {
	const base = "[base]\naws_access_key_id = AKID\naws_secret_access_key = s\n"
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "jwt")
	role := "role_arn = " + aRole + "\nsource_profile = base\n"
	identity := "role_arn = " + aRole + "\nweb_identity_token_file = " + token + "\n"
	says := func(t *testing.T, status int, contentType, body string) {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}))
		t.Cleanup(server.Close)
		for _, service := range []string{"STS", "SSO", "SSO_OIDC", "SIGNIN"} {
			t.Setenv("AWS_ENDPOINT_URL_"+service, server.URL)
		}
	}
	sts := func(code, message string) string {
		return "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>" + message + "</Message></Error></ErrorResponse>"
	}
	for _, c := range []struct {
		config, said string
		status       int
		want         string
	}{
		{role, "AccessDenied", 403, "RoleDenied"},
		{role, "ExpiredToken", 403, "ExpiredToken"},
		{role, "InvalidClientTokenId", 403, "InvalidAccessKeyId"},
		{role, "SignatureDoesNotMatch", 403, "SignatureDoesNotMatch"},
		{role, "MalformedPolicyDocument", 400, "RoleRefused"},
		{role, "PackedPolicyTooLarge", 400, "RoleRefused"},
		{role, "RegionDisabledException", 403, "RoleRefused"},
		{role, "ValidationError", 400, "RoleRefused"},
		{role, "OptInRequired", 403, "RoleRefused"},
		{role, "RequestExpired", 400, "RequestTimeTooSkewed"},
		{role, "Throttling", 400, "CredentialsBusy"},
		{role, "ServiceUnavailable", 503, "CredentialsBusy"},
		{role, "InternalFailure", 500, "CredentialsBusy"},
		{identity, "ExpiredTokenException", 400, "WebIdentityEnded"},
		{identity, "InvalidIdentityToken", 400, "WebIdentityEnded"},
		{identity, "IDPRejectedClaim", 403, "WebIdentityEnded"},
		{identity, "IDPCommunicationError", 400, "IdentityProvider"},
	} {
		t.Run(c.said, func(t *testing.T) {
			atAWS(t, "[default]\nmax_attempts = 1\n"+c.config, base)
			says(t, c.status, "text/xml", sts(c.said, "The service's own words."))
			_, _, err := openDesk(t, desk.Options{}).Session(t.Context(), desk.Store{})
			if want := c.want; code(err) != want && (want != "RequestTimeTooSkewed" || code(err) != "SignatureEnded") {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
	for name, c := range map[string]struct {
		status     int
		kind, want string
	}{
		"signed out elsewhere": {401, "UnauthorizedException", "SignedOut"},
		"no such role":         {403, "ForbiddenException", "PermissionSet"},
		"no such account":      {404, "ResourceNotFoundException", "PermissionSet"},
		"too much to do":       {429, "TooManyRequestsException", "CredentialsBusy"},
		"not understood":       {400, "InvalidRequestException", "CredentialsFailed"},
	} {
		t.Run(name, func(t *testing.T) {
			a := atAWS(t, "[default]\nmax_attempts = 1\n"+ssoConfig, "")
			a.SignedInElsewhere(t, "corp", "x", time.Now().Add(time.Hour))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Amzn-Errortype", c.kind)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				_, _ = fmt.Fprint(w, `{"message":"The service's own words."}`)
			}))
			t.Cleanup(server.Close)
			t.Setenv("AWS_ENDPOINT_URL_SSO", server.URL)
			if _, _, err := openDesk(t, desk.Options{}).Session(t.Context(), desk.Store{}); code(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	for name, c := range map[string]struct {
		status            int
		contentType, body string
		want              string
	}{
		"a hotel":          {511, "text/html", "<html>Sign in</html>", "CaptivePortal"},
		"a page":           {200, "text/html", "<html>Sign in</html>", "CaptivePortal"},
		"wrong client":     {401, "application/json", `{"error":"invalid_client"}`, "SignInFailed"},
		"another region":   {400, "application/json", `{"__type":"InvalidRequestRegionException","error":"invalid_request"}`, "SignInFailed"},
		"a fault of AWS's": {500, "application/json", `{"__type":"InternalServerException","error":"server_error"}`, "CredentialsBusy"},
	} {
		t.Run(name, func(t *testing.T) {
			atAWS(t, "[default]\nmax_attempts = 1\n"+ssoConfig, "")
			says(t, c.status, c.contentType, c.body)
			_, err := openDesk(t, desk.Options{}).SignIn(t.Context(), desk.Store{}, desk.SignInPrompt{DeviceCode: true})
			if code(err) != c.want {
				t.Errorf("%v, want %s: %+v", err, c.want, errors.Unwrap(err))
			}
		})
	}
}

// TestFileRows: files that cannot be read, on a real disk where that can be had by everybody.
func TestFileRows(t *testing.T) {
	d := newDesk(t, desk.Options{})
	if s := one(t, send(t, d, dest(t), desk.SendOptions{}, "/dev/zero")); code(s.Trouble) != "NotRegular" {
		t.Errorf("%s, %v", s.State, s.Trouble)
	}
	// A file without blocks, longer than an object may be; only a file system in memory has room for its length.
	memory, err := os.MkdirTemp("/dev/shm", "waybill") //nolint:usetesting // the folder of the tests may lie on a disk
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(memory) })
	large := filepath.Join(memory, "large.bin")
	write(t, large, "")
	if err := os.Truncate(large, courier.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	if s := one(t, send(t, d, dest(t), desk.SendOptions{}, large)); code(s.Trouble) != "FileTooLarge" {
		t.Errorf("%s, %v", s.State, s.Trouble)
	}
	// What no root is refused, and what no sound disk says: the system's own errors, as os.Open and Read give them.
	for errno, want := range map[syscall.Errno]string{syscall.EACCES: "FileUnreadable", syscall.EIO: "FileRead"} {
		failed := &fs.PathError{Op: "read", Path: "/x/a.txt", Err: errno}
		if told := desk.ExplainAt(fmt.Errorf("send: %w", failed), "b", "a.txt"); code(told) != want {
			t.Errorf("%v, want %s", told, want)
		}
	}
}

// TestLedgerRows: what can be wrong with the home.
func TestLedgerRows(t *testing.T) {
	for want, spoil := range map[string]func(t *testing.T, path string){
		"LedgerCorrupt": func(t *testing.T, path string) { write(t, path, strings.Repeat("this is no database ", 100)) },
		"LedgerNewer": func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", path)
			if err == nil {
				_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 1000000")
			}
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
		},
		"LedgerReadOnly": func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
	} {
		home := filepath.Join(t.TempDir(), "home")
		if err := os.Mkdir(home, 0o700); err != nil {
			t.Fatal(err)
		}
		spoil(t, filepath.Join(home, "ledger.db"))
		d := newDesk(t, desk.Options{Home: home})
		if told := d.LedgerTrouble(); code(told) != want {
			t.Errorf("%v, want %s", told, want)
		}
	}
	home := filepath.Join(t.TempDir(), "home")
	d := newDesk(t, desk.Options{Home: home})
	if err := os.MkdirAll(filepath.Join(home, "settings.json", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := d.SaveSettings(desk.Settings{}); code(err) != "SettingsNotSaved" {
		t.Errorf("%v", err)
	}
	secret := filepath.Join(t.TempDir(), "a?X-Amz-Signature=0123456789abcdef0123456789abcdef")
	write(t, secret, "hello")
	one(t, send(t, d, dest(t), desk.SendOptions{}, secret))
	if told := d.LedgerTrouble(); code(told) != "LedgerSecret" {
		t.Errorf("%v", told)
	}
}

// TestUpdateRows: what can be wrong with a list of versions, at a real https server.
func TestUpdateRows(t *testing.T) {
	atStore(t)
	looks := func(t *testing.T, version string, source update.Source, home string) string {
		t.Helper()
		_, err := openDesk(t, desk.Options{Home: home, Version: version, Updates: desk.UpdateSource(source)}).LookForUpdate(t.Context())
		return code(err)
	}
	if got := looks(t, "1.1.0", update.Source{}, ""); got != "UpdatesOff" {
		t.Error(got)
	}
	for want, c := range map[string]struct {
		version string
		make    func(t *testing.T, s *testupdates.Server, source *update.Source)
	}{
		"UpdateNoVersion": {"dev", func(*testing.T, *testupdates.Server, *update.Source) {}},
		"UpdateSource":    {"1.1.0", func(_ *testing.T, _ *testupdates.Server, source *update.Source) { source.Key = "no key" }},
		"UpdateAddress":   {"1.1.0", func(_ *testing.T, _ *testupdates.Server, source *update.Source) { source.URL = "http://example.com/x" }},
		"UpdateSignature": {"1.1.0", func(t *testing.T, s *testupdates.Server, _ *update.Source) {
			s.Put([]byte("{}"), testupdates.New(t).Sign([]byte("{}")))
		}},
		"UpdateExpired": {"1.1.0", func(_ *testing.T, s *testupdates.Server, _ *update.Source) {
			m := testupdates.Release("1.2.0")
			m.Expires = time.Now().Add(-time.Second)
			s.Publish(m)
		}},
		"UpdateNewerForm": {"1.1.0", func(_ *testing.T, s *testupdates.Server, _ *update.Source) {
			m := testupdates.Release("1.2.0")
			m.Format = update.Format + 1
			s.Publish(m)
		}},
		"UpdateForm": {"1.1.0", func(_ *testing.T, s *testupdates.Server, _ *update.Source) {
			s.Put([]byte("<html>"), s.Sign([]byte("<html>")))
		}},
		"UpdateCertificate": {"1.1.0", func(t *testing.T, s *testupdates.Server, _ *update.Source) {
			s.Publish(testupdates.Release("1.2.0"))
			t.Setenv("AWS_CA_BUNDLE", "")
		}},
		"UpdateNetwork": {"1.1.0", func(_ *testing.T, s *testupdates.Server, _ *update.Source) { s.Close() }},
	} {
		t.Run(want, func(t *testing.T) {
			s := testupdates.New(t)
			t.Setenv("AWS_CA_BUNDLE", s.Trust())
			source := s.Source()
			c.make(t, s, &source)
			if got := looks(t, c.version, source, ""); got != want {
				t.Error(got)
			}
		})
	}
	s, home := testupdates.New(t), filepath.Join(t.TempDir(), "home")
	t.Setenv("AWS_CA_BUNDLE", s.Trust())
	for _, next := range []struct{ version, want string }{{"1.2.0", ""}, {"1.1.5", "UpdateOlder"}} {
		s.Publish(testupdates.Release(next.version))
		if got := looks(t, "1.1.0", s.Source(), home); got != next.want {
			t.Errorf("%s: %q", next.version, got)
		}
	}
}
