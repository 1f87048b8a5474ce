package gui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// corsNotice is the name of the line about the rule that a page in a file needs.
const corsNotice = "cors"

// checkCORS looks whether the bucket lets a page upload that was sent as a file. Where a rule is missing, a line shows it
// and offers to add it; where all is well, it says so only if that was asked for.
func (u *ui) checkCORS(r desk.Request, asked bool) {
	store, bucket := r.Destination.Store, r.Destination.Bucket
	ask(u, func(ctx context.Context) (desk.CORS, error) { return u.desk.CORS(ctx, store, bucket) }, func(c desk.CORS, err error) {
		switch {
		case err != nil && asked:
			u.notices.trouble(corsNotice, desk.Explain(err), bad)
		case err != nil:
			u.notices.trouble(corsNotice, desk.Explain(err), warning)
		case c.Trouble != nil:
			how := warning
			if c.Allowed {
				how = good
			}
			if asked || !c.Allowed {
				u.notices.trouble(corsNotice, c.Trouble, how)
			}
		case !c.Allowed:
			u.offerCORS(c)
		case asked:
			u.corsIsThere(c, lang.L("The page works from a file: {{.Bucket}} allows it.", args{"Bucket": bucket}))
		}
	})
}

// offerCORS shows the rule that is missing, and adds it if the person wants that.
func (u *ui) offerCORS(c desk.CORS) {
	help := lang.L("This rule would be added, and no other is changed:")
	if c.Others > 0 {
		help = lang.N("This rule would be added; {{.Count}} that are there stay:", c.Others, args{"Count": u.words.count(c.Others)})
	}
	add := u.button(secondary, lang.L("Add it"), func() { u.notices.hide(corsNotice); u.addCORS(c) })
	later := u.button(secondary, lang.L("Not now"), func() { u.notices.hide(corsNotice); u.focusRows() })
	u.notices.show(corsNotice, notice{tone: warning, sticky: true, actions: []*button{add, later},
		text: lang.L("A page in a file may not upload to {{.Bucket}} yet: it needs a rule there. The page behind the link needs none.", args{"Bucket": c.Bucket}),
		help: help + "\n" + oneLine(c.Rule)})
	u.window.Canvas().Focus(later)
}

func (u *ui) addCORS(c desk.CORS) {
	ask(u, func(ctx context.Context) (desk.CORS, error) { return u.desk.AddCORS(ctx, c.Store, c.Bucket) }, func(now desk.CORS, err error) {
		switch {
		case err != nil:
			u.notices.trouble(corsNotice, desk.Explain(err), bad)
		case now.Trouble != nil:
			u.notices.trouble(corsNotice, now.Trouble, warning)
		case !now.Allowed: // somebody has changed the rules meanwhile, or the store has not taken it
			u.offerCORS(now)
		default:
			u.corsIsThere(now, lang.L("The rule is added: the page works from a file now."))
		}
	})
}

// corsIsThere says so; a rule of Waybill's can be taken back.
func (u *ui) corsIsThere(c desk.CORS, text string) {
	said := notice{tone: good, text: text}
	if c.Ours {
		said.actions = []*button{u.button(secondary, lang.L("Undo"), func() { u.notices.hide(corsNotice); u.undoCORS(c) })}
	}
	u.notices.show(corsNotice, said)
}

func (u *ui) undoCORS(c desk.CORS) {
	ask(u, func(ctx context.Context) (desk.CORS, error) { return u.desk.UndoCORS(ctx, c.Store, c.Bucket) }, func(_ desk.CORS, err error) {
		if err != nil {
			u.notices.trouble(corsNotice, desk.Explain(err), bad)
			return
		}
		u.notices.show(corsNotice, notice{tone: neutral, text: lang.L("The rule is taken back: {{.Bucket}} has the rules that it had.", args{"Bucket": c.Bucket})})
	})
}
