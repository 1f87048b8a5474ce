package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/autostart"
	"waybill/internal/desk"
)

// desktopSettings are the rows about Waybill's place on the desktop.
type desktopSettings struct {
	p    *settingsPlace
	rows []fyne.CanvasObject

	tray  *prose // whether there is one
	login *fyne.Container
	all   *prose // it is set for everybody; hidden while it is not
}

func (p *settingsPlace) newDesktopSettings() *desktopSettings {
	d := &desktopSettings{p: p, tray: p.u.prose("", colorMuted),
		all: p.u.prose(lang.L("It is set for everybody who uses this computer; whoever installed Waybill can change that."), colorMuted)}
	closing := p.choice(lang.L("When the window is closed while files are sent"), func(s desk.Settings) string { return string(s.OnClose) }, []option{
		{label: lang.L("Ask"), value: string(desk.OnCloseAsk)},
		{label: lang.L("Go on in the background"), value: string(desk.OnCloseBackground)},
		{label: lang.L("Quit, go on later"), value: string(desk.OnCloseQuit)},
	}, func(s *desk.Settings, v string) { s.OnClose = desk.OnClose(v) })
	told := p.choice(lang.L("When a drop is over and the window is not in front"), func(s desk.Settings) string { return yesNo(!s.Silent) }, []option{
		{label: lang.L("Tell me"), value: yesNo(true)},
		{label: lang.L("Say nothing"), value: yesNo(false)},
	}, func(s *desk.Settings, v string) { s.Silent = v == yesNo(false) })
	d.login = container.New(line{gap: 8},
		newFilterChip(p.u, func() { d.startAtLogin(false) }), newFilterChip(p.u, func() { d.startAtLogin(true) }))
	d.rows = []fyne.CanvasObject{
		container.New(stack{gap: 6}, closing, d.tray.all), told,
		container.New(stack{gap: 6}, newWhole(lang.L("Start Waybill when I log in, out of the way"), sizeSmall, colorMuted, false), d.login, d.all.all),
	}
	return d
}

// show brings up to date what may change without the settings.
func (d *desktopSettings) show() {
	if d.p.u.tray.shown() {
		d.tray.set(lang.L("In the background, the icon in the tray shows how far sending is."), colorMuted)
	} else {
		d.tray.set(lang.L("This desktop shows no tray at present, and without one nothing goes on in the background."), colorMuted)
	}
	d.all.all.Hide()
	if autostart.ForEverybody() {
		d.all.all.Show()
	}
	on := autostart.On()
	d.login.Objects[0].(*filterChip).set(lang.L("No"), !on)
	d.login.Objects[1].(*filterChip).set(lang.L("Yes"), on)
}

// startAtLogin has the session start Waybill, or not any more.
func (d *desktopSettings) startAtLogin(yes bool) {
	const name = "autostart"
	if err := desk.StartAtLogin(yes); err != nil {
		d.p.u.notices.trouble(name, desk.Explain(err), warning)
	} else {
		d.p.u.notices.hide(name)
	}
	d.show()
}
