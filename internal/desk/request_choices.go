package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// RequestChoices are what was chosen for the request that was made last. They hold nothing secret.
type RequestChoices struct {
	Destination Destination   `json:"destination,omitzero"`
	From        string        `json:"from,omitempty"`
	Expires     time.Duration `json:"expires,omitempty"` // nanoseconds; 0 is an hour
	Files       int           `json:"files,omitempty"`   // 0 is any number
	Kinds       []string      `json:"kinds,omitempty"`   // none is any kind
	MaxSize     int64         `json:"max_size,omitempty"`
	Folder      string        `json:"folder,omitempty"` // on this computer, where files were brought last
}

// KindGroup is a name for many kinds of files.
type KindGroup string

// The groups that a person may choose from.
const (
	KindsAny       KindGroup = ""
	KindsPictures  KindGroup = "pictures"
	KindsDocuments KindGroup = "documents"
	KindsVideos    KindGroup = "videos"
	KindsOwn       KindGroup = "own" // a list that the person writes
)

// Kinds are those of a group, as RequestOptions has them; none for KindsAny and KindsOwn.
func (g KindGroup) Kinds() []string {
	switch g {
	case KindsPictures:
		return []string{"image/*"}
	case KindsDocuments:
		return []string{".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".txt"}
	case KindsVideos:
		return []string{"video/*"}
	}
	return nil
}

// KindGroupOf is the group that has these kinds and no others.
func KindGroupOf(kinds []string) KindGroup {
	if len(kinds) == 0 {
		return KindsAny
	}
	for _, g := range []KindGroup{KindsPictures, KindsDocuments, KindsVideos} {
		if slices.Equal(slices.Sorted(slices.Values(kinds)), slices.Sorted(slices.Values(g.Kinds()))) {
			return g
		}
	}
	return KindsOwn
}

// Enforced says of a request with these options what the store itself refuses, whatever is sent to it, and what only
// the page minds.
func (o RequestOptions) Enforced() (store, page Text) {
	plan := newRequestPlan(o, "", true)
	code, families := "RequestByForm", true
	if len(plan.Forms) == 0 {
		code, families = "RequestByFile", false
	}
	types := groups(o.Kinds, families)
	kinds := len(o.Kinds) > 0 && !slices.ContainsFunc(types, func(g kindGroup) bool { return g.contentType == anyType })
	size := o.MaxSize > 0 && len(plan.Slots) == 0 // parts and places for one file have no bound
	a := args{
		"Files": o.Files, "Each": len(types) > 1, "Kinds": kinds, "Size": size,
		"PageKinds": len(o.Kinds) > 0 && !kinds, "PageSize": o.MaxSize > 0 && !size,
	}
	return Text{rows()[code].what, a}, Text{rows()[code].help, a}
}

// ParseFiles reads how many files may come, at least one. CheckRequest says whether a request can have as many.
func ParseFiles(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 0, trouble("FilesNumber", args{"Given": visible(s), "Most": mostSlots}, err)
	}
	return n, nil
}

// FormatMaxSize writes a size as ParseMaxSize reads it, to the byte: 10 MB, 5 GiB.
func FormatMaxSize(n int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"TB", 1e12}, {"TiB", 1 << 40}, {"GB", 1e9}, {"GiB", 1 << 30}, {"MB", 1e6}, {"MiB", 1 << 20}, {"kB", 1e3}, {"KiB", 1 << 10}} {
		if n >= unit.bytes && n%unit.bytes == 0 {
			return strconv.FormatInt(n/unit.bytes, 10) + " " + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}
