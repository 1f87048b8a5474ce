package network

import (
	"context"
	"net/url"
	"sync"
	"time"
)

const (
	systemFresh = time.Minute      // how long an answer of the system's holds
	systemWait  = 2 * time.Second  // how long requests to a host wait for the first answer, all of them together
	systemLimit = 20 * time.Second // how long a question may take in the background: Windows may look for a script on the network
)

// system remembers what the system's settings say of each host. Requests wait for the first answer, and not for long: one
// that never comes must not hold up each of ten thousand files. Later ones are looked for while the last one still holds.
type system struct {
	ask  asker // nil where the system has no settings that could be asked for
	now  func() time.Time
	wait time.Duration

	mu      sync.Mutex
	answers map[string]*answer
}

// answer is what is known of one host.
type answer struct {
	proxy *url.URL
	at    time.Time
	known context.Context // over when the first answer is there, or has taken too long
	come  context.CancelFunc
	busy  bool // somebody asks
}

func newSystem(ask asker) *system {
	return &system{ask: ask, now: time.Now, wait: systemWait, answers: map[string]*answer{}}
}

// proxy is the proxy that the system's settings name for a URL; nil is none, or none yet.
func (s *system) proxy(u *url.URL) *url.URL {
	if s.ask == nil {
		return nil
	}
	// Path and query are nobody's business: a presigned URL is a key, and a script may come from anywhere.
	bare := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
	s.mu.Lock()
	a := s.answers[bare.String()]
	if a == nil {
		a = new(answer)
		a.known, a.come = context.WithTimeout(context.Background(), s.wait)
		s.answers[bare.String()] = a
	}
	if !a.busy && (a.at.IsZero() || s.now().Sub(a.at) > systemFresh) {
		a.busy = true
		go s.look(a, bare)
	}
	s.mu.Unlock()
	<-a.known.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	return a.proxy
}

func (s *system) look(a *answer, u *url.URL) {
	ctx, cancel := context.WithTimeout(context.Background(), systemLimit)
	defer cancel()
	found := s.ask(ctx, u)
	s.mu.Lock()
	defer s.mu.Unlock()
	a.proxy, a.at, a.busy = found, s.now(), false
	a.come()
}
