package gui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// requestForm asks what a request is to be, and makes it. It belongs to the Requests place.
type requestForm struct {
	u   *ui
	all *fyne.Container

	whom    *plainField
	from    *plainField
	message *plainField
	lasts   *combo
	files   *combo
	size    *combo
	kinds   map[desk.KindGroup]*filterChip
	own     *plainField
	ownBox  fyne.CanvasObject
	to      *destinationFields
	ends    *prose // when the request will end
	help    *prose
	store   *prose // what the store sees to
	page    *prose // and what it does not
	scroll  *container.Scroll
	make    *button

	filled  bool // with what was chosen last
	group   desk.KindGroup
	asked   int // counts the questions to the profile
	known   bool
	outlook desk.Outlook
	refused *desk.Trouble // why the profile does not sign at present
	making  bool
}

// askForFiles opens the form.
func (u *ui) askForFiles() { u.open(u.asking) }

func (u *ui) newRequestForm() *requestForm {
	f := &requestForm{u: u, kinds: map[desk.KindGroup]*filterChip{}}
	back := u.iconButton(iconBack, lang.L("Back to the requests")+"  "+lang.L("Esc"), f.leave)
	title := newClipped(sizeTitle, colorText, true)
	title.text = lang.L("Ask somebody for files")
	f.make = u.button(primary, lang.L("Make the request"), f.submit)
	head := container.New(fixedHeight(control), container.New(line{gap: 8, stretch: title}, back, title, f.make))

	f.whom = newPlainField(u, lang.L("For whom"), lang.L("A name, or what it is about"), f.submit, f.leave)
	f.from = newPlainField(u, lang.L("From"), lang.L("Your name, as it stands on the page"), f.submit, f.leave)
	f.message = newPlainArea(u, lang.L("Message"), lang.L("What you would like to have; it stands on the page"), 2, f.leave)

	changed := func(option) { f.say() }
	f.lasts = u.combo("", func(option) { f.askProfile() })
	f.files = u.combo("", changed)
	f.size = u.combo("", changed)
	var times []option
	for _, o := range offered() {
		times = append(times, option{label: o.label})
	}
	f.lasts.setOptions(times)
	f.files.setOptions([]option{{label: anyNumber()}, {label: "1"}, {label: "2"}, {label: "3"}, {label: "5"}, {label: "10"}, {label: "20"}})
	f.size.setOptions([]option{{label: anySize()}, {label: "10 MB"}, {label: "100 MB"}, {label: "1 GB"}, {label: "5 GB"}})

	chips := container.New(line{gap: 8})
	for _, g := range kindGroups() {
		c := newFilterChip(u, func() { f.takeGroup(g) })
		f.kinds[g] = c
		chips.Add(c)
	}
	f.own = newPlainField(u, lang.L("Kinds"), ".pdf, .zip, image/*", f.submit, f.leave)
	f.own.OnChanged = func(string) { f.say() }
	f.ownBox = framed(f.own.frame, f.own)
	kinds := container.New(stack{gap: 8}, newWhole(lang.L("Kinds"), sizeSmall, colorMuted, false), container.New(inset{}, chips), f.ownBox)

	f.to = u.newDestinationFields()
	f.to.moved = func() { f.to.show(); f.to.askBuckets(); f.askProfile() }
	f.to.edited = f.say
	profile, bucket, prefix := f.to.labelled()
	f.ends, f.help = u.prose(" ", colorText), u.prose("", colorMuted)
	f.store, f.page = u.prose("", colorMuted), u.prose("", colorMuted)
	card := newCard(container.New(insetAll(16), container.New(stack{gap: gap},
		container.New(columns{1, 1}, f.whom.labelled(), f.from.labelled()),
		f.message.labelled(),
		container.New(columns{1, 1, 1}, labelled(lang.L("Files may come for"), f.lasts), labelled(lang.L("How many files"), f.files),
			labelled(lang.L("Each at most"), f.size)),
		kinds,
		container.New(columns{1, 1, 1.4}, profile, bucket, prefix),
		container.New(stack{gap: 2}, f.store.all, f.page.all))))
	f.scroll = container.NewVScroll(container.New(inset{0, 0, 12, 0}, container.New(stack{}, card)))
	foot := container.New(stack{gap: 2}, f.ends.all, f.help.all) // in sight whatever the window's height
	f.all = container.New(stack{gap: 8, stretch: f.scroll}, head, f.scroll, foot)
	for _, field := range []*plainField{f.whom, f.from, f.message, f.own} {
		field.focused = func() { f.reveal(field) }
	}
	for _, field := range []*combo{f.lasts, f.files, f.size, f.to.profile, f.to.bucket, f.to.prefix} {
		field.focused = func() { f.reveal(field) }
	}
	f.all.Hide()
	return f
}

// reveal scrolls to a field that has got the keyboard.
func (f *requestForm) reveal(field fyne.CanvasObject) {
	const around = 40 // its name above it, and the frame
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(field).Y - driver.AbsolutePositionForObject(f.scroll).Y + f.scroll.Offset.Y
	switch bottom := top + field.Size().Height + around/2; {
	case top-around < f.scroll.Offset.Y:
		f.scroll.ScrollToOffset(fyne.NewPos(0, max(top-around, 0)))
	case bottom > f.scroll.Offset.Y+f.scroll.Size().Height:
		f.scroll.ScrollToOffset(fyne.NewPos(0, bottom-f.scroll.Size().Height))
	}
}

func anyNumber() string { return lang.L("Any number") }
func anySize() string   { return lang.L("Any size") }

// kindGroups are the choices of kinds, in their order.
func kindGroups() []desk.KindGroup {
	return []desk.KindGroup{desk.KindsAny, desk.KindsPictures, desk.KindsDocuments, desk.KindsVideos, desk.KindsOwn}
}

// kindGroupName is a choice of kinds as its chip has it.
func kindGroupName(g desk.KindGroup) string {
	switch g {
	case desk.KindsPictures:
		return lang.L("Pictures")
	case desk.KindsDocuments:
		return lang.L("Documents and PDF")
	case desk.KindsVideos:
		return lang.L("Videos")
	case desk.KindsOwn:
		return lang.L("Own list")
	}
	return lang.L("Any kind")
}

func (f *requestForm) content() fyne.CanvasObject { return f.all }

// inSight fills the form with what was chosen last, and goes to its first field.
func (f *requestForm) inSight() {
	f.u.side.requests.setOn(true)
	f.to.loadProfiles()
	if !f.filled {
		f.fill(f.u.desk.Settings().Requests)
	}
	f.to.moved()
	f.scroll.ScrollToTop()
	f.u.window.Canvas().Focus(f.whom)
}

// fill writes choices into the form. Where nothing was chosen yet, files go where the next drop goes.
func (f *requestForm) fill(c desk.RequestChoices) {
	f.filled = true
	f.to.at = c.Destination
	if _, there := f.to.profileOf(c.Destination.Store); !there || c.Destination.Bucket == "" {
		f.to.at = f.u.send.dest.at
	}
	f.from.SetText(c.From)
	f.lasts.setValue(lastsLabel(c.Expires))
	if c.Expires == 0 {
		f.lasts.setValue(lastsLabel(time.Hour))
	}
	f.files.setValue(anyNumber())
	if c.Files > 0 {
		f.files.setValue(strconv.Itoa(c.Files))
	}
	f.size.setValue(anySize())
	if c.MaxSize > 0 {
		f.size.setValue(desk.FormatMaxSize(c.MaxSize))
	}
	f.own.SetText(strings.Join(c.Kinds, ", "))
	f.takeGroup(desk.KindGroupOf(c.Kinds))
}

// takeGroup is called when a choice of kinds was tapped.
func (f *requestForm) takeGroup(g desk.KindGroup) {
	f.group = g
	for _, other := range kindGroups() {
		f.kinds[other].set(kindGroupName(other), other == g)
	}
	if g == desk.KindsOwn {
		f.ownBox.Show()
		if f.all.Visible() {
			f.u.window.Canvas().Focus(f.own)
		}
	} else {
		f.ownBox.Hide()
	}
	f.say()
}

// options reads the form, or says what is wrong in it.
func (f *requestForm) options() (o desk.RequestOptions, t *desk.Trouble) {
	o.For, o.From, o.Message = strings.TrimSpace(f.whom.Text), strings.TrimSpace(f.from.Text), strings.TrimSpace(f.message.Text)
	var err error
	if o.Expires, err = parseLasts(f.lasts.Text); err != nil {
		return o, desk.Explain(err)
	}
	if text := strings.TrimSpace(f.files.Text); text != "" && !strings.EqualFold(text, anyNumber()) {
		if o.Files, err = desk.ParseFiles(text); err != nil {
			return o, desk.Explain(err)
		}
	}
	if text := strings.TrimSpace(f.size.Text); text != "" && !strings.EqualFold(text, anySize()) {
		if o.MaxSize, err = desk.ParseMaxSize(text); err != nil {
			return o, desk.Explain(err)
		}
	}
	o.Kinds = f.group.Kinds()
	if f.group == desk.KindsOwn {
		if o.Kinds, err = desk.ParseKinds(f.own.Text); err != nil {
			return o, desk.Explain(err)
		}
	}
	return o, desk.Explain(desk.CheckRequest(o))
}

// askProfile asks until when what is signed now would work.
func (f *requestForm) askProfile() {
	f.asked++
	f.known, f.refused = false, nil
	f.say()
	expires, err := parseLasts(f.lasts.Text)
	if err != nil || f.none() {
		return
	}
	mine, store := f.asked, f.to.at.Store
	ask(f.u, func(ctx context.Context) (desk.Outlook, error) { return f.u.desk.Outlook(ctx, store, expires) },
		func(o desk.Outlook, err error) {
			if mine != f.asked {
				return
			}
			f.outlook, f.known, f.refused = o, err == nil, desk.Explain(err)
			f.say()
		})
}

// none reports whether there is no profile at all but the sandbox, which was not chosen.
func (f *requestForm) none() bool { return len(f.to.profiles) <= 1 && f.to.at.Store == (desk.Store{}) }

// say writes below the fields until when files may come, what is wrong, and what the store sees to.
func (f *requestForm) say() {
	if f.make == nil || !f.filled { // being built
		return
	}
	w, now := f.u.words, f.u.now()
	o, t := f.options()
	if t == nil {
		t = f.to.wrong()
	}
	text, color, help := " ", colorText, ""
	when := args{"When": w.zoned(f.outlook.Ends, now), "Profile": f.to.who(), "Asked": lastsLabel(o.Expires)}
	switch {
	case t != nil:
		text, color, help = told(t.What), colorError, told(t.Help)
	case f.none():
		text = lang.L("No AWS profile on this computer")
		help = lang.L("Add one with “aws configure”, or try Waybill without an account.")
	case f.refused != nil:
		text, color, help = told(f.refused.What), colorError, told(f.refused.Help)
	case !f.known:
		text, color = lang.L("Looking at the profile…"), colorMuted
	case f.outlook.Because == signer.Credentials:
		text, color = lang.L("Files may come until {{.When}}, when the session of {{.Profile}} ends, not for {{.Asked}}.", when), colorWarn
		help = told(f.outlook.Warning.Help)
	case f.outlook.Warning != nil:
		text, color, help = told(f.outlook.Warning.What), colorWarn, told(f.outlook.Warning.Help)
	case f.to.at.Sandbox:
		text = lang.L("The sandbox is on this computer: only who sits here can send, while Waybill is open.")
	default:
		text = lang.L("Files may come until {{.When}}.", when)
	}
	store, page := "", ""
	if t == nil {
		sees, leaves := o.Enforced()
		store, page = told(sees), told(leaves)
	}
	for p, said := range map[*prose]struct {
		text  string
		color fyne.ThemeColorName
	}{f.ends: {text, color}, f.help: {help, colorMuted}, f.store: {store, colorMuted}, f.page: {page, colorMuted}} {
		p.set(said.text, said.color)
		if said.text == "" {
			p.all.Hide()
		} else {
			p.all.Show()
		}
	}
	f.able(t == nil && !f.making && !f.none() && f.to.at.Bucket != "")
	f.all.Refresh()
}

func (f *requestForm) able(able bool) {
	switch {
	case able && f.make.Disabled():
		f.make.Enable()
	case !able && !f.make.Disabled():
		f.make.Disable()
	}
}

// submit makes the request. Then the link to its page is on the clipboard, and what arrives is in sight.
func (f *requestForm) submit() {
	u := f.u
	for _, c := range []*combo{f.lasts, f.files, f.size, f.to.profile, f.to.bucket, f.to.prefix} {
		c.commit() // what stands in the field that still has the keyboard
	}
	o, t := f.options()
	if t == nil {
		t = f.to.wrong()
	}
	if t == nil && f.to.at.Bucket == "" {
		t = desk.Explain(desk.CheckBucket(""))
	}
	if t != nil || f.making || f.none() {
		if t != nil {
			u.notices.trouble(requestNotice, t, bad)
		}
		return
	}
	f.making = true
	f.make.set(primary, lang.L("Making the page…"), iconNone, "", f.submit)
	f.say()
	at := f.to.at
	u.busy.Add(1)
	ask(u, func(ctx context.Context) (*desk.Ways, error) {
		defer u.busy.Done()
		return u.desk.Request(ctx, at, o)
	}, func(w *desk.Ways, err error) {
		f.making = false
		f.make.set(primary, lang.L("Make the request"), iconNone, "", f.submit)
		f.say()
		if err != nil {
			u.notices.trouble(requestNotice, desk.Explain(err), bad)
			return
		}
		f.made(w, at, o)
	})
}

// made shows the request that was made.
func (f *requestForm) made(w *desk.Ways, at desk.Destination, o desk.RequestOptions) {
	u := f.u
	s := u.desk.Settings()
	s.Requests = desk.RequestChoices{Destination: at, From: o.From, Expires: o.Expires, Files: o.Files, Kinds: slices.Clone(o.Kinds),
		MaxSize: o.MaxSize, Folder: s.Requests.Folder}
	if err := u.desk.SaveSettings(s); err != nil {
		u.notices.trouble("settings", desk.Explain(err), warning)
	}
	f.whom.SetText("")
	f.message.SetText("")
	u.requests.load()
	u.requests.watch.last = u.now()
	u.arrivals.open(w.Request)
	if w.PageURL == "" {
		u.noPage(w)
		return
	}
	u.copy(w.PageURL)
	u.requests.markCopied(w.Request)
	said := notice{tone: good, text: lang.L("The link to the page for {{.Name}} is copied.", args{"Name": u.requestName(w.Request)}),
		help: u.words.until(&desk.Link{Ends: w.Ends, Because: w.Because}, u.now())}
	if w.Trouble != nil {
		said.tone, said.help = warning, told(w.Trouble.What)+" "+told(w.Trouble.Help)
	}
	u.notices.show(requestNotice, said)
}

// leave goes back to the list; what stands in the form is kept until the window closes.
func (f *requestForm) leave() {
	f.u.open(f.u.requests)
	f.u.focusRows()
}
