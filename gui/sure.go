package gui

import (
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// sure reports whether uploads and links may be made: not while nobody knows what was chosen for them. Then it says so, and
// offers to go by the defaults, and to do then what was asked for.
func (u *ui) sure(again func()) bool {
	err := u.desk.SureSettings()
	if err == nil {
		u.mended() // else the line would offer to do it once more
		return true
	}
	u.unsure = true
	t := desk.Explain(err)
	u.notices.show(unreadable, notice{tone: warning, text: told(t.What), help: told(t.Help), below: u.byDefaults(again)})
	return false
}

// byDefaults is the button that puts the defaults in the place of settings that cannot be read, and does something then.
func (u *ui) byDefaults(then func()) *button {
	return u.button(secondary, lang.L("Go by the defaults"), func() {
		if err := u.desk.GoByDefaults(); err != nil {
			u.notices.trouble("settings", desk.Explain(err), bad)
			return
		}
		u.settingsTrouble()
		then()
	})
}

// unreadable is the line about settings that cannot be read.
const unreadable = "unreadable"

// mended takes the line about settings that cannot be read away once they can.
func (u *ui) mended() {
	if u.unsure && u.desk.SureSettings() == nil {
		u.settingsTrouble()
	}
}

// settingsTrouble says that the settings cannot be read, or have been put aside.
func (u *ui) settingsTrouble() {
	u.unsure = u.desk.SureSettings() != nil
	u.notices.trouble(unreadable, u.desk.SettingsTrouble(), warning)
}
