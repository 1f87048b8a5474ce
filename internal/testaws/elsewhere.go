package testaws

import (
	"crypto/sha1" // #nosec G505 -- the AWS CLI names its files by it
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// SignedInElsewhere leaves below HOME what "aws sso login" leaves for an sso-session, with a token that the services know.
func (a *AWS) SignedInElsewhere(t testing.TB, session, token string, ends time.Time) {
	t.Helper()
	a.Set(func() { a.Tokens[token] = true })
	sum := sha1.Sum([]byte(session)) // #nosec G401 -- see above
	text, err := json.Marshal(map[string]string{"accessToken": token, "expiresAt": ends.UTC().Format(time.RFC3339)})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(os.Getenv("HOME"), ".aws", "sso", "cache", hex.EncodeToString(sum[:])+".json")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
