package signer

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/cloudfront/sign"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

// CloudFront is a distribution in front of a bucket, and the key pair that signs links to it. Such a link may last
// longer than seven days and needs no credentials: it ends at the moment that was asked for, or when its public key
// is taken out of the distribution's key groups.
//
// What the link delivers is up to the distribution. It has to reach the bucket (by origin access control), and to
// restrict viewers to a key group with this public key. A file's name and type are asked for in the link's query, as
// of S3 itself; they come through only where the distribution's cache policy forwards response-content-disposition
// and response-content-type, and elsewhere a file is saved under the last part of its key. An origin request policy
// that forwards them without a cache policy that does would mix them up: the first answer is kept for all links.
type CloudFront struct {
	Domain     string // of the distribution or its alternate name, "d111111abcdef8.cloudfront.net"; https always
	KeyPairID  string // of the public key in the distribution's key group, "K2JCJMDEHXQW5F"
	PrivateKey string // path of a PEM file with the other half, read anew for each link; file://… as for the AWS CLI, or ~/…
	OriginPath string // the origin path set at the distribution, which stands before every key; "" for none
}

// Errors in what is known of a distribution, and in what is asked of it.
var (
	ErrDomain     = errors.New("not the host name of a distribution")
	ErrKeyPairID  = errors.New("not the ID of a public key")
	ErrOriginPath = errors.New("not the origin path of a distribution")
	// ErrOutsideOrigin: the distribution hands out what is below its origin path, and the key is not.
	ErrOutsideOrigin = errors.New("the key is not below the origin path of the distribution")
	// ErrLinkEnd: the end is none that a signature can carry.
	ErrLinkEnd = errors.New("the end is not one that CloudFront can count, from 1970 to 19 January 2038, 03:14:07 UTC")
)

// KeyFileError is a file that holds no private key with which links can be signed.
type KeyFileError struct {
	Path string
	Err  error
}

// Error names file and fault, never what stands in the file.
func (e *KeyFileError) Error() string {
	return fmt.Sprintf("the private key in %q: %v", e.Path, e.Err)
}

// Unwrap gives the fault.
func (e *KeyFileError) Unwrap() error { return e.Err }

var (
	errKeyNoPath     = errors.New("no file is named")
	errKeyNoFile     = errors.New("not a regular file")
	errKeyTooLarge   = errors.New("the file is too large for a key")
	errKeyNoPEM      = errors.New("the file is not PEM, which goes from a line -----BEGIN PRIVATE KEY----- to one that ends it")
	errKeyNotPrivate = errors.New("the file is PEM, but no private key")
	errKeyPublic     = errors.New("this is the public key; name the file with the private key of the pair")
	errKeyPassphrase = errors.New("the key has a passphrase; write it out without one: openssl pkey -in FILE -out NEW")
	errKeyOpenSSH    = errors.New("the key is in OpenSSH's own form; rewrite it as PEM: ssh-keygen -p -m PEM -f FILE")
	errKeyBroken     = errors.New("the key is damaged, or its first line names another kind than it is of")
	errKeyKind       = errors.New("not a key that CloudFront takes, which are RSA of 2,048 bits and ECDSA on P-256")
	errKeySign       = errors.New("the signature could not be made")
)

const (
	maxKeyFile = 64 << 10 // a key of 2,048 bits has 1.7 KiB
	// maxCloudFrontURL is in bytes (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html).
	maxCloudFrontURL = 8192
	// maxCloudFrontEnd is 2038-01-19T03:14:07Z: "use a 32-bit integer"
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html).
	maxCloudFrontEnd = 1<<31 - 1
)

// Check says what is wrong with a distribution, as far as that can be told from here: whether the key pair is the
// distribution's own shows with the first link that is tried.
func (c CloudFront) Check() error {
	if err := c.checkNames(); err != nil {
		return err
	}
	_, err := c.privateKey()
	return err
}

// Get signs a link to a key. It ends when asked to, in whole seconds, however far away that is. CloudFront looks at
// the end when a download begins; one that is under way goes on.
func (c CloudFront) Get(key string, ends time.Time, opt GetOptions) (Presigned, error) {
	fail := func(err error) (Presigned, error) {
		return Presigned{}, fmt.Errorf("sign a CloudFront link to %q: %w", key, err)
	}
	if err := c.checkNames(); err != nil {
		return fail(err)
	}
	path, err := c.path(key)
	if err != nil {
		return fail(err)
	}
	ends = ends.UTC().Truncate(time.Second)
	if ends.Unix() < 1 || ends.Unix() > maxCloudFrontEnd {
		return fail(ErrLinkEnd)
	}
	private, err := c.privateKey()
	if err != nil {
		return fail(err)
	}
	// The host in lower case, as browsers send it: it is part of what is signed.
	base := "https://" + strings.ToLower(c.Domain) + path
	disposition := ""
	if opt.Filename != "" || opt.Inline {
		disposition = Disposition(opt.Filename, opt.Inline)
	}
	pair := sign.NewURLSigner(c.KeyPairID, private)
	link, err := pair.Sign(base+overrides(disposition, opt.ContentType), ends)
	if err == nil && len(link) > maxCloudFrontURL {
		// A long name makes a link of six times its length; without it the last part of the path names the file.
		link, err = pair.Sign(base+overrides(Disposition("", opt.Inline), opt.ContentType), ends)
	}
	if err != nil {
		return fail(errKeySign) // err has the URL in it
	}
	return Presigned{Method: http.MethodGet, URL: link, Header: http.Header{}, Ends: ends, Because: Requested}, nil
}

// overrides is the query that asks S3 for a name and a type. A space is %20 there, not the plus sign of url.Values:
// CloudFront signs the query anew for S3, and a plus sign would have to mean the same to both.
func overrides(disposition, contentType string) string {
	query := ""
	if disposition != "" {
		query += "&response-content-disposition=" + httpbinding.EscapePath(disposition, true)
	}
	if contentType != "" {
		query += "&response-content-type=" + httpbinding.EscapePath(contentType, true)
	}
	return strings.Replace(query, "&", "?", 1)
}

// path is where the distribution has a key, every byte but the unreserved ones and the slashes percent-encoded: what
// is signed are the letters of the URL, so no program on its way must find something in it to encode.
func (c CloudFront) path(key string) (string, error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	if origin := strings.Trim(c.OriginPath, "/"); origin != "" {
		below, ok := strings.CutPrefix(key, origin+"/")
		if !ok || below == "" {
			return "", ErrOutsideOrigin
		}
		key = below
	}
	return "/" + httpbinding.EscapePath(key, false), nil
}

// checkNames refuses what would lead a link elsewhere, or what CloudFront cannot know.
func (c CloudFront) checkNames() error {
	if !hostName(c.Domain) {
		return fmt.Errorf("%w: %q; write it as d111111abcdef8.cloudfront.net, without https:// and without a path", ErrDomain, c.Domain)
	}
	plausible := len(c.KeyPairID) >= 8 && len(c.KeyPairID) <= 64
	for i := 0; i < len(c.KeyPairID) && plausible; i++ {
		b := c.KeyPairID[i]
		plausible = 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
	}
	if !plausible {
		return fmt.Errorf("%w: %q; it looks like K2JCJMDEHXQW5F, and is neither the key group's ID nor the key's name", ErrKeyPairID, c.KeyPairID)
	}
	if origin := strings.Trim(c.OriginPath, "/"); origin != "" {
		if err := CheckKey(origin); err != nil {
			return fmt.Errorf("%w: %q: %w", ErrOriginPath, c.OriginPath, err)
		}
	}
	return nil
}

// hostName reports whether a name is that of a host as it stands in a URL: labels of letters, digits and hyphens, and
// more than one of them. Names in other scripts are written in Punycode there.
func hostName(name string) bool {
	if len(name) > 253 || !strings.Contains(name, ".") {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !alnum(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	_, err := netip.ParseAddr(name)
	return err != nil
}

// privateKey reads the key. It is kept nowhere: who takes the file away ends the signing.
func (c CloudFront) privateKey() (crypto.Signer, error) {
	path := strings.TrimPrefix(c.PrivateKey, "file://")
	if below, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, below)
		}
	}
	text, err := readKeyFile(path)
	if err != nil {
		return nil, &KeyFileError{Path: path, Err: err}
	}
	key, err := parseKey(text)
	if err != nil {
		return nil, &KeyFileError{Path: path, Err: err}
	}
	return key, nil
}

func readKeyFile(path string) ([]byte, error) {
	if path == "" {
		return nil, errKeyNoPath
	}
	text, err := func() ([]byte, error) {
		info, err := os.Stat(path) // before it is opened: opening a pipe would wait for a writer
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, errKeyNoFile
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	}()
	var onDisk *fs.PathError
	switch {
	case errors.As(err, &onDisk):
		return nil, onDisk.Err // the path is said already
	case err != nil:
		return nil, err
	case len(text) > maxKeyFile:
		return nil, errKeyTooLarge
	}
	return text, nil
}

// parseKey finds the private key in a PEM file. What the parsers of crypto/x509 have to say is left out: it helps
// nobody, and it is about a secret.
func parseKey(text []byte) (crypto.Signer, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors on Windows begin a file with it
	var public, other bool
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		var key any
		var err error
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY", block.Headers["DEK-Info"] != "":
			return nil, errKeyPassphrase
		case block.Type == "OPENSSH PRIVATE KEY":
			return nil, errKeyOpenSSH
		case block.Type == "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case block.Type == "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		case block.Type == "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case strings.HasSuffix(block.Type, "PUBLIC KEY"):
			public = true
			continue
		default: // openssl writes EC PARAMETERS before the key
			other = true
			continue
		}
		if err != nil {
			return nil, errKeyBroken
		}
		return usableKey(key)
	}
	switch {
	case public:
		return nil, errKeyPublic
	case other:
		return nil, errKeyNotPrivate
	}
	return nil, errKeyNoPEM
}

// usableKey refuses a key whose public half CloudFront does not take: no link that it signs would ever work
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublicKey.html).
func usableKey(key any) (crypto.Signer, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() == 2048 {
			return k, nil
		}
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return k, nil
		}
	}
	return nil, errKeyKind
}
