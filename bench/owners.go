//go:build linux

package main

import (
	"context"
	"debug/buildinfo"
	"debug/elf"
	"fmt"
	"os/exec"
	"strings"
)

// owner is a module, the standard library, or C code, with the bytes of its symbols in the program's file.
type owner struct {
	name       string
	code, data int64
}

// weighOwners reads a program that has its symbols. Tables are the bytes of the file that are no symbol's: what the
// linker writes for all of them together.
func weighOwners(ctx context.Context, path string) (owners []owner, tables int64, err error) {
	find, err := newFinder(ctx, path)
	if err != nil {
		return nil, 0, err
	}
	file, err := elf.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	symbols, err := file.Symbols()
	if err != nil {
		return nil, 0, fmt.Errorf("read the symbols of %s: %w", path, err)
	}
	byName := map[string]*owner{}
	for _, s := range file.Sections {
		if s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS {
			tables += int64(s.FileSize)
		}
	}
	for _, s := range symbols {
		if s.Size == 0 || int(s.Section) >= len(file.Sections) {
			continue
		}
		section := file.Sections[s.Section]
		if section.Flags&elf.SHF_ALLOC == 0 || section.Type == elf.SHT_NOBITS || ofLinker(s.Name) {
			continue
		}
		name := find.owner(s.Name)
		o := byName[name]
		if o == nil {
			o = &owner{name: name}
			byName[name] = o
		}
		size := int64(s.Size)
		tables -= size
		if section.Flags&elf.SHF_EXECINSTR != 0 {
			o.code += size
		} else {
			o.data += size
		}
	}
	for _, o := range byName {
		owners = append(owners, *o)
	}
	return owners, tables, nil
}

// ofLinker reports whether a symbol names a table over all code, or a piece of one.
func ofLinker(name string) bool {
	switch name {
	case "runtime.pclntab", "runtime.findfunctab", "runtime.typelink", "runtime.itablink", "runtime.rodata", "runtime.types",
		"runtime.gcdata", "runtime.gcbss", "type:*":
		return true
	}
	return strings.HasPrefix(name, "go:")
}

// finder tells by a symbol's name whose it is.
type finder struct {
	modules  []string        // by path, as the program itself lists them
	standard map[string]bool // packages of the standard library
}

func newFinder(ctx context.Context, path string) (*finder, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &finder{standard: map[string]bool{}}
	for _, m := range info.Deps {
		f.modules = append(f.modules, m.Path)
	}
	out, err := exec.CommandContext(ctx, "go", "list", "std").Output()
	if err != nil {
		return nil, fmt.Errorf("list the standard library: %w", err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		f.standard[name] = true
	}
	return f, nil
}

func (f *finder) owner(symbol string) string {
	symbol = strings.TrimPrefix(strings.TrimPrefix(symbol, "type:"), ".eq.")
	symbol, _, _ = strings.Cut(strings.TrimLeft(symbol, "*[]0123456789"), "[") // without type parameters
	symbol = strings.ReplaceAll(symbol, "%2e", ".")
	if symbol == "main" || strings.HasPrefix(symbol, "main.") || strings.HasPrefix(symbol, "waybill/") {
		return "waybill itself"
	}
	best := ""
	for _, m := range f.modules {
		if after, ok := strings.CutPrefix(symbol, m); ok && (after == "" || after[0] == '/' || after[0] == '.') && len(m) > len(best) {
			best = m
		}
	}
	if best != "" {
		if strings.HasPrefix(best, "github.com/aws/") {
			return "github.com/aws/…"
		}
		return best
	}
	slash := strings.LastIndexByte(symbol, '/') + 1
	name, _, _ := strings.Cut(symbol[slash:], ".")
	if pkg := symbol[:slash] + name; f.standard[pkg] || strings.HasPrefix(symbol, "vendor/") || strings.HasPrefix(symbol, "runtime") {
		return "the standard library"
	}
	return "C (GLFW and cgo)"
}
