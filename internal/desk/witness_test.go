package desk

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// witness remembers the troubles that the tests of this package have met, as the desk gave them. A row of the table that
// nobody has met, or that came with a blank not filled, fails the tests.
type witness struct {
	mu     sync.Mutex
	met    map[string]bool
	faults []string
}

var theWitness = witness{met: map[string]bool{}}

// CodeOf is the code of a trouble, "" where an error has none. Whatever a test looks at by this counts as met.
func CodeOf(err error) string {
	var t *Trouble
	if !errors.As(err, &t) || t == nil {
		return ""
	}
	theWitness.meet(t)
	return t.Code
}

// Said is a question or a rule in English, which are rows too, and count as met.
func Said(text Text) string {
	for code, r := range rows() {
		if r.what == text.ID || r.help == text.ID {
			theWitness.meet(&Trouble{Code: code, What: text})
		}
	}
	return text.String()
}

func (w *witness) meet(t *Trouble) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.met[t.Code] = true
	typed := t.What.Args["Given"] == "" || t.What.Args["Key"] == "" && t.Code == "KeyName" || t.What.Args["Path"] == "" && t.Code == "DownloadFolder"
	for _, text := range []Text{t.What, t.Help} {
		if fault := blankIn(text.String()); fault != "" && !typed { // who typed nothing is told so
			w.faults = append(w.faults, fmt.Sprintf("%s has %s: %s", t.Code, fault, text.String()))
		}
	}
}

// blankIn finds what a template leaves where it was given nothing.
func blankIn(said string) string {
	for blank, name := range map[string]string{"<no value>": "a blank not filled", "{{.": "a template", "{{end": "a template", `""`: "an empty name", "  ": "two spaces", "(HTTP 0)": "no status"} {
		if strings.Contains(said, blank) {
			return name
		}
	}
	if strings.HasSuffix(said, " .") || strings.Contains(said, " . ") || strings.HasSuffix(said, "..") {
		return "nothing before its end"
	}
	return ""
}

// Witnessed reports what no test has met, once all tests of the package have run. Some of them run on Linux only.
func Witnessed() error {
	if runtime.GOOS != "linux" {
		return nil
	}
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz", "test.bench"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return nil
		}
	}
	theWitness.mu.Lock()
	defer theWitness.mu.Unlock()
	elsewhere, errs := metElsewhere(elsewhereText)
	for _, code := range Codes() {
		if !theWitness.met[code] && !elsewhere[code] {
			errs = append(errs, fmt.Errorf("no test of this package has met the row %q of the table, and testdata/elsewhere.txt names no other", code))
		}
	}
	slices.Sort(theWitness.faults)
	for _, fault := range slices.Compact(theWitness.faults) {
		errs = append(errs, errors.New(fault))
	}
	return errors.Join(errs...)
}
