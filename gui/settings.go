package gui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// settingsPlace is one plain page of what can be chosen, what the keys are, and where things lie.
type settingsPlace struct {
	u      *ui
	all    *fyne.Container
	scroll *container.Scroll
	keys   fyne.CanvasObject
	// diagnosis is the card with the diagnostics.
	diagnosis fyne.CanvasObject

	profiles      *profileList
	distributions *distributions
	payers        *payers
	updates       *updateSettings
	desktop       *desktopSettings
	diagnostics   *diagnostics
	choices       []func(desk.Settings) // bring what is marked up to date
}

func (u *ui) newSettingsPlace() *settingsPlace {
	p := &settingsPlace{u: u}
	p.profiles = u.newProfileList()
	p.distributions = u.newDistributions()
	p.payers = u.newPayers()
	p.updates = u.newUpdateSettings()
	p.desktop = p.newDesktopSettings()
	p.diagnostics = u.newDiagnostics()
	page := container.New(stack{gap: 8},
		p.section(lang.L("Look"),
			p.choice(lang.L("Appearance"), func(s desk.Settings) string { return s.Appearance }, []option{
				{label: lang.L("Like the system"), value: desk.AppearanceSystem},
				{label: lang.L("Light"), value: desk.AppearanceLight},
				{label: lang.L("Dark"), value: desk.AppearanceDark},
			}, func(s *desk.Settings, v string) { s.Appearance = v })),
		p.section(lang.L("Sending"),
			p.choice(lang.L("When a name is taken"), func(s desk.Settings) string { return string(s.OnClash) }, []option{
				{label: lang.L("Keep both"), value: string(desk.ClashKeepBoth)},
				{label: lang.L("Ask"), value: string(desk.ClashAsk)},
				{label: lang.L("Skip"), value: string(desk.ClashSkip)},
				{label: lang.L("Replace"), value: string(desk.ClashReplace)},
			}, func(s *desk.Settings, v string) { s.OnClash = desk.Clash(v) }),
			p.choice(lang.L("Try links before they are shown as good"), func(s desk.Settings) string { return string(s.Verify) }, []option{
				{label: lang.L("All of up to twenty"), value: string(desk.VerifyAuto)},
				{label: lang.L("All"), value: string(desk.VerifyAll)},
				{label: lang.L("A sample"), value: string(desk.VerifySample)},
				{label: lang.L("None"), value: string(desk.VerifyNone)},
			}, func(s *desk.Settings, v string) { s.Verify = desk.Verify(v) }),
			p.choice(lang.L("Whoever follows a link"), func(s desk.Settings) string { return yesNo(s.Inline) }, []option{
				{label: lang.L("Saves the file"), value: yesNo(false)},
				{label: lang.L("Sees it in the browser"), value: yesNo(true)},
			}, func(s *desk.Settings, v string) { s.Inline = v == yesNo(true) }),
			p.choice(lang.L("Hidden files in a folder"), func(s desk.Settings) string { return yesNo(s.SkipHidden) }, []option{
				{label: lang.L("Are sent"), value: yesNo(false)},
				{label: lang.L("Are left out"), value: yesNo(true)},
			}, func(s *desk.Settings, v string) { s.SkipHidden = v == yesNo(true) }),
			p.choice(lang.L("Send at most"), func(s desk.Settings) string { return strconv.FormatInt(s.LimitRate, 10) }, p.rates(),
				func(s *desk.Settings, v string) {
					if rate, err := strconv.ParseInt(v, 10, 64); err == nil {
						s.LimitRate = rate
					}
				})),
		p.section(lang.L("Profiles"), p.profiles.all),
		p.section(lang.L("Stores"), u.newStoresSection()),
		p.section(lang.L("Links"),
			p.choice(lang.L("Remind me before a link ends"), func(s desk.Settings) string { return s.Remind.String() }, reminders(),
				func(s *desk.Settings, v string) {
					if d, err := time.ParseDuration(v); err == nil {
						s.Remind = d
					}
				}),
			p.fact(lang.L("What a link cannot do"), whatLinksCannot())),
		p.section(lang.L("On the desktop"), p.desktop.rows...),
		p.section(lang.L("Links for longer than seven days"), p.distributions.all),
		p.section(lang.L("Buckets where you pay"), p.payers.all),
	)
	page.Add(p.section(lang.L("Move to another computer"), u.newMoving()))
	if u.desk.CanUpdate() {
		page.Add(p.section(lang.L("Newer versions"), p.updates.all))
	}
	p.diagnosis = p.section(lang.L("Diagnostics"), p.diagnostics.all)
	page.Add(p.diagnosis)
	p.keys = p.section(lang.L("Keys"), p.keyTable())
	page.Add(p.keys)
	page.Add(p.section("Waybill "+u.version,
		p.fact(lang.L("Ledger, settings and sandbox"), u.desk.Home()),
		p.fact(lang.L("Secrets"), lang.L("Waybill keeps none of its own: keys stand in the AWS files, and a link is signed anew whenever you copy it."))))
	d := p.distributions
	p.scroll = scrollingForm(container.New(inset{0, 0, 12, 8}, page), d.bucket, d.domain, d.keyPair, d.origin, d.key)
	title := newWhole(lang.L("Settings"), sizeTitle, colorText, true)
	p.all = container.New(stack{gap: gap, stretch: p.scroll}, container.New(fixedHeight(headHeight), container.New(line{}, title)), p.scroll)
	return p
}

func (p *settingsPlace) content() fyne.CanvasObject { return p.all }

// inSight shows what was chosen elsewhere meanwhile.
func (p *settingsPlace) inSight() {
	p.profiles.take(p.u.send.dest.profiles)
	p.follow(p.u.desk.Settings())
	p.u.readProfiles()
}

// tick is called once a second.
func (p *settingsPlace) tick() {
	if p.all.Visible() {
		p.profiles.tick()
	}
}

func (p *settingsPlace) follow(s desk.Settings) {
	for _, show := range p.choices {
		show(s)
	}
	p.distributions.show(s)
	p.payers.show(s)
	p.updates.show()
	p.desktop.show()
}

// showKeys scrolls to the table of keys.
func (p *settingsPlace) showKeys() {
	p.scroll.ScrollToOffset(fyne.NewPos(0, p.keys.Position().Y))
}

// showDiagnostics scrolls to the report that was made last, and shows all of it.
func (p *settingsPlace) showDiagnostics() {
	p.diagnostics.reveal(true)
	p.scroll.ScrollToOffset(fyne.NewPos(0, p.diagnosis.Position().Y))
}

// rates are the limits on offer, in bytes a second.
func (p *settingsPlace) rates() []option {
	options := []option{{label: lang.L("As fast as it goes"), value: "0"}}
	for _, megabytes := range []int64{1, 5, 20, 100} {
		rate := megabytes * 1_000_000
		options = append(options, option{label: p.u.words.speed(float64(rate)), value: strconv.FormatInt(rate, 10)})
	}
	return options
}

// reminders are how long before its end a link can be told of.
func reminders() []option {
	return []option{
		{label: lang.L("Never"), value: time.Duration(0).String()},
		{label: lang.L("15 minutes before"), value: (15 * time.Minute).String()},
		{label: lang.L("1 hour before"), value: time.Hour.String()},
		{label: lang.L("1 day before"), value: (24 * time.Hour).String()},
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// section is a card with a title.
func (p *settingsPlace) section(title string, lines ...fyne.CanvasObject) fyne.CanvasObject {
	content := container.New(stack{gap: gap}, newWhole(title, sizeBody, colorText, true))
	for _, l := range lines {
		content.Add(l)
	}
	return newCard(container.New(insetAll(16), content))
}

// fact is something to know, with its name.
func (p *settingsPlace) fact(name, text string) fyne.CanvasObject {
	return container.New(stack{gap: 2}, newWhole(name, sizeSmall, colorMuted, false), p.u.prose(text, colorText).all)
}

// choice offers one of several, side by side; what is chosen holds at once.
func (p *settingsPlace) choice(name string, chosen func(desk.Settings) string, options []option, set func(*desk.Settings, string)) fyne.CanvasObject {
	chips := container.New(line{gap: 8})
	show := func(value string) {
		for i, o := range options {
			chips.Objects[i].(*filterChip).set(o.label, o.value == value)
		}
	}
	for _, o := range options {
		chips.Add(newFilterChip(p.u, func() {
			s := p.u.desk.Settings()
			set(&s, o.value)
			if err := p.u.desk.SaveSettings(s); err != nil {
				p.u.notices.trouble("settings", desk.Explain(err), warning)
			}
			p.u.settingsTrouble()
			show(o.value)
			p.u.applySettings(s)
		}))
	}
	follow := func(s desk.Settings) { show(chosen(s)) }
	follow(p.u.desk.Settings())
	p.choices = append(p.choices, follow)
	return container.New(stack{gap: 6}, newWhole(name, sizeSmall, colorMuted, false), container.New(inset{}, chips))
}

// applySettings makes the window follow what was chosen.
func (u *ui) applySettings(s desk.Settings) {
	if u.look.appearance != s.Appearance {
		u.look.appearance = s.Appearance
		u.app.Settings().SetTheme(u.look)
	}
	u.desk.SetLimitRate(s.LimitRate)
	u.send.dest.settingsChanged()
	u.send.show()
	if u.settings != nil {
		u.settings.follow(s)
	}
}

// keyTable lists the shortcuts, two columns of them.
func (p *settingsPlace) keyTable() fyne.CanvasObject {
	table := container.New(stack{gap: 6})
	for _, s := range p.u.shortcuts() {
		name := newClipped(sizeSmall, colorText, false)
		name.text = strings.Join(nonEmpty(s.name, keyInRequests(s.id)), " · ")
		table.Add(container.New(columns{1, 2}, newWhole(keyName(s), sizeSmall, colorMuted, true), name))
	}
	return table
}
