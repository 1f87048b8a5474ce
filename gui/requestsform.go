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
	buttons *sessionButtons
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
	head := container.New(fixedHeight(headHeight), container.New(line{gap: 8, stretch: title}, back, title, f.make))

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
		container.New(columns{1, 1, 1}, profile, bucket, prefix),
		container.New(stack{gap: 2}, f.store.all, f.page.all))))
	f.scroll = scrollingForm(container.New(inset{0, 0, 12, 0}, container.New(stack{}, card)),
		f.whom, f.from, f.message, f.own, f.lasts, f.files, f.size, f.to.profile, f.to.bucket, f.to.prefix)
	f.buttons = u.newSessionButtons(f.stretch)
	said := container.New(stack{gap: 2}, f.ends.all, f.help.all)
	foot := container.New(line{gap: gap, stretch: said}, said, f.buttons.all) // in sight whatever the window's height
	f.all = container.New(stack{gap: 8, stretch: f.scroll}, head, f.scroll, foot)
	f.all.Hide()
	return f
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

// leave goes back to the list; what stands in the form is kept until the window closes.
func (f *requestForm) leave() {
	f.u.open(f.u.requests)
	f.u.focusRows()
}
