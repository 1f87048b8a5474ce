// Package testupdates is a real https server with a signed manifest of versions, for tests.
package testupdates

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jedisct1/go-minisign"

	"waybill/internal/update"
)

// Server publishes a manifest, and keeps what it was asked.
type Server struct {
	*httptest.Server
	t      *testing.T
	secret minisign.PrivateKey
	public string

	mu      sync.Mutex
	files   map[string][]byte
	handler http.Handler
	asked   []*http.Request
}

// path is where the manifest lies.
const path = "/waybill-update.json"

// New starts a server that has nothing yet, until the test is over.
func New(t *testing.T) *Server {
	t.Helper()
	s := &Server{t: t, files: map[string][]byte{}}
	s.public, s.secret = Keys(t)
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// Keys makes a key pair as minisign does.
func Keys(t *testing.T) (public string, secret minisign.PrivateKey) {
	t.Helper()
	pub, sec, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret = minisign.PrivateKey{SignatureAlgorithm: [2]byte{'E', 'd'}, ChecksumAlgorithm: [2]byte{'B', '2'}}
	copy(secret.SecretKey[:], sec)
	copy(secret.KeyId[:], pub) // any eight bytes
	return base64.StdEncoding.EncodeToString(append(append([]byte("Ed"), secret.KeyId[:]...), pub...)), secret
}

// Source is where the manifest lies and who signs it.
func (s *Server) Source() update.Source { return update.Source{URL: s.URL + path, Key: s.public} }

// Trust is a file with the server's certificate, for AWS_CA_BUNDLE.
func (s *Server) Trust() string {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "trust.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// Release is a manifest of a version that was released an hour ago.
func Release(version string) update.Manifest {
	now := time.Now().UTC().Truncate(time.Second)
	return update.Manifest{
		Format: update.Format, Product: update.Product, Version: version, Released: now.Add(-time.Hour), Expires: now.Add(24 * time.Hour),
		Page:  "https://example.com/releases/v" + version,
		Notes: map[string]string{"en": "Added:\n\n- Links that sing.", "de": "Neu:\n\n- Links, die singen."},
		Downloads: []update.Download{{OS: "linux", Arch: "amd64", URL: "https://example.com/waybill_amd64.deb", Size: 123,
			SHA256: strings.Repeat("ab", 32)}},
	}
}

// Publish signs a manifest and serves it.
func (s *Server) Publish(m update.Manifest) {
	s.t.Helper()
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		s.t.Fatal(err)
	}
	s.Put(data, s.Sign(data))
}

// Sign signs with the server's key.
func (s *Server) Sign(data []byte) []byte {
	s.t.Helper()
	signature, err := s.secret.Sign(data, minisign.SignOptions{Hashed: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return signature.Encode()
}

// Put serves a manifest and a signature as they are.
func (s *Server) Put(manifest, signature []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path], s.files[path+".minisig"] = manifest, signature
}

// Handle answers instead, where a test wants a server that misbehaves; nil ends that.
func (s *Server) Handle(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handler = h
}

// Asked is what was asked so far.
func (s *Server) Asked() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*http.Request(nil), s.asked...)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r)
	data, ok := s.files[r.URL.Path]
	handler := s.handler
	s.mu.Unlock()
	switch {
	case handler != nil:
		handler.ServeHTTP(w, r)
	case !ok:
		http.NotFound(w, r)
	default:
		_, _ = w.Write(data) // the other side may be gone
	}
}
