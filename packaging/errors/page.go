package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"text/template"
)

const head = `# Errors

Whatever goes wrong, Waybill says in one sentence what happened and in one what to do. The window has the technical detail folded
below; the terminal prints it under the two sentences; ` + "`--json`" + ` has ` + "`\"error\":{\"code\",\"message\",\"help\"}`" + `. Neither shows a signature, a token or
a secret. The codes below are for scripts, and stay what they are. Where a store has a code for it, the code is the store's own; what begins with
` + "`AccessDenied`" + `, and ` + "`KMSDenied`" + `, is a permission, whatever the reason.

This page is made from the table in ` + "`internal/desk/table.go`" + ` by ` + "`make errors`" + `. ‹Words like these› stand for what is
filled in. Where a sentence has another form when something is not known, that follows after *or*.

Good to know:

- A clock that is wrong is no reason to fail where the store tells its time: Waybill signs by that, says so (` + "`ClockCorrected`" + `), and names
  what the clock is off.
- Certificates are checked by the system's trust and by ` + "`AWS_CA_BUNDLE`" + `; whether one was revoked is not asked, as with the AWS CLI.
- What time may mend (a store that is busy, a network that is gone for a while) is tried again before it is said at all.
`

// page writes the table, and the codes of stores that lead to rows of another name.
func page(table, aliases []group) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head)
	for _, g := range table {
		fmt.Fprintf(&b, "\n## %s\n\n| code | what happened | what to do |\n| --- | --- | --- |\n", g.title)
		for _, l := range g.lines {
			if len(l.texts) != 2 {
				return nil, fmt.Errorf("%s has %d texts", l.key, len(l.texts))
			}
			what, err := said(l.texts[0])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.key, err)
			}
			help, err := said(l.texts[1])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.key, err)
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", l.key, what, help)
		}
	}
	b.WriteString("\n# The codes of stores\n\nThese lead to rows of another name, which mean the same to a person. Any other code gets the row `Refused`, " +
		"with the store's own words.\n")
	for _, g := range aliases {
		fmt.Fprintf(&b, "\n%s\n\n| the store's code | row |\n| --- | --- |\n", cell(g.title)+":")
		for _, l := range g.lines {
			if len(l.texts) != 1 {
				return nil, fmt.Errorf("%s has %d texts", l.key, len(l.texts))
			}
			fmt.Fprintf(&b, "| `%s` | `%s` |\n", l.key, l.texts[0])
		}
	}
	return b.Bytes(), nil
}

var (
	blank     = regexp.MustCompile(`\.([A-Z][A-Za-z]*)`)
	condition = regexp.MustCompile(`\{\{-? ?(?:if|with) `)
)

// said is a text with its blanks named, in the form that it has when all is known, and in the one when nothing that it
// asks for is.
func said(text string) (string, error) {
	filled := map[string]any{}
	for _, name := range blank.FindAllStringSubmatch(text, -1) {
		filled[name[1]] = "‹" + strings.ToLower(name[1]) + "›"
	}
	full, err := fill(text, filled)
	if err != nil || !condition.MatchString(text) || !strings.Contains(text, "{{else}}") {
		return full, err
	}
	// What is asked for is missing; what is merely filled in is there.
	for _, asked := range regexp.MustCompile(`\{\{(?:else )?(?:if|with) \.([A-Z][A-Za-z]*)\}\}`).FindAllStringSubmatch(text, -1) {
		filled[asked[1]] = ""
	}
	other, err := fill(text, filled)
	if err != nil || other == full {
		return full, err
	}
	return full + " *or* " + other, nil
}

func fill(text string, values map[string]any) (string, error) {
	t, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, values); err != nil {
		return "", err
	}
	return cell(b.String()), nil
}

// cell is a text that may stand in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`, "[", `\[`).Replace(strings.TrimSpace(text))
}
