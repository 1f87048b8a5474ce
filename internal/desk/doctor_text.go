package desk

import (
	"fmt"
	"strings"
	"time"
)

// Text is the report for people, as Markdown that is as good to read as it stands: what is wrong, then what there is.
func (r Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Waybill %s: %s\n\n", r.Version, r.summary())
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "%d. %s\n   %s\n", i+1, inLine(f.What.String()), inLine(f.Help.String()))
	}
	if len(r.Findings) > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "Made %s. It holds no keys, tokens or passwords; look through it before you pass it on.\n", r.Made.UTC().Format(time.RFC3339))
	for _, part := range r.Parts {
		fmt.Fprintf(&b, "\n## %s\n\n", part.Name)
		for _, fact := range part.Facts {
			value := strings.ReplaceAll(printable(fact.Value), "\n", "\n  ")
			fmt.Fprintf(&b, "- %s: %s\n", inLine(fact.Name), value)
		}
	}
	return b.String()
}

func (r Report) summary() string {
	switch len(r.Findings) {
	case 0:
		return "nothing is wrong, as far as can be seen"
	case 1:
		return "one thing is wrong"
	}
	return fmt.Sprintf("%d things are wrong", len(r.Findings))
}

// inLine keeps a text in its line.
func inLine(text string) string { return strings.ReplaceAll(printable(text), "\n", " ") }

// printable is visible, line by line: names in AWS files, and what stores say, may hold anything.
func printable(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = visible(line)
	}
	return strings.Join(lines, "\n")
}
