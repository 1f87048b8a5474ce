package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// storeForm asks where a store is and what its keys are, and adds it as a profile.
type storeForm struct {
	u   *ui
	all *fyne.Container

	kind     *combo
	name     *plainField
	account  *plainField
	endpoint *plainField
	region   *combo
	keyID    *plainField
	secret   *plainField
	reveals  *button // shows the secret, or hides it again
	bucket   *plainField
	styles   map[signer.Addressing]*filterChip
	plain    *toggle // plain http to another machine is fine
	// plainHost is the machine that plain is about, "" for none.
	plainHost string
	replace   *toggle // the profile of this name may be changed

	accountBox, endpointBox, regionBox, styleBox fyne.CanvasObject
	rows                                         *fyne.Container // of fields, which follow the kind

	keyHint *prose
	where   *prose // which endpoint comes of it
	line    *prose // what will happen, or what is wrong
	help    *prose
	answers *fyne.Container // to a check that did not succeed
	anyway  *button
	try     *button
	scroll  *container.Scroll
	save    *button

	preset       desk.Preset
	style        signer.Addressing
	named        string             // the name that the preset has given; another one is the person's own
	failed       *desk.Trouble      // why it was not added
	elsewhere    *desk.Trouble      // another store was asked than was named
	offersAnyway bool               // it can be added without a check
	into         *destinationFields // which get the new store
	back         place              // where they are
	adding       bool
	attempt      int    // counts them: what comes of an older one does not concern the form
	giveUp       func() // ends the one that is under way; nil for none
}

// addStore opens the form; the new store is chosen in the fields of a place.
func (u *ui) addStore(into *destinationFields, back place) {
	u.adding.into, u.adding.back = into, back
	u.open(u.adding)
}

// addStoreHere opens the form for the Send place.
func (u *ui) addStoreHere() { u.addStore(u.send.dest.destinationFields, u.send) }

func (u *ui) newStoreForm() *storeForm {
	f := &storeForm{u: u, styles: map[signer.Addressing]*filterChip{}}
	back := u.iconButton(iconBack, lang.L("Back")+"  "+lang.L("Esc"), f.leave)
	title := newClipped(sizeTitle, colorText, true)
	title.text = lang.L("Add a store")
	f.save = u.button(primary, lang.L("Check and save"), f.submit)
	head := container.New(fixedHeight(headHeight), container.New(line{gap: 8, stretch: title}, back, title, f.save))

	f.kind = u.combo("", func(o option) { f.takeKind(o.id) })
	f.kind.strict = true
	var kinds []option
	for _, p := range desk.Presets() {
		kinds = append(kinds, option{label: presetName(p), id: p.ID})
	}
	f.kind.setOptions(kinds)
	f.name = f.field(lang.L("Name of the profile"), "")
	f.account = f.field(lang.L("Account ID"), "0123456789abcdef0123456789abcdef")
	f.endpoint = f.field(lang.L("Endpoint"), "")
	f.region = u.combo("", func(option) { f.edited() })
	f.keyID = f.field(lang.L("Access key ID"), "")
	f.secret = f.field(lang.L("Secret access key"), "")
	f.secret.Password = true
	f.secret.ActionItem = container.NewWithoutLayout() // the toolkit's own eye cannot be reached by keys
	f.reveals = u.button(secondary, "", f.toggleSecret)
	f.bucket = f.field(lang.L("Bucket, for keys that may not list buckets"), "")
	chips := container.New(line{gap: 8})
	for _, s := range []signer.Addressing{signer.AddressingPath, signer.AddressingVirtual} {
		f.styles[s] = newFilterChip(u, func() { f.takeStyle(s) })
		chips.Add(f.styles[s])
	}
	f.plain = u.toggle(lang.L("Send files and keys unencrypted to this computer"), "", func(bool) { f.edited() })
	f.replace = u.toggle(lang.L("Change the profile that is there"), "", func(bool) { f.edited() })

	f.accountBox, f.endpointBox, f.regionBox = f.account.labelled(), f.endpoint.labelled(), labelled(lang.L("Region"), f.region)
	f.styleBox = container.New(stack{gap: 4}, newWhole(lang.L("Buckets are named"), sizeSmall, colorMuted, false), container.New(inset{}, chips))
	secret := framed(f.secret.frame, f.secret)
	secretBox := container.New(stack{gap: 4}, f.secret.label(), container.New(line{gap: 8, stretch: secret}, secret, f.reveals))
	f.keyHint, f.where = u.prose("", colorMuted), u.prose("", colorMuted)
	f.rows = container.New(stack{gap: gap})
	card := newCard(container.New(insetAll(16), container.New(stack{gap: gap},
		container.New(columns{1, 1}, labelled(lang.L("Kind of store"), f.kind), f.name.labelled()),
		container.New(line{}, f.replace),
		f.rows, container.New(line{}, f.plain), f.styleBox, f.where.all,
		container.New(columns{1, 1}, f.keyID.labelled(), secretBox),
		f.keyHint.all,
		f.bucket.labelled())))
	f.scroll = scrollingForm(container.New(inset{0, 0, 12, 0}, container.New(stack{}, card)),
		f.kind, f.name, f.account, f.endpoint, f.region, f.keyID, f.secret, f.bucket)

	f.line, f.help = u.prose(" ", colorText), u.prose("", colorMuted)
	f.try = u.button(secondary, lang.L("Put a tiny object and remove it"), func() { f.add(desk.AddStoreOptions{MayPut: true}) })
	f.anyway = u.button(secondary, lang.L("Save without a check"), func() { f.add(desk.AddStoreOptions{NoCheck: true}) })
	f.answers = container.New(line{gap: 8}, f.try, f.anyway)
	foot := container.New(stack{gap: 4}, f.line.all, f.help.all, f.answers)
	f.all = container.New(stack{gap: 8, stretch: f.scroll}, head, f.scroll, foot)
	f.all.Hide()
	f.clear()
	return f
}

// field is one of the form's.
func (f *storeForm) field(name, placeholder string) *plainField {
	p := newPlainField(f.u, name, placeholder, f.submit, f.leave)
	p.OnChanged = func(string) { f.edited() }
	return p
}

// presetName is a kind of store as a person reads it.
func presetName(p desk.Preset) string {
	if p.ID == desk.CustomPreset {
		return lang.L("Another S3 store")
	}
	return p.Name
}

func (f *storeForm) content() fyne.CanvasObject { return f.all }

// inSight goes to the first field that is empty.
func (f *storeForm) inSight() {
	f.say()
	f.scroll.ScrollToTop()
	f.u.window.Canvas().Focus(f.kind)
}

// clear empties the form: a secret stays in it no longer than it has to.
func (f *storeForm) clear() {
	f.failed, f.elsewhere, f.named = nil, nil, ""
	for _, field := range []*plainField{f.name, f.account, f.endpoint, f.keyID, f.secret, f.bucket} {
		field.SetText("")
	}
	f.plain.set(false)
	f.replace.set(false)
	f.secret.Password = true
	f.takeKind("aws")
}

// takeKind is called when a kind of store was chosen: its habits are filled in.
func (f *storeForm) takeKind(id string) {
	p, known := desk.PresetOf(id)
	if !known {
		return
	}
	f.preset = p
	f.kind.setOption(option{label: presetName(p), id: p.ID})
	if f.name.Text == f.named { // the person has named none
		f.named = p.ID
		if p.ID == desk.CustomPreset {
			f.named = ""
		}
		f.name.SetText(f.named)
	}
	f.region.setValue(p.Region)
	options := make([]option, 0, len(p.Regions))
	for _, r := range p.Regions {
		options = append(options, option{label: r})
	}
	f.region.setOptions(options)
	f.endpoint.SetText("")
	f.endpoint.SetPlaceHolder(p.Endpoint)
	f.keyHint.set("", colorMuted)
	if p.KeyHint != "" {
		f.keyHint.set(lang.L(p.KeyHint), colorMuted)
	}
	f.takeStyle(p.Addressing)
	f.arrange()
}

// arrange shows the fields that the kind of store has.
func (f *storeForm) arrange() {
	p := f.preset
	f.rows.RemoveAll()
	switch {
	case p.Own:
		f.rows.Add(container.New(columns{2.2, 1}, f.endpointBox, f.regionBox))
	case p.Account != "":
		f.rows.Add(container.New(columns{1}, f.accountBox))
	default:
		f.rows.Add(container.New(columns{1, 1}, f.regionBox, container.NewWithoutLayout()))
	}
	show(f.styleBox, p.Own)
	f.edited()
}

// show shows an object or hides it.
func show(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// takeStyle is called when a way of naming buckets was chosen.
func (f *storeForm) takeStyle(s signer.Addressing) {
	f.style = s
	f.styles[signer.AddressingPath].set(lang.L("In the path"), s == signer.AddressingPath)
	f.styles[signer.AddressingVirtual].set(lang.L("In the host's name"), s == signer.AddressingVirtual)
	f.edited()
}

// toggleSecret shows the secret, or hides it again.
func (f *storeForm) toggleSecret() {
	f.secret.Password = !f.secret.Password
	f.secret.Refresh()
	f.say()
}

// leave goes back without adding anything.
func (f *storeForm) leave() {
	f.abandon()
	f.clear()
	f.u.open(f.back)
}
