package gui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// sendPlace is where files are dropped and turn into links.
type sendPlace struct {
	u   *ui
	all *fyne.Container

	dest  *destination
	zone  *dropZone
	strip *dropStrip
	rows  *rows
	hint  *clipped

	foot      *fyne.Container
	pauseText *button
	copyText  *button
	// bundleText makes one link of what was sent with one each
	bundleText *button
	clearText  *button
	speed      *clipped

	groups  []*group // newest first
	shown   []*transfer
	byID    map[string]*transfer
	asks    map[string]chan<- desk.Clash // by transfer: what to do about a name that is taken
	waiting []string                     // dropped before it was clear where to
}

func (u *ui) newSendPlace(flags desk.Store) *sendPlace {
	s := &sendPlace{u: u, byID: map[string]*transfer{}, asks: map[string]chan<- desk.Clash{}}
	s.dest = u.newDestination(flags, s.destinationChanged)
	choose := func() { s.choose(false) }
	s.zone = u.dropZone(choose)
	s.zone.button.tip = u.tipFor("choose")
	s.strip = u.dropStrip(lang.L("Drop more files here, or"), lang.L("choose"), "", choose)
	s.rows = u.rows(func() int { return len(s.shown) }, s.content1, s.toggle)
	s.hint = newClipped(sizeSmall, colorMuted, false)
	s.pauseText = u.button(secondary, "", s.pauseAll)
	s.pauseText.tip = u.tipFor("pauseAll")
	s.copyText = u.button(secondary, lang.L("Copy all links"), s.copyAll)
	s.copyText.tip = u.tipFor("copyAll")
	s.bundleText = u.button(secondary, lang.L("One link for all"), s.bundleAll)
	s.bundleText.tip = u.tipFor("bundle")
	s.clearText = u.button(secondary, lang.L("Clear what is done"), s.clear)
	s.clearText.tip = u.tipFor("clear")
	s.speed = newWhole("", sizeSmall, colorMuted, false)
	free := container.NewWithoutLayout()
	s.foot = container.New(line{gap: gap, stretch: free}, s.pauseText, s.copyText, s.bundleText, s.clearText, free, s.speed)
	middle := container.NewStack(s.zone.all, s.rows.card)
	stripBox := container.New(fixedHeight(stripHeight), s.strip.all)
	s.all = container.New(&sendLayout{s, middle, stripBox}, s.dest.all, stripBox, middle, s.hint, s.foot)
	return s
}

func (s *sendPlace) content() fyne.CanvasObject { return s.all }

func (s *sendPlace) inSight() {}

// fixedHeight gives its one object a height.
type fixedHeight float32

// Layout implements fyne.Layout.
func (f fixedHeight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width, float32(f)))
}

// MinSize implements fyne.Layout.
func (f fixedHeight) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[0].MinSize().Width, float32(f))
}

// sendLayout puts the destination on top, what can be done at the bottom, and the rows or the large drop zone
// between them.
type sendLayout struct {
	s      *sendPlace
	middle *fyne.Container
	strip  fyne.CanvasObject
}

// Layout implements fyne.Layout.
func (l *sendLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put := func(o fyne.CanvasObject, y, height float32) {
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, max(height, 0)))
	}
	dest, hint, foot := objects[0], objects[3], objects[4]
	dest.Resize(fyne.NewSize(size.Width, 0)) // texts that wrap know their height once they know their width
	y := dest.MinSize().Height
	put(dest, 0, y)
	y += gap
	bottom := size.Height
	if l.strip.Visible() {
		put(l.strip, y, stripHeight)
		y += stripHeight + gap
		bottom -= control
		put(foot, bottom, control)
		bottom -= gap
	} else {
		height := hint.MinSize().Height
		bottom -= height
		put(hint, bottom, height)
		bottom -= gap
	}
	// Where a card above has taken the room, the drop zone says less, and then nothing: files may be dropped on any
	// part of the window.
	l.s.zone.icon.Hidden, l.s.zone.text.Hidden = false, false
	if bottom-y < l.middle.MinSize().Height {
		l.s.zone.icon.Hidden, l.s.zone.text.Hidden = true, true
	}
	l.middle.Hidden = bottom-y < l.middle.MinSize().Height
	put(l.middle, y, bottom-y)
}

// MinSize implements fyne.Layout.
func (l *sendLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(420, 320) }

// destinationChanged is called when something about the destination has changed.
func (s *sendPlace) destinationChanged() {
	s.show()
	if len(s.waiting) > 0 && s.dest.ready() {
		paths := s.waiting
		s.waiting = nil
		s.u.notices.hide("waiting")
		s.drop(paths)
	}
}

// drop sends files and folders to the destination. Where there is none yet, they wait until there is.
func (s *sendPlace) drop(paths []string) {
	if len(paths) == 0 {
		return
	}
	if !s.dest.ready() {
		s.wait(paths)
		return
	}
	s.dest.remember()
	if s.dest.refused != nil {
		s.dest.ask() // it may have been mended since: signed in again, say
	}
	o := s.options()
	going := wayOf(s.dest.at, o)
	if len(s.groups) > 0 {
		if last := s.groups[0]; !last.done && last.way == going && last.drop.Add(paths...) {
			return
		}
	}
	s.begin(&group{drop: s.u.desk.Send(s.u.ctx, s.dest.at, o, paths), way: going})
}

// begin brings a drop into sight, above the others.
func (s *sendPlace) begin(g *group) {
	s.groups = append([]*group{g}, s.groups...)
	s.follow(g)
}

// offerToGoOn asks about the drops that an earlier start has left behind undone.
func (s *sendPlace) offerToGoOn() {
	ask(s.u, s.u.desk.Interrupted, func(list []desk.Interrupted, err error) {
		if err != nil || len(list) == 0 { // what is wrong with the ledger is said already
			return
		}
		const name = "interrupted"
		goOn := s.u.button(primary, lang.L("Go on"), func() {
			s.u.notices.hide(name)
			for _, i := range list {
				s.goOn(i)
			}
		})
		forget := s.u.button(secondary, lang.L("Forget them"), func() {
			s.u.notices.hide(name)
			for _, i := range list {
				s.forget(i)
			}
		})
		last := list[len(list)-1]
		s.u.notices.show(name, notice{
			tone: accent, sticky: true, actions: []*button{goOn, forget},
			text: lang.L("Sending to {{.Place}} was interrupted {{.When}}.", args{
				"Place": desk.BucketTitle(last.Destination.Bucket) + "/" + last.Destination.Prefix, "When": s.u.words.moment(last.Since, s.u.now())}),
			help: lang.L("What the store has already is not sent again. Forgetting removes it."),
		})
	})
}

// goOn goes on with an interrupted drop.
func (s *sendPlace) goOn(i desk.Interrupted) {
	ask(s.u, func(context.Context) (*desk.Drop, error) { return s.u.desk.Resume(s.u.ctx, i, s.askClash) },
		func(drop *desk.Drop, err error) {
			if err != nil {
				s.u.notices.trouble("resume", desk.Explain(err), bad)
				return
			}
			if drop != nil { // else another Waybill goes on with it
				s.u.open(s)
				s.begin(&group{drop: drop, later: true})
			}
		})
}

// forget lets go of an interrupted drop.
func (s *sendPlace) forget(i desk.Interrupted) {
	ask(s.u, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.u.desk.Forget(ctx, i) },
		func(_ struct{}, err error) {
			if err != nil {
				s.u.notices.trouble("resume", desk.Explain(err), warning)
			}
		})
}

// wait keeps what was dropped until the destination is complete: nothing dropped is lost.
func (s *sendPlace) wait(paths []string) {
	s.waiting = append(s.waiting, paths...)
	n := len(s.waiting)
	forget := s.u.button(secondary, lang.L("Forget them"), func() {
		s.waiting = nil
		s.u.notices.hide("waiting")
	})
	help := lang.L("Name the bucket that they shall go to, and they go at once.")
	switch {
	case s.dest.none():
		help = lang.L("Choose a profile or try the sandbox, and they go at once.")
	case s.dest.names.trouble != nil:
		help = lang.L("Put the template for names right, and they go at once.")
	case s.dest.at.Bucket != "":
		help = lang.L("Put right what the line below the fields says, and they go at once.")
	}
	s.u.notices.show("waiting", notice{
		tone: accent, sticky: true, actions: []*button{forget},
		text: lang.N("{{.Count}} files wait to be sent.", n, args{"Count": s.u.words.count(n)}), help: help,
	})
	if s.dest.at.Bucket == "" && !s.dest.none() {
		s.u.window.Canvas().Focus(s.dest.bucket)
	}
}

func (s *sendPlace) options() desk.SendOptions {
	chosen := s.u.desk.Settings()
	naming := chosen.NamingOf(s.dest.at)
	return desk.SendOptions{
		Expires: s.dest.expires, OnClash: chosen.OnClash, Verify: chosen.Verify, Inline: chosen.Inline,
		Template: naming.Template, Unguessable: naming.Unguessable, SkipHidden: chosen.SkipHidden, Bundle: chosen.Bundle, Ask: s.askClash,
	}
}

// optionsAgain are those of a file that is sent once more: its name there was made when it went the first time, and it
// joins the page that there is.
func (s *sendPlace) optionsAgain(first way) desk.SendOptions {
	o := s.options()
	o.Template, o.Unguessable, o.Bundle = first.template, first.unguessable, false
	return o
}

// askClash asks within the row of the file whose name is taken. The desk calls it from any goroutine.
func (s *sendPlace) askClash(ctx context.Context, t desk.Transfer) desk.Clash {
	answer := make(chan desk.Clash, 1)
	s.u.do(func() {
		if ctx.Err() == nil {
			s.asks[t.ID] = answer
			s.show()
			s.tellQuestion(t)
		}
	})
	select {
	case c := <-answer:
		return c
	case <-ctx.Done():
		if s.u.ctx.Err() == nil {
			s.u.do(func() { delete(s.asks, t.ID) })
		}
	}
	return desk.ClashSkip // which nobody waits for any more
}

// again sends a file once more, in its row, whose links belong to the drop that it came with.
func (s *sendPlace) again(t *transfer) {
	if !t.State.Over() {
		return
	}
	g := &group{drop: s.u.desk.SendAgain(s.u.ctx, s.optionsAgain(t.home.way), t.Transfer), again: t}
	t.State, t.Trouble, t.Link, t.Done, t.opened, t.copied = desk.Queued, nil, nil, 0, false, false
	t.carrier = g
	s.heights()
	s.show()
	s.follow(g)
}

// ended is called when a drop is over: the link to its page, or else its files' links, are on the clipboard then.
func (s *sendPlace) ended(g *group) {
	g.done = true
	home, joined := g, slices.ContainsFunc(g.all, func(t *transfer) bool { return t.carrier != g && t.State == desk.Sent })
	if t := g.again; t != nil {
		home, joined = t.home, t.State == desk.Sent
	}
	switch links := s.good(home.all); {
	case home.way.bundle && !home.done: // its page is still to come
	case home.way.bundle && joined && (home.page != nil || len(home.sent()) > 1): // the page lacks what was tried again
		s.bundle(home)
	case home.page != nil && !home.page.State.Over():
	case home.page != nil && home.page.given():
		s.copyLinks([]*transfer{home.page})
	case len(links) > 0:
		s.copyLinks(links)
	}
	if g.later && g.page != nil {
		s.findEarly(g)
	}
	if s.open() == 0 {
		s.u.notices.hide("close")
	}
	for _, n := range g.drop.Notices() {
		s.u.notices.trouble(n.Code, n, warning)
	}
	s.u.ledgerTrouble()
	s.show()
	s.u.tray.show()
	s.tellEnd(g)
}

// copyLinks puts links on the clipboard, one a line, and says so in their rows.
func (s *sendPlace) copyLinks(links []*transfer) {
	urls := make([]string, len(links))
	for i, t := range links {
		urls[i] = t.Link.URL
	}
	s.u.copy(strings.Join(urls, "\n"))
	for _, t := range links {
		t.copied = true
	}
	s.show()
}

// uncopied takes back what the rows say of the clipboard: something else is on it now.
func (s *sendPlace) uncopied() {
	for _, t := range s.shown {
		t.copied = false
	}
	s.rows.again()
}

// good finds the transfers whose links work now.
func (s *sendPlace) good(among []*transfer) (links []*transfer) {
	now := s.u.now()
	for _, t := range among {
		if t.Good(now) {
			links = append(links, t)
		}
	}
	return links
}

// copyAll copies the links of all that was sent: a page's stands for those of its files.
func (s *sendPlace) copyAll() {
	var links []*transfer
	for _, g := range s.groups {
		if g.page != nil && g.page.Good(s.u.now()) {
			links = append(links, g.page)
		} else {
			links = append(links, s.good(g.rows)...)
		}
	}
	if len(links) > 0 {
		s.copyLinks(links)
	}
}

func (s *sendPlace) copyAt(at int) {
	if at >= 0 && at < len(s.shown) && s.shown[at].Link != nil && !s.shown[at].ended(s.u.now()) {
		s.copyLinks([]*transfer{s.shown[at]})
	}
}

// pauseAll holds what is under way, or goes on with it.
func (s *sendPlace) pauseAll() {
	n := s.totals()
	resume := n.open > 0 && n.paused == n.open
	for _, t := range s.shown {
		switch {
		case t.State.Over() || t.Kind == desk.KindBundle:
		case resume:
			t.carrier.drop.Resume(t.ID)
		default:
			t.carrier.drop.Pause(t.ID)
		}
	}
}

func (s *sendPlace) cancelAll() {
	for _, t := range s.shown {
		if !t.State.Over() && t.Kind != desk.KindBundle { // a page is there in a moment
			t.carrier.drop.Cancel(t.ID)
		}
	}
}

// open counts what is not over.
func (s *sendPlace) open() int { return s.totals().open + len(s.waiting) }

// clear takes what is over out of sight. The Links place still has it.
func (s *sendPlace) clear() {
	for _, g := range s.groups {
		var kept []*transfer
		for _, t := range g.rows {
			if t.State.Over() {
				s.drops(g, t)
			} else {
				kept = append(kept, t)
			}
		}
		g.rows = kept
	}
	s.prune()
}

// remove takes one row out of sight.
func (s *sendPlace) remove(gone *transfer) {
	for _, g := range s.groups {
		for i, t := range g.rows {
			if t == gone {
				g.rows = append(g.rows[:i:i], g.rows[i+1:]...)
				s.drops(g, t)
				break
			}
		}
	}
	s.prune()
}

// drops forgets a row that has left the list.
func (s *sendPlace) drops(g *group, t *transfer) {
	delete(s.byID, t.ID)
	if g.page == t {
		g.page = nil
	}
}

// prune forgets drops of which nothing is left to show.
func (s *sendPlace) prune() {
	var kept []*group
	for _, g := range s.groups {
		if len(g.rows) > 0 || !g.done {
			kept = append(kept, g)
		}
	}
	s.groups = kept
	s.list()
	s.show()
}

// toggle opens a failed row to show its details, or closes it.
func (s *sendPlace) toggle(at int) {
	if t := s.shown[at]; t.Trouble != nil {
		t.opened = !t.opened
		s.heights()
	}
}

// heights gives the opened rows the height that their details need.
func (s *sendPlace) heights() {
	open := map[int]float32{}
	for i, t := range s.shown {
		if t.opened && t.Trouble != nil {
			open[i] = openHeight(details(t.Trouble), s.rows.card.Size().Width)
		}
	}
	s.rows.changed(open)
}

// show brings what is in sight up to date.
func (s *sendPlace) show() {
	n := s.totals()
	empty := len(s.shown) == 0
	s.zone.all.Hidden, s.rows.card.Hidden = !empty, empty
	s.strip.all.Hidden, s.foot.Hidden, s.hint.Hidden = empty, empty, !empty
	if box := s.all.Objects[1]; box.Visible() == empty {
		if empty {
			box.Hide()
		} else {
			box.Show()
		}
		s.all.Refresh()
	}
	s.showZone()
	s.showFoot(n)
	s.rows.again()
}

// showZone says what will happen to what is dropped.
func (s *sendPlace) showZone() {
	z := s.zone
	u := s.u
	z.second.Hide()
	z.text.keepEnd = false
	place := func() string { return s.dest.place() }
	switch {
	case s.dest.none():
		z.title.set(lang.L("No AWS profile on this computer"), colorText)
		z.text.set(lang.L("Add one with “aws configure”, or try Waybill without an account."), colorMuted)
		z.button.set(primary, lang.L("Try the sandbox"), iconNone, "", s.dest.sandbox)
		z.second.set(secondary, lang.L("Look again"), iconNone, "", s.dest.begin)
		z.second.Show()
		s.hint.set(lang.L("The sandbox is a real S3 store inside Waybill; what you send stays on this computer."), colorMuted)
	case s.dest.at.Bucket == "":
		z.title.set(lang.L("Drop files or folders here"), colorText)
		z.text.set(lang.L("Name a bucket above, and they go there; the link is copied for you"), colorMuted)
		z.button.set(secondary, lang.L("Choose files…"), iconNone, u.tipFor("choose"), func() { s.choose(false) })
	case s.dest.names.of() != desk.DestinationNaming{Destination: s.dest.names.at}:
		z.title.set(lang.L("Drop files or folders here"), colorText)
		z.text.keepEnd = true // a long key is shortened in its middle
		z.text.set(lang.L("report.pdf goes to {{.Key}}, and the link is copied for you", args{"Key": s.dest.names.now()}), colorMuted)
		z.button.set(secondary, lang.L("Choose files…"), iconNone, u.tipFor("choose"), func() { s.choose(false) })
	default:
		z.title.set(lang.L("Drop files or folders here"), colorText)
		z.text.set(lang.L("They go to {{.Place}} and the link is copied for you", args{"Place": place()}), colorMuted)
		z.button.set(secondary, lang.L("Choose files…"), iconNone, u.tipFor("choose"), func() { s.choose(false) })
	}
	if u.desk.PayerNotice(s.dest.at) != nil {
		s.hint.set(lang.L("Your account pays for requests to this bucket, and for downloads by the links"), colorWarn)
	} else if !s.dest.none() {
		s.hint.set(s.clashHint(), colorMuted)
	}
	z.all.Refresh()
}

// clashHint says what happens to a name that is taken.
func (s *sendPlace) clashHint() string {
	switch s.u.desk.Settings().OnClash {
	case desk.ClashReplace:
		return lang.L("A file of the same name is replaced: so you chose in the settings")
	case desk.ClashSkip:
		return lang.L("Nothing is overwritten: a file whose name is taken is not sent")
	case desk.ClashAsk:
		return lang.L("Nothing is overwritten: Waybill asks when a name is taken")
	}
	return lang.L("Nothing is overwritten: a second report.pdf becomes report (2).pdf")
}

// showFoot says how far everything is, and offers what can be done with it.
func (s *sendPlace) showFoot(n totals) {
	w := s.u.words
	summary, speed := "", ""
	switch {
	case n.open > 0:
		parts := []string{lang.L("{{.Open}} of {{.Files}} to go", args{"Open": w.count(n.open), "Files": w.count(n.files)}), w.size(n.left)}
		if n.waiting > 0 {
			speed = lang.L("Waiting for the network")
		} else if speed = w.speed(n.speed); speed != "" {
			parts = append(parts, w.left(durationOf(float64(n.left)/n.speed)))
		}
		summary = strings.Join(parts, " · ")
	case n.failed > 0:
		summary = lang.N("{{.Count}} files were not sent", n.failed, args{"Count": w.count(n.failed)})
	case n.links > 0:
		summary = lang.N("{{.Count}} files sent", n.links, args{"Count": w.count(n.links)})
	}
	s.strip.summary.set(summary, colorMuted)
	s.speed.set(speed, colorMuted)
	s.pauseText.Hidden = n.open == 0
	if n.open > 0 && n.paused == n.open {
		s.pauseText.set(secondary, lang.L("Resume all"), iconNone, s.pauseText.tip, s.pauseAll)
	} else {
		s.pauseText.set(secondary, lang.L("Pause all"), iconNone, s.pauseText.tip, s.pauseAll)
	}
	s.copyText.Hidden, s.clearText.Hidden = n.links == 0, n.over == 0
	s.bundleText.Hidden = n.open > 0 || len(s.toBundle()) < 2
	s.strip.all.Refresh()
	s.foot.Refresh()
}

// tick is called once a second: what says when something ends is said anew.
func (s *sendPlace) tick() {
	s.dest.tick()
	if s.all.Visible() {
		s.rows.again()
	}
}

// choose lets the person choose files or a folder with the system's own chooser.
func (s *sendPlace) choose(folder bool) {
	ask(s.u, func(ctx context.Context) ([]string, error) { return chooseFiles(ctx, folder) },
		func(paths []string, err error) {
			if err != nil {
				s.u.fyneChooser(folder, s.drop)
				return
			}
			s.drop(paths)
		})
}

// sendTo sends a file that the ledger knows to where it went before.
func (s *sendPlace) sendTo(dest desk.Destination, e desk.Entry) {
	again := desk.Transfer{ID: e.ID, Path: e.Path, Name: e.Name, Destination: dest, Key: e.Key}
	s.begin(&group{drop: s.u.desk.SendAgain(s.u.ctx, s.optionsAgain(way{}), again)})
}
