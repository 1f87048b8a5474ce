package gui

import (
	"math"
	"os"
	"runtime"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"waybill/internal/desk"
	"waybill/signer"
)

// args fill the templates of a text.
type args = map[string]any

// words writes numbers and times as people write them where this computer stands.
type words struct {
	printer *message.Printer
	twelve  bool // 5:40 PM rather than 17:40
	zone    *time.Location
}

func newWords(locale fyne.Locale, zone *time.Location) *words {
	tag, err := language.Parse(string(locale))
	if err != nil {
		tag = language.English
	}
	base, _ := tag.Base()
	region, sure := tag.Region()
	twelve := false
	if base.String() == "en" && sure == language.Exact {
		switch region.String() {
		case "US", "CA", "AU", "NZ", "IN", "PH":
			twelve = true
		}
	}
	return &words{printer: message.NewPrinter(tag), twelve: twelve, zone: zone}
}

// systemLocale is what the system says of language and country. Fyne takes a system that says nothing for an
// American one; then only the language is taken for granted.
func systemLocale() fyne.Locale {
	if runtime.GOOS == "linux" {
		said := false
		for _, name := range []string{"LC_ALL", "LC_TIME", "LANG"} {
			value, _, _ := strings.Cut(os.Getenv(name), ".")
			said = said || value != "" && value != "C" && value != "POSIX"
		}
		if !said {
			return "en"
		}
	}
	return lang.SystemLocale()
}

// told is a sentence of the desk in the person's language.
func told(t desk.Text) string {
	if t.ID == "" {
		return ""
	}
	return lang.L(t.ID, t.Args)
}

// size writes a number of bytes: 18 MB, 2.4 GB.
func (w *words) size(bytes int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	value, unit := float64(bytes), 0
	for value >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	digits := 0
	if unit > 0 && value < 9.95 {
		digits = 1
	}
	return w.printer.Sprintf("%v", number.Decimal(value, number.MinFractionDigits(digits), number.MaxFractionDigits(digits))) + "\u00a0" + units[unit]
}

// count writes a whole number with the locale's separators.
func (w *words) count(n int) string { return w.printer.Sprintf("%v", number.Decimal(n)) }

// speed writes bytes a second; "" while it is not known.
func (w *words) speed(bytesPerSecond float64) string {
	if bytesPerSecond < 1 {
		return ""
	}
	return lang.L("{{.Size}}/s", args{"Size": w.size(int64(bytesPerSecond))})
}

// milliseconds writes how long a request takes; below ten, with a tenth.
func (w *words) milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return w.printer.Sprintf("%v\u00a0ms", number.Decimal(ms, number.Scale(1)))
	}
	return w.printer.Sprintf("%v\u00a0ms", number.Decimal(ms, number.Scale(0)))
}

// left writes how long something will take, no more exactly than anybody can know; "" while it is not known.
func (w *words) left(d time.Duration) string {
	switch seconds := d.Seconds(); {
	case d <= 0:
		return ""
	case seconds < 60:
		return lang.L("{{.N}} s left", args{"N": int(math.Ceil(seconds))})
	case seconds < 3600:
		return lang.L("{{.N}} min left", args{"N": int(math.Round(seconds / 60))})
	case seconds < 86400:
		return lang.L("{{.N}} h left", args{"N": int(math.Round(seconds / 3600))})
	}
	return lang.L("over a day left")
}

// countdown writes how long a link still works: with minutes in the last day, with seconds in the last minute.
func (w *words) countdown(d time.Duration) string {
	switch {
	case d <= time.Minute:
		return lang.L("{{.N}} s", args{"N": max(int(math.Ceil(d.Seconds())), 0)})
	case d <= time.Hour:
		return lang.L("{{.N}} min", args{"N": int(d / time.Minute)})
	case d < 24*time.Hour:
		return lang.L("{{.H}} h {{.M}} min", args{"H": int(d / time.Hour), "M": int(d % time.Hour / time.Minute)})
	case d < 48*time.Hour:
		return lang.L("1 day {{.H}} h", args{"H": int((d - 24*time.Hour) / time.Hour)})
	}
	return lang.L("{{.N}} days", args{"N": int(d / (24 * time.Hour))})
}

// clock writes a time of day.
func (w *words) clock(t time.Time) string {
	if w.twelve {
		return t.In(w.zone).Format("3:04\u00a0PM")
	}
	return t.In(w.zone).Format("15:04")
}

// moment writes when something is, seen from now: today 17:40, tomorrow 14:05, Fri 27 Nov 14:05.
func (w *words) moment(t, now time.Time) string {
	t, now = t.In(w.zone), now.In(w.zone)
	switch days := daysBetween(now, t); {
	case days == 0:
		return lang.L("today {{.Time}}", args{"Time": w.clock(t)})
	case days == 1:
		return lang.L("tomorrow {{.Time}}", args{"Time": w.clock(t)})
	case days == -1:
		return lang.L("yesterday {{.Time}}", args{"Time": w.clock(t)})
	case days > 1 && days < 8:
		return lang.L("{{.Weekday}} {{.Day}} {{.Month}} {{.Time}}", w.date(t))
	case t.Year() == now.Year():
		return lang.L("{{.Day}} {{.Month}} {{.Time}}", w.date(t))
	}
	return lang.L("{{.Day}} {{.Month}} {{.Year}}", w.date(t))
}

// zoned is moment with the zone that its time is in: tomorrow 14:05 CET.
func (w *words) zoned(t, now time.Time) string {
	zone, _ := t.In(w.zone).Zone()
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") { // one that has no letters
		zone = "UTC" + zone
	}
	return w.moment(t, now) + "\u00a0" + zone
}

// day writes the day of a moment, for what is long over.
func (w *words) day(t, now time.Time) string {
	if daysBetween(now.In(w.zone), t.In(w.zone)) == 0 {
		return w.clock(t)
	}
	return lang.L("{{.Day}} {{.Month}}", w.date(t.In(w.zone)))
}

func (w *words) date(t time.Time) args {
	return args{
		"Weekday": lang.L(t.Format("Mon")), "Day": t.Day(), "Month": lang.L(t.Format("Jan")),
		"Year": t.Year(), "Time": w.clock(t),
	}
}

// daysBetween counts midnights.
func daysBetween(a, b time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC) }
	return int(day(b).Sub(day(a)).Hours() / 24)
}

// end says when a link ends, and why if that is not what was asked for.
func (w *words) end(ends time.Time, because signer.Because, now time.Time) string {
	if because == signer.Unknown || ends.IsZero() {
		return lang.L("ends with the session, nobody knows when")
	}
	when := args{"When": w.moment(ends, now)}
	switch because {
	case signer.Credentials:
		return lang.L("ends {{.When}} (session)", when)
	case signer.Limit:
		return lang.L("ends {{.When}} (S3's limit)", when)
	}
	return lang.L("ends {{.When}}", when)
}

// until is a sentence on when a link ends.
func (w *words) until(l *desk.Link, now time.Time) string {
	if l.Because == signer.Unknown || l.Ends.IsZero() {
		return lang.L("Nobody knows when the link ends: its session does not say.")
	}
	return lang.L("The link works until {{.When}}.", args{"When": w.zoned(l.Ends, now)})
}

// lasts is a length of time that links can last, as the field offers it.
type lasts struct {
	label string
	d     time.Duration
}

// offered are the lengths of time to choose from; any other can be typed.
func offered() []lasts {
	const day = 24 * time.Hour
	return []lasts{
		{lang.L("15 minutes"), 15 * time.Minute},
		{lang.L("1 hour"), time.Hour},
		{lang.L("4 hours"), 4 * time.Hour},
		{lang.L("1 day"), day},
		{lang.L("3 days"), 3 * day},
		{lang.L("7 days"), 7 * day},
	}
}

// lastsLabel writes a length of time as the field shows it.
func lastsLabel(d time.Duration) string {
	for _, o := range offered() {
		if o.d == d {
			return o.label
		}
	}
	return desk.FormatExpires(d)
}

// parseLasts reads what stands in the field: one of the offered ones, or what the command line takes too.
func parseLasts(s string) (time.Duration, error) {
	for _, o := range offered() {
		if strings.EqualFold(strings.TrimSpace(s), o.label) {
			return o.d, nil
		}
	}
	return desk.ParseExpires(s)
}

// kindOf is the ending of a file's name as a tile shows it; "" where there is none to show.
func kindOf(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || dot == len(name)-1 {
		return ""
	}
	ending := strings.ToUpper(name[dot+1:])
	if len(ending) > 4 {
		return ""
	}
	for _, r := range ending {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return ""
		}
	}
	return ending
}
