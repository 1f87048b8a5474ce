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
	errNotText   = errors.New("the file is not UTF-8 text")
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
// be read, together with the first fault: the SDK itself passes over broken lines in silence, and then a person
// wonders where a profile is. A missing file is empty.
func readSections(path string) ([]section, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &FileError{Path: path, Err: errors.Unwrap(err)}
	}
	defer func() { _ = f.Close() }()
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
		if n == 1 {
			raw = strings.TrimPrefix(raw, "\ufeff")
		}
		if !utf8.ValidString(raw) || strings.ContainsRune(raw, 0) {
			blame(n, errNotText)
			continue
		}
		text := strings.TrimSpace(raw)
		if text == "" || text[0] == '#' || text[0] == ';' {
			continue
		}
		if text[0] == '[' {
			inside, rest, ok := strings.Cut(text[1:], "]")
			rest = strings.TrimSpace(rest)
			if !ok || (rest != "" && rest[0] != '#' && rest[0] != ';') {
				blame(n, errHeader)
				current = nil
				continue
			}
			sections = append(sections, section{strings.Join(strings.Fields(inside), " "), map[string]string{}})
			current, parent = &sections[len(sections)-1], ""
			continue
		}
		if current == nil {
			blame(n, errNoSection)
			continue
		}
		name, value, ok := strings.Cut(text, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		indented := raw[0] == ' ' || raw[0] == '\t'
		switch {
		case indented && parent != "" && ok:
			current.values[parent+"."+name] = value
		case indented && !ok:
			// The AWS CLI reads an indented line without a name as a continuation of the value above.
		case !ok || name == "":
			blame(n, errNoEquals)
		default:
			if i := strings.Index(value, " #"); i >= 0 {
				value = strings.TrimSpace(value[:i])
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
