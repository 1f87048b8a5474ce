package gui

import (
	"context"
	"runtime"
	"strings"

	"fyne.io/fyne/v2/lang"
	"fyne.io/systray"

	"waybill/internal/desk"
)

// tray is Waybill's icon beside the clock: it says how far the transfers are, and does the most wanted things.
type tray struct {
	u     *ui
	there bool     // a desktop shows such icons
	built bool     // the icon and its menu are made
	said  trayView // what it shows
	icon  *trayIcon
}

// mostInMenu is how many letters of a name the menu shows: it is as wide as its longest line.
const mostInMenu = 40

// trayView is what the icon and its menu show.
type trayView struct {
	status string
	part   int // percent of what is being sent that the store has; -1 while nothing is
	paused bool
	link   string // what the newest link is called; "" where there is none
	entry  string // its ID
	hold   string // the word for pausing or going on
	open   bool   // there is something to pause
}

// shown reports whether the icon is in a tray, so that it can stand for a window that is hidden.
func (t *tray) shown() bool { return t.there && t.built }

// appeared is called when a desktop begins to show such icons, or ends it.
func (t *tray) appeared(there bool) {
	t.there = there
	if there && t.icon == nil {
		t.said = t.view()
		t.icon = t.u.newTrayIcon(t.said)
	}
	t.u.keepTrace()
	t.u.settings.desktop.show()
}

// show brings the icon up to date. It is called once a second, and when a drop is over.
func (t *tray) show() {
	if t.icon == nil || !t.built {
		return
	}
	if now := t.view(); now != t.said {
		t.icon.show(now, t.said)
		t.said = now
	}
}

// view is what there is to show.
func (t *tray) view() trayView {
	u := t.u
	n, w := u.send.totals(), u.words
	v := trayView{part: -1, status: lang.L("Nothing is being sent"), hold: lang.L("Pause all"), open: n.open > 0}
	if n.open > 0 {
		done, size := u.send.soFar()
		v.part = int(100 * done / max(size, 1))
		part := lang.L("{{.N}} %", args{"N": v.part})
		left := ""
		switch {
		case n.paused == n.open:
			v.paused, v.hold = true, lang.L("Resume all")
			v.status = lang.N("{{.Count}} files are paused", n.open, args{"Count": w.count(n.open)})
		case len(u.send.asks) > 0:
			v.status = lang.N("{{.Count}} files wait for your answer", len(u.send.asks), args{"Count": w.count(len(u.send.asks))})
		case n.waiting > 0:
			v.status = lang.L("Waiting for the network")
		default:
			v.status = lang.N("Sending {{.Count}} files", n.open, args{"Count": w.count(n.open)})
			if n.speed > 0 {
				left = w.left(durationOf(float64(n.left) / n.speed))
			}
		}
		v.status = strings.Join(nonEmpty(v.status, part, left), ", ")
	}
	if e, there := u.links.newestLive(); there {
		v.entry = e.ID
		v.link = lang.L("Copy last link: {{.Name}}, {{.End}}", args{"Name": clip(oneLine(e.Name), mostInMenu), "End": w.end(e.Ends, e.Because, u.now())})
	}
	return v
}

// soFar is how much of what is being sent the store has, and how much it all is, in bytes.
func (s *sendPlace) soFar() (done, size int64) {
	for _, g := range s.groups {
		for _, t := range g.all {
			switch {
			case t.carrier.done || t.State == desk.Failed || t.State == desk.Cancelled || t.State == desk.Skipped:
			case t.State == desk.Sent:
				done, size = done+t.Size, size+t.Size
			default:
				done, size = done+min(t.Done, t.Size), size+t.Size
			}
		}
	}
	return done, size
}

// newestLive is the newest link that works.
func (p *linksPlace) newestLive() (desk.Entry, bool) {
	now := p.u.now()
	for i := range p.entries[:min(len(p.entries), newest)] {
		if p.entries[i].Live(now) {
			return p.entries[i], true
		}
	}
	return desk.Entry{}, false
}

// copyLast copies the newest link. Where that cannot be, the window says why.
func (t *tray) copyLast() {
	u := t.u
	e, there := u.links.newestLive()
	if !there {
		return
	}
	ask(u, func(ctx context.Context) (*desk.Link, error) { return u.desk.CopyLink(ctx, e.ID) }, func(l *desk.Link, err error) {
		if err != nil {
			u.notices.trouble("copy", desk.Explain(err), bad)
			u.comeForward()
			return
		}
		u.notices.trouble("copy", u.desk.EndsEarlier(e, l), warning)
		u.copy(l.URL)
		u.links.markCopied([]desk.Entry{e})
	})
}

// trayIcon is the icon as the system has it. Fyne makes one too, but it makes the whole menu anew for each change, so that
// it closes under the mouse.
type trayIcon struct {
	status, copy, hold *systray.MenuItem
	stop               func()
}

// newTrayIcon puts the icon into the tray. It is called on the main goroutine while Fyne runs, where Windows and macOS
// want it.
func (u *ui) newTrayIcon(v trayView) *trayIcon {
	i := &trayIcon{}
	if runtime.GOOS != "darwin" { // where a click opens the menu
		systray.SetOnTapped(func() { u.do(u.comeForward) })
	}
	start, stop := systray.RunWithExternalLoop(func() { // on a goroutine of its own: macOS needs the main one for it
		systray.SetTitle(trayTitle())
		i.picture(v)
		i.status = systray.AddMenuItem("", "")
		i.status.Disable()
		i.copy = systray.AddMenuItem("", "")
		i.hold = systray.AddMenuItem("", "")
		systray.AddSeparator()
		open := systray.AddMenuItem(menuText(lang.L("Open Waybill")), "")
		quit := systray.AddMenuItem(menuText(lang.L("Quit")), "")
		i.words(v)
		for item, do := range map[*systray.MenuItem]func(){
			i.copy: u.tray.copyLast, i.hold: func() { u.send.pauseAll(); u.tray.show() }, open: u.comeForward, quit: u.askToQuit,
		} {
			go func() {
				for range item.ClickedCh {
					u.do(do)
				}
			}()
		}
		u.do(func() {
			u.tray.built = true
			i.picture(u.tray.said) // once more: what came while the icon was on its way to the desktop may be lost
			systray.SetTitle(trayTitle())
			u.tray.show()
			u.keepTrace()
			u.settings.desktop.show()
		})
	}, func() {})
	i.stop = stop
	start()
	return i
}

// show shows what has changed.
func (i *trayIcon) show(now, before trayView) {
	if pictureOf(now) != pictureOf(before) {
		i.picture(now)
	}
	i.words(now)
}

func (i *trayIcon) picture(v trayView) { systray.SetIcon(pictureOf(v).bytes()) }

// words writes the menu.
func (i *trayIcon) words(v trayView) {
	systray.SetTooltip("Waybill: " + v.status)
	i.status.SetTitle(menuText(v.status))
	if v.link != "" {
		i.copy.SetTitle(menuText(v.link))
	} else {
		i.copy.SetTitle(menuText(lang.L("No link to copy")))
	}
	able(i.copy, v.link != "")
	i.hold.SetTitle(menuText(v.hold))
	able(i.hold, v.open)
}

func able(item *systray.MenuItem, yes bool) {
	switch {
	case yes == !item.Disabled():
	case yes:
		item.Enable()
	default:
		item.Disable()
	}
}

// trayTitle is what macOS would write beside the icon, and other desktops call it.
func trayTitle() string {
	if runtime.GOOS == "darwin" {
		return ""
	}
	return "Waybill"
}

// menuText keeps a text from having keys in it: a menu takes the letter after this mark for one.
func menuText(s string) string {
	switch runtime.GOOS {
	case "windows":
		return strings.ReplaceAll(s, "&", "&&")
	case "darwin":
		return s
	}
	return strings.ReplaceAll(s, "_", "__")
}

// watch follows whether there is a tray, until the window is closed.
func (t *tray) watch() {
	watchTray(t.u.ctx, func(there bool) {
		t.u.do(func() {
			if t.u.ctx.Err() == nil && there != t.there {
				t.appeared(there)
			}
		})
	})
}

// end takes the icon away.
func (t *tray) end() {
	if t.icon != nil {
		t.icon.stop()
	}
}
