package gui

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
	"waybill/internal/instance"
)

// heard is a desktop that remembers what it was told.
type heard struct{ said []notification }

func (h *heard) send(n notification) { h.said = append(h.said, n) }
func (h *heard) end()                {}

// listens puts such a desktop in place of the system's.
func (r *rig) listens() *heard {
	h := &heard{}
	r.notifier = h
	return h
}

// atSandbox opens a window on the shared store's bucket.
func atSandbox(t *testing.T, folder string) *rig {
	t.Helper()
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, folder)
	return r
}

func TestOneNotificationForADrop(t *testing.T) {
	r := atSandbox(t, "notified")
	h := r.listens()
	r.send.drop([]string{r.file("one.txt", "1"), r.file("two.txt", "2"), r.file("three.txt", "3")})
	r.over(3)
	if len(h.said) != 1 || h.said[0].title != "3 files are sent" || !strings.Contains(h.said[0].body, "3 links are on the clipboard and work until") {
		t.Fatalf("%+v", h.said)
	}
	links := r.clipboard()
	r.copy("something else")
	h.said[0].copy()
	if r.clipboard() != links || strings.Count(links, "\n") != 2 {
		t.Errorf("%q was copied", r.clipboard())
	}
	r.send.drop([]string{r.file("a & b.txt", "4")})
	r.over(4)
	if len(h.said) != 2 || h.said[1].title != "a & b.txt is sent" || !strings.Contains(h.said[1].body, "The link is on the clipboard and works until") {
		t.Errorf("%+v", h.said)
	}

	// Several in one page: its link.
	r.send.dest.takeBundle(true)
	r.send.drop([]string{r.file("five.txt", "5"), r.file("six.txt", "6")})
	r.over(6)
	if len(h.said) != 3 || h.said[2].title != "2 files are sent" || !strings.Contains(h.said[2].body, "The link is on the clipboard") {
		t.Errorf("%+v", h.said)
	}
	for _, n := range h.said {
		if strings.Contains(n.title+n.body, "http") || strings.Contains(n.title+n.body, "X-Amz") {
			t.Errorf("a link is said aloud: %+v", n)
		}
	}

	// Nothing is said to somebody who looks at it, or wants none of it.
	r.back.front = true
	r.send.drop([]string{r.file("seven.txt", "7")})
	r.over(7)
	r.back.hidden = true // a hidden window may still be said to have the keyboard
	s := r.desk.Settings()
	s.Silent = true
	r.saveSettings(s)
	r.send.drop([]string{r.file("eight.txt", "8")})
	r.over(8)
	if len(h.said) != 3 {
		t.Errorf("%+v", h.said[3:])
	}
}

func TestWhatFailedIsNotified(t *testing.T) {
	r := atSandbox(t, "failed")
	h := r.listens()
	r.fill(r.send.dest.bucket, "no-such-bucket")
	r.send.drop([]string{r.file("lost.txt", "1")})
	r.over(1)
	if len(h.said) != 1 || h.said[0].title != "lost.txt is not sent" || !strings.Contains(h.said[0].body, "no-such-bucket") || h.said[0].copy != nil {
		t.Errorf("%+v", h.said)
	}
	// What the person has ended is no news.
	r.fill(r.send.dest.bucket, "sandbox")
	r.sending()
	r.send.cancelAll()
	r.over(2)
	if len(h.said) > 1 {
		t.Errorf("%+v", h.said[1:])
	}
}

// TestAQuestionIsNotified: who has the window in the background would wait for ever.
func TestAQuestionIsNotified(t *testing.T) {
	r := atSandbox(t, "asked")
	h := r.listens()
	r.asksOnClash()
	path := r.file("same.txt", "1")
	r.send.drop([]string{path})
	r.over(1)
	write(t, path, "another one")
	r.send.drop([]string{path})
	r.until("it asks", func() bool { return len(r.send.asks) == 1 && r.send.totals().open == 1 })
	if len(h.said) != 2 || !strings.Contains(h.said[1].title, "same.txt is there already") {
		t.Errorf("%+v", h.said)
	}
	if v := r.tray.view(); !strings.HasPrefix(v.status, "1 file waits for your answer") {
		t.Errorf("%+v", v)
	}
	_, act := r.send.content1(0)
	act.more[2]() // skip it
	r.over(2)
}

func TestWhatTheTraySays(t *testing.T) {
	r := atSandbox(t, "tray")
	if v := r.tray.view(); v.status != "Nothing is being sent" || v.open || v.link != "" || v.part >= 0 || pictureOf(v).steps >= 0 {
		t.Errorf("%+v", v)
	}
	r.desk.SetLimitRate(8 << 20)
	r.send.drop([]string{r.file("half.bin", strings.Repeat("0123456789abcdef", 1<<20))})
	r.until("some of it is there", func() bool { v := r.tray.view(); return v.part > 10 && v.part < 90 })
	v := r.tray.view()
	if !strings.HasPrefix(v.status, "Sending 1 file, ") || !strings.Contains(v.status, " %") || v.hold != "Pause all" || !v.open || pictureOf(v).steps < 1 {
		t.Errorf("%+v", v)
	}
	r.send.pauseAll()
	r.until("it is paused", func() bool { return r.send.totals().paused == 1 })
	if v := r.tray.view(); !strings.HasPrefix(v.status, "1 file is paused, ") || v.hold != "Resume all" || !pictureOf(v).paused {
		t.Errorf("%+v", v)
	}
	r.send.pauseAll()
	r.over(1)
	r.until("the Links place has it", func() bool { return len(r.links.entries) == 1 })
	v = r.tray.view()
	if v.open || !strings.HasPrefix(v.link, "Copy last link: half.bin, ends ") {
		t.Errorf("%+v", v)
	}
	r.copy("something else")
	r.tray.copyLast()
	r.until("it is copied", func() bool { return strings.Contains(r.clipboard(), "half.bin") })
	if status(t, r.clipboard()) != 200 {
		t.Error("the link does not work")
	}
	// One that cannot be signed any more is said in the window, which comes back for it.
	r.back.hidden = true
	t.Setenv("AWS_CONFIG_FILE", r.file("config", "[profile other]\n"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", r.file("credentials", "[other]\n"))
	r.tray.copyLast()
	r.until("it is said", func() bool { return r.notices.lines["copy"] != nil })
	if r.back.hidden {
		t.Error("nobody sees it")
	}
}

func TestPicturesOfTheTray(t *testing.T) {
	idle, busy, paused := trayPicture{steps: -1}.draw(), trayPicture{steps: traySteps / 2}.draw(), trayPicture{steps: traySteps / 2, paused: true}.draw()
	if bytes.Equal(idle.Pix, busy.Pix) || bytes.Equal(busy.Pix, paused.Pix) || !idle.Rect.Eq(busy.Rect) {
		t.Error("they look the same")
	}
	// A bar that is half full has a full and an empty end.
	y := busy.Rect.Dy() - 6
	if busy.NRGBAAt(8, y) == busy.NRGBAAt(busy.Rect.Dx()-8, y) || busy.NRGBAAt(8, y).A != 0xFF {
		t.Errorf("%v, %v", busy.NRGBAAt(8, y), busy.NRGBAAt(busy.Rect.Dx()-8, y))
	}
	wrapped := ico([]byte("a picture"), 64)
	if len(wrapped) != 22+9 || string(wrapped[22:]) != "a picture" || wrapped[6] != 64 || wrapped[14] != 9 || wrapped[18] != 22 {
		t.Errorf("%v", wrapped)
	}
	if _, err := png.Decode(bytes.NewReader(trayPicture{steps: 3}.bytes())); err != nil {
		t.Error(err)
	}
	for _, most := range []int{40, 41} {
		if got := clip(strings.Repeat("ä", 100), most); len([]rune(got)) != most {
			t.Errorf("%d letters of %d: %q", len([]rune(got)), most, got)
		}
	}
}

// closed reports whether Waybill has been told to end. (The window itself stays for the rig to close.)
func (r *rig) closed() bool { return r.ctx.Err() != nil }

// sending has a file on its way that takes a while.
func (r *rig) sending() {
	r.t.Helper()
	r.desk.SetLimitRate(1 << 20)
	r.send.drop([]string{r.file("long.bin", strings.Repeat("0123456789abcdef", 1<<20))})
	r.until("it is under way", func() bool { return r.send.totals().open == 1 })
}

func TestClosingIntoTheTray(t *testing.T) {
	r := atSandbox(t, "closing")
	r.sending()
	// Without a tray there is no background.
	s := r.desk.Settings()
	s.OnClose = desk.OnCloseBackground
	r.saveSettings(s)
	r.desk.SetLimitRate(1 << 20)
	r.closeWindow()
	if r.closed() || r.back.hidden || buttonIn(r.notices.lines["close"], "Keep sending in the background") != nil || buttonIn(r.notices.lines["close"], "Close, go on later") == nil {
		t.Fatal("it does not ask as it should")
	}
	r.notices.hide("close")
	r.tray.there = true // but its icon is not in it yet
	r.closeWindow()
	if r.closed() || r.back.hidden || buttonIn(r.notices.lines["close"], "Keep sending in the background") != nil {
		t.Fatal("it goes where nobody finds it")
	}
	r.notices.hide("close")
	r.tray.built = true
	r.closeWindow()
	if r.closed() || !r.back.hidden {
		t.Fatal("it does not go on in the background")
	}
	r.comeForward()
	s.OnClose = desk.OnCloseAsk
	r.saveSettings(s)
	r.desk.SetLimitRate(1 << 20)
	r.closeWindow()
	line := r.notices.lines["close"]
	if r.closed() || r.back.hidden || line == nil {
		t.Fatal("it does not ask")
	}
	buttonIn(line, "Keep sending in the background").onTap()
	if !r.back.hidden || r.desk.Settings().OnClose != desk.OnCloseAsk {
		t.Error("it remembers what it was not to")
	}
	r.comeForward()
	r.closeWindow()
	tick := toggleIn(r.notices.lines["close"])
	tick.Tapped(nil)
	buttonIn(r.notices.lines["close"], "Keep sending in the background").onTap()
	if !r.back.hidden || r.desk.Settings().OnClose != desk.OnCloseBackground || r.notices.lines["close"] != nil {
		t.Error("it is not remembered")
	}
	// Quitting asks whatever was chosen, in a window that can be seen.
	r.askToQuit()
	if r.closed() || r.back.hidden || r.notices.lines["close"] == nil {
		t.Error("it ends without a word")
	}
	s.OnClose = desk.OnCloseQuit
	r.saveSettings(s)
	r.back.shown = false // see closed
	r.closeWindow()
	if !r.closed() || !errors.Is(context.Cause(r.ctx), desk.ErrLeave) {
		t.Error("it does not leave the rest for the next start")
	}
}

// toggleIn finds the switch of a notice.
func toggleIn(o fyne.CanvasObject) (found *toggle) {
	eachObject(o, func(o fyne.CanvasObject) {
		if t, is := o.(*toggle); is {
			found = t
		}
	})
	return found
}

// TestAWindowOfTheTrayGoesBackThere when it is closed with nothing to send, and what waits for the person keeps it open.
func TestAWindowOfTheTrayGoesBackThere(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.back.resident, r.tray.there, r.tray.built = true, true, true
	r.closeWindow()
	if r.closed() || !r.back.hidden {
		t.Error("it does not go back")
	}
	if err := r.handOver(instance.Call{Quietly: true, Files: []string{r.file("waits.txt", "1")}}); err != nil {
		t.Error(err)
	}
	if r.back.hidden || len(r.send.waiting) != 1 {
		t.Error("it waits where nobody sees it")
	}
	r.closeWindow()
	if r.closed() || r.back.hidden || r.notices.lines["close"] == nil {
		t.Error("what waits is lost without a word")
	}
}

func TestHandingOver(t *testing.T) {
	r := atSandbox(t, "handed")
	r.surroundings = map[string]string{"AWS_CONFIG_FILE": "/a"}
	r.back.hidden = true
	file := r.file("one.txt", "1")
	call := instance.Call{Files: []string{file}, Surroundings: map[string]string{"AWS_CONFIG_FILE": "/b"}}
	if err := r.handOver(call); !errors.Is(err, errOtherSurroundings) || len(r.send.shown) > 0 {
		t.Errorf("%v: it may have gone elsewhere", err)
	}
	call.Surroundings = r.surroundings
	if err := r.handOver(call); err != nil || r.back.hidden {
		t.Errorf("%v, hidden: %v", err, r.back.hidden)
	}
	r.over(1)
	if got := fetch(t, r.clipboard()); got != "1" {
		t.Errorf("%q", got)
	}
	// Another store is shown, and asked for its bucket; what waits for one is not taken elsewhere by a third start.
	if err := r.handOver(instance.Call{Store: desk.Store{Profile: "work"}, Files: []string{file}, Surroundings: r.surroundings}); err != nil {
		t.Fatal(err)
	}
	if r.send.dest.at.Profile != "work" || len(r.send.waiting) != 1 {
		t.Errorf("%+v, %q", r.send.dest.at, r.send.waiting)
	}
	if err := r.handOver(instance.Call{Store: desk.Store{Sandbox: true}, Files: []string{file}}); !errors.Is(err, errFilesWait) {
		t.Errorf("%v", err)
	}
	if r.send.dest.at.Profile != "work" || len(r.send.waiting) != 1 || len(r.send.shown) != 1 {
		t.Error("it has changed something")
	}
	// A profile that there is not stands in the field, so that another one can be chosen in its place.
	buttonIn(r.notices.lines["waiting"], "Forget them").onTap()
	if err := r.handOver(instance.Call{Store: desk.Store{Profile: "nosuch"}, Files: []string{file}, Surroundings: r.surroundings}); err != nil {
		t.Fatal(err)
	}
	r.until("it is said", func() bool { return r.send.dest.refused != nil })
	if r.send.dest.profile.Text != "nosuch" || len(r.send.waiting) != 1 {
		t.Errorf("the field says %q, %q wait", r.send.dest.profile.Text, r.send.waiting)
	}
	buttonIn(r.notices.lines["waiting"], "Forget them").onTap()
	r.fill(r.send.dest.profile, "Sandbox")
	if !r.send.dest.at.Sandbox {
		t.Errorf("%+v", r.send.dest.at)
	}
	if err := r.handOver(instance.Call{Store: desk.Store{Profile: "work"}, Files: []string{file}, Surroundings: r.surroundings}); err != nil {
		t.Fatal(err)
	}
	// A call whose caller has given up is not done, and one that comes when the window is closing is for another.
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	answered := make(chan error, 1)
	go func() { answered <- r.serve(gone, instance.Call{Files: []string{file}}) }()
	(<-r.queue)()
	if err := <-answered; !errors.Is(err, context.Canceled) || len(r.send.waiting) != 1 {
		t.Errorf("%v, %q", err, r.send.waiting)
	}
	r.cancel(nil)
	go func() { answered <- r.serve(context.Background(), instance.Call{}) }()
	if err := <-answered; !errors.Is(err, instance.ErrClosing) {
		t.Errorf("%v", err)
	}
}

func TestSettingsOfTheDesktop(t *testing.T) {
	withProfiles(t)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	r := open(t, "", Options{})
	r.ready()
	r.ui.open(r.settings)
	chips := map[string]*filterChip{}
	collect(r.settings.scroll.Content, chips)
	for _, label := range []string{"Go on in the background", "Say nothing", "Yes"} {
		if chips[label].on {
			t.Errorf("%q is chosen already", label)
		}
		chips[label].Tapped(nil)
		if !chips[label].on {
			t.Errorf("%q cannot be chosen", label)
		}
	}
	if s := r.desk.Settings(); s.OnClose != desk.OnCloseBackground || !s.Silent {
		t.Errorf("%+v", s)
	}
	chips["No"].Tapped(nil)
	if chips["Yes"].on || !chips["No"].on {
		t.Error("it cannot be taken back")
	}
	if text := r.settings.desktop.tray.label.Text; !strings.Contains(text, "no tray") {
		t.Errorf("%q", text)
	}
}

// TestAStoreIsHandedOverWithItsProfile: the window that is open may have been started with another AWS_PROFILE.
func TestAStoreIsHandedOverWithItsProfile(t *testing.T) {
	withProfiles(t)
	t.Setenv("AWS_PROFILE", "work")
	for given, want := range map[desk.Store]desk.Store{
		{}:                                      {},
		{Sandbox: true}:                         {Sandbox: true},
		{Region: "eu-west-1"}:                   {Region: "eu-west-1", Profile: "work"},
		{Region: "eu-west-1", Profile: "other"}: {Region: "eu-west-1", Profile: "other"},
	} {
		if got := named(given); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}
