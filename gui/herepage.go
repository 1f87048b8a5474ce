package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// herePage asks what holds for one destination: where its links lead, and what its objects get besides their bytes. It
// belongs to the Send place.
type herePage struct {
	u   *ui
	all *fyne.Container

	title    *clipped
	save     *button
	scroll   *container.Scroll
	wrong    *prose
	help     *prose
	endpoint *plainField
	http     *toggle
	reach    *prose // where links lead, and from where they work

	class    *combo
	sse      *combo
	key      *plainField
	perKey   *toggle
	tags     *plainField
	metadata *plainField
	cache    *plainField
	named    *plainField
	acl      *combo
	from     *prose // where the settings were chosen
	expect   *prose // what one may not expect of them

	at     desk.Destination
	known  desk.UploadSettings // as remembered
	leads  desk.LinkEndpoint   // likewise
	saving bool
}

func (u *ui) newHerePage() *herePage {
	p := &herePage{u: u}
	back := u.iconButton(iconBack, lang.L("Back")+"  "+lang.L("Esc"), p.leave)
	p.title = newClipped(sizeTitle, colorText, true)
	p.title.keepEnd = true
	p.save = u.button(primary, lang.L("Save"), p.take)
	head := container.New(fixedHeight(headHeight), container.New(line{gap: 8, stretch: p.title}, back, p.title, p.save))

	leave := p.leave
	typed := func(string) { p.say() }
	p.endpoint = newPlainField(u, lang.L("Link endpoint"), "https://files.example.com", p.take, leave)
	p.endpoint.OnChanged = typed
	p.http = u.toggle(lang.L("Plain http is fine"), lang.L("Links bring files to others unencrypted"), func(bool) { p.say() })
	p.reach = u.prose("", colorMuted)
	framedEndpoint := framed(p.endpoint.frame, p.endpoint)
	links := p.card(lang.L("Where links lead"),
		u.prose(lang.L("A link works only at the address that it was signed for. If others reach this bucket by another name than you do, say so here; what answers there has to pass host and path on as they are."), colorMuted).all,
		container.New(stack{gap: 4}, p.endpoint.label(), container.New(line{gap: gap, stretch: framedEndpoint}, framedEndpoint, p.http)),
		p.reach.all)

	theirs := lang.L("as the bucket has it")
	p.class = p.choice(theirs, desk.StorageClasses())
	p.sse = p.choice(theirs, desk.SSEs())
	p.acl = p.choice(lang.L("none is sent"), desk.ACLs())
	p.key = newPlainField(u, lang.L("KMS key"), lang.L("ID, ARN or alias/name"), p.take, leave)
	p.perKey = u.toggle(lang.L("Bucket key"), lang.L("S3 makes the objects' keys from one of the bucket, and asks KMS less often"), func(bool) { p.say() })
	p.tags = newPlainField(u, lang.L("Tags"), "project=atlas&team=blue", p.take, leave)
	p.metadata = newPlainField(u, lang.L("Metadata"), "author=Zoë,draft=yes", p.take, leave)
	p.cache = newPlainField(u, lang.L("Cache-Control"), "max-age=3600", p.take, leave)
	p.named = newPlainField(u, lang.L("Content-Disposition"), lang.L("links offer the file's name"), p.take, leave)
	for _, f := range []*plainField{p.key, p.tags, p.metadata, p.cache, p.named} {
		f.OnChanged = typed
	}
	framedKey := framed(p.key.frame, p.key)
	p.from, p.expect = u.prose("", colorMuted), u.prose("", colorWarn)
	objects := p.card(lang.L("What objects get"), p.from.all,
		container.New(columns{1, 1}, labelled(lang.L("Storage class"), p.class), labelled(lang.L("Encryption"), p.sse)),
		container.New(stack{gap: 4}, p.key.label(), container.New(line{gap: gap, stretch: framedKey}, framedKey, p.perKey)),
		container.New(columns{1, 1}, p.tags.labelled(), p.metadata.labelled()),
		container.New(columns{1, 1}, p.cache.labelled(), p.named.labelled()),
		container.New(columns{1, 1}, labelled(lang.L("ACL"), p.acl), container.New(stack{})),
		p.expect.all)

	p.scroll = scrollingForm(container.New(inset{0, 0, 12, 0}, container.New(stack{gap: 8}, links, objects)),
		p.endpoint, p.key, p.tags, p.metadata, p.cache, p.named, p.class, p.sse, p.acl)
	p.wrong, p.help = u.prose("", colorError), u.prose("", colorMuted)
	foot := container.New(stack{gap: 2}, p.wrong.all, p.help.all) // in sight whatever the window's height
	p.all = container.New(stack{gap: 8, stretch: p.scroll}, head, p.scroll, foot)
	p.all.Hide()
	return p
}

// card is a card with a title.
func (p *herePage) card(title string, lines ...fyne.CanvasObject) fyne.CanvasObject {
	content := container.New(stack{gap: gap}, newWhole(title, sizeBody, colorText, true))
	for _, l := range lines {
		content.Add(l)
	}
	return newCard(container.New(insetAll(16), content))
}

// choice is a field that suggests what there is, and may be empty.
func (p *herePage) choice(placeholder string, values []string) *combo {
	c := p.u.combo(placeholder, func(option) { p.say() })
	options := make([]option, len(values))
	for i, v := range values {
		options[i] = option{label: v}
	}
	c.setOptions(options)
	return c
}

func (p *herePage) content() fyne.CanvasObject { return p.all }

func (p *herePage) inSight() {
	p.u.side.send.setOn(true)
	p.fill()
	p.scroll.ScrollToTop()
	p.u.window.Canvas().Focus(p.endpoint)
}

func (p *herePage) leave() { p.u.open(p.u.send) }

// fill shows what is remembered for the destination.
func (p *herePage) fill() {
	p.at = p.u.send.dest.at
	p.title.set(lang.L("Upload settings of {{.Place}}", args{"Place": p.at.Bucket + "/" + p.at.Prefix}), colorText)
	s := p.u.desk.Settings()
	at := s.LinkEndpointOf(p.at.Store, p.at.Bucket)
	u, from := s.UploadOf(p.at)
	p.known, p.leads = u, at
	p.endpoint.SetText(at.URL)
	p.http.set(at.AllowHTTP)
	p.class.setValue(u.StorageClass)
	p.sse.setValue(u.SSE)
	p.key.SetText(u.KMSKey)
	p.perKey.set(u.BucketKey != nil && *u.BucketKey)
	p.tags.SetText(desk.FormatTagging(u.Tags))
	p.metadata.SetText(desk.FormatMetadata(u.Metadata))
	p.cache.SetText(u.CacheControl)
	p.named.SetText(u.Disposition)
	p.acl.setValue(u.ACL)
	text := lang.L("These settings hold for {{.Place}} and the folders in it.", args{"Place": p.at.Bucket + "/" + p.at.Prefix})
	if !u.IsZero() && from.Prefix != p.at.Prefix {
		text = lang.L("These were chosen for {{.Place}}; changed here, they hold for {{.Folder}} and the folders in it.",
			args{"Place": from.Bucket + "/" + from.Prefix, "Folder": p.at.Bucket + "/" + p.at.Prefix})
	}
	p.from.set(text, colorMuted)
	p.sayReach()
	p.say()
}

// chosen reads what stands in the fields.
func (p *herePage) chosen() (u desk.UploadSettings, at desk.LinkEndpoint, err error) {
	if at, err = desk.ParseLinkEndpoint(p.endpoint.Text, p.http.on); err != nil {
		return u, at, err
	}
	text := strings.TrimSpace
	u = desk.UploadSettings{
		StorageClass: strings.ToUpper(text(p.class.Text)), SSE: text(p.sse.Text), KMSKey: text(p.key.Text),
		CacheControl: text(p.cache.Text), Disposition: text(p.named.Text), ACL: text(p.acl.Text),
	}
	switch {
	case p.perKey.on:
		on := true
		u.BucketKey = &on
	case p.known.BucketKey != nil && !*p.known.BucketKey && u.SSE == p.known.SSE:
		u.BucketKey = p.known.BucketKey // which is "no", and not "as the bucket has it"
	}
	if u.Tags, err = desk.ParseTagging(text(p.tags.Text)); err != nil {
		return u, at, err
	}
	u.Metadata, err = desk.ParseMetadata(text(p.metadata.Text))
	return u, at, err
}

// say shows what is wrong with what stands in the fields, and what one may not expect of it.
func (p *herePage) say() {
	u, at, err := p.chosen()
	if err == nil {
		err = desk.CheckTyped(u)
	}
	p.reach.all.Hide()
	if at.URL == p.leads.URL { // else it is said of another address
		p.reach.all.Show()
	}
	p.tell(desk.Explain(err))
	var expect []string
	for _, w := range desk.UploadWarnings(u) {
		expect = append(expect, told(w.What))
	}
	p.expect.set(strings.Join(expect, "\n"), colorWarn)
	p.expect.all.Hide()
	if len(expect) > 0 {
		p.expect.all.Show()
	}
	p.all.Refresh()
}

// tell writes below the fields what is wrong; nil is nothing.
func (p *herePage) tell(t *desk.Trouble) {
	if p.wrong.all.Hide(); t != nil {
		p.wrong.set(told(t.What), colorError)
		p.help.set(told(t.Help), colorMuted)
		p.wrong.all.Show()
		p.help.all.Show()
	} else {
		p.help.all.Hide()
	}
}
