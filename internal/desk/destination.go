package desk

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
	"golang.org/x/text/unicode/norm"

	"waybill/internal/courier"
	"waybill/internal/sandbox"
	"waybill/signer"
)

// ParseExpires reads how long a link shall last, as a person writes it: 90s, 15m, 1h, 1h30m, 36h, 7d, 1d12h.
// Outside one second to seven days, and for anything else, the error is a *Trouble.
func ParseExpires(s string) (time.Duration, error) { return parseExpires(s, signer.MaxExpires) }

// ParseLongExpires reads how long a link shall last where a distribution may answer it: as ParseExpires does, and for
// up to ten years. CheckExpires says whether the bucket has one.
func ParseLongExpires(s string) (time.Duration, error) { return parseExpires(s, maxDistributed) }

func parseExpires(s string, most time.Duration) (time.Duration, error) {
	d, err := parseDuration(strings.ToLower(strings.Join(strings.Fields(s), "")))
	switch {
	case errors.Is(err, errTooLong), err == nil && d > most:
		return 0, trouble("ExpiresTooLong", args{"Given": s}, err)
	case err != nil:
		return 0, trouble("ExpiresNotATime", args{"Given": s}, err)
	case d < time.Second:
		return 0, trouble("ExpiresTooShort", args{"Given": s}, nil)
	}
	return d, nil
}

var errTooLong = errors.New("longer than any link")

// parseDuration is time.ParseDuration with days in front: Go's has none, since some days have 23 hours. A
// link's day is 24 hours.
func parseDuration(s string) (time.Duration, error) {
	var days time.Duration
	if number, rest, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || !(n > -1e6 && n < 1e6) {
			return 0, fmt.Errorf("%q is no number of days", number)
		}
		if n > 10_000 {
			return 0, errTooLong
		}
		days, s = time.Duration(n*24*float64(time.Hour)), rest
		if s == "" {
			return days, nil
		}
		if s[0] == '-' || s[0] == '+' {
			return 0, fmt.Errorf("a sign after the days")
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("not a duration: %w", err)
	}
	if d > maxDistributed {
		return 0, errTooLong
	}
	return days + d, nil
}

// FormatExpires writes a duration as ParseExpires reads it: 15m, 1h, 36h, 7d.
func FormatExpires(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	s := d.String() // 1h30m0s
	for _, nothing := range []struct{ after, unit string }{{"m", "0s"}, {"h", "0m"}} {
		if strings.HasSuffix(s, nothing.after+nothing.unit) { // and not the end of 30s
			s = strings.TrimSuffix(s, nothing.unit)
		}
	}
	return s
}

// CheckBucket says in words what is wrong with a bucket's name, or returns nil.
func CheckBucket(name string) error {
	if strings.TrimSpace(name) == "" {
		return trouble("BucketEmpty", nil, nil)
	}
	if err := signer.CheckBucket(name); err != nil {
		return explain(err, scene{bucket: name})
	}
	return nil
}

// CleanPrefix makes a prefix clean: no leading slash, no empty segment, one trailing slash; "" stays "". A
// prefix with a . or .. segment, with control characters, or too long for any name to follow, is a *Trouble.
func CleanPrefix(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", trouble("PrefixCharacters", args{"Prefix": strings.ToValidUTF8(s, "\uFFFD")}, nil)
	}
	s = norm.NFC.String(s)
	var kept []string
	for segment := range strings.SplitSeq(strings.TrimSpace(s), "/") {
		switch {
		case segment == "":
			continue
		case segment == "." || segment == "..":
			return "", trouble("PrefixDots", args{"Prefix": s}, nil)
		case visible(segment) != segment:
			return "", trouble("PrefixCharacters", args{"Prefix": visible(s)}, nil)
		}
		kept = append(kept, segment)
	}
	if len(kept) == 0 {
		return "", nil
	}
	clean := strings.Join(kept, "/") + "/"
	if len(clean) >= signer.MaxKey {
		return "", trouble("PrefixTooLong", args{"Prefix": clean[:60] + "…"}, nil)
	}
	return clean, nil
}

// BucketTitle is a bucket as a person reads it: of an access point's ARN, the name and the region.
func BucketTitle(bucket string) string {
	if p, ok, err := signer.ParseAccessPoint(bucket); ok && err == nil {
		return p.Name + " (" + p.Region + ")"
	}
	return bucket
}

// ParseS3URL splits s3://bucket/key. The key may be empty. An access point's ARN may stand for the bucket, with a slash or
// a colon before the access point's name.
func ParseS3URL(s string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(s, "s3://")
	if !ok {
		return "", "", trouble("NotS3URL", args{"Given": s}, nil)
	}
	bucket, key, _ = strings.Cut(rest, "/")
	if arn, ok := strings.CutSuffix(bucket, ":accesspoint"); ok && strings.HasPrefix(arn, "arn:") {
		var point string
		point, key, _ = strings.Cut(key, "/")
		bucket += "/" + point
	}
	if bucket == "" {
		return "", "", trouble("NotS3URL", args{"Given": s}, nil)
	}
	if err := CheckBucket(bucket); err != nil {
		return "", "", err
	}
	return bucket, key, nil
}

// clean checks a destination and gives it back with a clean prefix.
func (dest Destination) clean() (Destination, error) {
	if err := CheckBucket(dest.Bucket); err != nil {
		return dest, err
	}
	prefix, err := CleanPrefix(dest.Prefix)
	if err != nil {
		return dest, err
	}
	dest.Prefix = prefix
	return dest, nil
}

// SandboxBucket is the bucket that the sandbox has ready.
const SandboxBucket = sandbox.Bucket

// CheckKey says in words what is wrong with a key, or returns nil.
func CheckKey(key string) error {
	if err := signer.CheckKey(key); err != nil {
		return explain(err, scene{key: key, path: key})
	}
	return nil
}

// ParseClash reads what to do when a name is taken.
func ParseClash(s string) (Clash, error) {
	switch c := Clash(s); c {
	case ClashAsk, ClashKeepBoth, ClashReplace, ClashSkip:
		return c, nil
	}
	return "", trouble("ClashUnknown", args{"Given": s}, nil)
}

// ParseVerify reads which links are tried.
func ParseVerify(s string) (Verify, error) {
	switch v := Verify(s); v {
	case VerifyAuto, VerifyAll, VerifySample, VerifyNone:
		return v, nil
	}
	return "", trouble("VerifyUnknown", args{"Given": s}, nil)
}

// CheckConcurrency wants at most 256 requests at once; 0 is the default.
func CheckConcurrency(n int) (int, error) {
	if n < 0 || n > 256 {
		return 0, trouble("ConcurrencyRange", args{"Given": n}, nil)
	}
	return n, nil
}

// ParseLimitRate reads a number of bytes a second, such as "5MiB"; "" and "0" are no limit.
func ParseLimitRate(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := humanize.ParseBytes(s)
	if err != nil || n > 0 && n < 1<<10 || n > 1<<40 {
		return 0, trouble("LimitRange", args{"Given": s}, err)
	}
	return int64(n), nil // #nosec G115 -- at most 1 TiB
}

// ParsePartSize reads a size such as 16MiB, in bytes; "" is the default, 0.
func ParsePartSize(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := humanize.ParseBytes(s)
	if err != nil || n < courier.MinPart || n > courier.MaxPart {
		return 0, trouble("PartSizeRange", args{"Given": s}, err)
	}
	return int64(n), nil // #nosec G115 -- at most 5 GiB
}
