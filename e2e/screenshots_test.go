//go:build linux && screenshots

package e2e

import (
	"encoding/json"
	"fmt"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestScreenshots takes the pictures of the documentation: the real window, with real transfers. Each stands for
// a state that the window can be in. Open each one after a change, and mend what you would not show to a friend.
func TestScreenshots(t *testing.T) {
	for _, appearance := range []string{"light", "dark"} {
		for _, scene := range scenes {
			t.Run(scene.name+" "+appearance, func(t *testing.T) {
				s := newStudio(t, appearance)
				scene.play(s)
				for _, size := range sizes {
					s.shoot(fmt.Sprintf("%s-%s-%dx%d.png", scene.name, appearance, size.X, size.Y), size, scene.moving)
				}
			})
		}
	}
}

// sizes are those of the window: as it opens, and as small as it gets.
var sizes = []image.Point{{X: 960, Y: 640}, {X: 720, Y: 480}}

// scenes are the states in the pictures.
var scenes = []struct {
	name   string
	moving bool // something goes on in it
	play   func(*studio)
}{
	{name: "empty", play: func(s *studio) {
		s.open()
	}},
	{name: "sending", moving: true, play: func(s *studio) {
		s.open()
		s.send("Quarterly report – final.pdf", "données-été-2026.zip")
		s.road.pace.perSecond.Store(9 << 20)
		s.paste(file{"Launch film, director’s cut.mp4", 180 << 20}, file{"backup-2026-11-20.zip", 120 << 20}, file{"logo.png", 18_000})
		await(s.t, inTime, "a third of it to have passed", func() (bool, string) {
			return s.road.passed.Load() > 100<<20, fmt.Sprint(s.road.passed.Load())
		})
	}},
	{name: "sent", play: func(s *studio) {
		s.open()
		s.send("customers.csv", "Launch film, director’s cut.mp4", "logo.png", "Quarterly report – final.pdf")
	}},
	{name: "error", play: func(s *studio) {
		s.open()
		s.send("Quarterly report – final.pdf")
		s.window.press("ctrl+b", "ctrl+a")
		s.window.enter("team-shared")
		s.paste(file{"customers.csv", 310_000})
		s.window.see("Not sent", inTime)
		s.window.press("Escape")
	}},
	{name: "bundle", play: func(s *studio) {
		s.open()
		s.window.press("ctrl+t")
		s.paste(file{"Quarterly report – final.pdf", 2_400_000}, file{"customers.csv", 310_000}, file{"Launch film, director’s cut.mp4", 9_000_000})
		s.window.see("One page for 3 files", inTime)
		s.window.see("Link copied", soon)
	}},
	{name: "links", play: (*studio).ledger},
	{name: "selected", play: func(s *studio) {
		s.ledger()
		s.window.press("ctrl+r", "Down", "space", "shift+Down")
		s.window.see("2 selected", soon)
	}},
	{name: "revoke", play: func(s *studio) {
		s.ledger()
		s.window.press("ctrl+r", "Delete")
		s.window.see("Delete", soon)
	}},
	{name: "qr", play: func(s *studio) {
		s.ledger()
		s.window.press("ctrl+r", "ctrl+g")
		s.window.see("Whoever scans this has the link", soon)
	}},
	{name: "browse", play: func(s *studio) {
		s.ledger()
		s.window.press("ctrl+shift+l")
		s.window.see("Link to a file in a bucket", soon)
		s.window.see("All-hands recording.mp4", soon)
	}},
	{name: "check", play: func(s *studio) {
		s.open()
		s.window.press("ctrl+shift+d")
		s.window.see("Write nothing", inTime)
		s.window.press("Return")
		s.window.see("Everything works here", inTime)
	}},
	{name: "add-store", play: func(s *studio) {
		s.open()
		s.window.press("ctrl+shift+n")
		s.window.see("Check and save", soon)
	}},
	{name: "requests-empty", play: func(s *studio) {
		s.open()
		s.window.press("ctrl+3")
		s.window.see("No requests yet", soon)
	}},
	{name: "requests", play: func(s *studio) {
		s.asked()
		s.window.press("ctrl+3")
		s.window.see("With news 2", inTime)
	}},
	{name: "request-form", play: func(s *studio) {
		s.open()
		s.window.press("ctrl+shift+a")
		s.window.see("Files may come until", soon)
		s.typeIn("Photographers of the offsite")
		s.window.press("Tab", "Tab")
		s.typeIn("All pictures that you have of Friday, please: the large ones.")
	}},
	{name: "arrivals", play: func(s *studio) {
		s.asked()
		s.window.press("ctrl+3", "ctrl+r", "Down", "ctrl+i")
		s.window.see("Download all", inTime)
		s.window.see("New", inTime)
	}},
	{name: "arrivals-none", play: func(s *studio) {
		s.open()
		s.window.press("ctrl+shift+a")
		s.window.see("Files may come until", soon)
		s.window.enter("Anna")
		s.window.see("Nothing has arrived yet", soon)
	}},
	{name: "request-close", play: func(s *studio) {
		s.asked()
		s.window.press("ctrl+3", "ctrl+r", "Down", "ctrl+i")
		s.window.see("Download all", inTime)
		s.window.press("ctrl+r", "Delete")
		s.window.see("Keep it as it is", soon)
	}},
	{name: "request-rule", play: func(s *studio) {
		s.asked()
		s.window.press("ctrl+3", "ctrl+r", "Down", "F10")
		s.window.click("May a page in a file upload?")
		s.window.see("Not now", soon)
	}},
	{name: "settings", play: func(s *studio) {
		s.open()
		s.window.press("ctrl+comma")
		s.window.see("Appearance", soon)
	}},
	{name: "upload-settings", play: func(s *studio) {
		s.open()
		s.window.press("ctrl+u")
		s.window.see("What objects get", soon)
		s.typeIn("https://files.example.com")
		s.window.press("Tab", "Tab", "Tab", "Tab", "Tab", "Tab")
		s.typeIn("project=atlas&team=blue")
	}},
	{name: "names", play: func(s *studio) {
		s.open()
		s.send(
			"会議の議事録 2026年11月.pdf",
			"A name that somebody gave to a file without thinking of windows "+strings.Repeat("very ", 26)+"long.tar.gz",
			"التقرير النهائي.docx", "Отчёт за ноябрь – черновик.xlsx", "वार्षिक रिपोर्ट.txt", "Sommerfest 🎉 am See.jpg",
		)
	}},
}

// studio is where the pictures are taken.
type studio struct {
	*workplace
	window *window
}

func newStudio(t *testing.T, appearance string) *studio {
	t.Helper()
	s := &studio{workplace: newWorkplace(t, 1000, 700)}
	s.remember(appearance)
	return s
}

// open opens the window, and takes the pointer out of the picture.
func (s *studio) open() {
	s.t.Helper()
	s.window = s.waybill()
	s.window.see("Drop files or folders here", inTime)
	s.must("xdotool", "mousemove", fmt.Sprint(s.size.X-1), fmt.Sprint(s.size.Y-1))
}

// file is a file to be made.
type file struct {
	name string
	size int
}

// paste makes files and sends them through the window.
func (s *studio) paste(files ...file) {
	s.t.Helper()
	var paths []string
	for _, f := range files {
		paths = append(paths, s.write(make([]byte, f.size), f.name))
	}
	s.setClipboard(strings.Join(paths, "\n"))
	s.window.press("ctrl+v")
}

// send sends files and waits for their links.
func (s *studio) send(names ...string) {
	s.t.Helper()
	var files []file
	for i, name := range names {
		files = append(files, file{name, 2_400_000 / (i + 1)})
	}
	s.paste(files...)
	s.links(len(names), inTime)
	s.window.see("Copy", soon)
}

// ledger opens the Links place on links that end soon, later and a while ago, and on a page for several files.
func (s *studio) ledger() {
	s.t.Helper()
	s.sendBefore("backup-2026-11-20.zip", "1s")
	s.sendBefore("Angebot Müller & Söhne.docx", "12m")
	s.sendBefore("All-hands recording.mp4", "7d")
	s.sendBefore("Quarterly report – final.pdf", "3h")
	s.write(noise(80_000), "Map of the venue.png")
	s.sendBefore("customers.csv", "5h", "--bundle", "--title", "Papers for the offsite", "Map of the venue.png")
	s.sendBefore("Photos from the offsite.zip", "6d")
	s.open()
	s.window.press("ctrl+2")
	s.window.see("Photos from the offsite.zip", soon)
}

// asked lays down requests, one of which has brought something, and opens the window.
func (s *studio) asked() {
	s.t.Helper()
	ask := func(args ...string) string {
		return s.must(program(s.t), append([]string{"request", "--json", "--profile", "work"}, args...)...)
	}
	ask("s3://team-share/print/", "--for", "Print shop", "--expires", "10m", "--files", "2")
	first := ask("s3://team-share/alice/offsite/", "--for", "Photographers of the offsite", "--from", "Alice", "--expires", "1h", // a form lasts no longer here
		"--message", "All pictures that you have of Friday, please: the large ones.", "--kinds", "image/*", "--max-size", "20MB")
	second := ask("s3://team-share/alice/offsite/", "--for", "Anna Müller", "--expires", "45m")
	s.upload(first, 3_400_000, "IMG_2041.jpg")
	s.upload(first, 2_100_000, "Sommerfest 🎉 am See.jpg")
	s.upload(first, 900_000, "A picture that somebody gave a name without thinking of windows "+strings.Repeat("very ", 12)+"long.png")
	s.upload(second, 48_000, "Floor plan – second draft.pdf")
	s.open()
}

// upload sends a file as the first of a request's command lines does.
func (s *studio) upload(request string, size int, name string) {
	s.t.Helper()
	var said struct {
		Commands []struct {
			Shell string `json:"shell"`
			Line  string `json:"command"`
		} `json:"commands"`
	}
	if err := json.Unmarshal([]byte(request), &said); err != nil {
		s.t.Fatal(err)
	}
	for _, c := range said.Commands {
		if line, ok := strings.CutSuffix(c.Line, "FILE"); ok && c.Shell == "sh" {
			s.must("sh", "-c", line+`"$1"`, "sh", s.write(noise(size), name))
			return
		}
	}
	s.t.Fatalf("no command line in %s", request)
}

// typeIn types a text without Enter.
func (s *studio) typeIn(text string) {
	s.t.Helper()
	s.window.focus()
	s.must("xdotool", "type", "--delay", "15", "--", text)
}

// sendBefore sends a file from a terminal, before the window opens.
func (s *studio) sendBefore(name, lasts string, more ...string) {
	s.t.Helper()
	s.write(noise(600_000), name)
	args := []string{"send", "--quiet", "--profile", "work", "--bucket", "team-share", "--prefix", "alice/2026-11", "--expires", lasts, name}
	s.must(program(s.t), append(args, more...)...)
}

// shoot takes a picture of the window in this size, once it has been drawn anew and stands still.
func (s *studio) shoot(name string, size image.Point, moving bool) {
	s.t.Helper()
	area := image.Rectangle{Max: size}
	look := func() *image.RGBA {
		picture, err := s.lookAt(area)
		if err != nil {
			s.t.Fatal(err)
		}
		return picture
	}
	last := look()
	if s.window.area() != area {
		s.window.place(area)
		cut := last // the old picture, cut to the new size, is what is seen until the window draws itself
		await(s.t, soon, "the window to be drawn in its new size", func() (bool, string) {
			last = look()
			return !slices.Equal(upper(last), upper(cut)), ""
		})
	}
	stood := 0
	await(s.t, soon, "the window to stand still", func() (bool, string) {
		now := look()
		if slices.Equal(now.Pix, last.Pix) {
			stood++
		} else {
			stood = 0
		}
		last = now
		return stood == 3 || moving, "it moves"
	})
	if err := savePicture(filepath.Join("..", "docs", "screenshots", name), last); err != nil {
		s.t.Fatal(err)
	}
}

// upper is the part of a picture in which no transfer moves.
func upper(picture *image.RGBA) []byte { return picture.Pix[:100*picture.Stride] }
