package gui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// The names of the notices about revoking: the question, and what came of it.
const (
	revokeQuestion = "revoke?"
	revokeNotice   = "revoke"
)

// pageNotWritten is the code of a trouble after which all is done, but that a page still says what was before.
const pageNotWritten = "PageNotWritten"

// revocable is what revoking entries would do.
type revocable struct {
	each    []desk.Revocation
	trouble *desk.Trouble // why the first of those that are not there cannot be revoked
}

// askRevoke looks what revoking the links would do, and asks once.
func (p *linksPlace) askRevoke(list []desk.Entry) {
	if len(list) == 0 {
		return
	}
	going := p.u.progress(revokeNotice, lang.L("Looking at the objects"), len(list))
	ask(p.u, func(context.Context) (revocable, error) {
		ctx := going.ctx
		var r revocable
		for i, e := range list {
			going.tell(i)
			one, err := p.u.desk.Revocable(ctx, e.ID)
			switch {
			case err == nil:
				r.each = append(r.each, one)
			case r.trouble == nil:
				r.trouble = desk.Explain(err)
			}
		}
		return r, ctx.Err()
	}, func(r revocable, err error) {
		going.end()
		switch {
		case err != nil:
		case len(r.each) == 0:
			p.u.notices.trouble(revokeNotice, r.trouble, bad)
		default:
			p.revokeOrNot(r.each)
		}
	})
}

// revokeOrNot is the question: which, what happens to it, and whether that can be undone.
func (p *linksPlace) revokeOrNot(each []desk.Revocation) {
	u := p.u
	button := func(text string, do func()) *button {
		return u.button(secondary, text, func() { u.notices.hide(revokeQuestion); do() })
	}
	q := notice{tone: warning, sticky: true}
	if len(each) == 1 {
		choice := each[0].Choice()
		q.text, q.help = told(choice.What), told(choice.Help)
		q.actions = append(q.actions,
			button(lang.L("Delete it"), func() { p.revoke(each, desk.RevokeDelete) }),
			button(lang.L("Rename it"), func() { p.revoke(each, desk.RevokeRename) }),
			button(lang.L("Keep it"), u.focusRows))
	} else {
		q.text, q.help = p.askOfMany(each)
		q.actions = append(q.actions,
			button(lang.L("Delete them"), func() { p.revoke(each, desk.RevokeDelete) }),
			button(lang.L("Rename them"), func() { p.revoke(each, desk.RevokeRename) }),
			button(lang.L("Keep them"), u.focusRows))
	}
	q.help += " " + whatLinksCannot()
	u.notices.show(revokeQuestion, q)
	u.window.Canvas().Focus(q.actions[2])
}

// namedAtMost is how many names a question has room for.
const namedAtMost = 3

// askOfMany asks about several at once.
func (p *linksPlace) askOfMany(each []desk.Revocation) (text, help string) {
	w := p.u.words
	versioned, others, files, replaced, gone := 0, 0, 0, 0, 0
	cached, locked := false, false
	var names []string
	pages := map[string]bool{}
	for _, r := range each {
		pages[r.Entry.ID] = r.Entry.Kind == desk.KindBundle
	}
	for _, r := range each {
		names = append(names, r.Entry.Name)
		others, files = others+r.Others, files+r.Files
		if pages[r.Entry.Bundle] { // it goes with its page, and is counted there
			files--
		} else {
			replaced += r.Replaced
		}
		if r.Versioned {
			versioned++
		}
		if r.Gone {
			gone++
		}
		cached = cached || r.CloudFront
		locked = locked || r.LegalHold || !r.LockedUntil.IsZero()
	}
	shown := strings.Join(names[:min(len(names), namedAtMost)], ", ")
	if more := len(names) - namedAtMost; more > 0 {
		shown = lang.N("{{.Names}} and {{.Count}} more", more, args{"Names": shown, "Count": w.count(more)})
	}
	text = lang.N("Delete or rename the objects of {{.Count}} links?", len(each), args{"Count": w.count(len(each))})
	undo := lang.L("Renaming can be undone, and so can deleting: the bucket keeps versions.")
	switch {
	case versioned == 0:
		undo = lang.L("Renaming can be undone; deleting cannot.")
	case versioned < len(each):
		undo = lang.L("Renaming can be undone; deleting only where the bucket keeps versions.")
	}
	parts := []string{shown + "."}
	if files > 0 {
		parts = append(parts, lang.N("{{.Count}} files on their pages go with them.", files, args{"Count": w.count(files)}))
	}
	if replaced > 0 {
		parts = append(parts, lang.N("Somebody has replaced {{.Count}} of the objects since.", replaced, args{"Count": w.count(replaced)}))
	}
	if gone > 0 {
		parts = append(parts, lang.N("{{.Count}} of the objects are gone already.", gone, args{"Count": w.count(gone)}))
	}
	if others > 0 {
		parts = append(parts, lang.N("{{.Count}} more of your links lead there.", others, args{"Count": w.count(others)}))
	}
	parts = append(parts, undo)
	if locked {
		parts = append(parts, lang.L("Object Lock keeps what some of them hold in the bucket all the same."))
	}
	if cached {
		parts = append(parts, lang.L("CloudFront may hand out copies for a while: an invalidation ends that."))
	}
	return text, strings.Join(parts, " ")
}

// revoked is what came of it.
type revoked struct {
	done    []desk.Entry
	undo    []desk.Entry  // those that can be brought back
	trouble *desk.Trouble // of the first that was not done, or not wholly
}

func (p *linksPlace) revoke(each []desk.Revocation, how desk.Revoking) {
	doing := lang.L("Deleting")
	if how == desk.RevokeRename {
		doing = lang.L("Renaming")
	}
	// Pages first: what stands on them goes with them, and comes back with them.
	each = slices.Clone(each)
	slices.SortStableFunc(each, func(a, b desk.Revocation) int { return cmp.Compare(b.Entry.Kind, a.Entry.Kind) })
	going := p.u.progress(revokeNotice, doing, len(each))
	ask(p.u, func(context.Context) (revoked, error) {
		ctx := going.ctx
		var r revoked
		for i, one := range each {
			going.tell(i)
			e, err := p.u.desk.Entry(ctx, one.Entry.ID)
			if err == nil && e.Revoked.IsZero() { // else it went with its page, or with another one of the same object
				e, err = p.u.desk.Revoke(ctx, one, how)
			}
			t := desk.Explain(err)
			done := t == nil || t.Code == pageNotWritten
			if !done && going.stopped() { // what is done stays done
				break
			}
			if r.trouble == nil {
				r.trouble = t
			}
			if !done {
				continue
			}
			r.done = append(r.done, e)
			if e.CanUndo {
				r.undo = append(r.undo, e)
			}
		}
		return r, nil
	}, func(r revoked, _ error) {
		going.end()
		p.showRevoked(r, how)
	})
}

func (p *linksPlace) showRevoked(r revoked, how desk.Revoking) {
	u := p.u
	p.reload()
	u.focusRows()
	n := len(r.done)
	if n == 0 {
		u.notices.trouble(revokeNotice, r.trouble, bad)
		return
	}
	said := notice{tone: good}
	switch {
	case n > 1:
		said.text = lang.N("{{.Count}} links lead nowhere now.", n, args{"Count": u.words.count(n)})
	case how == desk.RevokeRename:
		said.text = lang.L("{{.Name}} is renamed, and its link leads nowhere.", args{"Name": r.done[0].Name})
	default:
		said.text = lang.L("{{.Name}} is deleted, and its link leads nowhere.", args{"Name": r.done[0].Name})
	}
	if len(r.undo) > 0 {
		said.actions = []*button{u.button(secondary, lang.L("Undo"), func() { u.notices.hide(revokeNotice); p.bringBack(r.undo) })}
	}
	switch {
	case len(r.undo) == 0:
		said.help = lang.L("It cannot be brought back.")
	case len(r.undo) < n:
		said.help = lang.L("Not all of it can be brought back.")
	}
	if r.trouble != nil {
		said.tone, said.help = warning, told(r.trouble.What)+" "+told(r.trouble.Help)
	}
	u.notices.show(revokeNotice, said)
}

// bringBack undoes a revocation.
func (p *linksPlace) bringBack(list []desk.Entry) {
	going := p.u.progress(revokeNotice, lang.L("Bringing back"), len(list))
	ask(p.u, func(context.Context) (revoked, error) {
		ctx := going.ctx
		var r revoked
		for i, e := range list {
			going.tell(i)
			back, err := p.u.desk.Unrevoke(ctx, e.ID)
			t := desk.Explain(err)
			done := t == nil || t.Code == pageNotWritten
			if !done && going.stopped() {
				break
			}
			if t != nil && t.Code == "NothingToUndo" { // it has come back with its page, or with another one of the same object
				if back, err = p.u.desk.Entry(ctx, e.ID); err == nil && back.Revoked.IsZero() {
					t, done = nil, true
				}
			}
			if r.trouble == nil {
				r.trouble = t
			}
			if done {
				r.done = append(r.done, back)
			}
		}
		return r, nil
	}, func(r revoked, _ error) {
		going.end()
		u := p.u
		p.reload()
		n := len(r.done)
		if n == 0 {
			u.notices.trouble(revokeNotice, r.trouble, bad) // none: it was stopped
			return
		}
		said := notice{tone: good, text: lang.L("{{.Name}} is back, and its link works to the end that it had.", args{"Name": r.done[0].Name})}
		if n > 1 {
			said.text = lang.N("{{.Count}} links lead to their files again.", n, args{"Count": u.words.count(n)})
		}
		if r.trouble != nil {
			said.tone, said.help = warning, told(r.trouble.What)+" "+told(r.trouble.Help)
		}
		u.notices.show(revokeNotice, said)
	})
}
