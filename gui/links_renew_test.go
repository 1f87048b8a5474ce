package gui

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
)

func TestRenewing(t *testing.T) {
	r := inLinks(t, "renew", "1.txt", "2.txt", "3.txt")
	p, start := r.links, time.Now()
	over := start.Add(90 * time.Minute)
	r.now = func() time.Time { return over }
	p.tick()
	c, act := r.line("1.txt")
	if c.main != "Renew" || c.chipTone != neutral {
		t.Fatalf("an ended one offers %q", c.main)
	}
	r.now = time.Now // the store's time: what ended an hour too early here is renewed from now on
	before := r.entry("1.txt")
	time.Sleep(time.Until(before.Signed.Truncate(time.Second).Add(time.Second))) // another second, another signature
	act.main()
	r.until("it is renewed", func() bool {
		return strings.HasPrefix(r.says("renew"), "The new link to 1.txt is copied. The link works until ")
	})
	if got := fetch(t, r.clipboard()); got != "this is 1.txt" {
		t.Errorf("%q", got)
	}
	if !strings.Contains(r.says("renew"), "An old link is not prolonged") {
		t.Errorf("%q", r.says("renew"))
	}
	r.until("the row knows", func() bool { e := r.entry("1.txt"); return e.Ends.After(before.Ends) && e.Asked == time.Hour })

	// Two at once for a week, from the menu of the bar: nothing is copied until somebody wants it.
	r.app.Clipboard().SetContent("mine")
	p.pick(p.index(r.entry("2.txt").ID))
	p.pick(p.index(r.entry("3.txt").ID))
	p.bar.menu()
	r.choose("Renew for", "7 days")
	r.until("they are renewed", func() bool { return strings.HasPrefix(r.says("renew"), "2 links are renewed.") })
	if r.clipboard() != "mine" {
		t.Error("the clipboard was taken")
	}
	r.press("renew", "Copy the new links")
	if links := strings.Split(r.clipboard(), "\n"); len(links) != 2 || fetch(t, links[0]) != "this is 3.txt" || fetch(t, links[1]) != "this is 2.txt" {
		t.Errorf("%d links", len(links))
	}
	r.until("the rows know", func() bool {
		return r.entry("2.txt").Asked == 7*24*time.Hour && r.entry("3.txt").Asked == 7*24*time.Hour
	})
	if c, _ := r.line("2.txt"); c.chip != "6 days" && c.chip != "7 days" {
		t.Errorf("%q", c.chip)
	}

	// A page and one of its files: both come back, and the page's link works.
	p.bundle([]desk.Entry{r.entry("1.txt"), r.entry("3.txt")}, "Both")
	r.until("the page is there", func() bool { return len(p.shown) == 4 })
	p.renew([]desk.Entry{r.entry("1.txt"), r.entry("Both")}, 4*time.Hour)
	r.until("they are renewed", func() bool { return strings.HasPrefix(r.says("renew"), "2 links are renewed.") })
	r.press("renew", "Copy the new links")
	links := strings.Split(r.clipboard(), "\n")
	if len(links) != 2 || fetch(t, links[0]) != "this is 1.txt" || !strings.Contains(fetch(t, links[1]), "3.txt") {
		t.Errorf("%d links", len(links))
	}

	// What cannot be renewed says why.
	r.revoke(r.entry("2.txt"))
	p.renew([]desk.Entry{r.entry("2.txt")}, 0)
	r.until("it says why not", func() bool { return r.says("renew") != "" && !strings.Contains(r.says("renew"), "renewed.") })
}

// TestRenewedLinksMayEndEarlier: the session that signs now ends before the time is over, and the notice says so.
func TestRenewedLinksMayEndEarlier(t *testing.T) {
	r := inLinks(t, "early", "1.txt")
	ends := time.Now().Add(20 * time.Minute).UTC().Format(time.RFC3339)
	isolate(t, "[default]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\""+store.Keys().AccessKeyID+
		"\",\"SecretAccessKey\":\""+store.Keys().SecretAccessKey+"\",\"Expiration\":\""+ends+"\"}'\nendpoint_url = "+store.Endpoint()+"\n", "")
	e := r.entry("1.txt")
	home := r.desk.Home()
	r.cancel(nil)
	again := open(t, home, Options{}) // a desk remembers whom it has opened a store for
	again.ui.open(again.links)
	again.until("it is listed", func() bool { return len(again.links.shown) == 1 })
	again.links.renew([]desk.Entry{e}, 24*time.Hour)
	again.until("it is renewed", func() bool { return strings.HasPrefix(again.says("renew"), "The new link to 1.txt is copied.") })
	if got := again.says("renew"); !strings.Contains(got, `when the session of the profile "default" ends, not after 24h`) {
		t.Errorf("%q", got)
	}
	again.until("the row says so", func() bool {
		c, _ := again.line("1.txt")
		return strings.HasSuffix(c.chipTip, "with the session that signed it")
	})
}

func TestRenewAllThatEndToday(t *testing.T) {
	r := inLinks(t, "today", "today.txt", "later.txt")
	p, ctx := r.links, context.Background()
	year, month, day := time.Now().Date()
	left := time.Until(time.Date(year, month, day+1, 0, 0, 0, 0, time.Local))
	for name, lasts := range map[string]time.Duration{"today.txt": max(left/2, time.Second), "later.txt": 7 * 24 * time.Hour} {
		if tr := r.desk.Renew(ctx, r.entry(name).ID, lasts, desk.VerifyNone); tr.Trouble != nil {
			t.Fatal(tr.Trouble)
		}
	}
	p.reload()
	r.until("both are known", func() bool {
		return r.entry("later.txt").Asked == 7*24*time.Hour && r.entry("today.txt").Asked != time.Hour
	})
	before, later := r.entry("today.txt"), r.entry("later.txt")
	r.key("renewToday")
	r.until("it is renewed", func() bool { return strings.HasPrefix(r.says("renew"), "The new link to today.txt is copied.") })
	r.until("the row knows", func() bool { return r.entry("today.txt").Signed.After(before.Signed) })
	if !r.entry("later.txt").Signed.Equal(later.Signed) {
		t.Error("the other one was renewed too")
	}
	r.revoke(before)
	r.key("renewToday")
	r.until("there is none any more", func() bool { return r.says("renew") == "No live link ends today." })
}

func TestReminders(t *testing.T) {
	r := inLinks(t, "remind", "one.txt", "two.txt", "three.txt")
	p, a, ctx := r.links, r.watched(), context.Background()
	for name, lasts := range map[string]time.Duration{"one.txt": 3 * time.Hour, "two.txt": 20 * time.Minute, "three.txt": 7 * 24 * time.Hour} {
		if tr := r.desk.Renew(ctx, r.entry(name).ID, lasts, desk.VerifyNone); tr.Trouble != nil {
			t.Fatal(tr.Trouble)
		}
	}
	p.reload()
	r.until("all are known", func() bool {
		return r.entry("three.txt").Asked == 7*24*time.Hour && r.entry("one.txt").Asked == 3*time.Hour
	})
	now := time.Now()
	r.now = func() time.Time { return now }
	heard := func() (n *fyne.Notification) {
		select {
		case n = <-a.notes:
		case <-time.After(300 * time.Millisecond):
		}
		return n
	}
	at := func(after time.Duration) *fyne.Notification {
		now = r.entry("one.txt").Signed.Add(after)
		p.tick()
		return heard()
	}
	if n := at(2*time.Hour + 30*time.Minute); n != nil {
		t.Errorf("nobody asked for %q", n.Title)
	}
	s := r.desk.Settings()
	s.Remind = 30 * time.Minute
	if err := r.desk.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	if n := at(time.Hour); n != nil {
		t.Errorf("too early: %q", n.Title) // and two.txt never lasted for half an hour
	}
	n := at(2*time.Hour + 31*time.Minute)
	if n == nil || n.Title != "The link to one.txt ends soon" || !strings.HasSuffix(n.Content, ", in 28 min") && !strings.HasSuffix(n.Content, ", in 29 min") {
		t.Fatalf("%+v", n)
	}
	if strings.Contains(n.Title+n.Content, "http") {
		t.Error("it has an address in it")
	}
	if n := at(2*time.Hour + 40*time.Minute); n != nil {
		t.Errorf("once more: %q", n.Title)
	}
	if given := r.remindedBefore(); !given[remindedKey(r.entry("one.txt"))] || len(given) != 1 {
		t.Errorf("the next start knows of %v", given)
	}
	// A renewed link has another end, and two at once are one reminder.
	r.now = time.Now
	for _, name := range []string{"one.txt", "three.txt"} {
		if tr := r.desk.Renew(ctx, r.entry(name).ID, 5*time.Hour, desk.VerifyNone); tr.Trouble != nil {
			t.Fatal(tr.Trouble)
		}
	}
	p.reload()
	r.until("both are known", func() bool {
		return r.entry("three.txt").Asked == 5*time.Hour && r.entry("one.txt").Asked == 5*time.Hour
	})
	r.now = func() time.Time { return now }
	if n := at(4*time.Hour + 45*time.Minute); n == nil || !strings.Contains(n.Title, "and 1 more end soon") {
		t.Errorf("%+v", n)
	}
}
