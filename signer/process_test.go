package signer_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"waybill/signer"
)

// TestAProcessInAFolderWithASpace: paths and arguments with spaces stand in quotes, the first and the last of which are no
// pair (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
func TestAProcessInAFolderWithASpace(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "my keys")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	const keys = `{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","AccountId":"`
	script, text := filepath.Join(folder, "get.sh"), "#!/bin/sh\nprintf '%s' '"+keys+"'\"$2\"'\"}'\n"
	if runtime.GOOS == "windows" {
		script, text = filepath.Join(folder, "get.cmd"), "@echo off\r\necho "+keys+"%~2\"}\r\n"
	}
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil { // #nosec G306 -- it is run
		t.Fatal(err)
	}
	for _, c := range []struct{ command, account string }{
		{`"` + script + `" plain "two words"`, "two words"},
		{`"` + script + `"`, ""},
		{`"` + script + `" plain word`, "word"},
	} {
		isolate(t, "[default]\ncredential_process = "+c.command+"\n", "")
		s := openNow(t, signer.Options{})
		if _, _, err := s.Session(t.Context()); err != nil || s.Account() != c.account {
			t.Errorf("%s: account %q, %v, want %q", c.command, s.Account(), err, c.account)
		}
	}
}
