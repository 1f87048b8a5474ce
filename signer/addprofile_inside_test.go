package signer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
)

// TestWriteSeesOtherWriters: what another program has written since the file was read is not written over.
func TestWriteSeesOtherWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	f, err := readAWSFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.write("ours"); !errors.Is(err, errChangedMeanwhile) {
		t.Errorf("%v", err)
	}
	if text, err := os.ReadFile(path); string(text) != "theirs" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".waybill-*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

// TestAppendKeepsTheMark: the AWS CLI refuses a file with a byte order mark, and so does AddProfile; the editor keeps it.
func TestAppendKeepsTheMark(t *testing.T) {
	for before, want := range map[string]string{
		"\ufeff":                       "\ufeff[p]\na = b\n",
		"\ufeff[default]\r\nregion=x":  "\ufeff[default]\r\nregion=x\r\n\r\n[p]\r\na = b\r\n",
		"# only\n\n":                   "# only\n\n[p]\na = b\n",
		"[x]\ny = z # no newline here": "[x]\ny = z # no newline here\n\n[p]\na = b\n",
	} {
		if got := appendSection(before, "p", []assignment{{"a", "b"}}); got != want {
			t.Errorf("%q becomes %q", before, got)
		}
	}
}

// FuzzAddProfile gives the editor files of others: after adding, every byte is as before, and the SDK loads the profile; after
// changing the profile "mine" too, all others read as before.
func FuzzAddProfile(f *testing.F) {
	for _, seed := range []string{
		"", "# c", "[default]\nregion = x\n", "[profile mine]\r\ns3 =\r\n  addressing_style = path\r\nregion=y", "[profile a]\ns3 =", "[mine]\nregion = : = x # c\n",
		"[profile mine]\nendpoint_url = x\n  more\n", "[profile mine]\n  region = x\nregion = y\n[profile \"mine\"]\ns3=\n x = y\n", "[]\n", "[profile mine] # c\nregion =\n  a = b\n",
	} {
		f.Add(seed, seed)
	}
	dir := f.TempDir()
	p := NewProfile{Name: "new", AccessKeyID: "id", SecretAccessKey: "se+c/ret=", Region: "auto", Endpoint: "https://e.example.com", Addressing: AddressingVirtual}
	files := awsPaths{filepath.Join(dir, "config"), filepath.Join(dir, "credentials")}
	f.Fuzz(func(t *testing.T, config1, credentials string) {
		for path, text := range map[string]string{files.config: config1, files.credentials: credentials} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		d, err := files.draft(p, false)
		if err != nil {
			if !errors.As(err, new(*FileError)) && !errors.Is(err, ErrProfileTaken) {
				t.Fatalf("%v\n%q\n%q", err, config1, credentials)
			}
			return
		}
		if !strings.HasPrefix(d.configText, config1) || !strings.HasPrefix(d.credentialsText, credentials) {
			t.Fatalf("something is lost:\n%q\n%q", d.configText, d.credentialsText)
		}
		loads(t, d, p)

		changed := p
		changed.Name = "mine"
		if d, err = files.draft(changed, true); err == nil {
			loads(t, d, changed)
		}
	})
}

// loads has the SDK read a draft.
func loads(t *testing.T, d draft, p NewProfile) {
	t.Helper()
	dir := t.TempDir()
	paths := []string{filepath.Join(dir, "config"), filepath.Join(dir, "credentials")}
	for i, text := range []string{d.configText, d.credentialsText} {
		if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := config.LoadSharedConfigProfile(context.Background(), p.Name, func(o *config.LoadSharedConfigOptions) {
		o.ConfigFiles, o.CredentialsFiles = paths[:1], paths[1:]
	})
	if err != nil {
		t.Fatalf("%v\n%q\n%q", err, d.configText, d.credentialsText)
	}
	if got.Credentials.AccessKeyID != p.AccessKeyID || got.Credentials.SecretAccessKey != p.SecretAccessKey || got.Region != p.Region || got.BaseEndpoint != p.Endpoint {
		t.Fatalf("the SDK reads %s, %q, %q\n%q\n%q", got.Credentials.AccessKeyID, got.Region, got.BaseEndpoint, d.configText, d.credentialsText)
	}
}
