//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// load is something to be sent.
type load struct {
	name  string // as in -loads and in the report
	files int
	bytes int64 // of all files together
	// fill writes the load at path: one file, or a folder when folder is set.
	fill   func(ctx context.Context, path string) error
	folder bool
}

// defaultLoads are those of the design; -loads takes any other size and number as well.
const defaultLoads = "1GiB,1000x64KiB"

// special are the loads that a size and a number do not describe. There are none yet.
var special = map[string]func() (load, error){}

var (
	uniform = regexp.MustCompile(`^(?:(\d+)x)?(\d+)(B|KiB|MiB|GiB)$`)
	units   = map[string]int64{"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
)

// parseLoads reads a list such as "1GiB,1000x64KiB".
func parseLoads(list string) ([]load, error) {
	var loads []load
	for name := range strings.SplitSeq(list, ",") {
		l, err := parseLoad(name)
		if err != nil {
			return nil, err
		}
		loads = append(loads, l)
	}
	return loads, nil
}

func parseLoad(name string) (load, error) {
	if find, ok := special[name]; ok {
		return find()
	}
	m := uniform.FindStringSubmatch(name)
	if m == nil {
		return load{}, fmt.Errorf("%w: %q is no load; write it as 1GiB or 1000x64KiB", errUsage, name)
	}
	files := 1
	size, err := strconv.ParseInt(m[2], 10, 32)
	if err == nil && m[1] != "" {
		files, err = strconv.Atoi(m[1])
	}
	if err != nil || files < 1 || files > 1_000_000 {
		return load{}, fmt.Errorf("%w: the load %q is too much, or nothing", errUsage, name)
	}
	size *= units[m[3]]
	l := load{name: name, files: files, bytes: int64(files) * size, folder: m[1] != ""}
	l.fill = func(ctx context.Context, path string) error { return fillUniform(ctx, path, l, size) }
	return l, nil
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
	buffer := make([]byte, 1<<20)
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
