package signer_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/signer"
)

// distribution answers as a CloudFront distribution in front of a bucket does
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html):
// the URL as it came, less the three parameters of the signature, is the resource of the canned policy, whose SHA-1 is
// signed by the key pair that the URL names. It knows nothing of how Waybill signs.
type distribution struct {
	domain     string
	keys       map[string]crypto.PublicKey // the key group
	now        atomic.Int64                // Unix seconds
	originPath string
	bucket     map[string]string
	forwards   bool // the cache policy has response-content-disposition and response-content-type
}

func (d *distribution) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refuse := func(code string) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
	}
	path, query, _ := strings.Cut(r.RequestURI, "?")
	given := map[string]string{}
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		switch name, value, _ := strings.Cut(pair, "="); name {
		case "Expires", "Signature", "Key-Pair-Id", "Policy", "Hash-Algorithm":
			if _, twice := given[name]; twice {
				refuse("Duplicate")
				return
			}
			given[name] = value
		default:
			kept = append(kept, pair)
		}
	}
	if len(r.RequestURI)+len("https://"+r.Host) > 8192 {
		w.WriteHeader(http.StatusRequestURITooLong)
		return
	}
	public := d.keys[given["Key-Pair-Id"]]
	if public == nil {
		refuse("MissingKey")
		return
	}
	resource := "https://" + r.Host + path
	if len(kept) > 0 {
		resource += "?" + strings.Join(kept, "&")
	}
	policy := `{"Statement":[{"Resource":"` + resource + `","Condition":{"DateLessThan":{"AWS:EpochTime":` + given["Expires"] + `}}}]}`
	ends, err := strconv.ParseInt(given["Expires"], 10, 32)
	switch {
	case r.TLS == nil, r.Host != d.domain, err != nil, given["Hash-Algorithm"] != "", !signed(public, policy, given["Signature"]):
		refuse("AccessDenied")
		return
	case d.now.Load() >= ends:
		refuse("AccessDenied") // CloudFront does not say that it is over
		return
	}
	// S3 takes a plus sign in a path for a space.
	key, err := url.QueryUnescape(strings.TrimPrefix(d.originPath+path, "/"))
	body, ok := d.bucket[key]
	if err != nil || !ok {
		refuse("AccessDenied")
		return
	}
	if d.forwards {
		asked, _ := url.ParseQuery(strings.Join(kept, "&"))
		for parameter, header := range map[string]string{"response-content-disposition": "Content-Disposition", "response-content-type": "Content-Type"} {
			if value := asked.Get(parameter); value != "" {
				w.Header().Set(header, value)
			}
		}
	}
	io.WriteString(w, body)
}

// signed undoes the replacements of the documentation, and checks the signature.
func signed(public crypto.PublicKey, policy, signature string) bool {
	if strings.ContainsAny(signature, "+=/%") {
		return false
	}
	raw, err := base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "=", "~", "/").Replace(signature))
	if err != nil {
		return false
	}
	sum := sha1.Sum([]byte(policy))
	switch k := public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(k, crypto.SHA1, sum[:], raw) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, sum[:], raw)
	}
	return false
}

const pairID = "K2JCJMDEHXQW5F"

// distribute starts a distribution that knows one key pair, and gives the client that finds it under its name.
func distribute(t *testing.T, public crypto.PublicKey) (*distribution, *http.Client) {
	t.Helper()
	d := &distribution{domain: "files.example.com", keys: map[string]crypto.PublicKey{pairID: public}, bucket: map[string]string{}, forwards: true}
	d.now.Store(noon.Unix())
	server := httptest.NewTLSServer(d)
	t.Cleanup(server.Close)
	return d, server.Client()
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// pemOf writes keys in the forms in which openssl does: the private key's own, PKCS#8, and the public half.
func pemOf(t testing.TB, form string, key any) string {
	t.Helper()
	var der []byte
	var err error
	switch form {
	case "RSA PRIVATE KEY":
		der = x509.MarshalPKCS1PrivateKey(key.(*rsa.PrivateKey))
	case "EC PRIVATE KEY":
		der, err = x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))
	case "PRIVATE KEY":
		der, err = x509.MarshalPKCS8PrivateKey(key)
	case "PUBLIC KEY":
		der, err = x509.MarshalPKIXPublicKey(key.(crypto.Signer).Public())
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: form, Bytes: der}))
}

func keyFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "private key.pem")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fetch follows a link as it stands.
func fetch(t *testing.T, client *http.Client, link string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body), res.Header
}

// TestCloudFrontTakesTheLink lets a distribution judge links of each form of key, to names of all kinds, until long
// after the seven days of a presigned URL, and in the second in which they end.
func TestCloudFrontTakesTheLink(t *testing.T) {
	second := noon.Truncate(time.Second)
	names := []string{
		"a.txt", "a b.txt", "a+b.txt", "100%.txt", "50%41.txt", "a?b#c&d=e.txt", "ü/日本語/🎉.pdf", "it's \"x\"*().txt", `back\slash<>[]{}|^~` + "`.txt", "a//b", "folder/",
		"Expires=1&Signature=2", "https://x/y", strings.Repeat("日", 341),
	}
	rsaPair, ecPair := rsaKey(t, 2048), ecKey(t, elliptic.P256())
	parameters := "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
	for name, c := range map[string]struct {
		text   string
		public crypto.PublicKey
	}{
		"RSA PKCS#1":             {pemOf(t, "RSA PRIVATE KEY", rsaPair), rsaPair.Public()},
		"RSA PKCS#8":             {pemOf(t, "PRIVATE KEY", rsaPair), rsaPair.Public()},
		"ECDSA SEC1":             {pemOf(t, "EC PRIVATE KEY", ecPair), ecPair.Public()},
		"ECDSA SEC1, parameters": {parameters + pemOf(t, "EC PRIVATE KEY", ecPair), ecPair.Public()},
		"ECDSA PKCS#8":           {pemOf(t, "PRIVATE KEY", ecPair), ecPair.Public()},
		"byte order mark":        {"\ufeff" + pemOf(t, "PRIVATE KEY", ecPair), ecPair.Public()},
		"both halves, Windows":   {strings.ReplaceAll(pemOf(t, "PUBLIC KEY", rsaPair)+pemOf(t, "PRIVATE KEY", rsaPair), "\n", "\r\n"), rsaPair.Public()},
	} {
		t.Run(name, func(t *testing.T) {
			d, client := distribute(t, c.public)
			front := signer.CloudFront{Domain: "Files.Example.com", KeyPairID: pairID, PrivateKey: keyFile(t, c.text)}
			if err := front.Check(); err != nil {
				t.Fatal(err)
			}
			for i, key := range names {
				d.bucket[key] = "the bytes of " + key
				lasts := []time.Duration{time.Hour, 8 * 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour}[i%4]
				ends := noon.Add(lasts)
				p, err := front.Get(key, ends, signer.GetOptions{Filename: filepath.Base(key)})
				if err != nil {
					t.Fatalf("%q: %v", key, err)
				}
				if !p.Ends.Equal(second.Add(lasts)) || p.Because != signer.Requested || p.Method != http.MethodGet || len(p.Header) != 0 || p.ContentLength != 0 {
					t.Errorf("%q: %v, headers %v, %d bytes", key, p, p.Header, p.ContentLength)
				}
				if !regexp.MustCompile(`^https://files\.example\.com/[A-Za-z0-9/._~%-]+\?[A-Za-z0-9._~%&=-]+$`).MatchString(p.URL) || len(p.URL) > 8192 {
					t.Errorf("%q: something in %s could be encoded again, or its %d bytes are too many", key, p.URL, len(p.URL))
				}
				for at, want := range map[time.Time]int{
					second: http.StatusOK, p.Ends.Add(-time.Second): http.StatusOK,
					p.Ends: http.StatusForbidden, p.Ends.Add(time.Hour): http.StatusForbidden,
				} {
					d.now.Store(at.Unix())
					if status, body, _ := fetch(t, client, p.URL); status != want || status == http.StatusOK && body != d.bucket[key] {
						t.Errorf("%q, %v before its end: %d %s, want %d", key, p.Ends.Sub(at), status, body, want)
					}
				}
			}
		})
	}
}

// TestCloudFrontBindsTheLink: nothing in a link can be changed, and another pair's link is none.
func TestCloudFrontBindsTheLink(t *testing.T) {
	pair := ecKey(t, elliptic.P256())
	d, client := distribute(t, pair.Public())
	d.bucket["a.txt"], d.bucket["b.txt"] = "a", "b"
	front := signer.CloudFront{Domain: d.domain, KeyPairID: pairID, PrivateKey: keyFile(t, pemOf(t, "EC PRIVATE KEY", pair))}
	ends := noon.Add(30 * 24 * time.Hour)
	get := func(c signer.CloudFront) string {
		p, err := c.Get("a.txt", ends, signer.GetOptions{Filename: "a.txt", ContentType: "text/plain"})
		if err != nil {
			t.Fatal(err)
		}
		return p.URL
	}
	link := get(front)
	if status, body, _ := fetch(t, client, link); status != http.StatusOK || body != "a" {
		t.Fatalf("%d %s", status, body)
	}
	later := strconv.FormatInt(ends.Unix()+1, 10)
	for what, change := range map[string][2]string{
		"the key":         {"/a.txt?", "/b.txt?"},
		"the end":         {strconv.FormatInt(ends.Unix(), 10), later},
		"the name":        {"%22a.txt%22", "%22a.exe%22"},
		"the type":        {"text%2Fplain", "text%2Fhtml"},
		"the pair":        {pairID, pairID[:13] + "X"},
		"the signature":   {"Signature=", "Signature=AAAA"},
		"what comes last": {"Key-Pair-Id", "x=y&Key-Pair-Id"},
	} {
		changed := strings.Replace(link, change[0], change[1], 1)
		if changed == link {
			t.Fatalf("%s is not in the link as %s", what, change[0])
		}
		if status, _, _ := fetch(t, client, changed); status != http.StatusForbidden {
			t.Errorf("with another %s it is %d", what, status)
		}
	}
	other := front
	other.PrivateKey = keyFile(t, pemOf(t, "EC PRIVATE KEY", ecKey(t, elliptic.P256())))
	if status, _, _ := fetch(t, client, get(other)); status != http.StatusForbidden {
		t.Errorf("signed by another key it is %d", status)
	}
}

func TestCloudFrontOffersTheName(t *testing.T) {
	pair := ecKey(t, elliptic.P256())
	d, client := distribute(t, pair.Public())
	front := signer.CloudFront{Domain: d.domain, KeyPairID: pairID, PrivateKey: keyFile(t, pemOf(t, "EC PRIVATE KEY", pair))}
	long := strings.Repeat("日", 341)
	d.bucket["k"], d.bucket[long] = "", ""
	for _, c := range []struct {
		key               string
		opt               signer.GetOptions
		disposition, kind string
	}{
		{"k", signer.GetOptions{}, "", ""},
		{"k", signer.GetOptions{Inline: true}, "inline", ""},
		{"k", signer.GetOptions{ContentType: "image/svg+xml; charset=utf-8"}, "", "image/svg+xml; charset=utf-8"},
		{"k", signer.GetOptions{Filename: "é + ü&.pdf", ContentType: "application/pdf"}, signer.Disposition("é + ü&.pdf", false), "application/pdf"},
		{"k", signer.GetOptions{Filename: "a.pdf", Inline: true}, signer.Disposition("a.pdf", true), ""},
		{long, signer.GetOptions{Filename: long}, "attachment", ""},
		{long, signer.GetOptions{Filename: long, Inline: true, ContentType: "text/plain"}, "inline", "text/plain"},
	} {
		p, err := front.Get(c.key, noon.Add(time.Hour), c.opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, d.forwards = range []bool{true, false} {
			status, body, header := fetch(t, client, p.URL)
			disposition, kind := header.Get("Content-Disposition"), header.Get("Content-Type")
			if status != http.StatusOK {
				t.Errorf("%+v: %d %s", c.opt, status, body)
			}
			if d.forwards && (disposition != c.disposition || c.kind != "" && kind != c.kind) || !d.forwards && disposition != "" {
				t.Errorf("%+v, forwarded %v: %q as %q", c.opt, d.forwards, disposition, kind)
			}
		}
		if len(p.URL) > 8192 {
			t.Errorf("%d bytes", len(p.URL))
		}
	}
}

func TestCloudFrontOriginPath(t *testing.T) {
	pair := ecKey(t, elliptic.P256())
	d, client := distribute(t, pair.Public())
	d.originPath = "/team share/2026"
	d.bucket["team share/2026/a b.txt"] = "a"
	front := signer.CloudFront{Domain: d.domain, KeyPairID: pairID, PrivateKey: keyFile(t, pemOf(t, "EC PRIVATE KEY", pair))}
	for _, front.OriginPath = range []string{"/team share/2026", "team share/2026", "/team share/2026/"} {
		if err := front.Check(); err != nil {
			t.Fatal(err)
		}
		p, err := front.Get("team share/2026/a b.txt", noon.Add(time.Hour), signer.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if status, body, _ := fetch(t, client, p.URL); status != http.StatusOK || body != "a" || !strings.HasPrefix(p.URL, "https://files.example.com/a%20b.txt?") {
			t.Errorf("%q: %d %s of %v", front.OriginPath, status, body, p)
		}
		for _, key := range []string{"other/a.txt", "team share/20266/a.txt", "team share/2026", "team share/2026/"} {
			if _, err := front.Get(key, noon.Add(time.Hour), signer.GetOptions{}); !errors.Is(err, signer.ErrOutsideOrigin) {
				t.Errorf("%q: %v", key, err)
			}
		}
	}
	for _, front.OriginPath = range []string{"/a/../b", "..", "\xff", strings.Repeat("x", 1025)} {
		if err := front.Check(); !errors.Is(err, signer.ErrOriginPath) {
			t.Errorf("%q: %v", front.OriginPath, err)
		}
	}
}

func TestCloudFrontRefusesKeysAndEnds(t *testing.T) {
	front := signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net", KeyPairID: pairID, PrivateKey: keyFile(t, pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P256())))}
	for key, want := range map[string]error{
		"": signer.ErrKeyEmpty, "/a": signer.ErrKeySlash, "a/../b": signer.ErrKeyDots, "\xff": signer.ErrKeyEncoding, strings.Repeat("x", 1025): signer.ErrKeyTooLong,
	} {
		if p, err := front.Get(key, noon, signer.GetOptions{}); !errors.Is(err, want) || p.URL != "" {
			t.Errorf("%q: %v, want %v", key, err, want)
		}
	}
	last := time.Date(2038, 1, 19, 3, 14, 7, 999, time.UTC)
	if p, err := front.Get("a", last, signer.GetOptions{}); err != nil || !p.Ends.Equal(last.Truncate(time.Second)) {
		t.Errorf("%v, %v", p, err)
	}
	for _, ends := range []time.Time{{}, time.Unix(0, 0), last.Add(time.Second), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if p, err := front.Get("a", ends, signer.GetOptions{}); !errors.Is(err, signer.ErrLinkEnd) || p.URL != "" {
			t.Errorf("%v: %v", ends, err)
		}
	}
}

func TestCloudFrontCheckNames(t *testing.T) {
	path := keyFile(t, pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P256())))
	for domain, good := range map[string]bool{
		"d111111abcdef8.cloudfront.net": true, "Files.Example.com": true, "xn--bcher-kva.example": true, "a-b.c1.example": true, "1.2.example": true,
		"": false, "https://d111111abcdef8.cloudfront.net": false, "d111111abcdef8.cloudfront.net/": false, "d111111abcdef8.cloudfront.net:443": false,
		"localhost": false, "192.168.0.1": false, "[::1]": false, "bücher.example": false, "a..b": false, ".example.com": false, "example.com.": false,
		"-a.example": false, "a-.example": false, "a b.example": false, "a@b.example": false, "evil.example?x=.y": false, "evil.example#.y": false,
		strings.Repeat("a", 64) + ".example": false, strings.Repeat("a.", 127) + "example": false, "a_b.example": false, "a.example\n": false,
	} {
		front := signer.CloudFront{Domain: domain, KeyPairID: pairID, PrivateKey: path}
		err := front.Check()
		_, gotErr := front.Get("a", noon, signer.GetOptions{})
		if good && (err != nil || gotErr != nil) || !good && (!errors.Is(err, signer.ErrDomain) || !errors.Is(gotErr, signer.ErrDomain)) {
			t.Errorf("%q: %v and %v", domain, err, gotErr)
		}
	}
	for id, good := range map[string]bool{
		pairID: true, "APKAIEXAMPLEEXAMPLE1": true,
		"": false, "K2JC": false, "k2jcjmdehxqw5f": false, "K2JCJMDEHXQW5F&x=y": false, "K2JCJMDEHXQW5F ": false,
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8": false, "my key": false, strings.Repeat("K", 65): false,
	} {
		front := signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net", KeyPairID: id, PrivateKey: path}
		err := front.Check()
		_, gotErr := front.Get("a", noon, signer.GetOptions{})
		if good && (err != nil || gotErr != nil) || !good && (!errors.Is(err, signer.ErrKeyPairID) || !errors.Is(gotErr, signer.ErrKeyPairID)) {
			t.Errorf("%q: %v and %v", id, err, gotErr)
		}
	}
}

// TestCloudFrontKeyFileInWords: each file that is no usable private key says why, and says nothing of what is in it.
func TestCloudFrontKeyFileInWords(t *testing.T) {
	pair, ec := rsaKey(t, 2048), ecKey(t, elliptic.P256())
	whole := pemOf(t, "PRIVATE KEY", pair)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encrypted := strings.Replace(pemOf(t, "RSA PRIVATE KEY", pair), "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n", 1)
	swapped := strings.NewReplacer("BEGIN PRIVATE KEY", "BEGIN RSA PRIVATE KEY", "END PRIVATE KEY", "END RSA PRIVATE KEY").Replace(whole)
	for name, c := range map[string]struct{ text, word string }{
		"the public key":       {pemOf(t, "PUBLIC KEY", pair), "public key"},
		"the public EC key":    {pemOf(t, "PUBLIC KEY", ec), "public key"},
		"empty":                {"", "not PEM"},
		"no PEM":               {"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7", "not PEM"},
		"cut short":            {whole[:len(whole)/2], "not PEM"},
		"a certificate":        {strings.NewReplacer("PRIVATE KEY", "CERTIFICATE").Replace(whole), "no private key"},
		"damaged":              {strings.Replace(whole, "\nMII", "\nMIJ", 1), "damaged"},
		"under another's name": {swapped, "first line"},
		"with a passphrase":    {strings.NewReplacer("PRIVATE KEY", "ENCRYPTED PRIVATE KEY").Replace(whole), "passphrase"},
		"with an old one":      {encrypted, "passphrase"},
		"OpenSSH's":            {strings.NewReplacer("PRIVATE KEY", "OPENSSH PRIVATE KEY").Replace(whole), "ssh-keygen"},
		"RSA 3072":             {pemOf(t, "PRIVATE KEY", rsaKey(t, 3072)), "2,048"},
		"P-384":                {pemOf(t, "EC PRIVATE KEY", ecKey(t, elliptic.P384())), "P-256"},
		"Ed25519":              {pemOf(t, "PRIVATE KEY", edwards), "P-256"},
		"a film":               {strings.Repeat("x", 1<<20), "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			front := signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net", KeyPairID: pairID, PrivateKey: keyFile(t, c.text)}
			err := front.Check()
			p, gotErr := front.Get("a.txt", noon, signer.GetOptions{Filename: "a.txt"})
			for _, err := range []error{err, gotErr} {
				var file *signer.KeyFileError
				if !errors.As(err, &file) || file.Path != front.PrivateKey || !strings.Contains(err.Error(), c.word) {
					t.Fatalf("%v", err)
				}
				for line := range strings.Lines(c.text) {
					if line = strings.TrimSpace(line); len(line) > 7 && !strings.HasPrefix(line, "-----") && strings.Contains(err.Error(), line[:8]) {
						t.Errorf("%v has %q in it", err, line[:8])
					}
				}
				if strings.Contains(err.Error(), "cloudfront.net") || strings.Contains(err.Error(), "://") {
					t.Errorf("%v has the URL in it", err)
				}
			}
			if p.URL != "" {
				t.Error("there is a link all the same")
			}
		})
	}
}

func TestCloudFrontKeyFilePath(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	path := filepath.Join(home, "cloudfront.pem")
	if err := os.WriteFile(path, []byte(pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P256()))), 0o600); err != nil {
		t.Fatal(err)
	}
	front := signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net", KeyPairID: pairID}
	for _, front.PrivateKey = range []string{path, "file://" + path, "~/cloudfront.pem", "file://~/cloudfront.pem"} {
		if err := front.Check(); err != nil {
			t.Errorf("%s: %v", front.PrivateKey, err)
		}
	}
	other := filepath.Join(home, "other.pem")
	_, missing := os.Stat(other) // in the system's words
	for given, word := range map[string]string{
		"": "no file is named", "file://": "no file is named", home: "regular", "file://" + home: "regular", other: errors.Unwrap(missing).Error(),
	} {
		front.PrivateKey = given
		var file *signer.KeyFileError
		var onDisk *fs.PathError // which the desk would take for the file that is sent
		if err := front.Check(); !errors.As(err, &file) || errors.As(err, &onDisk) || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", given, err)
		}
	}
	front.PrivateKey = filepath.Join(home, "other.pem")
	if err := front.Check(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	// The key is kept nowhere: without the file there are no more links.
	front.PrivateKey = path
	if _, err := front.Get("a", noon, signer.GetOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := front.Get("a", noon, signer.GetOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestCloudFrontLinkIsNotPrinted(t *testing.T) {
	front := signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net", KeyPairID: pairID, PrivateKey: keyFile(t, pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P256())))}
	p, err := front.Get("a b.txt", noon, signer.GetOptions{Filename: "a b.txt"})
	if err != nil {
		t.Fatal(err)
	}
	secrets := slices.Collect(maps.Keys(query(t, p)))
	for _, values := range query(t, p) {
		secrets = append(secrets, values...)
	}
	if len(secrets) != 8 {
		t.Fatalf("%d names and values in the query", len(secrets))
	}
	withPolicy := strings.Replace(p.URL, "Expires=", "Policy=eyJTdGF0ZW1lbnQi&Expires=", 1)
	secrets = append(secrets, "Policy", "eyJTdGF0ZW1lbnQi")
	for _, text := range []string{fmt.Sprint(p), fmt.Sprintf("%+v", p), fmt.Sprintf("%#v", p), p.LogValue().String(), signer.Redact(p.URL), signer.Redact(withPolicy)} {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q in %q", secret, text)
			}
		}
		if !strings.Contains(text, "https://d111111abcdef8.cloudfront.net/a%20b.txt?") {
			t.Errorf("%q does not say where it leads", text)
		}
	}
}

func BenchmarkCloudFrontGet(b *testing.B) {
	for name, text := range map[string]string{
		"RSA": pemOf(b, "PRIVATE KEY", rsaKey(b, 2048)), "ECDSA": pemOf(b, "PRIVATE KEY", ecKey(b, elliptic.P256())),
	} {
		front := signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net", KeyPairID: pairID, PrivateKey: keyFile(b, text)}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := front.Get("alice/2026/file.pdf", noon, signer.GetOptions{Filename: "file.pdf"}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "links/s")
		})
	}
}
