//go:build linux

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// variant is a way to build the program, which is weighed beside the one that is shipped.
type variant struct {
	name  string
	flags []string
}

// size weighs the program: what it is made of, and what it would weigh without some of it.
func size(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("size", flag.ContinueOnError)
	out := f.String("out", "docs/size.md", "the report")
	if err := parse(f, args); err != nil {
		return err
	}
	dir, remove, err := workspace()
	if err != nil {
		return err
	}
	defer remove()

	const tags = "migrated_fynedo"
	overlay, err := withoutSandbox(dir)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# What the program weighs\n\n" +
		"Printed by `go run ./bench size`, on " + runtime.GOOS + "/" + runtime.GOARCH + " with " + runtime.Version() + ".\n" +
		"MiB are 2^20 bytes. Compressed is by xz, as in the .deb.\n\n" +
		"| the program | MiB | compressed | less |\n| --- | --- | --- | --- |\n")
	var whole int64
	for i, v := range []variant{
		{"as it is shipped", []string{"-tags=" + tags}},
		{"without the sandbox (versitygw and what only it needs)", []string{"-tags=" + tags, "-overlay=" + overlay}},
		{"without Fyne's emoji (its tag no_emoji)", []string{"-tags=" + tags + ",no_emoji"}},
	} {
		say("building it " + v.name)
		file := filepath.Join(dir, "waybill")
		if err := build(ctx, file, "waybill", append(v.flags, "-buildmode=pie", "-ldflags=-s -w -bindnow")...); err != nil {
			return err
		}
		plain, packed, err := fileSize(ctx, file)
		if err != nil {
			return err
		}
		less := ""
		if i == 0 {
			whole = packed
		} else {
			less = mib(whole - packed)
		}
		_, _ = fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", v.name, mib(plain), mib(packed), less)
	}

	say("building it with symbols")
	file := filepath.Join(dir, "symbols")
	if err := build(ctx, file, "waybill", "-tags="+tags, "-buildmode=pie", "-ldflags=-w -bindnow"); err != nil {
		return err
	}
	owners, tables, err := weighOwners(ctx, file)
	if err != nil {
		return err
	}
	writeOwners(&b, owners, tables)
	if err := os.WriteFile(*out, []byte(b.String()), 0o644); err != nil {
		return err
	}
	fmt.Print(b.String())
	return nil
}

// withoutSandbox makes the go command take a stand-in for the files of internal/sandbox, and gives the flag's file.
func withoutSandbox(dir string) (string, error) {
	files, err := filepath.Glob("internal/sandbox/*.go")
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("internal/sandbox is not here (start this in Waybill's folder): %w", err)
	}
	replace := map[string]string{}
	for _, file := range files {
		replace[file] = "" // it is not there
	}
	replace["internal/sandbox/sandbox.go"] = "bench/testdata/nosandbox.go.txt"
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, text, 0o600)
}

// fileSize gives the bytes of a file, as it is and compressed.
func fileSize(ctx context.Context, file string) (plain, packed int64, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return 0, 0, err
	}
	out, err := exec.CommandContext(ctx, "xz", "-6", "--stdout", file).Output()
	if err != nil {
		return 0, 0, fmt.Errorf("compress %s with xz: %w", file, err)
	}
	return info.Size(), int64(len(out)), nil
}

func mib(n int64) string { return fmt.Sprintf("%.1f", float64(n)/(1<<20)) }

// writeOwners writes a line for each owner, the heaviest first, and one for the light ones together.
func writeOwners(b *strings.Builder, owners []owner, tables int64) {
	const light = 1 << 17
	var code int64
	for _, o := range owners {
		code += o.code
	}
	share := func(o owner) int64 { return o.code + o.data + int64(float64(tables)*float64(o.code)/float64(code)) }
	slices.SortFunc(owners, func(x, y owner) int { return int(share(y) - share(x)) })
	b.WriteString("\nWhat it is made of, by the symbols of a build that has them. The linker's tables over all code (names and lines for stack\n" +
		"traces, types, strings, relocations: " + mib(tables) + " MiB) belong to no one; the last column shares them out by the code.\n\n" +
		"| module | code | data | with its share |\n| --- | --- | --- | --- |\n")
	var rest owner
	line := func(name string, o owner) {
		_, _ = fmt.Fprintf(b, "| %s | %s | %s | %s |\n", name, mib(o.code), mib(o.data), mib(share(o)))
	}
	count := 0
	for _, o := range owners {
		if share(o) < light {
			rest.code += o.code
			rest.data += o.data
			count++
			continue
		}
		line(o.name, o)
	}
	line(fmt.Sprintf("%d more", count), rest)
}
