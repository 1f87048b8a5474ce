package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// Keys are the credentials of the sandbox, made at random for each installation.
type Keys struct {
	AccessKeyID     string `json:"access_key_id"`
	SecretAccessKey string `json:"secret_access_key"`
}

// String shows the key's id, not the secret.
func (k Keys) String() string { return k.AccessKeyID }

// GoString keeps %#v from printing the secret.
func (k Keys) GoString() string { return k.String() }

// LogValue keeps slog from printing the secret.
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

// state is what stays from run to run, and what another process needs to find the server.
type state struct {
	Keys
	Port        int    `json:"port"`
	Certificate string `json:"certificate,omitempty"` // a file; "": plain http
}

func (s state) endpoint() string {
	if s.Certificate != "" {
		return "https://" + s.address()
	}
	return "http://" + s.address()
}

func (s state) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }

// newState makes keys of the lengths that AWS uses.
func newState() (state, error) {
	secret := make([]byte, 30) // 40 characters of base64
	if _, err := rand.Read(secret); err != nil {
		return state{}, fmt.Errorf("make keys: %w", err)
	}
	return state{Keys: Keys{
		AccessKeyID:     "SANDBOX" + rand.Text()[:13],
		SecretAccessKey: base64.RawURLEncoding.EncodeToString(secret),
	}}, nil
}

const stateFile = "sandbox.json"

func readState(dir string) (s state, err error) {
	data, err := os.ReadFile(filepath.Join(dir, stateFile)) // #nosec G304 -- Waybill's own folder
	if err != nil {
		return s, fmt.Errorf("read its keys: %w", err)
	}
	if err := json.Unmarshal(data, &s); err != nil || s.AccessKeyID == "" || s.SecretAccessKey == "" {
		return s, fmt.Errorf("read its keys: %s is damaged; remove it to have new keys made", filepath.Join(dir, stateFile))
	}
	return s, nil
}

// write replaces the file at once: another process may be reading it.
func (s state) write(dir string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("keep its keys: %w", err)
	}
	next := filepath.Join(dir, stateFile+".new")
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return fmt.Errorf("keep its keys: %w", err)
	}
	if err := os.Rename(next, filepath.Join(dir, stateFile)); err != nil {
		return fmt.Errorf("keep its keys: %w", err)
	}
	return nil
}
