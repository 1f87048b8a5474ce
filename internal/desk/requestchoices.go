package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
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
	code := "RequestByForm"
	if o.Files > 0 {
		code = "RequestByFile"
	}
	a := args{"Files": o.Files, "Kinds": len(o.Kinds) > 0, "Size": o.MaxSize > 0}
	return Text{rows()[code].what, a}, Text{rows()[code].help, a}
}

// ParseFiles reads how many files may come.
func ParseFiles(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 || n > MaxRequestFiles {
		return 0, trouble("RequestFiles", args{"Given": s}, err)
	}
	return n, nil
}

// MaxRequestFiles is the largest number of files that a request can name.
const MaxRequestFiles = 200

// FormatMaxSize writes a size as ParseMaxSize reads it: 10 MB, 1.5 GB.
func FormatMaxSize(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }
