package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// systems is what packages are made for. One architecture of each would do, but macOS is built for two.
var systems = []struct{ os, arch, tags string }{
	{"linux", "amd64", "migrated_fynedo"},
	{"linux", "arm64", "migrated_fynedo"},
	{"windows", "amd64", "migrated_fynedo,accessibility"},
	{"darwin", "amd64", "migrated_fynedo,accessibility"},
	{"darwin", "arm64", "migrated_fynedo,accessibility"},
}

// module is one that the program is built of.
type module struct {
	path, version, dir string
	// folders are those whose licence files count, relative to dir: the packages that are linked, what they embed,
	// the C code below them, and all folders above these.
	folders map[string]bool
	// on are the systems that link it.
	on map[string]bool
}

// name gives the module as go.mod writes it.
func (m module) name() string { return m.path + " " + m.version }

// linked lists the modules that the program is built of, sorted by path.
func linked(ctx context.Context) ([]module, error) {
	found := map[string]*module{}
	for _, s := range systems {
		if err := list(ctx, s.os, s.arch, s.tags, found); err != nil {
			return nil, fmt.Errorf("list what is linked on %s/%s: %w", s.os, s.arch, err)
		}
	}
	var all []module
	for _, path := range slices.Sorted(maps.Keys(found)) {
		all = append(all, *found[path])
	}
	return all, nil
}

// pkg is what is needed of the go command's answer.
type pkg struct {
	Dir        string
	EmbedFiles []string
	CgoFiles   []string
	Module     *struct {
		Path, Version, Dir string
		Main               bool
	}
}

func list(ctx context.Context, system, arch, tags string, found map[string]*module) error {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-tags="+tags, "-json=Dir,EmbedFiles,CgoFiles,Module", ".")
	// With cgo, as the window needs it; nothing is compiled, so no compiler for these systems is needed.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOOS="+system, "GOARCH="+arch)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := decoder.Decode(&p); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if p.Module == nil || p.Module.Main {
			continue // the standard library, and what is ours
		}
		m := found[p.Module.Path]
		if m == nil {
			m = &module{
				path: p.Module.Path, version: p.Module.Version, dir: p.Module.Dir,
				folders: map[string]bool{}, on: map[string]bool{},
			}
			found[m.path] = m
		}
		m.on[system] = true
		if err := m.take(p); err != nil {
			return err
		}
	}
}

// take adds the folders that a package brings in.
func (m *module) take(p pkg) error {
	folders := []string{p.Dir}
	for _, embedded := range p.EmbedFiles {
		folders = append(folders, filepath.Dir(filepath.Join(p.Dir, embedded)))
	}
	if len(p.CgoFiles) > 0 {
		below, err := subfolders(p.Dir)
		if err != nil {
			return err
		}
		folders = append(folders, below...)
	}
	for _, folder := range folders {
		at, err := filepath.Rel(m.dir, folder)
		if err != nil {
			return err
		}
		for ; !m.folders[at]; at = filepath.Dir(at) {
			m.folders[at] = true
			if at == "." {
				break
			}
		}
	}
	return nil
}

// subfolders lists the folders below one: C code is included from there.
func subfolders(dir string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() != "testdata" {
			found = append(found, path)
		}
		return err
	})
	return found, err
}
