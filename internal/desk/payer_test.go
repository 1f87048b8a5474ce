package desk_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/ledger"
)

// TestWhoPaysStaysHere: the word that somebody pays is kept on this computer through all other changes of the settings, and
// neither leaves it nor comes from another one, not even with a link that was signed so.
func TestWhoPaysStaysHere(t *testing.T) {
	isolate(t, "", "")
	sent := time.Now().Add(-time.Minute).Truncate(time.Second)
	paid := record("paid", sent)
	paid.Via = "requester"
	from, here := newComputer(t, paid, record("plain", sent)), newComputer(t)
	set := func(c computer, bucket string, pays bool) {
		c.desk(func(d *desk.Desk) error { return d.SetRequesterPays(bucket, pays) })
	}
	set(from, "theirs", true)
	set(from, "other", true)
	set(from, "other", false)
	from.desk(func(d *desk.Desk) error {
		s := d.Settings()
		s.Inline, s.RequesterPays = true, nil
		return d.SaveSettings(s)
	})
	from.desk(func(d *desk.Desk) error {
		if got := d.Settings().RequesterPays; !slices.Equal(got, []string{"theirs"}) {
			t.Errorf("%q", got)
		}
		e, err := d.Entry(context.Background(), "paid")
		if !e.RequesterPays {
			t.Error("a link that was paid for is not known as one")
		}
		return err
	})
	set(here, "mine", true)
	file, _ := from.export()
	here.imports(file)
	here.desk(func(d *desk.Desk) error {
		if got := d.Settings().RequesterPays; !slices.Equal(got, []string{"mine"}) {
			t.Errorf("%q", got)
		}
		for _, bucket := range []string{"theirs", paid.Bucket} {
			if d.PayerNotice(desk.Destination{Bucket: bucket}) != nil {
				t.Errorf("%s is paid for", bucket)
			}
		}
		e, err := d.Entry(context.Background(), "paid")
		if e.RequesterPays {
			t.Error("an imported link says who pays")
		}
		return err
	})
	here.ledger(func(l *ledger.Ledger) error {
		list, err := l.List(context.Background(), 0)
		if len(list) != 2 {
			t.Errorf("%d links", len(list))
		}
		return err
	})
}

// TestPayNoMore: the word is taken back at once, also for a bucket that was sent to meanwhile.
func TestPayNoMore(t *testing.T) {
	atStore(t)
	d, to := openDesk(t, desk.Options{}), dest(t)
	for _, pays := range []bool{true, false} {
		if err := d.SetRequesterPays(to.Bucket, pays); err != nil {
			t.Fatal(err)
		}
		sent := sendOne(t, d, to, desk.SendOptions{Expires: time.Hour}, "a.txt", "hello")
		if sent.State != desk.Sent || sent.Link.RequesterPays != pays || (d.PayerNotice(to) != nil) != pays {
			t.Errorf("%s, %+v, want %v", sent.State, sent.Link, pays)
		}
	}
}

// TestPayAtOneStore: what was once said holds for the bucket of that store and that profile, and neither for one of the same
// name elsewhere, nor for another account.
func TestPayAtOneStore(t *testing.T) {
	config, credentials := sandboxProfile()
	isolate(t, config+strings.ReplaceAll(config, "[default]", "[profile other]"), credentials+strings.ReplaceAll(credentials, "[default]", "[other]"))
	d, here := openDesk(t, desk.Options{}), dest(t)
	here.Endpoint = proxy(t, func(*http.Request) {})
	there, who := here, here
	there.Endpoint, who.Profile = proxy(t, func(*http.Request) {}), "other"
	sendOne(t, d, here, desk.SendOptions{Expires: time.Hour, RequesterPays: true}, "a.txt", "hello")
	named, slash, region := here, here, here
	named.Profile, slash.Endpoint, region.Region = "default", here.Endpoint+"/", "eu-west-1"
	for _, same := range []desk.Destination{here, named, slash, region} {
		if d.PayerNotice(same) == nil {
			t.Errorf("nobody pays at %+v", same.Store)
		}
	}
	for _, other := range []desk.Destination{there, who} {
		if d.PayerNotice(other) != nil {
			t.Errorf("the word is taken for %+v", other.Store)
		}
	}
	if sent := sendOne(t, d, named, desk.SendOptions{Expires: time.Hour}, "b.txt", "hello"); !sent.Link.RequesterPays || !strings.Contains(sent.Link.URL, "x-amz-request-payer") {
		t.Error("another file goes without the word")
	}
	for _, other := range []desk.Destination{there, who} {
		if sent := sendOne(t, d, other, desk.SendOptions{Expires: time.Hour}, "c.txt", "hello"); sent.State != desk.Sent || sent.Link.RequesterPays || strings.Contains(sent.Link.URL, "payer") {
			t.Errorf("%s, and the word is signed for %+v", sent.State, other.Store)
		}
	}
	if err := d.SetRequesterPays(here.Bucket, false); err != nil || d.PayerNotice(here) != nil {
		t.Errorf("the word is not taken back: %v", err)
	}
}

// TestPageOfPaidLinks: a page that is written again by another start of the program pays for the links on it as before,
// though it is elsewhere itself.
func TestPageOfPaidLinks(t *testing.T) {
	atStore(t)
	home, to := t.TempDir(), dest(t)
	paid := to
	paid.Endpoint = proxy(t, func(*http.Request) {})
	d := openDesk(t, desk.Options{Home: home})
	first := sendOne(t, d, paid, desk.SendOptions{Expires: time.Hour, RequesterPays: true}, "first.txt", "1")
	second := sendOne(t, d, paid, desk.SendOptions{Expires: time.Hour}, "second.txt", "2")
	page := d.Bundle(context.Background(), to, desk.SendOptions{Expires: time.Hour}, "Both", first.ID, second.ID)
	payers := func() int {
		t.Helper()
		body, _, status := download(t, page.Link.URL)
		if status != 200 {
			t.Errorf("the page answers %d", status)
		}
		n := 0
		for line := range strings.Lines(string(body)) {
			if strings.Contains(line, "<a ") && strings.Contains(line, "x-amz-request-payer=requester") {
				n++
			}
		}
		return n
	}
	if n := payers(); n != 2 || page.Link.RequesterPays {
		t.Fatalf("%d links of two pay, and the page's own is %v", n, page.Link.RequesterPays)
	}
	page = openDesk(t, desk.Options{Home: home}).Renew(context.Background(), page.ID, 2*time.Hour, desk.VerifyNone)
	if n := payers(); n != 2 || page.Link.RequesterPays {
		t.Errorf("%d links of two pay after renewing, and the page's own is %v", n, page.Link.RequesterPays)
	}
}
