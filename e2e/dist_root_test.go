//go:build linux && dist

package e2e

import (
	"context"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// root is a Debian of its own below a folder, as packaging/linux/root.sh lays it out, with a layer on top that the
// test writes to. Programs in it share this computer's display, network and processes, and nothing of its files.
type root struct {
	t   *testing.T
	dir string
}

// alice is the person who uses what is installed: not root, so that files which only root can read are found out.
const alice = 1000

// newRoot makes a root. It mounts, so it wants to be root, in mounts of its own ("make test-dist" sees to that), which are
// gone when the tests are, however they end.
func newRoot(t *testing.T) *root {
	t.Helper()
	script := exec.Command("../packaging/linux/root.sh")
	script.Stderr = os.Stderr
	out, err := script.Output()
	if err != nil {
		t.Fatalf("make a root: %v", err)
	}
	base := strings.TrimSpace(string(out))
	over := newHome(t)
	r := &root{t: t, dir: over.mkdir("root")}
	upper, work := over.mkdir("upper"), over.mkdir("work")
	if err := os.Chmod(upper, 0o755); err != nil {
		t.Fatal(err)
	}
	r.mount("overlay", r.dir, "overlay", 0, "lowerdir="+base+",upperdir="+upper+",workdir="+work)
	r.mount("proc", filepath.Join(r.dir, "proc"), "proc", 0, "")
	r.share("/dev")
	r.share("/etc/resolv.conf")
	r.share("/etc/hosts")
	// What was downloaded once is kept for the next time.
	packages, err := filepath.Abs("../build/apt-archives")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(packages, "partial"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.bind(packages, "/var/cache/apt/archives")
	r.must("useradd", "--uid", fmt.Sprint(alice), "--create-home", "alice")
	r.must("apt-get", "-qq", "update")
	return r
}

// mount mounts until the test is over.
func (r *root) mount(source, target, kind string, flags uintptr, data string) {
	r.t.Helper()
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		r.t.Fatalf("mount %s at %s (as root, and in mounts of its own? make test-dist does both): %v", source, target, err)
	}
	r.t.Cleanup(func() {
		if err := syscall.Unmount(target, syscall.MNT_DETACH); err != nil {
			r.t.Errorf("unmount %s: %v", target, err)
		}
	})
}

// share shows a file or folder of this computer at the same path in the root.
func (r *root) share(path string) {
	r.t.Helper()
	r.bind(path, path)
}

func (r *root) bind(source, path string) {
	r.t.Helper()
	target := filepath.Join(r.dir, path)
	info, err := os.Stat(source)
	if err != nil {
		r.t.Fatal(err)
	}
	if info.IsDir() {
		err = os.MkdirAll(target, 0o755)
	} else if _, missing := os.Stat(target); missing != nil {
		err = os.WriteFile(target, nil, 0o644)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.mount(source, target, "", syscall.MS_BIND, "")
}

// must runs a program in the root, as root, to its good end, which may take minutes, and gives its output.
func (r *root) must(name string, args ...string) string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chroot", append([]string{r.dir, name}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// asAlice is a program in the root as Alice starts it in a terminal, with no display and nothing set.
func (r *root) asAlice(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("chroot", append([]string{fmt.Sprintf("--userspec=%d:%d", alice, alice), r.dir, name}, args...)...)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=/home/alice", "LC_ALL=C.UTF-8"}
	return cmd
}

// take copies a file into the root's /tmp, and gives its path there.
func (r *root) take(path string) string {
	r.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	inside := "/tmp/" + filepath.Base(path)
	if err := os.WriteFile(filepath.Join(r.dir, inside), content, 0o644); err != nil {
		r.t.Fatal(err)
	}
	return inside
}

// bookkeeping is what a package manager writes of every package, installed or removed.
var bookkeeping = []string{"/var/lib/dpkg", "/var/lib/apt", "/var/cache/apt", "/var/log", "/var/cache/ldconfig", "/tmp"}

// files lists what there is in the root, a line each with kind, permissions and the target of a link.
func (r *root) files() (files []string) {
	r.t.Helper()
	shared := []string{"/proc", "/dev"}
	err := filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside := "/" + strings.TrimPrefix(strings.TrimPrefix(path, r.dir), "/")
		if slices.Contains(bookkeeping, inside) || slices.Contains(shared, inside) {
			return filepath.SkipDir
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		target, _ := os.Readlink(path)
		files = append(files, strings.TrimSpace(fmt.Sprintf("%s %s %s", info.Mode(), inside, target)))
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}

// lacks gives what is in one list and not in the other.
func lacks(list, other []string) (missing []string) {
	there := map[string]bool{}
	for _, line := range other {
		there[line] = true
	}
	for _, line := range list {
		if !there[line] {
			missing = append(missing, line)
		}
	}
	return missing
}

// session is a desktop whose programs run in the root, as alice. Her home has the same path inside and outside.
type session struct {
	*desktop
	root *root
}

// newSession starts a desktop for a test that may be part of another.
func (r *root) newSession(t *testing.T) *session {
	t.Helper()
	s := &session{desktop: &desktop{home: newHome(t), size: image.Pt(1400, 640)}, root: &root{t: t, dir: r.dir}}
	// The places are those that Waybill chooses by itself.
	s.env = slices.DeleteFunc(s.env, func(v string) bool { return strings.HasPrefix(v, "WAYBILL_HOME=") })
	s.startDisplay()
	s.root.share(s.dir)
	s.root.share("/tmp/.X11-unix")
	address := "unix:path=" + s.path("run", "bus")
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	start(t, s.inside("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address))
	s.startWindowManager()
	return s
}

// inside is a program as alice would start it. What is in her home is hers by then.
func (s *session) inside(name string, args ...string) *exec.Cmd {
	s.t.Helper()
	err := filepath.WalkDir(s.dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil && os.IsNotExist(err) {
			return nil // a program has just removed it
		}
		if err == nil {
			err = os.Lchown(path, alice, alice)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.command("chroot", append([]string{fmt.Sprintf("--userspec=%d:%d", alice, alice), s.root.dir, name}, args...)...)
}

// appears waits for Waybill's window, whoever started it, puts it to its place, and ends it with the test.
func (s *session) appears() *window {
	s.t.Helper()
	w := &window{desktop: s.desktop}
	s.t.Cleanup(s.keepPicture)
	await(s.t, inTime, "Waybill's window", func() (bool, string) {
		out, _ := run(s.t, s.command("xdotool", "search", "--onlyvisible", "--class", "^Waybill$")) // status 1: none yet
		w.id = strings.TrimSpace(out)
		return w.id != "" && !strings.Contains(w.id, "\n"), s.windows()
	})
	pid := strings.TrimSpace(s.must("xdotool", "getwindowpid", w.id))
	// It is nobody's child here. This one lives as long as it does.
	w.program = start(s.t, s.command("tail", "--follow", "--pid="+pid, "/dev/null"))
	s.t.Cleanup(func() {
		if w.program.running() {
			s.must("kill", pid)
			w.program.status(soon)
		}
	})
	w.place(image.Rect(s.size.X-960, 0, s.size.X, 640))
	return w
}
