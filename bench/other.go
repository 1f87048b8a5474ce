//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	_, _ = fmt.Fprintln(os.Stderr, "bench: it reads /proc and counts as Linux does, so it needs Linux")
	os.Exit(2)
}
