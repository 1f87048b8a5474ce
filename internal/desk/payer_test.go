package desk_test

import (
	"context"
	"slices"
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
