package pages

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// title is a name as a page shows it: the folders apart, for they matter less, and the ending for the tile.
type title struct {
	Folder string // with its slash; "" for none
	Base   string
	Ending string // "PDF"; "" where there is none to show
}

func newTitle(name string) title {
	name = Visible(name)
	cut := strings.LastIndexByte(strings.TrimRight(name, "/"), '/') + 1
	return title{Folder: name[:cut], Base: name[cut:], Ending: ending(name[cut:])}
}

// ending is what a name ends in, as a tile has room for it.
func ending(base string) string {
	dot := strings.LastIndexByte(base, '.')
	if dot <= 0 || dot == len(base)-1 {
		return ""
	}
	end := strings.ToUpper(base[dot+1:])
	if len(end) > 4 || strings.ContainsFunc(end, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }) {
		return ""
	}
	return end
}

// Visible writes what a reader could not see, or what would turn the text around it, as its number: the name
// "invoice\u202Efdp.exe" reads "invoiceexe.pdf" otherwise. What joins letters and emoji stays.
func Visible(text string) string { return shown(text, "") }

// shown is Visible with some control characters let through.
func shown(text, allowed string) string {
	var out strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		if hidden(r) && !strings.ContainsRune(allowed, r) {
			fmt.Fprintf(&out, "[U+%04X]", r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// hidden reports whether a character has no picture of its own, and is not one that scripts and emoji need.
func hidden(r rune) bool {
	switch {
	case r == '\u200C', r == '\u200D': // they shape Persian, Indic scripts and families of emoji
		return false
	case r >= 0xE0020 && r <= 0xE007F: // the flags of England, Scotland and Wales
		return false
	case r == '\u2028', r == '\u2029', r == '\u115F', r == '\u1160', r == '\u3164', r == '\uFFA0': // lines, and fillers
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// system is whose rules a name on disk has to follow.
type system int

const (
	posix system = iota
	windows
)

const (
	// longest bounds a part of a path in bytes: systems take 255, and some room is left for a number and for
	// partEnding.
	longest = 200
	// partEnding marks what a script has not finished.
	partEnding = ".waybill-part"
)

// safeNames are the names, relative and with forward slashes, under which a script saves files. They lead nowhere but
// down; no two are one file, also where upper and lower case are one; none is a folder of another's; none ends
// like an unfinished file.
func safeNames(names []string, s system) []string {
	paths := make([]string, len(names))
	taken := map[string]bool{} // files and folders, as a system sees them that cares least
	for i, name := range names {
		paths[i] = safePath(name, s)
		for at, c := range paths[i] {
			if c == '/' {
				taken[fold(paths[i][:at])] = true
			}
		}
	}
	next := map[string]int{} // the number to try, for ten thousand files of one name
	for i, path := range paths {
		name := fold(path)
		for taken[fold(path)] {
			next[name] = max(next[name]+1, 2)
			path = numbered(paths[i], next[name])
		}
		taken[fold(path)] = true
		paths[i] = path
	}
	return paths
}

// fold makes names equal that some system takes for one.
func fold(path string) string { return norm.NFC.String(strings.ToLower(strings.ToUpper(path))) }

func numbered(path string, n int) string {
	stem, end := splitEnding(path)
	return fmt.Sprintf("%s (%d)%s", stem, n, end)
}

// splitEnding cuts a path before the ending of its last part.
func splitEnding(path string) (stem, end string) {
	base := strings.LastIndexByte(path, '/') + 1
	dot := strings.LastIndexByte(path, '.')
	if dot <= base || len(path)-dot > 20 {
		return path, ""
	}
	return path[:dot], path[dot:]
}

func safePath(name string, s system) string {
	var parts []string
	for part := range strings.SplitSeq(strings.ToValidUTF8(name, "_"), "/") {
		if part != "" && part != "." {
			parts = append(parts, safePart(part, s))
		}
	}
	if len(parts) == 0 {
		return "file"
	}
	return strings.Join(parts, "/")
}

// safePart makes one part of a path a name that a system can have.
func safePart(part string, s system) string {
	part = strings.Map(func(r rune) rune {
		if hidden(r) || r == '\\' || s == windows && strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, part)
	if part == ".." {
		return "__"
	}
	part = shortened(part)
	if s == windows {
		if kept := strings.TrimRight(part, ". "); kept != part { // Windows would drop these by itself
			part = kept + "_"
		}
		if device(part) {
			part = "_" + part
		}
	}
	if strings.HasSuffix(fold(part), partEnding) {
		part += "_"
	}
	return part
}

// shortened cuts a name before its ending, between two characters.
func shortened(part string) string {
	if len(part) <= longest {
		return part
	}
	stem, end := splitEnding(part)
	cut := longest - len(end)
	for !utf8.RuneStart(stem[cut]) {
		cut--
	}
	return stem[:cut] + end
}

// device reports whether Windows keeps a name for a device, whatever its ending.
func device(part string) bool {
	stem, _, _ := strings.Cut(part, ".")
	switch strings.ToUpper(strings.TrimRight(stem, " ")) {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
		"COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
		"LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³":
		return true
	}
	return false
}
