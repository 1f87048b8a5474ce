package signer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
)

// refreshPause is the shortest time between two tries to get longer credentials before their end.
const refreshPause = 5 * time.Minute

// renewPause is the time in which several refusals of the same credentials count once.
const renewPause = 10 * time.Second

// keyring hands out credentials together with their honest end.
type keyring struct {
	provider aws.CredentialsProvider
	hint     time.Time // an end that files or environment tell where the credentials do not
	now      func() time.Time

	mu      sync.Mutex
	current aws.Credentials
	renewed time.Time // when a store's refusal made these credentials go
	tried   time.Time // when longer ones were last asked for
}

func newKeyring(p aws.CredentialsProvider, hint time.Time, now func() time.Time) *keyring {
	return &keyring{provider: p, hint: hint, now: now}
}

// get returns credentials, and the moment at which they end: zero when they never do, known false when they
// are temporary and do not say. It asks for new ones when the current ones would end before want; the SDK
// would hand out the old ones to their last second.
func (k *keyring) get(ctx context.Context, want time.Time) (c aws.Credentials, ends time.Time, known bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, err = k.provider.Retrieve(ctx)
	if err != nil {
		// A refresh may have failed while the credentials at hand still hold.
		if !k.current.CanExpire || !k.now().Before(k.current.Expires) {
			return c, ends, false, k.explain(err)
		}
		c = k.current
	}
	if c.CanExpire && c.Expires.Before(want) && k.now().Sub(k.tried) >= refreshPause {
		k.tried = k.now()
		if cache, ok := k.provider.(*aws.CredentialsCache); ok {
			cache.Invalidate()
			// Failing to get longer ones is no reason not to use those at hand.
			if fresh, err := k.provider.Retrieve(ctx); err == nil {
				c = fresh
			}
		}
	}
	k.current = c
	switch {
	case c.CanExpire:
		return c, c.Expires, true, nil
	case c.SessionToken != "" && !k.hint.IsZero():
		return c, k.hint, true, nil
	case c.SessionToken != "":
		return c, time.Time{}, false, nil
	}
	return c, time.Time{}, true, nil
}

// renew lets go of the credentials at hand: a store has said that they have ended.
func (k *keyring) renew() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.now().Sub(k.renewed) < renewPause {
		return // many requests were under way when the credentials ended
	}
	k.renewed = k.now()
	if cache, ok := k.provider.(*aws.CredentialsCache); ok {
		cache.Invalidate()
	}
	k.current = aws.Credentials{}
}

// Renew makes the next request be signed with credentials that are asked for anew: a store has refused the present
// ones because they have ended.
func (s *Signer) Renew() { s.credentials.renew() }

// explain tells "there are none" from "the way to them failed". The SDK has no error of its own for the
// first: what is left at the end of its chain is the metadata service, which Open has switched off.
func (k *keyring) explain(err error) error {
	if aws.IsCredentialsProvider(k.provider, (*ec2rolecreds.Provider)(nil)) {
		return &CredentialsError{fmt.Errorf("%w: %w", ErrNoCredentials, err)}
	}
	var process *processcreds.ProviderError
	if errors.As(err, &process) {
		// The SDK's words may hold all that the process has printed, keys included; the innermost ones do not.
		innermost := error(process)
		for next := errors.Unwrap(innermost); next != nil; next = errors.Unwrap(innermost) {
			innermost = next
		}
		return &CredentialsError{fmt.Errorf("credential_process: %w", innermost)}
	}
	return &CredentialsError{err}
}

// Retrieve lets the SDK's client sign with the same credentials, and fail in the same words.
func (k *keyring) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, _, _, err := k.get(ctx, time.Time{})
	return c, err
}

// CredentialsError says that the way from the profile to its credentials failed: an ended SSO session, a
// process that did not answer, a role that may not be assumed.
type CredentialsError struct{ Err error }

// Error names the failure.
func (e *CredentialsError) Error() string { return "get credentials: " + e.Err.Error() }

// Unwrap gives the SDK's error.
func (e *CredentialsError) Unwrap() error { return e.Err }

// hintedEnd reads the end of a session from where tools write it: no standard, but the only word there is for a
// session token in a file or in the environment. Each place speaks of its own credentials only.
func hintedEnd(settings map[string]string, fromEnvironment bool) time.Time {
	hints := []string{settings["x_security_token_expires"], settings["aws_session_expiration"], settings["aws_expiration"]}
	if fromEnvironment {
		hints = []string{os.Getenv("AWS_CREDENTIAL_EXPIRATION"), os.Getenv("AWS_SESSION_EXPIRATION")}
	}
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
