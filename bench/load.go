//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// load is something to be sent.
type load struct {
	name  string // in the report and on the disk, such as 1000x64KiB
	files int
	bytes int64 // of all files together
	// fill writes the load at path: one file, or a folder when folder is set.
	fill   func(ctx context.Context, path string) error
	folder bool
	about  string // what the name does not say
	sum    string // what tells one load of that name from another, where the name alone does not
}

// defaultLoads are those of the design; -loads takes any other size and number as well.
const defaultLoads = "1GiB,5GiB,1000x64KiB,10000x1KiB," + moduleCache

// special are the loads that a size and a number do not describe.
var special = map[string]func(context.Context) (load, error){moduleCache: findModuleCache}

var (
	uniform = regexp.MustCompile(`^(?i)(?:(\d+)x)?(\d+)(B|[KMG](?:iB)?)$`)
	units   = map[string]int64{"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
)

// parseLoads reads a list such as "1GiB,1000x64KiB", which may also be written as "1g,1000x64k".
func parseLoads(ctx context.Context, list string) ([]load, error) {
	var loads []load
	for name := range strings.SplitSeq(list, ",") {
		l, err := parseLoad(ctx, name)
		if err != nil {
			return nil, err
		}
		loads = append(loads, l)
	}
	return loads, nil
}

func parseLoad(ctx context.Context, name string) (load, error) {
	if find, ok := special[name]; ok {
		return find(ctx)
	}
	l, size, err := describeUniform(name)
	if err != nil {
		return load{}, err
	}
	l.fill = func(ctx context.Context, path string) error { return fillUniform(ctx, path, l, size) }
	return l, nil
}

// describeUniform reads the name of a load of files of one size, and gives it the one way to write it.
func describeUniform(name string) (l load, size int64, err error) {
	m := uniform.FindStringSubmatch(name)
	if m == nil {
		return l, 0, fmt.Errorf("%w: %q is no load; write it as 1GiB, 1000x64KiB or %s", errUsage, name, moduleCache)
	}
	l.files, l.folder = 1, m[1] != ""
	size, err = strconv.ParseInt(m[2], 10, 32)
	if err == nil && l.folder {
		l.files, err = strconv.Atoi(m[1])
	}
	if err != nil || l.files < 1 || l.files > 1_000_000 {
		return l, 0, fmt.Errorf("%w: the load %q is too much, or nothing", errUsage, name)
	}
	unit := strings.ToUpper(m[3][:1])
	l.name = fmt.Sprint(size) + unit
	if unit != "B" {
		l.name += "iB"
	}
	if l.folder {
		l.name = fmt.Sprintf("%dx%s", l.files, l.name)
	}
	size *= units[unit]
	l.bytes = int64(l.files) * size
	return l, size, nil
}

// sparse makes a load of one file a hole: it reads as zeros, and takes no disk of its own.
func (l load) sparse() load {
	l.about = "sparse"
	l.name += "-sparse"
	l.fill = func(_ context.Context, path string) error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		return errors.Join(f.Truncate(l.bytes), f.Close())
	}
	return l
}

// keep makes sure that a load lies in dir, where an earlier bench may have left it, and says where. What was left
// half written is written anew.
func (l load) keep(ctx context.Context, dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dir, l.name)
	if !l.folder {
		path += ".bin"
	}
	mark := path + ".whole"
	want := fmt.Sprintf("%d files, %d bytes %s\n", l.files, l.bytes, l.sum)
	if text, err := os.ReadFile(mark); err == nil && string(text) == want {
		if files, bytes, err := weigh(path); err == nil && files == l.files && bytes == l.bytes {
			return path, nil
		}
	}
	if err := errors.Join(os.RemoveAll(mark), os.RemoveAll(path)); err != nil {
		return "", err
	}
	if err := room(dir, l.bytes+1<<30, "write the load "+l.name); err != nil && l.about != "sparse" {
		return "", err
	}
	say("writing %s into %s, once", l.name, dir)
	if err := l.fill(ctx, path); err != nil {
		return "", fmt.Errorf("write the load %s: %w", l.name, err)
	}
	return path, os.WriteFile(mark, []byte(want), 0o644)
}

// weigh counts the files below a path and their bytes.
func weigh(path string) (files int, bytes int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		files++
		bytes += info.Size()
		return nil
	})
	return files, bytes, err
}

// room is an error when a folder's disk has less space than that.
func room(dir string, bytes int64, to string) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return fmt.Errorf("ask for the space at %s: %w", dir, err)
	}
	if free := int64(s.Bavail) * s.Bsize; free < bytes {
		return fmt.Errorf("%s has %.1f GiB left, and %.1f are needed to %s", dir,
			float64(free)/(1<<30), float64(bytes)/(1<<30), to)
	}
	return nil
}

// fillUniform writes files of one size. Their bytes come from a seeded generator: they cannot be compressed, no
// two blocks are alike, and they are the same at every run of bench.
func fillUniform(ctx context.Context, path string, l load, size int64) error {
	noise := rand.NewChaCha8([32]byte([]byte("Waybill's bench: the same noise.")))
	if !l.folder {
		return writeNoise(ctx, path, noise, size)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for i := range l.files {
		if err := writeNoise(ctx, filepath.Join(path, fmt.Sprintf("file-%06d.bin", i)), noise, size); err != nil {
			return err
		}
	}
	return nil
}

func writeNoise(ctx context.Context, path string, noise io.Reader, size int64) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buffer := make([]byte, min(size, 1<<20))
	for size > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		chunk := buffer[:min(size, int64(len(buffer)))]
		if _, err := io.ReadFull(noise, chunk); err != nil {
			return err
		}
		if _, err := f.Write(chunk); err != nil {
			return err
		}
		size -= int64(len(chunk))
	}
	return nil
}
