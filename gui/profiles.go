package gui

import (
	"context"

	"waybill/internal/desk"
)

// followProfiles shows what changes in the AWS files, and that somebody has signed in, here or by another program.
func (u *ui) followProfiles() {
	for range u.desk.WatchProfiles(u.ctx) {
		u.do(u.readProfiles)
	}
}

// readProfiles reads the profiles once more, and has all that knows of them follow.
func (u *ui) readProfiles() {
	type read struct {
		list []desk.Profile
		err  error // which leaves what could be read
	}
	ask(u, func(context.Context) (r read, _ error) {
		r.list, r.err = u.desk.Profiles()
		return r, nil
	}, func(r read, _ error) {
		d := u.send.dest
		none := d.none()
		d.takeProfiles(r.list, r.err)
		u.asking.to.takeProfiles(r.list, r.err)
		if none && !d.none() {
			d.begin()
		} else {
			d.lookAgain()
		}
		u.asking.lookAgain()
		u.settings.profiles.take(r.list)
		for _, p := range r.list {
			if p.CanSignIn() && !p.SignedOut && !p.MFA {
				u.notices.signedIn(p.Name)
			}
		}
		u.requests.lookAgain()
	})
}

// lookAgain asks the profile once more, without a word: its files have changed, or somebody has signed in.
func (d *destination) lookAgain() {
	if d.none() {
		return
	}
	d.askProfile()
	if len(d.bucket.options) == 0 {
		d.askBuckets()
	}
}

// lookAgain asks the profile once more, while the form is in sight.
func (f *requestForm) lookAgain() {
	if f.all.Visible() && (f.refused != nil || f.known && f.outlook.Warning != nil) {
		f.askProfile()
		f.to.askBuckets()
	}
}

// lookAgain asks stores once more that could not be asked for want of a session.
func (p *requestsPlace) lookAgain() {
	for _, t := range p.watch.troubles {
		if t.NeedsSignIn() {
			p.watch.last = p.watch.last.Add(-watchSlowly)
			break
		}
	}
	if a := p.u.arrivals; a.all.Visible() && a.trouble.NeedsSignIn() {
		a.look()
	}
}
