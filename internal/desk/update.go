package desk

import (
	"context"
	"errors"
	"net/url"
	"runtime"
	"time"

	"waybill/internal/update"
	"waybill/signer"
)

// UpdateSource is where this build looks for a newer version, and whose signature it believes; both were set when it was
// built. With either empty it looks nowhere.
type UpdateSource struct {
	URL string // of the manifest; https
	Key string // minisign's public key
}

// The answers to the question whether Waybill may look for a newer version by itself.
const (
	LookUnasked = ""
	LookYes     = "yes"
	LookNo      = "no"
)

// Updates is what is remembered about newer versions.
type Updates struct {
	Look   string    `json:"look,omitempty"`  // one of the Look constants
	Looked time.Time `json:"looked,omitzero"` // when it was looked last
	Skip   string    `json:"skip,omitempty"`  // the version that the person does not want to hear of
	Seen   string    `json:"seen,omitempty"`  // the newest version that a manifest has named
}

// lookEvery is how often the window looks for a newer version at most.
const lookEvery = 24 * time.Hour

// Update is what was found.
type Update struct {
	Running   string // the version of this program
	Newest    string
	Newer     bool      // the newest is newer than this one
	Skipped   bool      // the person does not want to hear of it
	Released  time.Time // when the newest was
	Page      string    // where it is downloaded; https
	Downloads []Download

	notes func(locale string) string
}

// Download is a file of the newest version for this computer.
type Download struct {
	URL    string
	Size   int64 // bytes
	SHA256 string
}

// Notes says what is new, as plain text, in the language of a locale if it is there, else in English.
func (u Update) Notes(locale string) string { return u.notes(locale) }

func (d *Desk) updateSource() update.Source {
	return update.Source{URL: d.updates.URL, Key: d.updates.Key}
}

// CanUpdate reports whether this build can look for a newer one. Where it cannot, nothing shall speak of it.
func (d *Desk) CanUpdate() bool { return d.updateSource().Set() }

// ShouldAskAboutUpdates reports whether the person is to be asked whether Waybill may look for a newer version by itself:
// once, and not before anything was sent.
func (d *Desk) ShouldAskAboutUpdates(ctx context.Context) bool {
	if !d.CanUpdate() || d.Settings().Updates.Look != LookUnasked || d.ledger == nil {
		return false
	}
	sent, err := d.ledger.Any(ctx, string(Sent))
	return err == nil && sent
}

// AllowUpdates remembers whether Waybill may look for a newer version by itself.
func (d *Desk) AllowUpdates(yes bool) error {
	return d.changeSettings(func(s *Settings) {
		s.Updates.Look = LookNo
		if yes {
			s.Updates.Look = LookYes
		}
	})
}

// SkipUpdate remembers that the person does not want to hear of a version; "" wants to hear of all.
func (d *Desk) SkipUpdate(version string) error {
	return d.changeSettings(func(s *Settings) { s.Updates.Skip = version })
}

// UpdateDue reports whether the window shall look for a newer version now.
func (d *Desk) UpdateDue() bool {
	u, now := d.Settings().Updates, d.now()
	return d.CanUpdate() && u.Look == LookYes && (now.Sub(u.Looked) >= lookEvery || u.Looked.After(now))
}

// LookForUpdate looks whether there is a newer version, and remembers that it did, whatever comes of it.
func (d *Desk) LookForUpdate(ctx context.Context) (Update, error) {
	if !d.CanUpdate() {
		return Update{}, trouble("UpdatesOff", nil, nil)
	}
	if !update.IsVersion(d.version) {
		return Update{}, trouble("UpdateNoVersion", nil, nil)
	}
	before := d.Settings().Updates
	d.rememberUpdate(func(u *Updates) { u.Looked = d.now().UTC().Truncate(time.Second) }) // first: a look that fails is one as well
	transport, err := signer.NewTransport()
	if err != nil {
		return Update{}, explain(err, scene{})
	}
	defer transport.CloseIdleConnections()
	m, err := update.Fetch(ctx, update.Request{Source: d.updateSource(), Transport: transport, Now: d.now(), Seen: before.Seen})
	if err != nil {
		return Update{}, d.updateTrouble(err)
	}
	if m.Version != before.Seen {
		d.rememberUpdate(func(u *Updates) { u.Seen = m.Version })
	}
	u := Update{
		Running: d.version, Newest: m.Version, Newer: update.Compare(m.Version, d.version) > 0, Skipped: m.Version == before.Skip,
		Released: m.Released, Page: m.Page, notes: m.NotesIn,
	}
	for _, one := range m.Downloads {
		if one.Fits(runtime.GOOS, runtime.GOARCH) {
			u.Downloads = append(u.Downloads, Download{one.URL, one.Size, one.SHA256})
		}
	}
	return u, nil
}

// rememberUpdate changes what is remembered. Where that cannot be written, it holds in this process.
func (d *Desk) rememberUpdate(change func(*Updates)) {
	if err := d.Remember(func(s *Settings) { change(&s.Updates) }); err != nil {
		d.log.Warn("what was found about newer versions is not remembered", "error", err)
	}
}

// updateTrouble says why nobody knows whether there is a newer version.
func (d *Desk) updateTrouble(err error) *Trouble {
	a := args{"Host": d.updates.URL}
	if u, e := url.Parse(d.updates.URL); e == nil && u.Host != "" {
		a["Host"] = u.Host
	}
	for _, known := range []struct {
		is   error
		code string
	}{
		{update.ErrKey, "UpdateSource"}, {update.ErrAddress, "UpdateAddress"}, {update.ErrSignature, "UpdateSignature"},
		{update.ErrExpired, "UpdateExpired"}, {update.ErrOlder, "UpdateOlder"}, {update.ErrNewerFormat, "UpdateNewerForm"},
		{update.ErrManifest, "UpdateForm"}, {update.ErrTooLarge, "UpdateForm"},
	} {
		if errors.Is(err, known.is) {
			return trouble(known.code, a, err)
		}
	}
	var answer *update.StatusError
	if errors.As(err, &answer) {
		return trouble("UpdateForm", a, err)
	}
	switch code := ofNetwork(err, scene{}, a); {
	case isOfCertificate(code):
		return trouble("UpdateCertificate", a, err)
	case isOfProxy(code):
		return trouble(code, a, err)
	}
	return trouble("UpdateNetwork", a, err)
}
