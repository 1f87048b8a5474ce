package desk

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// systemFacts are the version of Windows and its build.
func systemFacts() []Fact {
	v := windows.RtlGetVersion()
	return []Fact{
		{"kernel", fmt.Sprintf("Windows %d.%d build %d", v.MajorVersion, v.MinorVersion, v.BuildNumber)},
		{"processors", processors()},
	}
}

// freeSpace is how many bytes somebody may write to the disk of a folder.
func freeSpace(path string) (int64, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return int64(free), err // #nosec G115 -- a disk has less than 8 EiB
}

// modeOf says nothing: Windows keeps no modes.
func modeOf(os.FileInfo) string { return "" }

// openToOthers is not known: Windows keeps no modes.
func openToOthers(os.FileInfo) bool { return false }
