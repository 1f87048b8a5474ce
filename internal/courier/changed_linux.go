package courier

import (
	"os"
	"syscall"
	"time"
)

// changeTime is when the system last saw a change to a file, which nobody can set back.
func changeTime(info os.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return time.Time{}
}
