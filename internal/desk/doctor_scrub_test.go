package desk

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// atHome plants files below a home of somebody's.
func atHome(t *testing.T, user string, files map[string]string) string {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") || isProxyVariable(name) {
			t.Setenv(name, "")
		}
	}
	home := filepath.Join(t.TempDir(), user)
	for name, text := range files {
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, home)
	}
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		t.Setenv(name, user)
	}
	return home
}

// TestEveryFormOfASecretIsTakenOut: a secret may come back as others write it.
func TestEveryFormOfASecretIsTakenOut(t *testing.T) {
	const secret = `wJ"al<r/XUtn+FEMI=&K7'MDENG\bPx`
	atHome(t, "carlotta", map[string]string{".aws/credentials": "[default]\naws_secret_access_key = " + secret + "\n"})
	s := newScrubber()
	inJSON, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	var inXML bytes.Buffer
	if err := xml.EscapeText(&inXML, []byte(secret)); err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{
		"as it is": secret, "a query": url.QueryEscape(secret), "a path": url.PathEscape(secret), "small letters": anEscape.ReplaceAllStringFunc(url.QueryEscape(secret), strings.ToLower),
		"a key's path": (&url.URL{Path: secret}).EscapedPath(),
		"JSON":         string(inJSON), "a log": fmt.Sprintf("%q", secret), "XML": inXML.String(),
	}
	for _, before := range []string{"", "a", "ab", "abc", "alice:"} {
		forms["base64 after "+before] = base64.StdEncoding.EncodeToString([]byte(before + secret + "ab"))
		forms["base64 of URLs after "+before] = base64.RawURLEncoding.EncodeToString([]byte(before + secret))
	}
	for name, form := range forms {
		got := s.text("it said: " + form + ".")
		// What stands before and after may be left, of the secret not even a part.
		if !strings.HasPrefix(got, "it said: ") || !strings.Contains(got, "…") || len(got) > len("it said: ….")+8+8 {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestSecretsWhereverTheyStand: in files that are broken, in comments, in several lines, in passwords that are not escaped.
func TestSecretsWhereverTheyStand(t *testing.T) {
	home := atHome(t, "carlotta", map[string]string{
		".aws/credentials": "[default\naws_secret_access_key = PLANTED-no-section\n[work]\n# aws_secret_access_key = PLANTED-in-a-comment\n" +
			"s3 =\n  aws_secret_access_key = PLANTED-below\n\xff\naws_session_token: PLANTED-after-nonsense # of a comment\n" + strings.Repeat("x", 70_000) + "\naws_secret_access_key=PLANTED-after-a-long-line\n" +
			"some_tools_password = PLANTED-of-a-tool\n",
		".aws/config":                 "[profile web]\nweb_identity_token_file = TOKEN\nendpoint_url = https://PLANTED-alone@x.test/?x=y&token=PLANTED-query\n",
		".aws/login/cache/1.json":     `{"dpopKey": "-----BEGIN EC PRIVATE KEY-----\nPLANTED-first-line\nPLANTED-second-line\n-----END EC PRIVATE KEY-----\n", "accountId": "111122223333"}`,
		".aws/sso/cache/1.json":       `{"clientSecret": "PLANTED-client", "grantTypes": ["authorization_code", "refresh_token"], "issuerUrl": "https://identitycenter.amazonaws.com/ssoins-1"}`,
		"token":                       "PLANTED-web-identity\n",
		"container":                   "PLANTED-container\n",
		"not/a/secret/aws/credential": "",
	})
	for name, value := range map[string]string{
		"AWS_WEB_IDENTITY_TOKEN_FILE": filepath.Join(home, "token"), "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": filepath.Join(home, "container"),
		"HTTPS_PROXY": "alice:PLANTED-pa@ss/PLANTED-word#1@proxy:3128", "AWS_ENDPOINT_URL_S3": "https://u:PLANTED%2Fendpoint@x.test",
		"WAYBILL_SIGN_PASSWORD": "PLANTED-signing", "AWS_VAULT": "team-share", "AWS_DEFAULTS_MODE": "standard", "AWS_NEW_THING": "eventually",
	} {
		t.Setenv(name, value)
	}
	s := newScrubber()
	for _, secret := range []string{
		"PLANTED-no-section", "PLANTED-in-a-comment", "PLANTED-below", "PLANTED-after-nonsense", "PLANTED-after-a-long-line", "PLANTED-of-a-tool", "PLANTED-alone", "PLANTED-query",
		"PLANTED-first-line", "PLANTED-second-line", "PLANTED-client", "PLANTED-web-identity", "PLANTED-container", "PLANTED-pa@ss/PLANTED-word#1", "PLANTED-word",
		"PLANTED/endpoint", "PLANTED%2Fendpoint", "PLANTED-signing",
	} {
		if got := s.text("it said: " + secret + "."); got != "it said: …." {
			t.Errorf("%s: %s", secret, got)
		}
	}
	// And what helps is left.
	for _, text := range []string{"s3://team-share/x", "STANDARD or standard", "eventually", "refresh_token", "authorization_code", "https://identitycenter.amazonaws.com/ssoins-1"} {
		if got := s.text(text); got != text {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got := s.text("arn:aws:iam::111122223333:root"); got != "arn:aws:iam::…3333:root" {
		t.Errorf("%s", got)
	}
}

// TestHomesAndNamesAreTakenOut, and those of neighbours and of everybody are not.
func TestHomesAndNamesAreTakenOut(t *testing.T) {
	home := atHome(t, "carl", nil)
	s := newScrubber()
	for text, wanted := range map[string]string{
		home: "~", home + "/x.txt": "~/x.txt", "(" + home + ")": "(~)", home + "otta/x": filepath.Dir(home) + "/carlotta/x",
		"Carl's s3://b/carl/x": "USER's s3://b/USER/x",
	} {
		if got := s.text(text); got != wanted {
			t.Errorf("%s: %s, want %s", text, got, wanted)
		}
	}
	for _, name := range []string{"root", "ubuntu", "admin"} {
		atHome(t, name, nil)
		const text = "Ubuntu 24.04, arn:aws:iam::…3333:root, admin"
		if got := newScrubber().text(text); got != text {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestAnAddressShowsNoPartOfAPassword, also where a character of it ends the host.
func TestAnAddressShowsNoPartOfAPassword(t *testing.T) {
	for value, wanted := range map[string]string{
		"http://alice:2024/s3cret@proxy:3128": "is set, and is no address", "alice:2024#s3cret@proxy": "is set, and is no address",
		"proxy:3128": "http://proxy:3128", "https://u:p@x.test/y?z": "https://x.test, with a user name and a password, with a path, with a query",
		"https://x.test:9000/": "https://x.test:9000",
	} {
		if got := bareAddress(value); got != wanted {
			t.Errorf("%s: %s", value, got)
		}
	}
}

// TestPathsOfEndpointsAreTakenOut: one may be a key. Behind its host and alone, as it is and escaped, but not what only looks like it.
func TestPathsOfEndpointsAreTakenOut(t *testing.T) {
	atHome(t, "carlotta", map[string]string{
		".aws/config": "[services a]\ns3 =\n  endpoint_url = https://x.test/token-xyz/ # a comment\n[profile b]\nendpoint_url = http://y.test:9000/s3\n",
	})
	t.Setenv("AWS_ENDPOINT_URL", "https://z.test/a%20b/K3Y+k")
	s := newScrubber("http://w.test/Own1234/")
	for text, wanted := range map[string]string{
		`put "https://x.test/token-xyz/bucket/key": refused`: `put "https://x.test/…/bucket/key": refused`,
		"https://bucket.x.test/token-xyz/key":                "https://bucket.x.test/…/key",
		"the resource /token-xyz/bucket":                     "the resource /…/bucket",
		"/token-xyz /token-xyz,/token-xyz":                   "/… /…,/…",
		"http://y.test:9000/s3/bucket":                       "http://y.test:9000/…/bucket",
		"https://z.test/a%20b/K3Y+k/x and /a b/K3Y+k":        "https://z.test/…/x and /…",
		"it said K3Y+k":                               "it said …",
		"http://w.test/Own1234 (Own1234)":             "http://w.test/… (…)",
		"s3://token-xyz/x, /token-xyz-bucket, aws/s3": "s3://token-xyz/x, /token-xyz-bucket, aws/s3",
	} {
		if got := s.text(text); got != wanted {
			t.Errorf("%s: %s, want %s", text, got, wanted)
		}
	}
}

// TestShortSecretsAreWholeWords: a short one is in many words by chance, and is taken out where it stands alone.
func TestShortSecretsAreWholeWords(t *testing.T) {
	atHome(t, "carlotta", map[string]string{
		".aws/credentials": "[a]\naws_secret_access_key = Kv7\n[b]\naws_session_token = a+b/c\n[c]\naws_secret_access_key = at\n",
		".aws/config":      "[profile d]\nendpoint_url = https://bob:pw12@x.test\n",
	})
	s := newScrubber()
	for text, wanted := range map[string]string{
		"the secret Kv7.": "the secret ….", "Kv7": "…", "Kv7 Kv7,Kv7": "… …,…", "Kv7x, xKv7 and kv7": "Kv7x, xKv7 and kv7",
		"token=a%2Bb%2Fc&x": "token=…&x", "(a+b/c)": "(…)", "https://bob:pw12@x.test/": "https://…@x.test/", "look at it": "look at it",
	} {
		if got := s.text(text); got != wanted {
			t.Errorf("%s: %s, want %s", text, got, wanted)
		}
	}
}
