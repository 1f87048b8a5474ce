//go:build linux

package e2e

import (
	"fmt"
	"image"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// window is a program's window on the desktop.
type window struct {
	*desktop
	id      string
	program *process
}

// open starts a program and waits for its window, whose title matches.
func (d *desktop) open(title string, cmd *exec.Cmd) *window {
	d.t.Helper()
	w := &window{desktop: d, program: start(d.t, cmd)}
	d.t.Cleanup(d.keepPicture) // before the window ends
	await(d.t, inTime, "a window named "+title, func() (bool, string) {
		if !w.program.running() {
			d.t.Fatalf("%s ended before its window came: %s%s", w.program.name, w.program.out.String(), w.program.err.String())
		}
		out, _ := run(d.t, d.command("xdotool", "search", "--onlyvisible", "--name", title)) // status 1: none yet
		ids := strings.Fields(out)
		if len(ids) == 0 {
			return false, d.windows()
		}
		w.id = ids[len(ids)-1]
		return true, ""
	})
	return w
}

// windows lists what is open, for messages.
func (d *desktop) windows() string {
	out, _ := run(d.t, d.command("xprop", "-root", "_NET_CLIENT_LIST"))
	return out
}

// waybill opens the program's window beside the file manager's, and waits until it can be read.
func (d *desktop) waybill(args ...string) *window {
	d.t.Helper()
	w := d.open(`^Waybill`, d.command(program(d.t), args...))
	w.place(image.Rect(d.size.X-960, 0, d.size.X, 640))
	return w
}

// place puts the window to an area of the screen, and waits until it is there.
func (w *window) place(area image.Rectangle) {
	w.t.Helper()
	w.must("xdotool", "windowmove", w.id, fmt.Sprint(area.Min.X), fmt.Sprint(area.Min.Y),
		"windowsize", w.id, fmt.Sprint(area.Dx()), fmt.Sprint(area.Dy()))
	await(w.t, soon, fmt.Sprintf("the window to stand at %v", area), func() (bool, string) {
		now := w.area()
		return now == area, now.String()
	})
}

var geometry = regexp.MustCompile(`(?s)Absolute upper-left X:\s+(-?\d+).*Absolute upper-left Y:\s+(-?\d+).*Width: (\d+).*Height: (\d+)`)

// area is where the window is on the screen.
func (w *window) area() image.Rectangle {
	w.t.Helper()
	out := w.must("xwininfo", "-id", w.id)
	var n [4]int
	for i, text := range geometry.FindStringSubmatch(out)[1:] {
		_, _ = fmt.Sscan(text, &n[i])
	}
	return image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3])
}

// text is all that can be read in the window.
func (w *window) text() string {
	w.t.Helper()
	lines, err := w.read(w.area())
	if err != nil {
		w.t.Fatal(err)
	}
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.String()
	}
	return strings.Join(texts, "\n")
}

// see waits until a text can be read in the window, and gives the places where it stands.
func (w *window) see(text string, within time.Duration) (places []image.Rectangle) {
	w.t.Helper()
	return w.seeTimes(1, text, within)
}

// seeTimes waits until a text can be read in the window that many times, or more often.
func (w *window) seeTimes(n int, text string, within time.Duration) (places []image.Rectangle) {
	w.t.Helper()
	await(w.t, within, fmt.Sprintf("the window to say %q %d times", text, n), func() (bool, string) {
		if !w.program.running() {
			w.t.Fatalf("the program ended: %s", w.program.err.String())
		}
		lines, err := w.read(w.area())
		if err != nil {
			return false, err.Error()
		}
		places = find(lines, text)
		return len(places) >= n, fmt.Sprint(w.text())
	})
	return places
}

// seesNow reports whether a text can be read in the window as it is.
func (w *window) seesNow(text string) bool {
	w.t.Helper()
	lines, err := w.read(w.area())
	if err != nil {
		w.t.Fatal(err)
	}
	return len(find(lines, text)) > 0
}

// click clicks at a text in the window, at the first if it stands there more than once.
func (w *window) click(text string) {
	w.t.Helper()
	at := middle(w.see(text, soon)[0])
	w.must("xdotool", "mousemove", fmt.Sprint(at.X), fmt.Sprint(at.Y), "click", "1")
}

// press presses key chords, such as ctrl+b, one after another.
func (w *window) press(chords ...string) {
	w.t.Helper()
	w.focus()
	w.must("xdotool", append([]string{"key", "--delay", "30"}, chords...)...)
}

// enter types a text and presses Enter. (xdotool makes another key of a line's end in a text.)
func (w *window) enter(text string) {
	w.t.Helper()
	w.focus()
	w.must("xdotool", "type", "--delay", "15", "--", text)
	w.press("Return")
}

// focus makes the window the one that gets the keys, as a click at a taskbar would.
func (w *window) focus() {
	w.t.Helper()
	w.must("xdotool", "windowactivate", "--sync", w.id)
}

func middle(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }
