//go:build linux

package e2e

import (
	"fmt"
	"path/filepath"
	"testing"
)

// dropped makes files in a folder, opens a file manager on it and Waybill on the sandbox, drags all of them over,
// and gives the links that are then on the clipboard, each by the name under which it offers its file.
func dropped(t *testing.T, folder string, files ...string) (d *desktop, w *window, links map[string]string) {
	t.Helper()
	d = newDesktop(t, 1400, 640)
	for i, name := range files {
		d.write(noise(40_000+i), folder, name)
	}
	manager := d.fileManager(d.path("drop"))
	w = d.waybill("--sandbox")
	w.see("Drop files or folders here", inTime)
	d.setClipboard(nothingYet)
	manager.dragAll(firstShown(folder, files), w)
	links = map[string]string{}
	for _, l := range d.links(len(files), inTime) {
		links[d.fetch(l).name()] = l
	}
	return d, w, links
}

// firstShown is what the file manager, which shows the folder "drop", shows first of it.
func firstShown(folder string, files []string) string {
	if folder != "drop" {
		return filepath.Base(folder)
	}
	return files[0]
}

func TestDropOfOneFileTurnsIntoItsLink(t *testing.T) {
	d, w, links := dropped(t, "drop", "Quarterly report.pdf")
	w.see("Link copied", soon)
	w.see("Quarterly report.pdf", soon)
	d.checkLink(links["Quarterly report.pdf"], d.path("drop", "Quarterly report.pdf"), "Quarterly report.pdf")
}

func TestDropOfThreeFilesCopiesThreeLinks(t *testing.T) {
	names := []string{"holiday 100%.jpg", "notes.md", "Übersicht für Müller & Söhne.txt"}
	d, w, links := dropped(t, "drop", names...)
	w.seeTimes(3, "Copy", soon)
	for _, name := range names {
		d.checkLink(links[name], d.path("drop", name), name)
	}
}

func TestDropOfAFolderSendsWhatIsInIt(t *testing.T) {
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprintf("picture %d.jpg", i+1))
	}
	d, _, links := dropped(t, filepath.Join("drop", "offsite"), names...)
	for _, name := range names {
		d.checkLink(links[name], d.path("drop", "offsite", name), name)
		if _, key := d.objectOf(links[name]); filepath.Base(filepath.Dir(key)) != "offsite" {
			t.Errorf("%s has the key %q, which is not below the folder's name", name, key)
		}
	}
}
