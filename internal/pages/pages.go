// Package pages writes the pages that Waybill hands to people who have neither an account nor Waybill: many sent
// files behind one link, and the one link that mail would break.
//
// A page is one file. It loads nothing from elsewhere, and a Content-Security-Policy in it forbids that as well; no store
// hears from it where a reader came from (no-referrer). A page that gives files works without a script, which only adds
// the reader's language, clock and a countdown; the page that takes files needs its script. Every name in it is data:
// hostile until it is escaped, and made to read as it is.
package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"net/url"
	"strings"

	"waybill/assets"
)

// ErrNotALink says that what should be a link is not an http or https URL that a page can carry unchanged.
var ErrNotALink = errors.New("not an http or https URL")

// sheet is what the head of every page says.
type sheet struct {
	Title  said
	Policy string
	Icon   template.URL
	Style  template.CSS
	Script template.JS
}

// newSheet reads the style and the script, and allows these two by their hashes and nothing else.
func newSheet(title said) (sheet, error) { return newSheetWith(title, []string{"page.css"}, nil, "") }

// newSheetWith is newSheet for a page with these styles, with more scripts, and with a policy that allows more.
func newSheetWith(title said, styles, scripts []string, more string) (sheet, error) {
	var style string
	for _, name := range styles {
		text, err := asset(name)
		if err != nil {
			return sheet{}, err
		}
		style += text
	}
	script, err := asset("page.js")
	if err != nil {
		return sheet{}, err
	}
	policy := "default-src 'none'; img-src data:; style-src " + hash(style) + "; script-src " + hash(script)
	for _, other := range scripts {
		policy += " " + hash(other)
	}
	policy += more + "; base-uri 'none'; form-action 'none'"
	icon := "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(assets.LogoSmall)
	return sheet{
		Title: title, Policy: policy,
		Icon:   template.URL(icon),  // #nosec G203 -- embedded
		Style:  template.CSS(style), // #nosec G203 -- embedded
		Script: template.JS(script), // #nosec G203 -- embedded
	}, nil
}

// asset reads a page's part. A browser hashes a text after it has made its line ends plain, and a checkout on
// Windows may have brought others.
func asset(name string) (string, error) {
	text, err := assets.Pages.ReadFile("pages/" + name)
	if err != nil {
		return "", fmt.Errorf("read the page's %s: %w", name, err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n"), nil
}

// hash is how a policy names a text that it allows.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// write fills a template and sends it on only when it is whole.
func write(w io.Writer, name string, data any) error {
	t := template.New("").Funcs(template.FuncMap{"say": say})
	for _, part := range []string{"parts.html", name} {
		text, err := asset(part)
		if err != nil {
			return err
		}
		if _, err := t.New(part).Parse(text); err != nil {
			return fmt.Errorf("read the page's %s: %w", part, err)
		}
	}
	var page bytes.Buffer
	if err := t.ExecuteTemplate(&page, name, data); err != nil {
		return fmt.Errorf("fill the page: %w", err)
	}
	if _, err := page.WriteTo(w); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// href is a link as an attribute. html/template would write some of a URL's characters anew, and a presigned URL
// is good only as it was signed; so it is checked here to hold nothing but a URL's characters, and then written as
// it is.
func href(link string) (template.HTMLAttr, error) {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsFunc(link, notOfURL) {
		return "", ErrNotALink // without the link: it is a key
	}
	return template.HTMLAttr(`href="` + html.EscapeString(link) + `"`), nil // #nosec G203 -- checked and escaped above
}

// notOfURL reports whether RFC 3986 has no place for a character.
func notOfURL(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("-._~:/?#[]@!$&'()*+,;=%", r)
}
