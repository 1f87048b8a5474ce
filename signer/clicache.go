package signer

import (
	"crypto/sha1" // #nosec G505 -- names a file as the AWS CLI does, and protects nothing
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/aws/aws-sdk-go-v2/aws"

	"waybill/internal/whole"
)

// cacheMargin is how long kept credentials must last to be used: the AWS CLI's own measure, so that both throw the
// same ones away.
const cacheMargin = 15 * time.Minute

// kept is how the AWS CLI keeps the session of a role, in ~/.aws/cli/cache. Only sessions that cost a person a code of
// an MFA device are shared with it.
type kept struct {
	Credentials struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string
		Expiration      string
		AccountID       string `json:"AccountId,omitempty"`
	}
}

// cached gives the session that the AWS CLI, or Waybill, has kept of the role.
func (w *way) cached() (aws.Credentials, bool) {
	path, err := w.cachePath()
	if err != nil {
		return aws.Credentials{}, false
	}
	data, err := os.ReadFile(path) // #nosec G304 -- a hash in the folder of the AWS CLI
	var k kept
	if err != nil || json.Unmarshal(data, &k) != nil {
		return aws.Credentials{}, false
	}
	c := k.Credentials
	var ends time.Time
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05MST"} {
		if ends, err = time.Parse(layout, c.Expiration); err == nil {
			break
		}
	}
	if err != nil || c.AccessKeyID == "" || c.SecretAccessKey == "" || time.Until(ends) < cacheMargin {
		return aws.Credentials{}, false
	}
	account := c.AccountID
	if account == "" {
		account = w.account()
	}
	return aws.Credentials{
		AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken,
		CanExpire: true, Expires: ends, AccountID: account, Source: string(KindRole),
	}, true
}

// keep keeps a session where the AWS CLI keeps it.
func (w *way) keep(c aws.Credentials) error {
	path, err := w.cachePath()
	if err != nil {
		return err
	}
	var k kept
	k.Credentials.AccessKeyID, k.Credentials.SecretAccessKey = c.AccessKeyID, c.SecretAccessKey
	k.Credentials.SessionToken, k.Credentials.AccountID = c.SessionToken, c.AccountID
	k.Credentials.Expiration = c.Expires.UTC().Format(time.RFC3339)
	return writeSecret(path, k)
}

// cachePath is the file in which the AWS CLI keeps the role's session: the SHA-1 of the arguments of AssumeRole, as
// Python writes them in JSON.
func (w *way) cachePath() (string, error) {
	home, err := homeOfAWS()
	if err != nil {
		return "", err
	}
	s := w.settings
	var parts []string // sorted by name
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, pythonString(name)+": "+value)
		}
	}
	quoted := func(value string) string {
		if value == "" {
			return ""
		}
		return pythonString(value)
	}
	if w.duration > 0 {
		add("DurationSeconds", fmt.Sprint(int(w.duration/time.Second)))
	}
	add("ExternalId", quoted(s["external_id"]))
	add("RoleArn", quoted(s["role_arn"]))
	add("RoleSessionName", quoted(s["role_session_name"]))
	add("SerialNumber", quoted(s["mfa_serial"]))
	return filepath.Join(home, "cli", "cache", sha1Hex("{"+strings.Join(parts, ", ")+"}")+".json"), nil
}

func sha1Hex(text string) string {
	sum := sha1.Sum([]byte(text)) // #nosec G401 -- as above
	return hex.EncodeToString(sum[:])
}

// pythonString writes a string as Python's json.dumps does: in ASCII.
func pythonString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r >= 0x20 && r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// homeOfAWS is ~/.aws, where the AWS CLI keeps its caches wherever the config file is.
func homeOfAWS() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of the AWS CLI: %w", err)
	}
	return filepath.Join(home, ".aws"), nil
}

// writeSecret writes a JSON file of the AWS CLI's for its owner only, whole or not at all.
func writeSecret(path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the AWS CLI: %w", err)
	}
	if err := whole.Write(path, whole.Bytes(data)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
