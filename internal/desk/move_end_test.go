package desk_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"testing"
)

// ended puts the end behind lines that a test has made: how many records and requests there are, and the sum of all.
func ended(lines [][]byte) []byte {
	count := func(kind string) (n int) {
		for _, line := range lines {
			if bytes.HasPrefix(line, []byte(`{"`+kind+`"`)) {
				n++
			}
		}
		return n
	}
	text := bytes.Join(lines, nil)
	sum := sha256.Sum256(text)
	return fmt.Appendf(text, `{"end":{"records":%d,"requests":%d,"sha256":"%s"}}`+"\n", count("record"), count("request"), hex.EncodeToString(sum[:]))
}

// privateKey makes a key pair of the test's own, and gives the path of its private half.
func privateKey(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "private.pem")
	write(t, path, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return path
}
