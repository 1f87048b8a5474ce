package desk

import (
	"os"
	"path/filepath"
)

// inTheWay is what has to be made writable for a file to be written: the file, or the first folder above it that is there.
func inTheWay(path string) string {
	for {
		if _, err := os.Lstat(path); err == nil || filepath.Dir(path) == path {
			return path
		}
		path = filepath.Dir(path)
	}
}
