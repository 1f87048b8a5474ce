package signer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// refreshPause is the shortest time between two tries to get longer credentials before their end.
const refreshPause = 5 * time.Minute

// renewPause is the time in which several refusals of the same credentials count once.
const renewPause = 10 * time.Second

// declinedPause is how long a person who gave no code is not asked again by itself.
const declinedPause = time.Minute

// wish is what is known of the use that credentials are wanted for.
type wish struct {
	until  time.Time // they shall last until then, where that is possible
	anew   bool      // a store has refused those at hand: none that somebody has kept
	beyond bool      // the person has asked for more than the profile's own duration
	only   bool      // those at hand are no answer, though they stay where there are no others
	spare  bool      // those at hand still hold: longer ones are not worth a question to a person
}

// asker is a source of credentials that grants wishes.
type asker interface {
	ask(ctx context.Context, w wish) (aws.Credentials, error)
}

// keyring hands out credentials together with their honest end. It asks for new ones one caller at a time; those who
// wait meanwhile get the same answer.
type keyring struct {
	source asker
	now    func() time.Time
	turn   chan struct{} // held while credentials are asked for; a person may be thinking

	mu       sync.Mutex
	current  aws.Credentials
	anew     bool      // those before current were refused
	renewed  time.Time // when a store's refusal made credentials go
	tried    time.Time // when longer ones were last asked for
	asked    int       // how often credentials were asked for
	failed   error     // what came of it last; nil when credentials did
	declined time.Time // when the person gave no code
}

func newKeyring(source asker, now func() time.Time) *keyring {
	return &keyring{source: source, now: now, turn: make(chan struct{}, 1)}
}

// get returns credentials, and the moment at which they end: zero when they never do, known false when they
// are temporary and do not say. It asks for new ones when the current ones would end before want; the SDK
// would hand out the old ones to their last second.
func (k *keyring) get(ctx context.Context, want time.Time) (c aws.Credentials, ends time.Time, known bool, err error) {
	c, err = k.credentials(ctx, wish{until: want})
	if err != nil {
		return c, ends, false, err
	}
	ends, known = endOf(c)
	return c, ends, known, nil
}

// endOf is the moment at which credentials end: zero when they never do, known false when they do not say.
func endOf(c aws.Credentials) (ends time.Time, known bool) {
	if c.CanExpire {
		return c.Expires, true
	}
	return time.Time{}, c.SessionToken == ""
}

func (k *keyring) credentials(ctx context.Context, w wish) (aws.Credentials, error) {
	c, good, asked := k.atHand(w)
	if good {
		return c, nil
	}
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return c, &CredentialsError{context.Cause(ctx)}
	}
	c, good, now := k.atHand(w) // somebody else may have been faster
	if w.only && now != asked {
		c, good, _ = k.atHand(wish{until: w.until}) // and those are new ones
	}
	if good {
		return c, nil
	}
	k.mu.Lock()
	failed, declined := k.failed, k.declined
	w.anew = w.anew || k.anew
	w.spare = !w.anew && !w.beyond && c.HasKeys() && k.now().Before(c.Expires)
	if c.HasKeys() {
		k.tried = k.now()
	}
	k.mu.Unlock()
	if failed != nil && (now != asked || k.now().Sub(declined).Abs() < declinedPause) {
		return k.instead(w, c, failed)
	}
	fresh, err := k.source.ask(ctx, w)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		failed = &CredentialsError{err}
		if ctx.Err() == nil && !errors.Is(err, errQuiet) { // those who wait have contexts of their own, and may be asked
			k.asked++
			k.failed = failed
			if errors.Is(err, ErrNoCode) {
				k.declined = k.now()
			}
		}
		return k.instead(w, c, failed)
	}
	k.current, k.anew, k.failed, k.declined = fresh, false, nil, time.Time{}
	if w.anew {
		k.renewed = k.now() // what was signed before and is refused only now says nothing of these
	}
	if fresh.CanExpire && fresh.Expires.Before(w.until) {
		k.tried = k.now() // these are as long as they come
	}
	k.asked++
	return fresh, nil
}

// instead uses credentials that hold although no longer ones could be had, unless a person has asked for these.
func (k *keyring) instead(w wish, c aws.Credentials, failed error) (aws.Credentials, error) {
	if !w.beyond && !w.only && c.HasKeys() && (!c.CanExpire || k.now().Before(c.Expires)) {
		return c, nil
	}
	return aws.Credentials{}, failed
}

// atHand gives the present credentials. They are good if they last as long as is wished, or if that was tried lately.
func (k *keyring) atHand(w wish) (c aws.Credentials, good bool, asked int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c = k.current
	now := k.now()
	switch {
	case !c.HasKeys(), w.anew, w.beyond:
	case !c.CanExpire:
		good = true
	case now.Before(c.Expires):
		good = !c.Expires.Before(w.until) || now.Sub(k.tried) < refreshPause
	}
	return c, good, k.asked
}

// renew lets go of the credentials at hand: a store has said that they have ended.
func (k *keyring) renew() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.now().Sub(k.renewed) < renewPause {
		return // many requests were under way when the credentials ended
	}
	k.renewed = k.now()
	k.current, k.anew = aws.Credentials{}, true
}

// forget lets go of what has failed: somebody has signed in, or changed the files.
func (k *keyring) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed, k.declined, k.tried, k.renewed = nil, time.Time{}, time.Time{}, time.Time{}
}

// kept gives the credentials by which a role is assumed, which are kept as well.
func (k *keyring) kept(ctx context.Context) (aws.Credentials, error) {
	c, err := k.credentials(ctx, wish{})
	var failed *CredentialsError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return c, err
}

// Retrieve lets the SDK's client sign with the same credentials, and fail in the same words.
func (k *keyring) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, _, _, err := k.get(ctx, time.Time{})
	return c, err
}

// Renew makes the next request be signed with credentials that are asked for anew: a store has refused the present
// ones because they have ended.
func (s *Signer) Renew() { s.credentials.renew() }

// Forget lets go of what is remembered of failures, so that the next request asks for credentials again: somebody has
// signed in, or the files have changed.
func (s *Signer) Forget() { s.credentials.forget() }

// CredentialsError says that the way from the profile to its credentials failed: an ended SSO session, a
// process that did not answer, a role that may not be assumed.
type CredentialsError struct{ Err error }

// Error names the failure.
func (e *CredentialsError) Error() string { return "get credentials: " + e.Err.Error() }

// Unwrap gives what failed.
func (e *CredentialsError) Unwrap() error { return e.Err }

// hintsOf are the places where tools write the end of a session token in a profile.
func hintsOf(settings map[string]string) []string {
	return []string{settings["x_security_token_expires"], settings["aws_session_expiration"], settings["aws_expiration"]}
}

// hintsOfEnvironment are those of the environment.
func hintsOfEnvironment() []string {
	return []string{os.Getenv("AWS_CREDENTIAL_EXPIRATION"), os.Getenv("AWS_SESSION_EXPIRATION")}
}

// hintedEnd reads the end of a session from where tools write it: no standard, but the only word there is for a
// session token in a file or in the environment. Each place speaks of its own credentials only.
func hintedEnd(hints []string) time.Time {
	for _, h := range hints {
		for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05-0700"} {
			if t, err := time.Parse(layout, h); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

// Account is the AWS account of the credentials that signed last, "" where these do not say: static keys do not.
func (s *Signer) Account() string {
	s.credentials.mu.Lock()
	defer s.credentials.mu.Unlock()
	return s.credentials.current.AccountID
}

// Session says when the credentials end: the zero time when they do not, known false when they are temporary
// and do not say.
func (s *Signer) Session(ctx context.Context) (ends time.Time, known bool, err error) {
	_, ends, known, err = s.credentials.get(ctx, time.Time{})
	return ends, known, err
}

// SessionAnew gets credentials anew, as after signing in, and says of them what Session does. Those at hand may end before: they
// stay where no others can be had, such as where a person gives no code.
func (s *Signer) SessionAnew(ctx context.Context) (ends time.Time, known bool, err error) {
	s.Forget()
	c, err := s.credentials.credentials(ctx, wish{anew: true, only: true})
	if err != nil {
		return time.Time{}, false, err
	}
	ends, known = endOf(c)
	return ends, known, nil
}

// Reach is what can be done for links that shall last longer than the session.
type Reach struct {
	// Role is the ARN of the role whose session could be longer, "" where no session can be asked for.
	Role string
	// Chained says that another role assumes it: AWS gives no more than an hour then.
	Chained bool
	// Most is the longest session that was granted when a longer one was refused; 0 when that was not tried.
	Most time.Duration
}

// Reach tells what Stretch could do. It asks nobody.
func (s *Signer) Reach() Reach {
	if s.way == nil {
		return Reach{}
	}
	return s.way.reach()
}

// Stretch assumes the role anew for a session that lasts until the moment until, or as long as the role allows, also
// where the profile's own duration_seconds is shorter. It says when the session ends now. Where there is no role,
// it does what is possible: credentials are asked for anew.
func (s *Signer) Stretch(ctx context.Context, until time.Time) (ends time.Time, err error) {
	s.Forget()
	c, err := s.credentials.credentials(ctx, wish{until: until, anew: true, beyond: true})
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for a longer session: %w", err)
	}
	return c.Expires, nil
}
