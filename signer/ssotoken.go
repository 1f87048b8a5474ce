package signer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/logincreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// ErrSignedOut says that somebody has to sign in before there are credentials.
var ErrSignedOut = errors.New("nobody is signed in")

// SignedOutError is an ErrSignedOut that knows where to sign in.
type SignedOutError struct {
	Profile string
	Kind    Kind      // KindSSO or KindLogin; KindSession or KindEnvironment where another program has got the session
	Ended   time.Time // zero where that is not known
	Err     error
}

// Error names the profile.
func (e *SignedOutError) Error() string {
	return fmt.Sprintf("the session of profile %q is over: %v", e.Profile, e.Err)
}

// Is makes it an ErrSignedOut.
func (e *SignedOutError) Is(target error) bool { return target == ErrSignedOut }

// Unwrap gives what was found or said.
func (e *SignedOutError) Unwrap() error { return e.Err }

// PermissionSetError says that the SSO session is good, and its person may not have the account or the role.
type PermissionSetError struct {
	Profile, Account, Role string
	Err                    error
}

// Error names account and role.
func (e *PermissionSetError) Error() string {
	return fmt.Sprintf("SSO role %s in account %s: %v", e.Role, e.Account, e.Err)
}

// Unwrap gives what the portal said.
func (e *PermissionSetError) Unwrap() error { return e.Err }

// ssoSession is where somebody signs in: an sso-session section, or a profile of the legacy form, which has no name.
type ssoSession struct {
	name     string
	startURL string
	region   string
	scopes   []string
}

// key is what the AWS CLI and the SDKs name the cached token after.
func (s ssoSession) key() string {
	if s.name != "" {
		return s.name
	}
	return s.startURL
}

// path is the file of the cached token.
func (s ssoSession) path() (string, error) {
	home, err := homeOfAWS()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "sso", "cache", sha1Hex(s.key())+".json"), nil
}

// ssoToken is a token as the AWS CLI caches it.
type ssoToken struct {
	StartURL              string    `json:"startUrl"`
	Region                string    `json:"region"`
	AccessToken           string    `json:"accessToken"`
	ExpiresAt             time.Time `json:"expiresAt"`
	ClientID              string    `json:"clientId,omitempty"`
	ClientSecret          string    `json:"clientSecret,omitempty"`
	RegistrationExpiresAt time.Time `json:"registrationExpiresAt,omitzero"`
	RefreshToken          string    `json:"refreshToken,omitempty"`
}

// String keeps a token from being printed.
func (t ssoToken) String() string { return "an SSO token until " + t.ExpiresAt.Format(time.RFC3339) }

// GoString keeps %#v from printing it.
func (t ssoToken) GoString() string { return t.String() }

// refreshable reports whether the token can be exchanged for a newer one.
func (t ssoToken) refreshable(now time.Time) bool {
	return t.RefreshToken != "" && t.ClientID != "" && t.ClientSecret != "" &&
		(t.RegistrationExpiresAt.IsZero() || t.RegistrationExpiresAt.After(now))
}

var errNoToken = errors.New("there is no cached token")

// load reads the cached token.
func (s ssoSession) load() (t ssoToken, err error) {
	path, err := s.path()
	if err != nil {
		return t, err
	}
	data, err := os.ReadFile(path) // #nosec G304 -- a hash in the folder of the AWS CLI
	if errors.Is(err, os.ErrNotExist) {
		return t, errNoToken
	}
	if err != nil {
		return t, fmt.Errorf("read the cached token: %w", err)
	}
	if json.Unmarshal(data, &t) != nil || t.AccessToken == "" || t.ExpiresAt.IsZero() {
		return ssoToken{}, errors.New("the cached token cannot be read") // the decoder's words may hold a piece of it
	}
	return t, nil
}

// portal gets the credentials of an SSO permission set with the cached token, which is refreshed where it can be.
func (c *chain) portal(w *way) func(context.Context) (aws.Credentials, error) {
	cfg := c.cfg.Copy()
	cfg.Region = w.session.region
	return func(ctx context.Context) (aws.Credentials, error) {
		out := func(err error) (aws.Credentials, error) {
			return aws.Credentials{}, &SignedOutError{Profile: w.profile, Kind: KindSSO, Err: err}
		}
		token, err := w.session.load()
		if err != nil {
			return out(err)
		}
		if now := c.now(); !token.ExpiresAt.After(now) && (w.session.name == "" || !token.refreshable(now)) {
			return out(fmt.Errorf("the cached token ended at %s", token.ExpiresAt.UTC().Format(time.RFC3339)))
		}
		path, err := w.session.path()
		if err != nil {
			return out(err)
		}
		provider := ssocreds.New(sso.NewFromConfig(cfg), w.settings["sso_account_id"], w.settings["sso_role_name"], w.session.startURL, func(o *ssocreds.Options) {
			o.CachedTokenFilepath = path
			if w.session.name != "" {
				o.SSOTokenProvider = ssocreds.NewSSOTokenProvider(ssooidc.NewFromConfig(cfg), path)
			}
		})
		got, err := provider.Retrieve(ctx)
		var legacy *ssocreds.InvalidTokenError
		switch {
		case err == nil:
			return got, nil
		case errors.As(err, &legacy), statusOf(err) == http.StatusUnauthorized,
			isCodeOf(err, "InvalidGrantException", "ExpiredTokenException", "InvalidClientException", "UnauthorizedClientException", "AccessDeniedException"):
			return out(err)
		case statusOf(err) == http.StatusForbidden, statusOf(err) == http.StatusNotFound:
			return got, &PermissionSetError{Profile: w.profile, Account: w.settings["sso_account_id"], Role: w.settings["sso_role_name"], Err: err}
		}
		return got, fmt.Errorf("ask the SSO portal: %w", err)
	}
}

// statusOf is the HTTP status of a service's answer, 0 where there was none.
func statusOf(err error) int {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) && answer.Response != nil {
		return answer.HTTPStatusCode()
	}
	return 0
}

// login gets the credentials of an "aws login" session, which the SDK renews every quarter of an hour.
func (c *chain) login(w *way) func(context.Context) (aws.Credentials, error) {
	return func(ctx context.Context) (aws.Credentials, error) {
		path, err := logincreds.StandardCachedTokenFilepath(w.settings["login_session"], os.Getenv("AWS_LOGIN_CACHE_DIRECTORY"))
		if err != nil {
			return aws.Credentials{}, fmt.Errorf("find the session of aws login: %w", err)
		}
		_, missing := os.Stat(path)
		got, err := logincreds.New(signin.NewFromConfig(c.cfg), path, func(o *logincreds.Options) { o.RestrictPermissions = true }).Retrieve(ctx)
		if err == nil {
			return got, nil
		}
		// What the service says of an ended session comes as plain words of the SDK's, all of them after an answer.
		var network interface{ Timeout() bool }
		if missing == nil && (errors.As(err, &network) || ctx.Err() != nil) {
			return got, fmt.Errorf("renew the session of aws login: %w", err)
		}
		return got, &SignedOutError{Profile: w.profile, Kind: KindLogin, Err: err}
	}
}

// loginEnd is the end of the credentials that "aws login" has cached; they are renewed until the session's own end.
func loginEnd(session string) (time.Time, error) {
	path, err := logincreds.StandardCachedTokenFilepath(session, os.Getenv("AWS_LOGIN_CACHE_DIRECTORY"))
	if err != nil {
		return time.Time{}, fmt.Errorf("find the session of aws login: %w", err)
	}
	data, err := os.ReadFile(path) // #nosec G304 -- a hash in the folder of the AWS CLI
	if err != nil {
		return time.Time{}, errNoToken
	}
	var cached struct {
		AccessToken struct {
			ExpiresAt time.Time `json:"expiresAt"`
		} `json:"accessToken"`
	}
	if json.Unmarshal(data, &cached) != nil || cached.AccessToken.ExpiresAt.IsZero() {
		return time.Time{}, errNoToken
	}
	return cached.AccessToken.ExpiresAt, nil
}
