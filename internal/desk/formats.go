package desk

import (
	"html"
	"path"
	"strings"

	"waybill/internal/pages"
)

// Format is a form in which a link can be copied.
type Format string

// The forms of a link.
const (
	FormatURL        Format = "url"
	FormatMarkdown   Format = "markdown"
	FormatHTML       Format = "html"
	FormatCurl       Format = "curl"       // a command line for a POSIX shell
	FormatWget       Format = "wget"       // the same with wget
	FormatPowerShell Format = "powershell" // a command line for Windows PowerShell 5.1 and for PowerShell 7
)

// CopyText writes links one a line, each under its file's name where the format has a place for it. What a name has
// of control characters becomes "_", as in a key: a terminal would act on them even between quotes.
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
	name := visible(l.Name)
	switch f {
	case FormatMarkdown:
		return "[" + markdownEscaper().Replace(name) + "](<" + l.URL + ">)"
	case FormatHTML:
		return `<a href="` + html.EscapeString(l.URL) + `">` + html.EscapeString(name) + `</a>`
	case FormatCurl:
		// -g: neither the brackets of an IPv6 address nor "#1" in a name are patterns.
		return "curl -fgL -o " + pages.ShellQuote(safeFile(fileName(name))) + " " + pages.ShellQuote(l.URL)
	case FormatWget:
		// Where the machine's language is none ("C"), GNU wget decodes a link before it asks for it; refused, it asks
		// again with the link as it is. --no-iri would spare it the detour, but BusyBox's wget does not know that.
		return "wget -O " + pages.ShellQuote(safeFile(fileName(name))) + " " + pages.ShellQuote(l.URL)
	case FormatPowerShell:
		return powerShell(windowsName(fileName(name)), l.URL)
	}
	return l.URL
}

// powerShell is a command line that fetches a link. It is a block of its own, so that what it sets ends with it.
//
// Without the progress bar Windows PowerShell 5.1 is many times as fast (PowerShell issue 2138). Its
// -OutFile takes brackets for a pattern and has no way to write them (issue 3174, mended in PowerShell 7), so a name
// with brackets is given to the finished file; Rename-Item takes a new name as it is.
func powerShell(file, link string) string {
	fetch := func(to string) string {
		return "$ProgressPreference = 'SilentlyContinue'; Invoke-WebRequest -UseBasicParsing -Uri " + pages.PowerShellQuote(link) +
			" -OutFile " + pages.PowerShellQuote(safeFile(to))
	}
	if !strings.ContainsAny(file, "[]`") {
		return "& { " + fetch(file) + " }"
	}
	part := strings.NewReplacer("[", "_", "]", "_", "`", "_").Replace(file) + ".part"
	return "& { $ErrorActionPreference = 'Stop'; " + fetch(part) +
		"; Rename-Item -LiteralPath " + pages.PowerShellQuote(safeFile(part)) + " -NewName " + pages.PowerShellQuote(file) + " }"
}

// markdownEscaper takes the meaning from what would end or open something in Markdown, or in what GitHub and others
// add to it: tables, formulas.
func markdownEscaper() *strings.Replacer {
	var pairs []string
	for _, c := range "\\`*_[]<>&~|$" {
		pairs = append(pairs, string(c), "\\"+string(c))
	}
	return strings.NewReplacer(pairs...)
}

// fileName is the name under which a command line saves what has this name: no path, and never a folder's.
func fileName(name string) string {
	base := path.Base(name)
	if base == "." || base == ".." || base == "/" {
		return "download"
	}
	return base
}

// windowsName is a name that Windows can give a file, with "_" for what it cannot, as browsers do. A colon would name
// a drive, or a stream within a file.
func windowsName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) {
			return '_'
		}
		return r
	}, name)
	if bare := strings.TrimRight(name, ". "); bare != name { // Windows would drop these without a word
		name = bare + strings.Repeat("_", len(name)-len(bare))
	}
	return savedName(name)
}

// safeFile keeps a name from being taken for an option, or for the home folder.
func safeFile(name string) string {
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, "~") {
		return "./" + name
	}
	return name
}
