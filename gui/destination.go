package gui

import (
	"context"
	"slices"
	"strings"
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
	ui  *ui
	all *fyne.Container

	profile *combo
	bucket  *combo
	prefix  *combo
	lasts   *combo
	line    *prose
	help    *prose
	helpBox *fyne.Container
	week    *fyne.Container // offers what comes next to a link for longer than S3 gives
	bundle  *toggle
	names   *names

	profiles []desk.Profile
	at       desk.Destination
	expires  time.Duration
	flags    desk.Store // what the command line named

	lookedAt time.Time     // when the profile was asked last
	asked    int           // counts the questions to the store, so that an old answer is known as such
	trouble  *desk.Trouble // why nothing can be sent with what stands in the fields
	refused  *desk.Trouble // why the profile does not sign at present
	outlook  desk.Outlook
	known    bool // outlook is an answer
	session  struct {
		ends  time.Time
		known bool
		ok    bool // it is an answer
	}
	changed func() // something about the destination has changed
}

func (u *ui) newDestination(flags desk.Store, changed func()) *destination {
	d := &destination{ui: u, flags: flags, changed: changed, expires: u.desk.Settings().Expires}
	d.profile = u.combo(lang.L("Choose a profile"), d.takeProfile)
	d.profile.strict = true
	d.bucket = u.combo(lang.L("Type or choose"), func(o option) { d.takeBucket(o.text()) })
	d.prefix = u.combo(lang.L("none"), func(o option) { d.takePrefix(o.text()) })
	d.prefix.opened = d.askPrefixes
	d.lasts = u.combo("", func(o option) { d.takeLasts(o.text()) })
	d.lasts.setValue(lastsName(d.expires))
	d.line, d.help = u.prose(" ", colorMuted), u.prose("", colorMuted)
	d.helpBox = container.New(inset{}, d.help.all)
	d.helpBox.Hide()
	d.week = container.New(line{}, u.button(wordLink, lang.L("Take 7 days, and remind me a day before the end"), d.takeWeek))
	d.week.Hide()
	d.bundle = u.toggle(lang.L("One link for all files of a drop"), u.tipFor("together"), d.takeBundle)
	d.bundle.on = u.desk.Settings().Bundle
	d.names = u.newNames(d.namesChanged)
	fields := container.New(columns{160, 175, 218, 146},
		labelled(lang.L("Profile"), d.profile), labelled(lang.L("Bucket"), d.bucket),
		labelled(lang.L("Folder"), d.prefix), labelled(lang.L("Link lasts"), d.lasts, u.hint(whatLinksCannot())))
	said := container.New(line{gap: gap, stretch: d.line.all}, d.line.all, d.bundle, d.names.entry)
	d.all = container.New(stack{gap: 8}, fields, container.New(stack{gap: 2}, said, d.helpBox, d.week), d.names.card)
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
	d.show()
}

// loadProfiles reads what profiles there are, and says so where a file cannot be read.
func (d *destination) loadProfiles() {
	list, err := d.ui.desk.Profiles()
	d.profiles = list
	var t *desk.Trouble
	if err != nil {
		t = desk.Explain(err)
	}
	d.ui.notices.trouble("profiles", t, warning)
	options := make([]option, 0, len(list))
	for _, p := range list {
		options = append(options, profileOption(p))
	}
	d.profile.setOptions(options)
}

// profileOption is how a profile stands in the list.
func profileOption(p desk.Profile) option {
	if p.Sandbox {
		return option{label: lang.L("Sandbox: try it without an account"), value: lang.L("Sandbox"), id: "the sandbox"}
	}
	id := "profile " + p.Name // no profile's name makes it the sandbox
	if p.Kind == signer.KindEnvironment {
		return option{label: lang.L("Environment"), note: "AWS_ACCESS_KEY_ID", id: id}
	}
	return option{label: p.Name, note: kindName(p.Kind), id: id}
}

// kindName is a profile's kind in the words of the AWS files.
func kindName(k signer.Kind) string {
	switch k {
	case signer.KindSession:
		return lang.L("session")
	case signer.KindRole, signer.KindWebIdentity:
		return lang.L("role")
	case signer.KindSSO:
		return "SSO"
	case signer.KindProcess:
		return "credential_process"
	case signer.KindLogin:
		return "aws login"
	}
	return ""
}

// profileOf finds the profile of a store among those that can be chosen.
func (d *destination) profileOf(s desk.Store) (desk.Profile, bool) {
	at := slices.IndexFunc(d.profiles, func(p desk.Profile) bool {
		return p.Sandbox == s.Sandbox && (p.Sandbox || p.Name == s.Profile)
	})
	if at < 0 {
		return desk.Profile{}, false
	}
	return d.profiles[at], true
}

// standard is the store of a first start: what the AWS CLI would take, else the first profile there is.
func (d *destination) standard() desk.Store {
	s := desk.Store{Profile: signer.DefaultProfile()}
	if _, there := d.profileOf(s); there {
		return s
	}
	at := slices.IndexFunc(d.profiles, func(p desk.Profile) bool { return !p.Sandbox })
	if at < 0 {
		return desk.Store{}
	}
	return desk.Store{Profile: d.profiles[at].Name}
}

// none reports whether there is no profile at all but the sandbox.
func (d *destination) none() bool {
	return len(d.profiles) <= 1 && d.at.Store == (desk.Store{})
}

// show fills the fields from what is chosen, and asks the store what there is to know.
func (d *destination) show() {
	if p, there := d.profileOf(d.at.Store); there {
		d.profile.setOption(profileOption(p))
	}
	if d.at.Sandbox && d.at.Bucket == "" {
		d.at.Bucket = desk.SandboxBucket
	}
	d.bucket.setValue(d.at.Bucket)
	d.prefix.setValue(d.at.Prefix)
	d.prefix.setOptions(nil)
	d.bucket.setOptions(nil)
	d.trouble = nil
	d.ask()
}

// takeProfile is called when another profile was chosen. Its fields come back as they were used last.
func (d *destination) takeProfile(o option) {
	for _, p := range d.profiles {
		if profileOption(p).id != o.id {
			continue
		}
		next := desk.Destination{Store: desk.Store{Sandbox: p.Sandbox}}
		if !p.Sandbox {
			next.Profile = p.Name
		}
		for _, r := range d.ui.desk.Settings().Recent {
			if r.Store == next.Store {
				next = r
				break
			}
		}
		d.at = next
		d.show()
		return
	}
}

// sandbox chooses the sandbox.
func (d *destination) sandbox() {
	d.at = desk.Destination{Store: desk.Store{Sandbox: true}}
	d.show()
}

// takeBucket is called when the bucket's field was left.
func (d *destination) takeBucket(s string) {
	s = strings.TrimSpace(s)
	// What is pasted from elsewhere is often a whole address.
	if bucket, key, err := desk.ParseS3URL(s); err == nil {
		d.bucket.setValue(bucket)
		d.at.Bucket = bucket
		d.prefix.setValue(key)
		d.takePrefix(key)
		return
	}
	d.at.Bucket = s
	d.bucket.setValue(s)
	d.prefix.setOptions(nil)
	d.check()
	d.changed()
}

// takePrefix is called when the folder's field was left; it comes back clean.
func (d *destination) takePrefix(s string) {
	clean, err := desk.CleanPrefix(s)
	if err == nil {
		d.at.Prefix = clean
		d.prefix.setValue(clean)
	} else {
		d.at.Prefix = s // wrong as it is, for check to find
	}
	d.check()
	d.changed()
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
	d.trouble = nil
	if _, err := d.parseLasts(d.lasts.Text); err != nil {
		d.trouble = desk.Explain(err)
	} else if d.at.Bucket != "" {
		if err := desk.CheckBucket(d.at.Bucket); err != nil {
			d.trouble = desk.Explain(err)
		}
	}
	if d.trouble == nil {
		if _, err := desk.CleanPrefix(d.at.Prefix); err != nil {
			d.trouble = desk.Explain(err)
		}
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
}

// ask asks the store behind the profile: which buckets, until when the session lasts, what a link would be.
func (d *destination) ask() {
	d.known, d.session.ok, d.refused = false, false, nil
	d.asked++
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
	mine, store, expires := d.asked, d.at.Store, d.expires
	d.lookedAt = d.ui.now()
	type answer struct {
		outlook desk.Outlook
		ends    time.Time
		known   bool
	}
	long, now := d.long(), d.ui.now()
	ask(d.ui, func(ctx context.Context) (a answer, err error) {
		if long { // which a distribution answers, whatever becomes of the session
			a.outlook = desk.Outlook{Ends: now.Add(expires), Because: signer.Requested}
		} else if a.outlook, err = d.ui.desk.Outlook(ctx, store, expires); err != nil {
			return a, err
		}
		a.ends, a.known, err = d.ui.desk.Session(ctx, store)
		return a, err
	}, func(a answer, err error) {
		if mine != d.asked {
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

// askBuckets finds the buckets to choose from.
func (d *destination) askBuckets() {
	mine, store := d.asked, d.at.Store
	ask(d.ui, func(ctx context.Context) ([]string, error) { return d.ui.desk.Buckets(ctx, store) },
		func(names []string, err error) {
			if mine != d.asked || err != nil {
				return // many may not list; a name can be typed
			}
			options := make([]option, 0, len(names))
			for _, n := range names {
				options = append(options, option{label: n})
			}
			d.bucket.setOptions(options)
			if len(names) == 1 && d.bucket.Text == "" {
				d.bucket.setValue(names[0])
				d.at.Bucket = names[0]
				d.changed()
			}
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

// askPrefixes finds the folders below the one that stands in the field.
func (d *destination) askPrefixes() {
	if d.at.Bucket == "" || d.none() {
		return
	}
	at := d.at
	at.Prefix = d.prefix.Text[:strings.LastIndexByte(d.prefix.Text, '/')+1]
	ask(d.ui, func(ctx context.Context) ([]string, error) { return d.ui.desk.Prefixes(ctx, at) },
		func(names []string, err error) {
			if err != nil || d.at.Bucket != at.Bucket || d.at.Store != at.Store {
				return
			}
			var options []option
			if at.Prefix != "" {
				options = append(options, option{label: at.Prefix})
			}
			for _, n := range names {
				options = append(options, option{label: n})
			}
			d.prefix.setOptions(options)
		})
}

// say writes the line below the fields, and who signs at the foot of the sidebar.
func (d *destination) say() {
	now := d.ui.now()
	text, color, help := " ", colorMuted, ""
	switch {
	case d.none():
	case d.trouble != nil:
		text, color, help = told(d.trouble.What), colorError, told(d.trouble.Help)
	case d.refused != nil:
		text, color, help = told(d.refused.What), colorError, told(d.refused.Help)
	case !d.known:
		text = lang.L("Looking at the profile…")
	case d.outlook.Warning != nil:
		text, color, help = told(d.outlook.Warning.What), colorWarn, told(d.outlook.Warning.Help)
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
		text = lang.L("Links made now work until {{.When}}.", args{"When": d.ui.words.moment(ends, now)})
	}
	d.line.set(text, color)
	d.help.set(help, colorMuted)
	d.offerLasts()
	d.names.follow(d.at)
	d.names.entry.Hidden = d.at.Bucket == "" || d.none()
	d.bundle.Hidden = d.none()
	if d.helpBox.Hidden != (help == "") || d.week.Hidden == d.tooLong() {
		d.helpBox.Hidden, d.week.Hidden = help == "", !d.tooLong()
		d.ui.relayout()
	}
	d.sayWho(now)
}

// who is the chosen profile as a person reads it.
func (d *destination) who() string {
	if p, there := d.profileOf(d.at.Store); there {
		return profileOption(p).text()
	}
	return d.at.Profile
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

// place is where the next drop goes, as a person reads it.
func (d *destination) place() string {
	return d.at.Bucket + "/" + d.at.Prefix
}
