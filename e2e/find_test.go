//go:build linux

package e2e

import (
	"image"
	"strings"
	"testing"
	"unicode"
)

// find gives the places where a text stands: a run of whole words on one line. It forgives what a person with
// weak eyes would get wrong too: case, punctuation, blanks, an l for an I or an O for a zero, and one letter
// in eight.
func find(lines []line, text string) (places []image.Rectangle) {
	wanted := letters(text)
	slack := len(wanted) / 8
	for _, l := range lines {
		for from := range l {
			run := ""
			for to := from; to < len(l) && len(run) <= len(wanted)+slack; to++ {
				run += letters(l[to].text)
				if run != "" && letters(l[from].text) != "" && distance(run, wanted) <= slack {
					places = append(places, l[from:to+1].box())
					break
				}
			}
		}
	}
	return places
}

// letters keeps of a text what can be told apart on a screen.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == '0':
			return 'o'
		case r == '1', r == 'l':
			return 'i'
		case r == '5':
			return 's'
		case r > unicode.MaxASCII, unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return -1
	}, strings.NewReplacer("…", "", "–", "", "·", "", "—", "").Replace(text))
}

// distance counts the letters that have to be put in, taken out or changed to make one text the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}

func TestFindForgivesWhatEyesGetWrong(t *testing.T) {
	words := func(texts ...string) (l line) {
		for i, text := range texts {
			l = append(l, word{text, image.Rect(100*i, 0, 100*i+90, 10)})
		}
		return l
	}
	lines := []line{words("Link", "copied", "[", "Copy}"), words("3h11", "min"), words("There", "is", "n0", "bucket", "“x”")}
	for text, want := range map[string]int{
		"Link copied": 1, "Copy": 1, "3 h 11 min": 1, "There is no bucket": 1,
		"Link": 1, "Not sent": 0, "Cope": 0, "opied": 0, "Link copied Copy": 1,
	} {
		if got := len(find(lines, text)); got != want {
			t.Errorf("%q stands there %d times, want %d", text, got, want)
		}
	}
	if got, want := find(lines, "Copy")[0], image.Rect(300, 0, 390, 10); got != want {
		t.Errorf("Copy stands at %v, want %v", got, want)
	}
}
