package gui

import (
	"time"

	"fyne.io/fyne/v2/lang"
	"github.com/go-gl/glfw/v3.4/glfw"

	"waybill/internal/desk"
)

// background is whether the window can be seen at all.
type background struct {
	shown    bool // it was shown once, so it is there for the system
	hidden   bool // it is not on the screen, not even as an icon in a taskbar
	front    bool // it has the keyboard
	resident bool // it was started into the tray, and closing it brings it back there
	trace    *time.Timer
}

// traceAfter is how long a hidden window waits for a tray to be there, or to come back: that of a session which is just
// starting comes after the programs that start with it, and a panel that fails is started again.
const traceAfter = 5 * time.Second

// watchFront follows whether the window has the keyboard.
func (u *ui) watchFront() {
	life := u.app.Lifecycle()
	life.SetOnEnteredForeground(func() { u.back.front = true })
	life.SetOnExitedForeground(func() { u.back.front = false })
}

// inFront reports whether the person looks at the window, as far as the system says. A hidden one may still be said to
// have the keyboard.
func (u *ui) inFront() bool { return u.back.front && !u.back.hidden }

// comeForward brings the window in front of the others, wherever it was.
func (u *ui) comeForward() {
	u.back.hidden, u.back.shown = false, true
	u.window.Show()
	u.native(func(w *glfw.Window) {
		if w.GetAttrib(glfw.Iconified) == glfw.True {
			w.Restore()
		}
		w.Focus() // which Fyne does not ask for under Wayland
	})
}

// hide takes the window off the screen. Its trace is the icon in the tray, so there has to be one.
func (u *ui) hide() {
	u.notices.hide("close")
	u.back.hidden = true
	u.window.Hide()
	u.keepTrace()
}

// keepTrace sees to it that a hidden window has a trace on the screen: where no tray shows its icon, the window comes
// back as an icon of the taskbar. It is called when one of the two has changed.
func (u *ui) keepTrace() {
	if u.back.trace != nil {
		u.back.trace.Stop()
		u.back.trace = nil
	}
	if !u.back.hidden || u.tray.shown() {
		return
	}
	u.back.trace = time.AfterFunc(traceAfter, func() {
		u.do(func() {
			if u.ctx.Err() != nil || !u.back.hidden || u.tray.shown() {
				return
			}
			u.back.hidden, u.back.shown = false, true
			u.window.Show()
			u.native(func(w *glfw.Window) { w.Iconify() })
		})
	})
}

// native does something with the window as the system has it, which Fyne offers no way for. The window has to be shown.
func (u *ui) native(do func(*glfw.Window)) {
	w, ok := u.window.(interface{ RunWithContext(func()) })
	if !ok {
		return // Fyne's test driver
	}
	w.RunWithContext(func() {
		if n := glfw.GetCurrentContext(); n != nil {
			do(n)
		}
	})
}

// closeWindow is called when the window is closed by its cross. While files are sent, they may go on without it.
func (u *ui) closeWindow() {
	n, closing := u.send.open(), u.desk.Settings().OnClose
	switch {
	case u.back.resident && u.tray.shown() && len(u.send.waiting) == 0:
		u.hide()
	case n == 0:
		u.askToQuit()
	case len(u.send.waiting) > 0: // what has no destination yet is in no plan, and goes on nowhere
		u.askToQuit()
	case closing == desk.OnCloseBackground && u.tray.shown():
		u.hide()
	case closing == desk.OnCloseQuit:
		u.quit(desk.ErrLeave)
	case u.tray.shown():
		u.askToClose()
	default:
		u.askToQuit()
	}
}

// askToClose asks what becomes of the transfers when the window is closed where there is a tray.
func (u *ui) askToClose() {
	n := u.send.open()
	never := u.toggle(lang.L("Do not ask again"), "", func(bool) {})
	chosen := func(c desk.OnClose) {
		if never.on {
			s := u.desk.Settings()
			s.OnClose = c
			u.saveSettings(s)
		}
	}
	goOn := u.button(primary, lang.L("Keep sending in the background"), func() { chosen(desk.OnCloseBackground); u.hide() })
	u.notices.show("close", notice{
		tone: warning, actions: []*button{goOn, u.laterButton(func() { chosen(desk.OnCloseQuit) }), u.cancelButton()}, below: never,
		text: lang.N("{{.Count}} files are not sent yet.", n, args{"Count": u.words.count(n)}),
		help: lang.L("In the background, sending goes on without the window; the icon in the tray shows how far it is, and brings the window back."),
	})
}

// askToQuit ends Waybill, after a question if that would stop transfers or downloads.
func (u *ui) askToQuit() {
	n := u.send.open()
	if n == 0 && !u.bringing() {
		u.quit(nil)
		return
	}
	if u.back.hidden {
		u.comeForward()
	}
	if n == 0 {
		u.askToStopBringing()
		return
	}
	stay := u.button(secondary, lang.L("Keep sending"), func() { u.notices.hide("close") })
	actions := []*button{stay}
	if len(u.send.waiting) == 0 { // what has no destination yet is in no plan
		actions = append(actions, u.laterButton(func() {}))
	}
	u.notices.show("close", notice{
		tone: warning, sticky: true, actions: append(actions, u.cancelButton()),
		text: lang.N("{{.Count}} files are not sent yet.", n, args{"Count": u.words.count(n)}),
		help: lang.L("The next start can go on where this one ends; cancelling leaves nothing half sent in the bucket."),
	})
}

func (u *ui) laterButton(chosen func()) *button {
	return u.button(secondary, lang.L("Close, go on later"), func() { chosen(); u.quit(desk.ErrLeave) })
}

func (u *ui) cancelButton() *button {
	return u.button(secondary, lang.L("Cancel them and close"), func() { u.send.cancelAll(); u.quit(nil) })
}

// quit ends Waybill. The cause says what becomes of what is under way: desk.ErrLeave leaves it for the next start.
func (u *ui) quit(cause error) {
	u.cancel(cause)
	if u.back.shown {
		u.window.Close()
	} else {
		u.app.Driver().Quit() // there is no window to close
	}
}

// saveSettings remembers what was chosen, and says so where that fails.
func (u *ui) saveSettings(s desk.Settings) {
	if err := u.desk.SaveSettings(s); err != nil {
		u.notices.trouble("settings", desk.Explain(err), warning)
	}
	u.applySettings(s)
}
