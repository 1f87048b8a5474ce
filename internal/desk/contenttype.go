package desk

import (
	"mime"
	"path/filepath"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// contentType finds a file's type from its content and its name. Content is the better witness where it is
// sure; where it only knows "text" or "a zip", the name knows better.
func contentType(path string) string {
	byName := typeByName(filepath.Ext(path))
	found, err := mimetype.DetectFile(path)
	if err != nil {
		if byName != "" {
			return byName
		}
		return "application/octet-stream"
	}
	generic := found.Is("application/octet-stream") || found.Is("application/zip") ||
		strings.HasPrefix(found.String(), "text/plain") || found.Is("text/xml") || found.Is("application/x-ole-storage")
	if generic && byName != "" {
		return byName
	}
	return found.String()
}

// typeByName is Go's own table with what it lacks and people send; the system's tables differ from machine to
// machine, so a few common types are fixed here.
func typeByName(ext string) string {
	ext = strings.ToLower(ext)
	switch ext {
	case ".md", ".markdown":
		return "text/markdown; charset=utf-8"
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".txt", ".log":
		return "text/plain; charset=utf-8"
	case ".yaml", ".yml":
		return "application/yaml"
	case ".mp4":
		return "video/mp4"
	case ".docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case ".pptx":
		return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	}
	return mime.TypeByExtension(ext)
}
