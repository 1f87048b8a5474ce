package signer

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// MaxKey is the longest key S3 accepts, in bytes of UTF-8
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html).
const MaxKey = 1024

// Errors in names. The SDK checks none of these; some of them would reach another object than was meant.
var (
	ErrBucketName  = errors.New("not a bucket name")
	ErrKeyEmpty    = errors.New("the key is empty")
	ErrKeyTooLong  = errors.New("the key is over 1,024 bytes")
	ErrKeyEncoding = errors.New("the key is not UTF-8")
	ErrKeyDots     = errors.New("the key has a . or .. segment, which browsers and servers fold away")
	ErrKeySlash    = errors.New("the key begins with a slash")
	ErrARN         = errors.New("only general purpose buckets and access points to them are supported")
	ErrNotAFolder  = errors.New("the folder does not end with a slash")
	ErrPartCount   = errors.New("not a number of parts, which are 1 to 10,000")
)

// CheckBucket refuses what is no bucket's name: 3 to 63 of a-z 0-9 . and -, beginning and ending with a letter
// or digit, no two dots together, not an IP address
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html). Upper case and underscores
// are let through: buckets made before 2018, and some other stores, have them, up to 255 bytes long. The ARN of an
// access point may stand for a bucket.
func CheckBucket(name string) error {
	if _, ok, err := ParseAccessPoint(name); ok {
		return err
	}
	if isOtherKind(name) {
		return fmt.Errorf("bucket %q: %w", name, ErrARN)
	}
	bad := len(name) < 3 || len(name) > 255 || strings.Contains(name, "..") || !alnum(name[0]) || !alnum(name[len(name)-1])
	for i := 0; i < len(name) && !bad; i++ {
		bad = !alnum(name[i]) && name[i] != '.' && name[i] != '-' && name[i] != '_'
	}
	if !bad {
		_, err := netip.ParseAddr(name)
		bad = err == nil
	}
	if bad {
		return fmt.Errorf("bucket %q: %w", name, ErrBucketName)
	}
	return nil
}

func alnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// CheckKey refuses a key that S3 would refuse, or that would not come back as it was sent.
func CheckKey(key string) error {
	switch {
	case key == "":
		return ErrKeyEmpty
	case len(key) > MaxKey:
		return ErrKeyTooLong
	case !utf8.ValidString(key):
		return ErrKeyEncoding
	case key[0] == '/':
		return ErrKeySlash
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "." || segment == ".." {
			return ErrKeyDots
		}
	}
	return nil
}

// Disposition builds a Content-Disposition for a file name in any script: an ASCII form for old readers and
// the real name as RFC 6266 and RFC 8187 have it. Go's mime.FormatMediaType leaves the first out.
func Disposition(name string, inline bool) string {
	kind := "attachment"
	if inline {
		kind = "inline"
	}
	if name == "" {
		return kind
	}
	var ascii, ext strings.Builder
	for _, r := range name {
		switch {
		case r == utf8.RuneError, r < 0x20, r == 0x7f:
			continue
		case r == '"', r == '\\', r == '%', r > 0x7e:
			// A percent sign is decoded by some browsers, so it does not stand in the plain form either.
			ascii.WriteByte('_')
		default:
			ascii.WriteRune(r)
		}
		for _, b := range []byte(string(r)) {
			if alnum(b) || strings.IndexByte("!#$&+-.^_`|~", b) >= 0 { // attr-char, RFC 8187 section 3.2.1
				ext.WriteByte(b)
			} else {
				fmt.Fprintf(&ext, "%%%02X", b)
			}
		}
	}
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, kind, ascii.String(), ext.String())
}
