package gui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// linksPlace shows the ledger: every link that was made, and how long it still works.
type linksPlace struct {
	u   *ui
	all *fyne.Container

	search  *searchField
	filters map[linkFilter]*filterChip
	rows    *rows
	empty   *fyne.Container
	emptyT  *clipped
	emptyS  *clipped

	entries []desk.Entry
	trouble *desk.Trouble // why the ledger could not be read
	shown   []desk.Entry
	filter  linkFilter
	copied  string    // the id of the entry whose link was copied last
	loading bool      // the ledger is being read
	stale   bool      // it has changed since
	nextEnd time.Time // when the next live link ends, and the counts change
}

// linkFilter is which links are shown.
type linkFilter int

const (
	liveLinks linkFilter = iota
	endedLinks
	failedLinks
	allLinks
)

func (u *ui) newLinksPlace() *linksPlace {
	p := &linksPlace{u: u, filters: map[linkFilter]*filterChip{}}
	title := newWhole(lang.L("Links"), sizeTitle, colorText, true)
	p.search = newSearchField(u, lang.L("Search name, folder or bucket"), func(string) { p.sift() })
	free := container.NewWithoutLayout()
	head := container.New(line{gap: gap, stretch: free}, title, free, container.New(fixedWidth(260), framed(p.search.frame, p.search)))
	chips := container.New(line{gap: 8})
	for _, f := range []linkFilter{liveLinks, endedLinks, failedLinks, allLinks} {
		c := newFilterChip(u, func() { p.filter = f; p.sift() })
		p.filters[f] = c
		chips.Add(c)
	}
	p.rows = u.rows(func() int { return len(p.shown) }, p.row, nil)
	p.emptyT, p.emptyS = newClipped(sizeTitle, colorText, true), newClipped(sizeBody, colorMuted, false)
	p.emptyT.align, p.emptyS.align = fyne.TextAlignCenter, fyne.TextAlignCenter
	toSend := u.button(secondary, lang.L("Send a file"), func() { u.open(u.send) })
	p.empty = newCard(container.New(middleOf{}, container.New(stack{gap: gap},
		newPicture(iconLink, colorAccent, 36), p.emptyT, p.emptyS, container.NewCenter(toSend))))
	middle := container.NewStack(p.empty, p.rows.card)
	p.all = container.New(stack{gap: gap, stretch: middle}, head, container.New(inset{}, chips), middle)
	p.sift()
	return p
}

func (p *linksPlace) content() fyne.CanvasObject { return p.all }

func (p *linksPlace) inSight() {
	p.load()
	p.sift()
}

// load reads the ledger. What changes meanwhile is read once more afterwards, however often it changed.
func (p *linksPlace) load() {
	if p.loading {
		p.stale = true
		return
	}
	p.loading, p.stale = true, false
	ask(p.u, func(ctx context.Context) ([]desk.Entry, error) { return p.u.desk.Links(ctx, 0) },
		func(entries []desk.Entry, err error) {
			p.loading = false
			if p.trouble = nil; err != nil {
				p.trouble = desk.Explain(err)
			} else {
				p.entries = entries
			}
			p.sift()
			if p.stale {
				p.load()
			}
		})
}

// sift finds what the filter and the search leave.
func (p *linksPlace) sift() {
	now := p.u.now()
	counts := map[linkFilter]int{}
	wanted := strings.ToLower(strings.TrimSpace(p.search.Text))
	p.shown = p.shown[:0]
	p.nextEnd = time.Time{}
	for _, e := range p.entries {
		f := filterOf(e, now)
		counts[f]++
		counts[allLinks]++
		if f == liveLinks && !e.Ends.IsZero() && (p.nextEnd.IsZero() || e.Ends.Before(p.nextEnd)) {
			p.nextEnd = e.Ends
		}
		if p.filter != allLinks && p.filter != f {
			continue
		}
		if wanted != "" && !strings.Contains(strings.ToLower(e.Name+"\n"+e.Destination.Bucket+"/"+e.Key), wanted) {
			continue
		}
		p.shown = append(p.shown, e)
	}
	w := p.u.words
	p.filters[liveLinks].set(lang.L("Live {{.Count}}", args{"Count": w.count(counts[liveLinks])}), p.filter == liveLinks)
	p.filters[endedLinks].set(lang.L("Ended {{.Count}}", args{"Count": w.count(counts[endedLinks])}), p.filter == endedLinks)
	p.filters[failedLinks].set(lang.L("Not sent {{.Count}}", args{"Count": w.count(counts[failedLinks])}), p.filter == failedLinks)
	p.filters[allLinks].set(lang.L("All {{.Count}}", args{"Count": w.count(counts[allLinks])}), p.filter == allLinks)
	if p.u.side != nil {
		badge := ""
		if counts[liveLinks] > 0 {
			badge = w.count(counts[liveLinks])
		}
		p.u.side.links.setBadge(badge)
	}
	p.sayEmpty(wanted != "")
	p.empty.Hidden, p.rows.card.Hidden = len(p.shown) > 0, len(p.shown) == 0
	p.rows.changed(nil)
	p.all.Refresh()
}

// sayEmpty explains why there is nothing to see.
func (p *linksPlace) sayEmpty(searched bool) {
	switch {
	case searched:
		p.emptyT.set(lang.L("Nothing found"), colorText)
		p.emptyS.set(lang.L("No link here has this in its name, folder or bucket"), colorMuted)
	case p.trouble != nil:
		p.emptyT.set(told(p.trouble.What), colorText)
		p.emptyS.set(told(p.trouble.Help), colorMuted)
	case len(p.entries) == 0:
		p.emptyT.set(lang.L("No links yet"), colorText)
		p.emptyS.set(lang.L("What you send shows up here, with the time until its link ends"), colorMuted)
	case p.filter == liveLinks:
		p.emptyT.set(lang.L("No live links"), colorText)
		p.emptyS.set(lang.L("All links have ended"), colorMuted)
	default:
		p.emptyT.set(lang.L("Nothing here"), colorText)
		p.emptyS.set(lang.L("That is good news"), colorMuted)
	}
}

// filterOf says where an entry belongs.
func filterOf(e desk.Entry, now time.Time) linkFilter {
	switch {
	case e.State != desk.Sent:
		return failedLinks
	case e.Live(now):
		return liveLinks
	}
	return endedLinks
}

// endsSoon is how much time a link has left when its countdown turns into a warning.
const endsSoon = 15 * time.Minute

// row shows an entry.
func (p *linksPlace) row(at int) (rowContent, rowActions) {
	e := p.shown[at]
	now, w := p.u.now(), p.u.words
	c := rowContent{kind: kindOf(e.Name), name: e.Name, side: iconMore, sideTip: lang.L("More")}
	folder := e.Destination.Bucket + "/" + strings.TrimSuffix(e.Key, lastSegment(e.Key))
	if lastSegment(e.Key) != lastSegment(e.Name) {
		folder = e.Destination.Bucket + "/" + e.Key // it got another name there
	}
	c.text = strings.Join(nonEmpty(folder, lang.L("sent {{.When}}", args{"When": w.moment(e.Sent, now)}), p.signedBy(e)), " · ")
	act := rowActions{side: func(o fyne.CanvasObject) { p.menu(e, o) }}
	again := func() { p.sendAgain(e) }
	switch {
	case e.State != desk.Sent:
		c.text, c.texts = e.TroubleText, colorError
		c.chip, c.chipTone = lang.L("Not sent"), bad
		if e.State == desk.Cancelled || e.State == desk.Skipped {
			c.text, c.texts, c.chipTone = folder, colorMuted, neutral
			c.chip = lang.L("Cancelled")
			if e.State == desk.Skipped {
				c.chip = lang.L("Skipped")
			}
		}
		c.main, act.main = lang.L("Send again"), again
	case !e.Live(now):
		c.chip = lang.L("Ended {{.When}}", args{"When": w.day(e.Last(), now)})
		if e.Refused() {
			c.text, c.texts, c.chip, c.chipTone = e.TroubleText, colorError, lang.L("Link refused"), bad
		}
		if e.Path != "" {
			c.main, act.main = lang.L("Send again"), again
		}
	default:
		c.main, act.main = lang.L("Copy"), func() { p.copyEntry(e) }
		switch left := e.Ends.Sub(now); {
		case p.copied == e.ID:
			c.chip, c.chipTone = lang.L("Link copied"), good
		case e.Ends.IsZero():
			c.chip, c.chipTone = lang.L("End unknown"), warning
		case left < endsSoon:
			c.chip, c.chipTone = w.countdown(left), warning
		default:
			c.chip, c.chipTone = w.countdown(left), good
		}
		if e.TroubleCode != "" {
			c.text, c.texts = e.TroubleText, colorWarn
			if p.copied != e.ID {
				c.chip, c.chipTone = lang.L("Link not checked"), warning
			}
		}
	}
	return c, act
}

// signedBy is the profile as a person reads it.
func (p *linksPlace) signedBy(e desk.Entry) string {
	if e.Destination.Sandbox {
		return lang.L("Sandbox")
	}
	return e.Destination.Profile
}

// copyEntry signs the link again, to the same end, since no URL is kept, and copies it.
func (p *linksPlace) copyEntry(e desk.Entry) {
	p.linkOf(e, func(l *desk.Link) { p.u.copy(l.URL); p.markCopied(e) })
}

// linkOf signs an entry's link again.
func (p *linksPlace) linkOf(e desk.Entry, then func(*desk.Link)) {
	ask(p.u, func(ctx context.Context) (*desk.Link, error) { return p.u.desk.CopyLink(ctx, e.ID) },
		func(l *desk.Link, err error) {
			if err != nil {
				p.u.notices.trouble("copy", desk.Explain(err), bad)
				return
			}
			p.u.notices.hide("copy")
			if t := p.u.desk.EndsEarlier(e, l); t != nil {
				p.u.notices.trouble("copy", t, warning)
			}
			then(l)
		})
}

// copiedShown is how long a row says that its link was copied, before it goes back to its countdown.
const copiedShown = 3 * time.Second

func (p *linksPlace) markCopied(e desk.Entry) {
	p.copied = e.ID
	p.rows.again()
	time.AfterFunc(copiedShown, func() {
		p.u.do(func() {
			if p.copied == e.ID {
				p.copied = ""
				p.rows.again()
			}
		})
	})
}

func (p *linksPlace) copyAt(at int) {
	if at >= 0 && at < len(p.shown) && p.shown[at].Live(p.u.now()) {
		p.copyEntry(p.shown[at])
	}
}

// sendAgain sends an entry's file once more, to where it went before.
func (p *linksPlace) sendAgain(e desk.Entry) {
	if e.Path == "" {
		return
	}
	p.u.open(p.u.send)
	p.u.send.sendTo(e.Destination, e)
}

// menu offers what else can be done with an entry.
func (p *linksPlace) menu(e desk.Entry, at fyne.CanvasObject) {
	u := p.u
	var items []*fyne.MenuItem
	add := func(label string, do func()) *fyne.MenuItem {
		item := fyne.NewMenuItem(label, do)
		items = append(items, item)
		return item
	}
	if e.Live(u.now()) {
		add(lang.L("Copy the link"), func() { p.copyEntry(e) }).Shortcut = u.menuKey("copy")
		u.formatItems(add, func(f desk.Format) {
			p.linkOf(e, func(l *desk.Link) {
				u.copy(desk.CopyText(f, []desk.NamedLink{{Name: e.Name, URL: l.URL}}))
				p.markCopied(e)
			})
		})
		add(lang.L("Open in the browser"), func() { p.linkOf(e, func(l *desk.Link) { u.browse(l.URL) }) })
	}
	add(lang.L("Copy the S3 address"), func() { u.copy("s3://" + e.Destination.Bucket + "/" + e.Key) })
	if e.Path != "" {
		items = append(items, fyne.NewMenuItemSeparator())
		add(lang.L("Send again"), func() { p.sendAgain(e) })
		add(lang.L("Show in its folder"), func() { u.reveal(e.Path) })
	}
	u.popUp(items, at)
}

// tick is called once a second.
func (p *linksPlace) tick() {
	if !p.nextEnd.IsZero() && !p.u.now().Before(p.nextEnd) {
		p.sift() // one has ended: it moves to the others
		return
	}
	if p.all.Visible() {
		p.rows.again()
	}
}

// lastSegment is what stands behind the last slash.
func lastSegment(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

// fixedWidth gives its one object a width.
type fixedWidth float32

// Layout implements fyne.Layout.
func (f fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// MinSize implements fyne.Layout.
func (f fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(f), objects[0].MinSize().Height)
}

// searchField is a field to type a search in.
type searchField struct {
	widget.Entry
	ui    *ui
	frame *surface
}

func newSearchField(u *ui, placeholder string, changed func(string)) *searchField {
	s := &searchField{ui: u, frame: newFrame()}
	s.PlaceHolder, s.OnChanged = placeholder, changed
	s.ActionItem = newPicture(iconSearch, colorMuted, buttonIcon)
	s.ExtendBaseWidget(s)
	return s
}

// FocusGained implements fyne.Focusable.
func (s *searchField) FocusGained() { s.Entry.FocusGained(); s.frame.focus(true) }

// FocusLost implements fyne.Focusable.
func (s *searchField) FocusLost() { s.Entry.FocusLost(); s.frame.focus(false) }

// TypedKey implements fyne.Focusable: Escape empties the field, Down goes to what was found.
func (s *searchField) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		s.SetText("")
	case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		s.ui.focusRows()
	case fyne.KeyF1:
		s.ui.typedKey(k)
	default:
		s.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable: the window's own shortcuts work from within a field.
func (s *searchField) TypedShortcut(short fyne.Shortcut) {
	if !s.ui.typedShortcut(short) {
		s.Entry.TypedShortcut(short)
	}
}

// filterChip is a chip that can be chosen.
type filterChip struct {
	widget.BaseWidget
	ui    *ui
	text  string
	on    bool
	onTap func()

	hovered, focused bool
}

func newFilterChip(u *ui, onTap func()) *filterChip {
	c := &filterChip{ui: u, onTap: onTap}
	c.ExtendBaseWidget(c)
	return c
}

func (c *filterChip) set(text string, on bool) {
	if c.text != text || c.on != on {
		c.text, c.on = text, on
		c.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (c *filterChip) Tapped(*fyne.PointEvent) { c.onTap() }

// MouseIn implements desktop.Hoverable.
func (c *filterChip) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (c *filterChip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *filterChip) MouseOut() { c.hovered = false; c.Refresh() }

// FocusGained implements fyne.Focusable.
func (c *filterChip) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost implements fyne.Focusable.
func (c *filterChip) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune implements fyne.Focusable.
func (c *filterChip) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *filterChip) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.onTap()
	default:
		c.ui.typedKey(k)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (c *filterChip) AccessibilityLabel() string { return c.text }

// AccessibilityRole implements fyne.Accessible.
func (c *filterChip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (c *filterChip) CreateRenderer() fyne.WidgetRenderer {
	r := &filterRenderer{c: c, ground: canvas.NewRectangle(nil), word: canvas.NewText("", nil)}
	r.word.Alignment, r.word.TextStyle.Bold = fyne.TextAlignCenter, true
	r.Refresh()
	return r
}

type filterRenderer struct {
	c      *filterChip
	ground *canvas.Rectangle
	word   *canvas.Text
}

func (r *filterRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	text := r.word.MinSize()
	r.word.Resize(fyne.NewSize(size.Width, text.Height))
	r.word.Move(fyne.NewPos(0, (size.Height-text.Height)/2))
}

func (r *filterRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.word.MinSize().Width+2*chipInset, chipHeight)
}

func (r *filterRenderer) Refresh() {
	t := neutral
	if r.c.on {
		t = accent
	}
	text, back := t.colors()
	if r.c.hovered && !r.c.on {
		text = colorText
	}
	r.word.Text, r.word.Color, r.word.TextSize = r.c.text, theme.Color(text), theme.Size(sizeSmall)
	r.ground.FillColor, r.ground.CornerRadius = theme.Color(back), 6
	r.ground.StrokeWidth = 0
	if r.c.focused {
		r.ground.StrokeWidth, r.ground.StrokeColor = 2, theme.Color(colorAccent)
	}
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}

func (r *filterRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.word} }
func (r *filterRenderer) Destroy()                     {}
