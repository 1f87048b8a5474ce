package signer

import (
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ObjectSettings is what an object gets besides its bytes and its type. The zero value leaves all of it to the store.
type ObjectSettings struct {
	StorageClass string `json:"storage_class,omitempty"` // "STANDARD_IA" for one
	SSE          string `json:"sse,omitempty"`           // one of the SSE constants; "" leaves it to the bucket
	KMSKey       string `json:"sse_kms_key_id,omitempty"`
	// BucketKey says whether S3 makes the object's key from one of the bucket rather than asking KMS each time; nil
	// leaves it to the bucket.
	BucketKey    *bool             `json:"bucket_key,omitempty"`
	Tags         map[string]string `json:"tags,omitempty"`
	Metadata     map[string]string `json:"metadata,omitempty"` // without the x-amz-meta- in front
	CacheControl string            `json:"cache_control,omitempty"`
	Disposition  string            `json:"content_disposition,omitempty"`
	ACL          string            `json:"acl,omitempty"` // a canned one; "" sends none
}

// The ways in which a store encrypts an object
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, x-amz-server-side-encryption).
const (
	SSES3   = "AES256"
	SSEKMS  = "aws:kms"
	SSEDual = "aws:kms:dsse" // two layers
)

// Limits of S3 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html and UsingMetadata.html).
const (
	MaxTags     = 10
	MaxTagKey   = 128  // characters
	MaxTagValue = 256  // characters
	MaxMetadata = 2048 // bytes of all names and values, as they are sent
)

// StorageClasses are AWS's, as PutObject takes them
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, x-amz-storage-class). Those of an Outpost, a
// Snow device and a directory bucket are not among them: these are no stores of this program's.
func StorageClasses() []string {
	return []string{
		"STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE", "REDUCED_REDUNDANCY",
	}
}

// ACLs are the canned ones (https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl).
func ACLs() []string {
	return []string{
		"private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control",
	}
}

// SSEs are the ways of encryption that can be asked for.
func SSEs() []string { return []string{SSES3, SSEKMS, SSEDual} }

// IsZero reports whether all is left to the store.
func (o ObjectSettings) IsZero() bool {
	return o.StorageClass == "" && o.SSE == "" && o.KMSKey == "" && o.BucketKey == nil && len(o.Tags) == 0 && len(o.Metadata) == 0 &&
		o.CacheControl == "" && o.Disposition == "" && o.ACL == ""
}

// Equal reports whether two settings are the same.
func (o ObjectSettings) Equal(p ObjectSettings) bool {
	sameKey := (o.BucketKey == nil) == (p.BucketKey == nil) && (o.BucketKey == nil || *o.BucketKey == *p.BucketKey)
	return sameKey && o.StorageClass == p.StorageClass && o.SSE == p.SSE && o.KMSKey == p.KMSKey && maps.Equal(o.Tags, p.Tags) &&
		maps.Equal(o.Metadata, p.Metadata) && o.CacheControl == p.CacheControl && o.Disposition == p.Disposition && o.ACL == p.ACL
}

// Archived reports whether an object of this storage class cannot be read until somebody restores it, so that its link
// does not work.
func (o ObjectSettings) Archived() bool {
	return o.StorageClass == "GLACIER" || o.StorageClass == "DEEP_ARCHIVE"
}

// Public reports whether the ACL lets people read the object who have no link.
func (o ObjectSettings) Public() bool {
	return slices.Contains([]string{"public-read", "public-read-write", "authenticated-read"}, o.ACL)
}

// SettingError is a setting that no store would take.
type SettingError struct {
	Setting string // as the command line calls it: "tagging"
	About   string // the value, or the part of it, that is meant; "" for all of it
	Err     error  // one of those below
}

// Error names setting and fault.
func (e *SettingError) Error() string {
	if e.About == "" {
		return fmt.Sprintf("%s: %v", e.Setting, e.Err)
	}
	return fmt.Sprintf("%s %q: %v", e.Setting, e.About, e.Err)
}

// Unwrap gives the fault.
func (e *SettingError) Unwrap() error { return e.Err }

// What may be wrong with a setting.
var (
	ErrSettingUnknown  = errors.New("none of the values that there are")
	ErrSettingLength   = errors.New("too long")
	ErrSettingNumber   = errors.New("too many")
	ErrSettingEmpty    = errors.New("empty")
	ErrSettingText     = errors.New("a character that it cannot have")
	ErrSettingTwice    = errors.New("named twice")
	ErrSettingReserved = errors.New("reserved for AWS")
	ErrSettingKMS      = errors.New("a key or a bucket key needs encryption by KMS")
)

// Check says what is wrong with settings, before a store does; the error is a *SettingError. custom says that the store is
// none of AWS's, which may have storage classes of its own.
func (o ObjectSettings) Check(custom bool) error {
	fault := func(setting, about string, err error) error { return &SettingError{setting, about, err} }
	switch {
	case o.StorageClass != "" && !custom && !slices.Contains(StorageClasses(), o.StorageClass),
		o.StorageClass != "" && !aClass.MatchString(o.StorageClass):
		return fault("storage-class", o.StorageClass, ErrSettingUnknown)
	case o.SSE != "" && !slices.Contains(SSEs(), o.SSE):
		return fault("sse", o.SSE, ErrSettingUnknown)
	case (o.KMSKey != "" || o.BucketKey != nil) && o.SSE != SSEKMS && o.SSE != SSEDual:
		return fault("sse-kms-key-id", "", ErrSettingKMS)
	case !aKMSKey(o.KMSKey):
		return fault("sse-kms-key-id", o.KMSKey, ErrSettingText)
	case o.ACL != "" && !slices.Contains(ACLs(), o.ACL):
		return fault("acl", o.ACL, ErrSettingUnknown)
	case !printable(o.CacheControl):
		return fault("cache-control", o.CacheControl, ErrSettingText)
	case !printable(o.Disposition):
		return fault("content-disposition", o.Disposition, ErrSettingText)
	case len(o.Tags) > MaxTags:
		return fault("tagging", strconv.Itoa(len(o.Tags)), ErrSettingNumber)
	}
	for _, key := range slices.Sorted(maps.Keys(o.Tags)) {
		if err := checkTag(key, o.Tags[key]); err != nil {
			return fault("tagging", key, err)
		}
	}
	return o.checkMetadata()
}

func (o ObjectSettings) checkMetadata() error {
	size, seen := 0, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(o.Metadata)) {
		value := encodedWord(o.Metadata[name])
		size += len(name) + len(value)
		lower := strings.ToLower(name)
		var err error
		switch {
		case name == "":
			err = ErrSettingEmpty
		case !aToken.MatchString(name), !utf8.ValidString(o.Metadata[name]), !printable(value):
			err = ErrSettingText
		case seen[lower]: // header names have no case
			err = ErrSettingTwice
		}
		if err != nil {
			return &SettingError{"metadata", name, err}
		}
		seen[lower] = true
	}
	if size > MaxMetadata {
		return &SettingError{"metadata", strconv.Itoa(size), ErrSettingLength}
	}
	return nil
}

var (
	aClass = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	// aToken is a header's name (https://www.rfc-editor.org/rfc/rfc9110#name-tokens).
	aToken = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// aKMSKey reports whether a text can name a key of KMS: an ID, an ARN, or an alias. Which of them there is, the store knows.
func aKMSKey(key string) bool {
	return len(key) <= 2048 && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

// printable reports whether a header can have the value as it stands, and nobody on the way makes another one of it.
func printable(value string) bool {
	return strings.TrimSpace(value) == value && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}

func checkTag(key, value string) error {
	switch {
	case key == "":
		return ErrSettingEmpty
	case utf8.RuneCountInString(key) > MaxTagKey, utf8.RuneCountInString(value) > MaxTagValue:
		return ErrSettingLength
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return ErrSettingReserved
	case !utf8.ValidString(key + value), strings.ContainsFunc(key+value, notOfTags):
		return ErrSettingText
	}
	return nil
}

// notOfTags is what S3 takes in no tag: all but letters, digits, spaces and + - = . _ : / @.
func notOfTags(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsSpace(r) && !strings.ContainsRune("+-=._:/@", r)
}

// encodedWord is a value of metadata as a header has it: ASCII as it is, and the rest by RFC 2047, as S3 stores and gives
// it back (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html).
func encodedWord(value string) string { return mime.QEncoding.Encode("utf-8", value) }

// setOn puts the settings into the header of what begins an object: the PUT, or the start of its parts. The parts and
// their end take none of them.
func (o ObjectSettings) setOn(h http.Header) {
	set := func(name, value string) {
		if value != "" {
			h.Set(name, value)
		}
	}
	for _, f := range o.fields() {
		set(f[0], f[1])
	}
	if len(o.Tags) > 0 {
		tags := url.Values{}
		for key, value := range o.Tags {
			tags.Set(key, value)
		}
		h.Set("X-Amz-Tagging", tags.Encode())
	}
}

// setIn puts the settings into the fields of a form, where tags are XML
// (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html, tagging). What stands there already, stays.
func (o ObjectSettings) setIn(form map[string]string) {
	for _, f := range o.fields() {
		name := strings.ToLower(f[0])
		if name == "content-disposition" || name == "cache-control" { // which a form calls by their names as they are
			name = f[0]
		}
		if _, there := form[name]; !there && f[1] != "" {
			form[name] = f[1]
		}
	}
	if len(o.Tags) > 0 {
		form["tagging"] = o.tagging()
	}
}

// tagging is the tags as XML.
func (o ObjectSettings) tagging() string {
	var b strings.Builder
	b.WriteString("<Tagging><TagSet>")
	for _, key := range slices.Sorted(maps.Keys(o.Tags)) {
		b.WriteString("<Tag><Key>")
		_ = xml.EscapeText(&b, []byte(key)) // into memory
		b.WriteString("</Key><Value>")
		_ = xml.EscapeText(&b, []byte(o.Tags[key]))
		b.WriteString("</Value></Tag>")
	}
	b.WriteString("</TagSet></Tagging>")
	return b.String()
}

// fields are all but the tags, each as the name of a header and its value, which is "" for what is not set.
func (o ObjectSettings) fields() [][2]string {
	list := [][2]string{
		{"X-Amz-Storage-Class", o.StorageClass}, {"X-Amz-Server-Side-Encryption", o.SSE},
		{"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", o.KMSKey}, {"Cache-Control", o.CacheControl},
		{"Content-Disposition", o.Disposition}, {"X-Amz-Acl", o.ACL},
	}
	if o.BucketKey != nil {
		list = append(list, [2]string{"X-Amz-Server-Side-Encryption-Bucket-Key-Enabled", strconv.FormatBool(*o.BucketKey)})
	}
	for _, name := range slices.Sorted(maps.Keys(o.Metadata)) {
		list = append(list, [2]string{"X-Amz-Meta-" + name, encodedWord(o.Metadata[name])})
	}
	return list
}

// ParseTagging reads tags as the AWS CLI's s3api takes them: key=value&key2=value2, with %XX for what has a meaning.
func ParseTagging(text string) (map[string]string, error) {
	tags := map[string]string{}
	if text == "" {
		return tags, nil
	}
	for pair := range strings.SplitSeq(text, "&") {
		rawKey, rawValue, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(rawKey)
		if err != nil {
			return nil, &SettingError{"tagging", pair, ErrSettingText}
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return nil, &SettingError{"tagging", pair, ErrSettingText}
		}
		if _, twice := tags[key]; twice {
			return nil, &SettingError{"tagging", key, ErrSettingTwice}
		}
		tags[key] = value
	}
	return tags, nil
}

// metadataPrefix stands before the names of metadata in headers.
const metadataPrefix = "x-amz-meta-"

// ParseMetadata reads metadata as the AWS CLI takes it: name=value,name2=value2. A comma within a value is written with a
// backslash before it, as is a backslash. A name may have the header's x-amz-meta- in front.
func ParseMetadata(text string) (map[string]string, error) {
	meta := map[string]string{}
	if text == "" {
		return meta, nil
	}
	var pairs []string
	var one strings.Builder
	escaped := false
	for _, r := range text {
		switch {
		case escaped:
			one.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ',':
			pairs = append(pairs, one.String())
			one.Reset()
		default:
			one.WriteRune(r)
		}
	}
	for _, pair := range append(pairs, one.String()) {
		name, value, found := strings.Cut(pair, "=")
		name = strings.TrimSpace(name)
		if at := len(metadataPrefix); len(name) >= at && strings.EqualFold(name[:at], metadataPrefix) {
			name = name[at:] // written as the header has it
		}
		if !found || name == "" {
			return nil, &SettingError{"metadata", pair, ErrSettingEmpty}
		}
		if _, twice := meta[name]; twice {
			return nil, &SettingError{"metadata", name, ErrSettingTwice}
		}
		meta[name] = strings.TrimSpace(value)
	}
	return meta, nil
}

// FormatTagging writes tags as ParseTagging reads them.
func FormatTagging(tags map[string]string) string {
	escape := strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", "=", "%3D").Replace
	return formatPairs(tags, "&", escape)
}

// FormatMetadata writes metadata as ParseMetadata reads it.
func FormatMetadata(meta map[string]string) string {
	return formatPairs(meta, ",", strings.NewReplacer(`\`, `\\`, ",", `\,`).Replace)
}

func formatPairs(m map[string]string, between string, escape func(string) string) string {
	pairs := make([]string, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, escape(key)+"="+escape(m[key]))
	}
	return strings.Join(pairs, between)
}
