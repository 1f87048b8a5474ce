package main

import (
	"encoding/base64"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jedisct1/go-minisign"

	"waybill/internal/testupdates"
	"waybill/internal/update"
)

const changelog = `# Changelog

## Unreleased

- Not yet.

## [0.2.0] - 2026-11-01

### Added

- ` + "`waybill sing`" + `, see [the docs](docs/sing.md).

## 0.1.0

- The first.
`

// secretText is the key as minisign -G -W writes it.
func secretText(k minisign.PrivateKey) string {
	b := append([]byte("Ed\x00\x00B2"), make([]byte, 32)...)
	b = binary.LittleEndian.AppendUint64(b, 0)
	b = binary.LittleEndian.AppendUint64(b, 0)
	b = append(append(append(b, k.KeyId[:]...), k.SecretKey[:]...), make([]byte, 32)...)
	return "untrusted comment: minisign encrypted secret key\n" + base64.StdEncoding.EncodeToString(b) + "\n"
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWhatIsMadeIsBelieved: the program believes what the release workflow has made, and the files are described as they are.
func TestWhatIsMadeIsBelieved(t *testing.T) {
	dir := t.TempDir()
	public, secret := testupdates.Keys(t)
	out := filepath.Join(dir, "waybill-update.json")
	j, err := parse([]string{
		"-key", public, "-version", "v0.2.0", "-page", "https://example.com/v0.2.0", "-base", "https://example.com/d/", "-out", out,
		"-notes", "en=" + write(t, filepath.Join(dir, "CHANGELOG.md"), changelog), "-notes", "de=" + write(t, filepath.Join(dir, "de.txt"), "Singt.\n"),
		write(t, filepath.Join(dir, "waybill_0.2.0_amd64.deb"), "abc"), "windows/amd64=" + write(t, filepath.Join(dir, "Setup.exe"), "x"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.run(secretText(secret), ""); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := os.ReadFile(out + ".minisig")
	if err != nil {
		t.Fatal(err)
	}
	m, err := update.Source{URL: "https://example.com/", Key: public}.Open(data, signature, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if m.Version != "0.2.0" || m.NotesIn("en") != "Added:\n\n- waybill sing, see the docs." || m.NotesIn("de") != "Singt." || len(m.Downloads) != 2 {
		t.Errorf("%+v", m)
	}
	const sumOfABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2, B.1
	if d := m.Downloads[0]; d.SHA256 != sumOfABC || d.Size != 3 || !d.Fits("linux", "amd64") || d.URL != "https://example.com/d/waybill_0.2.0_amd64.deb" {
		t.Errorf("%+v", d)
	}
	if d := m.Downloads[1]; !d.Fits("windows", "amd64") || d.URL != "https://example.com/d/Setup.exe" {
		t.Errorf("%+v", d)
	}
	if bytes := string(data) + string(signature); strings.Contains(bytes, strings.Split(secretText(secret), "\n")[1]) {
		t.Error("the secret key is in it")
	}
}

func TestWhatIsNotMade(t *testing.T) {
	dir := t.TempDir()
	public, secret := testupdates.Keys(t)
	foreign, _ := testupdates.Keys(t)
	file := write(t, filepath.Join(dir, "waybill_amd64.deb"), "abc")
	log := write(t, filepath.Join(dir, "CHANGELOG.md"), changelog)
	out := filepath.Join(dir, "m.json")
	full := func(changed ...string) []string {
		args := []string{"-key", public, "-version", "0.2.0", "-page", "https://example.com/", "-base", "https://example.com/d", "-out", out, "-notes", "en=" + log}
		return append(append(args, changed...), file)
	}
	for name, c := range map[string]struct {
		args         []string
		secret, says string
	}{
		"another key":    {full("-key", foreign), secretText(secret), "is not the public half"},
		"no secret":      {full(), "", secretVariable + " is empty"},
		"wrong secret":   {full(), "RWnonsense", secretVariable + " is no secret key"},
		"a prerelease":   {full("-version", "0.3.0-rc.1"), secretText(secret), "is no release"},
		"no version":     {full("-version", "newest", "-notes", "en="+file), secretText(secret), "is no version"},
		"no section":     {full("-version", "0.9.0"), secretText(secret), "no section for 0.9.0"},
		"a plain page":   {full("-page", "http://example.com/"), secretText(secret), "not an https address"},
		"over at once":   {full("-days", "0"), secretText(secret), "expires before"},
		"a strange file": {append(full(), log), secretText(secret), "does not say what it is for"},
		"no processor":   {append(full(), filepath.Join(dir, "Setup.exe")), secretText(secret), "which processor"},
		"a missing file": {append(full(), filepath.Join(dir, "none_arm64.deb")), secretText(secret), "no such file"},
	} {
		j, err := parse(c.args)
		if err == nil {
			err = j.run(c.secret, "")
		}
		if err == nil || !strings.Contains(err.Error(), c.says) || c.secret != "" && strings.Contains(err.Error(), c.secret) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
		if made, _ := filepath.Glob(out + "*"); len(made) > 0 {
			t.Fatalf("%s: %q was written", name, made)
		}
	}
	if _, err := parse([]string{"-key", public}); err == nil {
		t.Error("no file will do")
	}
}

func TestSigningFiles(t *testing.T) {
	public, secret := testupdates.Keys(t)
	sums := write(t, filepath.Join(t.TempDir(), "SHA256SUMS"), "abc")
	j, err := parse([]string{"-key", public, "-sign", sums})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.run(strings.Split(secretText(secret), "\n")[1], ""); err != nil { // its second line will do
		t.Fatal(err)
	}
	signature, err := minisign.NewSignatureFromFile(sums + ".minisig")
	if err != nil {
		t.Fatal(err)
	}
	key, err := minisign.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := key.VerifyFromFile(sums, signature); err != nil || !ok {
		t.Error(err)
	}
}

func TestPlatforms(t *testing.T) {
	for name, want := range map[string]string{
		"waybill_0.2.0-1_amd64.deb": "linux amd64", "waybill-0.2.0-1.x86_64.rpm": "linux amd64", "waybill-0.2.0-1.aarch64.rpm": "linux arm64",
		"waybill-0.2.0-linux-arm64.tar.gz": "linux arm64", "Waybill-0.2.0-x86_64.AppImage": "linux amd64", "Waybill-0.2.0-x64-setup.exe": "windows amd64",
		"waybill-0.2.0-windows-arm64.zip": "windows arm64", "Waybill-0.2.0.dmg": "darwin ", "Waybill-0.2.0-universal.dmg": "darwin ", "waybill-macos-universal.zip": "darwin ",
	} {
		if d, err := platformOf(name); err != nil || d.OS+" "+d.Arch != want {
			t.Errorf("%s: %q %q, %v", name, d.OS, d.Arch, err)
		}
	}
}
