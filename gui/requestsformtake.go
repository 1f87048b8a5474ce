package gui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// options reads the form, or says what is wrong in it.
func (f *requestForm) options() (o desk.RequestOptions, t *desk.Trouble) {
	o.For, o.From, o.Message = strings.TrimSpace(f.whom.Text), strings.TrimSpace(f.from.Text), strings.TrimSpace(f.message.Text)
	var err error
	if o.Expires, err = parseLasts(f.lasts.Text); err != nil {
		return o, desk.Explain(err)
	}
	if text := strings.TrimSpace(f.files.Text); text != "" && !strings.EqualFold(text, anyNumber()) {
		if o.Files, err = desk.ParseFiles(text); err != nil {
			return o, desk.Explain(err)
		}
	}
	if text := strings.TrimSpace(f.size.Text); text != "" && !strings.EqualFold(text, anySize()) {
		if o.MaxSize, err = desk.ParseMaxSize(text); err != nil {
			return o, desk.Explain(err)
		}
	}
	o.Kinds = f.group.Kinds()
	if f.group == desk.KindsOwn {
		if o.Kinds, err = desk.ParseKinds(f.own.Text); err != nil {
			return o, desk.Explain(err)
		}
	}
	return o, desk.Explain(desk.CheckRequest(o))
}

// askProfile asks until when what is signed now would work.
func (f *requestForm) askProfile() {
	f.asked++
	f.known, f.refused = false, nil
	f.say()
	expires, err := parseLasts(f.lasts.Text)
	if err != nil || f.to.none() {
		return
	}
	mine, store := f.asked, f.to.at.Store
	ask(f.u, func(ctx context.Context) (desk.Outlook, error) {
		return f.u.desk.Outlook(signer.Quiet(ctx), store, expires)
	},
		func(o desk.Outlook, err error) {
			if mine != f.asked {
				return
			}
			f.outlook, f.known, f.refused = o, err == nil, desk.Explain(err)
			f.say()
		})
}

// say writes below the fields until when files may come, what is wrong, and what the store sees to.
func (f *requestForm) say() {
	if f.make == nil || !f.filled { // being built
		return
	}
	w, now := f.u.words, f.u.now()
	o, t := f.options()
	if t == nil {
		t = f.to.wrong()
	}
	var text, help string
	color := colorText
	when := args{"When": w.zoned(f.outlook.Ends, now), "Profile": f.to.who(), "Asked": lastsLabel(o.Expires)}
	switch {
	case t != nil:
		text, color, help = told(t.What), colorError, told(t.Help)
	case f.to.none():
		text = lang.L("No AWS profile on this computer")
		help = lang.L("Add a store with its keys, or try Waybill without an account.")
	case f.refused != nil:
		text, color, help = told(f.refused.What), colorError, helpIn(f.refused)
	case !f.known:
		text, color = lang.L("Looking at the profile…"), colorMuted
	case f.outlook.Because == signer.Credentials:
		text, color = lang.L("Files may come until {{.When}}, when the session of {{.Profile}} ends, not for {{.Asked}}.", when), colorWarn
		help = helpEarly(f.outlook)
	case f.outlook.Warning != nil:
		text, color, help = told(f.outlook.Warning.What), colorWarn, told(f.outlook.Warning.Help)
	case f.to.at.Sandbox:
		text = lang.L("The sandbox is on this computer: only who sits here can send, while Waybill is open.")
	default:
		text = lang.L("Files may come until {{.When}}.", when)
	}
	store, page := "", ""
	if t == nil {
		sees, leaves := o.Enforced()
		store, page = told(sees), told(leaves)
	}
	for p, said := range map[*prose]struct {
		text  string
		color fyne.ThemeColorName
	}{f.ends: {text, color}, f.help: {help, colorMuted}, f.store: {store, colorMuted}, f.page: {page, colorMuted}} {
		p.set(said.text, said.color)
		if said.text == "" {
			p.all.Hide()
		} else {
			p.all.Show()
		}
	}
	if t != nil || f.to.none() || !f.known {
		f.buttons.show(f.refused, desk.Outlook{})
	} else {
		f.buttons.show(f.refused, f.outlook)
	}
	f.able(t == nil && !f.making && !f.to.none() && f.to.at.Bucket != "")
	f.all.Refresh()
}

func (f *requestForm) able(able bool) {
	switch {
	case able && f.make.Disabled():
		f.make.Enable()
	case !able && !f.make.Disabled():
		f.make.Disable()
	}
}

// stretch asks for a longer session of the profile's role.
func (f *requestForm) stretch() {
	expires, err := parseLasts(f.lasts.Text)
	if err != nil {
		return
	}
	mine := f.asked
	f.buttons.stretch(f.to.at.Store, expires, func(o desk.Outlook, err error) {
		if err == nil && mine == f.asked {
			f.outlook, f.known, f.refused = o, true, nil
		}
		f.say()
	})
	f.say()
}

// submit makes the request. Then the link to its page is on the clipboard, and what arrives is in sight.
func (f *requestForm) submit() {
	u := f.u
	for _, c := range []*combo{f.lasts, f.files, f.size, f.to.profile, f.to.bucket, f.to.prefix} {
		c.commit() // what stands in the field that still has the keyboard
	}
	o, t := f.options()
	if t == nil {
		t = f.to.wrong()
	}
	if t == nil && f.to.at.Bucket == "" {
		t = desk.Explain(desk.CheckBucket(""))
	}
	if t != nil || f.making || f.to.none() {
		if t != nil {
			u.notices.trouble(requestNotice, t, bad)
		}
		return
	}
	if !u.sure(f.submit) {
		return
	}
	f.making = true
	f.make.set(primary, lang.L("Making the page…"), iconNone, "", f.submit)
	f.say()
	at := f.to.at
	u.busy.Add(1)
	ask(u, func(ctx context.Context) (*desk.Ways, error) {
		defer u.busy.Done()
		return u.desk.Request(ctx, at, o)
	}, func(w *desk.Ways, err error) {
		f.making = false
		f.make.set(primary, lang.L("Make the request"), iconNone, "", f.submit)
		f.say()
		if err != nil {
			u.notices.troubled(requestNotice, desk.Explain(err), bad, f.submit)
			return
		}
		f.made(w, at, o)
	})
}

// made shows the request that was made.
func (f *requestForm) made(w *desk.Ways, at desk.Destination, o desk.RequestOptions) {
	u := f.u
	s := u.desk.Settings()
	s.Requests = desk.RequestChoices{Destination: at, From: o.From, Expires: o.Expires, Files: o.Files, Kinds: slices.Clone(o.Kinds),
		MaxSize: o.MaxSize, Folder: s.Requests.Folder}
	if err := u.desk.SaveSettings(s); err != nil {
		u.notices.trouble("settings", desk.Explain(err), warning)
	}
	f.whom.SetText("")
	f.message.SetText("")
	u.requests.load()
	u.requests.watch.last = u.now()
	u.arrivals.open(w.Request)
	if w.PageURL == "" {
		u.noPage(w)
		return
	}
	u.copy(w.PageURL)
	u.requests.markCopied(w.Request)
	said := notice{tone: good, text: lang.L("The link to the page for {{.Name}} is copied.", args{"Name": u.requestName(w.Request)}),
		help: u.words.until(&desk.Link{Ends: w.Ends, Because: w.Because}, u.now())}
	if w.Trouble != nil {
		said.tone, said.help = warning, told(w.Trouble.What)+" "+told(w.Trouble.Help)
	}
	u.notices.show(requestNotice, said)
}
