package signer

import (
	"slices"
	"strings"
)

// assignment is a setting to be written: a name, with "s3." before it where it is nested, and a value.
type assignment struct{ name, value string }

// appendSection puts a section at the end of a file's text. What is there stays as it is, byte for byte; its line endings are
// the new lines' too.
func appendSection(text, header string, settings []assignment) string {
	end := lineEnding(text)
	var b strings.Builder
	b.WriteString(text)
	switch {
	case text == "" || text == "\ufeff":
	case !strings.HasSuffix(text, "\n"):
		b.WriteString(end + end)
	case !strings.HasSuffix(text, "\n\n") && !strings.HasSuffix(text, "\n\r\n"):
		b.WriteString(end)
	}
	b.WriteString("[" + header + "]" + end)
	for _, s := range settings {
		b.WriteString(settingLines(s, end))
	}
	return b.String()
}

// settingLines writes a setting as the AWS CLI does.
func settingLines(s assignment, end string) string {
	if parent, name, nested := strings.Cut(s.name, "."); nested {
		return parent + " =" + end + "    " + name + " = " + s.value + end
	}
	return s.name + " = " + s.value + end
}

// lineEnding is that of a text's first line.
func lineEnding(text string) string {
	if at := strings.IndexByte(text, '\n'); at > 0 && text[at-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// sectionEditor changes settings of some sections of a file's text, and nothing else in it. Its understanding of lines is
// that of parseSections, which the outcome is held against.
type sectionEditor struct {
	lines []string // each with its ending
	mine  func(header string) bool
}

func editSections(text string, mine func(header string) bool) *sectionEditor {
	return &sectionEditor{lines: strings.SplitAfter(text, "\n"), mine: mine}
}

func (e *sectionEditor) text() string { return strings.Join(e.lines, "") }

// settingLine is a line of one of the sections: its setting, or its header where name is "".
type settingLine struct {
	line   int
	last   int    // its last line: a value goes on in indented lines that are no settings
	name   string // with what it is nested in
	parent bool   // others may be nested in it
}

// places finds the lines of the sections that are headers or settings.
func (e *sectionEditor) places() []settingLine {
	var found []settingLine
	inside, parent := false, ""
	for i, raw := range e.lines {
		raw = strings.TrimPrefix(strings.TrimRight(raw, "\r\n"), "\ufeff")
		text := strings.TrimSpace(raw)
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
			continue
		case text[0] == '[':
			header := strings.TrimSpace(before(text, "#", ";"))
			header = strings.Join(strings.Fields(strings.Trim(header, "[]")), " ")
			if inside, parent = e.mine(header), ""; inside {
				found = append(found, settingLine{line: i, last: i})
			}
			continue
		case !inside:
			continue
		}
		indented := raw[0] == ' ' || raw[0] == '\t'
		if !indented {
			text = before(text, " #", " ;", "\t#", "\t;")
		}
		name, value, ok := setting(text)
		switch {
		case !ok:
			if len(found) > 0 {
				found[len(found)-1].last = i
			}
		case indented && parent != "":
			found = append(found, settingLine{line: i, last: i, name: parent + "." + name})
		default:
			parent = ""
			if value == "" {
				parent = name
			}
			found = append(found, settingLine{line: i, last: i, name: name, parent: value == ""})
		}
	}
	return found
}

// has reports whether a setting stands in one of the sections.
func (e *sectionEditor) has(name string) bool {
	return slices.ContainsFunc(e.places(), func(p settingLine) bool { return p.name == name })
}

// set gives a setting its value wherever it stands, else at the end of the last of the sections. It reports false where
// there is no such section.
func (e *sectionEditor) set(s assignment) bool {
	places := e.places()
	if len(places) == 0 {
		return false
	}
	there := false
	for _, p := range slices.Backward(places) {
		if p.name == s.name {
			e.lines[p.line] = withValue(e.lines[p.line], s.value)
			e.remove(p.line+1, p.last)
			there = true
		}
	}
	if there {
		return true
	}
	last := places[len(places)-1].last
	end := lineEnding(e.lines[0])
	added := settingLines(s, end)
	if parent, name, nested := strings.Cut(s.name, "."); nested {
		for _, p := range places {
			if p.name == parent && p.parent {
				last, added = p.last, "    "+name+" = "+s.value+end
			}
		}
	}
	if !strings.HasSuffix(e.lines[last], "\n") {
		e.lines[last] += end
	}
	e.lines = slices.Insert(e.lines, last+1, added)
	return true
}

// drop takes a setting's lines out.
func (e *sectionEditor) drop(name string) {
	places := e.places()
	for _, p := range slices.Backward(places) {
		if p.name == name {
			e.remove(p.line, p.last)
		}
	}
}

// remove takes lines out, but for comments and empty ones.
func (e *sectionEditor) remove(first, last int) {
	for i := last; i >= first; i-- {
		if text := strings.TrimSpace(e.lines[i]); text != "" && text[0] != '#' && text[0] != ';' {
			e.lines = slices.Delete(e.lines, i, i+1)
		}
	}
}

// withValue puts another value into a line, and keeps how it is written otherwise, its comment included.
func withValue(line, value string) string {
	body := strings.TrimRight(line, "\r\n")
	ending := line[len(body):]
	indented := body[0] == ' ' || body[0] == '\t'
	at := strings.IndexAny(body, "=:") + 1
	head, rest := body[:at], body[at:]
	trimmed := strings.TrimLeft(rest, " \t")
	space := rest[:len(rest)-len(trimmed)]
	if space == "" && strings.HasSuffix(head, " =") {
		space = " "
	}
	comment := ""
	if !indented {
		if kept := before(rest, " #", " ;", "\t#", "\t;"); len(kept) < len(rest) {
			comment = rest[len(strings.TrimRight(kept, " \t")):]
		}
	}
	return head + space + value + comment + ending
}
