package signer

import (
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// Secrets are all values in the AWS files, in the caches of the AWS CLI and in the files of tokens that they name that nobody
// else may read, for whoever writes something that others will: none of them may be in it. What cannot be read has none; a
// file that is not as it should be is searched all the same, and so are settings that a comment keeps.
func Secrets() []string {
	found := tokenIn(os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"))
	found = append(found, tokenIn(os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))...)
	files, _ := Files()
	for _, f := range files {
		switch f.What {
		case "config", "credentials":
			data, _ := os.ReadFile(f.Path)
			for line := range strings.Lines(string(data)) {
				found = append(found, secretsInLine(line)...)
			}
		default:
			folder := os.DirFS(f.Path) // whose own name may have what means something in a pattern
			cached, _ := fs.Glob(folder, "*.json")
			for _, name := range cached {
				var fields any
				if data, err := fs.ReadFile(folder, name); err == nil && json.Unmarshal(data, &fields) == nil {
					found = append(found, secretsIn(fields)...)
				}
			}
		}
	}
	return found
}

// Endpoints are all addresses of stores that stand in the AWS files, in sections of services and in comments too. What cannot be
// read has none.
func Endpoints() (found []string) {
	files, _ := Files()
	for _, f := range files {
		if f.What != "config" && f.What != "credentials" {
			continue
		}
		data, _ := os.ReadFile(f.Path)
		for line := range strings.Lines(string(data)) {
			if name, value, ok := setting(strings.TrimLeft(line, "#; \t")); ok && name == "endpoint_url" {
				found = append(found, strings.TrimSpace(before(value, " #", " ;", "\t#", "\t;")))
			}
		}
	}
	return found
}

// secretsInLine are the secrets in a line of an AWS file, whose value may be followed by a comment, or not.
func secretsInLine(line string) []string {
	name, value, ok := setting(strings.TrimLeft(line, "#; \t"))
	if !ok {
		return nil
	}
	found := secretOf(name, value)
	if bare := strings.TrimSpace(before(value, " #", " ;", "\t#", "\t;")); bare != value {
		found = append(found, secretOf(name, bare)...)
	}
	return found
}

// secretOf is what of a setting's value is a secret. Other programs keep theirs in these files too, under names of their own.
func secretOf(name, value string) []string {
	switch {
	case name == "web_identity_token_file":
		return tokenIn(value)
	case name == "credential_process":
		return []string{value, unquoted(value)}
	case name == "aws_access_key_id", name == "external_id",
		strings.Contains(name, "secret"), strings.Contains(name, "password"), strings.HasSuffix(name, "token"):
		return []string{value}
	}
	return PasswordsIn(value)
}

// tokenIn is what a file of a token has.
func tokenIn(path string) []string {
	data, err := os.ReadFile(path) // #nosec G304 -- named by the person's own settings
	if err != nil || len(data) > 1<<16 {
		return nil
	}
	return []string{strings.TrimSpace(string(data))}
}

// PasswordsIn are the password in an address, as it is written and as it is meant, who it is for, and the query, which may be
// a key. What stands alone before the @ is a password as well. An address that is broken, by a character that is not escaped,
// has the pieces too that it falls into.
func PasswordsIn(address string) (found []string) {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
		_, query, _ := strings.Cut(rest, "?")
		for pair := range strings.SplitSeq(query, "&") {
			name, value, named := strings.Cut(pair, "=")
			if !named {
				value = name
			}
			found = append(found, value)
		}
	}
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return found
	}
	whole := address[:at]
	_, password, ok := strings.Cut(whole, ":")
	if !ok {
		password = whole
	}
	if !ok && strings.ContainsAny(whole, "/?#") { // then the @ is in a path
		return found
	}
	found = append(found, whole, password)
	found = append(found, strings.FieldsFunc(password, func(r rune) bool { return strings.ContainsRune("/?#@", r) })...)
	if meant, err := url.PathUnescape(password); err == nil && meant != password {
		found = append(found, meant)
	}
	return found
}

// secretsIn are the texts in a file of a cache that are neither addresses nor times nor words of a protocol.
func secretsIn(value any) (found []string) {
	switch v := value.(type) {
	case map[string]any:
		for name, one := range v {
			if !slices.Contains([]string{
				"region", "starturl", "issuerurl", "redirecturis", "expiresat", "registrationexpiresat", "expiration", "accountid", "granttypes", "scopes",
				"tokentype", "providertype",
			}, strings.ToLower(name)) {
				found = append(found, secretsIn(one)...)
			}
		}
	case []any:
		for _, one := range v {
			found = append(found, secretsIn(one)...)
		}
	case string:
		if _, err := time.Parse(time.RFC3339, v); err != nil && len(v) >= 12 && !strings.HasPrefix(v, "arn:") && !strings.HasPrefix(v, "sso:") {
			found = append(found, v)
		}
	}
	return found
}
