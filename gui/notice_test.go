package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// TestNewsGoes: of what went well one line stands there, and goes by itself; what is wrong or asked stays.
func TestNewsGoes(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	now := time.Now()
	r.now = func() time.Time { return now }
	undo := r.button(secondary, "Undo", func() {})
	r.notices.show("bad", notice{tone: bad, text: "It failed."})
	r.notices.show("question", notice{tone: neutral, sticky: true, text: "Shall it?"})
	r.notices.show("first", notice{tone: good, text: "One is done."})
	r.notices.show("second", notice{tone: good, text: "Two is done.", actions: []*button{undo}})
	stands := func(want ...string) {
		t.Helper()
		if len(r.notices.lines) != len(want) || len(r.notices.box.Objects) != len(want) {
			t.Errorf("%d lines stand there, want %q", len(r.notices.lines), want)
		}
		for _, name := range want {
			if r.notices.lines[name] == nil {
				t.Errorf("%s has gone", name)
			}
		}
	}
	stands("bad", "question", "second")
	now = now.Add(time.Hour)
	r.count()
	stands("bad", "question", "second") // who wants to undo it has the time for that
	r.notices.show("third", notice{tone: neutral, text: "Three is done."})
	stands("bad", "question", "third")
	now = now.Add(newsLast)
	r.count()
	stands("bad", "question", "third")
	now = now.Add(time.Second)
	r.count()
	stands("bad", "question")
}

// TestKeysBehindAChooser: Fyne's own chooser has the keys while it covers the window, and Escape closes it.
func TestKeysBehindAChooser(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.ui.open(r.links)
	chosen := 0
	r.fyneFolder("Choose", lang.L("Save"), func(string) { chosen++ })
	if r.chooser == nil || r.window.Canvas().Overlays().Top() == nil {
		t.Fatal("there is no chooser")
	}
	for _, s := range r.keys {
		if s.id != "escape" && s.id != "quit" {
			r.ui.press(s)
		}
	}
	if !r.links.all.Visible() {
		t.Error("the place behind the chooser has changed")
	}
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if r.chooser != nil || r.window.Canvas().Overlays().Top() != nil || chosen > 0 {
		t.Error("Escape does not close it")
	}
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyF1})
	if !r.settings.all.Visible() {
		t.Error("the keys are not back")
	}
}
