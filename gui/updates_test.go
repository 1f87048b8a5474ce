package gui

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
	"waybill/internal/ledger"
	"waybill/internal/testupdates"
)

// withUpdates gives a test a server with versions, and what a desk of version 1.1.0 is opened with to look there.
func withUpdates(t *testing.T) (*testupdates.Server, desk.Options) {
	t.Helper()
	withProfiles(t)
	s := testupdates.New(t)
	t.Setenv("AWS_CA_BUNDLE", s.Trust())
	return s, desk.Options{Home: filepath.Join(t.TempDir(), "home"), Version: "1.1.0", Updates: desk.UpdateSource(s.Source())}
}

// hasSent puts a sent file into the ledger of a home.
func hasSent(t *testing.T, home string) {
	t.Helper()
	l, err := ledger.Open(context.Background(), filepath.Join(home, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Put(context.Background(), ledger.Record{ID: "a", Name: "a.txt", Bucket: "team-share", Key: "a.txt", State: "sent", Created: time.Now().Add(-48 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// settled waits until all that a start asks the desk for has come back.
func (r *rig) settled() {
	r.t.Helper()
	r.ready()
	done := false
	ask(r.ui, func(ctx context.Context) (bool, error) { return r.desk.ShouldAskAboutUpdates(ctx), nil }, func(bool, error) { done = true })
	r.until("the desk has answered", func() bool { return done })
}

func TestUpdatesAreAskedForOnce(t *testing.T) {
	s, with := withUpdates(t)
	s.Publish(testupdates.Release("1.2.0"))
	// Nothing was sent yet: this is no moment to ask.
	r := openOver(t, with, Options{})
	r.settled()
	if r.says(updatesNotice) != "" {
		t.Errorf("%q", r.says(updatesNotice))
	}
	hasSent(t, with.Home)
	r = openOver(t, with, Options{})
	r.until("it asks", func() bool {
		return strings.HasPrefix(r.says(updatesNotice), "May Waybill look for a newer version now and then? Once a day at most")
	})
	if len(s.Asked()) != 0 {
		t.Error("it looked before it was allowed to")
	}
	r.press(updatesNotice, "No")
	if r.says(updatesNotice) != "" || r.desk.Settings().Updates.Look != desk.LookNo {
		t.Error("the answer is not remembered")
	}
	r.lookWhenDue()
	r = openOver(t, with, Options{})
	r.settled()
	if r.says(updatesNotice) != "" || len(s.Asked()) != 0 {
		t.Errorf("%q, %d requests", r.says(updatesNotice), len(s.Asked()))
	}
}

func TestNewerVersion(t *testing.T) {
	s, with := withUpdates(t)
	s.Publish(testupdates.Release("1.2.0"))
	hasSent(t, with.Home)
	r := openOver(t, with, Options{})
	a := r.watched()
	r.until("it asks", func() bool { return r.says(updatesNotice) != "" })
	r.press(updatesNotice, "Yes")
	r.until("it is offered", func() bool { return strings.HasPrefix(r.says(updatesNotice), "Waybill 1.2.0 is out. This is 1.1.0.") })
	r.press(updatesNotice, "What is new")
	if !r.cover.Visible() || r.shell.Visible() || !strings.Contains(labels(r.cover), "- Links that sing.") {
		t.Errorf("%q", labels(r.cover))
	}
	buttonIn(r.cover, "Open the download page").Tapped(nil)
	if u := <-a.urls; u.String() != "https://example.com/releases/v1.2.0" {
		t.Errorf("%s", u)
	}
	r.uncover()
	if r.cover.Visible() || !r.shell.Visible() || r.uncover != nil {
		t.Error("the window is not given back")
	}
	r.press(updatesNotice, "Open the download page")
	if u := <-a.urls; u.String() != "https://example.com/releases/v1.2.0" {
		t.Errorf("%s", u)
	}
	// Today it was looked; a window that is opened again does not look.
	asked := len(s.Asked())
	r.lookWhenDue()
	r.settled()
	if len(s.Asked()) != asked {
		t.Error("it looked twice a day")
	}
	// Tomorrow it looks by itself, some seconds after the start.
	r.press(updatesNotice, "Skip this version")
	with.Now = func() time.Time { return time.Now().Add(23*time.Hour + 59*time.Minute) }
	r = openOver(t, with, Options{})
	if r.desk.UpdateDue() {
		t.Error("the day is not over")
	}
	with.Now = func() time.Time { return time.Now().Add(25 * time.Hour) }
	m := testupdates.Release("1.3.0")
	m.Expires = m.Expires.Add(48 * time.Hour)
	s.Publish(m)
	r = openOver(t, with, Options{})
	r.until("the next one is offered", func() bool { return strings.HasPrefix(r.says(updatesNotice), "Waybill 1.3.0 is out.") })
	r.press(updatesNotice, "Skip this version")
	// The day after that, the one that was skipped is not spoken of, unless somebody asks.
	with.Now = func() time.Time { return time.Now().Add(50 * time.Hour) }
	r = openOver(t, with, Options{})
	before := len(s.Asked())
	r.until("it has looked", func() bool { return len(s.Asked()) == before+2 && !r.settings.updates.looking })
	if r.says(updatesNotice) != "" {
		t.Errorf("%q", r.says(updatesNotice))
	}
	r.settings.updates.look.Tapped(nil)
	r.until("it is said", func() bool { return strings.HasPrefix(r.says(updatesNotice), "Waybill 1.3.0 is out.") })
}

func TestUpdateSettings(t *testing.T) {
	s, with := withUpdates(t)
	m := testupdates.Release("1.1.0")
	s.Publish(m)
	r := openOver(t, with, Options{})
	r.ready()
	r.ui.open(r.settings)
	chips := map[string]*filterChip{}
	collect(r.settings.updates.all, chips)
	if chips["Once a day"].on || !chips["Never"].on || r.settings.updates.last.label.Text != "Nobody has looked yet." {
		t.Errorf("%q", r.settings.updates.last.label.Text)
	}
	// Somebody looks, and nothing is newer; whether it may by itself is not said by that.
	r.settings.updates.look.Tapped(nil)
	if r.settings.updates.last.label.Text != "Looking…" {
		t.Errorf("%q", r.settings.updates.last.label.Text)
	}
	r.until("it is said", func() bool { return r.says(updatesNotice) == "Waybill 1.1.0 is the newest there is." })
	if !strings.HasPrefix(r.settings.updates.last.label.Text, "Last look: ") || r.desk.Settings().Updates.Look != desk.LookUnasked {
		t.Errorf("%q", r.settings.updates.last.label.Text)
	}
	// What went wrong in the background is said here, and nowhere else.
	s.Handle(http.NotFoundHandler())
	chips["Once a day"].Tapped(nil)
	if !chips["Once a day"].on || r.desk.UpdateDue() {
		t.Error("it looks again though it has looked today")
	}
	r.notices.hide(updatesNotice)
	r.settings.updates.look.Tapped(nil)
	r.until("it is said", func() bool {
		return strings.HasPrefix(r.says(updatesNotice), "Something else than a list of versions came from 127.0.0.1:")
	})
	if !strings.HasPrefix(r.settings.updates.last.label.Text, "Something else than a list of versions came from") {
		t.Errorf("%q", r.settings.updates.last.label.Text)
	}
	chips["Never"].Tapped(nil)
	if r.desk.Settings().Updates.Look != desk.LookNo || chips["Once a day"].on {
		t.Error("it cannot be forbidden any more")
	}
}

// TestAForgedListIsNoNotice: what fails in the background bothers nobody.
func TestAForgedListIsNoNotice(t *testing.T) {
	s, with := withUpdates(t)
	other := testupdates.New(t)
	other.Publish(testupdates.Release("9.0.0"))
	s.Put([]byte("{}"), other.Sign([]byte("{}")))
	r := openOver(t, with, Options{})
	r.ready()
	r.allowUpdates(true)
	r.until("it has looked", func() bool { return !r.settings.updates.looking })
	if r.says(updatesNotice) != "" || !strings.HasPrefix(r.settings.updates.last.label.Text, "The list of versions is not signed by those who have built this Waybill.") {
		t.Errorf("%q, %q", r.says(updatesNotice), r.settings.updates.last.label.Text)
	}
}

// TestNoWordOfUpdates: a build that looks nowhere does not speak of it.
func TestNoWordOfUpdates(t *testing.T) {
	withProfiles(t)
	home := filepath.Join(t.TempDir(), "home")
	hasSent(t, home)
	r := open(t, home, Options{Version: "1.1.0"})
	r.settled()
	if r.says(updatesNotice) != "" {
		t.Errorf("%q", r.says(updatesNotice))
	}
	if text := labels(r.settings.scroll.Content); strings.Contains(text, "signed list of versions") || strings.Contains(text, "Look now") {
		t.Error("the settings speak of it")
	}
}

// labels are the words of the prose in something.
func labels(o fyne.CanvasObject) string {
	var words []string
	eachObject(o, func(o fyne.CanvasObject) {
		if l, ok := o.(*widget.Label); ok {
			words = append(words, l.Text)
		}
	})
	return strings.Join(words, "\n")
}
