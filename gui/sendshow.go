package gui

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// show brings what is in sight up to date.
func (s *sendPlace) show() {
	n := s.totals()
	empty := len(s.shown) == 0
	s.zone.all.Hidden, s.rows.card.Hidden = !empty, empty
	s.strip.all.Hidden, s.foot.Hidden, s.hint.Hidden = empty, empty, !empty
	if box := s.all.Objects[1]; box.Visible() == empty {
		if empty {
			box.Hide()
		} else {
			box.Show()
		}
		s.all.Refresh()
	}
	s.showZone()
	s.showFoot(n)
	s.rows.again()
}

// showZone says what will happen to what is dropped.
func (s *sendPlace) showZone() {
	z := s.zone
	u := s.u
	z.second.Hide()
	z.third.Hide()
	z.text.keepEnd = false
	place := func() string { return s.dest.place() }
	switch {
	case s.dest.none():
		z.title.set(lang.L("No AWS profile on this computer"), colorText)
		z.text.set(lang.L("Add a store with its keys, or try Waybill without an account."), colorMuted)
		z.button.set(primary, lang.L("Try the sandbox"), iconNone, "", s.dest.sandbox)
		z.second.set(secondary, lang.L("Look again"), iconNone, "", s.dest.begin)
		z.second.Show()
		z.third.set(secondary, lang.L("Add a store…"), iconNone, "", s.u.addStoreHere)
		z.third.Show()
		s.hint.set(lang.L("The sandbox is a real S3 store inside Waybill; what you send stays on this computer."), colorMuted)
	case s.dest.at.Bucket == "":
		z.title.set(lang.L("Drop files or folders here"), colorText)
		z.text.set(lang.L("Name a bucket above, and they go there; the link is copied for you"), colorMuted)
		z.button.set(secondary, lang.L("Choose files…"), iconNone, u.tipFor("choose"), func() { s.choose(false) })
	case s.dest.names.of() != desk.DestinationNaming{Destination: s.dest.names.at}:
		z.title.set(lang.L("Drop files or folders here"), colorText)
		z.text.keepEnd = true // a long key is shortened in its middle
		z.text.set(lang.L("report.pdf goes to {{.Key}}, and the link is copied for you", args{"Key": s.dest.names.now()}), colorMuted)
		z.button.set(secondary, lang.L("Choose files…"), iconNone, u.tipFor("choose"), func() { s.choose(false) })
	default:
		z.title.set(lang.L("Drop files or folders here"), colorText)
		z.text.set(lang.L("They go to {{.Place}} and the link is copied for you", args{"Place": place()}), colorMuted)
		z.button.set(secondary, lang.L("Choose files…"), iconNone, u.tipFor("choose"), func() { s.choose(false) })
	}
	if u.desk.PayerNotice(s.dest.at) != nil {
		s.hint.set(lang.L("Your account pays for requests to this bucket, and for downloads by the links"), colorWarn)
	} else if !s.dest.none() {
		s.hint.set(s.clashHint(), colorMuted)
	}
	z.all.Refresh()
}

// clashHint says what happens to a name that is taken.
func (s *sendPlace) clashHint() string {
	switch s.u.desk.Settings().OnClash {
	case desk.ClashReplace:
		return lang.L("A file of the same name is replaced: so you chose in the settings")
	case desk.ClashSkip:
		return lang.L("Nothing is overwritten: a file whose name is taken is not sent")
	case desk.ClashAsk:
		return lang.L("Nothing is overwritten: Waybill asks when a name is taken")
	}
	return lang.L("Nothing is overwritten: a second report.pdf becomes report (2).pdf")
}

// showFoot says how far everything is, and offers what can be done with it.
func (s *sendPlace) showFoot(n totals) {
	w := s.u.words
	summary, speed := "", ""
	switch {
	case n.open > 0:
		parts := []string{lang.L("{{.Open}} of {{.Files}} to go", args{"Open": w.count(n.open), "Files": w.count(n.files)}), w.size(n.left)}
		if n.signIns > 0 {
			speed = lang.L("Waiting for somebody to sign in")
		} else if n.waiting > 0 {
			speed = lang.L("Waiting for the network")
		} else if speed = w.speed(n.speed); speed != "" {
			parts = append(parts, w.left(durationOf(float64(n.left)/n.speed)))
		}
		summary = strings.Join(parts, " · ")
	case n.failed > 0:
		summary = lang.N("{{.Count}} files were not sent", n.failed, args{"Count": w.count(n.failed)})
	case n.links > 0:
		summary = lang.N("{{.Count}} files sent", n.links, args{"Count": w.count(n.links)})
	}
	s.strip.summary.set(summary, colorMuted)
	s.speed.set(speed, colorMuted)
	s.pauseText.Hidden = n.open == 0
	if n.open > 0 && n.paused == n.open {
		s.pauseText.set(secondary, lang.L("Resume all"), iconNone, s.pauseText.tip, s.pauseAll)
	} else {
		s.pauseText.set(secondary, lang.L("Pause all"), iconNone, s.pauseText.tip, s.pauseAll)
	}
	s.copyText.Hidden, s.clearText.Hidden = n.links == 0, n.over == 0
	s.bundleText.Hidden = n.open > 0 || len(s.toBundle()) < 2
	s.strip.all.Refresh()
	s.foot.Refresh()
}

// toggle opens a failed row to show its details, or closes it.
func (s *sendPlace) toggle(at int) {
	if t := s.shown[at]; t.Trouble != nil {
		t.opened = !t.opened
		s.heights()
	}
}

// heights gives the opened rows the height that their details need.
func (s *sendPlace) heights() {
	open := map[int]float32{}
	for i, t := range s.shown {
		if t.opened && t.Trouble != nil {
			open[i] = openHeight(details(t.Trouble), s.rows.card.Size().Width)
		}
	}
	s.rows.changed(open)
}
