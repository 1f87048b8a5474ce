package gui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// remindedPreference is where the window keeps which reminders were given, for the next start: IDs and times, nothing
// secret, since Fyne's preferences can be read by everybody.
const remindedPreference = "reminded"

// remindedKey stands for a link and its end: a renewed one is another one.
func remindedKey(e desk.Entry) string { return e.ID + "@" + strconv.FormatInt(e.Ends.Unix(), 10) }

// remindedBefore reads which reminders were given.
func (u *ui) remindedBefore() map[string]bool {
	given := map[string]bool{}
	for _, key := range u.app.Preferences().StringList(remindedPreference) {
		given[key] = true
	}
	return given
}

// giveReminders says once of each link that it ends soon, and of many in one notification.
func (p *linksPlace) giveReminders(due []desk.Entry) {
	var fresh []desk.Entry
	for _, e := range due {
		if key := remindedKey(e); !p.reminded[key] {
			p.reminded[key] = true
			fresh = append(fresh, e)
		}
	}
	if len(fresh) == 0 {
		return
	}
	now, kept := p.u.now(), []string{}
	for key := range p.reminded {
		_, seconds, _ := strings.Cut(key, "@")
		if ends, err := strconv.ParseInt(seconds, 10, 64); err != nil || time.Unix(ends, 0).Before(now) {
			delete(p.reminded, key)
			continue
		}
		kept = append(kept, key)
	}
	p.u.app.Preferences().SetStringList(remindedPreference, kept)
	said := p.reminder(fresh)
	go p.u.app.SendNotification(said) // which waits for the desktop
}

// reminder says which links end, and when; never their addresses. The names are in the title: a desktop may take what
// is below it for markup.
func (p *linksPlace) reminder(list []desk.Entry) *fyne.Notification {
	w, now := p.u.words, p.u.now()
	first := list[0]
	for _, e := range list {
		if e.Ends.Before(first.Ends) {
			first = e
		}
	}
	title := lang.L("The link to {{.Name}} ends soon", args{"Name": oneLine(first.Name)})
	if more := len(list) - 1; more > 0 {
		title = lang.N("The links to {{.Name}} and {{.Count}} more end soon", more, args{"Name": oneLine(first.Name), "Count": w.count(more)})
	}
	return fyne.NewNotification(title, lang.L("{{.When}}, in {{.Time}}", args{"When": w.zoned(first.Ends, now), "Time": w.countdown(first.Ends.Sub(now))}))
}
