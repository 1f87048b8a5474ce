package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// destination is the bar at the top of the Send place: who signs, where the next drop goes, how long its links
// last; and a line below it that says what a link made now would be.
type destination struct {
	*destinationFields
	all *fyne.Container

	lasts    *combo
	line     *prose
	help     *prose
	buttons  *sessionButtons
	helpBox  *fyne.Container
	week     *fyne.Container // offers what comes next to a link for longer than S3 gives
	choices  *fyne.Container // below the sentence: what else may be chosen for a drop
	bundle   *toggle
	checking *button // looks whether the destination has what is needed
	names    *names
	upload   *button // leads to what holds for the destination

	expires time.Duration
	flags   desk.Store // what the command line named

	lookedAt time.Time     // when the profile was asked last
	looks    int           // counts the questions to the profile, so that an old answer is known as such
	trouble  *desk.Trouble // why nothing can be sent with what stands in the fields
	refused  *desk.Trouble // why the profile does not sign at present
	outlook  desk.Outlook
	known    bool // outlook is an answer
	session  struct {
		ends  time.Time
		known bool
		ok    bool // it is an answer
	}
	looksAt *desk.Destination // whose links' reach is known, or asked for
	reach   desk.Reach
	leads   string // the link endpoint's host; "" for none
	changed func() // something about the destination has changed
}

func (u *ui) newDestination(flags desk.Store, changed func()) *destination {
	d := &destination{destinationFields: u.newDestinationFields(), flags: flags, changed: changed, expires: u.desk.Settings().Expires}
	d.moved = d.showAndAsk
	d.edited = func() { d.check(); d.changed() }
	d.lasts = u.combo("", func(o option) { d.takeLasts(o.text()) })
	d.lasts.setValue(lastsName(d.expires))
	d.line, d.help = u.prose(" ", colorMuted), u.prose("", colorMuted)
	d.buttons = u.newSessionButtons(d.stretch)
	d.helpBox = container.New(line{gap: gap, stretch: d.help.all}, d.help.all, d.buttons.all)
	d.helpBox.Hide()
	d.week = container.New(line{}, u.button(wordLink, lang.L("Take 7 days, and remind me a day before the end"), d.takeWeek))
	d.week.Hide()
	d.bundle = u.toggle(lang.L("One link for all files of a drop"), u.tipFor("together"), d.takeBundle)
	d.bundle.on = u.desk.Settings().Bundle
	d.names = u.newNames(d.namesChanged)
	d.checking = u.button(wordLink, lang.L("Check"), u.checkHere)
	d.checking.tip = u.tipFor("check")
	d.upload = u.button(wordLink, "", u.openHere)
	d.upload.tip = u.tipFor("upload")
	profile, bucket, prefix := d.labelled()
	fields := container.New(columns{160, 175, 218, 146}, profile, bucket, prefix, labelled(lang.L("Link lasts"), d.lasts, u.hint(whatLinksCannot())))
	// In a narrow window, beside all of them the sentence would have no room.
	d.choices = container.New(&flow{gap: gap}, d.bundle, d.names.entry, d.upload, d.checking)
	d.all = container.New(stack{gap: 8}, fields, container.New(stack{gap: 2}, d.line.all, d.helpBox, d.week, d.choices), d.names.card)
	return d
}

// labelled puts a field's name above it, with what else belongs to the name.
func labelled(name string, field *combo, beside ...fyne.CanvasObject) fyne.CanvasObject {
	label := newClipped(sizeSmall, colorMuted, false)
	label.text, label.whole = name, len(beside) > 0
	top := container.New(line{gap: 4}, label)
	if len(beside) == 0 {
		top = container.NewStack(label)
	}
	for _, o := range beside {
		top.Add(o)
	}
	return container.New(stack{gap: 4}, top, framed(field.frame, field))
}

// columns shares a width in proportion, a gap apart.
type columns []float32

// Layout implements fyne.Layout.
func (c columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	sum := float32(0)
	for _, part := range c {
		sum += part
	}
	x, width := float32(0), size.Width-gap*float32(len(c)-1)
	for i, o := range objects {
		w := width * c[i] / sum
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + gap
	}
}

// MinSize implements fyne.Layout.
func (c columns) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		size.Height = max(size.Height, o.MinSize().Height)
	}
	size.Width = 96 * float32(len(c))
	return size
}

// begin fills the fields: with what the command line named, else with what was used last.
func (d *destination) begin() {
	d.loadProfiles()
	last := d.ui.desk.Settings().Destination
	_, remembered := d.profileOf(last.Store)
	switch {
	case d.flags != (desk.Store{}):
		d.at = desk.Destination{Store: d.flags}
		if !d.flags.Sandbox && d.flags.Profile == "" {
			d.at.Profile = signer.DefaultProfile() // another region or store, for the profile that is used anyway
		}
		if last.Store == d.at.Store {
			d.at = last
		}
	case last.Bucket != "" && remembered:
		d.at = last
	default:
		d.at = desk.Destination{Store: d.standard()}
	}
	d.showAndAsk()
}

// showAndAsk fills the fields from what is chosen, and asks the store what there is to know.
func (d *destination) showAndAsk() {
	d.show()
	d.trouble = nil
	d.ask()
}

// sandbox chooses the sandbox.
func (d *destination) sandbox() {
	d.at = desk.Destination{Store: desk.Store{Sandbox: true}}
	d.showAndAsk()
}

// takeLasts is called when the length of time was changed.
func (d *destination) takeLasts(s string) {
	expires, err := d.parseLasts(s)
	if err != nil {
		d.trouble = desk.Explain(err)
		d.say()
		return
	}
	d.expires = expires
	d.lasts.setValue(lastsName(expires))
	settings := d.ui.desk.Settings()
	settings.Expires = expires
	d.save(settings)
	d.check()
	d.ask()
}

// check looks at what stands in the fields.
func (d *destination) check() bool {
	d.trouble = d.wrong()
	if _, err := d.parseLasts(d.lasts.Text); err != nil {
		d.trouble = desk.Explain(err)
	}
	d.say()
	return d.trouble == nil
}

// ready reports whether a drop could start at once.
func (d *destination) ready() bool {
	return d.at.Bucket != "" && !d.none() && d.check() && d.names.take()
}

// takeBundle is called when the switch for one link for all was set.
func (d *destination) takeBundle(on bool) {
	settings := d.ui.desk.Settings()
	settings.Bundle = on
	d.save(settings)
	d.changed()
}

// namesChanged is called when the card of the names was opened or closed, or other keys may be made.
func (d *destination) namesChanged(taken bool) {
	d.ui.relayout()
	if taken {
		d.changed()
	}
}

// remember keeps the destination for the next start. What a flag said of the store is said for one start only.
func (d *destination) remember() {
	settings := d.ui.desk.Settings()
	named := d.flags.Endpoint != "" || d.flags.Region != "" || d.flags.AllowHTTP
	if settings.Destination == d.at || named && d.at.Endpoint == d.flags.Endpoint && d.at.Region == d.flags.Region {
		return
	}
	settings.Destination = d.at
	d.save(settings)
}

func (d *destination) save(s desk.Settings) {
	if err := d.ui.desk.SaveSettings(s); err != nil {
		d.ui.notices.trouble("settings", desk.Explain(err), warning)
	}
	d.ui.settingsTrouble()
}

// ask asks the store behind the profile: which buckets, until when the session lasts, what a link would be.
func (d *destination) ask() {
	d.known, d.session.ok, d.refused = false, false, nil
	d.looks++
	d.say()
	d.changed()
	if d.none() {
		return
	}
	d.askProfile()
	d.askBuckets()
}

// askProfile asks until when the profile's session lasts, and what a link made now would be.
func (d *destination) askProfile() {
	mine, store, expires := d.looks, d.at.Store, d.expires
	d.lookedAt = d.ui.now()
	type answer struct {
		outlook desk.Outlook
		ends    time.Time
		known   bool
	}
	long, now := d.long(), d.ui.now()
	ask(d.ui, func(ctx context.Context) (a answer, err error) {
		ctx = signer.Quiet(ctx) // a look is no reason to ask for a code
		if long {               // which a distribution answers, whatever becomes of the session
			a.outlook = desk.Outlook{Ends: now.Add(expires), Because: signer.Requested}
		} else if a.outlook, err = d.ui.desk.Outlook(ctx, store, expires); err != nil {
			return a, err
		}
		a.ends, a.known, err = d.ui.desk.Session(ctx, store)
		return a, err
	}, func(a answer, err error) {
		if mine != d.looks {
			return
		}
		if err != nil {
			d.refused, d.known = desk.Explain(err), false
		} else {
			d.outlook, d.known, d.refused = a.outlook, true, nil
			d.session.ends, d.session.known, d.session.ok = a.ends, a.known, true
		}
		d.say()
		d.changed()
	})
}

// lookEvery is the shortest time between two looks at a profile whose answer may have changed by itself.
const lookEvery = time.Minute

// tick is called once a second. A session that runs out, or was signed in to again elsewhere, changes what a link
// made now would be; then the profile is asked once more, without a word.
func (d *destination) tick() {
	now := d.ui.now()
	short := d.known && (d.outlook.Warning != nil || d.pastSession(now))
	if (short || d.refused != nil) && !d.none() && now.Sub(d.lookedAt) >= lookEvery {
		d.askProfile()
	}
	if d.known {
		d.say()
	}
}

// pastSession reports whether a link made now would outlive the session that signs it.
func (d *destination) pastSession(now time.Time) bool {
	s := d.session
	return s.ok && s.known && !s.ends.IsZero() && !d.long() && now.Add(d.expires).After(s.ends)
}

// say writes the line below the fields, and who signs at the foot of the sidebar.
func (d *destination) say() {
	now := d.ui.now()
	text, color, help := " ", colorMuted, ""
	switch {
	case d.none():
	case d.trouble != nil:
		text, color, help = told(d.trouble.What), colorError, told(d.trouble.Help)
	case d.refused != nil && d.refused.Code == codeWanted:
		text, color = lang.L("The profile {{.Profile}} signs with a code of its MFA device.", args{"Profile": d.who()}), colorWarn
		help = lang.L("You are asked for it when the first file goes, or enter it now.")
	case d.refused != nil:
		text, color, help = told(d.refused.What), colorError, helpIn(d.refused)
	case !d.known:
		text = lang.L("Looking at the profile…")
	case d.outlook.Warning != nil:
		text, color, help = told(d.outlook.Warning.What), colorWarn, helpEarly(d.outlook)
		if d.outlook.Because == signer.Credentials {
			text = lang.L("Links made now work until {{.When}}, when the session of {{.Profile}} ends, not for {{.Asked}}.", args{
				"When": d.ui.words.moment(d.outlook.Ends, now), "Profile": d.who(), "Asked": lastsName(d.expires)})
		}
	case d.long():
		by, _ := d.distribution()
		text = lang.L("Links made now work until {{.When}}; {{.Domain}} answers them.", args{
			"When": d.ui.words.moment(now.Add(d.expires), now), "Domain": by.Domain})
	case d.at.Sandbox:
		text = lang.L("The sandbox is on this computer: its links work here, while Waybill is open.")
	default:
		ends := now.Add(d.expires)
		if d.pastSession(now) { // the profile is asked about it already; until then, the session's end is the truth
			ends = d.session.ends
		}
		text = d.worksUntil(args{"When": d.ui.words.moment(ends, now), "Host": d.leads})
	}
	if w := d.warning(); w != nil && d.trouble == nil && d.refused == nil {
		text, color, help = told(w.What), colorWarn, told(w.Help)
	}
	d.line.set(text, color)
	d.help.set(help, colorMuted)
	d.sayButtons()
	d.offerLasts()
	d.names.follow(d.at)
	d.names.entry.Hidden = d.at.Bucket == "" || d.none()
	d.checking.Hidden = d.names.entry.Hidden
	d.sayUpload()
	d.bundle.Hidden = d.none()
	if d.helpBox.Hidden != (help == "") || d.week.Hidden == d.tooLong() {
		d.helpBox.Hidden, d.week.Hidden = help == "", !d.tooLong()
		d.ui.relayout()
	}
	d.sayWho(now)
}

// sayWho writes the foot of the sidebar.
func (d *destination) sayWho(now time.Time) {
	who, until, color := d.who(), "", colorMuted
	s := d.session
	switch {
	case d.none():
		who = ""
	case d.at.Sandbox:
		until = lang.L("On this computer")
	case !s.ok:
	case !s.known:
		until, color = lang.L("The session does not say when it ends"), colorWarn
	case s.ends.IsZero():
		until = lang.L("Keys without an end")
	case now.After(s.ends):
		until, color = lang.L("Session ended {{.When}}", args{"When": d.ui.words.clock(s.ends)}), colorError
	default:
		until = lang.L("Session ends {{.When}}, in {{.Left}}", args{
			"When": d.ui.words.clock(s.ends), "Left": d.ui.words.countdown(s.ends.Sub(now))})
	}
	d.ui.side.session(who, until, color)
}

// sayButtons offers what helps with what the line says.
func (d *destination) sayButtons() {
	if d.none() || d.trouble != nil {
		d.buttons.show(nil, desk.Outlook{})
		return
	}
	var o desk.Outlook
	if d.known {
		o = d.outlook
	}
	hidden := d.buttons.all.Hidden
	d.buttons.show(d.refused, o) // beside the help, which is there whenever one of them is
	if hidden != d.buttons.all.Hidden {
		d.ui.relayout()
	}
}

// stretch asks for a longer session of the profile's role.
func (d *destination) stretch() {
	mine := d.looks
	d.buttons.stretch(d.at.Store, d.expires, func(o desk.Outlook, err error) {
		if err == nil && mine == d.looks {
			d.outlook = o
			d.askProfile() // which has the session's end too
		}
		d.say()
	})
	d.say()
}
