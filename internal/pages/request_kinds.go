package pages

import (
	"slices"
	"strings"
)

// kindList says in words which kinds of files may come: "PDF, pictures".
func kindList(kinds []string) said {
	var en, de []string
	for _, k := range kinds {
		w := kindWord(k)
		if !slices.Contains(en, w.EN) {
			en, de = append(en, w.EN), append(de, w.DE)
		}
	}
	return say(strings.Join(en, ", "), strings.Join(de, ", "))
}

func kindWord(accepted string) said {
	accepted = strings.ToLower(strings.TrimSpace(accepted))
	switch accepted {
	case "image/*":
		return say("pictures", "Bilder")
	case "video/*":
		return say("videos", "Videos")
	case "audio/*":
		return say("sound", "Ton")
	case "text/*", "text/plain":
		return say("text", "Text")
	}
	if end, ok := strings.CutPrefix(accepted, "."); ok {
		return same(Visible(strings.ToUpper(end)))
	}
	if _, sub, ok := strings.Cut(accepted, "/"); ok {
		if k := kind("", accepted); k != say("file", "Datei") && !strings.HasSuffix(accepted, "/*") && len(sub) > 5 {
			return k // "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" is a table
		}
		return same(Visible(strings.ToUpper(strings.TrimPrefix(sub, "x-"))))
	}
	return same(Visible(accepted))
}

// accept is the attribute of the file chooser. A comma in a kind would make it two.
func accept(kinds []string) string {
	var fit []string
	for _, k := range kinds {
		if !strings.Contains(k, ",") {
			fit = append(fit, k)
		}
	}
	return strings.Join(fit, ",")
}
