//go:build linux && wine

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Tests of what is made for Windows, by "make test-windows". Wine stands in for it: real installers write into a real
// registry, and the real program runs. What differs from Windows is said where it matters.

// wine is a new Windows on a desktop, and the person who uses it.
type wine struct{ *desktop }

// overrides say which of Windows's own libraries are others here. Wine 8 has no bcryptprimitives.dll, which Go's random
// numbers come from; its uiautomationcore.dll lacks a function that Fyne calls for screen readers, and Fyne goes
// without where there is none. The others would ask for downloads, or put entries into the menus of this computer.
const overrides = "bcryptprimitives=n;uiautomationcore,mscoree,mshtml,winemenubuilder.exe="

func newWine(t *testing.T) *wine {
	t.Helper()
	w := &wine{newDesktop(t, 1280, 900)}
	w.env = append(w.env, "WINEPREFIX="+w.path("wine"), "WINEARCH=win64", "WINEDEBUG=-all", "WINEDLLOVERRIDES="+overrides,
		"WAYBILL_HOME=", "XDG_DATA_HOME=") // these would move what Waybill keeps
	t.Cleanup(w.end)
	// It stays, whoever of those that have started it ends first.
	w.mkdir("wine")
	start(t, w.command("wineserver", "--foreground", "--persistent"))
	await(t, soon, "wine's server", func() (bool, string) {
		sockets, err := filepath.Glob(w.path("tmp", "wine-*", "server-*", "socket"))
		return len(sockets) > 0, fmt.Sprint(err)
	})
	w.runs("wineboot", "--init")
	w.must("x86_64-w64-mingw32-gcc", "-shared", "-Os", "-o", w.disk(`C:\windows\system32\bcryptprimitives.dll`),
		testdata(t, "bcryptprimitives.c"), "-ladvapi32")
	return w
}

// end shuts this Windows down: its registry is in files then.
func (w *wine) end() {
	w.t.Helper()
	_, _ = run(w.t, w.command("wineserver", "-k", "-w")) // 1: it does not run
	if out, err := run(w.t, w.command("wineserver", "-w")); err != nil {
		w.t.Errorf("wine does not end: %v\n%s", err, out)
	}
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// disk is where a file of this Windows lies.
func (w *wine) disk(path string) string {
	return w.path("wine", "drive_c", filepath.FromSlash(strings.ReplaceAll(strings.TrimPrefix(path, `C:\`), `\`, "/")))
}

// seen is how this Windows sees a file of the computer that it runs on.
func seen(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }

// ended is how a program has ended.
type ended struct {
	out, err string
	status   int
}

// run runs a program of this Windows to its end, whatever that may be. Its output goes to files: what it leaves running
// would hold a pipe open.
func (w *wine) run(program string, args ...string) ended {
	w.t.Helper()
	return w.runIn(w.dir, program, args...)
}

// runIn does so in a folder.
func (w *wine) runIn(folder, program string, args ...string) ended {
	w.t.Helper()
	cmd := w.command("wine", append([]string{program}, args...)...)
	cmd.Dir = folder
	var texts [2]*os.File
	for i := range texts {
		file, err := os.CreateTemp(w.path("tmp"), "said-")
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(func() { _ = file.Close() })
		texts[i] = file
	}
	cmd.Stdout, cmd.Stderr = texts[0], texts[1]
	e := ended{status: start(w.t, cmd).status(2 * inTime)}
	for i, to := range []*string{&e.out, &e.err} {
		text, err := os.ReadFile(texts[i].Name())
		if err != nil {
			w.t.Fatal(err)
		}
		*to = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	return e
}

// runs runs a program that has to end well, and gives its standard output.
func (w *wine) runs(program string, args ...string) string {
	w.t.Helper()
	e := w.run(program, args...)
	if e.status != 0 {
		w.t.Fatalf("%s %q: status %d\n%s%s", program, args, e.status, e.out, e.err)
	}
	return e.out
}

// variable is an environment variable of a program that is started now.
func (w *wine) variable(name string) string {
	w.t.Helper()
	return strings.TrimSpace(w.runs("cmd", "/c", "echo %"+name+"%"))
}

var registryLine = regexp.MustCompile(`(?m)^    .*?    REG_\w+ *(.*)$`)

// registry is a value in the registry, the key's own if name is "", or false if there is none.
func (w *wine) registry(key, name string) (value string, there bool) {
	w.t.Helper()
	args := []string{"query", key, "/v", name}
	if name == "" {
		args = []string{"query", key, "/ve"}
	}
	e := w.run("reg", args...)
	found := registryLine.FindStringSubmatch(e.out)
	if e.status != 0 || found == nil {
		return "", false
	}
	return strings.TrimSpace(found[1]), true
}

// registered checks a value in the registry.
func (w *wine) registered(key, name, want string) {
	w.t.Helper()
	if got, _ := w.registry(key, name); got != want {
		w.t.Errorf("%s, %q: %q, want %q", key, name, got, want)
	}
}

// absent checks that there is no such key in the registry.
func (w *wine) absent(key string) {
	w.t.Helper()
	if e := w.run("reg", "query", key); e.status == 0 {
		w.t.Errorf("%s is there:\n%s", key, e.out)
	}
}

// exists checks that there are such files.
func (w *wine) exists(paths ...string) {
	w.t.Helper()
	for _, path := range paths {
		if _, err := os.Stat(w.disk(path)); err != nil {
			w.t.Error(err)
		}
	}
}

// remains lists what has Waybill's name in this Windows, in the registry and on the disk, but for what a person's
// Waybill has kept for them. It shuts this Windows down.
func (w *wine) remains() (found []string) {
	w.t.Helper()
	w.end()
	for _, file := range []string{"system.reg", "user.reg", "userdef.reg"} {
		text, err := os.ReadFile(w.path("wine", file))
		if err != nil {
			w.t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(strings.ToLower(line), "waybill") {
				found = append(found, file+": "+strings.TrimSpace(line))
			}
		}
	}
	kept := regexp.MustCompile(`/AppData/(Local/Waybill|(Local|Roaming)/fyne/io\.github\.waybill_app\.Waybill)$`)
	err := filepath.WalkDir(w.path("wine", "drive_c"), func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case kept.MatchString(path):
			return filepath.SkipDir
		case strings.Contains(strings.ToLower(entry.Name()), "waybill"):
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// builtVersion is the version of what is built now.
func builtVersion(t *testing.T) string {
	t.Helper()
	version, err := exec.CommandContext(t.Context(), "../packaging/version.sh").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(version))
}

// installer is a file in dist/ that "make dist-windows" has made of this very version.
func installer(t *testing.T, end string) string {
	t.Helper()
	path, err := filepath.Abs("../dist/waybill-" + builtVersion(t) + "-windows-amd64" + end)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatal(errors.Join(err, errors.New("make dist-windows makes it")))
	}
	return path
}
