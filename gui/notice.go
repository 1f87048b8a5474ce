package gui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// notices are lines at the top of the window for what is no matter of one row; no dialog stands in the way. What is
// wrong, and what is asked, stays until it is closed or no longer so. Of news there is one line, the last, and it goes by
// itself after a while, unless it has a button.
type notices struct {
	ui      *ui
	box     *fyne.Container
	lines   map[string]*fyne.Container
	news    map[string]time.Time  // which of them are news, and when that goes by itself; zero: it does not
	signIns map[string]desk.Store // those about an ended session, with the store to sign in to
}

// newsLast is how long news stands there, time enough to read two sentences.
const newsLast = 15 * time.Second

// notice is one such line.
type notice struct {
	tone    tone
	text    string
	help    string
	actions []*button
	below   fyne.CanvasObject // below the buttons; nil for nothing
	sticky  bool              // has no cross: it is a question, or goes by itself
}

func (u *ui) newNotices() *notices {
	n := &notices{ui: u, box: container.New(stack{gap: 8}), lines: map[string]*fyne.Container{}, news: map[string]time.Time{},
		signIns: map[string]desk.Store{}}
	n.box.Hide()
	return n
}

// show puts a line under a name, in place of the one with the same name, and gives its words, for what changes.
func (n *notices) show(name string, what notice) *prose {
	text, _ := what.tone.colors()
	words := n.ui.prose(what.text, text)
	words.label.TextStyle.Bold = true
	content := container.New(stack{gap: 2}, words.all)
	if what.help != "" {
		content.Add(n.ui.prose(what.help, colorText).all)
	}
	end := container.New(line{gap: 8})
	below := container.New(&flow{gap: 8})
	for _, b := range what.actions {
		if len(what.actions) > 2 { // beside them there would be no room for the words in a narrow window
			below.Add(b)
		} else {
			end.Add(b)
		}
	}
	if !what.sticky {
		end.Add(n.ui.iconButton(iconClose, lang.L("Close"), func() { n.hide(name) }))
	}
	beside := container.New(line{gap: gap, stretch: content}, content, end)
	if len(end.Objects) == 0 {
		beside = content
	}
	if len(below.Objects) > 0 {
		beside = container.New(stack{gap: 8}, beside, below)
	}
	if what.below != nil {
		beside = container.New(stack{gap: 8}, beside, container.New(line{}, what.below))
	}
	isNews := !what.sticky && (what.tone == good || what.tone == neutral)
	if isNews {
		for other := range n.news {
			n.drop(other)
		}
	}
	n.put(name, what.tone, beside)
	if isNews {
		n.news[name] = time.Time{}
		if len(what.actions) == 0 && what.below == nil {
			n.news[name] = n.ui.now().Add(newsLast)
		}
	}
	return words
}

// put shows any content as a line.
func (n *notices) put(name string, tone tone, content fyne.CanvasObject) {
	n.drop(name)
	_, back := tone.colors()
	all := container.NewStack(newSurface(back, colorNone, radius), container.New(inset{gap, 8, gap, 8}, content))
	n.lines[name] = all
	n.box.Add(all)
	n.box.Show()
	n.ui.relayout()
}

// trouble shows a trouble as a line; nil takes the line away.
func (n *notices) trouble(name string, t *desk.Trouble, tone tone) { n.troubled(name, t, tone, nil) }

// troubled is trouble for what can be done again once somebody has signed in, if that is what it lacks.
func (n *notices) troubled(name string, t *desk.Trouble, tone tone, again func()) {
	if t == nil {
		n.hide(name)
		return
	}
	if tone == bad {
		n.ui.busy.Go(func() { n.ui.desk.NoteTrouble(t) }) // which writes a file
	}
	said := notice{tone: tone, text: told(t.What), help: helpIn(t)}
	if t.SignIn != nil {
		said.actions = []*button{n.ui.signInButton(t, func() {
			n.hide(name)
			if again != nil {
				again()
			}
		})}
	}
	n.show(name, said)
	if t.SignIn != nil {
		n.signIns[name] = *t.SignIn
	}
}

// hide takes a line away.
func (n *notices) hide(name string) {
	if n.drop(name) {
		n.ui.relayout()
	}
}

// tick is called once a second, and takes news away that stood there long enough.
func (n *notices) tick() {
	now := n.ui.now()
	for name, until := range n.news {
		if !until.IsZero() && now.After(until) {
			n.hide(name)
		}
	}
}

func (n *notices) drop(name string) bool {
	old, ok := n.lines[name]
	if ok {
		delete(n.lines, name)
		delete(n.news, name)
		delete(n.signIns, name)
		if focused := n.ui.window.Canvas().Focused(); focused != nil && holds(old, focused) {
			n.ui.window.Canvas().Unfocus() // what is out of sight does nothing any more
		}
		n.box.Remove(old)
		n.box.Hidden = len(n.lines) == 0
	}
	return ok
}

// holds reports whether an object is in a container.
func holds(c *fyne.Container, o fyne.Focusable) bool {
	for _, inner := range c.Objects {
		if deeper, ok := inner.(*fyne.Container); ok && holds(deeper, o) {
			return true
		}
		if f, ok := inner.(fyne.Focusable); ok && f == o {
			return true
		}
	}
	return false
}

// prose is small text that goes on in the next line where it does not fit.
type prose struct {
	label *widget.Label
	all   fyne.CanvasObject
}

func (u *ui) prose(text string, color fyne.ThemeColorName) *prose {
	p := &prose{label: widget.NewLabel(text)}
	p.label.Wrapping = fyne.TextWrapWord
	p.label.SizeName = sizeSmall
	p.set(text, color)
	p.all = container.NewThemeOverride(p.label, flatLook{u.look})
	return p
}

func (p *prose) set(text string, color fyne.ThemeColorName) {
	importance := widget.MediumImportance
	switch color {
	case colorMuted:
		importance = widget.LowImportance
	case colorOk:
		importance = widget.SuccessImportance
	case colorWarn:
		importance = widget.WarningImportance
	case colorError:
		importance = widget.DangerImportance
	case colorAccent:
		importance = widget.HighImportance
	}
	if p.label.Text != text || p.label.Importance != importance {
		p.label.Importance = importance
		p.label.SetText(text)
	}
}

// flatLook takes the air around texts away that Fyne's labels bring.
type flatLook struct{ *look }

// Size implements fyne.Theme.
func (f flatLook) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeNameInnerPadding {
		return 0
	}
	return f.look.Size(name)
}
