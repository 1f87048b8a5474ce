//go:build linux

package e2e

import (
	"strings"
	"syscall"
	"testing"
)

// active is the window that gets the keys.
func (d *desktop) active() string {
	out, _ := run(d.t, d.command("xdotool", "getactivewindow")) // status 1: none
	return strings.TrimSpace(out)
}

// inFront waits until the window is the one that gets the keys.
func (w *window) inFront() {
	w.t.Helper()
	number := strings.TrimSpace(w.id)
	await(w.t, soon, "the window to be in front", func() (bool, string) {
		now := w.active()
		return now == number, now + " rather than " + number
	})
}

// waybills are the windows of Waybill that can be seen.
func (d *desktop) waybills() []string {
	out, _ := run(d.t, d.command("xdotool", "search", "--onlyvisible", "--name", "^Waybill")) // status 1: none
	return strings.Fields(out)
}

// another starts Waybill once more, and gives its exit status and what it says.
func (d *desktop) another(args ...string) (status int, said string) {
	d.t.Helper()
	second := start(d.t, d.command(program(d.t), args...))
	return second.status(inTime), second.err.String()
}

func TestASecondStartHandsItsFilesOver(t *testing.T) {
	d := newDesktop(t, 1400, 640)
	first, second, third := d.write(noise(10_000), "first.bin"), d.write(noise(20_000), "second.bin"), d.write(noise(30_000), "third.bin")
	w := d.waybill("--sandbox")
	w.see("Drop files or folders here", inTime)
	other := d.fileManager(d.mkdir("elsewhere"))
	other.focus()
	other.inFront()

	// Its files go to the destination of the window, which comes to the front.
	d.setClipboard(nothingYet)
	if status, said := d.another("--", "first.bin", "second.bin"); status != 0 || said != "" { // relative, as from a shell
		t.Errorf("status %d: %s", status, said)
	}
	w.inFront()
	for _, l := range d.links(2, inTime) {
		name := d.fetch(l).name()
		d.checkLink(l, map[string]string{"first.bin": first, "second.bin": second}[name], name)
	}
	w.see("second.bin", soon)

	// Without files it only comes to the front.
	other.focus()
	if status, said := d.another(); status != 0 || said != "" {
		t.Errorf("status %d: %s", status, said)
	}
	w.inFront()

	// What another environment says of the store would be another place: the window is told, and sends nothing there.
	cmd := d.command(program(t), "--profile", "nobody", third)
	cmd.Env = append(cmd.Env, "AWS_ENDPOINT_URL=http://127.0.0.1:1")
	refused := start(t, cmd)
	if status := refused.status(inTime); status != 1 || !strings.Contains(refused.err.String(), "AWS settings") {
		t.Errorf("status %d: %s", status, refused.err.String())
	}
	if seen := d.waybills(); len(seen) != 1 {
		t.Errorf("%d windows are open", len(seen))
	}

	// A killed one leaves nothing that stops the next, which takes what is asked of it.
	w.program.signal(syscall.SIGKILL)
	<-w.program.over
	w = d.waybill("--sandbox")
	d.setClipboard(nothingYet)
	if status, said := d.another(third); status != 0 {
		t.Errorf("status %d: %s", status, said)
	}
	d.checkLink(d.links(1, inTime)[0], third, "third.bin")

	// One that hangs is said to, and the file is not sent later.
	w.program.signal(syscall.SIGSTOP)
	status, said := d.another(first)
	w.program.signal(syscall.SIGCONT)
	if status != 1 || !strings.Contains(said, "does not answer") {
		t.Errorf("status %d: %s", status, said)
	}
	w.see("third.bin", soon)
	if w.seesNow("first.bin") {
		t.Error("it was sent all the same")
	}
}

// TestOtherFlagsLeadElsewhere: a second start with a profile of its own sends there, and the window shows it.
func TestOtherFlagsLeadElsewhere(t *testing.T) {
	p := newWorkplace(t, 960, 640)
	file := p.write(noise(10_000), "to the sandbox.bin")
	w := p.waybill()
	w.see("team-share", inTime)
	p.setClipboard(nothingYet)
	if status, said := p.another("--sandbox", file); status != 0 {
		t.Errorf("status %d: %s", status, said)
	}
	link := p.links(1, inTime)[0]
	p.checkLink(link, file, "to the sandbox.bin")
	if keys := p.store.keys("team-share"); len(keys) != 0 {
		t.Errorf("%q went to the profile's bucket", keys)
	}
	w.see("Link copied", soon)
}

func TestTwoStartsAtOnceMakeOneWindow(t *testing.T) {
	d := newDesktop(t, 960, 640)
	d.setClipboard(nothingYet)
	one, two := d.write(noise(10_000), "one.bin"), d.write(noise(20_000), "two.bin")
	starts := []*process{start(t, d.command(program(t), "--sandbox", one)), start(t, d.command(program(t), "--sandbox", two))}
	var ended *process
	await(t, inTime, "one of them to hand over", func() (bool, string) {
		for _, p := range starts {
			if !p.running() {
				ended = p
			}
		}
		return ended != nil, ""
	})
	if status := ended.status(soon); status != 0 {
		t.Errorf("status %d: %s", status, ended.err.String())
	}
	await(t, inTime, "both files to be in the sandbox", func() (bool, string) {
		keys := strings.Join(d.store().keys("sandbox"), " ")
		return strings.Contains(keys, "one.bin") && strings.Contains(keys, "two.bin"), keys
	})
	if seen := d.waybills(); len(seen) != 1 {
		t.Errorf("%d windows are open", len(seen))
	}
}
