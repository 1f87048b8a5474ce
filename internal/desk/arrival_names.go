package desk

import (
	"mime"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A file's name in an arrival was chosen by whoever sent it, so it is hostile until shown otherwise: it is a path that
// leads nowhere but down, of characters that can be seen or stand there by their number, and not too long to be shown. What
// a file system makes of it is for the download.

// mostOfName is how long an arrival's name may be, in bytes; S3 takes keys of 1,024.
const mostOfName = 1024

// arrivalName is the name of an arrival: what the sender has said, or else what the key says below the request's folder.
// By a form, that is the forms' own folder, the random one that page and command lines put there, and the name.
func arrivalName(said, below string, byForm bool) string {
	if name := cleanName(said); name != "" {
		return name
	}
	if byForm {
		below = strings.TrimPrefix(below, formPart)
	}
	if first, name, ok := strings.Cut(below, "/"); ok && byForm && isRandom(first) {
		if name := cleanName(name); name != "" {
			return name
		}
	}
	if name := cleanName(below); name != "" {
		return name
	}
	return "file"
}

// What keeps files of one name apart, by a form: twelve letters and digits of the page, or the 20 and 32 digits of the
// command lines for curl and PowerShell. A word, a year and a number have their form too, and are somebody's own folder.
var (
	pageRandom    = regexp.MustCompile(`^[A-Za-z0-9]{12}$`)
	commandRandom = regexp.MustCompile(`^([0-9a-f]{20}|[0-9a-f]{32})$`)
	ownFolder     = regexp.MustCompile(`^([A-Z]*[0-9]*|[A-Z]?[a-z]*[0-9]*|[0-9]*[A-Z]?[a-z]*)$`)
)

// isRandom reports whether a folder in a form's key is one that nobody has named.
func isRandom(folder string) bool {
	return commandRandom.MatchString(folder) || pageRandom.MatchString(folder) && !ownFolder.MatchString(folder)
}

// cleanName makes a foreign path one that reads as it is and leads down; "" where nothing is left of it.
func cleanName(name string) string {
	var kept []string
	for part := range strings.SplitSeq(strings.ReplaceAll(Visible(norm.NFC.String(name)), `\`, "/"), "/") {
		part = strings.TrimSpace(part)
		if part != "" && part != "." && part != ".." {
			kept = append(kept, part)
		}
	}
	clean := strings.Join(kept, "/")
	if len(clean) > mostOfName { // the end tells more: it has the ending
		clean = clean[len(clean)-mostOfName:]
		for !utf8.RuneStart(clean[0]) {
			clean = clean[1:]
		}
		clean = strings.TrimLeft(clean, "/ ")
	}
	return clean
}

// dispositionName reads a file's name out of a Content-Disposition, "" where there is none that can be read.
func dispositionName(header string) string {
	if header == "" {
		return ""
	}
	_, params, err := mime.ParseMediaType(header)
	if err == nil {
		return params["filename"] // filename* is read as filename too
	}
	// Some write names without quotes, or in bytes that no header has.
	_, name, ok := strings.Cut(header, "filename=")
	if !ok {
		return ""
	}
	name, _, _ = strings.Cut(name, ";")
	return path.Base(strings.Trim(strings.TrimSpace(name), `"`))
}
