package gui

import (
	"context"
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
	left := back.MinSize().Width + 8
	put(title, left, size.Width-left-width-gap)
	put(field, size.Width-width, width)
}

// MinSize implements fyne.Layout.
func (browseHead) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(280, max(objects[2].MinSize().Height, headHeight))
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
