package gui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// openHere leads to what holds for the destination, if there is one.
func (u *ui) openHere() {
	if d := u.send.dest; d.at.Bucket == "" || d.none() || d.wrong() != nil {
		u.open(u.send)
		return
	}
	if u.sure(u.openHere) { // else empty fields would look like what was chosen
		u.open(u.here)
	}
}

// sayUpload names what is chosen for the destination, and looks how far its links reach.
func (d *destination) sayUpload() {
	d.upload.Hidden = d.at.Bucket == "" || d.none()
	if d.upload.Hidden {
		return
	}
	text := lang.L("Upload settings")
	if u, _ := d.ui.desk.Settings().UploadOf(d.at); !u.IsZero() {
		text = lang.L("Own upload settings")
	}
	if d.upload.text != text {
		d.upload.set(wordLink, text, iconNone, d.upload.tip, d.ui.openHere)
	}
	d.lookReach()
}

// lookReach asks how far links to the bucket reach, once for each.
func (d *destination) lookReach() {
	at := desk.Destination{Store: d.at.Store, Bucket: d.at.Bucket}
	if d.looksAt != nil && *d.looksAt == at || desk.CheckBucket(at.Bucket) != nil {
		return
	}
	d.looksAt, d.reach, d.leads = &at, desk.ReachUnknown, ""
	mine := d.looksAt
	d.ui.askReach(at, func(a linkReach, err error) {
		if mine != d.looksAt || err != nil {
			return // a profile that does not open is said elsewhere
		}
		d.reach = a.reach
		if d.ui.desk.Settings().LinkEndpointOf(at.Store, at.Bucket) != (desk.LinkEndpoint{}) {
			d.leads = a.host
		}
		d.say()
	})
}

// worksUntil says where links made now work, and until when.
func (d *destination) worksUntil(a args) string {
	switch {
	case d.reach == desk.ReachComputer:
		return lang.L("Links work until {{.When}}, on this computer only.", a)
	case d.reach == desk.ReachNetwork:
		return lang.L("Links work until {{.When}}, in this network only.", a)
	case d.leads != "":
		return lang.L("Links made now lead to {{.Host}} and work until {{.When}}.", a)
	}
	return lang.L("Links made now work until {{.When}}.", a)
}

// warning is what one may not expect of the destination's upload settings; nil where there is nothing.
func (d *destination) warning() *desk.Trouble {
	if d.at.Bucket == "" || d.none() {
		return nil
	}
	u, _ := d.ui.desk.Settings().UploadOf(d.at)
	if list := desk.UploadWarnings(u); len(list) > 0 {
		return list[0]
	}
	return nil
}

// near says where a link works that does not work anywhere, for a row; "" for all others.
func near(r desk.Reach) string {
	switch r {
	case desk.ReachComputer:
		return lang.L("on this computer only")
	case desk.ReachNetwork:
		return lang.L("in this network only")
	}
	return ""
}

// linkReach is from where links to a bucket work, and the host that they lead to.
type linkReach struct {
	reach desk.Reach
	host  string
}

// askReach asks for it.
func (u *ui) askReach(at desk.Destination, then func(linkReach, error)) {
	ask(u, func(ctx context.Context) (a linkReach, err error) {
		a.reach, a.host, err = u.desk.LinkReach(ctx, at.Store, at.Bucket)
		return a, err
	}, then)
}
