package cli

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestTablesFit the terminal, by what can be cut, and leave something of a name in any case.
func TestTablesFit(t *testing.T) {
	list := func() table {
		return table{title: []string{"ID", "NAME", "KEY"}, long: []int{2, 1}, lines: [][]string{
			{"1", strings.Repeat("é", 50), strings.Repeat("k", 100)}, {"2", "short", "s3://b/k"},
		}}
	}
	width := func(of table) (most int) {
		for _, line := range append([][]string{{"ID", "", ""}}, of.lines...) {
			sum := 2 * (len(line) - 1)
			for i, cell := range line {
				sum += max(utf8.RuneCountInString(cell), len(of.title[i]))
			}
			most = max(most, sum)
		}
		return most
	}
	for given, want := range map[int]int{200: 156, 156: 156, 120: 120, 60: 60, 10: 2 + 2 + 2 + leastCell + leastCell} {
		one := list()
		one.fit(given)
		if got := width(one); got != want {
			t.Errorf("%d of %d: %q", got, given, one.lines)
		}
		if one.lines[1][1] != "short" {
			t.Errorf("%q", one.lines[1])
		}
	}
}
