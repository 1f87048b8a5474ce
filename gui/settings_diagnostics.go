package gui

import (
	"context"
	"fmt"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// reportNotice is the line about a report.
const reportNotice = "report"

// diagnostics makes the report for whoever helps, shows all of it, and copies it.
type diagnostics struct {
	u   *ui
	all *fyne.Container

	show, copy *button
	state      *prose          // what comes of it, in a sentence
	findings   *fyne.Container // what is wrong, each with what to do
	preview    *fyne.Container
	text       *widget.Label

	looking bool
	shown   bool // the whole report is shown
}

func (u *ui) newDiagnostics() *diagnostics {
	d := &diagnostics{u: u, state: u.prose("", colorMuted), findings: container.New(stack{gap: 8}), text: widget.NewLabel("")}
	d.show = u.button(secondary, lang.L("Show the report"), d.toggle)
	d.copy = u.button(secondary, lang.L("Copy report"), func() { d.make(u.copyReport) })
	d.text.Wrapping = fyne.TextWrapWord
	d.text.SizeName = sizeSmall
	d.text.TextStyle.Monospace = true
	d.preview = container.NewStack(newSurface(colorSide, colorNone, radius), container.New(insetAll(12), container.NewThemeOverride(d.text, flatLook{u.look})))
	d.preview.Hide()
	d.state.all.Hide()
	d.findings.Hide()
	d.all = container.New(stack{gap: gap},
		u.prose(whatReportIs(), colorText).all,
		container.New(line{gap: 8}, d.copy, d.show),
		d.state.all, d.findings, d.preview)
	return d
}

// whatReportIs says what is in it, and what is not.
func whatReportIs() string {
	return lang.L("A report for whoever helps you, in English: versions, profiles and their files, network, store, ledger and the last failures. It has no keys, tokens or passwords and no name of yours; buckets and the names of profiles are in it. The store is asked twice for something cheap.")
}

// toggle shows the whole report, made anew, or hides it again.
func (d *diagnostics) toggle() {
	if d.shown {
		d.reveal(false)
		return
	}
	d.make(func(desk.Report) { d.reveal(true) })
}

// reveal shows the whole of the report that was made last, or hides it.
func (d *diagnostics) reveal(shown bool) {
	d.shown, d.preview.Hidden = shown, !shown
	d.name(lang.L("Show the report"))
	if shown {
		d.name(lang.L("Hide the report"))
	}
	d.relayout()
}

// name changes what the button that shows the report is called.
func (d *diagnostics) name(text string) { d.show.set(secondary, text, d.show.icon, "", d.toggle) }

// make makes a new report, says what it has found, and does something with it.
func (d *diagnostics) make(then func(desk.Report)) {
	if d.looking {
		return
	}
	d.looking = true
	d.state.set(lang.L("Looking…"), colorMuted)
	d.state.all.Show()
	d.relayout()
	d.u.examine(nil, func(r desk.Report) {
		d.take(r)
		then(r)
	})
}

// take shows what a report has found.
func (d *diagnostics) take(r desk.Report) {
	d.looking = false
	d.state.all.Show()
	d.text.SetText(r.Text())
	d.findings.RemoveAll()
	for _, f := range r.Findings {
		d.findings.Add(container.New(stack{gap: 2}, d.u.prose(told(f.What), colorError).all, d.u.prose(told(f.Help), colorText).all))
	}
	d.findings.Hidden = len(r.Findings) == 0
	if len(r.Findings) == 0 {
		d.state.set(lang.L("Nothing is wrong, as far as can be seen."), colorOk)
	} else {
		d.state.set(lang.N("{{.Count}} things are wrong:", len(r.Findings), args{"Count": d.u.words.count(len(r.Findings))}), colorText)
	}
	d.relayout()
}

func (d *diagnostics) relayout() {
	if d.u.settings != nil {
		d.all.Refresh()
		d.u.settings.scroll.Refresh()
	}
}

// copyReport puts a report on the clipboard, says so, and offers to show it.
func (u *ui) copyReport(r desk.Report) {
	u.copy(r.Text())
	u.settings.diagnostics.take(r)
	show := u.button(secondary, lang.L("Show the report"), func() {
		u.notices.hide(reportNotice)
		u.open(u.settings)
		u.settings.showDiagnostics()
	})
	u.notices.show(reportNotice, notice{tone: good, actions: []*button{show}, text: lang.L("The report is on the clipboard."),
		help: lang.L("Look through it before you pass it on.")})
}

// reportOn makes a report about a failure and copies it.
func (u *ui) reportOn(t *desk.Trouble) {
	u.notices.show(reportNotice, notice{tone: neutral, text: lang.L("Looking…"), sticky: true})
	u.examine(t, u.copyReport)
}

// examine makes a report in the background.
func (u *ui) examine(about *desk.Trouble, then func(desk.Report)) {
	o := desk.Examination{Version: u.version, Store: u.send.dest.at.Store, About: about, Window: u.windowFacts()}
	ask(u, func(ctx context.Context) (desk.Report, error) { return desk.Examine(ctx, u.desk, o), nil },
		func(r desk.Report, _ error) { then(r) })
}

// windowFacts is what this window says of itself.
func (u *ui) windowFacts() []desk.Fact {
	size, scale := u.window.Canvas().Size(), u.window.Canvas().Scale()
	return []desk.Fact{
		{Name: "driver", Value: fmt.Sprintf("%T", u.app.Driver())},
		{Name: "size", Value: fmt.Sprintf("%.0f×%.0f, scale %s", size.Width, size.Height, strconv.FormatFloat(float64(scale), 'g', 3, 32))},
		{Name: "appearance", Value: map[fyne.ThemeVariant]string{theme.VariantDark: "dark", theme.VariantLight: "light"}[u.app.Settings().ThemeVariant()]},
		{Name: "language", Value: lang.SystemLocale().String()},
		{Name: "tray", Value: yesNo(u.tray.shown())},
	}
}
