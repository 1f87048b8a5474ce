package pages_test

import (
	"bytes"
	"testing"

	"waybill/internal/pages"
)

func TestRequestFirst(t *testing.T) {
	for _, name := range []string{"sandbox", "minio"} {
		t.Run(name, func(t *testing.T) {
			s := inSandbox
			_ = s
			var sh *shop
			if name == "sandbox" {
				sh = inSandbox(t)
			} else {
				sh = inMinIO(t)
			}
			dir := t.TempDir()
			r := asking("first-" + unguessed())
			r.Posts = []pages.Post{sh.post("in/", "", 50<<20)}
			tab := visit(t, sh.serve(r), reader{})
			tab.picture("request-empty")
			a, content := file(t, dir, "a photo.jpg", 100_000)
			c, _ := file(t, dir, "empty.txt", 0)
			tab.drop(a, c)
			tab.untilStates("sent sent")
			tab.picture("request-sent")
			for key, got := range sh.has("in/") {
				t.Log(key, len(got), bytes.Equal(got, content))
			}
			r = asking("put-" + unguessed())
			r.Files = 2
			r.Slots = []pages.Slot{sh.put("one/1", "application/octet-stream"), sh.parts("one/2", "application/octet-stream", 20)}
			tab = visit(t, sh.serve(r), reader{})
			big, bigContent := file(t, dir, "big.bin", 30<<20)
			tab.drop(a, big, c)
			tab.untilStates("sent sent refused")
			tab.picture("request-put")
			t.Log(tab.says())
			for key, got := range sh.has("one/") {
				t.Log(key, len(got), bytes.Equal(got, content), bytes.Equal(got, bigContent), *sh.head(key))
			}
		})
	}
}
