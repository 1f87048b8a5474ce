package signer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
)

// By RFC 8628, section 3.5: how long to wait between two questions where the service does not say, and how much longer
// after each time that it says slow_down.
const (
	askEvery = 5 * time.Second
	slowDown = 5 * time.Second
)

// byCode signs in with a code that the person sees here and confirms in a browser, wherever that is (RFC 8628).
func (s *signingIn) byCode(ctx context.Context) (ssoToken, error) {
	r, err := s.register(ctx, "")
	if err != nil {
		return ssoToken{}, err
	}
	device, err := s.client.StartDeviceAuthorization(ctx, &ssooidc.StartDeviceAuthorizationInput{
		ClientId: aws.String(r.ClientID), ClientSecret: aws.String(r.ClientSecret), StartUrl: aws.String(s.session.startURL),
	})
	if err != nil {
		return ssoToken{}, fmt.Errorf("ask for a code: %w", err)
	}
	step := SignInStep{
		URL: aws.ToString(device.VerificationUriComplete), Code: aws.ToString(device.UserCode),
		Until: time.Now().Add(time.Duration(device.ExpiresIn) * time.Second),
	}
	if step.URL == "" {
		step.URL = aws.ToString(device.VerificationUri)
	}
	if s.how.Open != nil {
		step.Opened = s.how.Open(ctx, step.URL) == nil
	}
	s.show(step)
	every := time.Duration(device.Interval) * time.Second
	if every <= 0 {
		every = askEvery
	}
	for {
		out, err := s.client.CreateToken(ctx, &ssooidc.CreateTokenInput{
			ClientId: aws.String(r.ClientID), ClientSecret: aws.String(r.ClientSecret),
			GrantType: aws.String(grantDevice), DeviceCode: device.DeviceCode,
		})
		switch {
		case err == nil:
			return s.exchanged(r, out), nil
		case isCodeOf(err, "AuthorizationPendingException"):
		case isCodeOf(err, "SlowDownException"):
			every += slowDown
		case isCodeOf(err, "ExpiredTokenException"):
			return ssoToken{}, errors.Join(ErrSignInTimeout, err)
		case isCodeOf(err, "AccessDeniedException"):
			return ssoToken{}, errors.Join(ErrSignInDenied, err)
		default:
			return ssoToken{}, fmt.Errorf("ask for the token: %w", err)
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return ssoToken{}, context.Cause(ctx)
		}
	}
}
