package gui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"waybill/internal/desk"
	"waybill/signer"
)

// spoken finds every text that the window hands to Fyne's lang, in this package's source: those with plural
// forms apart.
func spoken(t *testing.T) (plain, plural []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(source, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			called, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if from, ok := called.X.(*ast.Ident); !ok || from.Name != "lang" || called.Sel.Name != "L" && called.Sel.Name != "N" {
				return true
			}
			text, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				return true // a text that comes from elsewhere: the desk's sentences, weekdays and months
			}
			said, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			if called.Sel.Name == "N" {
				plural = append(plural, said)
			} else {
				plain = append(plain, said)
			}
			return true
		})
	}
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		plain = append(plain, day.Format("Mon"), day.Format("Jan"))
	}
	plain = append(plain, desk.Texts()...)
	slices.Sort(plain)
	slices.Sort(plural)
	return slices.Compact(plain), slices.Compact(plural)
}

// translation reads a language as it is embedded.
func translation(t *testing.T, name string) map[string]json.RawMessage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(source, "..", "assets", "translations", name))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTranslationsAreComplete: every text has its German, with the same blanks to fill, and no text that is
// not said any more is kept.
func TestTranslationsAreComplete(t *testing.T) {
	plain, plural := spoken(t)
	if len(plain) < 150 || len(plural) < 3 {
		t.Fatalf("only %d and %d texts were found", len(plain), len(plural))
	}
	german, english := translation(t, "de.json"), translation(t, "en.json")
	blank := regexp.MustCompile(`\{\{[^}]*\}\}`)
	blanks := func(s string) []string {
		found := blank.FindAllString(s, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, text := range plain {
		var said string
		if err := json.Unmarshal(german[text], &said); err != nil || said == "" {
			t.Errorf("no German for %q", text)
			continue
		}
		if !slices.Equal(blanks(said), blanks(text)) {
			t.Errorf("%q has other blanks than %q", said, text)
		}
		if _, err := template.New("").Parse(said); err != nil {
			t.Errorf("%q: %v", said, err)
		}
	}
	for _, text := range plural {
		for name, all := range map[string]map[string]json.RawMessage{"German": german, "English": english} {
			var forms struct{ One, Other string }
			if err := json.Unmarshal(all[text], &forms); err != nil || forms.One == "" || forms.Other == "" {
				t.Errorf("no forms in %s for %q", name, text)
			}
		}
	}
	for text := range german {
		if !slices.Contains(plain, text) && !slices.Contains(plural, text) {
			t.Errorf("%q is translated, and nobody says it", text)
		}
	}
}

func TestSizes(t *testing.T) {
	en, de := newWords("en", time.UTC), newWords("de", time.UTC)
	for bytes, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 1_500: "1.5 kB", 18_000_000: "18 MB", 999_400_000: "999 MB",
		999_600_000: "1.0 GB", 2_440_000_000: "2.4 GB", 5_000_000_000_000: "5.0 TB", 48_800_000_000_000: "49 TB",
	} {
		if got := strings.ReplaceAll(en.size(bytes), "\u00a0", " "); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
		german := strings.ReplaceAll(want, ".", ",")
		if got := strings.ReplaceAll(de.size(bytes), "\u00a0", " "); got != german {
			t.Errorf("%d bytes are %q in German, want %q", bytes, got, german)
		}
	}
}

func TestMoments(t *testing.T) {
	startTestApp(t)
	w := newWords("en", time.UTC)
	now := time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{3 * time.Hour, "today 17:05"}, {10 * time.Hour, "tomorrow 00:05"}, {-15 * time.Hour, "yesterday 23:05"},
		{48 * time.Hour, "Fri 27 Nov 14:05"}, {7 * 24 * time.Hour, "Wed 2 Dec 14:05"}, {-30 * 24 * time.Hour, "26 Oct 14:05"},
		{60 * 24 * time.Hour, "24 Jan 2027"},
	} {
		if got := w.moment(now.Add(c.after), now); got != c.want {
			t.Errorf("after %v: %q, want %q", c.after, got, c.want)
		}
	}
	if got := newWords("en-US", time.UTC).moment(now, now); got != "today 2:05\u00a0PM" {
		t.Errorf("in America it is %q", got)
	}
}

func TestCountdownChangesWithMeaning(t *testing.T) {
	startTestApp(t)
	w := newWords("en", time.UTC)
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 59*time.Second + 400*time.Millisecond: "60 s", 10 * time.Second: "10 s",
		61 * time.Second: "1 min", 59*time.Minute + 59*time.Second: "59 min", 3*time.Hour + 11*time.Minute: "3 h 11 min",
		25 * time.Hour: "1 day 1 h", 6*24*time.Hour + time.Hour: "6 days",
	} {
		if got := w.countdown(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestEndsSayWhy(t *testing.T) {
	startTestApp(t)
	w := newWords("en", time.UTC)
	now := time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC)
	ends := now.Add(time.Hour)
	for because, want := range map[signer.Because]string{
		signer.Requested: "ends today 15:05", signer.Credentials: "ends today 15:05 (session)",
		signer.Limit: "ends today 15:05 (S3's limit)", signer.Unknown: "ends with the session, nobody knows when",
	} {
		if got := w.end(ends, because, now); got != want {
			t.Errorf("%s: %q, want %q", because, got, want)
		}
	}
}

func TestLengthsOfTime(t *testing.T) {
	startTestApp(t)
	for _, o := range offered() {
		if d, err := parseLasts(lastsLabel(o.d)); err != nil || d != o.d {
			t.Errorf("%q reads as %v, %v", o.label, d, err)
		}
	}
	for text, want := range map[string]time.Duration{"1 HOUR": time.Hour, "36h": 36 * time.Hour, " 7d ": 7 * 24 * time.Hour} {
		if d, err := parseLasts(text); err != nil || d != want {
			t.Errorf("%q reads as %v, %v", text, d, err)
		}
	}
	if _, err := parseLasts("8d"); desk.Explain(err).Code != "ExpiresTooLong" {
		t.Errorf("8d: %v", err)
	}
}

func TestKinds(t *testing.T) {
	for name, want := range map[string]string{
		"a.pdf": "PDF", "photos/a.JPEG": "JPEG", "a.tar.gz": "GZ", "no ending": "", ".hidden": "", "a.": "", "a.längst": "",
		"a.numbers": "", "a.7z": "7Z",
	} {
		if got := kindOf(name); got != want {
			t.Errorf("%q is a %q, want %q", name, got, want)
		}
	}
}
