package gui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// drop sends files and folders to the destination. Where there is none yet, they wait until there is.
func (s *sendPlace) drop(paths []string) {
	if len(paths) == 0 {
		return
	}
	if !s.dest.ready() || s.u.desk.SureSettings() != nil {
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

// sendWaiting sends what waits, if nothing is in the way any more.
func (s *sendPlace) sendWaiting() {
	switch {
	case len(s.waiting) == 0 || !s.dest.ready():
	case s.u.desk.SureSettings() == nil:
		paths := s.waiting
		s.waitNoMore()
		s.drop(paths)
	case !s.unsure:
		s.wait(nil)
	}
}

// waitNoMore lets go of what waits.
func (s *sendPlace) waitNoMore() {
	s.waiting, s.unsure = nil, false
	s.u.notices.hide("waiting")
}

// wait keeps what was dropped until the destination is complete, and it is known what was chosen for it: nothing dropped is
// lost, and no file goes without the encryption that was asked for.
func (s *sendPlace) wait(paths []string) {
	s.waiting = append(s.waiting, paths...)
	n := len(s.waiting)
	forget := s.u.button(secondary, lang.L("Forget them"), s.waitNoMore)
	said := notice{tone: accent, sticky: true, actions: []*button{forget}}
	unsure, ready := s.u.desk.SureSettings(), s.dest.ready()
	s.unsure = ready && unsure != nil
	said.help = lang.L("Name the bucket that they shall go to, and they go at once.")
	switch {
	case s.unsure:
		t := desk.Explain(unsure)
		said.help = told(t.What) + " " + told(t.Help)
		said.actions, said.below = nil, container.New(line{gap: 8}, s.u.byDefaults(s.sendWaiting), forget)
	case s.dest.none():
		said.help = lang.L("Choose a profile or try the sandbox, and they go at once.")
	case s.dest.names.trouble != nil:
		said.help = lang.L("Put the template for names right, and they go at once.")
	case s.dest.at.Bucket != "":
		said.help = lang.L("Put right what the line below the fields says, and they go at once.")
	}
	said.text = lang.N("{{.Count}} files wait to be sent.", n, args{"Count": s.u.words.count(n)})
	s.u.notices.show("waiting", said)
	if s.dest.at.Bucket == "" && !s.dest.none() {
		s.u.window.Canvas().Focus(s.dest.bucket)
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
	if !s.u.sure(func() { s.sendTo(dest, e) }) {
		return
	}
	again := desk.Transfer{ID: e.ID, Path: e.Path, Name: e.Name, Destination: dest, Key: e.Key}
	s.begin(&group{drop: s.u.desk.SendAgain(s.u.ctx, s.optionsAgain(way{}), again)})
}

// again sends a file once more, in its row, whose links belong to the drop that it came with.
func (s *sendPlace) again(t *transfer) {
	if !t.State.Over() || !s.u.sure(func() { s.again(t) }) {
		return
	}
	g := &group{drop: s.u.desk.SendAgain(s.u.ctx, s.optionsAgain(t.home.way), t.Transfer), again: t}
	t.State, t.Trouble, t.Link, t.Done, t.opened, t.copied = desk.Queued, nil, nil, 0, false, false
	t.carrier = g
	s.heights()
	s.show()
	s.follow(g)
}

// againAfter sends what has failed once more, where it was a sign-in with this store that it lacked.
func (s *sendPlace) againAfter(at desk.Store) {
	var lacking []*transfer
	for _, t := range s.shown {
		if t.State == desk.Failed && t.Trouble != nil && t.Trouble.SignIn != nil && *t.Trouble.SignIn == at {
			lacking = append(lacking, t)
		}
	}
	if len(lacking) == 0 || !s.u.sure(func() { s.againAfter(at) }) {
		return
	}
	for _, t := range lacking {
		s.again(t)
	}
}

func (s *sendPlace) options() desk.SendOptions {
	chosen := s.u.desk.Settings()
	naming := chosen.NamingOf(s.dest.at)
	return desk.SendOptions{
		Expires: s.dest.expires, OnClash: chosen.OnClash, Verify: chosen.Verify, Inline: chosen.Inline,
		Template: naming.Template, Unguessable: naming.Unguessable, SkipHidden: chosen.SkipHidden, Bundle: chosen.Bundle, Ask: s.askClash,
		AwaitSignIn: true,
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

// offerToGoOn asks about the drops that an earlier start has left behind undone.
func (s *sendPlace) offerToGoOn() {
	ask(s.u, s.u.desk.Interrupted, func(list []desk.Interrupted, err error) {
		if err != nil || len(list) == 0 { // what is wrong with the ledger is said already
			return
		}
		const name = "interrupted"
		goOnAll := func() {
			s.u.notices.hide(name)
			for _, i := range list {
				s.goOn(i)
			}
		}
		goOn := s.u.button(primary, lang.L("Go on"), func() {
			if s.u.sure(goOnAll) {
				goOnAll()
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
	ask(s.u, func(context.Context) (*desk.Drop, error) {
		return s.u.desk.Resume(s.u.ctx, i, desk.Attendance{Ask: s.askClash, AwaitSignIn: true})
	},
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
