package desk

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed testdata/elsewhere.txt
var elsewhereText string

// here is this package's folder; the sandbox moves the process to its own.
var here, _ = os.Getwd()

// metElsewhere are the rows that testdata/elsewhere.txt leaves to other packages, and what is wrong with its lines.
func metElsewhere(text string) (codes map[string]bool, faults []error) {
	codes = map[string]bool{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		words := strings.Fields(line)
		if len(words) != 3 {
			faults = append(faults, fmt.Errorf("testdata/elsewhere.txt: %q is not code, folder and test", line))
			continue
		}
		codes[words[0]] = true
		if !names(filepath.Join(here, "..", "..", filepath.FromSlash(words[1])), words[2], words[0]) {
			faults = append(faults, fmt.Errorf("%s in %s does not meet the row %q", words[2], words[1], words[0]))
		}
	}
	return codes, faults
}

// names reports whether a test of a package has a text as a literal of its own.
func names(folder, test, text string) (found bool) {
	files, _ := filepath.Glob(filepath.Join(folder, "*_test.go")) // the pattern is right
	for _, file := range files {
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return false
		}
		for _, d := range source.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || f.Name.Name != test || f.Body == nil {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					said, err := strconv.Unquote(literal.Value)
					found = found || err == nil && said == text
				}
				return !found
			})
		}
	}
	return found
}
