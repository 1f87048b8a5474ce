package gui

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// TestAWrongClockIsSaid: a link is renewed with the store's time, and the window says what the clock here is off.
func TestAWrongClockIsSaid(t *testing.T) {
	withProfiles(t)
	home := filepath.Join(t.TempDir(), "home")
	d, err := desk.Open(context.Background(), desk.Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	var sent desk.Transfer
	for sent = range d.Send(t.Context(), desk.Destination{Bucket: sandbox.Bucket, Prefix: t.Name()}, desk.SendOptions{}, []string{path}).Events() {
		continue
	}
	entry, err := d.Entry(t.Context(), sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	r := openOver(t, desk.Options{Home: home, Now: func() time.Time { return time.Now().Add(-3 * time.Hour) }}, Options{})
	r.links.renew([]desk.Entry{entry}, time.Hour)
	r.until("the clock is said to be wrong", func() bool {
		return strings.Contains(r.says("ClockCorrected"), "3 h behind the store's")
	})
	r.until("the link is copied", func() bool { return r.clipboard() != "" })
	if got := fetch(t, r.clipboard()); got != "hello" {
		t.Errorf("%q", got)
	}
}
