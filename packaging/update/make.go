package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jedisct1/go-minisign"

	"waybill/internal/update"
)

// run makes what the job says.
func (j job) run(secret, password string) error {
	key, err := secretKey(secret, password)
	if err != nil {
		return err
	}
	defer key.Wipe()
	if j.sign {
		for _, path := range j.files {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if err := j.write(key, path, data); err != nil {
				return err
			}
		}
		return nil
	}
	m, err := j.manifest()
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if _, err := update.Parse(data); err != nil {
		return err
	}
	if err := j.write(key, j.out, data); err != nil {
		return err
	}
	return os.WriteFile(j.out, data, 0o644) // #nosec G306 -- it is to be published
}

// secretKey reads a key of minisign's.
func secretKey(text, password string) (minisign.PrivateKey, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return minisign.PrivateKey{}, fmt.Errorf("%s is empty; it holds the secret key", secretVariable)
	}
	lines := strings.Split(text, "\n")
	key, err := minisign.NewPrivateKey(strings.TrimSpace(lines[len(lines)-1]))
	if err != nil {
		return key, fmt.Errorf("%s is no secret key of minisign's", secretVariable) // its text is not for the error
	}
	if key.IsEncrypted() {
		if err := key.Decrypt(password); err != nil {
			return key, fmt.Errorf("%s does not open the key: %w", passwordVariable, err)
		}
	}
	return key, nil
}

// write writes the signature of data beside path, if the public key verifies it.
func (j job) write(key minisign.PrivateKey, path string, data []byte) error {
	signature, err := key.Sign(data, minisign.SignOptions{
		Hashed:         true,
		TrustedComment: fmt.Sprintf("timestamp:%d\tfile:%s\thashed", j.released.Unix(), filepath.Base(path)),
	})
	if err != nil {
		return fmt.Errorf("sign %s: %w", path, err)
	}
	public, err := minisign.NewPublicKey(j.key)
	if err != nil {
		return fmt.Errorf("-key is no public key of minisign's")
	}
	if ok, err := public.Verify(data, signature); err != nil || !ok {
		return fmt.Errorf("-key is not the public half of %s: %w", secretVariable, err)
	}
	return os.WriteFile(path+".minisig", signature.Encode(), 0o644) // #nosec G306 -- it is to be published
}

// manifest describes the release.
func (j job) manifest() (update.Manifest, error) {
	m := update.Manifest{
		Format: update.Format, Product: update.Product, Version: strings.TrimPrefix(j.version, "v"), Page: j.page,
		Released: j.released.UTC().Truncate(time.Second), Notes: map[string]string{},
	}
	m.Expires = m.Released.AddDate(0, 0, j.days)
	if strings.Contains(m.Version, "-") {
		return m, fmt.Errorf("%s is no release; nobody shall be offered it", m.Version)
	}
	for language, path := range j.notes {
		text, err := os.ReadFile(path)
		if err != nil {
			return m, err
		}
		notes, err := section(string(text), m.Version)
		if err != nil {
			return m, fmt.Errorf("%s: %w", path, err)
		}
		m.Notes[language] = notes
	}
	for _, named := range j.files {
		d, err := j.download(named)
		if err != nil {
			return m, err
		}
		m.Downloads = append(m.Downloads, d)
	}
	return m, nil
}

// download describes FILE or OS/ARCH=FILE.
func (j job) download(named string) (update.Download, error) {
	platform, path, ok := strings.Cut(named, "=")
	if !ok {
		path = named
	}
	d, err := platformOf(filepath.Base(path))
	if ok {
		d.OS, d.Arch, _ = strings.Cut(platform, "/")
	} else if err != nil {
		return d, err
	}
	f, err := os.Open(path)
	if err != nil {
		return d, err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if d.Size, err = io.Copy(sum, f); err != nil {
		return d, fmt.Errorf("read %s: %w", path, err)
	}
	d.SHA256 = hex.EncodeToString(sum.Sum(nil))
	d.URL = strings.TrimSuffix(j.base, "/") + "/" + filepath.Base(path)
	return d, nil
}

// platformOf reads from a file's name what it is for.
func platformOf(name string) (update.Download, error) {
	var d update.Download
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".deb"), strings.HasSuffix(lower, ".rpm"), strings.HasSuffix(lower, ".appimage"),
		strings.HasSuffix(lower, ".flatpak"), strings.Contains(lower, "linux"):
		d.OS = "linux"
	case strings.HasSuffix(lower, ".exe"), strings.HasSuffix(lower, ".msi"), strings.Contains(lower, "windows"):
		d.OS = "windows"
	case strings.HasSuffix(lower, ".dmg"), strings.Contains(lower, "macos"), strings.Contains(lower, "darwin"):
		d.OS = "darwin"
	default:
		return d, fmt.Errorf("%s does not say what it is for; write it as linux/amd64=%s", name, name)
	}
	switch {
	case regexp.MustCompile(`(?i)amd64|x86[_-]64|x64`).MatchString(name):
		d.Arch = "amd64"
	case regexp.MustCompile(`(?i)arm64|aarch64`).MatchString(name):
		d.Arch = "arm64"
	case strings.HasSuffix(strings.ToLower(name), ".dmg"), strings.Contains(strings.ToLower(name), "universal"):
		// one for all
	default:
		return d, fmt.Errorf("%s does not say which processor it is for; write it as %s/amd64=%s", name, d.OS, name)
	}
	return d, nil
}

// section cuts a version's part out of a changelog of the form of keepachangelog.com, as plain text. A text without
// such headings is taken as it is.
func section(text, version string) (string, error) {
	heading := regexp.MustCompile(`(?m)^## .*$`)
	at := heading.FindAllStringIndex(text, -1)
	if len(at) == 0 {
		return strings.TrimSpace(text), nil
	}
	wanted := regexp.MustCompile(`^## \[?v?` + regexp.QuoteMeta(version) + `\]?(\s|$)`)
	for i, h := range at {
		if !wanted.MatchString(text[h[0]:h[1]]) {
			continue
		}
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		return plain(text[h[1]:end]), nil
	}
	return "", fmt.Errorf("it has no section for %s", version)
}

// plain takes the marks of Markdown away that are in the way of somebody who reads it as text.
func plain(markdown string) string {
	text := regexp.MustCompile(`(?m)^#+ (.*)$`).ReplaceAllString(markdown, "$1:")
	text = regexp.MustCompile("`([^`\n]*)`").ReplaceAllString(text, "$1")
	text = regexp.MustCompile(`\[([^\]\n]*)\]\([^)\n]*\)`).ReplaceAllString(text, "$1")
	return strings.TrimSpace(text)
}
