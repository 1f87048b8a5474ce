package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// notification is something to say while the window is not in front. Neither text has a link in it.
type notification struct {
	title, body string
	copy        func() // what its button Copy does; nil for no button
}

// notifier brings notifications to the desktop. It does not wait for it.
type notifier interface {
	send(notification)
	end() // takes back what can do nothing any more
}

// tell says something by the desktop, unless the window is in front or the person wants none of it.
func (u *ui) tell(n notification) {
	if u.notifier == nil || u.inFront() || u.desk.Settings().Silent {
		return
	}
	u.notifier.send(n)
}

// tellEnd says that a drop is over: in one notification, however many files it had.
func (s *sendPlace) tellEnd(g *group) {
	all := g.all
	if g.again != nil {
		all = []*transfer{g.again}
	}
	var sent, failed []*transfer
	for _, t := range all {
		switch t.State {
		case desk.Sent:
			sent = append(sent, t)
		case desk.Failed:
			failed = append(failed, t)
		}
	}
	if len(sent)+len(failed) == 0 {
		return // the person has ended it
	}
	w := s.u.words
	n := notification{}
	switch {
	case len(failed) == 0 && len(sent) == 1:
		n.title = lang.L("{{.Name}} is sent", args{"Name": oneLine(sent[0].Name)})
	case len(failed) == 0:
		n.title = lang.N("{{.Count}} files are sent", len(sent), args{"Count": w.count(len(sent))})
	case len(sent) == 0 && len(failed) == 1:
		n.title = lang.L("{{.Name}} is not sent", args{"Name": oneLine(failed[0].Name)})
	case len(sent) == 0:
		n.title = lang.N("{{.Count}} files are not sent", len(failed), args{"Count": w.count(len(failed))})
	default:
		n.title = lang.L("{{.Sent}} of {{.Count}} files are sent", args{"Sent": w.count(len(sent)), "Count": w.count(len(sent) + len(failed))})
	}
	switch links := s.onClipboard(g, sent); {
	case len(links) > 0:
		n.body, n.copy = s.whatIsCopied(links), func() {
			if good := s.good(links); len(good) > 0 {
				s.copyLinks(good)
			}
		}
	case len(failed) > 0 && failed[0].Trouble != nil:
		n.body = told(failed[0].Trouble.What)
	case len(sent) > 0 && sent[0].Trouble != nil:
		n.body = told(sent[0].Trouble.What)
	}
	s.u.tell(n)
}

// onClipboard finds what of a drop's links was copied: its page's, or those of its files.
func (s *sendPlace) onClipboard(g *group, sent []*transfer) (links []*transfer) {
	home := g
	if g.again != nil {
		home = g.again.home
	}
	if home.page != nil && home.page.copied {
		return s.good([]*transfer{home.page})
	}
	for _, t := range s.good(sent) {
		if t.copied {
			links = append(links, t)
		}
	}
	return links
}

// whatIsCopied says what is on the clipboard, and how long all of it works.
func (s *sendPlace) whatIsCopied(links []*transfer) string {
	var first time.Time
	for _, t := range links {
		if ends := t.Link.Ends; !ends.IsZero() && (first.IsZero() || ends.Before(first)) {
			first = ends
		}
	}
	if first.IsZero() { // nobody knows
		return lang.N("{{.Count}} links are on the clipboard.", len(links), args{"Count": s.u.words.count(len(links))}) + s.nearest(links)
	}
	return lang.N("{{.Count}} links are on the clipboard and work until {{.When}}.", len(links),
		args{"Count": s.u.words.count(len(links)), "When": s.u.words.zoned(first, s.u.now())}) + s.nearest(links)
}

// nearest says, with a space before it, that links do not work for those who sit elsewhere; "" where they do.
func (s *sendPlace) nearest(links []*transfer) string {
	reach := desk.ReachUnknown
	for _, t := range links {
		if r := t.Link.Reach; r == desk.ReachComputer || r == desk.ReachNetwork && reach != desk.ReachComputer {
			reach = r
		}
	}
	if says := reach.Says(len(links)); says != nil {
		return " " + told(*says)
	}
	return ""
}

// tellQuestion says that a transfer waits for an answer: once for all that wait.
func (s *sendPlace) tellQuestion(t desk.Transfer) {
	if len(s.asks) == 1 {
		s.u.tell(notification{title: lang.L("{{.Key}} is there already", args{"Key": oneLine(t.Key)}),
			body: lang.L("Open Waybill and say what shall become of it.")})
	}
}

// tellSignIn says that a transfer waits for somebody to sign in: once for all that wait.
func (s *sendPlace) tellSignIn(t desk.Transfer) {
	if s.totals().signIns == 0 {
		s.u.tell(notification{title: lang.L("Waiting for somebody to sign in"), body: told(t.Waiting.What)})
	}
}

// notHandedOver says by the desktop why another start came to nothing: whoever started it from a menu sees no terminal.
func notHandedOver(ctx context.Context, why error) {
	if ctx.Err() == nil {
		sayAlone(ctx, notification{title: "Waybill", body: why.Error()})
	}
}
