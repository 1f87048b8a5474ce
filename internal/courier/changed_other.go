//go:build !linux

package courier

import (
	"os"
	"time"
)

// changeTime is not looked at here; size and time of the last writing have to do.
func changeTime(os.FileInfo) time.Time { return time.Time{} }
