// Errors makes docs/errors.md from the table in internal/desk: every code, what happened, and what to do.
//
//	go run ./packaging/errors            writes docs/errors.md
//	go run ./packaging/errors -check     says whether it is up to date, with status 1 when not
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

const file = "docs/errors.md"

var errOutOfDate = errors.New(file + " is out of date; write it with: make errors")

func main() {
	check := flag.Bool("check", false, "only say whether "+file+" is up to date")
	flag.Parse()
	if err := run(".", *check); err != nil {
		fmt.Fprintln(os.Stderr, "errors:", err)
		os.Exit(1)
	}
}

// run makes the page from the source below a folder, and writes it there or compares it with what is there.
func run(root string, check bool) error {
	table, err := readTable(filepath.Join(root, "internal", "desk", "table.go"), "rows")
	if err != nil {
		return err
	}
	aliases, err := readTable(filepath.Join(root, "internal", "desk", "aliases.go"), "aliases")
	if err != nil {
		return err
	}
	text, err := page(table, aliases)
	if err != nil {
		return err
	}
	path := filepath.Join(root, file)
	if !check {
		return os.WriteFile(path, text, 0o644) // #nosec G306 -- it is to be published
	}
	have, err := os.ReadFile(path) // #nosec G304 -- below the root
	if err != nil {
		return err
	}
	if !bytes.Equal(have, text) {
		return errOutOfDate
	}
	return nil
}
