//go:build linux && dist

package e2e

import (
	"fmt"
	"image"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The packages that "make dist" has made, used as a person uses them. "make test-dist" runs these.

const desktopID = "io.github.waybill_app.Waybill"

// only finds the one file that matches.
func only(t *testing.T, pattern ...string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(pattern...))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q, %v; want one", filepath.Join(pattern...), found, err)
	}
	path, err := filepath.Abs(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// The three packages for this computer that "make dist" has made.
func madeDeb(t *testing.T) string { return only(t, "..", "dist", "waybill_*_"+runtime.GOARCH+".deb") }
func madeRPM(t *testing.T) string {
	return only(t, "..", "dist", "waybill-*."+map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]+".rpm")
}
func madeArchive(t *testing.T) string {
	return only(t, "..", "dist", "waybill-*-linux-"+runtime.GOARCH+".tar.gz")
}

// output runs a program on this computer to its good end, and gives its standard output.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := run(t, exec.Command(name, args...))
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

// field is a field of a .deb that may be missing.
func field(t *testing.T, deb, name string) string {
	t.Helper()
	return strings.TrimSpace(output(t, "dpkg-deb", "--field", deb, name))
}

// kinds are types of file that many programs open, and folders.
var kinds = []string{"application/octet-stream", "inode/directory", "text/plain", "image/png", "application/pdf", "application/zip"}

// openers is who opens what by default, and who else can.
func (r *root) openers() (all string) {
	for _, kind := range kinds {
		all += r.must("gio", "mime", kind)
	}
	return all
}

func TestDistOnACleanDebian(t *testing.T) {
	r := newRoot(t)
	deb := madeDeb(t)
	wanted := field(t, deb, "Depends") + ", " + field(t, deb, "Recommends")
	r.must("apt-get", "-qq", "--no-install-recommends", "satisfy", wanted)
	before, opened := r.files(), r.openers()

	t.Run("the archive runs where it is unpacked", func(t *testing.T) {
		s := r.newSession(t)
		s.must("tar", "-xzf", madeArchive(t), "-C", s.dir)
		start(t, s.inside(only(t, s.path("waybill-*"), "bin", "waybill"), "--sandbox"))
		s.appears().see("Drop files or folders here", inTime)
	})

	said := r.must("apt-get", "install", "--yes", r.take(deb))
	if !strings.Contains(said, "0 upgraded, 1 newly installed") {
		t.Errorf("what the package declares was not all that apt wanted:\n%s", said)
	}
	owned := strings.Fields(r.must("dpkg", "-L", "waybill"))
	for _, line := range lacks(r.files(), before) {
		path := strings.Fields(line)[1]
		if !slices.Contains(owned, path) && !byTrigger(path) {
			t.Errorf("%s came with the package and is not the package's", line)
		}
	}
	if now := r.openers(); now != opened {
		t.Errorf("other programs open files than before:\n%s\nbefore:\n%s", now, opened)
	}

	t.Run("a file dropped on what the desktop entry starts", func(t *testing.T) {
		s := r.newSession(t)
		file := s.write(noise(40_000), "drop", "Quarterly report.pdf")
		manager := s.manager(s.path("drop"))
		s.launch(desktopID)
		w := s.appears()
		w.click("Try the sandbox")
		w.see("Drop files or folders here", soon)
		s.setClipboard(nothingYet)
		manager.dragAll("Quarterly report.pdf", w)
		s.checkLink(s.links(1, inTime)[0], file, "Quarterly report.pdf")
	})

	t.Run("a file of the file manager's menu", func(t *testing.T) {
		s := r.newSession(t)
		file := s.write(noise(40_000), "drop", "notes & more.txt")
		s.write([]byte(`{"destination":{"sandbox":true,"bucket":"sandbox"}}`), "data", "waybill", "settings.json")
		manager := s.manager(s.path("drop"))
		s.setClipboard(nothingYet)
		at := middle(manager.see("notes", soon)[0])
		s.must("xdotool", "mousemove", fmt.Sprint(at.X), fmt.Sprint(at.Y), "click", "3")
		s.clickOnScreen("Send with Waybill")
		s.appears()
		s.checkLink(s.links(1, inTime)[0], file, "notes & more.txt")
	})

	t.Run("a file sent from the command line", func(t *testing.T) {
		out, err := run(t, r.asAlice("waybill", "send", "--sandbox", "--json", "/usr/share/doc/waybill/README.md"))
		if err != nil {
			t.Fatal(err)
		}
		if sent := sentFiles(t, out); len(sent) != 1 || !sent[0].Verified {
			t.Errorf("not sent, or not verified: %s", out)
		}
	})

	r.must("apt-get", "purge", "--yes", "waybill")
	after := r.files()
	const data = "/home/alice/.local"
	var kept bool
	for _, line := range lacks(after, before) {
		switch path := strings.Fields(line)[1]; {
		case strings.HasPrefix(path, data):
			kept = kept || path == data+"/share/waybill/ledger.db"
		case !byTrigger(path):
			t.Errorf("%s was left behind", line)
		}
	}
	if !kept {
		t.Error("Alice's ledger went with the package")
	}
	for _, line := range lacks(before, after) {
		t.Errorf("%s went with the package", line)
	}
	if left := r.must("sh", "-c", "dpkg-query -W -f '${Status}' waybill || true"); strings.Contains(left, "ok") {
		t.Errorf("dpkg still knows waybill: %s", left)
	}
	if now := r.openers(); now != opened {
		t.Errorf("other programs open files than before:\n%s\nbefore:\n%s", now, opened)
	}
}

// byTrigger reports whether a file is an index that other packages keep over all packages' files.
func byTrigger(path string) bool {
	return path == "/usr/share/icons/hicolor/icon-theme.cache" || path == "/usr/share/applications/mimeinfo.cache"
}

// manager opens a folder in the root's file manager.
func (s *session) manager(folder string) *window {
	s.t.Helper()
	s.write([]byte(listView), "config", "pcmanfm", "default", "pcmanfm.conf")
	w := s.open("^"+regexp.QuoteMeta(filepath.Base(folder))+"$", s.inside("pcmanfm", folder))
	w.place(image.Rect(0, 0, s.size.X-960, 640))
	return w
}

// launch starts a program by its desktop entry, as a menu of programs does, and leaves it alone.
func (s *session) launch(id string) {
	s.t.Helper()
	if err := s.inside("gtk-launch", id).Run(); err != nil {
		s.t.Fatalf("gtk-launch %s: %v", id, err)
	}
}

// clickOnScreen clicks at a text, in whichever window it stands: a menu is one of its own.
func (s *session) clickOnScreen(text string) {
	s.t.Helper()
	var at image.Point
	await(s.t, soon, fmt.Sprintf("%q on the screen", text), func() (bool, string) {
		lines, err := s.read(image.Rectangle{Max: s.size})
		if err != nil {
			return false, err.Error()
		}
		places := find(lines, text)
		if len(places) > 0 {
			at = middle(places[0])
		}
		return len(places) > 0, fmt.Sprint(lines)
	})
	s.must("xdotool", "mousemove", fmt.Sprint(at.X), fmt.Sprint(at.Y), "click", "1")
}
