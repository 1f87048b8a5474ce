//go:build !unix

package ledger

import "io/fs"
import "errors"

// isReadOnlyFS reports whether a file could not be made or opened because of where it lies.
func isReadOnlyFS(err error) bool { return errors.As(err, new(*fs.PathError)) }
