//go:build linux

package e2e

import "testing"

func TestABucketThatIsNotThereIsSaidInTheWindow(t *testing.T) {
	d := newDesktop(t, 960, 640)
	file := d.write(noise(10_000), "customers.csv")
	w := d.waybill("--sandbox")
	w.see("Drop files or folders here", inTime)
	w.press("ctrl+b", "ctrl+a")
	w.enter("no-such-bucket")
	d.setClipboard(file)
	w.press("ctrl+v")
	w.see("Not sent", inTime)
	w.see("customers.csv", soon)
	w.see("There is no bucket", soon)
	w.see("Retry", soon)
	if text, _ := d.clipboard(); text != file {
		t.Errorf("nothing was sent, and yet the clipboard changed to %q", text)
	}

	// What the person does next: the right bucket, then Retry.
	d.store().makeBucket("no-such-bucket")
	w.click("Retry")
	d.checkLink(d.links(1, inTime)[0], file, "customers.csv")
	w.see("Link copied", soon)
}
