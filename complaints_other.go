//go:build !windows

package main

import (
	"io"
	"os"
)

// complainer gives where messages go, and what to do with them at the end: nothing here, they have been seen.
func complainer() (messages io.Writer, tell func(status int)) { return os.Stderr, func(int) {} }
