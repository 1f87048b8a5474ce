//go:build linux

package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// moduleCache is the realistic folder: part of the Go module cache, with its names, depths and sizes.
const moduleCache = "modcache"

// moduleFiles is how many files it has.
const moduleFiles = 3000

// pickedFile is one file of the module cache.
type pickedFile struct {
	name string // below the cache, with slashes
	from string
	size int64
	rank [sha256.Size]byte
}

// findModuleCache picks the files: of all in the modules that Waybill is built of, at the versions of go.mod, those
// whose names have the lowest SHA-256. Wherever go.mod is the same, so are they.
func findModuleCache(ctx context.Context) (load, error) {
	cache, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE").Output()
	if err != nil {
		return load{}, fmt.Errorf("ask go for its module cache: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-f", `{{with .Module}}{{if not .Main}}{{.Dir}}{{end}}{{end}}`, ".")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1")
	list, err := cmd.Output()
	if err != nil {
		return load{}, fmt.Errorf("ask go for Waybill's modules: %w", err)
	}
	dirs := strings.Fields(string(list))
	slices.Sort(dirs)
	picked, err := pickFiles(strings.TrimSpace(string(cache)), slices.Compact(dirs), moduleFiles)
	if err != nil {
		return load{}, err
	}
	if len(picked) < moduleFiles {
		return load{}, fmt.Errorf("the module cache has %d files, and %d are needed (make build)", len(picked), moduleFiles)
	}
	l := load{name: moduleCache, files: len(picked), folder: true}
	sum := sha256.New()
	for _, f := range picked {
		l.bytes += f.size
		_, _ = fmt.Fprintf(sum, "%s\x00%d\n", f.name, f.size)
	}
	l.sum = hex.EncodeToString(sum.Sum(nil))[:12]
	l.about = fmt.Sprintf("%d files, %.1f MiB, median %.1f KiB, largest %.1f MiB, of the Go module cache (those of Waybill's modules"+
		" whose names have the lowest SHA-256; names and sizes together %s)", l.files, float64(l.bytes)/(1<<20),
		float64(median(picked, func(f pickedFile) int64 { return f.size }))/(1<<10),
		float64(slices.MaxFunc(picked, func(a, b pickedFile) int { return cmp.Compare(a.size, b.size) }).size)/(1<<20), l.sum)
	l.fill = func(ctx context.Context, path string) error { return copyFiles(ctx, path, picked) }
	return l, nil
}

// pickFiles takes n files from folders below a root, in the order of their names' sums.
func pickFiles(root string, dirs []string, n int) ([]pickedFile, error) {
	var all []pickedFile
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			all = append(all, pickedFile{name: name, from: path, size: info.Size(), rank: sha256.Sum256([]byte(name))})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b pickedFile) int { return slices.Compare(a.rank[:], b.rank[:]) })
	return all[:min(n, len(all))], nil
}

func copyFiles(ctx context.Context, to string, files []pickedFile) error {
	for _, f := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := copyFile(filepath.Join(to, filepath.FromSlash(f.name)), f.from); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from string) (err error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
