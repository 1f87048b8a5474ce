package gui

import (
	"context"
	"net/url"
	"time"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// updatesNotice is the line about newer versions: the question, or what came of a look.
const updatesNotice = "updates"

const (
	updatesAfter = 5 * time.Second // from the start: the window comes first
	updatesEvery = time.Hour       // it is asked whether a day is over; a window may be open for weeks
)

// followUpdates looks for a newer version now and then, where the person has said that it may.
func (u *ui) followUpdates() {
	if !u.desk.CanUpdate() {
		return
	}
	for wait := updatesAfter; ; wait = updatesEvery {
		select {
		case <-u.ctx.Done():
			return
		case <-time.After(wait):
			u.do(u.lookWhenDue)
		}
	}
}

// askAboutUpdates asks once whether it may look for a newer version.
func (u *ui) askAboutUpdates() {
	ask(u, func(ctx context.Context) (bool, error) { return u.desk.ShouldAskAboutUpdates(ctx), nil }, func(should bool, _ error) {
		if !should {
			return
		}
		answer := func(yes bool) func() {
			return func() {
				u.notices.hide(updatesNotice)
				u.allowUpdates(yes)
			}
		}
		u.notices.show(updatesNotice, notice{
			tone: neutral, sticky: true,
			actions: []*button{u.button(secondary, lang.L("Yes"), answer(true)), u.button(secondary, lang.L("No"), answer(false))},
			text:    lang.L("May Waybill look for a newer version now and then?"), help: whatLookingIs(),
		})
	})
}

// whatLookingIs says what is done, and what is not.
func whatLookingIs() string {
	return lang.L("Once a day at most, it reads a signed list of versions. It says nothing of you or your files, and never installs anything.")
}

// allowUpdates remembers the answer, and looks if it is yes and no look was taken today.
func (u *ui) allowUpdates(yes bool) {
	if err := u.desk.AllowUpdates(yes); err != nil {
		u.notices.trouble("settings", desk.Explain(err), warning)
	}
	u.settings.follow(u.desk.Settings())
	u.lookWhenDue()
}

// lookWhenDue looks in the background. What went wrong is said in the settings only: nobody has asked for it just now.
func (u *ui) lookWhenDue() {
	if u.desk.UpdateDue() {
		u.lookForUpdate(func(found desk.Update, err error) {
			if err == nil && found.Newer && !found.Skipped {
				u.offerUpdate(found)
			}
		})
	}
}

// lookNow looks because somebody has asked for it, and says what came of it.
func (u *ui) lookNow() {
	u.lookForUpdate(func(found desk.Update, err error) {
		switch {
		case err != nil:
			u.notices.trouble(updatesNotice, desk.Explain(err), warning)
		case found.Newer:
			u.offerUpdate(found)
		default:
			u.notices.show(updatesNotice, notice{tone: good, text: lang.L("Waybill {{.Version}} is the newest there is.", args{"Version": found.Running})})
		}
	})
}

func (u *ui) lookForUpdate(then func(desk.Update, error)) {
	if u.settings.updates.looking {
		return
	}
	u.settings.updates.looking = true
	u.settings.updates.show()
	ask(u, u.desk.LookForUpdate, func(found desk.Update, err error) {
		u.settings.updates.looking, u.settings.updates.failed = false, desk.Explain(err)
		u.settings.updates.show()
		then(found, err)
	})
}

// offerUpdate says that there is a newer version. Getting it is left to the person.
func (u *ui) offerUpdate(found desk.Update) {
	u.notices.show(updatesNotice, notice{
		tone: neutral,
		actions: []*button{
			u.button(secondary, lang.L("What is new"), func() { u.showChanges(found) }),
			u.button(secondary, lang.L("Open the download page"), func() { u.openDownloadPage(found.Page) }),
			u.button(secondary, lang.L("Skip this version"), func() { u.skipUpdate(found.Newest) }),
		},
		text: lang.L("Waybill {{.Version}} is out.", args{"Version": found.Newest}),
		help: lang.L("This is {{.Running}}. The new one was released {{.When}}.", args{"Running": found.Running, "When": u.words.zoned(found.Released, u.now())}),
	})
}

func (u *ui) skipUpdate(version string) {
	u.notices.hide(updatesNotice)
	if err := u.desk.SkipUpdate(version); err != nil {
		u.notices.trouble("settings", desk.Explain(err), warning)
	}
}

// openDownloadPage opens a page of the world in the browser.
func (u *ui) openDownloadPage(address string) {
	page, err := url.Parse(address)
	if err == nil {
		err = u.app.OpenURL(page)
	}
	if err != nil {
		u.notices.show("browser", notice{tone: warning, text: lang.L("The browser could not be opened."), help: address})
	}
}

// showChanges shows what is new over the whole window.
func (u *ui) showChanges(found desk.Update) {
	text := found.Notes(lang.SystemLocale().LanguageString())
	if text == "" {
		text = lang.L("The download page says it.")
	}
	closing := u.button(secondary, lang.L("Close"), func() { u.uncover() })
	opening := u.button(primary, lang.L("Open the download page"), func() { u.openDownloadPage(found.Page) })
	words := container.NewVScroll(container.New(inset{0, 0, 12, 8}, newCard(container.New(insetAll(16), u.prose(text, colorText).all))))
	title := newWhole(lang.L("New in Waybill {{.Version}}", args{"Version": found.Newest}), sizeTitle, colorText, true)
	all := container.New(stack{gap: gap, stretch: words}, container.New(fixedHeight(headHeight), container.New(line{}, title)), words,
		container.New(line{gap: 8}, opening, closing))
	u.coverWith(container.NewStack(newSurface(colorSide, colorNone, 0), container.New(insetAll(16), all)), func() {})
	u.window.Content().Refresh()
	u.window.Canvas().Focus(closing)
}
