package gui

import (
	"testing"

	"waybill/internal/desk"
)

// TestFilesThatTheSystemHandsOver: they are sent like a drop, one portion after the other, whatever place is open.
func TestFilesThatTheSystemHandsOver(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "handed/over")
	handed := make(chan []string)
	go r.takeHanded(handed)
	r.ui.open(r.links)
	for files, name := range []string{"first.txt", "second.txt"} {
		handed <- []string{r.file(name, name)}
		r.over(files + 1)
	}
	if !r.send.content().Visible() {
		t.Error("the Send place did not come to the front")
	}
	r.until("the ledger has both", func() bool { return len(r.links.entries) == 2 })
	for _, e := range r.links.entries {
		if e.State != desk.Sent {
			t.Errorf("%s: %s", e.Name, e.State)
		}
	}
}
