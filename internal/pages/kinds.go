package pages

import (
	"path"
	"strings"
)

// kind says in a word what a file is. The ending of its name knows best, for many types of content are one
// ("application/zip"); then the type, where the ending says nothing.
func kind(name, contentType string) said {
	if k, ok := kindByEnding(strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))); ok {
		return k
	}
	contentType, _, _ = strings.Cut(strings.ToLower(contentType), ";")
	contentType = strings.TrimSpace(contentType)
	family, sub, _ := strings.Cut(contentType, "/")
	switch family {
	case "image":
		return say("picture", "Bild")
	case "video":
		return say("video", "Video")
	case "audio":
		return say("sound", "Ton")
	case "font":
		return say("font", "Schrift")
	}
	switch {
	case contentType == "text/html", contentType == "application/xhtml+xml":
		return say("web page", "Webseite")
	case contentType == "text/csv", strings.Contains(sub, "spreadsheet"), strings.Contains(sub, "ms-excel"):
		return say("table", "Tabelle")
	case family == "text":
		return say("text", "Text")
	case strings.Contains(sub, "presentation"), strings.Contains(sub, "powerpoint"):
		return say("presentation", "Präsentation")
	case sub == "pdf", sub == "msword", sub == "rtf", sub == "epub+zip", strings.Contains(sub, "wordprocessing"),
		strings.Contains(sub, "opendocument.text"):
		return say("document", "Dokument")
	case sub == "json", sub == "xml", sub == "yaml", strings.HasSuffix(sub, "+json"), strings.HasSuffix(sub, "+xml"):
		return say("data", "Daten")
	case archive(sub):
		return say("archive", "Archiv")
	}
	return say("file", "Datei")
}

func archive(sub string) bool {
	switch strings.TrimPrefix(sub, "x-") {
	case "zip", "zip-compressed", "gzip", "bzip2", "xz", "zstd", "tar", "gtar", "7z-compressed", "rar-compressed", "compressed-tar":
		return true
	}
	return strings.HasPrefix(sub, "vnd.rar")
}

func kindByEnding(end string) (k said, ok bool) {
	switch end {
	case "jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "heif", "bmp", "tif", "tiff", "svg", "ico", "psd", "xcf", "raw", "dng",
		"cr2", "cr3", "nef", "arw":
		return say("picture", "Bild"), true
	case "mp4", "m4v", "mov", "mkv", "webm", "avi", "wmv", "mpg", "mpeg", "ogv", "3gp":
		return say("video", "Video"), true
	case "mp3", "m4a", "aac", "flac", "ogg", "oga", "opus", "wav", "aif", "aiff", "wma", "mid":
		return say("sound", "Ton"), true
	case "pdf", "doc", "docx", "odt", "rtf", "pages", "epub", "ps", "djvu":
		return say("document", "Dokument"), true
	case "xls", "xlsx", "ods", "csv", "tsv", "numbers":
		return say("table", "Tabelle"), true
	case "ppt", "pptx", "odp", "key":
		return say("presentation", "Präsentation"), true
	case "zip", "tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "br", "lz4", "jar":
		return say("archive", "Archiv"), true
	case "iso", "img", "dmg", "vhd", "vmdk", "qcow2":
		return say("disk image", "Datenträgerabbild"), true
	case "exe", "msi", "appimage", "deb", "rpm", "apk", "ipa", "pkg", "bat", "cmd", "com", "scr", "ps1", "vbs":
		return say("program", "Programm"), true
	case "txt", "md", "markdown", "log", "tex", "rst":
		return say("text", "Text"), true
	case "html", "htm", "xhtml":
		return say("web page", "Webseite"), true
	case "json", "jsonl", "xml", "yaml", "yml", "toml", "sqlite", "parquet", "sql":
		return say("data", "Daten"), true
	case "c", "cc", "cpp", "cs", "css", "go", "h", "hpp", "java", "js", "jsx", "kt", "lua", "php", "pl", "py", "r", "rb", "rs", "sh",
		"swift", "ts", "tsx":
		return say("source code", "Quelltext"), true
	case "ttf", "otf", "woff", "woff2":
		return say("font", "Schrift"), true
	case "eml", "msg", "mbox":
		return say("mail", "E-Mail"), true
	case "ics":
		return say("calendar", "Kalender"), true
	case "vcf":
		return say("contact", "Kontakt"), true
	}
	return said{}, false
}
