//go:build unix

package ledger

import (
	"errors"
	"syscall"
)

// isReadOnlyFS reports whether a file could not be made or opened because of where it lies.
func isReadOnlyFS(err error) bool {
	return errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EISDIR)
}
