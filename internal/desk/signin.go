package desk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"waybill/signer"
)

// SignInPrompt is how a person signs in: what opens a browser, and what shows the address and the code.
type SignInPrompt = signer.SignIn

// Signed is who is signed in.
type Signed struct {
	Profile string
	Account string    // "" where the credentials do not say
	Ends    time.Time // of the credentials; zero where they do not end, or do not say when
}

// SignIn signs in with a store's profile as its kind needs it: SSO in the browser or by a code, a role with MFA by a code
// that the desk's SetCode asks for, a process by running it anew. Where it is the work of another program, the *Trouble
// says of which. Transfers that wait for it go on by themselves.
func (d *Desk) SignIn(ctx context.Context, s Store, how SignInPrompt) (Signed, error) {
	about := scene{store: s}
	if s.Sandbox {
		return Signed{}, trouble("SignInNotNeeded", about.args(), nil)
	}
	kind, mfa, err := signer.Way(s.Profile)
	if err != nil {
		return Signed{}, explain(err, about)
	}
	switch {
	case !signsIn(kind, mfa):
		return Signed{}, trouble(cannotSignIn(kind), about.args(), nil)
	case kind == signer.KindSSO:
		o := signer.Options{Profile: s.Profile, Region: s.Region, Endpoint: s.Endpoint, AllowHTTP: s.AllowHTTP, Now: d.now}
		if err := signer.SignInSSO(ctx, o, how); err != nil {
			if ctx.Err() != nil { // the person's own wish
				return Signed{}, context.Cause(ctx)
			}
			return Signed{}, explain(err, about)
		}
	}
	opened, err := d.open(ctx, s)
	if err != nil {
		return Signed{}, err
	}
	ends, _, err := opened.SessionAnew(ctx)
	if err != nil {
		return Signed{}, explain(err, about)
	}
	d.signedIn()
	return Signed{Profile: about.args()["Profile"].(string), Account: opened.Account(), Ends: ends}, nil
}

// signsIn reports whether SignIn has anything to do for profiles of a kind.
func signsIn(kind signer.Kind, mfa bool) bool {
	switch kind {
	case signer.KindLogin:
		return false
	case signer.KindSSO, signer.KindProcess, signer.KindWebIdentity, signer.KindContainer, signer.KindInstance:
		return true
	}
	return mfa
}

// cannotSignIn is the code of what there is to say where it has nothing to do.
func cannotSignIn(kind signer.Kind) string {
	switch kind {
	case signer.KindLogin:
		return "SignInLogin"
	case signer.KindSession, signer.KindEnvironment:
		return "SignInSession"
	case signer.KindUnknown:
		return "NoCredentials"
	}
	return "SignInNotNeeded"
}

// signIn is what Trouble.SignIn is for a trouble of this scene.
func (s scene) signIn(t *Trouble) *Store {
	if !t.NeedsSignIn() || s.store.Sandbox {
		return nil
	}
	if kind, mfa, err := signer.Way(s.store.Profile); err != nil || !signsIn(kind, mfa) {
		return nil
	}
	return &s.store
}

// CanSignIn reports whether a person signs in with the profile, and Desk.SignIn is how: in the browser, or by a code.
func (p Profile) CanSignIn() bool {
	return !p.Sandbox && p.Problem == nil && (p.Base == signer.KindSSO || p.MFA)
}

// SetCode says who asks a person for the code of an MFA device; nil is nobody. It is called from any goroutine, one
// question at a time for each profile, and the answer is not wanted any more when its context is over.
func (d *Desk) SetCode(ask func(context.Context, signer.CodeQuestion) (string, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.code = ask
}

var errNobodyToAsk = errors.New("nobody is there to ask")

func (d *Desk) askCode(ctx context.Context, q signer.CodeQuestion) (string, error) {
	d.mu.Lock()
	ask := d.code
	d.mu.Unlock()
	if ask == nil {
		return "", errNobodyToAsk
	}
	return ask(ctx, q)
}

// WatchProfiles reports, without blocking, when the AWS files change or somebody signs in, here or by the AWS CLI: the
// list of profiles may be another, and what failed may work. It is closed when the context is over.
func (d *Desk) WatchProfiles(ctx context.Context) <-chan struct{} {
	d.watch()
	changed := make(chan struct{}, 1)
	news := d.news.next()
	go func() {
		defer close(changed)
		for {
			select {
			case <-news:
				news = d.news.next()
				select {
				case changed <- struct{}{}:
				default:
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return changed
}

// watch looks at the AWS files from now on.
func (d *Desk) watch() {
	d.watching.Do(func() {
		ctx, cancel := context.WithCancel(context.Background())
		changes, err := signer.Watch(ctx)
		if err != nil {
			cancel()
			d.log.Info("the AWS files cannot be watched", "why", err)
			return
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.watchOff { // the desk was closed meanwhile
			cancel()
			return
		}
		d.unwatch = cancel
		d.watched.Go(func() {
			for range changes {
				d.signedIn()
			}
		})
	})
}

// signedIn lets go of all that failed for want of a session, and wakes whoever waits for one.
func (d *Desk) signedIn() {
	d.mu.Lock()
	for _, s := range d.stores {
		s.signer.Forget()
	}
	d.mu.Unlock()
	d.news.ring()
}

// NeedsSignIn reports whether signing in, with Desk.SignIn or elsewhere, is what helps.
func (t *Trouble) NeedsSignIn() bool {
	return t != nil && slices.Contains([]string{"SignedOut", "SignedOutLogin", "SessionOver", "ExpiredToken", "WebIdentityEnded", "MFA", "MFAWrong"}, t.Code)
}

// awaitSignIn waits, where the drop is told to, for a new session if that is what a failure lacks. It reports whether
// trying the same again makes sense.
func (p *Drop) awaitSignIn(ctx context.Context, j *job, err error, permission string, news <-chan struct{}) bool {
	if err == nil || !p.options.AwaitSignIn || ctx.Err() != nil {
		return false
	}
	t := p.explain(err, j, permission)
	if !t.NeedsSignIn() {
		return false
	}
	p.desk.watch()
	p.set(j, func(of *Transfer) { of.Waiting, of.Speed, of.Left = t, 0, 0 })
	defer p.waitsNoMore(j)
	select {
	case <-news:
		p.signer.Forget() // it may be one that the desk does not have any more
		return true
	case <-ctx.Done():
		return false
	}
}

// bell wakes everybody who waits for it.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

// next is closed when the bell rings the next time.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
	}
	b.ch = make(chan struct{})
}
