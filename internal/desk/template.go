package desk

import (
	"crypto/rand"
	"encoding/base32"
	"os/user"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"waybill/signer"
)

// Template is how a file's key below the prefix is made of its name: "{date}/{name}" for one. The zero value is
// "{name}".
//
// It is made for the file's own name. The folders of a dropped folder are kept and stand before the template's last
// segment, so "{date}/{name}" puts photos/2026/a.jpg at 2026-11-25/photos/2026/a.jpg, and "{stem}-{uuid}{ext}" puts
// it at photos/2026/a-<uuid>.jpg: what lay together on disk lies together in the bucket, whatever the template.
type Template string

// TemplateWords lists the words that a template knows, as they stand between braces.
func TemplateWords() []string {
	return []string{
		"name", // report.pdf
		"stem", // report
		"ext",  // .pdf, .tar.gz; nothing for a file without
		"date", // 2026-11-25, of the drop
		"time", // 14-05-33, of the drop
		"uuid", // another for each file
		"user", // who is signed in to this computer
	}
}

// ParseTemplate reads a template as a person writes it. What cannot make a key of every file is a *Trouble.
func ParseTemplate(given string) (Template, error) {
	if !utf8.ValidString(given) {
		return "", trouble("TemplateCharacters", args{"Given": strings.ToValidUTF8(given, "\uFFFD")}, nil)
	}
	t := Template(norm.NFC.String(strings.TrimSpace(given)))
	if t == "" {
		return "", nil
	}
	if _, told := t.segments(); told != nil {
		return "", told
	}
	return t, nil
}

// piece is text that stands for itself, or a word to fill in.
type piece struct{ text, word string }

// segments takes a template apart: what stands between its slashes, in pieces.
func (t Template) segments() ([][]piece, *Trouble) {
	rest := string(t)
	if rest == "" {
		rest = "{name}"
	}
	a := args{"Given": rest}
	switch {
	case len(rest) >= signer.MaxKey:
		return nil, trouble("TemplateTooLong", args{"Given": keyName(rest[:60]) + "…"}, nil)
	case keyName(rest) != rest:
		a["Given"] = keyName(rest)
		return nil, trouble("TemplateCharacters", a, nil)
	case strings.HasPrefix(rest, "/"), strings.HasSuffix(rest, "/"), strings.Contains(rest, "//"):
		return nil, trouble("TemplateSlash", a, nil)
	}
	for segment := range strings.SplitSeq(rest, "/") {
		if segment == "." || segment == ".." {
			return nil, trouble("TemplateDots", a, nil)
		}
	}

	all := [][]piece{nil}
	add := func(p piece) { all[len(all)-1] = append(all[len(all)-1], p) }
	for rest != "" {
		at := strings.IndexAny(rest, "{}/")
		if at != 0 {
			if at < 0 {
				at = len(rest)
			}
			add(piece{text: rest[:at]})
			rest = rest[at:]
			continue
		}
		switch {
		case rest[0] == '/':
			all = append(all, nil)
			rest = rest[1:]
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			add(piece{text: rest[:1]})
			rest = rest[2:]
		default:
			word, after, closed := strings.Cut(rest[1:], "}")
			if rest[0] == '}' || !closed || strings.Contains(word, "{") {
				return nil, trouble("TemplateBraces", a, nil)
			}
			if !slices.Contains(TemplateWords(), word) {
				a["Word"] = "{" + word + "}"
				return nil, trouble("TemplateWord", a, nil)
			}
			add(piece{word: word})
			rest = after
		}
	}
	// A folder that comes out empty is left out; a file has to be called something.
	if !slices.ContainsFunc(all[len(all)-1], func(p piece) bool { return p.word != "ext" }) {
		return nil, trouble("TemplateEmpty", a, nil)
	}
	return all, nil
}

// Naming is what a template is filled in with. Now and User are the same for all files of a drop, so that these land
// together; what is new for each file is made when its key is, unless it is given.
type Naming struct {
	Now  time.Time // in the time zone whose date the person expects
	User string
	// Unguessable puts a folder before the file's own part that nobody can guess, another one for each file: who
	// knows one key knows no other.
	Unguessable bool
	UUID        string // "" is a new one for each file
	Secret      string // the unguessable folder's name; "" is a new one for each file, if Unguessable
}

// NewNaming is the naming of a drop that begins now.
func NewNaming(now time.Time, unguessable bool) Naming {
	name := ""
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return Naming{Now: now, User: safeUser(name), Unguessable: unguessable}
}

// safeUser makes a part of a key of the name with which somebody is signed in. Windows says DOMAIN\alice.
func safeUser(name string) string {
	name = name[strings.LastIndexByte(name, '\\')+1:]
	if name = strings.TrimSpace(keyName(name)); name == "" {
		return "user"
	}
	return strings.ReplaceAll(name, "/", "_")
}

// unguessable is 130 bits of randomness in 26 characters that survive a system without upper case: a-z and 2-7.
func unguessable() string { return strings.ToLower(rand.Text()) }

// secretOf writes random bytes as unguessable does.
func secretOf(random []byte) string {
	return strings.ToLower(base32.StdEncoding.EncodeToString(random))[:26]
}

// key gives the key, below the prefix, of a file whose path with forward slashes is relative to what was dropped. It
// gets the treatment of all names, has no empty and no dot segment, and begins with no slash; whether it is too long
// is for signer.CheckKey to say, which sees the prefix too. A template that ParseTemplate did not pass is "{name}".
func (t Template) key(relative string, at Naming) string {
	segments, told := t.segments()
	if told != nil {
		segments, _ = Template("").segments()
	}
	if at.UUID == "" {
		at.UUID = uuid.NewString()
	}
	if at.Unguessable && at.Secret == "" {
		at.Secret = unguessable()
	}
	folders, name := path.Split(relative)
	made := make([]string, 0, 8)
	last := len(segments) - 1
	for _, s := range segments[:last] {
		made = append(made, at.fill(s, name))
	}
	made = append(made, strings.Split(folders, "/")...)
	made = append(made, strings.ReplaceAll(at.Secret, "/", "_"))
	for i, s := range made {
		made[i] = undotted(keyName(s))
	}
	made = slices.DeleteFunc(made, func(s string) bool { return s == "" })
	file := undotted(keyName(at.fill(segments[last], name)))
	if file == "" {
		file = "_" // only of a path without a name
	}
	return strings.Join(append(made, file), "/")
}

// fill makes the text of one segment for a file's name. No word brings a slash of its own.
func (at Naming) fill(segment []piece, name string) string {
	stem, ext := splitExt(name)
	var b strings.Builder
	for _, p := range segment {
		value := p.text
		switch p.word {
		case "name":
			value = name
		case "stem":
			value = stem
		case "ext":
			value = ext
		case "date":
			value = at.Now.Format(time.DateOnly)
		case "time":
			value = at.Now.Format("15-04-05") // a colon is no part of a file's name on Windows
		case "uuid":
			value = at.UUID
		case "user":
			value = at.User
		}
		b.WriteString(strings.ReplaceAll(value, "/", "_"))
	}
	return b.String()
}

// undotted makes a segment that browsers and servers would fold away one that they keep.
func undotted(segment string) string {
	if segment == "." || segment == ".." {
		return strings.Repeat("_", len(segment))
	}
	return segment
}

// Preview shows the key that a file of this name would get. What is new for each file stands there as an example, so
// that the preview does not change while a person looks at it.
func (t Template) Preview(name string, at Naming) string {
	if at.UUID == "" {
		at.UUID = "3f2b8c1e-5a47-4d09-9c6e-7b1d2f80a4e5"
	}
	if at.Unguessable && at.Secret == "" {
		at.Secret = "k7wq2m5xr3tz6hbn4vdy7cfgpa"
	}
	return t.key(name, at)
}
