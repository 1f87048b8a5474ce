package desk

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

// TestWhatCannotBePlacedLeavesNothing: where a file cannot be given its name, no empty one stands there in its place. The part
// that is missing stands for one that somebody holds open, on a disk without hard links.
func TestWhatCannotBePlacedLeavesNothing(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	into := destinationFolder{root: root}
	if err := into.settle("missing.part", "report.pdf"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := root.Lstat("report.pdf"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something has the name: %v", err)
	}
}
