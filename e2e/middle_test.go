//go:build linux

package e2e

import (
	"fmt"
	"testing"
)

// inTheMiddle opens the window and pastes a large file, and comes back when half of it has been sent and no more
// will pass until the road is opened again.
func inTheMiddle(t *testing.T) (p *workplace, w *window, path string) {
	t.Helper()
	p = newWorkplace(t, 960, 640)
	path = p.home.write(noise(64<<20), "film.mp4")
	w = p.waybill()
	w.see("Drop files or folders here", inTime)
	p.setClipboard(path)
	p.road.limit.Store(p.road.passed.Load() + 24<<20)
	w.press("ctrl+v")
	w.see("Pause", inTime)
	await(t, inTime, "the upload to be in the middle", func() (bool, string) {
		return p.road.passed.Load() > p.road.limit.Load(), fmt.Sprint(p.road.passed.Load())
	})
	return p, w, path
}

func TestAPausedUploadGoesOn(t *testing.T) {
	p, w, path := inTheMiddle(t)
	w.press("ctrl+shift+p")
	w.see("Resume", soon)
	p.road.reopen()
	p.setClipboard(nothingYet)
	w.press("ctrl+shift+p")
	p.checkLink(p.links(1, inTime)[0], path, "film.mp4")
	w.see("Link copied", soon)
	if n := p.store.unfinished("team-share"); n != 0 {
		t.Errorf("%d unfinished uploads are left in the bucket", n)
	}
}
