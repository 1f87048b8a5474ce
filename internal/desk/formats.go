package desk

import (
	"html"
	"path"
	"strings"
)

// Format is a form in which a link can be copied.
type Format string

// The forms of a link.
const (
	FormatURL      Format = "url"
	FormatMarkdown Format = "markdown"
	FormatHTML     Format = "html"
	FormatCurl     Format = "curl" // a command line for a POSIX shell
)

// CopyText writes links one a line, each under its file's name where the format has a place for it.
func CopyText(f Format, links []NamedLink) string {
	lines := make([]string, len(links))
	for i, l := range links {
		lines[i] = l.text(f)
	}
	return strings.Join(lines, "\n")
}

// NamedLink is a link with the name of what it leads to.
type NamedLink struct {
	Name string // "photos/a.jpg"
	URL  string
}

func (l NamedLink) text(f Format) string {
	switch f {
	case FormatMarkdown:
		return "[" + markdownEscaper().Replace(l.Name) + "](<" + l.URL + ">)"
	case FormatHTML:
		return `<a href="` + html.EscapeString(l.URL) + `">` + html.EscapeString(l.Name) + `</a>`
	case FormatCurl:
		return "curl -fL -o " + shellQuote(safeFile(path.Base(l.Name))) + " " + shellQuote(l.URL)
	}
	return l.URL
}

// markdownEscaper takes the meaning from what would end or open something in Markdown.
func markdownEscaper() *strings.Replacer {
	var pairs []string
	for _, c := range "\\`*_[]<>&~" {
		pairs = append(pairs, string(c), "\\"+string(c))
	}
	return strings.NewReplacer(pairs...)
}

// shellQuote makes a text one word of a POSIX shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// safeFile keeps a name from being taken for an option.
func safeFile(name string) string {
	if strings.HasPrefix(name, "-") {
		return "./" + name
	}
	return name
}
