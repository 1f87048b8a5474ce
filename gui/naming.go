package gui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// plainNames is the template of names as they are.
const plainNames desk.Template = "{name}"

// names says how the keys at a destination are made. Closed it is a word in the line below the fields; opened it is
// a card with the template, and with the key that a file would get.
type names struct {
	ui      *ui
	changed func(taken bool) // the card needs another height; taken: and other keys may be made from now on

	entry   *button
	card    *fyne.Container
	field   *nameField
	hidden  *toggle
	chips   []*filterChip
	preview *prose
	help    *prose
	helpBox *fyne.Container

	at      desk.Destination // whose naming it shows
	trouble *desk.Trouble    // what is wrong with what stands in the field
	user    string           // who is signed in to this computer, for the preview
}

// templates are those on offer; any other can be typed.
func templates() []desk.Template {
	return []desk.Template{plainNames, "{date}/{name}", "{stem}-{time}{ext}", "{uuid}{ext}"}
}

func (u *ui) newNames(changed func(bool)) *names {
	n := &names{ui: u, changed: changed}
	n.entry = u.button(wordLink, "", n.toggle)
	n.entry.tip = u.tipFor("names")
	n.field = newNameField(n)
	n.hidden = u.toggle(lang.L("Unguessable part"), lang.L("A folder that nobody can guess, another one for each file"), func(bool) { n.typed(n.field.Text); n.take() })
	n.preview, n.help = u.prose("", colorMuted), u.prose("", colorMuted)
	n.helpBox = container.New(inset{}, n.help.all)
	chips := container.New(line{gap: 8})
	for _, t := range templates() {
		c := newFilterChip(u, func() {
			n.field.SetText(string(t))
			n.take()
			u.window.Canvas().Focus(n.field)
		})
		n.chips = append(n.chips, c)
		chips.Add(c)
	}
	label := newClipped(sizeSmall, colorMuted, false)
	label.text = lang.L("Names in the bucket")
	framedField := framed(n.field.frame, n.field)
	row := container.New(line{gap: gap, stretch: framedField}, framedField, n.hidden, u.iconButton(iconClose, lang.L("Close"), n.close))
	n.card = newCard(container.New(inset{16, 12, 8, 12}, container.New(stack{gap: 8},
		container.New(stack{gap: 4}, label, row), container.New(inset{}, chips),
		container.New(stack{gap: 2}, n.preview.all, n.helpBox))))
	n.card.Hide()
	n.show()
	return n
}

// of is how keys are made at the destination that is shown.
func (n *names) of() desk.DestinationNaming { return n.ui.desk.Settings().NamingOf(n.at) }

// follow shows another destination's naming.
func (n *names) follow(at desk.Destination) {
	if n.at == at {
		return
	}
	n.at = at
	n.show()
}

// show fills the card from what is remembered.
func (n *names) show() {
	naming := n.of()
	n.hidden.set(naming.Unguessable)
	if naming.Template == "" {
		naming.Template = plainNames
	}
	n.field.SetText(string(naming.Template)) // which calls typed, unless nothing changes
	n.typed(n.field.Text)
	n.say()
}

// say names what is chosen in the line below the fields.
func (n *names) say() {
	naming, text := n.of(), lang.L("Names")
	switch {
	case naming.Template != "":
		text = lang.L("Names by template")
	case naming.Unguessable:
		text = lang.L("Names nobody can guess")
	}
	n.entry.set(wordLink, text, iconNone, n.entry.tip, n.toggle)
}

func (n *names) toggle() {
	if n.card.Visible() {
		n.close()
		return
	}
	n.open()
}

func (n *names) open() {
	if !n.ui.sure(n.open) { // else an empty field would look like what was chosen
		return
	}
	n.card.Show()
	n.show()
	n.changed(false)
	n.ui.window.Canvas().Focus(n.field)
	if n.user == "" {
		// A directory in the network may have to be asked for the name.
		ask(n.ui, func(context.Context) (string, error) { return desk.NewNaming(n.ui.now(), false).User, nil },
			func(user string, _ error) {
				n.user = user
				n.typed(n.field.Text)
			})
	}
}

// close takes what stands in the field; what is wrong there is given up.
func (n *names) close() {
	if !n.card.Visible() {
		return
	}
	n.take()
	n.card.Hide()
	if n.ui.window.Canvas().Focused() == fyne.Focusable(n.field) {
		n.ui.window.Canvas().Unfocus()
	}
	n.show()
	n.changed(true)
}

// typed looks at what stands in the field, and shows the key that it makes.
func (n *names) typed(text string) {
	had := n.trouble
	n.trouble = nil
	template, err := desk.ParseTemplate(text)
	if err != nil {
		n.trouble = desk.Explain(err)
		n.preview.set(told(n.trouble.What), colorError)
		n.help.set(told(n.trouble.Help), colorMuted)
	} else {
		n.preview.set(lang.L("{{.File}} becomes {{.Key}}", args{"File": "report.pdf", "Key": n.example(template, n.hidden.on)}), colorText)
		n.help.set(lang.L("Words: {{.Words}}. A slash makes a folder.", args{"Words": wordList()}), colorMuted)
	}
	for i, t := range templates() {
		n.chips[i].set(string(t), string(t) == strings.TrimSpace(text))
	}
	if (had == nil) != (n.trouble == nil) {
		n.changed(false)
	}
}

// now is where a file called report.pdf goes as things stand.
func (n *names) now() string {
	naming := n.of()
	return n.example(naming.Template, naming.Unguessable)
}

// example is where a file called report.pdf would go.
func (n *names) example(t desk.Template, hidden bool) string {
	user := n.user
	if user == "" {
		user = "user"
	}
	return desk.BucketTitle(n.at.Bucket) + "/" + n.at.Prefix + t.Preview("report.pdf", desk.Naming{Now: n.ui.now(), User: user, Unguessable: hidden})
}

// wordList names the words of a template as they are written.
func wordList() string {
	var all []string
	for _, w := range desk.TemplateWords() {
		all = append(all, "{"+w+"}")
	}
	return strings.Join(all, " ")
}

// take remembers what stands in the field. It reports whether that can make keys.
func (n *names) take() bool {
	if !n.card.Visible() {
		return true // what is remembered was looked at
	}
	n.typed(n.field.Text)
	if n.trouble != nil {
		return false
	}
	template, err := desk.ParseTemplate(n.field.Text)
	if err != nil {
		return false
	}
	if template == plainNames {
		template = ""
	}
	chosen := desk.DestinationNaming{Destination: n.at, Template: template, Unguessable: n.hidden.on}
	settings := n.ui.desk.Settings()
	if settings.NamingOf(n.at) == chosen {
		return true
	}
	settings.SetNaming(chosen)
	if err := n.ui.desk.SaveSettings(settings); err != nil {
		n.ui.notices.trouble("settings", desk.Explain(err), warning)
	}
	n.ui.settingsTrouble()
	n.say()
	n.changed(true)
	return true
}

// nameField is the field for a template.
type nameField struct {
	widget.Entry
	names *names
	frame *surface
}

func newNameField(n *names) *nameField {
	f := &nameField{names: n, frame: newFrame()}
	f.PlaceHolder = string(plainNames)
	f.OnChanged = n.typed
	f.ExtendBaseWidget(f)
	return f
}

// FocusGained implements fyne.Focusable.
func (f *nameField) FocusGained() { f.Entry.FocusGained(); f.frame.focus(true) }

// FocusLost implements fyne.Focusable: leaving the field takes what stands in it.
func (f *nameField) FocusLost() {
	f.Entry.FocusLost()
	f.frame.focus(false)
	if f.names.card.Visible() && f.names.take() {
		f.names.changed(true)
	}
}

// TypedKey implements fyne.Focusable: Enter takes what was typed, Escape gives it up, and both close the card.
func (f *nameField) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if f.names.take() {
			f.names.close()
		}
	case fyne.KeyEscape:
		f.names.show()
		f.names.close()
	case fyne.KeyF1:
		f.names.ui.typedKey(k)
	default:
		f.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable: the window's own shortcuts work from within a field.
func (f *nameField) TypedShortcut(s fyne.Shortcut) {
	if custom, ok := s.(*desktop.CustomShortcut); !ok || !f.names.ui.typedShortcut(custom) {
		f.Entry.TypedShortcut(s)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (f *nameField) AccessibilityLabel() string {
	return lang.L("Names in the bucket") + ": " + f.Text
}

// AccessibilityRole implements fyne.Accessible.
func (f *nameField) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
