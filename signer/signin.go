package signer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
)

// signInLimit is how long a person has for signing in, as with the AWS CLI.
const signInLimit = 10 * time.Minute

// Errors of signing in.
var (
	ErrSignInDenied  = errors.New("signing in was refused in the browser")
	ErrSignInTimeout = errors.New("nobody has signed in in time")
	// ErrNotSSO: the profile's credentials do not come from SSO, so there is nowhere to sign in.
	ErrNotSSO = errors.New("the profile does not sign in by SSO")
)

// SignInError says that the service by which somebody signs in did not do its part.
type SignInError struct {
	StartURL string
	Err      error
}

// Error names the place.
func (e *SignInError) Error() string { return fmt.Sprintf("sign in to %s: %v", e.StartURL, e.Err) }

// Unwrap gives what was said.
func (e *SignInError) Unwrap() error { return e.Err }

// SignInStep is what a person has to do to sign in. Its address and its code are for that person only.
type SignInStep struct {
	URL  string // to be opened in a browser
	Code string // what the page asks for or shows; "" where there is none to compare
	// Opened says that a browser was told to open URL.
	Opened bool
	// Until is when it is too late.
	Until time.Time
}

// SignIn is how a person signs in.
type SignIn struct {
	// Open opens a page in the system's browser. Without it, or if it fails, the person gets a code, which works in any
	// browser on any device.
	Open func(ctx context.Context, url string) error
	// Show shows a step. It must not block.
	Show func(SignInStep)
	// DeviceCode asks for the way by a code even where a browser can be opened.
	DeviceCode bool
}

// SignInSSO signs in to the SSO session of a profile, or of the profile that its role comes from. The token goes where
// the AWS CLI keeps it, in its form, so that both use it. Nothing is kept unless signing in succeeds.
func SignInSSO(ctx context.Context, o Options, how SignIn) error {
	section := o.Profile
	settings, err := profileSettings(&o)
	if err != nil {
		return err
	}
	w, err := wayOf(section)
	if err != nil {
		return err
	}
	if w = w.base(); w.kind != KindSSO {
		return fmt.Errorf("sign in with profile %q: %w", w.profile, ErrNotSSO)
	}
	cfg, err := o.load(ctx, settings)
	if err != nil {
		return err
	}
	cfg.Region = w.session.region
	ctx, cancel := context.WithTimeoutCause(ctx, signInLimit, ErrSignInTimeout)
	defer cancel()
	s := &signingIn{session: w.session, client: ssooidc.NewFromConfig(cfg), how: how, until: time.Now().Add(signInLimit)}
	token, err := s.token(ctx)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return &SignInError{StartURL: w.session.startURL, Err: err}
	}
	path, err := w.session.path()
	if err != nil {
		return err
	}
	return writeSecret(path, token)
}

// Way says from where a profile's credentials come in the end, below all roles, and whether a role on the way asks for
// the code of an MFA device.
func Way(profile string) (kind Kind, mfa bool, err error) {
	w, err := wayOf(profile)
	if err != nil {
		return KindUnknown, false, err
	}
	return w.base().kind, w.roleWithMFA() != nil, nil
}

// signingIn is one person's way through one sign-in.
type signingIn struct {
	session ssoSession
	client  *ssooidc.Client
	how     SignIn
	until   time.Time
}

// token signs in by the browser, or by a code where there is no browser, or where the AWS CLI would do so: in the
// legacy form of a profile.
func (s *signingIn) token(ctx context.Context) (ssoToken, error) {
	if s.session.name != "" && s.how.Open != nil && !s.how.DeviceCode {
		token, err := s.byBrowser(ctx)
		if err == nil || !errors.Is(err, errNoBrowser) {
			return token, err
		}
	}
	return s.byCode(ctx)
}

// registration is how the AWS CLI caches the client that it has registered.
type registration struct {
	ClientID     string    `json:"clientId"`
	ClientSecret string    `json:"clientSecret"`
	ExpiresAt    time.Time `json:"expiresAt"`
	Scopes       []string  `json:"scopes,omitempty"`
	GrantTypes   []string  `json:"grantTypes,omitempty"`
}

// String keeps a registration's secret from being printed.
func (registration) String() string { return "a registration" }

// GoString keeps %#v from printing it.
func (r registration) GoString() string { return r.String() }

// The grants of RFC 6749 and RFC 8628.
const (
	grantCode    = "authorization_code"
	grantRefresh = "refresh_token"
	grantDevice  = "urn:ietf:params:oauth:grant-type:device_code"
)

// register gives a registered client: the cached one if it is still good and of the kind that is needed.
func (s *signingIn) register(ctx context.Context, redirect string) (registration, error) {
	path, err := s.registrationPath()
	if err != nil {
		return registration{}, err
	}
	forCode := redirect != ""
	var r registration
	if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, &r) == nil && r.ClientID != "" && // #nosec G304 -- a hash in the folder of the AWS CLI
		time.Until(r.ExpiresAt) > cacheMargin && forCode == (len(r.GrantTypes) > 0) {
		return r, nil
	}
	name := s.session.name
	if name == "" {
		name = fmt.Sprint(time.Now().Unix())
	}
	in := &ssooidc.RegisterClientInput{ClientName: aws.String("waybill-" + name), ClientType: aws.String("public"), Scopes: s.session.scopes}
	r = registration{Scopes: s.session.scopes}
	if forCode {
		if len(in.Scopes) == 0 {
			in.Scopes = []string{defaultScope}
		}
		in.GrantTypes, in.RedirectUris, in.IssuerUrl = []string{grantCode, grantRefresh}, []string{redirect}, aws.String(s.session.startURL)
		r.Scopes, r.GrantTypes = in.Scopes, in.GrantTypes
	}
	out, err := s.client.RegisterClient(ctx, in)
	if err != nil {
		return registration{}, fmt.Errorf("register: %w", err)
	}
	r.ClientID, r.ClientSecret = aws.ToString(out.ClientId), aws.ToString(out.ClientSecret)
	r.ExpiresAt = time.Unix(out.ClientSecretExpiresAt, 0).UTC()
	_ = writeSecret(path, r) // what cannot be cached is registered again next time
	return r, nil
}

// registrationPath is the file of the registered client: the SHA-1 of what it is for, as Python writes that in JSON.
func (s *signingIn) registrationPath() (string, error) {
	home, err := homeOfAWS()
	if err != nil {
		return "", err
	}
	scopes, name := "null", "null"
	if len(s.session.scopes) > 0 {
		quoted := make([]string, len(s.session.scopes))
		for i, scope := range s.session.scopes {
			quoted[i] = pythonString(scope)
		}
		scopes = "[" + strings.Join(quoted, ", ") + "]"
	}
	if s.session.name != "" {
		name = pythonString(s.session.name)
	}
	key := fmt.Sprintf(`{"region": %s, "scopes": %s, "session_name": %s, "startUrl": %s, "tool": "botocore"}`,
		pythonString(s.session.region), scopes, name, pythonString(s.session.startURL))
	return filepath.Join(home, "sso", "cache", sha1Hex(key)+".json"), nil
}

// exchanged makes the token to be cached of what the service gave.
func (s *signingIn) exchanged(r registration, out *ssooidc.CreateTokenOutput) ssoToken {
	return ssoToken{
		StartURL: s.session.startURL, Region: s.session.region, AccessToken: aws.ToString(out.AccessToken),
		ExpiresAt:    time.Now().Add(time.Duration(out.ExpiresIn) * time.Second).UTC().Truncate(time.Second),
		RefreshToken: aws.ToString(out.RefreshToken),
		ClientID:     r.ClientID, ClientSecret: r.ClientSecret, RegistrationExpiresAt: r.ExpiresAt,
	}
}

func (s *signingIn) show(step SignInStep) {
	if step.Until.IsZero() || step.Until.After(s.until) {
		step.Until = s.until
	}
	if s.how.Show != nil {
		s.how.Show(step)
	}
}
