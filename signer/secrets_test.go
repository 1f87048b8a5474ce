package signer_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"waybill/signer"
)

// TestSecretsAreFoundWhateverTheFolderIsCalled: a bracket in a folder's name is no pattern.
func TestSecretsAreFoundWhateverTheFolderIsCalled(t *testing.T) {
	isolate(t, "", "")
	cache := filepath.Join(t.TempDir(), "cache [1]")
	if err := os.Mkdir(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_LOGIN_CACHE_DIRECTORY", cache)
	if err := os.WriteFile(filepath.Join(cache, "session.json"), []byte(`{"accessToken":{"secretAccessKey":"PLANTED-IN-THE-CACHE"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(signer.Secrets(), "PLANTED-IN-THE-CACHE") {
		t.Error("it is not among the secrets")
	}
}
