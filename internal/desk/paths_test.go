package desk

import (
	"path/filepath"
	"testing"
)

func TestPathsThatAreTakenAsTheyAre(t *testing.T) {
	for given, want := range map[string]string{
		`C:\`:                      `\\?\C:\`,
		`C:\Users\alice`:           `\\?\C:\Users\alice`,
		`C:/Users/alice`:           `\\?\C:\Users\alice`, // as a window tells what was dropped
		`\\server\share`:           `\\?\UNC\server\share`,
		`//server/share/x`:         `\\?\UNC\server\share\x`,
		`\\?\C:\x`:                 `\\?\C:\x`,
		`\\?\UNC\server\share\x`:   `\\?\UNC\server\share\x`,
		`\\.\NUL`:                  `\\.\NUL`,
		`\\?\Volume{0d2f1c1e-8}\x`: `\\?\Volume{0d2f1c1e-8}\x`,
	} {
		if got := verbatim(given); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
	}
}

func TestPlainPathsLeadToTheSameFile(t *testing.T) {
	for given, want := range map[string]string{
		`\\?\C:\`:                       `C:\`,
		`\\?\C:\photos\a.jpg`:           `C:\photos\a.jpg`,
		`\\?\UNC\server\share\a.jpg`:    `\\server\share\a.jpg`,
		`\\?\C:\.profile`:               `C:\.profile`,
		`\\?\C:\console.log`:            `C:\console.log`,
		`C:\photos\a.jpg`:               `C:\photos\a.jpg`,
		`\\?\C:\x\nul`:                  `\\?\C:\x\nul`,
		`\\?\C:\x\NUL.tar.gz`:           `\\?\C:\x\NUL.tar.gz`,
		`\\?\C:\Con .d\a`:               `\\?\C:\Con .d\a`,
		`\\?\C:\x\COM¹.txt`:             `\\?\C:\x\COM¹.txt`,
		`\\?\C:\x\dot.`:                 `\\?\C:\x\dot.`,
		`\\?\C:\space \a.txt`:           `\\?\C:\space \a.txt`,
		`\\?\UNC\server\share\aux.h`:    `\\?\UNC\server\share\aux.h`,
		`\\?\UNC\server\share\com10.h`:  `\\server\share\com10.h`,
		`\\?\UNC\server\share\lpt0.txt`: `\\server\share\lpt0.txt`,
	} {
		if got := plain(given); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
		if got := plain(verbatim(plain(given))); got != want {
			t.Errorf("%s: there and back it is %s, want %s", given, got, want)
		}
	}
}

// TestWindowsNamesInKeys: what Windows would read as something else stands in keys as it is, and is saved so that
// Windows can.
func TestWindowsNamesInKeys(t *testing.T) {
	for name, saved := range map[string]string{
		"x/aux.h":         "_aux.h",
		"x/NUL":           "_NUL",
		"x/com1.tar.gz":   "_com1.tar.gz",
		"x/con .txt":      "_con .txt",
		"aux/console.log": "console.log",
		"x/dot.":          "dot.",
		"x/space ":        "space ",
	} {
		if got := keyName(name); got != name {
			t.Errorf("the key of %q is %q", name, got)
		}
		if got := savedName(name); got != saved {
			t.Errorf("%q is saved as %q, want %q", name, got, saved)
		}
	}
}

func TestNameOfWhatWasDropped(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{filepath.FromSlash("/photos"), "photos"},
		{filepath.FromSlash("/photos/2026/"), "2026"},
		{filepath.VolumeName(t.TempDir()) + string(filepath.Separator), ""},
	} {
		if got := ownBase(c.path); got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
	if filepath.Separator == '\\' {
		for path, want := range map[string]string{`C:\`: "", `C:/`: "", `\\server\share`: "", `\\server\share\`: "", `\\server\share\x`: "x", `C:/a/b`: "b"} {
			if got := ownBase(path); got != want {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
	}
}
