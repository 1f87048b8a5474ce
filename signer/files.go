package signer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/config"
)

// FileError is a config or credentials file that cannot be read as such.
type FileError struct {
	Path string
	Line int // counted from 1; 0 when the whole file is meant
	Err  error
}

// Error names file, line and fault, never what stands in the line: it may be a secret.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.Path, e.Line, e.Err)
}

// Unwrap gives the fault.
func (e *FileError) Unwrap() error { return e.Err }

var (
	errNoSection = errors.New("a setting stands before the first [section]")
	errHeader    = errors.New("a section header lacks its closing bracket")
	errNoEquals  = errors.New("a line is neither a [section] nor a name = value setting")
	errQuote     = errors.New("a value is a single quotation mark")
	errNotText   = errors.New("the file is not UTF-8 text")
	errFolder    = errors.New("it is a folder")
	errMark      = errors.New("the file begins with a byte order mark; save it as UTF-8 without one")
)

// section is one [header] of a file with its settings. A nested setting, as in
//
//	s3 =
//	  addressing_style = path
//
// stands under "s3.addressing_style".
type section struct {
	header string // what stands between the brackets, white space folded
	values map[string]string
}

// readSections reads a file in the form of the AWS config and credentials files. It gives back whatever could
// be read, together with the first fault: the SDK itself passes over broken lines in silence, so that a profile
// is missing, or has the settings of the one below it. A missing file is empty.
func readSections(path string) ([]section, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &FileError{Path: path, Err: errors.Unwrap(err)}
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, &FileError{Path: path, Err: errFolder}
	}
	sections, line, err := parseSections(f)
	if err != nil {
		return sections, &FileError{Path: path, Line: line, Err: err}
	}
	return sections, nil
}

// parseSections returns the sections and the first fault with its line, counted from 1.
func parseSections(r io.Reader) (sections []section, faultLine int, fault error) {
	blame := func(line int, err error) {
		if fault == nil {
			faultLine, fault = line, err
		}
	}
	var current *section
	parent := "" // the setting whose nested settings are being read
	scan := bufio.NewScanner(r)
	n := 0
	for scan.Scan() {
		n++
		raw := scan.Text()
		if !utf8.ValidString(raw) || strings.ContainsRune(raw, 0) {
			blame(n, errNotText)
			continue
		}
		if n == 1 && strings.HasPrefix(raw, "\ufeff") {
			blame(n, errMark)
			raw = strings.TrimPrefix(raw, "\ufeff")
		}
		text := strings.TrimSpace(raw)
		if text == "" || text[0] == '#' || text[0] == ';' {
			continue
		}
		if text[0] == '[' {
			header := strings.TrimSpace(before(text, "#", ";"))
			if !strings.HasSuffix(header, "]") {
				blame(n, errHeader)
				current = nil
				continue
			}
			header = strings.Join(strings.Fields(header[1:len(header)-1]), " ")
			sections = append(sections, section{header, map[string]string{}})
			current, parent = &sections[len(sections)-1], ""
			continue
		}
		if current == nil {
			blame(n, errNoSection)
			continue
		}
		indented := raw[0] == ' ' || raw[0] == '\t'
		if !indented { // a comment in a nested setting belongs to its value
			text = before(text, " #", " ;", "\t#", "\t;")
		}
		name, value, ok := setting(text)
		if ok && (value == `"` || value == "'") {
			blame(n, errQuote) // the SDK falls over it
			continue
		}
		switch {
		case indented && parent != "" && ok:
			current.values[parent+"."+name] = value
		case indented && !ok:
			// The AWS CLI reads an indented line without a name as a continuation of the value above.
		case !ok || name == "":
			blame(n, errNoEquals)
		default:
			if indented { // below a setting that has its value already: then it stands for itself
				value = strings.TrimSpace(before(value, " #", " ;", "\t#", "\t;"))
			}
			current.values[name] = value
			parent = ""
			if value == "" {
				parent = name
			}
		}
	}
	if err := scan.Err(); err != nil {
		blame(n+1, err)
	}
	return sections, faultLine, fault
}

// setting splits a line at its first = or colon; the SDK and the AWS CLI take either.
func setting(text string) (name, value string, ok bool) {
	i := strings.IndexAny(text, "=:")
	if i < 0 {
		return "", "", false
	}
	name, value = strings.ToLower(strings.TrimSpace(text[:i])), strings.TrimSpace(text[i+1:])
	if name != "credential_process" { // whose quotes are a shell's: "/a path/program" "an argument"
		value = unquoted(value)
	}
	return name, value, true
}

// before cuts a text at the first of the marks of a comment.
func before(text string, marks ...string) string {
	for _, m := range marks {
		text, _, _ = strings.Cut(text, m)
	}
	return text
}

// unquoted takes the quotes off that stand around a whole value.
func unquoted(value string) string {
	if len(value) >= 2 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		return value[1 : len(value)-1]
	}
	return value
}

// paths are the files that the AWS CLI would read.
func paths() (configFile, credentialsFile string, err error) {
	env, err := config.NewEnvConfig()
	if err != nil {
		return "", "", fmt.Errorf("read the AWS settings of the environment: %w", err)
	}
	configFile, credentialsFile = env.SharedConfigFile, env.SharedCredentialsFile
	if configFile == "" {
		configFile = config.DefaultSharedConfigFilename()
	}
	if credentialsFile == "" {
		credentialsFile = config.DefaultSharedCredentialsFilename()
	}
	return configFile, credentialsFile, nil
}
