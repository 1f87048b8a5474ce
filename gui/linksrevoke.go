package gui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// The names of the notices about revoking: the question, and what came of it.
const (
	revokeQuestion = "revoke?"
	revokeNotice   = "revoke"
)

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
		q.text, q.help = told(each[0].Ask(desk.RevokeDelete)), told(each[0].Ask(desk.RevokeRename))
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
	versioned, others, files := 0, 0, 0
	var names []string
	for _, r := range each {
		names = append(names, r.Entry.Name)
		others, files = others+r.Others, files+r.Files
		if r.Versioned {
			versioned++
		}
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
	if others > 0 {
		parts = append(parts, lang.N("{{.Count}} more of your links lead there.", others, args{"Count": w.count(others)}))
	}
	return text, strings.Join(append(parts, undo), " ")
}

// revoked is what came of it.
type revoked struct {
	done    []desk.Entry
	undo    []desk.Entry // those that can be brought back
	trouble *desk.Trouble
}

func (p *linksPlace) revoke(each []desk.Revocation, how desk.Revoking) {
	doing := lang.L("Deleting")
	if how == desk.RevokeRename {
		doing = lang.L("Renaming")
	}
	going := p.u.progress(revokeNotice, doing, len(each))
	ask(p.u, func(context.Context) (revoked, error) {
		ctx := going.ctx
		var r revoked
		for i, one := range each {
			going.tell(i)
			e, err := p.u.desk.Revoke(ctx, one.Entry.ID, how)
			t := desk.Explain(err)
			if t != nil && going.stopped() { // what is done stays done
				break
			}
			if t != nil && t.Code == "LinkRevoked" { // with another one, which led to the same object
				e, err = p.u.desk.Entry(ctx, one.Entry.ID)
				t = desk.Explain(err)
			}
			if t != nil {
				if r.trouble == nil {
					r.trouble = t
				}
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
			if t != nil && going.stopped() {
				break
			}
			if t != nil && t.Code == "NothingToUndo" { // it has come back with another one of the same object
				if back, err = p.u.desk.Entry(ctx, e.ID); err == nil && back.Revoked.IsZero() {
					t = nil
				}
			}
			switch {
			case t == nil:
				r.done = append(r.done, back)
			case r.trouble == nil:
				r.trouble = t
			}
		}
		return r, nil
	}, func(r revoked, _ error) {
		going.end()
		u := p.u
		p.reload()
		switch n := len(r.done); {
		case r.trouble != nil:
			u.notices.trouble(revokeNotice, r.trouble, bad)
		case n == 0: // it was stopped
		case n == 1:
			u.notices.show(revokeNotice, notice{tone: good, text: lang.L("{{.Name}} is back, and its link works to the end that it had.", args{"Name": r.done[0].Name})})
		default:
			u.notices.show(revokeNotice, notice{tone: good, text: lang.N("{{.Count}} links lead to their files again.", n, args{"Count": u.words.count(n)})})
		}
	})
}
