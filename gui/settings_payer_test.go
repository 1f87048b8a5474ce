package gui

import (
	"slices"
	"strings"
	"testing"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// TestBucketsWhereYouPay: the word is given for the bucket that is sent to, said where files are dropped, carried by links,
// and taken back.
func TestBucketsWhereYouPay(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.send.dest.takeBucket(sandbox.Bucket)
	r.ui.open(r.settings)
	p := r.settings.payers
	if !p.none.all.Visible() || p.add.Hidden || !strings.Contains(p.add.text, sandbox.Bucket) {
		t.Fatalf("%q", p.add.text)
	}
	p.add.onTap()
	if got := r.desk.Settings().RequesterPays; !slices.Equal(got, []string{sandbox.Bucket}) || len(p.list.Objects) != 1 || !p.add.Hidden {
		t.Fatalf("%q, %d listed", got, len(p.list.Objects))
	}
	r.ui.open(r.send)
	if said := r.send.hint.text; !strings.Contains(said, "Your account pays") {
		t.Errorf("%q", said)
	}
	if r.desk.PayerNotice(desk.Destination{Bucket: sandbox.Bucket}) == nil {
		t.Error("nobody pays")
	}
	p.set(sandbox.Bucket, false)
	if got := r.desk.Settings().RequesterPays; len(got) > 0 || !p.none.all.Visible() || strings.Contains(r.send.hint.text, "pays") {
		t.Errorf("%q, %q", got, r.send.hint.text)
	}
}

// TestAccessPointInTheWindow: an ARN may be typed or pasted with a folder behind it, and is shown by its name.
func TestAccessPointInTheWindow(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	const point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/data"
	for _, typed := range []string{point + "/alice/", "s3://" + point + "/alice"} {
		r.send.dest.takeBucket(typed)
		if at := r.send.dest.at; at.Bucket != point || at.Prefix != "alice/" || r.send.dest.place() != "data (eu-west-1)/alice/" {
			t.Errorf("%+v, %q", at, r.send.dest.place())
		}
	}
}
