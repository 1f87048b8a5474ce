package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// browseEmpty stands where the rows would be, and explains itself.
type browseEmpty struct {
	p     *browsePlace
	all   *fyne.Container
	title *clipped
	text  *prose
	help  *prose
	first *button
	typed *button
}

func (p *browsePlace) newEmpty() *browseEmpty {
	e := &browseEmpty{p: p, title: newClipped(sizeTitle, colorText, true), text: p.u.prose("", colorText), help: p.u.prose("", colorMuted)}
	e.title.align = fyne.TextAlignCenter
	e.text.label.Alignment, e.help.label.Alignment = fyne.TextAlignCenter, fyne.TextAlignCenter
	e.first = p.u.button(secondary, "", nil)
	e.typed = p.u.button(secondary, "", nil)
	picture := newPicture(iconFolder, colorAccent, 36)
	e.all = newCard(container.New(middleOfText{picture}, container.New(stack{gap: 8},
		picture, e.title, e.text.all, e.help.all,
		container.New(inset{0, 8, 0, 0}, container.NewCenter(container.New(line{gap: gap}, e.first, e.typed))))))
	return e
}

// say explains why there is nothing to see, and what to do.
func (e *browseEmpty) say() {
	p := e.p
	var title, text, help string
	first, do := "", func() {}
	switch {
	case p.none():
		title = lang.L("No AWS profile on this computer")
		text = lang.L("Add a store with its keys, or try Waybill without an account.")
		first, do = lang.L("Send a file"), func() { p.u.open(p.u.send) }
	case p.bucket == "":
		title, text = lang.L("Which bucket?"), lang.L("Name it above, and what is in it shows up here.")
	case p.loading || p.soon != nil:
		title = lang.L("Looking into {{.Place}}…", args{"Place": p.bucket})
		text = lang.L("One moment")
	case p.trouble != nil:
		title, text, help = lang.L("This cannot be listed"), told(p.trouble.What), told(p.trouble.Help)
		if p.trouble.Denied() {
			help += " " + lang.L("A link needs no list: type the whole name above, as in alice/report.pdf.")
		}
		first, do = lang.L("Try again"), p.load
	case p.search.Text != "":
		title = lang.L("Nothing here begins with “{{.Text}}”", args{"Text": p.search.Text})
		text = lang.L("Upper and lower case are different, and other folders are not searched.")
		first, do = lang.L("Show all"), func() { p.search.clear(); p.load() }
	case p.folder != "":
		title = lang.L("Nothing in this folder")
		text = lang.L("S3 keeps no empty folders: this one is there again as soon as something is sent to it.")
		first, do = lang.L("Up one folder"), p.up
	default:
		title, text = lang.L("The bucket is empty"), lang.L("What is sent to it shows up here.")
		first, do = lang.L("Send a file"), func() { p.u.open(p.u.send) }
	}
	typed := ""
	if key, ok := p.search.key(); ok && p.trouble != nil && !p.loading {
		typed, first = lang.L("Copy a link to {{.Key}}", args{"Key": clip(desk.Visible(key), 30)}), ""
	}
	e.title.set(title, colorText)
	e.text.set(text, colorText)
	e.help.set(help, colorMuted)
	e.help.all.Hide()
	if help != "" {
		e.help.all.Show()
	}
	e.first.Hidden, e.typed.Hidden = first == "", typed == ""
	e.first.set(secondary, first, iconNone, "", do)
	e.typed.set(primary, typed, iconNone, "", func() { p.search.enter() })
	e.all.Refresh()
}

// middleOfText is middleOf for what has texts in it that go on in the next line. Where there is no room for all of
// it, the picture goes.
type middleOfText struct{ picture *picture }

// Layout implements fyne.Layout.
func (m middleOfText) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := max(min(size.Width-2*margin, 520), 0)
	o := objects[0]
	m.picture.Hidden = false
	o.Resize(fyne.NewSize(width, o.Size().Height)) // texts that wrap know their height once they know their width
	height := o.MinSize().Height
	if m.picture.Hidden = height > size.Height; m.picture.Hidden {
		height = o.MinSize().Height
	}
	o.Move(fyne.NewPos((size.Width-width)/2, max((size.Height-height)/2, 0)))
	o.Resize(fyne.NewSize(width, height))
}

// MinSize implements fyne.Layout.
func (middleOfText) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 120) }
