package desk

import (
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"
)

// anyType is the content type of a file that nobody shows: a browser saves it, whatever is in it.
const anyType = "application/octet-stream"

// mostKinds is how many kinds a request may name.
const mostKinds = 20

var (
	kindEnding = regexp.MustCompile(`^\.[a-z0-9][a-z0-9_+.-]{0,30}$`)
	kindType   = regexp.MustCompile(`^[a-z][a-z0-9.+-]{0,40}/([a-z0-9][a-z0-9.+-]{0,80}|\*)$`)
)

// ParseKinds reads kinds as a person writes them, with commas, semicolons or spaces between: pdf, .PDF, *.pdf, image/*,
// application/pdf. "" and "*" are any kind, which is none.
func ParseKinds(s string) ([]string, error) {
	var kinds []string
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) }) {
		kind := strings.ToLower(word)
		if kind == "*" || kind == "*/*" || kind == "*.*" {
			return nil, nil
		}
		kind = strings.TrimPrefix(kind, "*")
		if !strings.Contains(kind, "/") && !strings.HasPrefix(kind, ".") {
			kind = "." + kind
		}
		if !kindEnding.MatchString(kind) && !kindType.MatchString(kind) {
			return nil, trouble("KindWrong", args{"Given": visible(word)}, nil)
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) > mostKinds {
		return nil, trouble("KindsTooMany", args{"Most": mostKinds}, nil)
	}
	return kinds, nil
}

// kindGroup is the kinds that share a content type in the store.
type kindGroup struct {
	contentType string   // a whole type, or a family such as "image/"
	accept      []string // none is all
}

// groups sorts kinds by the content type that the store will check. With families, a kind such as image/* keeps the
// word of the sender's browser, within the family; else it is a file that nobody shows.
func groups(kinds []string, families bool) []kindGroup {
	if len(kinds) == 0 {
		return []kindGroup{{contentType: anyType}}
	}
	var list []kindGroup
	for _, kind := range kinds {
		t := typeOfKind(kind)
		if strings.HasSuffix(t, "/") && !families {
			t = anyType
		}
		at := slices.IndexFunc(list, func(g kindGroup) bool { return g.contentType == t })
		if at < 0 {
			list = append(list, kindGroup{contentType: t})
			at = len(list) - 1
		}
		list[at].accept = append(list[at].accept, kind)
	}
	return list
}

// typeOfKind is the content type that files of a kind get in the store: never one that a browser would run when it
// shows it, since that would be at the bucket's own address.
func typeOfKind(kind string) string {
	t := kind
	if strings.HasPrefix(kind, ".") {
		t = plainType(typeByName(path.Ext(kind)))
	}
	if family, ok := strings.CutSuffix(t, "*"); ok {
		switch family {
		case "image/", "video/", "audio/", "font/":
			return family
		}
		return anyType // text/* has text/html in it
	}
	switch {
	case t == "", strings.Contains(t, "html"), strings.Contains(t, "xml"), strings.Contains(t, "script"), strings.Contains(t, "svg"),
		t == "text/css", t == "application/pkix-cert", strings.Contains(t, "mhtml"), t == "message/rfc822", t == "multipart/related":
		return anyType
	}
	return t
}

// plainType is a content type without its parameters.
func plainType(t string) string {
	plain, _, err := mime.ParseMediaType(t)
	if err != nil {
		return ""
	}
	return plain
}

// asked reports whether a file is of one of the kinds: by its name, or by the type that the sender's browser gave it.
func asked(kinds []string, name, contentType string) bool {
	if len(kinds) == 0 {
		return true
	}
	lower := strings.ToLower(name)
	byName, said := plainType(typeByName(path.Ext(lower))), plainType(contentType)
	return slices.ContainsFunc(kinds, func(kind string) bool {
		if strings.HasPrefix(kind, ".") {
			return strings.HasSuffix(lower, kind)
		}
		if family, ok := strings.CutSuffix(kind, "*"); ok {
			return strings.HasPrefix(byName, family) || byName == "" && strings.HasPrefix(said, family)
		}
		return byName == kind || byName == "" && said == kind
	})
}
