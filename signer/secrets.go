package signer

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Secrets are all values in the AWS files and in the caches of the AWS CLI that nobody else may read, for whoever writes
// something that others will: none of them may be in it. What cannot be read has none.
func Secrets() []string {
	var found []string
	files, _ := Files()
	for _, f := range files {
		switch f.What {
		case "config", "credentials":
			sections, _ := readSections(f.Path)
			for _, s := range sections {
				for name, value := range s.values {
					found = append(found, secretOf(name, value)...)
				}
			}
		default:
			cached, _ := filepath.Glob(filepath.Join(f.Path, "*.json"))
			for _, path := range cached {
				var fields any
				if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, &fields) == nil { // #nosec G304 -- of the AWS CLI's cache
					found = append(found, secretsIn(fields)...)
				}
			}
		}
	}
	return found
}

// secretOf is what of a setting's value is a secret.
func secretOf(name, value string) []string {
	switch name {
	case "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "credential_process", "external_id":
		return []string{value}
	}
	return passwordOf(value)
}

// passwordOf is the password in a URL, as it is written and as it is meant.
func passwordOf(value string) (found []string) {
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		return nil
	}
	user, _, ok := strings.Cut(rest, "@")
	if !ok {
		return nil
	}
	_, password, _ := strings.Cut(user, ":")
	found = append(found, password)
	if meant, err := url.PathUnescape(password); err == nil && meant != password {
		found = append(found, meant)
	}
	return found
}

// secretsIn are the texts in a file of a cache that are neither addresses nor times nor short words.
func secretsIn(value any) (found []string) {
	switch v := value.(type) {
	case map[string]any:
		for name, one := range v {
			if !slices.Contains([]string{"region", "startUrl", "expiresAt", "registrationExpiresAt", "Expiration"}, name) {
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
