//go:build linux && wine

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWineSignature signs what is made for Windows with a certificate made on the spot, and reads the signatures with
// other eyes. Nobody sees the password: not in the list of processes, nor in an environment.
func TestWineSignature(t *testing.T) {
	h := newHome(t)
	key, certificate, both := h.path("tmp", "key.pem"), h.path("tmp", "cert.pem"), h.path("tmp", "both.p12")
	h.must("openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
		"-subj", "/CN=Waybill test", "-addext", "extendedKeyUsage=codeSigning", "-addext", "keyUsage=critical,digitalSignature")
	const password = "corr3ct horse"
	h.must("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-out", both, "-passout", "pass:"+password)

	// One that writes down how it was started stands before the real one.
	signer, err := exec.LookPath("osslsigncode")
	if err != nil {
		t.Fatal(err)
	}
	log := h.path("tmp", "started")
	fake := h.write([]byte("#!/bin/sh\n{ printf '%s\\n' \"$@\"; env; } >>'"+log+"'\nexec '"+signer+"' \"$@\"\n"), "bin", "osslsigncode")
	if err := os.Chmod(fake, 0o700); err != nil { // #nosec G302 -- a program
		t.Fatal(err)
	}
	for _, end := range []string{"-setup.exe", ".msi"} {
		content, err := os.ReadFile(installer(t, end))
		if err != nil {
			t.Fatal(err)
		}
		file := h.write(content, "signed"+end)
		script, err := filepath.Abs("../packaging/windows/sign.sh")
		if err != nil {
			t.Fatal(err)
		}
		verify := func() (string, error) {
			return run(t, h.command(signer, "verify", "-CAfile", certificate, "-in", file))
		}
		if out, err := verify(); err == nil {
			t.Errorf("%s is signed before it is: %s", end, out)
		}
		cmd := h.command(script, file)
		cmd.Env = append(cmd.Env, "PATH="+filepath.Dir(fake)+":"+os.Getenv("PATH"), "SOURCE_DATE_EPOCH=1767225600",
			"WAYBILL_SIGN_CERTIFICATE="+both, "WAYBILL_SIGN_PASSWORD="+password)
		if out, err := run(t, cmd); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if out, err := verify(); err != nil || !strings.Contains(out, "/CN=Waybill test") && !strings.Contains(out, "CN = Waybill test") {
			t.Errorf("%s: %v\n%s", end, err, out)
		}
		signed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		signed[len(content)/2] ^= 1
		if err := os.WriteFile(file, signed, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := verify(); err == nil {
			t.Errorf("%s: the signature is good for another file: %s", end, out)
		}
	}
	started, err := os.ReadFile(log)
	if err != nil || strings.Contains(string(started), password) || !strings.Contains(string(started), both) {
		t.Errorf("%v; it was started with %s", err, started)
	}
}
