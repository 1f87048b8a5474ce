package gui

import (
	"context"
	"maps"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// browsePlace shows what is in a bucket, to make links to what is there already. It belongs to the Links place,
// which it leads back to.
type browsePlace struct {
	u   *ui
	all *fyne.Container

	where  *combo
	crumbs *crumbs
	search *browseField
	rows   *rows
	empty  *browseEmpty
	foot   *browseFoot

	store  desk.Store
	bucket string
	folder string // "" or with a slash at its end

	lines    []desk.Listed
	next     string        // asks for the page after; "" when all is there
	trouble  *desk.Trouble // why the first page could not be had
	further  *desk.Trouble // why the next one could not
	loading  bool
	slow     bool // it takes long enough to say so
	asked    int  // counts the questions to the store, so that an old answer is known as such
	stop     context.CancelFunc
	soon     *time.Timer // the search begins when no letter has followed for a moment
	cameFrom string      // the folder that was left for the one above it

	picked map[string]desk.Listed // by key
	base   map[string]desk.Listed // what was selected before the range that Shift makes
	anchor int                    // the line where that range begins
	links  *browseLinks
}

const (
	searchAfter = 200 * time.Millisecond // of no typing
	slowAfter   = 300 * time.Millisecond
	// loadAhead is how many lines before the end the next page is asked for.
	loadAhead = 200
)

func (u *ui) newBrowsePlace() *browsePlace {
	p := &browsePlace{u: u, picked: map[string]desk.Listed{}}
	back := u.iconButton(iconBack, lang.L("Back to the links")+"  "+lang.L("Esc"), p.leave)
	title := newClipped(sizeTitle, colorText, true)
	title.text = lang.L("Link to a file in a bucket")
	p.where = u.combo(lang.L("Type or choose"), func(o option) { p.takeBucket(o.text()) })
	head := container.New(browseHead{}, back, title, framed(p.where.frame, p.where))
	p.crumbs = u.newCrumbs(p.open)
	p.search = newBrowseField(p)
	path := container.New(columns{3, 2}, p.crumbs.all, framed(p.search.frame, p.search))
	p.rows = u.rows(p.length, p.row, p.tapped)
	p.rows.list.picked = p.pick
	p.rows.list.extended = p.extend
	p.empty = p.newEmpty()
	p.links = &browseLinks{p: p}
	p.foot = p.newFoot()
	middle := container.NewStack(p.empty.all, p.rows.card)
	p.all = container.New(stack{gap: gap, stretch: middle}, head, path, middle, p.foot.all)
	p.all.Hide()
	return p
}

func (p *browsePlace) content() fyne.CanvasObject { return p.all }

// inSight begins where the next drop would go.
func (p *browsePlace) inSight() {
	p.u.side.links.setOn(true)
	at := p.u.send.dest.at
	p.where.setOptions(p.u.send.dest.bucket.options)
	p.links.forget()
	p.search.clear()
	if p.store != at.Store || p.bucket != at.Bucket {
		p.store, p.bucket, p.folder = at.Store, at.Bucket, at.Prefix
		p.lines, p.next = nil, ""
	}
	p.where.setValue(p.bucket)
	p.unpick()
	p.load()
	if p.bucket == "" && !p.none() {
		p.u.window.Canvas().Focus(p.where)
	}
}

// browseHead puts the way back, the title, and the field for the bucket beside each other. In a narrow window the
// field is shorter, so that the title is read.
type browseHead struct{}

// Layout implements fyne.Layout.
func (browseHead) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	back, title, field := objects[0], objects[1], objects[2]
	width := min(max(size.Width*0.32, 120), 220)
	put := func(o fyne.CanvasObject, x, width float32) {
		height := o.MinSize().Height
		o.Move(fyne.NewPos(x, (size.Height-height)/2))
		o.Resize(fyne.NewSize(max(width, 0), height))
	}
	put(back, 0, back.MinSize().Width)
	left := back.MinSize().Width + 4
	put(title, left, size.Width-left-width-gap)
	put(field, size.Width-width, width)
}

// MinSize implements fyne.Layout.
func (browseHead) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(280, objects[2].MinSize().Height)
}

// openBrowse shows what is in the bucket.
func (u *ui) openBrowse() { u.open(u.browser) }

func (p *browsePlace) visible() bool { return p.all.Visible() }

// leave goes back to the links.
func (p *browsePlace) leave() {
	p.quiet()
	p.u.notices.hide("browse")
	p.u.open(p.u.links)
}

// quiet lets go of what is being looked for.
func (p *browsePlace) quiet() {
	p.asked++
	if p.stop != nil {
		p.stop()
	}
	p.loading = false
}

// none reports whether there is no store to look into.
func (p *browsePlace) none() bool { return p.u.send.dest.none() }

// takeBucket is called when another bucket was named.
func (p *browsePlace) takeBucket(name string) {
	name = strings.TrimSpace(name)
	if strings.HasPrefix(name, "s3://") { // what is pasted from elsewhere is often a whole address
		p.where.setValue(p.bucket)
		p.address(name)
		return
	}
	p.where.setValue(name)
	p.bucket, p.folder = name, ""
	p.lines, p.next = nil, ""
	p.search.clear()
	p.unpick()
	p.load()
}

// open shows a folder.
func (p *browsePlace) open(folder string) {
	p.cameFrom = ""
	if strings.HasPrefix(p.folder, folder) && p.folder != folder {
		p.cameFrom = p.folder
	}
	p.folder = folder
	p.search.clear()
	p.unpick()
	p.load()
}

// up shows the folder above.
func (p *browsePlace) up() {
	if p.folder != "" {
		above := strings.TrimSuffix(p.folder, "/")
		p.open(above[:strings.LastIndexByte(above, '/')+1])
	}
}

// prefix is what the lines begin with.
func (p *browsePlace) prefix() string {
	if _, _, ok := p.search.address(); ok {
		return p.folder
	}
	return p.folder + p.search.Text
}

// address goes to an s3:// address: into its folder, or to the object that it names.
func (p *browsePlace) address(text string) {
	bucket, key, err := desk.ParseS3URL(text)
	if err != nil {
		p.u.notices.trouble("browse", desk.Explain(err), bad)
		return
	}
	if key != "" && !strings.HasSuffix(key, "/") {
		p.links.typed(bucket, key)
		return
	}
	p.where.setValue(bucket)
	p.bucket = bucket
	p.open(key)
}

// typed is called while the search is typed.
func (p *browsePlace) typed() {
	if p.soon != nil {
		p.soon.Stop()
	}
	var mine *time.Timer
	mine = time.AfterFunc(searchAfter, func() {
		p.u.do(func() {
			if p.soon == mine {
				p.load()
			}
		})
	})
	p.soon = mine
	p.show()
}

// load looks for the first page of what is to be shown. What was asked before is not waited for any more.
func (p *browsePlace) load() {
	p.quiet()
	p.soon = nil
	p.further, p.slow = nil, false
	if p.bucket == "" || p.none() {
		p.lines, p.next, p.trouble = nil, "", nil
		p.changed(0)
		return
	}
	mine, prefix := p.asked, p.prefix()
	p.loading = true
	time.AfterFunc(slowAfter, func() {
		p.u.do(func() {
			if mine == p.asked && p.loading {
				p.slow = true
				p.show()
			}
		})
	})
	p.ask(prefix, "", func(page desk.Page, err error) {
		p.lines, p.next, p.trouble = page.Lines, page.Next, nil
		if err != nil {
			p.trouble = desk.Explain(err)
		}
		at := 0
		for i, l := range p.lines {
			if l.Folder && l.Key == p.cameFrom {
				at = i
			}
		}
		p.anchorAt(at)
		p.changed(at)
		if p.visible() && p.u.window.Canvas().Focused() == nil && len(p.lines) > 0 {
			p.u.window.Canvas().Focus(p.rows.list)
		}
	})
	p.show()
}

// more looks for the next page.
func (p *browsePlace) more() {
	if p.next == "" || p.loading || p.further != nil {
		return
	}
	p.loading = true
	p.ask(p.prefix(), p.next, func(page desk.Page, err error) {
		if err != nil {
			p.further = desk.Explain(err)
		} else {
			p.lines, p.next = append(p.lines, page.Lines...), page.Next
		}
		p.rows.changed(nil)
		p.show()
	})
}

// ask asks the store, and drops an answer that nobody waits for any more.
func (p *browsePlace) ask(prefix, after string, then func(desk.Page, error)) {
	mine, store, bucket := p.asked, p.store, p.bucket
	ctx, stop := context.WithCancel(p.u.ctx)
	p.stop = stop
	ask(p.u, func(context.Context) (desk.Page, error) { return p.u.desk.Browse(ctx, store, bucket, prefix, after) },
		func(page desk.Page, err error) {
			stop()
			if mine != p.asked {
				return
			}
			p.loading, p.slow = false, false
			then(page, err)
		})
}

// changed shows other lines, from the top, with one of them marked.
func (p *browsePlace) changed(at int) {
	p.show()
	p.rows.changed(nil)
	p.rows.list.Highlight(0)
	if at > 0 {
		p.rows.list.Highlight(at)
	}
}

// length is how many rows there are: a last one says that more follows.
func (p *browsePlace) length() int {
	n := len(p.lines)
	if n > 0 && p.next != "" {
		n++
	}
	return n
}

// name is what a line is called in its folder.
func (p *browsePlace) name(l desk.Listed) string {
	name := strings.TrimSuffix(strings.TrimPrefix(l.Key, p.folder), "/")
	if name == "" {
		name = l.Key // an object that is called like its folder
	}
	return desk.Visible(name)
}

// row shows a line.
func (p *browsePlace) row(at int) (rowContent, rowActions) {
	if at >= len(p.lines)-loadAhead {
		p.more()
	}
	if at >= len(p.lines) {
		return p.lastRow()
	}
	l, w := p.lines[at], p.u.words
	if l.Folder {
		return rowContent{icon: iconFolder, name: p.name(l), text: lang.L("Folder"), main: lang.L("Open")},
			rowActions{main: func() { p.open(l.Key) }}
	}
	_, picked := p.picked[l.Key]
	c := rowContent{
		kind: kindOf(p.name(l)), name: p.name(l), main: lang.L("Copy"), pick: lang.L("Select {{.Name}}", args{"Name": p.name(l)}), picked: picked,
		text: w.size(l.Size) + " · " + w.moment(l.Modified, p.u.now()),
	}
	switch {
	case p.links.copied[l.Key]:
		c.chip, c.chipTone = lang.L("Link copied"), good
	case p.links.failed[l.Key] != nil:
		t := p.links.failed[l.Key]
		c.text, c.texts, c.help = told(t.What), colorError, told(t.Help)
		c.chip, c.chipTone = lang.L("No link"), bad
	}
	return c, rowActions{main: func() { p.links.copyOne(l) }, pick: func() { p.tapped(at) }}
}

// lastRow says that there is more than the rows above it.
func (p *browsePlace) lastRow() (rowContent, rowActions) {
	if t := p.further; t != nil {
		return rowContent{icon: iconFolder, name: told(t.What), text: told(t.Help), texts: colorError, main: lang.L("Try again")},
			rowActions{main: func() {
				p.further = nil
				p.more()
				p.rows.again()
			}}
	}
	return rowContent{icon: iconFolder, name: lang.L("More follows"), text: lang.L("Looking for it…")}, rowActions{}
}

// tapped is called when a row was tapped, or its tile: a folder opens, an object is selected.
func (p *browsePlace) tapped(at int) {
	switch {
	case at >= len(p.lines):
	case p.lines[at].Folder:
		p.open(p.lines[at].Key)
	case p.u.held()&fyne.KeyModifierShift != 0:
		p.selectTo(at)
	default:
		p.pick(at)
	}
}

// pick selects an object, or no longer.
func (p *browsePlace) pick(at int) {
	if at >= len(p.lines) || p.lines[at].Folder {
		return
	}
	l := p.lines[at]
	if _, picked := p.picked[l.Key]; picked {
		delete(p.picked, l.Key)
	} else {
		p.picked[l.Key] = l
	}
	p.anchorAt(at)
	p.show()
}

// anchorAt makes a line the one that a range begins at.
func (p *browsePlace) anchorAt(at int) { p.anchor, p.base = at, maps.Clone(p.picked) }

// selectTo selects the objects from the anchor to this line, beside what was selected before; an earlier range from
// there goes.
func (p *browsePlace) selectTo(at int) {
	p.picked = map[string]desk.Listed{}
	maps.Copy(p.picked, p.base)
	for i := max(min(p.anchor, at), 0); i <= min(max(p.anchor, at), len(p.lines)-1); i++ {
		if l := p.lines[i]; !l.Folder {
			p.picked[l.Key] = l
		}
	}
	p.show()
}

// extend goes on with the range while Shift is held.
func (p *browsePlace) extend(from, to int) {
	if len(p.picked) == 0 {
		p.anchorAt(from)
	}
	p.selectTo(to)
}

// pickAll selects all objects that were found so far.
func (p *browsePlace) pickAll() {
	p.anchorAt(0)
	p.selectTo(len(p.lines) - 1)
}

// unpick selects nothing.
func (p *browsePlace) unpick() {
	clear(p.picked)
	p.anchor, p.base = 0, nil
	p.show()
}

// chosen gives the objects to make links to, in the order in which they are shown: those that are selected, else the
// one whose row is marked.
func (p *browsePlace) chosen() (list []desk.Listed) {
	for _, l := range p.lines {
		if _, ok := p.picked[l.Key]; ok {
			list = append(list, l)
		}
	}
	if at := p.rows.list.at; len(p.picked) == 0 && at >= 0 && at < len(p.lines) && !p.lines[at].Folder {
		list = append(list, p.lines[at])
	}
	return list
}

// show brings what is in sight up to date.
func (p *browsePlace) show() {
	if p.foot == nil { // being built
		return
	}
	p.crumbs.set(p.bucket, p.folder)
	isEmpty := len(p.lines) == 0 || p.slow
	p.empty.say()
	if p.empty.all.Hidden == isEmpty || p.rows.card.Hidden != isEmpty {
		p.empty.all.Hidden, p.rows.card.Hidden = !isEmpty, isEmpty
		p.all.Refresh()
	}
	p.foot.say()
	p.rows.again()
}

// browseEmpty stands where the rows would be, and explains itself.
type browseEmpty struct {
	p     *browsePlace
	all   *fyne.Container
	title *clipped
	text  *prose
	help  *prose
	first *button
	typed *button
}

func (p *browsePlace) newEmpty() *browseEmpty {
	e := &browseEmpty{p: p, title: newClipped(sizeTitle, colorText, true), text: p.u.prose("", colorText), help: p.u.prose("", colorMuted)}
	e.title.align = fyne.TextAlignCenter
	e.text.label.Alignment, e.help.label.Alignment = fyne.TextAlignCenter, fyne.TextAlignCenter
	e.first = p.u.button(secondary, "", nil)
	e.typed = p.u.button(secondary, "", nil)
	picture := newPicture(iconFolder, colorAccent, 36)
	e.all = newCard(container.New(middleOfText{picture}, container.New(stack{gap: 8},
		picture, e.title, e.text.all, e.help.all,
		container.NewCenter(container.New(line{gap: gap}, e.first, e.typed)))))
	return e
}

// say explains why there is nothing to see, and what to do.
func (e *browseEmpty) say() {
	p := e.p
	var title, text, help string
	first, do := "", func() {}
	switch {
	case p.none():
		title = lang.L("No AWS profile on this computer")
		text = lang.L("Add a store with its keys, or try Waybill without an account.")
		first, do = lang.L("Send a file"), func() { p.u.open(p.u.send) }
	case p.bucket == "":
		title, text = lang.L("Which bucket?"), lang.L("Name it above, and what is in it shows up here.")
	case p.loading || p.soon != nil:
		title = lang.L("Looking into {{.Place}}…", args{"Place": p.bucket})
		text = lang.L("One moment")
	case p.trouble != nil:
		title, text, help = lang.L("This cannot be listed"), told(p.trouble.What), told(p.trouble.Help)
		if p.trouble.Denied() {
			help += " " + lang.L("A link needs no list: type the whole name above, as in alice/report.pdf.")
		}
		first, do = lang.L("Try again"), p.load
	case p.search.Text != "":
		title = lang.L("Nothing here begins with “{{.Text}}”", args{"Text": p.search.Text})
		text = lang.L("Upper and lower case are different, and other folders are not searched.")
		first, do = lang.L("Show all"), func() { p.search.clear(); p.load() }
	case p.folder != "":
		title = lang.L("Nothing in this folder")
		text = lang.L("S3 keeps no empty folders: this one is there again as soon as something is sent to it.")
		first, do = lang.L("Up one folder"), p.up
	default:
		title, text = lang.L("The bucket is empty"), lang.L("What is sent to it shows up here.")
		first, do = lang.L("Send a file"), func() { p.u.open(p.u.send) }
	}
	typed := ""
	if key, ok := p.search.key(); ok && p.trouble != nil && !p.loading {
		typed, first = lang.L("Copy a link to {{.Key}}", args{"Key": clip(desk.Visible(key), 30)}), ""
	}
	e.title.set(title, colorText)
	e.text.set(text, colorText)
	e.help.set(help, colorMuted)
	e.help.all.Hide()
	if help != "" {
		e.help.all.Show()
	}
	e.first.Hidden, e.typed.Hidden = first == "", typed == ""
	e.first.set(secondary, first, iconNone, "", do)
	e.typed.set(primary, typed, iconNone, "", func() { p.search.enter() })
	e.all.Refresh()
}

// middleOfText is middleOf for what has texts in it that go on in the next line. Where there is no room for all of
// it, the picture goes.
type middleOfText struct{ picture *picture }

// Layout implements fyne.Layout.
func (m middleOfText) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := max(min(size.Width-2*margin, 520), 0)
	o := objects[0]
	m.picture.Hidden = false
	o.Resize(fyne.NewSize(width, o.Size().Height)) // texts that wrap know their height once they know their width
	height := o.MinSize().Height
	if m.picture.Hidden = height > size.Height; m.picture.Hidden {
		height = o.MinSize().Height
	}
	o.Move(fyne.NewPos((size.Width-width)/2, max((size.Height-height)/2, 0)))
	o.Resize(fyne.NewSize(width, height))
}

// MinSize implements fyne.Layout.
func (middleOfText) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 120) }
