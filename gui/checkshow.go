package gui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// checkStepLine is a step: how it stands in a chip, what it is about, and what came of it.
type checkStepLine struct {
	chip   *chip
	title  *clipped
	result *prose
	help   *prose
	all    *fyne.Container
}

// checkChips is the width of the column of chips, so that no text moves with the word in one.
const checkChips = 116

// besideChip puts the texts at the left and a chip at the end of the line, where the rows of other places have theirs.
type besideChip struct{}

// Layout implements fyne.Layout.
func (besideChip) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	chip, texts := objects[0], objects[1]
	width := min(chip.MinSize().Width, checkChips-gap)
	chip.Move(fyne.NewPos(size.Width-width, 0))
	chip.Resize(fyne.NewSize(width, chipHeight))
	texts.Move(fyne.NewPos(0, 2))
	texts.Resize(fyne.NewSize(max(size.Width-checkChips, 0), size.Height-2))
}

// MinSize implements fyne.Layout.
func (besideChip) MinSize(objects []fyne.CanvasObject) fyne.Size {
	texts := objects[1].MinSize()
	return fyne.NewSize(checkChips+texts.Width, max(texts.Height+2, chipHeight))
}

func (p *checkPlace) newLine() *checkStepLine {
	l := &checkStepLine{chip: newChip(), title: newClipped(sizeBody, colorText, true), result: p.u.prose("", colorMuted), help: p.u.prose("", colorText)}
	l.help.all.Hide()
	l.all = container.New(besideChip{}, l.chip, container.New(stack{gap: 2}, l.title, l.result.all, l.help.all))
	return l
}

// chipOf is how a step stands, as its chip has it.
func chipOf(s desk.CheckStep) (string, tone) {
	switch s.State {
	case desk.CheckFine:
		return lang.L("Fine"), good
	case desk.CheckMissing:
		if !s.Needed {
			return lang.L("Not allowed"), neutral // it would be a convenience
		}
		return lang.L("Missing"), bad
	case desk.CheckFailed:
		return lang.L("Failed"), bad
	case desk.CheckSkipped:
		return lang.L("Not tried"), neutral
	case desk.CheckRunning:
		return lang.L("Checking…"), accent
	}
	return lang.L("Not known"), warning
}

// show brings all in sight up to date.
func (p *checkPlace) show() {
	p.about.set(p.named(), colorMuted)
	p.ask.Hidden = p.reply == nil
	p.policy.Disable()
	p.report.Disable()
	switch {
	case p.running:
		p.again.set(secondary, lang.L("Cancel"), iconNone, lang.L("Esc"), p.cancel)
	default:
		p.again.set(secondary, lang.L("Check again"), iconNone, "", p.begin)
	}
	if p.check == nil {
		p.sumBox.Hide()
		p.card.Hide()
		p.u.relayout()
		return
	}
	p.policy.Enable()
	p.report.Enable()
	for _, s := range p.check.Steps() {
		p.showStep(s)
	}
	p.card.Hidden = len(p.list.Objects) == 0
	p.showSum()
	p.u.relayout()
}

func (p *checkPlace) showStep(s desk.CheckStep) {
	l, known := p.lines[s.ID]
	if !known {
		l = p.newLine()
		p.lines[s.ID] = l
		p.list.Add(l.all)
	}
	l.chip.set(chipOf(s))
	l.title.set(told(s.Title), colorText)
	l.result.set(told(p.sentence(s.Result)), colorMuted)
	help := ""
	if s.Trouble != nil && (s.State == desk.CheckFailed || s.State == desk.CheckMissing && s.Needed) {
		help = told(s.Trouble.Help)
	}
	l.help.set(help, colorText)
	l.help.all.Hide()
	if help != "" {
		l.help.all.Show()
	}
}

// showSum says in a sentence what it comes to, and below that what works and what does not.
func (p *checkPlace) showSum() {
	p.sumBox.Show()
	set := func(o *prose, text string, color fyne.ThemeColorName) {
		o.set(text, color)
		o.all.Hide()
		if text != "" {
			o.all.Show()
		}
	}
	if p.running {
		text := lang.L("Looking at the destination…")
		for _, s := range p.check.Steps() {
			if s.State == desk.CheckRunning {
				text = told(s.Title) + "…"
			}
		}
		if p.reply != nil {
			text = lang.L("All that can be read is looked at; the rest has to be tried.")
		}
		p.sum.set(text, colorText)
		set(p.cannot, "", colorError)
		set(p.can, "", colorMuted)
		set(p.left, "", colorWarn)
		return
	}
	color := colorError
	if p.check.Works() {
		color = colorOk
	} else if _, missing, _ := p.check.Missing(); missing == 0 && p.check.Failed() == 0 {
		color = colorWarn
	}
	p.sum.set(told(p.check.Summary()), color)
	can, cannot, open := p.abilities()
	set(p.cannot, cannot, colorError)
	set(p.can, strings.Join(nonEmpty(can, open), " "), colorMuted)
	remains := ""
	if t := p.check.Left(); t != nil {
		remains = told(t.What) + " " + told(t.Help)
	}
	set(p.left, remains, colorWarn)
}

// abilities says of the wanted features which work, which do not, and of which nobody knows; of the others only those that
// work.
func (p *checkPlace) abilities() (can, cannot, open string) {
	if p.check.Failed() > 0 {
		return "", "", ""
	}
	var works, fails, unknown, names []string
	for _, a := range p.check.Abilities() {
		said := told(a.Say(told(a.Feature.Name())))
		switch state := a.State(); {
		case state == desk.CheckFine:
			works, names = append(works, said), append(names, told(a.Feature.Name()))
		case !a.Wanted:
		case state == desk.CheckMissing:
			fails = append(fails, said)
		default:
			unknown = append(unknown, said)
		}
	}
	if len(fails)+len(unknown) == 0 { // which the line above says already
		return strings.Join(names, " · "), "", ""
	}
	return strings.Join(works, " "), strings.Join(fails, " "), strings.Join(unknown, " ")
}

// named is the destination in words.
func (p *checkPlace) named() string {
	who := p.dest.Profile
	if p.dest.Sandbox {
		who = lang.L("Sandbox")
	}
	return strings.Join(nonEmpty("s3://"+p.dest.Bucket+"/"+p.dest.Prefix, who), " · ")
}

// sentence has numbers and times in it as people write them here.
func (p *checkPlace) sentence(t desk.Text) desk.Text {
	w := p.u.words
	shown := args{}
	for name, value := range t.Args {
		switch v := value.(type) {
		case desk.Rate:
			value = w.speed(float64(v))
		case desk.Moment:
			value = w.moment(time.Time(v), p.u.now())
		case desk.Took:
			value = w.milliseconds(time.Duration(v))
		case time.Duration:
			value = w.countdown(v)
		}
		shown[name] = value
	}
	return desk.Text{ID: t.ID, Args: shown}
}

// reportText is all of a check as text, for whoever shall help. It holds no secret.
func (p *checkPlace) reportText() string {
	lines := []string{"Waybill " + p.u.version, p.named(), ""}
	for _, s := range p.check.Steps() {
		state, _ := chipOf(s)
		lines = append(lines, "["+state+"] "+strings.Join(nonEmpty(told(s.Title), s.Permission), ", ")+": "+told(p.sentence(s.Result)))
		if s.Trouble != nil && s.Trouble.Detail != "" {
			lines = append(lines, "    "+s.Trouble.Code+": "+s.Trouble.Detail)
		}
	}
	if !p.running {
		can, cannot, open := p.abilities()
		lines = append(lines, "", told(p.check.Summary()))
		lines = append(lines, nonEmpty(cannot, open, can)...)
	}
	return strings.Join(lines, "\n") + "\n"
}
