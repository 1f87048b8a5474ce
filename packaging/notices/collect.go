package main

import (
	"context"
	"embed"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// part is one text, and who brings it.
type part struct {
	name  string // module and version, or what it is otherwise
	file  string // the file's name within it
	names string // the licences in it; empty for a notice that is no licence
	on    string // the systems, when it is not all of them
	text  string
}

// licenceFile is what files with a licence, or a notice that has to be passed on, are called.
var licenceFile = regexp.MustCompile(`(?i)^(.*[-_.])?(un)?licen[sc]es?([-_.].*)?$|^copying([-_.].*)?$|^copyright([-_.].*)?$|^notice([-_.].*)?$|^patents$|^ofl([-_.].*)?$`)

// more are texts of what no module brings a licence file for, and of what compilers link in.
//
//go:embed more/*.txt
var more embed.FS

// collect reads the licences of all modules, of Go itself, and the texts in more.
func collect(ctx context.Context, modules []module) ([]part, error) {
	parts, err := ofGo(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		of, err := m.parts()
		if err != nil {
			return nil, err
		}
		parts = append(parts, of...)
	}
	entries, err := more.ReadDir("more")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		text, err := more.ReadFile("more/" + entry.Name())
		if err != nil {
			return nil, err
		}
		// The first line says what it is about.
		name, rest, _ := strings.Cut(string(text), "\n")
		p, err := licensed(name, entry.Name(), strings.TrimSpace(rest))
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// ofGo reads the licence of the standard library, which every program of Go's holds. Its version is not said: it is that
// of whoever builds, and changes nothing.
func ofGo(ctx context.Context) ([]part, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("ask where Go is: %w", err)
	}
	m := module{path: "Go's standard library", dir: strings.TrimSpace(string(root)), folders: map[string]bool{".": true}}
	return m.parts()
}

// parts reads the licence files of a module. One at least must hold a licence.
func (m module) parts() ([]part, error) {
	var found []part
	licences := 0
	for _, folder := range slices.Sorted(maps.Keys(m.folders)) {
		entries, err := os.ReadDir(filepath.Join(m.dir, folder))
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if entry.IsDir() || !licenceFile.MatchString(entry.Name()) || isCode(entry.Name()) {
				continue
			}
			at := filepath.Join(folder, entry.Name())
			text, err := os.ReadFile(filepath.Join(m.dir, at))
			if err != nil {
				return nil, err
			}
			p, err := licensed(strings.TrimSpace(m.name()), filepath.ToSlash(at), tidy(string(text)))
			if err != nil {
				return nil, err
			}
			if m.on != nil && len(m.on) < 3 {
				p.on = strings.Join(slices.Sorted(maps.Keys(m.on)), ", ")
			}
			if p.names != "" {
				licences++
			}
			found = append(found, p)
		}
	}
	if licences == 0 {
		return nil, fmt.Errorf("%s has no licence file", m.name())
	}
	return found, nil
}

func isCode(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".c", ".h", ".m", ".s", ".yml", ".json":
		return true
	}
	return false
}

// tidy brings a text into one form of line ends, without spaces at the ends of lines.
func tidy(text string) string {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\f")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
