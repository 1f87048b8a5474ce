package cli

import (
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"golang.org/x/term"
)

// table is what a person reads: lines of cells below a title. On a terminal, names are cut to what its width leaves of them.
type table struct {
	title []string
	lines [][]string
	long  []int // the columns that may be cut, that of the longest texts first
}

// leastCell is how much of a name is left in any case, in characters.
const leastCell = 12

// printTable writes the table to standard output.
func (c *command) printTable(t table) {
	if f, ok := c.Out.(*os.File); ok && isTTY(f) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil { // #nosec G115 -- file descriptors are small
			t.fit(width)
		}
	}
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	for _, line := range append([][]string{t.title}, t.lines...) {
		_, _ = io.WriteString(w, strings.Join(line, "\t")+"\n")
	}
	c.wrote(w.Flush())
}

// fit cuts cells until the lines have so many characters.
func (t table) fit(width int) {
	widest := make([]int, len(t.title))
	total := 2 * (len(t.title) - 1)
	for i := range t.title {
		for _, line := range append([][]string{t.title}, t.lines...) {
			widest[i] = max(widest[i], utf8.RuneCountInString(line[i]))
		}
		total += widest[i]
	}
	for _, column := range t.long {
		most := max(widest[column]-max(total-width, 0), leastCell)
		total -= max(widest[column]-most, 0)
		for _, line := range t.lines {
			line[column] = clipped(line[column], most)
		}
	}
}

// clipped cuts a text after so many characters, and says that there is more.
func clipped(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
