// Typecheck reads the whole program, the window included, as the compiler of another system would, and says what that would
// refuse. It needs no C compiler for that system and no headers of its: whatever a package takes from C is believed.
//
//	go run ./packaging/typecheck darwin/arm64 windows/amd64
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

// tags are those that the program is built with elsewhere than on Linux.
const tags = "migrated_fynedo,accessibility"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	failed := len(os.Args) < 2
	for _, target := range os.Args[1:] {
		if err := check(ctx, ".", target); err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "typecheck: %s: %v\n", target, err)
		}
	}
	stop()
	if failed {
		os.Exit(1)
	}
}

// pkg is what is needed of the go command's answer.
type pkg struct {
	ImportPath, Dir   string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
	Module            *struct{ Main bool }
}

// check reads a program and all that it is made of, for a target such as darwin/arm64.
func check(ctx context.Context, dir, target string) error {
	system, arch, _ := strings.Cut(target, "/")
	if types.SizesFor("gc", arch) == nil {
		return errors.New("it is not of the form of darwin/arm64")
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-tags="+tags, "-json=ImportPath,Dir,GoFiles,CgoFiles,ImportMap,Module", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOOS="+system, "GOARCH="+arch)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	done := map[string]*types.Package{"unsafe": types.Unsafe}
	var faults []error
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; { // what is imported comes before what imports it
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return errors.Join(faults...)
		} else if err != nil {
			return err
		}
		if p.ImportPath != "unsafe" {
			faults = append(faults, p.check(arch, done)...)
		}
	}
}

// check reads one package. Of what is not ours only the outside counts, and what is wrong with it is not for us to say.
func (p pkg) check(arch string, done map[string]*types.Package) []error {
	ours := p.Module != nil && p.Module.Main
	var faults []error
	note := func(err error) {
		if ours {
			faults = append(faults, err)
		}
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			note(err)
			continue
		}
		files = append(files, file)
	}
	config := types.Config{
		FakeImportC: true, IgnoreFuncBodies: !ours, Sizes: types.SizesFor("gc", arch), Error: note,
		Importer: imports{p.ImportMap, done},
	}
	done[p.ImportPath], _ = config.Check(p.ImportPath, fset, files, nil) // note has heard of every error
	return faults
}

// imports gives the packages that were read before.
type imports struct {
	renamed map[string]string // what the standard library has copies of
	done    map[string]*types.Package
}

func (i imports) Import(path string) (*types.Package, error) {
	if to, ok := i.renamed[path]; ok {
		path = to
	}
	if p := i.done[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not there", path)
}
