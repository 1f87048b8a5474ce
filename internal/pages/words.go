package pages

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// said is a text in the two languages that a page has.
type said struct{ EN, DE string }

func say(en, de string) said { return said{en, de} }

// same is what reads alike in both, such as a name.
func same(text string) said { return said{text, text} }

// size writes a number of bytes as the window does: 18 MB, 2.4 GB.
func size(bytes int64) said {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	value, unit := float64(max(bytes, 0)), 0
	for value >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	digits := 0
	if unit > 0 && value < 9.95 {
		digits = 1
	}
	// 0.5 goes up, where FormatFloat would choose the even neighbor.
	factor := math.Pow(10, float64(digits))
	number := strconv.FormatFloat(math.Round(value*factor)/factor, 'f', digits, 64)
	end := "\u00a0" + units[unit]
	return say(number+end, strings.Replace(number, ".", ",", 1)+end)
}

func countFiles(n int) said {
	if n == 1 {
		return say("1 file", "1 Datei")
	}
	return say(grouped(n, ",")+" files", grouped(n, ".")+" Dateien")
}

// grouped writes a number with a mark between its thousands.
func grouped(n int, mark string) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + mark + digits[i:]
	}
	return digits
}

// moment is a time for a machine, and for a reader whose browser runs no script.
type moment struct{ Machine, Words string }

// newMoment is nil for a time that is not known.
func newMoment(t time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &moment{t.Format(time.RFC3339), t.Format("Monday 2 January 2006, 15:04") + " UTC"}
}
