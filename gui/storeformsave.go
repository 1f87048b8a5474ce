package gui

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// storeNotice is the line about a store that was added.
const storeNotice = "store"

// store reads the form.
func (f *storeForm) store() desk.NewStore {
	n := desk.NewStore{
		Preset: f.preset.ID, Name: f.name.Text, AccessKeyID: f.keyID.Text, SecretAccessKey: f.secret.Text, Region: f.region.Text, Bucket: f.bucket.Text,
		Addressing: f.style, AllowHTTP: f.plain.on,
	}
	switch {
	case f.preset.Own:
		n.Endpoint = f.endpoint.Text
	case f.preset.Account != "":
		n.Account, n.Region = f.account.Text, ""
	}
	return n
}

// edited is called when something in the form has changed: what a check has found of it before does not hold any more.
func (f *storeForm) edited() {
	f.failed, f.elsewhere = nil, nil
	f.say()
}

// say writes below the fields what will happen, and what a check has found.
func (f *storeForm) say() {
	if f.all == nil || !f.all.Visible() { // inSight says it
		return
	}
	n := f.store()
	host := ""
	if u, err := url.Parse(strings.TrimSpace(n.Endpoint)); err == nil && u.Scheme == "http" && u.Hostname() != "" && !signer.Loopback(u.Hostname()) {
		host = u.Hostname()
	}
	if host != f.plainHost { // who agreed for one computer has not for another
		f.plainHost = host
		f.plain.set(false)
	}
	show(f.plain, host != "")
	taken, changeable := desk.NameTaken(f.into.profiles, n.Name)
	show(f.replace, taken && changeable)
	f.reveals.set(secondary, map[bool]string{true: lang.L("Show"), false: lang.L("Hide")}[f.secret.Password], iconNone, "", f.toggleSecret)

	endpoint := f.preset.EndpointFor(strings.TrimSpace(n.Region), strings.ToLower(strings.TrimSpace(n.Account)))
	if strings.Contains(endpoint, "//.") || strings.Contains(endpoint, "..") { // its middle is not there yet
		endpoint = ""
	}
	f.where.set(endpoint, colorMuted)
	show(f.where.all, endpoint != "")
	show(f.keyHint.all, f.keyHint.label.Text != "")

	text, color := lang.L("The store is asked first, then the profile is written to {{.Folder}}; the secret goes nowhere else.", args{"Folder": signer.AWSFolder()}), colorMuted
	help := ""
	switch {
	case f.adding:
		text = lang.L("Asking the store…")
	case f.failed != nil:
		text, color, help = told(f.failed.What), colorError, told(f.failed.Help)
		if f.failed.Code == "PlainHTTP" {
			help = lang.L("Write the endpoint with https://, or say below it that this is fine for this store.")
		}
	}
	if f.elsewhere != nil && (f.adding || f.failed != nil) {
		help = strings.Join(nonEmpty(help, told(f.elsewhere.What), told(f.elsewhere.Help)), " ")
	}
	f.line.set(text, color)
	f.help.set(help, colorMuted)
	show(f.help.all, help != "")
	checked := f.failed != nil && !f.adding
	show(f.try, checked && f.failed.CanAllowPut())
	show(f.anyway, checked && f.offersAnyway)
	show(f.answers, f.try.Visible() || f.anyway.Visible())
	switch able := !f.adding; {
	case able && f.save.Disabled():
		f.save.Enable()
	case !able && !f.save.Disabled():
		f.save.Disable()
	}
	f.all.Refresh()
}

// submit checks the store and adds it.
func (f *storeForm) submit() {
	for _, c := range []*combo{f.kind, f.region} {
		c.commit() // what stands in the field that still has the keyboard
	}
	f.add(desk.AddStoreOptions{})
}

// add adds the store; with it, the form is done.
func (f *storeForm) add(o desk.AddStoreOptions) {
	if f.adding {
		return
	}
	n := f.store()
	if err := desk.CheckNewStore(n); err != nil { // known at once, and nobody has to be asked
		f.fail(err)
		return
	}
	o.Replace = f.replace.Visible() && f.replace.on
	u, into := f.u, f.into
	ctx, cancel := context.WithCancel(u.ctx)
	f.attempt++
	mine := f.attempt
	f.adding, f.giveUp, f.elsewhere = true, cancel, nil
	f.say()
	o.Asking = func(elsewhere *desk.Trouble) {
		u.do(func() {
			if mine == f.attempt {
				f.elsewhere = elsewhere
				f.say()
			}
		})
	}
	ask(u, func(context.Context) (*desk.AddedStore, error) { return u.desk.AddStore(ctx, n, o) }, func(a *desk.AddedStore, err error) {
		cancel()
		current := mine == f.attempt
		if current {
			f.adding, f.giveUp = false, nil
		}
		switch {
		case err == nil && current:
			f.added(a)
		case err == nil: // it was written before it could be given up
			into.loadProfiles()
			u.sayAdded(into, a)
		case current:
			f.fail(err)
		}
	})
}

// abandon gives up what is being added, if anything is: what comes of it does not concern the form any more.
func (f *storeForm) abandon() {
	f.attempt++
	if f.giveUp != nil {
		f.giveUp()
	}
	f.adding, f.giveUp = false, nil
}

// fail says why the store was not added, and goes to the field that it is about.
func (f *storeForm) fail(err error) {
	f.failed, f.offersAnyway = desk.Explain(err), errors.Is(err, desk.ErrStoreCheck)
	f.say()
	if !f.all.Visible() {
		return
	}
	fields := map[string]fyne.Focusable{
		"StoreNameMissing": f.name, "StoreName": f.name, "StoreNameSandbox": f.name, "StoreTaken": f.name, "StoreNotReplaceable": f.name,
		"StoreKeyMissing": f.keyID, "StoreKeyCharacters": f.keyID, "StoreKeyID": f.keyID, "StoreKeysExchanged": f.keyID, "StoreKeyOfSession": f.keyID,
		"InvalidAccessKeyId": f.keyID, "StoreSecretMissing": f.secret, "StoreSecretCharacters": f.secret, "StoreKeysSame": f.secret, "SignatureDoesNotMatch": f.secret,
		"StoreAccount": f.account, "StoreEndpointMissing": f.endpoint, "Endpoint": f.endpoint, "EndpointParts": f.endpoint, "StoreEndpointPath": f.endpoint, "StoreRegion": f.region, "StoreRegionMissing": f.region,
		"PermanentRedirect": f.region, "CheckNeedsBucket": f.bucket, "NoSuchBucket": f.bucket, "BucketName": f.bucket, "BucketAddress": f.bucket,
	}
	if field, known := fields[f.failed.Code]; known {
		f.u.window.Canvas().Focus(field)
	}
}

// added chooses the new store where the form was opened from, and offers to take it back.
func (f *storeForm) added(a *desk.AddedStore) {
	u, into := f.u, f.into
	f.clear()
	into.loadProfiles()
	into.at = desk.Destination{Store: a.Store, Bucket: a.Bucket}
	if back := f.back; f.all.Visible() {
		u.open(back)
	}
	into.moved()
	if into.bucket.Visible() {
		u.window.Canvas().Focus(into.bucket)
	}
	u.sayAdded(into, a)
}

// sayAdded says that a store was added, and offers to take it back.
func (u *ui) sayAdded(into *destinationFields, a *desk.AddedStore) {
	said := notice{tone: good, text: lang.L("Added {{.Name}}.", args{"Name": a.Store.Profile}), help: lang.L("Its keys are in the AWS files, where the AWS CLI finds them too.")}
	if a.Replaced {
		said.text = lang.L("Changed {{.Name}}.", args{"Name": a.Store.Profile})
	}
	var wrong []string
	if a.Left != "" {
		wrong = append(wrong, lang.L("The tiny object {{.Key}} could not be removed from the bucket.", args{"Key": a.Left}))
	}
	if a.Elsewhere != nil {
		wrong = append(wrong, told(a.Elsewhere.What), told(a.Elsewhere.Help))
	}
	if !a.Checked {
		wrong = append(wrong, lang.L("Nobody has asked the store whether it takes the keys."))
	}
	if len(wrong) > 0 {
		said.tone, said.help = warning, strings.Join(wrong, " ")
	}
	said.actions = []*button{u.button(secondary, lang.L("Undo"), func() { u.undoStore(into, a) })}
	u.notices.show(storeNotice, said)
}

// undoStore takes an added store back.
func (u *ui) undoStore(into *destinationFields, a *desk.AddedStore) {
	u.notices.hide(storeNotice)
	ask(u, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.desk.UndoAddStore(ctx, a) }, func(_ struct{}, err error) {
		if err != nil {
			u.notices.trouble(storeNotice, desk.Explain(err), bad)
			return
		}
		into.loadProfiles()
		if _, there := into.profileOf(into.at.Store); !there {
			into.at = desk.Destination{Store: into.standard()}
		}
		into.moved()
	})
}
