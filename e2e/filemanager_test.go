//go:build linux

package e2e

import (
	"fmt"
	"image"
	"path/filepath"
	"regexp"
)

// listView makes pcmanfm show a list: names in full, one a line.
const listView = `[volume]
mount_on_startup=0
mount_removable=0
[ui]
always_show_tabs=0
hide_close_btn=1
win_width=400
win_height=600
view_mode=list
show_hidden=0
sort=name;ascending;
side_pane_mode=hidden;places
toolbar=navigation;
show_statusbar=0
`

// fileManager opens a folder in a real file manager, left of where Waybill's window stands.
func (d *desktop) fileManager(folder string) *window {
	d.t.Helper()
	d.write([]byte(listView), "config", "pcmanfm", "default", "pcmanfm.conf")
	w := d.open("^"+regexp.QuoteMeta(filepath.Base(folder))+"$", d.command("pcmanfm", folder))
	w.place(image.Rect(0, 0, d.size.X-960, 640))
	return w
}

// dragAll marks all that the folder shows and drags it onto another window, holding it at this name.
func (w *window) dragAll(name string, onto *window) {
	w.t.Helper()
	w.see(name, soon) // the folder has been read
	w.press("ctrl+a")
	w.drag(name, onto)
}

// drag drags what has this name onto another window: the mouse button goes down, the mouse moves in steps as a
// hand moves it, rests, and the button goes up.
func (w *window) drag(name string, onto *window) {
	w.t.Helper()
	from, to := middle(w.see(name, soon)[0]), middle(onto.area())
	var moves []string
	move := func(p image.Point, rest string) {
		moves = append(moves, "mousemove", fmt.Sprint(p.X), fmt.Sprint(p.Y), "sleep", rest)
	}
	move(from, "0.1")
	moves = append(moves, "mousedown", "1", "sleep", "0.1")
	const steps = 30
	for i := 1; i <= steps; i++ {
		move(from.Add(to.Sub(from).Mul(i).Div(steps)), "0.02")
	}
	// Source and target agree on the drop in messages of their own, after the mouse has come to the target. A
	// person sees that in the pointer; here the mouse lingers.
	for i := range 10 {
		move(to.Add(image.Pt(i%2, 0)), "0.05")
	}
	w.must("xdotool", append(moves, "mouseup", "1")...)
}
