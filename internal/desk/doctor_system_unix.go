//go:build unix

package desk

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// systemFacts are the kernel and the distribution.
func systemFacts() (facts []Fact) {
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		facts = append(facts, Fact{"kernel", unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])})
	}
	release, _ := os.ReadFile("/etc/os-release")
	for line := range strings.Lines(string(release)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			facts = append(facts, Fact{"distribution", strings.Trim(value, `"'`)})
		}
	}
	return append(facts, Fact{"processors", processors()})
}

// freeSpace is how many bytes somebody may write to the disk of a folder.
func freeSpace(path string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil //nolint:unconvert // on macOS it is another type
}

// modeOf is who may do what with a file, as ls writes it.
func modeOf(info os.FileInfo) string { return info.Mode().String() }

// openToOthers reports whether others than the owner may read or change a file.
func openToOthers(info os.FileInfo) bool {
	return info.Mode().Perm()&0o077 != 0
}
