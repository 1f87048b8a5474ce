package signer

import (
	"strings"
	"testing"
)

// FuzzParseSections feeds the reader of foreign files: it may find faults, and must neither fall over nor
// give back a fault without a line.
func FuzzParseSections(f *testing.F) {
	for _, seed := range []string{"[default]\nregion = x\n", "[a\n", "= b", "[p]\ns3 =\n  x = y\n", "\ufeff[a]\n# c\n;d\n", "[a]\n\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sections, line, err := parseSections(strings.NewReader(text))
		if (err == nil) != (line == 0) {
			t.Fatalf("line %d with fault %v", line, err)
		}
		if line > strings.Count(text, "\n")+2 {
			t.Fatalf("line %d of a text with %d", line, strings.Count(text, "\n")+1)
		}
		for _, s := range sections {
			for name := range s.values {
				if strings.HasPrefix(name, "=") || name == "" {
					t.Fatalf("a setting called %q", name)
				}
			}
		}
	})
}
