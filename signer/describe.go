package signer

import (
	"os"
	"time"
)

// describe says what files tell about a profile. Nobody is asked, and no process is run.
func (f awsFiles) describe(name string) Profile {
	w, fault := f.way(name)
	p := Profile{
		Name: name, Kind: w.kind, Region: w.settings["region"], Endpoint: w.settings["endpoint_url"],
		Account: w.account(), Role: w.role(), Problem: fault,
	}
	if fault != nil {
		return p
	}
	p.Problem = w.obstacle()
	base := w.base()
	p.Base, p.MFA = base.kind, w.roleWithMFA() != nil
	switch base.kind {
	case KindSSO:
		t, err := base.session.load()
		p.Ends, p.Renews = t.ExpiresAt, t.refreshable(time.Now())
		p.SignedOut = err != nil || !p.Renews && !t.ExpiresAt.After(time.Now())
	case KindLogin:
		ends, err := loginEnd(base.settings["login_session"])
		p.Ends, p.Renews, p.SignedOut = ends, err == nil, err != nil
	case KindSession:
		p.Ends = hintedEnd(hintsOf(base.settings))
		p.SignedOut = !p.Ends.IsZero() && !p.Ends.After(time.Now())
	}
	if mfa := w.roleWithMFA(); mfa == w {
		if c, ok := w.cached(); ok {
			p.Ends, p.Renews, p.SignedOut = c.Expires, false, false
		}
	}
	return p
}

// obstacle is what stands in a profile's way at present although its settings are sound.
func (w *way) obstacle() *ProfileError {
	for ; w != nil; w = w.source {
		switch w.kind {
		case KindWebIdentity:
			path := w.settings["web_identity_token_file"]
			if _, err := os.Stat(path); err != nil {
				return &ProfileError{Profile: w.profile, Fault: FaultTokenFile, About: path, Err: systemsWord(err)}
			}
		case KindEnvironment:
			if !environmentHasKeys() {
				return &ProfileError{Profile: w.profile, Fault: FaultNotInEnvironment}
			}
		case KindContainer:
			if _, err := containerURI(w.profile); err != nil {
				return err
			}
		}
	}
	return nil
}

// systemsWord is what the system said of a file, without its path.
func systemsWord(err error) error {
	if path, ok := err.(*os.PathError); ok { //nolint:errorlint // what os gives back is not wrapped
		return path.Err
	}
	return err
}
