//go:build linux

package e2e

import (
	"slices"
	"strings"
	"testing"
)

// No mouse is used here: files come by paste, and fields by their shortcuts.

func TestDestinationIsTypedByKeyboardAlone(t *testing.T) {
	d := newDesktop(t, 960, 640)
	first := d.write(noise(10_000), "first.bin")
	second := d.write(noise(20_000), "second.bin")
	w := d.waybill("--sandbox")
	w.see("Drop files or folders here", inTime)

	d.setClipboard(first)
	w.press("ctrl+v")
	d.checkLink(d.links(1, inTime)[0], first, "first.bin")

	store := d.store()
	store.makeBucket("team-share")
	w.press("ctrl+b", "ctrl+a")
	w.enter("team-share")
	w.press("ctrl+d", "ctrl+a")
	w.enter("/alice//2026")
	w.see("team-share", soon)
	d.setClipboard(second)
	w.press("ctrl+v")
	link := d.links(1, inTime)[0]
	d.checkLink(link, second, "second.bin")
	if bucket, key := d.objectOf(link); bucket != "team-share" || key != "alice/2026/second.bin" {
		t.Errorf("it went to %q, %q", bucket, key)
	}
	if keys := store.keys("team-share"); !slices.Equal(keys, []string{"alice/2026/second.bin"}) {
		t.Errorf("the bucket holds %q", keys)
	}
}

func TestPasteOfSeveralPaths(t *testing.T) {
	d := newDesktop(t, 960, 640)
	one, two := d.write(noise(5_000), "one.txt"), d.write(noise(5_000), "two & more.txt")
	w := d.waybill("--sandbox")
	w.see("Drop files or folders here", inTime)
	d.setClipboard(one + "\nfile://" + strings.ReplaceAll(two, " ", "%20") + "\n")
	w.press("ctrl+v")
	for _, l := range d.links(2, inTime) {
		name := d.fetch(l).name()
		d.checkLink(l, d.path(name), name)
	}
}
