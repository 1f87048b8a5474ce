package desk_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// newStore is the shared store as a form has it.
func newStore() desk.NewStore {
	return desk.NewStore{
		Preset: "minio", Name: "new", AccessKeyID: store.Keys().AccessKeyID, SecretAccessKey: store.Keys().SecretAccessKey,
		Region: sandbox.Region, Endpoint: store.Endpoint(),
	}
}

// untouched reports whether there are no AWS files, and nothing else where they would be.
func untouched(t *testing.T) bool {
	t.Helper()
	left, err := os.ReadDir(filepath.Dir(os.Getenv("AWS_CONFIG_FILE")))
	return err == nil && len(left) == 0
}

// TestAddStore adds the shared store after a check, sends a file to it, and takes it back.
func TestAddStore(t *testing.T) {
	isolate(t, "", "")
	d := openDesk(t, desk.Options{})
	n := newStore()
	n.Name, n.AccessKeyID, n.SecretAccessKey = " new\t", n.AccessKeyID+"\n", "  "+n.SecretAccessKey // as pasted
	found, err := d.CheckStore(t.Context(), n, desk.AddStoreOptions{})
	if err != nil || len(found.Buckets) != 1 || found.Put {
		t.Fatalf("%+v, %v", found, err)
	}
	if !untouched(t) {
		t.Error("the check has written something")
	}
	added, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if added.Store.Profile != "new" || added.Bucket != sandbox.Bucket || !added.Checked || added.Replaced {
		t.Errorf("%+v", added)
	}
	if names, err := d.Buckets(t.Context(), added.Store); err != nil || len(names) != 1 {
		t.Errorf("%v, %v", names, err)
	}
	if _, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{}); code(err) != "StoreTaken" {
		t.Errorf("a second one of the name: %v", err)
	}
	profiles, _ := d.Profiles()
	if taken, changeable := desk.NameTaken(profiles, " new "); !taken || !changeable {
		t.Error("the name is not known as taken")
	}
	if taken, _ := desk.NameTaken(profiles, desk.SandboxProfile); taken {
		t.Error("the sandbox has taken a name")
	}
	if again, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{Replace: true}); err != nil || !again.Replaced {
		t.Errorf("%+v, %v", again, err)
	}
	if err := d.UndoAddStore(t.Context(), added); err != nil {
		t.Fatal(err)
	}
	profiles, _ = d.Profiles()
	if taken, _ := desk.NameTaken(profiles, "new"); taken {
		t.Error("it is still there")
	}
	if err := d.UndoAddStore(t.Context(), added); code(err) != "StoreNotAsAdded" {
		t.Errorf("taken back twice: %v", err)
	}
}

// TestAddStoreInWords: what is wrong with what was typed, and nothing is asked or written.
func TestAddStoreInWords(t *testing.T) {
	isolate(t, "", "")
	d := openDesk(t, desk.Options{})
	for want, change := range map[string]func(*desk.NewStore){
		"StorePreset":           func(n *desk.NewStore) { n.Preset = "ftp" },
		"StoreNameSandbox":      func(n *desk.NewStore) { n.Name = "Sandbox" },
		"EndpointParts":         func(n *desk.NewStore) { n.Endpoint = "http://alice:word@127.0.0.1:9000" },
		"BucketAddress":         func(n *desk.NewStore) { n.Bucket = "s3://team-share" },
		"StoreNameMissing":      func(n *desk.NewStore) { n.Name = "  " },
		"StoreName":             func(n *desk.NewStore) { n.Name = "a]b" },
		"StoreKeyMissing":       func(n *desk.NewStore) { n.AccessKeyID = "" },
		"StoreSecretMissing":    func(n *desk.NewStore) { n.SecretAccessKey = " " },
		"StoreKeyCharacters":    func(n *desk.NewStore) { n.AccessKeyID = "a b" },
		"StoreSecretCharacters": func(n *desk.NewStore) { n.SecretAccessKey = "a\nrole_arn = b" },
		"StoreKeysSame":         func(n *desk.NewStore) { n.SecretAccessKey = n.AccessKeyID },
		"StoreKeyOfSession":     func(n *desk.NewStore) { n.AccessKeyID = "ASIAIOSFODNN7EXAMPLE" },
		"StoreKeyID":            func(n *desk.NewStore) { n.Preset, n.AccessKeyID = "aws", "wJalrXUtnFEMI/K7MDENG" },
		"StoreKeysExchanged": func(n *desk.NewStore) {
			n.Preset, n.AccessKeyID, n.SecretAccessKey = "aws", "wJalrXUtnFEMI/K7MDENG", "AKIAIOSFODNN7EXAMPLE"
		},
		"StoreAccount":         func(n *desk.NewStore) { n.Preset, n.Endpoint, n.Account = "r2", "", "https://x" },
		"StoreRegion":          func(n *desk.NewStore) { n.Region = "us east" },
		"StoreRegionMissing":   func(n *desk.NewStore) { n.Preset, n.Endpoint, n.Region = "hetzner", "", "" },
		"StoreEndpointMissing": func(n *desk.NewStore) { n.Endpoint = "" },
		"Endpoint":             func(n *desk.NewStore) { n.Endpoint = "minio.example.com:9000" },
		"PlainHTTP":            func(n *desk.NewStore) { n.Endpoint = "http://minio.example.com:9000" },
		"BucketName":           func(n *desk.NewStore) { n.Bucket = "not a bucket" },
	} {
		n := newStore()
		change(&n)
		for _, o := range []desk.AddStoreOptions{{}, {NoCheck: true}} {
			_, err := d.AddStore(t.Context(), n, o)
			if code(err) != want {
				t.Errorf("%s: %v", want, err)
			}
			var trouble *desk.Trouble
			if s := strings.TrimSpace(n.SecretAccessKey); errors.As(err, &trouble) && len(s) > 4 &&
				strings.Contains(trouble.What.String()+trouble.Help.String()+trouble.Detail, s) {
				t.Errorf("%s tells the secret", want)
			}
			if err := desk.CheckNewStore(n); code(err) != want {
				t.Errorf("%s without a desk: %v", want, err)
			}
		}
	}
	for _, preset := range []string{"digitalocean", "aws", "minio"} {
		n := newStore()
		n.Preset, n.Region = preset, "../x"
		if err := desk.CheckNewStore(n); code(err) != "StoreRegion" {
			t.Errorf("%s: %v", preset, err)
		}
	}
	n := newStore()
	n.Endpoint, n.AllowHTTP = "http://minio.example.com:9000", true
	if err := desk.CheckNewStore(n); err != nil {
		t.Errorf("plain http that was allowed: %v", err)
	}
	if !untouched(t) {
		t.Error("something was written")
	}
}

// TestCheckStoreSoFar: each part can be looked at before the next is there.
func TestCheckStoreSoFar(t *testing.T) {
	for _, p := range desk.Presets() {
		if err := desk.CheckStoreSoFar(desk.NewStore{Preset: p.ID}); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
	for want, n := range map[string]desk.NewStore{
		"StorePreset": {Preset: "mino"}, "StoreName": {Preset: "minio", Name: "a]b"}, "Endpoint": {Preset: "minio", Endpoint: "127.0.0.1:9779"},
		"StoreAccount": {Preset: "r2", Account: "me"}, "StoreRegion": {Preset: "hetzner", Region: "../x"}, "StoreKeyID": {Preset: "aws", AccessKeyID: "me"},
	} {
		if err := desk.CheckStoreSoFar(n); code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestCheckStoreInWords tries stores that do not take what they get: nothing is written, and each has its words.
func TestCheckStoreInWords(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>Welcome to our hotel</html>")
	}))
	t.Cleanup(page.Close)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are to fail
	secure.StartTLS()
	t.Cleanup(secure.Close)
	elsewhere := tampering(t, func(w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'us-east-1' is wrong; expecting 'eu-central-1'</Message><Region>eu-central-1</Region></Error>`)
	})
	for name, c := range map[string]struct {
		code   string
		change func(*desk.NewStore)
	}{
		"a wrong secret":           {"SignatureDoesNotMatch", func(n *desk.NewStore) { n.SecretAccessKey = "wrong" }},
		"an unknown key":           {"InvalidAccessKeyId", func(n *desk.NewStore) { n.AccessKeyID = "nobody" }},
		"nobody there":             {"StoreDown", func(n *desk.NewStore) { n.Endpoint = "http://127.0.0.1:1" }},
		"no such host":             {"NoSuchHost", func(n *desk.NewStore) { n.Endpoint = "https://minio.invalid" }},
		"a certificate of its own": {"CertificateSelfSigned", func(n *desk.NewStore) { n.Endpoint = secure.URL }},
		"no https there":           {"NotTLS", func(n *desk.NewStore) { n.Endpoint = strings.Replace(store.Endpoint(), "http:", "https:", 1) }},
		"a login page":             {"NotAStore", func(n *desk.NewStore) { n.Endpoint = page.URL }},
		"another region":           {"PermanentRedirect", func(n *desk.NewStore) { n.Endpoint = elsewhere }},
		"a bucket in the endpoint": {"StoreEndpointPath", func(n *desk.NewStore) { n.Endpoint += "/" + sandbox.Bucket }},
		"a path, and a bucket":     {"StoreEndpointPath", func(n *desk.NewStore) { n.Endpoint, n.Bucket = n.Endpoint+"/"+sandbox.Bucket, sandbox.Bucket }},
		"a path":                   {"StoreEndpointPath", func(n *desk.NewStore) { n.Endpoint += "/not-there" }},
		"no such bucket":           {"NoSuchBucket", func(n *desk.NewStore) { n.Bucket = "not-there" }},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, "", "")
			d := openDesk(t, desk.Options{})
			n := newStore()
			c.change(&n)
			_, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{})
			if code(err) != c.code {
				t.Errorf("%v", err)
			}
			if !untouched(t) {
				t.Error("something was written")
			}
			// Saving anyway is the person's own matter.
			if added, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{NoCheck: true}); err != nil || added.Checked {
				t.Errorf("%+v, %v", added, err)
			}
		})
	}
}

// TestCheckUsesWhatIsSaved: the environment counts for a check as it will count for the profile.
func TestCheckUsesWhatIsSaved(t *testing.T) {
	isolate(t, "", "")
	d := openDesk(t, desk.Options{})
	seen := ""
	other := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		seen = r.Header.Get("Authorization")
		pass(w)
	})
	t.Setenv("AWS_ENDPOINT_URL_S3", other)
	t.Setenv("AWS_REGION", sandbox.Region)
	n := newStore()
	n.Endpoint, n.Region = "http://127.0.0.1:1", "eu-central-9"
	found, err := d.CheckStore(t.Context(), n, desk.AddStoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(seen, "/"+sandbox.Region+"/s3/") {
		t.Errorf("it was signed by %q", seen)
	}
	if said := found.Elsewhere; code(said) != "StoreElsewhere" || said.What.String() != "The check asks "+other+", not http://127.0.0.1:1: AWS_ENDPOINT_URL_S3 in the environment counts for more than the endpoint of a profile." {
		t.Errorf("%v", said)
	}
}

// TestTheCheckSaysWhomItAsks: another store than was typed is asked only where the environment wants it so, and that is said before
// it is asked, and without what may be a key in its address.
func TestTheCheckSaysWhomItAsks(t *testing.T) {
	dead := "http://user:pass-word@127.0.0.1:1/token-xyz" // nobody is there
	for name, c := range map[string]struct {
		variables map[string]string
		change    func(*desk.NewStore)
		says      string // what begins the sentence; "" for none
	}{
		"nothing":         {nil, nil, ""},
		"the same":        {map[string]string{"AWS_ENDPOINT_URL": store.Endpoint() + "/"}, nil, ""},
		"another":         {map[string]string{"AWS_ENDPOINT_URL": dead}, nil, "The check asks http://127.0.0.1:1, with a user name and a password, with a path, not " + store.Endpoint() + ": AWS_ENDPOINT_URL in"},
		"for S3 the same": {map[string]string{"AWS_ENDPOINT_URL": dead, "AWS_ENDPOINT_URL_S3": store.Endpoint()}, nil, ""},
		"for another":     {map[string]string{"AWS_ENDPOINT_URL_SQS": dead}, nil, ""},
		"where AWS is meant": {map[string]string{"AWS_ENDPOINT_URL_S3": dead}, func(n *desk.NewStore) {
			n.Preset, n.Endpoint, n.AccessKeyID, n.SecretAccessKey = "aws", "", "AKIAIOSFODNN7EXAMPLE", "secret"
		}, "The check asks http://127.0.0.1:1, with a user name and a password, with a path, not AWS: AWS_ENDPOINT_URL_S3 in"},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, "", "")
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			n := newStore()
			if c.change != nil {
				c.change(&n)
			}
			var said *desk.Trouble
			asked := 0
			_, err := openDesk(t, desk.Options{}).CheckStore(t.Context(), n, desk.AddStoreOptions{Asking: func(elsewhere *desk.Trouble) {
				said, asked = elsewhere, asked+1
			}})
			if (c.says == "") != (said == nil) || said != nil && !strings.HasPrefix(said.What.String(), c.says) || asked != 1 {
				t.Errorf("%v, asked %d times", said, asked)
			}
			if (c.says == "") != (err == nil) || err != nil && !errors.Is(err, desk.ErrStoreCheck) {
				t.Errorf("%v", err)
			}
			if said != nil && strings.Contains(said.What.String()+said.Help.String(), "token-xyz") {
				t.Errorf("%v", said)
			}
		})
	}
}

// forbidding is the shared store for somebody who may not list; what else is refused has "METHOD " before its path's beginning.
func forbidding(t *testing.T, refused ...string) string {
	t.Helper()
	return tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		no := r.Method == http.MethodGet
		for _, method := range refused {
			no = no || r.Method == method
		}
		if !no {
			pass(w)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
	})
}

// TestCheckStoreThatMayNotList: first a bucket is wanted, then leave to put something tiny, which is gone again.
func TestCheckStoreThatMayNotList(t *testing.T) {
	isolate(t, "", "")
	d := openDesk(t, desk.Options{})
	n := newStore()
	n.Endpoint = forbidding(t)
	before := len(listAll(t, "waybill-check-"))
	_, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{MayPut: true})
	if code(err) != "CheckNeedsBucket" {
		t.Fatalf("%v", err)
	}
	n.Bucket = sandbox.Bucket
	_, err = d.AddStore(t.Context(), n, desk.AddStoreOptions{})
	var may *desk.Trouble
	if code(err) != "CheckMayNotList" || !errors.As(err, &may) || !may.CanAllowPut() || len(listAll(t, "waybill-check-")) != before {
		t.Fatalf("%v", err)
	}
	added, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{MayPut: true})
	if err != nil || !added.Put || added.Left != "" || added.Bucket != sandbox.Bucket {
		t.Fatalf("%+v, %v", added, err)
	}
	if left := listAll(t, "waybill-check-"); len(left) != before {
		t.Errorf("it left %v", left)
	}
	// What cannot be removed is said.
	n.Name, n.Endpoint = "second", forbidding(t, http.MethodDelete)
	if added, err = d.AddStore(t.Context(), n, desk.AddStoreOptions{MayPut: true}); err != nil || !strings.HasPrefix(added.Left, "waybill-check-") {
		t.Errorf("%+v, %v", added, err)
	}
	n.Name, n.Endpoint = "third", forbidding(t, http.MethodPut)
	if _, err = d.AddStore(t.Context(), n, desk.AddStoreOptions{MayPut: true}); code(err) != "AccessDenied" {
		t.Errorf("%v", err)
	}
}

// TestAddMinIO checks and adds a second server, over http, and over https with a certificate that only AWS_CA_BUNDLE makes trusted.
func TestAddMinIO(t *testing.T) {
	for scheme, https := range map[string]bool{"http": false, "https": true} {
		t.Run(scheme, func(t *testing.T) {
			m := teststore.StartMinIO(t, https)
			isolate(t, "", "")
			d := openDesk(t, desk.Options{})
			n := desk.NewStore{Preset: "minio", Name: "minio", AccessKeyID: m.Key, SecretAccessKey: m.Secret, Endpoint: m.Endpoint}
			if https {
				if _, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{}); code(err) != "CertificateSelfSigned" {
					t.Errorf("%v", err)
				}
				t.Setenv("AWS_CA_BUNDLE", m.CA)
			}
			wrong := n
			wrong.SecretAccessKey += "x"
			if _, err := d.AddStore(t.Context(), wrong, desk.AddStoreOptions{}); code(err) != "SignatureDoesNotMatch" {
				t.Errorf("a wrong secret: %v", err)
			}
			wrong = n
			wrong.AccessKeyID += "x"
			if _, err := d.AddStore(t.Context(), wrong, desk.AddStoreOptions{}); code(err) != "InvalidAccessKeyId" {
				t.Errorf("a wrong key: %v", err)
			}
			added, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{})
			if err != nil || added.Bucket != teststore.Bucket {
				t.Fatalf("%+v, %v", added, err)
			}
			text := fmt.Sprintf("from %s", scheme)
			path := filepath.Join(t.TempDir(), "a.txt")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			drop := d.Send(t.Context(), desk.Destination{Store: added.Store, Bucket: added.Bucket}, desk.SendOptions{Expires: 3600e9}, []string{path})
			var last desk.Transfer
			for last = range drop.Events() {
				continue
			}
			if last.State != desk.Sent {
				t.Errorf("%+v", last)
			}
		})
	}
}

// TestTheEnvironmentsEndpointIsToBlame: what is wrong with it is not said of the one that was typed.
func TestTheEnvironmentsEndpointIsToBlame(t *testing.T) {
	for _, wrong := range []string{"localhost:9000", "http://store.example.com"} {
		for _, variable := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} {
			isolate(t, "", "")
			t.Setenv(variable, wrong)
			_, err := openDesk(t, desk.Options{}).AddStore(t.Context(), newStore(), desk.AddStoreOptions{})
			var told *desk.Trouble
			if code(err) != "StoreNowhere" || !errors.Is(err, desk.ErrStoreCheck) || !errors.As(err, &told) || !strings.HasPrefix(told.What.String(), variable+" in the environment") {
				t.Errorf("%s: %v", wrong, err)
			}
		}
	}
}
