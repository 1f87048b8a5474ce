package desk

import (
	"path/filepath"
	"runtime"
	"strings"
)

// Windows opens a device for "C:\x\nul.txt" and the file "a" for "C:\x\a.", and takes no path of over 260 characters
// from a program that does not say that it knows longer ones. A path that begins with \\?\ is taken as it is
// (https://learn.microsoft.com/windows/win32/fileio/naming-a-file). What lies in folders may have any of these names:
// other systems write them, over a network share or in an archive. So folders are walked by such a path, and a file keeps
// the plain one where that leads to the same file.

// walkable is the path by which to walk a folder.
func walkable(path string) string {
	if runtime.GOOS == "windows" {
		return verbatim(filepath.Clean(path)) // what is taken as it is knows no ".."
	}
	return path
}

// readable is the path by which a file that was found by a walkable path is shown, kept and opened.
func readable(path string) string {
	if runtime.GOOS == "windows" {
		return plain(path)
	}
	return path
}

// verbatim is an absolute path of Windows in the form that is taken as it is.
func verbatim(path string) string {
	path = strings.ReplaceAll(path, "/", `\`) // which the plain form allows, and this one does not
	switch {
	case strings.HasPrefix(path, `\\?\`), strings.HasPrefix(path, `\\.\`):
		return path
	case strings.HasPrefix(path, `\\`):
		return `\\?\UNC\` + path[2:]
	}
	return `\\?\` + path
}

// plain undoes verbatim where Windows takes the plain path for the same file.
func plain(path string) string {
	rest, found := strings.CutPrefix(path, `\\?\`)
	if !found {
		return path
	}
	for segment := range strings.SplitSeq(rest, `\`) {
		if isDevice(segment) || strings.HasSuffix(segment, ".") || strings.HasSuffix(segment, " ") {
			return path
		}
	}
	if share, found := strings.CutPrefix(rest, `UNC\`); found {
		return `\\` + share
	}
	return rest
}

// isDevice reports whether Windows keeps a name for a device, whatever stands behind its first dot
// (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	switch strings.ToUpper(strings.TrimRight(stem, " ")) {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
		"COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
		"LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³":
		return true
	}
	return false
}

// ownBase is the name of what was dropped: the end of its path, or nothing for a whole disk or share, which has no name
// to put its files under.
func ownBase(path string) string {
	base := filepath.Base(path)
	if base == string(filepath.Separator) {
		return ""
	}
	return base
}
