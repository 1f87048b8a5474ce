//go:build linux

package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// aSignature is the signature of a presigned URL, whatever it is escaped in.
var aSignature = regexp.MustCompile(`(?i)signature(=|%3d|%253d)[0-9a-f]{64}`)

// TestTheWindowShowsNobodyASignature: while somebody sends, makes a page, looks at a QR code, writes a note, copies, and
// opens a link in the browser, neither a file of the home (temporary ones, logs and settings among them), nor the list
// of processes, nor what the program says has a signature or the secret key.
func TestTheWindowShowsNobodyASignature(t *testing.T) {
	p := newWorkplace(t, 960, 640)
	// The browser stays for a while, with its command line.
	browser := p.write([]byte("#!/bin/sh\necho \"$1\" >>\"$HOME/opened\"\nsleep 2\n"), "bin", "xdg-open")
	if err := os.Chmod(browser, 0o700); err != nil { // #nosec G302 -- it is to be run
		t.Fatal(err)
	}
	for i, e := range p.env {
		if path, ok := strings.CutPrefix(e, "PATH="); ok {
			p.env[i] = "PATH=" + filepath.Dir(browser) + ":" + path
		}
	}
	find := func(where, text string) {
		if aSignature.MatchString(text) || strings.Contains(text, p.store.secret) {
			t.Errorf("a secret is in %s", where)
		}
	}
	stop, looks, sees := make(chan struct{}), 0, false
	var spying sync.WaitGroup
	spying.Go(func() {
		for {
			looks++
			_ = filepath.WalkDir(p.dir, func(path string, e fs.DirEntry, gone error) error {
				if gone == nil && e.IsDir() && e.Name() == ".aws" {
					return fs.SkipDir // where it belongs
				}
				if gone == nil && e.Type().IsRegular() {
					if text, err := os.ReadFile(path); err == nil {
						find(path, string(text))
					}
				}
				return nil // files come and go
			})
			processes, _ := filepath.Glob("/proc/[0-9]*")
			for _, each := range processes {
				// Ours, and what they start, have the workplace in their environment; others' tests use signed URLs too.
				if around, err := os.ReadFile(filepath.Join(each, "environ")); err != nil || !strings.Contains(string(around), p.dir) {
					continue
				}
				if text, err := os.ReadFile(filepath.Join(each, "cmdline")); err == nil {
					sees = sees || strings.Contains(string(text), browser)
					find("the list of processes: "+filepath.Base(strings.Split(string(text), "\x00")[0]), string(text))
				}
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	w := p.waybill("--log-level", "debug")
	w.see("Drop files or folders here", inTime)
	w.press("ctrl+t")
	p.setClipboard(p.write([]byte("one"), "one.txt") + "\n" + p.write([]byte("two"), "two.txt"))
	w.press("ctrl+v")
	w.see("One page for 2 files", inTime)
	p.links(1, inTime)
	w.press("ctrl+2")
	w.see("two.txt", soon)
	w.press("ctrl+r", "ctrl+g")
	w.see("Whoever scans this has the link", soon)
	w.press("Escape", "ctrl+Return")
	await(t, soon, "the browser to be opened", func() (bool, string) {
		text, err := os.ReadFile(p.path("opened"))
		return err == nil && strings.Contains(string(text), "http://127.0.0.1:"), string(text)
	})
	p.setClipboard(nothingYet)
	w.press("ctrl+e")
	w.press("ctrl+c")
	p.links(1, inTime)
	w.press("ctrl+q")
	await(t, soon, "the window to be closed", func() (bool, string) { return !w.program.running(), "" })
	close(stop)
	spying.Wait()
	find("what it says", w.program.out.String()+w.program.err.String())
	if looks < 10 || !sees {
		t.Errorf("it was looked at %d times only, or the browser was not seen (%v)", looks, sees)
	}
}
