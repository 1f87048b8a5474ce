package pages

// SafeNames are the names, relative and with forward slashes, under which files of foreign names can be saved on any
// system, or on Windows. They lead nowhere but down; no two are one file, also where upper and lower case are one; none
// is a folder of another's.
func SafeNames(names []string, forWindows bool) []string {
	if forWindows {
		return safeNames(names, windows)
	}
	return safeNames(names, posix)
}
