package pages_test

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waybill/internal/pages"
)

// TestWrongSumsAreRefused: what the page relies on holds in both stores, for a PUT and a part.
func TestWrongSumsAreRefused(t *testing.T) {
	for name, open := range shops() {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			way := s.over(t)
			path, content := file(t, t.TempDir(), "a.bin", 300_000)
			for what, ask := range map[string]func(*pages.Request){
				"put":   func(r *pages.Request) { r.Slots = []pages.Slot{s.put("put", "text/plain")} },
				"parts": func(r *pages.Request) { r.Slots = []pages.Slot{s.parts("parts", "text/plain", 9)} },
			} {
				r := asking(what + unguessed())
				ask(&r)
				way.clear()
				times := 2 // the page has the file read and sent once more by itself
				if what == "parts" {
					times = 1 // and a part
				}
				spoiled := first(times, func(r *http.Request) bool { return isPut(r) || isPart(r) }, damages)
				tab := visit(t, s.serve(r), reader{})
				way.troubled(spoiled)
				tab.drop(path)
				if what == "parts" {
					tab.untilStates("sent")
					if n := way.count(func(p passed) bool { return anyPart(p) && p.status == http.StatusBadRequest }); n != 1 {
						t.Errorf("%d parts were refused", n)
					}
				} else {
					tab.untilStates("failed")
					if said := tab.says(); !strings.Contains(said, "What arrived is not what was sent. Try again.") {
						t.Errorf("%s: it says\n%s", what, said)
					}
					if len(s.has(what)) != 0 {
						t.Errorf("%s: damaged bytes were kept", what)
					}
					tab.click(".acts .act")
					tab.untilStates("sent")
				}
				tab.forgiveAll("400")
				for key, got := range s.has(what) {
					if !strings.HasSuffix(key, ".note") && !bytes.Equal(got, content) {
						t.Errorf("%s: other bytes arrived", what)
					}
				}
			}
		})
	}
}

// TestRequestRefusesBeforeSending: each in a sentence, and the store is asked nothing.
func TestRequestRefusesBeforeSending(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	dir := t.TempDir()
	jpg, _ := file(t, dir, "a.JPG", 1000)
	pdf, _ := file(t, dir, "b.pdf", 1000)
	exe, _ := file(t, dir, "c.exe", 1000)
	fat, _ := file(t, dir, "d.jpg", 2_000_000)
	huge := filepath.Join(dir, "huge.jpg")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(5<<30+1), f.Close()); err != nil { // a hole: takes no room
		t.Fatal(err)
	}
	asked := func() int {
		return way.count(func(p passed) bool { return p.method != http.MethodGet && strings.Contains(p.key, "/in/") || isForm(p) })
	}

	r := asking("refuses-" + unguessed())
	r.Kinds, r.MaxSize, r.Files = []string{"image/*", ".pdf"}, 1_000_000, 2
	r.Slots = []pages.Slot{s.put("in/1", "image/jpeg"), s.put("in/2", "application/pdf")}
	r.Slots[0].Accept, r.Slots[1].Accept = []string{"image/*"}, []string{".pdf"}
	tab := visit(t, s.serve(r), reader{})
	tab.drop(exe, fat)
	tab.untilStates("refused refused")
	tab.picture("request-refused")
	for _, want := range []string{
		"Files of this kind are not asked for. Asked for: pictures, PDF.",
		"The file is too large: at most 1.0 MB can be sent here.",
	} {
		if said := tab.says(); !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if accept := tab.text(`document.getElementById("files").accept`); accept != "image/*,.pdf" {
		t.Errorf("the chooser offers %q", accept)
	}
	if n := asked(); n != 0 {
		t.Errorf("the store was asked %d times", n)
	}
	tab.drop(jpg, pdf)
	tab.untilStates("refused refused sent sent")
	tab.drop(filepath.Join(dir, "b.pdf"), huge)
	tab.until("one too many", func() bool { return strings.Contains(tab.says(), "The file is too large") })
	more, _ := file(t, dir, "one more.pdf", 10)
	tab.drop(more)
	tab.until("one too many", func() bool { return strings.Contains(tab.says(), "No more than 2 files can be sent here.") })
	if got := len(s.has("in/")); got != 2 {
		t.Errorf("%d files are there", got)
	}
	// Refused rows can be taken away.
	for tab.count(".acts button:not([hidden])") > 0 {
		tab.click(".acts button:not([hidden])")
	}
	if states := tab.states(); states != "sent sent" {
		t.Errorf("what stays is %s", states)
	}

	// Over 5 GiB only parts will do. How large they are, depends on how many there may be.
	before := asked()
	r = asking("huge-" + unguessed())
	r.Posts = []pages.Post{s.post("huge/", "", 5<<30)}
	tab = visit(t, s.serve(r), reader{})
	tab.drop(huge)
	tab.untilStates("refused")
	if said := tab.says(); !strings.Contains(said, "The file is too large: at most 5.4 GB can be sent here.") {
		t.Errorf("it says\n%s", said)
	}
	if asked() != before {
		t.Error("the store was asked")
	}
	r.ID = "huge-" + unguessed()
	r.Slots = []pages.Slot{s.parts("huge", "", 20)}
	stopped := make(chan struct{})
	way.troubled(func(r *http.Request) trouble {
		if isPart(r) {
			return waitsFor(stopped)
		}
		return nil
	})
	tab = visit(t, s.serve(r), reader{})
	tab.drop(huge)
	tab.untilStates("sending")
	if part := tab.text(`Object.values(JSON.parse(localStorage.getItem("waybill.request.` + r.ID + `")).parts)[0].part.toString()`); part != "269484032" { // 257 MiB, twenty times
		t.Errorf("the parts are of %s bytes", part)
	}
	tab.click(".acts .act")
	tab.untilStates("cancelled")
	close(stopped)
}

// TestTheStoreRefuses takes the page's own checks away: the policy and the signature hold.
func TestTheStoreRefuses(t *testing.T) {
	for name, open := range shops() {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			dir := t.TempDir()
			exe, _ := file(t, dir, "c.exe", 1000)
			fat, _ := file(t, dir, "fat.jpg", 300_000)
			r := asking("tampered-" + unguessed())
			r.Posts = []pages.Post{s.post("in/", "image/", 100_000)}
			r.Slots = []pages.Slot{s.put("in/put", "image/png")}
			r.Kinds, r.MaxSize = []string{"image/*"}, 100_000
			tampered := func(changes ...string) *tab {
				r.ID = "tampered-" + unguessed()
				page := string(writeRequest(t, r))
				for i := 0; i < len(changes); i += 2 {
					if !strings.Contains(page, changes[i]) {
						t.Fatalf("the page has no %s", changes[i])
					}
					page = strings.Replace(page, changes[i], changes[i+1], 1)
				}
				return visit(t, s.serveHTML(page), reader{})
			}
			for _, test := range []struct {
				what    string
				changes []string
				path    string
				says    []string
			}{
				{"another type", []string{`"kinds":["image/*"]`, `"kinds":[]`, `"type":"image/"`, `"type":"text/plain"`, `"slots":[{`, `"slots":[],"x":[{`}, exe,
					[]string{"The store refuses the file: it is not what was asked for.", "Technical detail"}},
				{"a larger body", []string{`"max":100000`, `"max":0`, `"max":100000`, `"max":1000000`, `"slots":[{`, `"slots":[],"x":[{`}, fat,
					[]string{"The file is too large"}},
				{"another type in a place", []string{`"kinds":["image/*"]`, `"kinds":[]`, `"posts":[{`, `"posts":[],"x":[{`, `"Content-Type":"image/png"`, `"Content-Type":"text/html"`}, exe,
					[]string{"This page was changed or damaged on its way"}},
				{"another folder", []string{`"kinds":["image/*"]`, `"kinds":[]`, `"folder":"in/"`, `"folder":"elsewhere/"`, `"slots":[{`, `"slots":[],"x":[{`}, exe,
					[]string{"The store refuses the file: it is not what was asked for."}},
				{"another key", []string{`"kinds":["image/*"]`, `"kinds":[]`, `"posts":[{`, `"posts":[],"x":[{`, `in/put?`, `in/other?`}, exe,
					[]string{"This page was changed or damaged on its way", "Open it once more as it was sent."}},
			} {
				tab := tampered(test.changes...)
				tab.drop(test.path)
				tab.untilStates("failed")
				said := tab.says()
				for _, want := range test.says {
					if !strings.Contains(said, want) {
						t.Errorf("%s: it does not say %q:\n%s", test.what, want, said)
					}
				}
				if strings.Contains(said, "http:") || strings.Contains(said, "X-Amz") {
					t.Errorf("%s: a URL is written out:\n%s", test.what, said)
				}
				tab.picture("request-failed")
				tab.forgiveAll("status of 4")
			}
			if there := s.has(""); len(there) != 1 {
				t.Errorf("there is %q", slices.Collect(maps.Keys(there)))
			}
		})
	}
}
