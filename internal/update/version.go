package update

import (
	"regexp"
	"strings"

	"golang.org/x/mod/semver"
)

// afterTag is what git describe puts behind the tag that a build comes after.
var afterTag = regexp.MustCompile(`-(\d+-g[0-9a-f]+(-dirty)?|dirty)$`)

// canonical is a version as golang.org/x/mod/semver compares it. What git describe adds is made build metadata, which
// does not count: "1.2.0-5-gabc" comes after 1.2.0, while SemVer takes it for one before it.
func canonical(version string) string {
	return "v" + afterTag.ReplaceAllStringFunc(strings.TrimPrefix(version, "v"), func(more string) string { return "+" + more[1:] })
}

// IsVersion reports whether a text is a whole version, such as 1.2.0 or 1.2.0-rc.1.
func IsVersion(version string) bool {
	v := canonical(version)
	return len(version) <= 64 && semver.IsValid(v) && strings.Count(strings.SplitN(v, "-", 2)[0], ".") >= 2
}

// Compare says which of two versions comes later, as semver.org has it: -1, 0 or 1.
func Compare(a, b string) int { return semver.Compare(canonical(a), canonical(b)) }
