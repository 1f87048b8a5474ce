package gui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/ledger"
)

// ledgerOf makes a home whose ledger has so many links, of which every tenth is live. The oldest is called "the oldest".
func ledgerOf(t *testing.T, n int) string {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	l, err := ledger.Open(context.Background(), filepath.Join(home, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	records := make([]ledger.Record, n)
	for i := range records {
		made := time.Now().Add(-time.Duration(n-i) * time.Minute)
		records[i] = ledger.Record{
			ID: fmt.Sprintf("id-%06d", i), Name: fmt.Sprintf("photo %d.jpg", i), Profile: "default", Bucket: "sandbox", Prefix: "many/",
			Key: fmt.Sprintf("many/photo %d.jpg", i), Size: int64(i), State: "sent", Created: made, Signed: made, Asked: time.Hour,
			Ends: made.Add(time.Hour), Because: "requested",
		}
		if i%10 == 0 {
			records[i].Asked = 7 * 24 * time.Hour
			records[i].Ends = time.Now().Add(time.Hour + time.Duration(i)*time.Second)
		}
	}
	records[0].Name = "the oldest"
	if err := l.PutAll(context.Background(), records); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return home
}

// TestLongLedgers: the newest are there at once and the rest follows; what is sifted beside the window comes to the same.
func TestLongLedgers(t *testing.T) {
	const n = 3 * siftAtOnce / 2
	home := ledgerOf(t, n)
	withProfiles(t)
	r := open(t, home, Options{})
	p := r.links
	r.ui.open(p)
	p.filter = allLinks
	r.until("there is something to see", func() bool { return len(p.entries) > 0 })
	if len(p.entries) != newest || p.whole || len(p.shown) != newest {
		t.Errorf("%d entries at first, %d shown", len(p.entries), len(p.shown))
	}
	if got := r.chips(); got != "Live, Ending soon, Ended, Not sent, All" || r.side.links.badge != "" {
		t.Errorf("numbers that cannot be known yet: %q, %q", got, r.side.links.badge)
	}
	r.until("all are there", func() bool { return p.whole && len(p.shown) == n })
	if got := r.chips(); !strings.HasSuffix(got, "All 3,000") || !strings.HasPrefix(got, "Live 3") {
		t.Errorf("%q", got)
	}
	p.search.SetText("the old")
	p.search.SetText("the oldest")
	if len(p.shown) != n {
		t.Error("the window waits for the search")
	}
	r.until("it is found", func() bool { return len(p.shown) == 1 && p.shown[0].Name == "the oldest" })
	p.search.SetText("")
	r.until("all are back", func() bool { return len(p.shown) == n })

	// What is new comes to its top without all the rest being read.
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.send.drop([]string{r.file("new.txt", "new")})
	r.over(1)
	p.load()
	r.until("it is listed", func() bool {
		return len(p.entries) == n+1 && p.entries[0].Name == "new.txt" && p.entries[n].Name == "the oldest"
	})
	if p.owed.IsZero() {
		t.Error("the whole ledger is not read again some time")
	}
	// A note on an old one is seen, and one that is forgotten goes.
	p.askNote(p.entries[n])
	p.asked.field.SetText("an old note")
	p.asked.commit()
	r.until("the note is there", func() bool { return p.entries[n].Note == "an old note" })
	p.forget([]desk.Entry{p.entries[1], p.entries[n]})
	r.until("they are gone", func() bool { return len(p.entries) == n-1 })
}

// TestRenewingManyCanBeStopped: what is renewed by then is renewed, and the rest is as it was.
func TestRenewingManyCanBeStopped(t *testing.T) {
	const n = 3 * siftAtOnce / 2
	home := ledgerOf(t, n)
	withProfiles(t)
	r := open(t, home, Options{})
	settings := r.desk.Settings()
	settings.Verify = desk.VerifyNone // there is nothing behind these links
	if err := r.desk.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	p := r.links
	r.ui.open(p)
	r.until("all are there", func() bool { return p.whole && len(p.entries) == n })
	p.renew(p.entries, 0)
	r.until("it says how far", func() bool { return strings.HasPrefix(r.says("renew"), "Renewing: ") })
	r.press("renew", "Stop")
	r.until("it has stopped", func() bool { return strings.Contains(r.says("renew"), " renewed.") || r.says("renew") == "" })
	if got := r.says("renew"); strings.HasPrefix(got, "3,000") || strings.Contains(got, "could not") || strings.Contains(got, "cannot") {
		t.Errorf("%q", got)
	}
}

func TestJoiningWhatIsNewToWhatIsKnown(t *testing.T) {
	at := func(ids string) (list []desk.Entry) {
		for _, c := range ids { // a letter for each, z is the newest
			list = append(list, desk.Entry{ID: string(c), Sent: time.Unix(int64(c), 0)})
		}
		return list
	}
	names := func(list []desk.Entry) (s string) {
		for _, e := range list {
			s += e.ID
		}
		return s
	}
	for _, c := range []struct {
		head, have, want string
		whole            bool
	}{
		{"zyx", "yxwv", "zyxwv", true}, {"zyx", "zyxwv", "zyxwv", true},
		{"zyw", "zyxwv", "zywv", true}, // x was forgotten
		{"zyx", "wvu", "zyx", false},   // there may be more between x and w
		{"zyx", "", "zyx", false},
	} {
		list, whole := joined(at(c.head), at(c.have))
		if names(list) != c.want || whole != c.whole {
			t.Errorf("%s before %s is %s, %v", c.head, c.have, names(list), whole)
		}
	}
	moved := at("zyxwv")
	head := at("zyx")
	head[0].ID = "w" // which was sent once more
	if list, _ := joined(head, moved); names(list) != "wyxv" {
		t.Errorf("%s", names(list))
	}
}

// TestScrolledRowsAreLetGo: a list that was scrolled and refreshed keeps no rows that are out of sight.
func TestScrolledRowsAreLetGo(t *testing.T) {
	r := inLinks(t, "scroll")
	p := r.links
	now := time.Now()
	list := make([]desk.Entry, siftAtOnce)
	for i := range list {
		list[i] = desk.Entry{ID: fmt.Sprint(i), Name: fmt.Sprintf("%d.txt", i), State: desk.Sent, Sent: now, Signed: now, Asked: time.Hour, Ends: now.Add(time.Hour)}
	}
	p.entries, p.whole = list, true
	p.sift()
	for i := range 200 {
		p.rows.list.ScrollToOffset(float32(i) * 600)
		p.rows.list.Refresh()
		p.rows.again()
		if n := len(p.rows.list.shown); n > 40 {
			t.Fatalf("after %d pages there are %d rows", i+1, n)
		}
	}
	seen := map[int]bool{}
	for _, at := range p.rows.list.shown {
		seen[at] = true
	}
	first := int(p.rows.list.GetScrollOffset()/(rowHeight+1)) + 1
	for at := first; at < first+6; at++ {
		if !seen[at] {
			t.Errorf("line %d is in sight, and nothing shows it", at)
		}
	}
}
