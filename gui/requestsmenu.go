package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// menu offers what can be done with a request.
func (p *requestsPlace) menu(r desk.Request, at fyne.CanvasObject) { p.u.popUp(p.menuOf(r), at) }

func (p *requestsPlace) menuOf(r desk.Request) []*fyne.MenuItem {
	u := p.u
	var items []*fyne.MenuItem
	add := func(key, label string, do func()) {
		item := fyne.NewMenuItem(label, do)
		item.Shortcut = u.menuKey(key)
		items = append(items, item)
	}
	rule := func() { items = append(items, fyne.NewMenuItemSeparator()) }
	standing := r.Standing(u.now())
	if !u.arrivals.all.Visible() {
		add("details", lang.L("Show what has arrived"), func() { u.arrivals.open(r) })
	}
	if standing == desk.RequestOpen {
		add("copy", lang.L("Copy the link"), func() { p.copyPages([]desk.Request{r}, desk.FormatURL) })
		items = append(items, p.copyAsItem(r))
		add("qr", lang.L("QR code"), func() { u.showPageQR(r) })
		add("browser", lang.L("Open in the browser"), func() { u.openPage(r) })
		add("mail", lang.L("Send by mail…"), func() { u.mailPage(r) })
		rule()
		add("page", lang.L("Save the page for a mail…"), func() { u.savePage(r) })
		add("", lang.L("May a page in a file upload?"), func() { u.checkCORS(r, true) })
		rule()
	}
	if r.Arrived > 0 {
		add("export", lang.L("Download all…"), func() { u.download(r, nil) })
	}
	add("", lang.L("Copy the S3 address"), func() { u.copy("s3://" + r.Destination.Bucket + "/" + r.Folder) })
	switch {
	case standing == desk.RequestOpen:
		add("revoke", lang.L("Close the request…"), func() { p.askClose(r) })
	case r.Denied && u.now().Before(r.Last()):
		add("", lang.L("Undo the refusal"), func() { p.undeny(r) })
	case standing == desk.RequestClosed && u.now().Before(r.Last()):
		add("revoke", lang.L("Have the store refuse what was signed…"), func() { p.askClose(r) })
	}
	if standing != desk.RequestOpen {
		add("forget", lang.L("Forget…"), func() { p.askForget([]desk.Request{r}) })
	}
	return items
}

// copyAsItem is the menu of forms in which the way into a request can be copied.
func (p *requestsPlace) copyAsItem(r desk.Request) *fyne.MenuItem {
	item := fyne.NewMenuItem(lang.L("Copy as"), nil)
	page := func(label string, f desk.Format) *fyne.MenuItem {
		return fyne.NewMenuItem(label, func() { p.copyPages([]desk.Request{r}, f) })
	}
	line := func(label string, s desk.Shell) *fyne.MenuItem {
		return fyne.NewMenuItem(label, func() { p.u.copyCommands(r, s) })
	}
	item.ChildMenu = fyne.NewMenu("", page(lang.L("Markdown"), desk.FormatMarkdown), page(lang.L("HTML"), desk.FormatHTML),
		page(lang.L("Plain link"), desk.FormatURL), fyne.NewMenuItemSeparator(),
		line(lang.L("curl command"), desk.ShellPOSIX), line(lang.L("PowerShell command"), desk.ShellPowerShell))
	return item
}

// requestsKey is what a key of other places does in the list of requests; nil where it has no other meaning there.
func (u *ui) requestsKey(id string) func() {
	p := u.requests
	one := func(do func(desk.Request)) func() {
		return func() {
			if list := p.chosen(); len(list) == 1 {
				do(list[0])
			}
		}
	}
	switch id {
	case "search":
		return func() { u.window.Canvas().Focus(p.search) }
	case "selectAll":
		return p.selectAll
	case "forget":
		return func() { p.askForget(p.chosen()) }
	case "copy":
		return func() { p.copyPages(p.openOnes(), desk.FormatURL) }
	case "details":
		return one(u.arrivals.open)
	case "escape":
		return p.escape
	}
	if do := u.requestKey(id); do != nil {
		return one(do)
	}
	return nil
}

// keyInRequests is what a key of other places is for among requests; "" where that is no different.
func keyInRequests(id string) string {
	switch id {
	case "export":
		return lang.L("Download what has arrived")
	case "details":
		return lang.L("Show what has arrived")
	case "revoke":
		return lang.L("Close the request")
	case "forget":
		return lang.L("Forget the requests")
	}
	return ""
}

// tipInRequests is a tooltip among requests.
func (u *ui) tipInRequests(id string) string {
	for _, s := range u.shortcuts() {
		if s.id == id {
			return keyInRequests(id) + "  " + keyName(s)
		}
	}
	return ""
}

// openOnes are the chosen requests that are open.
func (p *requestsPlace) openOnes() (list []desk.Request) {
	for _, r := range p.chosen() {
		if r.Standing(p.u.now()) == desk.RequestOpen {
			list = append(list, r)
		}
	}
	return list
}

// requestKey is what a key does with one request, wherever it is shown; nil where it does nothing.
func (u *ui) requestKey(id string) func(desk.Request) {
	whileOpen := func(do func(desk.Request)) func(desk.Request) {
		return func(r desk.Request) {
			if r.Standing(u.now()) == desk.RequestOpen {
				do(r)
			}
		}
	}
	switch id {
	case "copy":
		return whileOpen(func(r desk.Request) { u.requests.copyPages([]desk.Request{r}, desk.FormatURL) })
	case "qr":
		return whileOpen(u.showPageQR)
	case "browser":
		return whileOpen(u.openPage)
	case "mail":
		return whileOpen(u.mailPage)
	case "page":
		return whileOpen(u.savePage)
	case "export":
		return func(r desk.Request) { u.download(r, nil) }
	case "revoke":
		return u.requests.askClose
	case "forget":
		return func(r desk.Request) { u.requests.askForget([]desk.Request{r}) }
	}
	return nil
}
