package cli_test

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// sentence is what a person reads of a failure: its code, what happened, and what to do.
type sentence struct{ code, what, help string }

// fails runs a command twice, for a person and as JSON, and wants the one failure that it ends with.
func (r *rig) fails(want sentence, args ...string) {
	r.t.Helper()
	got := r.run(append([]string{args[0], "--json"}, args[1:]...)...).is(cli.Failed)
	code, what, help := failure(r.t, got.line())
	if (sentence{code, what, help}) != want {
		r.t.Errorf("%q says\n%q\nwant\n%q", args, sentence{code, what, help}, want)
	}
	plain := r.run(args...).is(cli.Failed)
	if plain.out != "" || !strings.Contains(plain.err, "waybill: "+want.what+"\n  "+want.help+"\n") {
		r.t.Errorf("%q prints %q and says\n%s", args, plain.out, plain.err)
	}
}

// refuses runs a command that makes no sense and wants its two sentences.
func (r *rig) refuses(what, help string, args ...string) {
	r.t.Helper()
	got := r.run(args...).is(cli.Usage)
	if want := "waybill: " + what + "\n  " + help + "\n"; got.out != "" || !strings.HasPrefix(got.err, want) {
		r.t.Errorf("%q says\n%s\nwant\n%s", args, got.err, want)
	}
}

func TestNoAWSFilesAtAll(t *testing.T) {
	r := newRig(t, "", "")
	r.fails(sentence{"NoCredentials", `The profile "default" has no credentials.`,
		`Run "waybill configure" to add one, or "waybill login" where it signs in by SSO, choose another profile, or try the sandbox, which needs no account.`},
		"send", "--bucket", "team-share", r.write("a.txt", "a"))
}

func TestMalformedConfigFile(t *testing.T) {
	credentials := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", store.Keys().AccessKeyID, store.Keys().SecretAccessKey)
	for _, c := range []struct {
		name, config, fault string
		line                int
	}{
		{"no equals sign", "[default]\nendpoint_url = %s\nregion eu-central-1\n", "a line is neither a [section] nor a name = value setting", 3},
		{"no bracket", "[default]\nendpoint_url = %s\n\n[profile other\nregion = x\n", "a section header lacks its closing bracket", 4},
		{"no section", "region = x\n[default]\nendpoint_url = %s\n", "a setting stands before the first [section]", 1},
		{"a byte order mark", "\ufeff[default]\nendpoint_url = %s\n", "the file begins with a byte order mark; save it as UTF-8 without one", 1},
		{"a lone quote", "[default]\nendpoint_url = %s\nregion = \"\n", "a value is a single quotation mark", 3},
		{"no text", "[default]\nendpoint_url = %s\n\x00\xff\n", "the file is not UTF-8 text", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, fmt.Sprintf(c.config, store.Endpoint()), credentials)
			file := os.Getenv("AWS_CONFIG_FILE")
			path := r.write("a.txt", "a")
			// The AWS CLI refuses the whole file too; what the SDK makes of it may lead to another store.
			r.fails(sentence{"ConfigFile", fmt.Sprintf("%s is not as it should be in line %d.", file, c.line),
				fmt.Sprintf("Mend the file (%s), then try again.", c.fault)},
				"send", "--bucket", sandbox.Bucket, path)
			r.fails(sentence{"ProfileInBrokenFile", fmt.Sprintf(`There is no profile "elsewhere", and %s is not as it should be in line %d.`, file, c.line),
				fmt.Sprintf("Mend the file (%s), then try again.", c.fault)},
				"send", "--profile", "elsewhere", "--bucket", sandbox.Bucket, path)
		})
	}
	t.Run("the only profile is behind it", func(t *testing.T) {
		r := newRig(t, "[default\nregion = x\n", "")
		r.fails(sentence{"ConfigFile", fmt.Sprintf("%s is not as it should be in line 1.", os.Getenv("AWS_CONFIG_FILE")),
			"Mend the file (a section header lacks its closing bracket), then try again."},
			"send", "--bucket", sandbox.Bucket, r.write("a.txt", "a"))
	})
}

// TestAWSFileThatIsNone: a folder or a file of somebody else's in the place of the config file.
func TestAWSFileThatIsNone(t *testing.T) {
	r := atStore(t)
	path := r.write("a.txt", "a")
	folder := filepath.Join(t.TempDir(), "config")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", folder)
	help := "Put a file that you may read in its place (it is a folder), then try again."
	r.fails(sentence{"ConfigFile", folder + " cannot be read.", help}, "send", "--bucket", sandbox.Bucket, path)
	r.fails(sentence{"ProfileInBrokenFile", `There is no profile "nobody", and ` + folder + " cannot be read.", help},
		"send", "--profile", "nobody", "--bucket", sandbox.Bucket, path)
}

func TestUnknownProfile(t *testing.T) {
	want := sentence{"NoProfile", `There is no profile "nobody" in the AWS files of this computer.`,
		`Choose another profile, or add this one with: waybill configure --profile nobody`}
	r := atStore(t)
	path := r.write("a.txt", "a")
	r.fails(want, "send", "--profile", "nobody", "--bucket", sandbox.Bucket, path)
	r.fails(want, "link", "--profile", "nobody", "s3://sandbox/a.txt")
	if got := r.run("link-endpoint", "--profile", "nobody", "s3://sandbox", "https://files.example.com").is(cli.Failed); !strings.Contains(got.err, want.what) {
		t.Errorf("a link endpoint of nobody: %s", got.err)
	}
	r.run("link-endpoint", "--profile", "nobody", "s3://sandbox", "--forget").is(cli.OK)
	got := r.run("cloudfront", "--profile", "nobody", "s3://sandbox", "--domain", "d111111abcdef8.cloudfront.net",
		"--key-pair-id", "K2JCJMDEHXQW5F", "--private-key", path).is(cli.Failed)
	if !strings.Contains(got.err, want.what) || !strings.Contains(got.err, want.help) {
		t.Errorf("a distribution for nobody: %s", got.err)
	}
	if shown := r.run("cloudfront").is(cli.OK); shown.out != "" {
		t.Errorf("it was remembered: %s", shown.out)
	}
	r.run("cloudfront", "--profile", "nobody", "s3://sandbox", "--forget").is(cli.OK)
	t.Setenv("AWS_PROFILE", "nobody")
	r.fails(want, "send", "--bucket", sandbox.Bucket, path)
}

func TestProfilesThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		want   sentence
	}{
		"a role of nobody": {"[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = nobody\n", sentence{"ProfileSourceMissing",
			`The profile "default" takes its credentials from the profile "nobody", which is not there.`, `Add that profile, or correct source_profile.`}},
		"a role with MFA": {"[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/me\n" +
			"[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n", sentence{"MFA",
			`The profile "default" asks for a code of the MFA device arn:aws:iam::1:mfa/me, and got none.`,
			`Start it again in a terminal or in the window and type the six digits, or sign in first with "waybill login --profile default".`}},
		"a process that fails": {"[default]\ncredential_process = false\n", sentence{"ProcessFailed",
			`The credential_process of the profile "default" failed.`,
			`Run it in a terminal to see what it says; Waybill shows nothing of that, since it may hold keys.`}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c.config, "")
			r.fails(c.want, "send", "--bucket", "team-share", r.write("a.txt", "a"))
		})
	}
	t.Run("trusted certificates that are none", func(t *testing.T) {
		r := atStore(t)
		bundle := r.write("bundle.pem", "no certificate")
		t.Setenv("AWS_CA_BUNDLE", bundle)
		r.fails(sentence{"CABundle", "The trusted certificates in " + bundle + " cannot be read.",
			"Check that AWS_CA_BUNDLE, or ca_bundle in the profile, names a file with PEM certificates (there is no PEM certificate in it)."},
			"send", "--bucket", sandbox.Bucket, r.write("a.txt", "a"))
	})
}

func TestBuckets(t *testing.T) {
	r := atStore(t)
	path := r.write("a.txt", "a")
	r.refuses("No bucket is named.", "Name the bucket that the files shall go to.", "send", path)
	r.refuses(`"s3:///a.txt" is not an S3 address.`, "Write it as s3://bucket/key.", "link", "s3:///a.txt")
	for _, name := range []string{"my/bucket", "ab", "büro", "a..b", "192.168.0.1", "-a-", "with space"} {
		r.refuses(fmt.Sprintf("%q cannot be the name of a bucket.", name),
			"A name has 3 to 63 letters, digits, dots and hyphens, a letter or digit at both ends, no two dots together, and is no IP address.", "send", "--bucket", name, path)
	}
	r.refuses(`"s3://team-share" is an address, where the name of a bucket is wanted.`, "Leave out s3:// and what stands behind the name.",
		"send", "--bucket", "s3://team-share", path)
	r.refuses(`"arn:aws:s3:us-east-1:1:accesspoint" is not the whole ARN of an access point.`,
		"Write it as arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME, or give its alias, or the name of a bucket.",
		"send", "--bucket", "arn:aws:s3:us-east-1:1:accesspoint", path)
	r.refuses(`"fast--use1-az4--x-s3" is no general purpose bucket, and no access point to one.`, "Name one of these: directory buckets, table buckets, "+
		"multi-region access points, and those of Object Lambda and Outposts sign in ways that no link can have.", "send", "--bucket", "fast--use1-az4--x-s3", path)
	want := sentence{"NoSuchBucket", `There is no bucket "no-such-bucket" in this store.`,
		`Check the spelling, and that the profile "default" belongs to the store that has it.`}
	r.fails(want, "send", "--bucket", "no-such-bucket", path)
	r.fails(want, "send", "--bucket", "no-such-bucket", "--part-size", "5MiB", r.write("big", strings.Repeat("x", 6<<20)))
}

func TestPermissions(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	as := func(t *testing.T, actions string) *rig {
		t.Helper()
		key, secret, token, ends := m.Session(time.Hour, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[`+actions+`],"Resource":["arn:aws:s3:::*"]}]}`)
		return at(t, m.Endpoint, key, secret, "aws_session_token = "+token+"\nx_security_token_expires = "+ends.Format(time.RFC3339)+"\n")
	}
	t.Run("no put", func(t *testing.T) {
		r := as(t, `"s3:GetObject"`)
		r.fails(sentence{"AccessDenied", `The profile "default" may not do this in team-share/alice/a.txt: s3:PutObject is missing.`,
			`Ask the owner of the bucket for s3:PutObject, or choose another profile or folder.`},
			"send", "--bucket", teststore.Bucket, "--prefix", "alice", r.write("a.txt", "a"))
	})
	t.Run("no get", func(t *testing.T) {
		r := as(t, `"s3:PutObject"`)
		path := r.write("a.txt", "a")
		got := r.run("send", "--json", "--bucket", teststore.Bucket, path).is(cli.Failed)
		sentFields(t, got.line())
		if got.line()["verified"] != false {
			t.Error("a link that could not be tried is shown as good")
		}
		says := "waybill: a.txt was sent, but its link does not work: the profile \"default\" may put but not get here (s3:GetObject is missing).\n" +
			"  Ask the owner of the bucket for s3:GetObject, or choose another profile or folder.\n"
		if !strings.Contains(got.err, says) || strings.Contains(got.err, "it works") {
			t.Errorf("%q, want %q", got.err, says)
		}
		if entry := r.run("links", "--json").is(cli.OK).line(); entry["state"] != "refused" || entry["verified"] != false {
			t.Errorf("%v", entry)
		}
		r.fails(sentence{"AccessDenied", `The profile "default" may not do this in team-share/a.txt: s3:GetObject is missing.`,
			`Ask the owner of the bucket for s3:GetObject, or choose another profile or folder.`}, "link", "s3://"+teststore.Bucket+"/a.txt")
	})
	t.Run("a session that is not known any more", func(t *testing.T) {
		r := at(t, m.Endpoint, "AKIANOBODYKNOWSME", "a-secret-of-the-test", "")
		r.fails(sentence{"InvalidAccessKeyId", `The store does not know the access key of the profile "default".`,
			`The key was removed, or belongs to another store; check the profile's keys and its endpoint.`},
			"send", "--bucket", teststore.Bucket, r.write("a.txt", "a"))
	})
	t.Run("a wrong secret", func(t *testing.T) {
		r := at(t, m.Endpoint, m.Key, "a-secret-of-the-test", "")
		r.fails(sentence{"SignatureDoesNotMatch", `The store does not accept the signature of the profile "default".`,
			`Check the secret key in the profile; a proxy that changes requests has the same effect.`},
			"send", "--bucket", teststore.Bucket, r.write("a.txt", "a"))
	})
}

func TestFilesThatAreNone(t *testing.T) {
	r := atStore(t)
	socket := filepath.Join(r.dir, "socket")
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	dangling := filepath.Join(r.dir, "dangling")
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(r.dir, "bare"), 0o700); err != nil {
		t.Fatal(err)
	}
	special := func(name string) sentence {
		return sentence{"NotRegular", name + " is not a file with contents of its own, but a device, a pipe or a socket.", "Send a regular file or a folder."}
	}
	gone := func(name string) sentence {
		return sentence{"FileGone", name + " is not there.", "Check the name, then send the file again."}
	}
	for path, want := range map[string]sentence{
		filepath.Join(r.dir, "gone"): gone("gone"),
		dangling:                     gone("dangling"),
		"/dev/zero":                  special("zero"),
		socket:                       special("socket"),
		filepath.Join(r.dir, "bare"): {"NothingInside", "There are no files in bare.", "Drop a folder that has files in it."},
	} {
		r.fails(want, "send", "--bucket", sandbox.Bucket, path)
	}
	sent := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", folder(), r.write("empty", "")).is(cli.OK).line()
	if body, _ := download(t, sent["url"].(string)); body != "" || sent["size"] != 0.0 || sent["verified"] != true {
		t.Errorf("%v", sent)
	}
}

// TestHostileNames sends one folder with all of them, and reads every place where a name is shown.
func TestHostileNames(t *testing.T) {
	r := atStore(t)
	names := map[string]string{ // on disk → in the key
		"with space":              "with space",
		`+ % ? # & = ; , ' " \ $`: `+ % ? # & = ; , ' " \ $`,
		"%2e%2e":                  "%2e%2e",
		"🎉👩‍👩‍👧":                  "🎉👩‍👩‍👧",
		"nfc-\u00e9":              "nfc-\u00e9",
		"nfd-e\u0301":             "nfd-\u00e9",
		"rlo-\u202efdp.exe":       "rlo-_fdp.exe",
		"isolate-\u2066x\u2069":   "isolate-_x_",
		"control-\x01\x1b[31m\n":  "control-__[31m_",
		"c1-\u009b31m":            "c1-_31m",
		"bytes-\xff\xfe":          "bytes-_",
		".hidden":                 ".hidden",
		"...":                     "...",
		"-rf":                     "-rf",
		"<script>alert(1)":        "<script>alert(1)",
		"COM1.txt":                "COM1.txt",
		"العربية עברית 日本語":       "العربية עברית 日本語",
		strings.Repeat("é", 100):  strings.Repeat("é", 100),
	}
	for name := range names {
		r.write(filepath.Join("all", name), name)
	}
	prefix := folder()
	got := r.run("send", "--json", "--bucket", sandbox.Bucket, "--prefix", prefix, filepath.Join(r.dir, "all")).is(cli.OK)
	found := map[string]string{}
	for _, line := range got.lines() {
		sentFields(t, line)
		body, _ := download(t, line["url"].(string))
		found[body] = strings.TrimPrefix(line["key"].(string), prefix+"all/")
	}
	for name, want := range names {
		if found[name] != want {
			t.Errorf("%q has the key %q, want %q", name, found[name], want)
		}
	}
	for _, hidden := range []string{"\u202e", "\u2066", "\x1b", "\u009b"} {
		if table := r.run("links").is(cli.OK).out; strings.Contains(table, hidden) || strings.Contains(got.err, hidden) {
			t.Errorf("%q is shown", hidden)
		}
	}
}

func TestFoldersInTheBucket(t *testing.T) {
	r := atStore(t)
	path := r.write("a.txt", "a")
	top := strings.TrimSuffix(folder(), "/")
	for given, want := range map[string]string{
		"": "", "/": "", " /" + top + "//b/ ": top + "/b/", top + "/.hidden": top + "/.hidden/", top + "/nfd-e\u0301": top + "/nfd-\u00e9/",
	} {
		line := r.run("send", "--json", "--on-clash", "replace", "--bucket", sandbox.Bucket, "--prefix", given, path).is(cli.OK).line()
		if line["key"] != want+"a.txt" {
			t.Errorf("--prefix %q gives the key %q, want %q", given, line["key"], want+"a.txt")
		}
	}
	for _, given := range []string{"a/../b", "..", "./a"} {
		r.refuses(fmt.Sprintf(`The folder %q has a "." or ".." in it, which S3 does not understand as a person would.`, given),
			"Write the folder out in full, such as team/alice/.", "send", "--bucket", sandbox.Bucket, "--prefix", given, path)
	}
	r.refuses(`The folder "a_b" has characters in it that cannot be seen.`, "Type the folder's name instead of pasting it.",
		"send", "--bucket", sandbox.Bucket, "--prefix", "a\u202eb", path)
	long := strings.Repeat("0123456789", 110)
	r.refuses(`The folder "`+long[:60]+`…" leaves no room for a file's name.`, "Choose a shorter folder; folder and name together may have 1,024 bytes.",
		"send", "--bucket", sandbox.Bucket, "--prefix", long, path)

	// The longest name a disk holds, below folders that leave one byte too little, and just enough.
	name := strings.Repeat("n", 255)
	deep := strings.Repeat("d", 200) + "/" + strings.Repeat("e", 200) + "/" + strings.Repeat("f", 200) + "/"
	file := r.write(name, "x")
	r.fails(sentence{"KeyTooLongError", "The name of " + name + " is too long for S3.", "Folder and name together may have 1,024 bytes; shorten one of them."},
		"send", "--bucket", sandbox.Bucket, "--prefix", deep+strings.Repeat("g", 166), file)
}

// TestLongestKey needs a store that keeps objects otherwise than as files of the same name.
func TestLongestKey(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	r := at(t, m.Endpoint, m.Key, m.Secret, "")
	name := strings.Repeat("é", 126) + "nnn" // 255 bytes
	deep := strings.Repeat(strings.Repeat("d", 191)+"/", 4)
	line := r.run("send", "--json", "--bucket", teststore.Bucket, "--prefix", deep, r.write(name, "long")).is(cli.OK).line()
	if key := line["key"].(string); len(key) != 1023 || key != deep+name {
		t.Errorf("%d bytes: %s", len(key), key)
	}
	if body, _ := download(t, line["url"].(string)); body != "long" {
		t.Errorf("%q", body)
	}
}

func TestExpires(t *testing.T) {
	r := atStore(t)
	path := r.write("a.txt", "a")
	for given, want := range map[string][2]string{
		"0":     {`"0" is too short for a link.`, "Choose a time from one second to seven days, such as 1h."},
		"-1h":   {`"-1h" is too short for a link.`, "Choose a time from one second to seven days, such as 1h."},
		"10ms":  {`"10ms" is too short for a link.`, "Choose a time from one second to seven days, such as 1h."},
		"8d":    {`S3 accepts no signature older than seven days, and "8d" is longer.`, `Choose at most 7d and renew the link later, or set a CloudFront distribution for the bucket "sandbox".`},
		"7d1s":  {`S3 accepts no signature older than seven days, and "168h0m1s" is longer.`, `Choose at most 7d and renew the link later, or set a CloudFront distribution for the bucket "sandbox".`},
		"20y":   {`"20y" is not a length of time.`, "Write it as 15m, 1h, 36h or 7d."},
		"5000d": {`"5000d" is longer than a signed link can last.`, "Choose at most 7d; S3 accepts no signature older than seven days."},
		"soon":  {`"soon" is not a length of time.`, "Write it as 15m, 1h, 36h or 7d."},
		"1":     {`"1" is not a length of time.`, "Write it as 15m, 1h, 36h or 7d."},
	} {
		r.refuses(want[0], want[1], "send", "--bucket", sandbox.Bucket, "--expires="+given, path)
		r.refuses(want[0], want[1], "link", "--expires="+given, "s3://sandbox/a.txt")
	}
	r.run("send", "--bucket", sandbox.Bucket, "--prefix", folder(), "--expires", "7d", path).is(cli.OK)
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestStoresThatAreNone(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><title>Hotel Wi-Fi</title></html>")
	})
	plain, secure := httptest.NewServer(page), httptest.NewUnstartedServer(page)
	t.Cleanup(plain.Close)
	quiet := log.New(io.Discard, "", 0)
	secure.Config.ErrorLog = quiet
	secure.StartTLS()
	t.Cleanup(secure.Close)
	picky := httptest.NewUnstartedServer(page)
	picky.TLS = &tls.Config{MinVersion: tls.VersionTLS13, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return nil, fmt.Errorf("not with you")
	}}
	picky.Config.ErrorLog = quiet
	picky.StartTLS()
	t.Cleanup(picky.Close)

	closed := closedPort(t)
	host := func(s *httptest.Server) string { return s.Listener.Addr().String() }
	for name, c := range map[string]struct {
		endpoint string
		want     sentence
	}{
		"down": {"http://" + closed, sentence{"StoreDown", "Nobody answers at " + closed + ".", "Check that the store is running, and the endpoint's port."}},
		"no such host": {"https://store.invalid", sentence{"NoSuchHost", "There is no computer called store.invalid, as far as this one can tell.",
			"Check the network connection and the spelling of the endpoint."}},
		"speaks no TLS": {"https://" + host(plain), sentence{"NotTLS", host(plain) + " does not speak https.",
			"Check the endpoint; it may begin with http:// or have another port."}},
		"refuses TLS": {"https://" + host(picky), sentence{"RefusesTLS", host(picky) + " refuses a secure connection.",
			"Check the endpoint, and that the store supports TLS 1.2 or later."}},
		"a strange certificate": {"https://" + host(secure), sentence{"CertificateSelfSigned", "The certificate of " + host(secure) + " is signed by nobody but itself.",
			"If the store is yours, point AWS_CA_BUNDLE at this certificate; otherwise do not go on."}},
		"a web page": {plain.URL, sentence{"NotAStore", "Something else than an S3 store answered: a web page of a proxy or of a login for the network, perhaps.",
			"Open a web page in the browser to sign in to the network, and check the endpoint."}},
		"https spoken to in http": {"http://" + host(secure), sentence{"WantsHTTPS", "The store speaks https only.", "Write the endpoint with https://."}},
		"plain http elsewhere": {"http://store.example.com", sentence{"PlainHTTP", "The endpoint would send files and keys unencrypted to another computer.",
			"Write the endpoint with https://, or allow it for this store with --allow-http."}},
		"no address": {"store.example.com", sentence{"Endpoint", "The endpoint is not an http or https address.", "Write it as https://host or https://host:port."}},
	} {
		t.Run(name, func(t *testing.T) {
			r := at(t, c.endpoint, "AKIDEXAMPLE", "a-secret-of-the-test", "")
			path := r.write("a.txt", rand.Text())
			r.fails(c.want, "send", "--bucket", "team-share", path)
			if c.want.code == "WantsHTTPS" {
				return // a link begins with a HEAD, whose refusal has no words
			}
			r.fails(c.want, "link", "s3://team-share/a.txt")
		})
	}
}

// TestUnusableLedger: the app still sends, and says what it could not record.
func TestUnusableLedger(t *testing.T) {
	for name, c := range map[string]struct {
		make       func(t *testing.T, path string)
		what, help string
	}{
		"corrupt": {
			func(t *testing.T, path string) {
				t.Helper()
				if err := os.WriteFile(path, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			"The ledger is damaged, so what is sent is not recorded.",
			"Move %s aside, then start Waybill again; a new one will be made.",
		},
		"newer": {newerLedger, "The ledger was written by a newer Waybill, so what is sent is not recorded.", "Use the newer Waybill; %s was left as it is."},
		"not a file": {
			func(t *testing.T, path string) {
				t.Helper()
				if err := os.Mkdir(path, 0o700); err != nil {
					t.Fatal(err)
				}
			},
			"The ledger cannot be written, so what is sent is not recorded.",
			"Make %s writable, then start Waybill again.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := atStore(t)
			ledger := filepath.Join(r.home, "ledger.db")
			if err := os.Mkdir(r.home, 0o700); err != nil {
				t.Fatal(err)
			}
			c.make(t, ledger)
			says := "waybill: " + c.what + "\n  " + fmt.Sprintf(c.help, ledger) + "\n"
			for _, flags := range [][]string{{"--json"}, {"--json", "--quiet"}} {
				sent := r.run(append([]string{"send", "--bucket", sandbox.Bucket, "--prefix", folder(), r.write("a.txt", "a")}, flags...)...).is(cli.OK)
				sentFields(t, sent.line())
				if body, _ := download(t, sent.line()["url"].(string)); body != "a" {
					t.Errorf("%q", body)
				}
				if strings.Count(sent.err, says) != 1 {
					t.Errorf("%q, want once %q", sent.err, says)
				}
			}
			if list := r.run("links", "--json").is(cli.Failed); list.out != "" || strings.Count(list.err, says) != 1 || strings.Count(list.err, "ledger.db") > 2 {
				t.Errorf("%q, %q", list.out, list.err)
			}
		})
	}
}
