package courier

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"waybill/signer"
)

// How long and how often a request is tried.
const (
	firstTries  = 5   // to reach a store that has not answered yet
	storeTries  = 10  // answers such as 503 to one request, where neither the profile nor the environment says max_attempts
	mostTries   = 200 // whatever the reason: something takes exception to this very request
	firstPause  = 200 * time.Millisecond
	longestWait = 5 * time.Second
	saysSoAfter = 2 * time.Second // without a network, before the caller hears of it
)

// try repeats do while its failure is one that time may mend, with full jitter between the tries
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter). A store that has answered before is
// waited for as long as the courier's patience lasts: a lost network comes back, and a laptop wakes up. Each do signs
// anew, so a refusal that names the bucket's region is answered in that region, once.
func (c *Courier) try(ctx context.Context, u *Upload, do func(attempt int) error) error {
	return c.repeat(ctx, u, func(attempt int) error {
		return c.located(ctx, func() error { return do(attempt) })
	})
}

// located does a request, and does it once more where its refusal tells that the bucket is in another region than the one
// that it was signed for. A refusal that sends it on from there too is told, and not followed.
func (c *Courier) located(ctx context.Context, do func() error) error {
	err := do()
	if !Relocated(ctx, c.signer, err) {
		return err
	}
	err = do()
	var again *StoreError
	if errors.As(err, &again) {
		again.Moved = true
	}
	return err
}

// Relocated reports whether a refusal tells that a bucket is in another region than the one that was signed for. The signer
// knows it from then on.
func Relocated(ctx context.Context, s *signer.Signer, err error) bool {
	var no *StoreError
	return errors.As(err, &no) && !no.Moved && ctx.Err() == nil && s.Relocate(ctx, no.Bucket, no.SignedFor, signer.Elsewhere{
		Status: no.Status, Code: no.Code, Message: no.Message, Region: no.Region, Endpoint: no.Endpoint,
	})
}

// repeat is try with requests that were signed before and cannot be signed anew.
func (c *Courier) repeat(ctx context.Context, u *Upload, do func(attempt int) error) error {
	var refusals, lost int
	renewed, resent := false, false
	var since time.Time // when the network went away
	waits := false
	defer func() {
		if waits {
			u.waits(nil)
		}
	}()
	for attempt := 0; ; attempt++ {
		err := do(attempt)
		if cause := context.Cause(ctx); err != nil && cause != nil {
			return cause
		}
		pause := time.Duration(0)
		switch {
		case err == nil || attempt >= mostTries:
			return err
		case !renewed && endedCredentials(err):
			renewed = true
			c.signer.Renew()
			continue
		case !resent && bent(err):
			resent = true // on the way, once: what is bent again has another reason
		case c.network(err):
			if lost++; !c.reached() {
				if lost >= firstTries {
					return err
				}
			} else {
				now := time.Now()
				if since.IsZero() {
					since = now
				}
				// As long as the store answers others, the network is there.
				alone := now.Sub(later(since, c.lastAnswer()))
				if alone > c.patience {
					return err
				}
				if u != nil && !waits && alone > saysSoAfter {
					waits = true
					u.waits(err)
				}
			}
			pause = backoff(lost)
		case transient(err) && (c.reached() || !fromPage(err)):
			lost, since = 0, time.Time{}
			if refusals++; refusals >= c.tries {
				return err
			}
			pause = max(backoff(refusals), retryAfter(err))
		default:
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// backoff is the pause before the n-th repetition.
func backoff(n int) time.Duration {
	most := min(firstPause<<min(n-1, 10), longestWait)
	return rand.N(most) + 10*time.Millisecond //nolint:gosec // jitter is no secret
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// reached reports whether the store has answered at all.
func (c *Courier) reached() bool { return c.answered.Load() != 0 }

// lastAnswer is when the store answered last.
func (c *Courier) lastAnswer() time.Time { return time.Unix(0, c.answered.Load()) }

// network reports whether an error says that the way to the store is not there at present. A name that cannot be
// resolved is a spelling mistake at first, a certificate that is refused a wrong one, and a web page another server;
// once the store has answered, they are a lost network, or another one with a page to sign in.
func (c *Courier) network(err error) bool {
	if isNetwork(err) {
		return true
	}
	var dns *net.DNSError
	var page *StoreError
	return c.reached() && (errors.As(err, &dns) || isCertificate(err) || errors.As(err, &page) && page.HTML && !page.transient())
}

// fromPage reports whether the answer was a web page.
func fromPage(err error) bool {
	var s *StoreError
	return errors.As(err, &s) && s.HTML
}

// endedCredentials reports whether a store refuses credentials that have ended, so that newer ones may do.
func endedCredentials(err error) bool {
	var s *StoreError
	if !errors.As(err, &s) {
		return false
	}
	switch s.Code {
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken":
		return true
	case "AccessDenied":
		return strings.Contains(strings.ToLower(s.Message), "expired")
	}
	return false
}

// retryAfter is what a store asks for, up to half a minute.
func retryAfter(err error) time.Duration {
	var s *StoreError
	if errors.As(err, &s) {
		return min(s.RetryAfter, 30*time.Second)
	}
	return 0
}
