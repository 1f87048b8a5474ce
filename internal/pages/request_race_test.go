package pages_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/pages"
)

// whileTaken answers a request by a refusal, while somebody else's file comes to its key.
func (s *shop) whileTaken(content []byte, refuse trouble) trouble {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		key := strings.TrimPrefix(r.URL.Path, "/"+s.bucket+"/")
		_, err := s.client.PutObject(r.Context(), &s3.PutObjectInput{Bucket: aws.String(s.bucket), Key: aws.String(key), Body: bytes.NewReader(content)})
		if err != nil {
			s.t.Errorf("somebody else's file: %v", err)
		}
		refuse(w, r, pass)
	}
}

// TestARefusedTryIsNoSentFile: two meet at one place, the store refuses one of them for the moment, and the place is the
// other's when it is asked again. The page must not take the other's file, of the very same size, for its own.
func TestARefusedTryIsNoSentFile(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	path, content := file(t, t.TempDir(), "mine.txt", 1000)
	_, theirs := file(t, t.TempDir(), "theirs.txt", 1000)
	conflict := says(http.StatusConflict, "application/xml", errorXML("ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation."))
	busy := says(http.StatusServiceUnavailable, "application/xml", errorXML("SlowDown", "Please reduce your request rate."))
	gateway := says(http.StatusServiceUnavailable, "text/html", "<html>no server is available</html>")
	for name, test := range map[string]struct {
		refuse trouble
		about  func(*http.Request) bool
		place  func(key string) pages.Slot
	}{
		"put, 409":           {conflict, isPut, func(key string) pages.Slot { return s.put(key, "text/plain") }},
		"put, SlowDown":      {busy, isPut, func(key string) pages.Slot { return s.put(key, "text/plain") }},
		"put, a gateway":     {gateway, isPut, func(key string) pages.Slot { return s.put(key, "text/plain") }},
		"complete, 409":      {conflict, isComplete, func(key string) pages.Slot { return s.parts(key, "text/plain", 9) }},
		"complete, SlowDown": {busy, isComplete, func(key string) pages.Slot { return s.parts(key, "text/plain", 9) }},
	} {
		t.Run(name, func(t *testing.T) {
			for _, looks := range []bool{false, true} {
				prefix := unguessed() + "/"
				r := asking("refused-" + unguessed())
				r.Slots = []pages.Slot{test.place(prefix + "1")}
				if !looks {
					r.Slots[0].Look = nil
				}
				way.clear()
				link := s.serve(r)
				way.troubled(first(1, test.about, s.whileTaken(theirs, test.refuse)))
				tab := visit(t, link, reader{})
				tab.drop(path)
				tab.untilStates("failed")
				if said := tab.says(); !strings.Contains(said, "Somebody else has sent a file to this place meanwhile, and none is left.") {
					t.Errorf("it says\n%s", said)
				}
				if !bytes.Equal(s.has(prefix + "1")[prefix+"1"], theirs) {
					t.Error("the other's file was overwritten")
				}
				tab.forgiveAll("Failed to load resource")
			}

			// Where there is another place, it goes there.
			prefix := unguessed() + "/"
			r := asking("refused-" + unguessed())
			r.Slots = []pages.Slot{test.place(prefix + "1"), test.place(prefix + "2")}
			r.Slots[0].Look, r.Slots[1].Look = nil, nil
			way.clear()
			link := s.serve(r)
			way.troubled(first(1, test.about, s.whileTaken(theirs, test.refuse)))
			tab := visit(t, link, reader{})
			tab.drop(path)
			tab.untilStates("sent")
			if got := s.has(prefix)[tab.receipt().Files[0].Key]; !bytes.Equal(got, content) {
				t.Error("the receipt names a key that holds another file")
			}
			tab.forgiveAll("Failed to load resource")
		})
	}
}

// TestAMailedPageSeesNoSums: rules of CORS that expose no header leave only the size to look at, which proves nothing.
func TestAMailedPageSeesNoSums(t *testing.T) {
	s := inSandbox(t)
	s.allow("GET", "HEAD", "PUT", "POST")
	way := s.over(t)
	path, _ := file(t, t.TempDir(), "mine.txt", 1000)
	_, theirs := file(t, t.TempDir(), "theirs.txt", 1000)
	r := asking("blind-" + unguessed())
	r.Slots = []pages.Slot{s.parts("in/1", "text/plain", 9)}
	conflict := says(http.StatusConflict, "application/xml", errorXML("ConditionalRequestConflict", "…"))
	way.troubled(first(1, isComplete, s.whileTaken(theirs, func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		conflict(w, r, pass)
	})))
	tab := visit(t, s.mail(r), reader{})
	tab.drop(path)
	tab.untilStates("failed")
	if said := tab.says(); !strings.Contains(said, "Somebody else has sent a file to this place meanwhile, and none is left.") {
		t.Errorf("it says\n%s", said)
	}
	tab.forgiveAll("Failed to load resource")
}

// TestAnErrorAfterTheWork: a store that answers 500 may have taken the file; then the place is its own.
func TestAnErrorAfterTheWork(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	path, content := file(t, t.TempDir(), "a.txt", 1000)
	r := asking("500-" + unguessed())
	r.Slots = []pages.Slot{s.put("in/1", "text/plain")}
	r.Slots[0].Look = nil
	link := s.serve(r)
	failed := says(http.StatusInternalServerError, "application/xml", errorXML("InternalError", "We encountered an internal error. Please try again."))
	way.troubled(first(1, isPut, func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		pass.ServeHTTP(httptest.NewRecorder(), r)
		failed(w, r, pass)
	}))
	tab := visit(t, link, reader{})
	tab.drop(path)
	tab.untilStates("sent")
	s.arrived(tab, "in/", map[string][]byte{"a.txt": content})
	if tab.receipt().Files[0].Proven {
		t.Error("it counts as proven, though nobody could look")
	}
	tab.forgiveAll("Failed to load resource")
}

// TestAFormProvesAfterwards: no sum travels with a form, so the page holds the store's own word against its own, and sends
// what was damaged on its way again.
func TestAFormProvesAfterwards(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	path, content := file(t, t.TempDir(), "a.bin", 300_000)
	r := asking("form-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 5<<20)}
	link := s.serve(r)
	way.troubled(first(1, isPost, damages))
	tab := visit(t, link, reader{})
	tab.drop(path)
	tab.untilStates("sent")
	s.arrived(tab, "in/", map[string][]byte{"a.bin": content})
	if !tab.receipt().Files[0].Proven {
		t.Error("it was not proven, though the store has said what it has")
	}
}

// TestChoosingAnotherFileInstead: the button of a row that failed takes any file, but only its own into the row; each is
// looked at as if it had come first.
func TestChoosingAnotherFileInstead(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	dir, other := t.TempDir(), t.TempDir()
	a, _ := file(t, dir, "a.txt", 1000)
	fat, _ := file(t, other, "a.txt", 200_000)
	exe, _ := file(t, dir, "b.exe", 1000)
	b, content := file(t, dir, "b.txt", 1000)
	r := asking("instead-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 5<<20)}
	r.Kinds, r.MaxSize = []string{".txt"}, 100_000
	link := s.serve(r)
	noName := says(http.StatusBadRequest, "application/xml", errorXML("KeyTooLongError", "Your key is too long."))
	tab := visit(t, link, reader{})
	fails := func() {
		t.Helper()
		way.troubled(first(1, isPost, noName))
		tab.drop(a)
		tab.untilStates("failed")
		tab.until("the button", func() bool {
			return tab.text(`document.querySelector(".acts .act").innerText.split("\n")[0].trim()`) == "Choose the file"
		})
	}
	remove := func() {
		t.Helper()
		tab.click(".acts .remove")
		tab.untilStates("")
	}

	fails()
	tab.choosing(func() { tab.click(".acts .act") }, exe)
	tab.untilStates("refused")
	if said := tab.says(); !strings.Contains(said, "b.exe") || !strings.Contains(said, "Files of this kind are not asked for.") {
		t.Errorf("of another kind it says\n%s", said)
	}
	remove()

	fails()
	tab.choosing(func() { tab.click(".acts .act") }, fat)
	tab.until("the word on its size", func() bool {
		return strings.Contains(tab.says(), "The file is too large: at most 100 kB can be sent here.")
	})
	if states := tab.states(); states != "failed" {
		t.Errorf("the row is %s", states)
	}
	remove()

	fails()
	tab.choosing(func() { tab.click(".acts .act") }, b)
	tab.untilStates("sent")
	s.arrived(tab, "in/", map[string][]byte{"b.txt": content})
	for key := range s.has("in/") {
		if !strings.HasSuffix(key, "/b.txt") {
			t.Errorf("it is at %q", key)
		}
	}
	tab.forgiveAll("Failed to load resource")
}
