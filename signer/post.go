package signer

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// MaxPut is the largest body that one PUT or POST may have, in bytes: 5 GiB
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html).
const MaxPut = 5 << 30

// PostOptions are what a form's policy demands of every file that comes by it.
type PostOptions struct {
	// ContentType is what the field Content-Type must say: a whole type, or a family such as "image/", of which every
	// type is taken.
	ContentType string
	MaxSize     int64 // bytes; 0, or more than MaxPut, is MaxPut
	// Age is how long ago the form says that it was signed; it ends when it would have. With it one can try whether a store
	// minds how old a form is, as versitygw does after an hour.
	Age      time.Duration
	Settings ObjectSettings
}

// PresignedPost is an HTML form that anybody who holds it can send, with any file and any key below a folder, until it
// ends (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html). Its fields are a key, so
// printing it shows none of them.
type PresignedPost struct {
	URL string
	// Fields are to be sent as they are, before the field "file". The fields "key" and "Content-Type" come with them.
	Fields  map[string]string
	Folder  string // what each key begins with
	MaxSize int64  // bytes
	Ends    time.Time
	Because Because
}

// String shows the form without what signs it.
func (p PresignedPost) String() string {
	return fmt.Sprintf("POST %s %s… (until %s, %s)", Redact(p.URL), p.Folder, p.Ends.Format(time.RFC3339), p.Because)
}

// GoString keeps %#v from printing the fields.
func (p PresignedPost) GoString() string { return p.String() }

// LogValue keeps slog from printing the fields.
func (p PresignedPost) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Post signs a form. The object's key is the folder that every key has to begin with, with a slash at its end. A form
// cannot demand that a key is free: what has the same key is replaced. Everything that comes by it is an attachment.
func (s *Signer) Post(ctx context.Context, folder Object, opt PostOptions) (PresignedPost, error) {
	if !strings.HasSuffix(folder.Key, "/") { // "a" would let "ab" in
		return PresignedPost{}, fmt.Errorf("sign POST to %q: %w", folder.Key, ErrNotAFolder)
	}
	m, err := s.moment(ctx, "POST", folder)
	if err != nil {
		return PresignedPost{}, err
	}
	at, err := s.where(ctx, folder.Bucket)
	if err != nil {
		return PresignedPost{}, err
	}
	size := opt.MaxSize
	if size <= 0 || size > MaxPut {
		size = MaxPut
	}
	signed := m.signed.Add(-opt.Age)
	day := signed.Format("20060102")
	fields := map[string]string{
		// What comes is saved and never shown: within a family of types, a sender could say one that a browser runs.
		"Content-Disposition":   "attachment",
		"success_action_status": "201",
		"x-amz-algorithm":       "AWS4-HMAC-SHA256",
		"x-amz-credential":      strings.Join([]string{m.creds.AccessKeyID, day, at.region, "s3", "aws4_request"}, "/"),
		"x-amz-date":            signed.Format("20060102T150405Z"),
	}
	opt.Settings.setIn(fields)
	if m.creds.SessionToken != "" {
		fields["x-amz-security-token"] = m.creds.SessionToken
	}
	// A list of conditions has elements of several types: []string would be read as an exact match.
	matching := "eq"
	if strings.HasSuffix(opt.ContentType, "/") {
		matching = "starts-with"
	}
	conditions := []any{
		map[string]string{"bucket": folder.Bucket},
		[]any{"starts-with", "$key", folder.Key},
		[]any{matching, "$Content-Type", opt.ContentType},
		[]any{"content-length-range", 0, size},
	}
	for name, value := range fields {
		conditions = append(conditions, map[string]string{name: value})
	}
	policy, err := json.Marshal(map[string]any{
		"expiration": m.signed.Add(m.seconds).Format("2006-01-02T15:04:05.000Z"), "conditions": conditions,
	})
	if err != nil {
		return PresignedPost{}, fmt.Errorf("write the policy for s3://%s/%s: %w", folder.Bucket, folder.Key, err)
	}
	fields["policy"] = base64.StdEncoding.EncodeToString(policy)
	key := []byte("AWS4" + m.creds.SecretAccessKey)
	for _, scope := range []string{day, at.region, "s3", "aws4_request", fields["policy"]} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(scope))
		key = mac.Sum(nil)
	}
	fields["x-amz-signature"] = hex.EncodeToString(key)
	return PresignedPost{URL: postURL(at.url), Fields: fields, Folder: folder.Key, MaxSize: size, Ends: m.ends, Because: m.because}, nil
}

// postURL is where a bucket takes forms: at its root.
func postURL(bucket *url.URL) string {
	u := *bucket
	u.Path += "/"
	return u.String()
}
