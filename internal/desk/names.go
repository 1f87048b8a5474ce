package desk

import (
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// File names are data. What becomes of them, on the way to a key and to the name under which a link is saved:
//
//   - they are brought to Unicode's form NFC: a Mac writes "é" as two characters, and nobody can type those;
//   - control characters, and those that turn the direction of text around, become "_": a name shall read as
//     it is ("invoice\u202Efdp.exe" reads "invoiceexe.pdf" otherwise);
//   - bytes that are no UTF-8 become "_";
//   - spaces, quotes, + % ? # &, emoji, leading dots stay as they are;
//   - a key of over 1,024 bytes is refused, never cut: two long names may differ at their end;
//   - a name that Windows keeps for a device ("NUL.txt") keeps its key, and is saved as "_NUL.txt";
//   - dots and spaces at its end, which Windows drops, stay in the key.

// visible makes a name one that reads as it is.
func visible(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r),
			r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, // embeddings, overrides, isolates
			r == 0x2028, r == 0x2029: // line and paragraph separators
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
}

// keyName is what a file's path, with forward slashes and relative to what was dropped, becomes in a key.
func keyName(relative string) string {
	return visible(norm.NFC.String(relative))
}

// savedName is the name under which a link offers a key's file.
func savedName(key string) string {
	name := path.Base(key)
	if isDevice(name) {
		return "_" + name
	}
	return name
}

// numbered gives the n-th name beside a taken one: "report (2).pdf", "archive (2).tar.gz", ".profile (2)".
func numbered(key string, n int) string {
	folder, name := path.Split(key)
	stem, ext := splitExt(name)
	return folder + stem + " (" + strconv.Itoa(n) + ")" + ext
}

// splitExt cuts a name before its extension; a double one such as .tar.gz stays together, and a dot at the
// beginning makes no extension.
func splitExt(name string) (stem, ext string) {
	ext = path.Ext(name)
	stem = strings.TrimSuffix(name, ext)
	if strings.Trim(stem, ".") == "" {
		return name, ""
	}
	if inner := path.Ext(stem); strings.EqualFold(inner, ".tar") && strings.Trim(strings.TrimSuffix(stem, inner), ".") != "" {
		return strings.TrimSuffix(stem, inner), inner + ext
	}
	return stem, ext
}
