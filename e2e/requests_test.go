//go:build linux

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAWindowAsksForFiles: a request is made in the window by keys, its link is on the clipboard, a file comes by the command
// line that the window gives, is seen in the window, and goes into a folder.
func TestAWindowAsksForFiles(t *testing.T) {
	p := newWorkplace(t, 960, 640)
	folder := p.mkdir("Downloads here")
	p.choosesFolder(folder)
	w := p.waybill()
	w.see("Drop files or folders here", inTime)
	w.press("ctrl+3")
	w.see("No requests yet", soon)
	p.setClipboard(nothingYet)
	w.press("ctrl+shift+a")
	w.see("Files may come until", soon)
	w.enter("Anna")
	link := p.links(1, inTime)[0]
	w.see("Nothing has arrived yet", soon)
	if page := string(p.fetch(link).content); !strings.Contains(page, "Anna") || !strings.Contains(page, "<html") {
		t.Error("the clipboard leads to no page for Anna")
	}

	// As a colleague with a terminal.
	p.setClipboard(nothingYet)
	w.press("Escape", "F10")
	w.click("Copy as")
	w.click("curl command")
	line := ""
	await(t, soon, "the command line on the clipboard", func() (bool, string) {
		line, _ = p.clipboard()
		return strings.HasPrefix(line, "sh -c ") && strings.HasSuffix(line, " FILE"), line
	})
	content := noise(300_000)
	p.write(content, "Floor plan.pdf")
	w.press("ctrl+i")
	w.see("Nothing has arrived yet", soon)
	p.must("sh", "-c", strings.TrimSuffix(line, "FILE")+"'Floor plan.pdf'")

	// It would look by itself in half a minute.
	w.click("Look now")
	w.see("Floor plan.pdf", soon)
	w.see("New", soon)
	w.press("ctrl+s")
	w.see("Floor plan.pdf is downloaded", inTime)
	if got, err := os.ReadFile(filepath.Join(folder, "Floor plan.pdf")); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes are there that are not the file's: %v", len(got), err)
	}
}

// choosesFolder puts a chooser into the path that gives this folder: a stand-in for the program zenity, whose window no
// test can rely on being there.
func (h *home) choosesFolder(folder string) {
	h.t.Helper()
	chooser := h.write([]byte("#!/bin/sh\ncase \" $* \" in *\" --directory \"*) echo '"+folder+"' ;; *) exit 1 ;; esac\n"), "bin", "zenity")
	if err := os.Chmod(chooser, 0o700); err != nil { // #nosec G302 -- it is to be run
		h.t.Fatal(err)
	}
	for i, e := range h.env {
		if path, ok := strings.CutPrefix(e, "PATH="); ok {
			h.env[i] = "PATH=" + filepath.Dir(chooser) + ":" + path
		}
	}
}
