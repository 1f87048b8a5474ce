//go:build linux

package e2e

import "testing"

func TestFilesOfTheCommandLineAreSent(t *testing.T) {
	d := newDesktop(t, 960, 640)
	d.setClipboard(nothingYet)
	names := []string{"letter.txt", "-- odd name.txt"}
	for _, name := range names {
		d.write(noise(5_000), name)
	}
	w := d.waybill("--sandbox", "--", names[0], names[1]) // relative, as from a shell
	for _, l := range d.links(len(names), inTime) {
		name := d.fetch(l).name()
		d.checkLink(l, d.path(name), name)
	}
	w.see("letter.txt", soon)
	w.seeTimes(2, "Copy", soon)
}

func TestAComputerWithoutAWSFilesIsOfferedTheSandbox(t *testing.T) {
	d := newDesktop(t, 960, 640)
	file := d.write(noise(10_000), "first.txt")
	w := d.waybill()
	w.see("sandbox", inTime)
	w.click("Try the sandbox")
	w.see("Drop files or folders here", soon)
	d.setClipboard(file)
	w.press("ctrl+v")
	d.checkLink(d.links(1, inTime)[0], file, "first.txt")
}

func TestTheWindowEndsByItsShortcut(t *testing.T) {
	d := newDesktop(t, 960, 640)
	w := d.waybill("--sandbox")
	w.see("Drop files or folders here", inTime)
	w.press("ctrl+q")
	if status := w.program.status(soon); status != 0 {
		t.Errorf("status %d: %s", status, w.program.err.String())
	}
}

func TestTheDestinationIsRemembered(t *testing.T) {
	d := newDesktop(t, 960, 640)
	w := d.waybill("--sandbox")
	w.see("Drop files or folders here", inTime)
	w.press("ctrl+d", "ctrl+a")
	w.enter("alice/2026")
	w.see("sandbox/alice/2026/", soon)
	d.setClipboard(d.write(noise(1_000), "one.txt"))
	w.press("ctrl+v")
	d.links(1, inTime)
	w.press("ctrl+q")
	if status := w.program.status(soon); status != 0 {
		t.Errorf("status %d: %s", status, w.program.err.String())
	}
	d.waybill().see("sandbox/alice/2026/", inTime)
}
