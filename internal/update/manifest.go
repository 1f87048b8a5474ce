package update

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jedisct1/go-minisign"
)

// Format is the form of manifest that this version knows.
const Format = 1

// Product is what every manifest of ours says it is about, so that nothing else that the key signs is taken for one.
const Product = "waybill"

// The most that a manifest may have.
const (
	maxManifest  = 256 << 10 // bytes
	maxSignature = 4 << 10   // bytes
	maxNotes     = 32 << 10  // bytes of one language
	maxDownloads = 64
	maxLanguages = 64
)

// Manifest says which version is the newest, and what is new in it.
type Manifest struct {
	Format    int               `json:"format"`
	Product   string            `json:"product"`
	Version   string            `json:"version"` // as semver.org has it, without a v
	Released  time.Time         `json:"released"`
	Expires   time.Time         `json:"expires"` // from then on it says nothing any more: somebody may be holding back a newer one
	Page      string            `json:"page"`    // where a person downloads it; https
	Notes     map[string]string `json:"notes"`   // what is new, as plain text, by language ("en", "de")
	Downloads []Download        `json:"downloads"`
}

// Download is one file of a release.
type Download struct {
	OS     string `json:"os"`   // as Go calls it
	Arch   string `json:"arch"` // as Go calls it; "" where one file is for all of them
	URL    string `json:"url"`  // https
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Fits reports whether a download is for a system.
func (d Download) Fits(os, arch string) bool { return d.OS == os && (d.Arch == "" || d.Arch == arch) }

// NotesIn gives what is new in a language ("de", "de_DE"), else in English.
func (m Manifest) NotesIn(language string) string {
	language, _, _ = strings.Cut(strings.ReplaceAll(language, "_", "-"), "-")
	if text, ok := m.Notes[strings.ToLower(language)]; ok {
		return text
	}
	return m.Notes["en"]
}

// Open checks that the manifest is signed by the key, then reads it, and wants that it has not expired.
func (s Source) Open(signed, signature []byte, now time.Time) (Manifest, error) {
	key, err := s.key()
	if err != nil {
		return Manifest{}, err
	}
	sig, err := minisign.DecodeSignature(string(signature))
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if ok, err := key.Verify(signed, sig); err != nil || !ok {
		return Manifest{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	m, err := Parse(signed)
	if err != nil {
		return Manifest{}, err
	}
	if !now.Before(m.Expires) {
		return m, fmt.Errorf("%w at %s", ErrExpired, m.Expires.UTC().Format(time.RFC3339))
	}
	return m, nil
}

// Parse reads a manifest whose signature was checked. Fields that it does not know are for later versions.
func Parse(data []byte) (Manifest, error) {
	var form struct {
		Format  int    `json:"format"`
		Product string `json:"product"`
	}
	if len(data) > maxManifest {
		return Manifest{}, ErrTooLarge
	}
	if err := decode(data, &form); err != nil {
		return Manifest{}, err
	}
	switch {
	case form.Product != Product || form.Format < 1:
		return Manifest{}, fmt.Errorf("%w: it is about something else", ErrManifest)
	case form.Format > Format:
		return Manifest{}, fmt.Errorf("%w: %d", ErrNewerFormat, form.Format)
	}
	var m Manifest
	if err := decode(data, &m); err != nil {
		return Manifest{}, err
	}
	if err := m.Check(); err != nil {
		return Manifest{}, err
	}
	return m, nil
}

func decode(data []byte, into any) error {
	if !utf8.Valid(data) { // which the decoder would mend without a word
		return fmt.Errorf("%w: it is no UTF-8", ErrManifest)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something comes after it", ErrManifest)
	}
	return nil
}

// Check says what is wrong with a manifest, or returns nil.
func (m Manifest) Check() error {
	wrong := func(format string, a ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrManifest}, a...)...)
	}
	switch {
	case !IsVersion(m.Version):
		return wrong("%q is no version", m.Version)
	case m.Released.IsZero(), !m.Expires.After(m.Released):
		return wrong("it expires before it is released")
	case !isPage(m.Page):
		return wrong("the page is not an https address")
	case len(m.Downloads) > maxDownloads, len(m.Notes) > maxLanguages:
		return wrong("it has too many parts")
	}
	for language, text := range m.Notes {
		if language == "" || len(language) > 8 || strings.ToLower(language) != language || len(text) > maxNotes || !isText(text) {
			return wrong("the notes in %q are no plain text", language)
		}
	}
	for _, d := range m.Downloads {
		if sum, err := hex.DecodeString(d.SHA256); err != nil || len(sum) != 32 || d.Size <= 0 || d.OS == "" || !isPage(d.URL) ||
			!isText(d.OS+d.Arch) {
			return wrong("a download has no address, size or SHA-256")
		}
	}
	return nil
}

// isPage reports whether a browser may be led there.
func isPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && isText(address)
}

// isText reports whether a text can be shown as it is: no control characters, and none that turn the direction of others.
func isText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
	})
}
